"""A reproduction from its runs to its report: what the rows hold, what is reused, what a missed target does."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from nonzero_scripts.program import PROJECT
from support import PROGRAM, FolderTest

PUBLISHED = PROJECT / "study/published/scnn.json"
# Of AlexNet without values: three runs, under a second each.
CHEAP = "V1,V3,V19,10.9"


class ReproduceRunTest(FolderTest):
    def command(self, *more: str, out: str = "out", program: Path = PROGRAM) -> list[str]:  # type: ignore[override]
        places = ["--dir", str(self.folder / out), "--program", str(program)]
        return [sys.executable, "-B", str(PROJECT / "scripts/reproduce"), "scnn", *places, *more]

    def reproduce(
        self, *more: str, out: str = "out", program: Path = PROGRAM, env: dict[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        command = self.command(*more, out=out, program=program)
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100, env=env)

    def report_rows(self, out: str = "out") -> dict[tuple[str, str], dict[str, str]]:
        """The rows of the tables of targets, by target and quantity."""
        rows, head = {}, []
        for line in (self.folder / out / "report.md").read_text().splitlines():
            cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("| ") else []
            if cells and cells[0] == "target":
                head = ["target", "quantity", "published", *cells[3:]]
            elif cells and not cells[0].startswith("---"):
                rows[cells[0], cells[1]] = dict(zip(head, cells, strict=True))
        return rows

    def doctored(self, changes: dict[tuple[str, str], dict[str, Any]]) -> Path:
        """Only these of the published values, changed."""
        content = json.loads(PUBLISHED.read_text())
        content["entries"] = [
            {**one, **change}
            for place, change in changes.items()
            for one in content["entries"]
            if (one["target"], one["value"]) == place
        ]
        self.assertEqual(len(content["entries"]), len(changes))
        return self.write("published.json", content)

    def test_the_report_has_what_the_program_says(self) -> None:
        done = self.reproduce("--targets", CHEAP)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows = self.report_rows()
        cycles = {platform: self.totals(platform) for platform in ("scnn", "dcnn")}
        speed = cycles["dcnn"]["other_cycles"]["normalised"] / cycles["scnn"]["cycles"]
        row = rows["V3", "speed-up over DCNN, AlexNet"]
        self.assertEqual((row["published"], row["ours"]), ("2.37", f"{speed:.2f}"))
        self.assertEqual(row["distance"], f"{100 * (speed / 2.37 - 1):+.1f} %")
        self.assertEqual((row["class"], row["accepted"]), ("C", "2.10 to 2.60"))
        self.assertIn("DCNN normalised", row["what stands behind"])
        realisable = cycles["dcnn"]["cycles"] / cycles["scnn"]["cycles"]
        self.assertIn(f"{realisable:.2f} over realisable DCNN", row["what stands behind"])
        for quantity, ours in (("multipliers", "1,024"), ("weight FIFO [bytes]", "500")):
            row = rows["V1", quantity]
            self.assertEqual([row[name] for name in ("published", "ours", "distance")], [ours, ours, "0"])
            self.assertEqual(row["verdict"], "exact")
        self.assertEqual(rows["V19", "area of the chip, sum of its parts [mm²]"]["verdict"], "in band")
        self.assertEqual(rows["10.9", "exchange of a group, AlexNet conv1 [cycles]"]["ours"], "161")
        self.assertIn("Class A: 10 of 10 hold; class B: 0 of 0 hold; class C: 1 printed.", done.stdout)

    def test_the_real_network_of_the_project_is_there_without_any_other(self) -> None:
        done = self.reproduce("--targets", "10.11", env={**os.environ, "NONZERO_REAL_DIR": "/none"})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows = self.report_rows()
        for quantity, ours in (
            ("cycles of conv1, conv2 [cycles]", "710 / 1,268"),
            ("cycles by equations (1)-(3) [cycles]", "80 / 246"),
            ("products kept, dropped, cycles of conflict", "50,562 / 38,315 / 98"),
        ):
            row = rows["10.11", f"LeNet-5, {quantity}"]
            self.assertEqual((row["ours"], row["verdict"]), (ours, "exact"))
        self.assertEqual(rows["10.11", "ResNet-8, cycles by equations (1)-(3) [cycles]"]["verdict"], "not available")

    def totals(self, platform: str) -> dict[str, Any]:
        path = self.folder / "single.json"
        options = ["--network", "alexnet", "--kinds", "convolution", "--no-values", "--json", path]
        subprocess.run([PROGRAM, "run", platform, *options], check=True, capture_output=True)
        return json.loads(path.read_text())["totals"]

    def test_the_terminal_has_the_same_rows_in_columns(self) -> None:
        done = self.reproduce("--targets", "V1,10.9")
        lines = done.stdout.splitlines()
        (head,) = [line for line in lines if line.startswith("target") and " paper " in line]
        body = [line for line in lines if line.startswith("V1 ")]
        self.assertEqual(len(body), 5)
        self.assertTrue(all(len(line) <= 200 for line in lines))
        for line in body:
            self.assertEqual(line[head.index("class")], "A")
            self.assertEqual(line[head.index("verdict"):].split()[0], "exact")
            end = head.index(" ours") + len(" ours")  # numbers end where their heading ends
            self.assertTrue(line[end - 1].isdigit() and line[end] == " ", line)

    def test_finished_runs_are_never_repeated(self) -> None:
        program = self.logging_program()
        self.assertEqual(self.reproduce("--targets", CHEAP, program=program).returncode, 0)
        self.assertEqual(len(self.logged_runs()), 3)
        report = self.bytes_of("report.md")
        again = self.reproduce("--targets", CHEAP, program=program)
        self.assertEqual((again.returncode, len(self.logged_runs())), (0, 3))
        self.assertIn("3 of 3 runs are finished and reused, 0 to run", again.stderr)
        self.assertEqual(self.bytes_of("report.md"), report)

    def test_an_interrupted_reproduction_goes_on(self) -> None:
        program = self.logging_program(seconds=0.7)
        running = subprocess.Popen(
            self.command("--targets", CHEAP, "--jobs", "1", program=program), stderr=subprocess.PIPE, text=True
        )
        while len(self.logged_runs()) < 2 and running.poll() is None:  # the second run has begun: the first is kept
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
        self.assertEqual(running.returncode, 130)
        self.assertIn("interrupted: 1 of 3 runs are finished and kept", said)
        self.assertFalse((self.folder / "out/report.md").exists())
        self.assertEqual(self.reproduce("--targets", CHEAP, program=program).returncode, 0)
        self.assertEqual(len(self.logged_runs()), 4)
        self.assertEqual(self.reproduce("--targets", CHEAP, program=program, out="whole").returncode, 0)
        self.assertEqual(self.bytes_of("report.md"), self.bytes_of("report.md", "whole"))

    def test_a_missed_target_of_class_a_or_b_is_told_and_decides(self) -> None:
        for target, value, change, ours in (
            ("V1", "multipliers", {"published": 1023}, "1,024 (outside)"),
            ("V14", "alexnet", {"accept": {"to": 0.0001}}, "(outside)"),
            ("V3", "alexnet", {"class": "B", "accept": {"percent": 1}}, "(outside)"),
        ):
            with self.subTest(target):
                table = self.doctored({(target, value): change})
                done = self.reproduce("--targets", target, "--published", str(table))
                self.assertEqual(done.returncode, 1)
                (told,) = [line for line in done.stdout.splitlines() if line.startswith(f"  {target} ")]
                self.assertTrue(told.endswith(ours), told)

    def test_class_c_never_decides(self) -> None:
        table = self.doctored({("V3", "alexnet"): {"published": 99, "accept": {"from": 90}}})
        done = self.reproduce("--targets", "V3", "--published", str(table))
        self.assertEqual(done.returncode, 0)
        self.assertEqual(self.report_rows()["V3", "speed-up over DCNN, AlexNet"]["verdict"], "printed, outside")

    def test_a_run_that_fails_is_a_miss_and_is_tried_again(self) -> None:
        program = self.logging_program()
        working = program.read_text()
        program.write_text(working.replace("sleep 0", "echo nonzero: out of order >&2; exit 1"))
        done = self.reproduce("--targets", "V19", program=program)
        self.assertEqual(done.returncode, 1)
        self.assertIn("--no-values: out of order (failed)", done.stdout)
        row = self.report_rows()["V19", "area of the chip, sum of its parts [mm²]"]
        self.assertEqual((row["ours"], row["verdict"]), ("", "failed"))
        self.reproduce("--targets", "V19", program=program)
        self.assertEqual(len(self.logged_runs()), 2)

    def test_a_platform_that_the_program_lacks_is_not_available(self) -> None:
        program = self.write("program", f'#!/bin/sh\n{PROGRAM} "$@" | sed "s/scnn_sparse_/other_/"\n')
        program.chmod(0o755)
        done = self.reproduce("--targets", "2.5", program=program)
        self.assertEqual(done.returncode, 0)
        row = self.report_rows()["2.5", "speed-up of SCNN over SparseW, density 0.4"]
        self.assertEqual((row["ours"], row["verdict"]), ("", "not available"))
        self.assertIn("the program has no platform scnn_sparse_w", row["what stands behind"])
        self.assertIn("class C: 4 printed; 4 not available.", done.stdout)

    def test_mistakes_are_one_line_and_leave_no_trace(self) -> None:
        broken = self.write("broken.json", "{")
        for more in (
            ("--targets", "V33"),
            ("--targets", ""),
            ("--targets", "V1", "--quick"),
            ("--jobs", "0"),
            ("--colour",),
            ("demmm",),
            ("--program", "/none"),
            ("--published", "/none"),
            ("--published", str(broken)),
            ("--published", str(self.doctored({("V1", "multipliers"): {"accept": {"about": 3}}}))),
        ):
            with self.subTest(more):
                done = self.reproduce(*more)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assert_one_line(done.stderr)
                self.assertFalse((self.folder / "out").exists())
        wrong = subprocess.run([PROJECT / "scripts/reproduce", "scn"], capture_output=True, text=True, check=False)
        self.assertEqual(wrong.stderr, "reproduce: there is no system 'scn': did you mean 'scnn'?\n")
        self.assertEqual(wrong.returncode, 2)
