"""The reproduction of dual-OPU: the whole of it from the command to the page, and that a wrong figure is missed."""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from nonzero_scripts.program import PROJECT, Program, Request
from nonzero_scripts.reproduce.dual_opu import SYSTEM
from nonzero_scripts.reproduce.laboratory import Surroundings
from support import PROGRAM, FolderTest

PAGE = PROJECT / "docs/reproduction_dual_opu.md"


class ReproduceDualOpuTest(FolderTest):
    def reproduce(self, *more: str) -> "subprocess.CompletedProcess[str]":
        places = ["--dir", str(self.folder / "out"), "--program", str(PROGRAM)]
        command = [sys.executable, "-B", str(PROJECT / "scripts/reproduce"), "dual_opu", *places, *more]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)

    def test_the_page_is_what_the_script_writes(self) -> None:
        done = self.reproduce()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("Class A: 42 of 42 hold; class B: 0 of 0 hold; class C: 12 printed.", done.stdout)
        self.assertEqual((self.folder / "out/report.md").read_text(), PAGE.read_text())

    def test_a_figure_that_differs_is_missed(self) -> None:
        content = json.loads(SYSTEM.published.read_text())
        content["entries"] = [one for one in content["entries"] if one["target"] == "tuner"]
        content["entries"][1]["published"] = [283, 300]
        done = self.reproduce("--published", str(self.write("published.json", content)), "--targets", "tuner")
        self.assertEqual(done.returncode, 1)
        self.assertIn("(outside)", done.stdout)

    def test_every_request_is_one_that_the_program_knows(self) -> None:
        known = Program(PROGRAM)
        around = Surroundings(known.platforms, None, quick=False)
        plans: Mapping[str, Any] = SYSTEM.targets
        for plan in plans.values():
            for request in next(plan(around)):
                self.check_request(known, request)

    def check_request(self, known: Program, request: Request) -> None:
        self.assertLessEqual(set(request.options), set(known.run_options(request.command)))
        if request.platform:
            self.assertLessEqual(set(request.parameters), set(known.parameters(request.platform)))
