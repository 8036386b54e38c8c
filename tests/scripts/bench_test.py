"""What scripts/bench makes of counts and of commands that fail."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from nonzero_scripts import bench
from nonzero_scripts.errors import UserError
from nonzero_scripts.program import Program
from support import PROGRAM


class InstructionsTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.yardstick = bench.Yardstick(Path("layer.json"), Path(folder.name) / "instructions.json")
        self.program = Program(PROGRAM)

    def measure(self, *, record: bool = False, grown: str = "", factor: float = 1.0) -> tuple[int, str]:
        def count(_: Program, arguments: list[str], function: str = "") -> int:
            name = "reference" if function else arguments[1]
            return int(1000 * factor) if name == grown else 1000

        told = io.StringIO()
        with mock.patch.object(bench, "count_instructions", count), contextlib.redirect_stdout(told):
            status = bench.measure_instructions(self.program, self.yardstick, record=record)
        return status, told.getvalue()

    def test_growth_beyond_the_limit_fails_and_names_what_has_grown(self) -> None:
        self.assertEqual(self.measure(record=True)[0], 0)
        self.assertEqual(self.measure()[0], 0)
        self.assertEqual(self.measure(grown="demm", factor=1.04)[0], 0)
        self.assertEqual(self.measure(grown="demm", factor=0.5)[0], 0)
        for name in ("demm", "reference"):
            status, told = self.measure(grown=name, factor=1.06)
            self.assertEqual(status, 1)
            self.assertIn(f"more instructions than recorded: {name};", told)

    def test_a_platform_without_a_record_fails(self) -> None:
        self.measure(record=True)
        content = json.loads(self.yardstick.counts.read_text())
        del content["instructions"]["scnn"]
        self.yardstick.counts.write_text(json.dumps(content))
        status, told = self.measure()
        self.assertEqual(status, 1)
        self.assertIn("not recorded", told)

    def test_counts_of_another_compiler_decide_nothing(self) -> None:
        self.measure(record=True)
        content = json.loads(self.yardstick.counts.read_text())
        content["conditions"] = "another compiler, with AVX2"
        self.yardstick.counts.write_text(json.dumps(content))
        status, told = self.measure(grown="scnn", factor=2)
        self.assertEqual(status, 0)
        self.assertIn("nothing is judged", told)

    def test_every_platform_has_a_record(self) -> None:
        recorded = json.loads(bench.Yardstick.of_project().counts.read_text())["instructions"]
        self.assertEqual(set(recorded), {*self.program.platforms, "reference"})


class TimesTest(unittest.TestCase):
    def test_a_command_is_measured_whole(self) -> None:
        timing = bench.time_command(Program(PROGRAM), ["run", "scnn", "--network", str(bench.Yardstick.of_project().layer)])
        self.assertGreater(timing.cpu, timing.simulation / 2)
        self.assertGreater(timing.simulation, 0)
        self.assertGreater(timing.peak, 1)

    def test_a_command_that_fails_is_told_in_its_own_line(self) -> None:
        with self.assertRaisesRegex(UserError, "ended with status 2: unknown platform .none."):
            bench.time_command(Program(PROGRAM), ["run", "none", "--network", "alexnet"])


if __name__ == "__main__":
    unittest.main()
