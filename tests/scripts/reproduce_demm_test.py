"""The reproduction of DeMM: its cheap targets from the command to the report, its readings by hand."""

import json
import subprocess
import sys
import unittest
from typing import Any

from nonzero_scripts.program import PROJECT, Program
from nonzero_scripts.reproduce.demm import SYSTEM
from nonzero_scripts.reproduce.demm.runs import ENGINES, Comparison, beside, demm, demm_product, product
from nonzero_scripts.reproduce.demm.studies import _alike
from nonzero_scripts.reproduce.published import load
from support import PROGRAM, FolderTest

# Single products, in hundredths of a second each, and none of them twice.
CHEAP = "V1,V2,V4,V6,V7,V8"


class ReproduceDemmTest(FolderTest):
    def reproduce(self, *more: str) -> "subprocess.CompletedProcess[str]":
        places = ["--dir", str(self.folder / "out"), "--program", str(PROGRAM)]
        command = [sys.executable, "-B", str(PROJECT / "scripts/reproduce"), "demm", *places, *more]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)

    def rows(self) -> dict[tuple[str, str], list[str]]:  # type: ignore[override]
        report = (self.folder / "out/report.md").read_text().splitlines()
        cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in report if line.startswith("| V")]
        return {(row[0], row[1]): row[2:] for row in cells}

    def test_cheap_targets_hold(self) -> None:
        done = self.reproduce("--targets", CHEAP)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("Class A: 16 of 16 hold; class B: 2 of 2 hold; class C: 0 printed.", done.stdout)
        rows = self.rows()
        self.assertEqual(rows["V4", "multiplications a cycle in steady state, 8:128"][1], "512")
        self.assertEqual(rows["V2", "slots of a row at jN:M, j = 1 .. 8"][1], "1 / 2 / 3 / 4 / 5 / 6 / 7 / 8")
        self.assertEqual(rows["V6", "(128, 256, 256) on 32 x 32, WS array [cycles]"][1], "11,199")
        self.assertIn("8 of 8 layers", rows["V1", "bit-exact products, jN:M for j = 1 .. k"][-1])

    def test_another_golden_figure_is_missed(self) -> None:
        content = json.loads(SYSTEM.published.read_text())
        content["entries"] = [one for one in content["entries"] if one["value"] == "g0"]
        content["entries"][0]["published"][-1] += 1
        done = self.reproduce("--published", str(self.write("published.json", content)), "--targets", "V3")
        self.assertEqual(done.returncode, 1)
        self.assertIn("198 / 646 / 198 / 646 / 198 / 646 (outside)", done.stdout)

    def test_every_request_is_one_that_the_program_knows(self) -> None:
        known = Program(PROGRAM)
        requests = [demm("2:4", "hidden", rho="per_row"), demm_product("e0", "2:4"), product("s2ta", "e2", "8:128")]
        requests += [beside(platform, "8:128", "natural") for platform in ENGINES]
        for request in requests:
            self.assertIn(request.platform, known.platforms)
            self.assertLessEqual(set(request.options), set(known.run_options()))
            self.assertLessEqual(set(request.parameters), set(known.parameters(request.platform)))
        for platform, engine in ENGINES.items():
            self.assertEqual(set(engine.timings), self.timings(platform))

    def timings(self, platform: str) -> set[str]:
        text = subprocess.run([PROGRAM, "params", platform, "--json"], check=True, capture_output=True).stdout
        (row,) = [row for row in json.loads(text) if row["name"] == "array.timing"]
        return set(row["range"].split(" | "))


class ReadingTest(unittest.TestCase):
    def test_reductions_of_the_total_and_of_the_layers(self) -> None:
        ours, theirs = {"a": 50, "b": 30, "c": 20}, {"a": 100, "b": 300, "c": 10}
        compared = Comparison(ours, theirs)
        self.assertAlmostEqual(compared.in_total, 1 - 100 / 410)
        self.assertAlmostEqual(compared.over_layers, (0.5 + 0.9 - 1.0) / 3)
        self.assertAlmostEqual(compared.of(["a", "c"]), 1 - 70 / 110)

    def test_blocks_of_a_stage_but_the_first_stand_together(self) -> None:
        names = ["conv1", "layer2.0.conv2", "layer2.1.conv1", "layer2.1.conv2", "layer2.2.conv1", "layer2.2.conv2"]
        self.assertEqual(
            _alike(names),
            {
                "conv1": ["conv1"],
                "layer2.0.conv2": ["layer2.0.conv2"],
                "layer2.1-2.conv1": ["layer2.1.conv1", "layer2.2.conv1"],
                "layer2.1-2.conv2": ["layer2.1.conv2", "layer2.2.conv2"],
            },
        )

    def test_every_target_of_the_facts_is_there_and_the_recollection_never_decides(self) -> None:
        published = load(SYSTEM.published, SYSTEM.names())
        targets = set(published.targets())
        self.assertLessEqual({f"V{number}" for number in range(1, 14)}, targets)
        undecided = {entry.target for entry in published.entries if not entry.gates}
        self.assertEqual(undecided, {"V9", "V10", "V13"})
        measured: dict[str, Any] = {SYSTEM.measuring(entry): entry for entry in published.entries}
        self.assertEqual(set(measured), set(SYSTEM.targets))


if __name__ == "__main__":
    unittest.main()
