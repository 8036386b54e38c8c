"""Sweep files, paths and journals that nobody would give on purpose: each is one line that names the thing, and status 2."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hostile import LONG, SMALL, HostileTest

from nonzero_scripts.program import PROJECT
from support import PROGRAM


class HostileSweepTest(HostileTest):
    def test_sweep_files(self) -> None:
        os.mkfifo(self.folder / "fifo")
        (self.folder / "tensors").mkdir()
        (self.folder / "tensors/network.json").write_text("{}")
        huge = int("9" * 400)
        whole: dict[str, Any] = {"platform": "scnn", "network": "./net.json"}
        cases: list[tuple[str, dict[str, Any]]] = [
            ("'--help' is no name", {**whole, "platform": "--help"}),
            ("'--json' is no name", {"platforms": ["scnn", "--json"], "network": "alexnet"}),
            ("'--help' is no name", {**whole, "network": "--help"}),
            ("no layer '-x'", {**whole, "layers": "-x,conv1"}),
            ("pe.kc: the number is too large", {**whole, "parameters": {"pe.kc": huge}}),
            ("seed: the number is too large", {**whole, "seed": [1, -huge]}),
            ("pe.kc: from: the number is too large", {**whole, "parameters": {"pe.kc": {"from": huge, "to": 1, "step": 1}}}),
            ("photo: the number is too large", {**whole, "photo": [huge, 1]}),
            ("platform: ", {**whole, "platform": huge // 10**300}),
            ("xxx", {**whole, "platform": LONG}),
            ("xxx", {**whole, "network": f"./{LONG}"}),
            ("xxx", {**whole, "network": f"./{LONG}.json"}),
            ("xxx", {**whole, "network": LONG}),
            ("tensors: there is no", {"platform": "scnn", "tensors": f"./{LONG}"}),
            ("tensors: there is no network.json", {"platform": "scnn", "tensors": "/"}),
            ("config: 'a?b' has a character", {**whole, "config": "a\0b"}),
            ("network: './a?b' has a character", {**whole, "network": "./a\0b"}),
            ("photo: 'a?b' has a character", {**whole, "photo": "a\0b"}),
            ("photo: 'a?b' has a character", {**whole, "photo": "a\ud800b"}),
            ("photo: 'a?b' has a character", {**whole, "photo": ["a\udc80b", "x"]}),
            ("layers: 'conv2?' has a character", {"platform": "scnn", "tensors": "./tensors", "layers": "conv2\0"}),
            ("layers: 'conv1,conv2?' has a character", {**whole, "layers": ["conv1", "conv2\ud800"]}),
            ("network", {**whole, "network": "a\0b"}),
            ("network", {**whole, "network": "./\ud800"}),
            ("platform", {**whole, "platform": "\ud800"}),
            ("platform", {**whole, "platform": "\x1b[2J\x07scnn"}),
            ("parameter '?[2J", {**whole, "parameters": {"\x1b[2J" + LONG: 1}}),
            ("unknown key '?]0;", {**whole, "\x1b]0;title\x07": 1}),
            ("unknown key 'xxx", {**whole, LONG: 1}),
            ("layer '?[31m", {**whole, "layers": ["\x1b[31mconv1"]}),
            ("together: is to be a list of lists", {**whole, "seed": [1, 2], "together": [[["seed"], {"a": 1}]]}),
            ("together: 'xxx", {**whole, "seed": [1, 2], "together": [[LONG, "seed"]]}),
            ("config: '", {**whole, "config": "."}),
            ("fifo' is not a file", {**whole, "network": "./fifo"}),
            ("fifo' is not a file", {**whole, "config": "fifo"}),
            ("is in the list twice", {**whole, "seed": [*range(60_000), 1]}),
        ]  # fmt: skip
        for named, content in cases:
            with self.subTest(named):
                path = self.folder / "sweep.json"
                path.write_text(json.dumps(content))
                self.assert_refused(self.sweep_of(path), named)
                self.assertFalse((self.folder / "out").exists())

    def test_a_range_of_large_numbers(self) -> None:
        file = self.sweep_file({}, **{"dram-latency": {"from": 0, "to": 1e300, "step": 1e29}})
        self.assert_refused(self.sweep_of(file), "dram-latency: ")

    def test_texts_that_are_no_sweep_file(self) -> None:
        for named, text in (
            ("nested too deep", "[" * 100_000 + "]" * 100_000),
            ("nested too deep", '{"platform": ' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "}"),
            ("too many digits", '{"platform": ' + "9" * 5000 + "}"),
            ("line 1", "\0\0\0"),
            ("line 1", "\x1b[2J"),
        ):
            with self.subTest(named):
                self.assert_refused(self.sweep_of(self.write("sweep.json", text)), named)

    # Places -------------------------------------------------------------------------------------------------------
    def test_paths(self) -> None:
        os.mkfifo(self.folder / "fifo")
        (self.folder / "loop").symlink_to("loop")
        odd = os.fsdecode(b"\xff\x1b[2J")
        file = self.sweep_file({"pe.kc": [4], **SMALL})
        for named, words in (
            ("xxx", (LONG,)),
            ("xxx", (f"{'x' * 200}/" * 25,)),
            ("a device, pipe or socket", ("/dev/zero",)),
            ("a device, pipe or socket", ("fifo",)),
            ("Is a directory", (".",)),
            ("loop", ("loop",)),
            ("?[2J", (odd,)),
            ("xxx", (file, "--out", LONG)),
            ("xxx", (file, "--out", f"{'x' * 200}/" * 25)),
            ("xxx", (file, "--program", LONG)),
            ("/bin/true is another program", (file, "--program", "/bin/true")),
            ("/bin/cat is another program", (file, "--program", "/bin/cat")),
            ("cannot be run", (file, "--program", "/")),
            ("cannot be run", (file, "--program", file)),
            ("?[31m", (file, "--program", "\x1b[31mx")),
            ("?[31m", (file, "--plot", "\x1b[31mx")),
            ("?[31m", (file, "--where", "\x1b[31mx", "--plot", "pe.kc")),
            ("?[31m", (file, "--\x1b[31mx")),
            ("an empty text", ("",)),
            ("an empty text", (file, "--program", "")),
            ("an empty text", (file, "--out", "")),
            ("--jobs", (file, "--jobs", "9" * 5000)),
            ("--jobs", (file, "--jobs", "9" * 20)),
            ("unrecognized arguments", (file, *["x" * 50_000] * 2)),
        ):
            with self.subTest(words):
                self.assert_refused(self.sweep_of(*words), named)

    def test_a_program_that_answers_in_another_form(self) -> None:
        file = self.sweep_file({"pe.kc": [4], **SMALL})
        program = self.folder / "program"
        for answer in ("", "[1]", '[{"name": "pe.kc"}]', '[{"name": "pe.kc", "type": "integer", "range": "1", "unit": ""}]'):
            with self.subTest(answer):
                program.write_text(f'#!/bin/sh\n[ "$1" = params ] && echo \'{answer}\' || exec {PROGRAM} "$@"\n')
                program.chmod(0o755)
                self.assert_refused(self.sweep_of(file, "--program", program), "answers 'params scnn --json'")
        for answer in ("", "[]", '{"options": [{"name": "network"}]}'):
            with self.subTest(answer):
                program.write_text(f'#!/bin/sh\n[ "$2" = command ] && echo \'{answer}\' || exec {PROGRAM} "$@"\n')
                self.assert_refused(self.sweep_of(file, "--program", program), "answers 'describe command run --json'")

    def test_a_directory_that_is_gone(self) -> None:
        file = self.sweep_file({"pe.kc": [4], **SMALL})
        gone = self.folder / "gone"
        gone.mkdir()
        # Python itself could not begin there with a relative path to search for modules.
        command = f'unset PYTHONPATH; cd "{gone}" && rmdir "{gone}" && exec "{sys.executable}" "{PROJECT}/scripts/sweep" "{file}"'
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
        self.assert_refused(done, "the current directory")

    def test_results_in_the_way(self) -> None:
        file = self.sweep_file({"pe.kc": [4], **SMALL})
        for name, make in (
            ("journal.jsonl", os.mkfifo),
            ("journal.jsonl", os.mkdir),
            ("results.csv", os.mkdir),
            ("running", lambda path: Path(path).symlink_to("/")),
        ):
            with self.subTest(name):
                directory = self.folder / f"in_the_way_{name}_{getattr(make, '__name__', '')}"
                directory.mkdir()
                make(directory / name)
                self.assert_refused(self.sweep_of(file, "--out", directory), name)
                if name == "journal.jsonl":
                    self.assert_refused(self.sweep_of(file, "--out", directory, "--dry-run"), name)

    def test_a_planted_link_is_not_followed(self) -> None:
        file = self.sweep_file({"pe.kc": [4], **SMALL})
        victim = self.write("victim", "untouched")
        out = self.folder / "out"
        out.mkdir()
        (out / "results.csv").symlink_to(victim)
        self.assertEqual(self.sweep_of(file).returncode, 0)
        self.assertEqual(victim.read_text(), "untouched")

    def test_a_journal_that_is_a_link_is_refused(self) -> None:
        file = self.sweep_file({"pe.kc": [4], **SMALL})
        out = self.folder / "out"
        out.mkdir()
        for content in ("untouched", ""):
            with self.subTest(content):
                victim = self.write("victim", content)
                (out / "journal.jsonl").unlink(missing_ok=True)
                (out / "journal.jsonl").symlink_to(victim)
                self.assert_refused(self.sweep_of(file), "journal.jsonl is a link; --out names another place")
                self.assertEqual(victim.read_text(), content)

    def test_a_journal_that_is_somebody_elses_file_is_left_as_it_is(self) -> None:
        file = self.sweep_file({"pe.kc": [4], **SMALL})
        (self.folder / "out").mkdir()
        for content in ("a text", "a text\nand more", '{"other": 1}\n', "{\n}\n"):
            with self.subTest(content):
                journal = self.write("out/journal.jsonl", content)
                self.assert_refused(self.sweep_of(file), "journal.jsonl has no record of a run and is left as it is")
                self.assert_refused(self.sweep_of(file, "--dry-run"), "journal.jsonl has no record of a run")
                self.assertEqual(journal.read_text(), content)

    def test_what_a_killed_sweep_left_is_removed(self) -> None:
        gone = subprocess.Popen(["true"])
        gone.wait()
        out = self.folder / "out"
        out.mkdir()
        (out / f".results.csv.{gone.pid}.0123.tmp").touch()
        (out / f".results.csv.{os.getpid()}.0123.tmp").touch()
        self.assertEqual(self.sweep_of(self.sweep_file({"pe.kc": [4], **SMALL})).returncode, 0)
        self.assertEqual([path.name for path in out.glob(".*.tmp")], [f".results.csv.{os.getpid()}.0123.tmp"])

    # The journal --------------------------------------------------------------------------------------------------
    def test_damaged_journals(self) -> None:
        file = self.sweep_file({"pe.kc": [4], **SMALL})
        self.assertEqual(self.sweep_of(file).returncode, 0)
        journal = self.folder / "out/journal.jsonl"
        line = json.loads(journal.read_text())
        table = self.bytes_of("results.csv")
        nested: Any = 1
        for _ in range(800):
            nested = [nested]
        damages: list[str] = [
            "[" * 100_000 + "]" * 100_000,
            '{"key":' + '{"a":' * 100_000 + "1" + "}" * 100_001,
            "9" * 5000,
            "\x1b[2J",
            *(json.dumps({name: value for name, value in line.items() if name != left_out}) for left_out in line
              if left_out not in ("tool", "left_out_reasons")),
            *(json.dumps({**line, name: nested}) for name in line if name != "tool"),
            *(json.dumps({**line, name: value}) for name in line if name != "tool" for value in (None, 1, "x", {"a": {}})),
            json.dumps({**line, "totals": {"cycles": 10**400}}),
            json.dumps({**line, "totals": {"cycles": float("nan")}}),
            json.dumps({**line, "run": {**line["run"], "options": {"network": nested}}}),
            json.dumps({**line, "layers": [{"cycles": 1}]}),
            json.dumps({**line, "host": {}}),
        ]  # fmt: skip
        # All of them at once: each is told, none is used, and what they say of other points does no harm.
        journal.write_text("".join(damage + "\n" for damage in damages))
        listed = self.sweep_of(file, "--dry-run")
        self.assertEqual((listed.returncode, listed.stdout), (0, "[1/1] to run  scnn\n"), listed.stderr)
        done = self.sweep_of(file)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = [line for line in done.stderr.splitlines() if "is damaged and not used" in line]
        self.assertGreater(len(told), len(damages) - 4)  # a message or a status of its own is no damage
        self.assertEqual(self.bytes_of("results.csv"), table)

    def test_half_of_a_surrogate_pair_in_a_journal_is_shown_in_the_tables_as_json_has_it(self) -> None:
        file = self.sweep_file({"pe.kc": [4], **SMALL})
        self.assertEqual(self.sweep_of(file).returncode, 0)
        journal = self.folder / "out/journal.jsonl"
        line = json.loads(journal.read_text())
        layer = {**line["layers"][0], "layer": "a\ud800", "odd\udfff": 1}
        for name, changed in (
            ("results.csv", {"status": "failed", "message": "a\ud800"}),
            ("layers.csv", {"layers": [layer]}),
            ("results.csv", {"totals": {**line["totals"], "a\ud800": 1}}),
        ):
            with self.subTest(changed):
                journal.write_text(json.dumps({**line, **changed}) + "\n")
                done = self.sweep_of(file)
                self.assertEqual(done.returncode, 1 if "message" in changed else 0, done.stderr)
                self.assertIn(b"a\\ud800", self.bytes_of(name))
