"""Every target of Phantom-2D that does not need whole VGG-16."""

import subprocess
import sys

from nonzero_scripts.program import PROJECT
from nonzero_scripts.reproduce.phantom import SYSTEM
from nonzero_scripts.reproduce.published import load
from support import PROGRAM, FolderTest


class ReproducePhantomFullTest(FolderTest):
    def test_every_quick_target_of_classes_a_and_b_holds(self) -> None:
        places = ["--dir", str(self.folder / "out"), "--program", str(PROGRAM)]
        command = [sys.executable, "-B", str(PROJECT / "scripts/reproduce"), "phantom", "--quick", *places]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr)
        report = (self.folder / "out/report.md").read_text()
        for entry in load(SYSTEM.published, SYSTEM.names()).entries:
            if entry.quick:
                self.assertIn(f"| {entry.target} | {entry.quantity}", report)
