"""Scripts run as anybody would run them, and what every refusal of theirs has to be."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from nonzero_scripts.program import PROJECT
from support import PROGRAM, FolderTest

LONG = "x" * 5000
SMALL = {"pe.rows": 2, "pe.columns": 2}


class HostileTest(FolderTest):
    def run_script(self, *words: Any, **more: Any) -> "subprocess.CompletedProcess[str]":
        settings: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
        command = [sys.executable, "-B", PROJECT / "scripts" / words[0], *words[1:]]
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, encoding="utf-8", check=False, timeout=60, cwd=self.folder, **settings
        )

    def sweep_of(self, file: Path | str, *more: Any, **settings: Any) -> "subprocess.CompletedProcess[str]":
        given = more if "--program" in more else ("--program", PROGRAM, *more)
        out = () if "--out" in more else ("--out", self.folder / "out")
        return self.run_script("sweep", file, *out, *given, **settings)

    def assert_refused(self, done: "subprocess.CompletedProcess[str]", named: str, status: int = 2) -> None:
        self.assertEqual(done.returncode, status, done.stderr)
        self.assert_one_line(done.stderr)
        self.assertIn(named, done.stderr)
        self.assertLess(len(done.stderr), 1200)
        self.assertTrue(done.stderr[:-1].isprintable(), done.stderr)
        self.assertNotIn("internal error", done.stderr)

    def reproduce(self, *words: Any, **settings: Any) -> "subprocess.CompletedProcess[str]":
        return self.run_script("reproduce", "scnn", "--dir", self.folder / "runs", "--program", PROGRAM, *words, **settings)
