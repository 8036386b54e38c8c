"""The journal: what a torn or damaged line, a second writer and a full disk do to it."""

import resource
import subprocess
import sys
from typing import Any

from support import FolderTest

from nonzero_scripts.errors import HostError, UserError
from nonzero_scripts.journal import NAME, Journal, read_records


def record(number: int, **more: Any) -> dict[str, Any]:
    run = {"platform": "scnn", "options": {"network": "alexnet"}, "parameters": {"pe.kc": number}}
    figures = {"left_out": [], "totals": {"cycles": number}, "layers": [{"layer": "conv1", "cycles": number}]}
    host = {"cpu_seconds": 0.5, "wall_seconds": 1, "peak_mib": 9.5}
    return {"key": f"k{number}", "run": run, "status": "done", **figures, "host": host, **more}


class JournalTest(FolderTest):
    def setUp(self) -> None:
        super().setUp()
        self.path = self.folder / NAME

    def fill(self, count: int) -> None:
        with Journal(self.folder) as journal:
            for number in range(count):
                journal.append(record(number))

    def test_records_are_there_again(self) -> None:
        self.fill(3)
        self.assertEqual(read_records(self.folder), {f"k{number}": record(number) for number in range(3)})

    def test_of_two_with_the_same_key_the_later_counts(self) -> None:
        self.fill(2)
        with Journal(self.folder) as journal:
            journal.append(record(0, again=True))
        self.assertEqual(read_records(self.folder)["k0"], record(0, again=True))

    def test_a_torn_last_line_is_lost_and_nothing_else_wherever_it_is_torn(self) -> None:
        self.fill(3)
        whole = self.path.read_bytes()
        two = whole.index(b"\n", whole.index(b"\n") + 1) + 1
        for cut in range(two, len(whole)):
            self.path.write_bytes(whole[:cut])
            self.assertEqual(set(read_records(self.folder)), {"k0", "k1"})
            with Journal(self.folder) as journal:
                self.assertEqual(journal.remarks, [])
                journal.append(record(2))
            self.assertEqual(self.path.read_bytes(), whole)

    def test_a_torn_line_longer_than_what_follows_leaves_no_rest(self) -> None:
        self.fill(3)
        whole = self.path.read_bytes()
        self.path.write_bytes(whole[: whole.rindex(b"\n", 0, -1) + 1] + b'{"key":"' + b"x" * 500)
        with Journal(self.folder) as journal:
            journal.append(record(2))
        self.assertEqual(self.path.read_bytes(), whole)

    def test_a_damaged_line_is_told_and_not_used(self) -> None:
        self.fill(3)
        lines = self.path.read_bytes().splitlines(keepends=True)
        for damage in (b"\0" * 20 + b"\n", b"{}\n", b"[1]\n", b"\xff\xfe\n", lines[1][5:]):
            self.path.write_bytes(lines[0] + damage + lines[2])
            with Journal(self.folder) as journal:
                self.assertEqual(set(journal.records), {"k0", "k2"})
                self.assertEqual(journal.remarks, [f"{self.path}: line 2 is damaged and not used"])

    def test_a_second_writer_is_refused_until_the_first_has_ended(self) -> None:
        with Journal(self.folder), self.assertRaisesRegex(UserError, "in use"):
            Journal(self.folder)
        Journal(self.folder).close()

    def test_the_lock_ends_with_a_killed_process(self) -> None:
        code = "import sys, time; from pathlib import Path; from nonzero_scripts.journal import Journal; "
        code += "j = Journal(Path(sys.argv[1])); print('locked', flush=True); time.sleep(60)"
        holder = subprocess.Popen([sys.executable, "-c", code, self.folder], stdout=subprocess.PIPE)
        assert holder.stdout
        self.assertEqual(holder.stdout.readline(), b"locked\n")
        with self.assertRaisesRegex(UserError, "in use"):
            Journal(self.folder)
        holder.kill()
        holder.communicate()
        Journal(self.folder).close()

    def test_a_full_disk_costs_the_record_that_did_not_fit_and_no_other(self) -> None:
        self.fill(2)
        size = self.path.stat().st_size
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_FSIZE, limits)
        with Journal(self.folder) as journal:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, limits[1]))
            with self.assertRaisesRegex(HostError, r"journal.jsonl cannot be written: .*goes on from there"):
                journal.append(record(2))
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            self.assertEqual(self.path.stat().st_size, size)
            journal.append(record(3))
        self.assertEqual(set(read_records(self.folder)), {"k0", "k1", "k3"})

    def test_a_place_that_cannot_be_written_is_named(self) -> None:
        self.write("file", "")
        with self.assertRaisesRegex(UserError, "file.*cannot be written.*--out"):
            Journal(self.folder / "file")
