"""The reproduction of Phantom-2D: its cheap targets from the command to the report, and what it makes itself."""

import json
import subprocess
import sys
import unittest
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nonzero_scripts.data_set import DataLayer, write_data_set
from nonzero_scripts.program import PROJECT, Program, Request
from nonzero_scripts.reproduce.laboratory import Layer, NotAvailable, Plan, Run, Surroundings
from nonzero_scripts.reproduce.phantom import SYSTEM
from nonzero_scripts.reproduce.phantom.comparison import Workload, ratio
from nonzero_scripts.reproduce.phantom.operands import uneven_rows
from nonzero_scripts.reproduce.phantom.runs import BESIDE, gain
from nonzero_scripts.reproduce.phantom.targets import TARGETS
from nonzero_scripts.reproduce.published import load
from support import PROGRAM, FolderTest

PAGE = PROJECT / "docs/reproduction_phantom.md"


class ReproducePhantomTest(FolderTest):
    def reproduce(self, *more: str) -> "subprocess.CompletedProcess[str]":
        places = ["--dir", str(self.folder / "out"), "--program", str(PROGRAM)]
        command = [sys.executable, "-B", str(PROJECT / "scripts/reproduce"), "phantom", *places, *more]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)

    def published(self, *values: tuple[str, str]) -> str:
        content = json.loads(SYSTEM.published.read_text())
        content["entries"] = [one for one in content["entries"] if (one["target"], one["value"]) in values]
        self.assertEqual(len(content["entries"]), len(values))
        return str(self.write("published.json", content))

    def test_exact_rows_and_bands_hold(self) -> None:
        chosen = self.published(
            ("A4", "slower"), ("A5", "beyond"), ("A6", "units cycles"), ("A6", "units products"),
            ("B3", "sampled"), ("B5", "gain"),
        )  # fmt: skip
        done = self.reproduce("--published", chosen, "--targets", "A4,A5,A6,B3,B5")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("Class A: 4 of 4 hold; class B: 2 of 2 hold; class C: 0 printed.", done.stdout)
        report = (self.folder / "out/report.md").read_text()
        self.assertIn("| 65 / 24 / 99 / 27 / 10 / 8 / 63 | 65 / 24 / 99 / 27 / 10 / 8 / 63 | 0 | exact | A |", report)
        self.assertIn("operands by formulas; 7 of 7 bit-exact", report)

    def test_a_figure_out_of_its_band_is_missed(self) -> None:
        path = Path(self.published(("B5", "gain")))
        content = json.loads(path.read_text())
        content["entries"][0]["published"] = 2.5
        path.write_text(json.dumps(content))
        done = self.reproduce("--published", str(path), "--targets", "B5")
        self.assertEqual(done.returncode, 1)
        self.assertIn("(outside)", done.stdout)

    def test_every_request_is_one_that_the_program_knows(self) -> None:
        known = Program(PROGRAM)
        around = Surroundings(known.platforms, PROJECT / "tests/real", quick=False, made=self.folder / "data")
        for platform in ("phantom2d", *BESIDE):
            if platform in known.platforms:
                self.check_request(known, Workload(around, "vgg16", 0.6).on(platform))
        for plan in TARGETS.values():
            for request in requests_of(plan(around)):
                self.check_request(known, request)

    def check_request(self, known: Program, request: Request) -> None:
        self.assertIn(request.platform, known.platforms)
        self.assertLessEqual(set(request.options), set(known.run_options()))
        self.assertLessEqual(set(request.parameters), set(known.parameters(request.platform)))

    def test_filters_have_densities_of_their_own(self) -> None:
        around = Surroundings((), None, quick=False, made=self.folder)
        folder = uneven_rows(around, 0.6)
        first = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
        self.assertEqual(uneven_rows(around, 0.6), folder)
        self.assertEqual({path.name: path.read_bytes() for path in Path(folder).iterdir()}, first)
        results = self.results("--tensors", folder, "--layers", "conv3_2,conv5_3", "--no-values")
        for layer, density in zip(results["layers"], (0.24, 0.36), strict=True):
            self.assertAlmostEqual(layer["weights"]["density"], 0.6 * density, delta=0.03)

    def test_a_data_set_is_run_as_it_was_written(self) -> None:
        layers = [
            DataLayer("strided", [1, -2, 3, 4], (1, 1, 2, 2), list(range(25)), (1, 5, 5), stride=2, pad=1),
            DataLayer("depthwise", [2, -3], (2, 1, 1, 1), [1, 0, 2, 5, 6, 7], (2, 1, 3), groups=2),
            DataLayer("classifier", [1, 2, 3, 0, 5, 6], (2, 3, 1, 1), [7, 0, 255], (3, 1, 1)),
        ]
        write_data_set(self.folder / "set", "three layers", layers)
        results = self.results("--tensors", str(self.folder / "set"))
        kinds = [layer["kind"] for layer in results["layers"]]
        self.assertEqual(kinds, ["convolution", "depthwise", "fully_connected"])
        self.assertEqual([layer["shape"]["P"] for layer in results["layers"]], [3, 1, 1])
        self.assertEqual(results["layers"][2]["useful_products"], 3)
        self.assertTrue(all(layer["checks"]["values"] == "passed" for layer in results["layers"]))

    def results(self, *arguments: str) -> dict[str, Any]:
        path = self.folder / "results.json"
        subprocess.run([PROGRAM, "run", "phantom2d", *arguments, "--json", path], check=True, capture_output=True)
        found: dict[str, Any] = json.loads(path.read_text())
        return found


def requests_of(plan: Plan[Any]) -> list[Request]:
    """None where something that the plan needs is not here."""
    try:
        return list(next(plan))
    except NotAvailable:
        return []


def run(cycles: Mapping[str, int], multipliers: int = 252, macs: int = 1000) -> Run:
    layers = tuple(Layer(name, {"cycles": one}, {}, {}) for name, one in cycles.items())
    return Run({}, {"cycles": sum(cycles.values()), "multipliers": multipliers, "dense_macs": macs}, layers)


class ReadingTest(unittest.TestCase):
    def test_a_sample_is_scaled_up_to_its_layer(self) -> None:
        # 64 filters on 224 rows are 2 x 32 samples of 32 filters and 7 rows.
        self.assertAlmostEqual(gain(run({"conv1_1": 1000})), 60_899_328 / 64_000)
        self.assertAlmostEqual(gain(run({"conv5_3": 1000, "conv1_1": 1000})), 60_899_328 / 96_000)

    def test_cycles_are_compared_for_equally_many_multipliers(self) -> None:
        ours, theirs = run({"a": 1000}), run({"a": 1000}, multipliers=504)
        self.assertAlmostEqual(ratio(ours, theirs), 2)
        with self.assertRaisesRegex(Exception, "cannot run all layers"):
            ratio(ours, run({"a": 1000}, macs=900))

    def test_every_check_of_the_facts_is_there_and_class_c_never_decides(self) -> None:
        published = load(SYSTEM.published, SYSTEM.names())
        facts = (PROJECT / "docs/models/phantom_facts.md").read_text()
        checks = {line.split("**")[1] for line in facts.splitlines() if line.startswith(("| **A", "| **B", "| **C"))}
        self.assertEqual(checks - set(published.targets()), set())
        undecided = {entry.target for entry in published.entries if not entry.gates}
        self.assertEqual(undecided, {"4.1", *(f"C{number}" for number in range(1, 7))})
        self.assertEqual({SYSTEM.measuring(entry) for entry in published.entries}, set(SYSTEM.targets))
        for entry in published.entries:
            if not entry.gates:
                self.assertGreater(len(entry.basis), 40, "an assumption stands beside every figure of class C")

    def test_the_page_has_every_published_value(self) -> None:
        page = PAGE.read_text()
        entries = load(SYSTEM.published, SYSTEM.names()).entries
        absent = [entry for entry in entries if f"| {entry.target} | {entry.quantity}" not in page]
        self.assertEqual(absent + [entry for entry in entries if entry.basis not in page], [])


if __name__ == "__main__":
    unittest.main()
