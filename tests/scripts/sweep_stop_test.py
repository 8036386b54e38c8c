"""Sweeps that end early, in every way: nothing finished is lost or repeated, nothing goes on running."""

import contextlib
import json
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from support import FolderTest

PATIENCE = 25  # seconds that a test waits for what does not come


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.01)


def is_running(process: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


class SweepStopTest(FolderTest):
    def setUp(self) -> None:
        super().setUp()
        self.file = self.sweep_file({"pe.kc": {"from": 1, "to": 12, "step": 1}, "pe.rows": 2, "pe.columns": 2})
        self.slow = self.logging_program(0.05)

    def journal(self) -> list[str]:
        """The keys of all whole lines."""
        lines = (self.folder / "out/journal.jsonl").read_bytes().splitlines(keepends=True)
        return [json.loads(line)["key"] for line in lines if line.endswith(b"\n")]

    def start(self, *more: str) -> "subprocess.Popen[str]":
        command = self.command(self.file, *more, program=self.slow)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        wait_for(lambda: (self.folder / "out/journal.jsonl").exists() and len(self.journal()) >= 3)
        return process

    def check_resumed(self, jobs: int) -> None:
        """The rest is run, once; the tables are those of a sweep that was never interrupted."""
        finished = set(self.journal())
        started = len(self.logged_runs())
        resumed = self.sweep(self.file, program=self.slow)
        self.assertEqual(resumed.returncode, 0, resumed.stderr)
        self.assertIn(f"{len(finished)} were finished before and are reused", resumed.stderr)
        self.assertEqual(len(self.logged_runs()) - started, 12 - len(finished))
        self.assertLessEqual(len(self.logged_runs()), 12 + jobs)
        self.assertEqual(sorted(set(self.journal())), sorted(self.journal()))
        self.assertEqual(self.sweep(self.file, "--jobs", "1", out="whole").returncode, 0)
        for name in ("results.csv", "layers.csv"):
            self.assertEqual(self.bytes_of(name), self.bytes_of(name, "whole"))
        self.assertEqual(len(self.rows()), 12)
        self.assertFalse((self.folder / "out/running").exists())

    def test_killed_in_the_middle_it_goes_on_from_there(self) -> None:
        process = self.start("--jobs", "2")
        process.kill()
        process.wait()
        wait_for(lambda: not any(is_running(run) for run in self.logged_runs()))
        self.assertLess(len(self.journal()), 12)
        with (self.folder / "out/journal.jsonl").open("ab") as torn:
            torn.write(b'{"key": "0123", "status": "do')
        listed = self.sweep(self.file, "--dry-run", program=self.slow)
        self.assertEqual(listed.stdout.count(" done "), len(self.journal()))
        self.check_resumed(2)

    def test_interrupted_it_ends_its_runs_says_how_to_go_on_and_keeps_the_rows(self) -> None:
        process = self.start("--jobs", "2")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 130)
        self.assert_one_line(errors)
        self.assertRegex(errors, rf"{len(self.journal())} of 12 points are finished.*same command goes on from there")
        self.assertEqual(len(self.rows()), len(self.journal()))
        self.assertFalse(any(is_running(run) for run in self.logged_runs()))
        self.check_resumed(2)

    def test_runs_do_not_outlive_their_sweep_however_it_ends(self) -> None:
        endless = self.slow.read_text().replace("sleep 0.05", "exec sleep 60")
        self.slow.write_text(endless)
        for number, status in ((signal.SIGKILL, -9), (signal.SIGTERM, 143)):
            with self.subTest(number):
                (self.folder / "log").unlink(missing_ok=True)
                command = self.command(self.file, "--jobs", "2", program=self.slow)
                process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
                wait_for(lambda: len(self.logged_runs()) == 2)
                self.assertTrue(all(is_running(run) for run in self.logged_runs()))
                process.send_signal(number)
                self.assertEqual(process.wait(PATIENCE), status)
                wait_for(lambda: not any(is_running(run) for run in self.logged_runs()))

    def test_ignored_signals_stay_ignored(self) -> None:
        ignore = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
        self.addCleanup(signal.signal, signal.SIGHUP, ignore)
        process = self.start()
        process.send_signal(signal.SIGHUP)
        output, _ = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(len(output.splitlines()), 12)

    def test_a_second_sweep_in_the_same_place_is_refused(self) -> None:
        process = self.start()
        second = self.sweep(self.file, program=self.slow)
        self.assertEqual((second.returncode, second.stdout), (2, ""))
        self.assert_one_line(second.stderr)
        self.assertIn("in use", second.stderr)
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0)

    def test_a_disk_that_is_full_ends_it_in_one_line_and_is_no_failed_point(self) -> None:
        command = self.command(self.file)
        full = subprocess.run(command, capture_output=True, text=True, preexec_fn=lambda: limit_files(3000))
        self.assertEqual(full.returncode, 4)
        self.assert_one_line(full.stderr)
        self.assertIn("cannot", full.stderr)
        self.assertIn("goes on from there", full.stderr)
        after = self.sweep(self.file)
        self.assertEqual(after.returncode, 0, after.stderr)
        self.assertNotIn("failed", after.stderr)
        self.assertEqual(len(self.rows()), 12)


def limit_files(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
