"""Runs of the program, several at once, each in a process of its own.

Signals are taken one at a time between two steps, so nothing here is ever interrupted in the middle. When this process
ends, however it does, its runs end with it.
"""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import HostError, UserError, os_failure, shown_path
from .journal import DONE, FAILED, STOPPED
from .program import Program, Request, last_line

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
PATIENCE = 2.0  # seconds between asking a run to end and ending it
TICK = 0.5  # seconds between two reports of the progress
HOST_FAILED = 4  # exit status of the program where it was the host that failed
# How the loader ends a program for which it finds no memory, or not its libraries, before the program itself begins.
LOADER_FAILED = 127
LOADER_SAYS = "error while loading shared libraries"
# A run that ends by one of these was ended from outside (without memory the system kills) or met a limit of the host.
FROM_OUTSIDE = {"SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGXCPU", "SIGXFSZ"}
LONGEST_TALK = 1 << 16  # bytes of a run's standard error, the last ones


class Interrupted(Exception):
    """A signal asked for the end."""

    def __init__(self, number: int):
        super().__init__(signal.Signals(number).name)
        self.number = number


@dataclass(frozen=True)
class Outcome:
    status: str  # DONE, FAILED or STOPPED
    results: dict[str, Any] | None  # the program's results; none where it is not done
    message: str  # why it is not, one line
    remarks: tuple[str, ...]  # what it said on its standard error beside that
    cpu_seconds: float
    wall_seconds: float
    peak_mebibytes: float


@dataclass
class _Run:
    index: int
    process: subprocess.Popen[bytes]
    folder: Path
    begin: float = field(default_factory=time.monotonic)


class Runner:
    """scratch: a directory of this runner alone, removed when it is done."""

    def __init__(self, program: Program, scratch: Path, jobs: int):
        self.program = program
        self.scratch = scratch
        self.jobs = jobs
        self.running: dict[int, _Run] = {}
        self._mask: set[signal.Signals] = set()

    def run(
        self, requests: Iterable[Request], finished: Callable[[int, Outcome], None], tick: Callable[[int], None]
    ) -> None:
        """Calls finished(index, outcome) as the runs end and tick(how many are running) from time to time.

        Raises Interrupted after SIGINT, SIGTERM or SIGHUP.
        """
        waiting = deque(enumerate(requests))
        with self._signals_held_back() as stopping:
            try:
                self._clear_scratch()
                while waiting or self.running:
                    while waiting and len(self.running) < self.jobs:
                        self._start(*waiting.popleft())
                    tick(len(self.running))
                    caught = signal.sigtimedwait(stopping | {signal.SIGCHLD}, TICK)
                    for index, outcome in self._ended():
                        finished(index, outcome)
                    if caught and caught.si_signo in stopping:
                        raise Interrupted(caught.si_signo)
            finally:
                self._end_all()
                shutil.rmtree(self.scratch, ignore_errors=True)

    @contextmanager
    def _signals_held_back(self) -> Iterator[set[signal.Signals]]:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        # What the caller was told to ignore (nohup) stays ignored: a blocked signal would arrive nevertheless.
        stopping = {
            number
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
            if signal.getsignal(number) is not signal.SIG_IGN
        }
        self._mask = signal.pthread_sigmask(signal.SIG_BLOCK, stopping | {signal.SIGCHLD})
        try:
            yield stopping
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def _clear_scratch(self) -> None:
        shutil.rmtree(self.scratch, ignore_errors=True)
        try:
            self.scratch.mkdir(parents=True)
        except OSError as error:
            raise os_failure(f"{shown_path(self.scratch)} cannot be made", error) from error

    def _start(self, index: int, request: Request) -> None:
        folder = self.scratch / str(index)
        arguments = [*request.arguments(), "--json", str(folder / "results.json")]
        for option in ("jobs", "threads"):  # the processes are here
            if option in self.program.run_options(request.command):
                arguments += [f"--{option}", "1"]
        parent = os.getpid()

        def before_start() -> None:
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

        try:
            folder.mkdir()
            with (folder / "errors").open("wb") as errors:
                process = subprocess.Popen(
                    [self.program.path, *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=errors,
                    preexec_fn=before_start,
                    process_group=0,  # Ctrl-C on the terminal is for this process alone
                )
        except OSError as error:
            raise os_failure(f"a run cannot be started: {shown_path(error.filename or folder)}", error) from error
        except ValueError as error:  # an argument that none can be: a zero character, half of a surrogate pair
            raise UserError(f"a run cannot be started: {error}") from None
        except subprocess.SubprocessError as error:  # between fork and exec
            raise HostError(f"a run cannot be started: {error}") from error
        self.running[process.pid] = _Run(index, process, folder)

    def _ended(self) -> Iterator[tuple[int, Outcome]]:
        for pid, run in list(self.running.items()):
            found, status, usage = os.wait4(pid, os.WNOHANG)
            if not found:
                continue
            wall = time.monotonic() - run.begin
            del self.running[pid]
            run.process.returncode = os.waitstatus_to_exitcode(status)
            cpu = usage.ru_utime + usage.ru_stime
            yield run.index, Outcome(*self._read(run), cpu, wall, usage.ru_maxrss / 1024)
            shutil.rmtree(run.folder, ignore_errors=True)

    def _read(self, run: _Run) -> tuple[str, dict[str, Any] | None, str, tuple[str, ...]]:
        """Of an Outcome: status, results, message, remarks."""
        status = run.process.returncode
        said = _end_of(run.folder / "errors")
        if status == 0:
            try:
                results = json.loads((run.folder / "results.json").read_bytes())
                if results["complete"]:
                    return DONE, results, "", tuple(line for line in said.splitlines() if line.strip())
            except (OSError, ValueError, KeyError, TypeError, RecursionError):
                pass
            return FAILED, None, "the run left no complete results", ()
        if status < 0:
            name = _signal_name(-status)
            return STOPPED if name in FROM_OUTSIDE else FAILED, None, f"ended by signal {name}", ()
        message = last_line(said) or f"exit status {status}"
        if str(run.folder) in message and (status == HOST_FAILED or "cannot write" in message):
            # Our own directory is full: so it is for the runs to come.
            raise HostError(f"{message}; mend that and the same command goes on from there")
        of_host = status == HOST_FAILED or (status == LOADER_FAILED and LOADER_SAYS in message)
        return STOPPED if of_host else FAILED, None, message, ()

    def _end_all(self) -> None:
        for run in self.running.values():
            run.process.terminate()
        deadline = time.monotonic() + PATIENCE
        for run in self.running.values():
            try:
                run.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                run.process.kill()
                run.process.wait()
        self.running.clear()


def _end_of(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - LONGEST_TALK))
        return file.read().decode(errors="replace")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal
        return str(number)
