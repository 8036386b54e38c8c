"""A folder with a small network in it, and the sweep run there as its users run it."""

import csv
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

from nonzero_scripts.program import PROJECT, Program

PROGRAM = Path(os.environ["NONZERO_PROGRAM"])

# conv1 needs 16 accumulators for an output channel on 8 x 8 PEs, conv2 needs 9.
NETWORK = {
    "schema": 1,
    "name": "small",
    "density_source": "made up",
    "input": [6, 14, 14],
    "layers": [
        {"name": "conv1", "out_channels": 12, "kernel": 3, "pad": 1, "weight_density": 0.6, "activation_density": 0.9},
        {"name": "conv2", "out_channels": 10, "kernel": 5, "stride": 2, "pad": 2,
         "weight_density": 0.3, "activation_density": 0.5},
    ],
}  # fmt: skip


class FolderTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.write("net.json", NETWORK)

    def write(self, name: str, content: Any) -> Path:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def sweep_file(self, parameters: dict[str, Any] | None = None, **more: Any) -> Path:
        content = {"platform": "scnn", "network": "./net.json", "parameters": parameters or {}, **more}
        return self.write("sweep.json", content)

    def command(self, file: Path, *more: str, out: str = "out", program: Path = PROGRAM) -> list[str]:
        places = ["--out", str(self.folder / out), "--program", str(program)]
        return [sys.executable, "-B", str(PROJECT / "scripts/sweep"), str(file), *places, *more]

    def sweep(
        self, file: Path, *more: str, out: str = "out", program: Path = PROGRAM
    ) -> "subprocess.CompletedProcess[str]":
        command = self.command(file, *more, out=out, program=program)
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)

    def bytes_of(self, name: str, out: str = "out") -> bytes:
        return (self.folder / out / name).read_bytes()

    def rows(self, name: str = "results.csv", out: str = "out") -> list[dict[str, str]]:
        with (self.folder / out / name).open(newline="") as file:
            return list(csv.DictReader(file))

    def logging_program(self, seconds: float = 0) -> Path:
        """The program, but each run first writes a line with its process id to the file `log` and waits."""
        log = self.folder / "log"
        path = self.write(
            "program",
            f'#!/bin/sh\ncase "$1" in\nrun) echo $$ >> {log}; sleep {seconds} ;;\nesac\n'
            f'exec {PROGRAM} "$@"\n',
        )
        path.chmod(0o755)
        return path

    def logged_runs(self) -> list[int]:
        log = self.folder / "log"
        return [int(line) for line in log.read_text().split()] if log.exists() else []

    def assert_one_line(self, text: str) -> None:
        self.assertEqual(text.count("\n"), 1, text)
        self.assertTrue(text.endswith("\n"))


def program() -> Program:
    return Program(PROGRAM)
