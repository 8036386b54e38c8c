"""What is told: results on the standard output; on the standard error remarks, and on a terminal how far it all is."""

import contextlib
import os
import sys
import time

from .errors import os_failure, printable


class Output:
    """The standard output, line by line. When it takes no more, the work goes on without it and tells at the end."""

    def __init__(self) -> None:
        self.failure: OSError | None = None

    def line(self, text: str) -> None:
        if self.failure is None:
            try:
                print(text, flush=True)
            except OSError as error:
                self.failure = error

    def check(self) -> None:
        if self.failure is None:
            return
        # Python itself would try again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC), 1)
        raise os_failure("the standard output cannot be written", self.failure)


OUTPUT = Output()


class Progress:
    def __init__(self, total: int):
        self.total = total  # runs to come
        self.finished = 0
        self.cpu_seconds = 0.0
        self._begin = time.monotonic()
        self._shown = False
        self._terminal = sys.stderr.isatty()

    def line(self, text: str) -> None:
        self.clear()
        OUTPUT.line(printable(text))

    def remark(self, text: str) -> None:
        self.clear()
        tell(f"{printable(text)}\n")

    def count(self, cpu_seconds: float) -> None:
        self.finished += 1
        self.cpu_seconds += cpu_seconds

    def tick(self, running: int) -> None:
        if not self._terminal:
            return
        status = f"{self.finished} of {self.total} finished, {running} running"
        if self.finished:
            elapsed = time.monotonic() - self._begin
            status += f", {self.cpu_seconds / self.finished:.2f} s CPU each"
            status += f", about {duration(elapsed / self.finished * (self.total - self.finished))} left"
        tell(f"\r\033[K{status}")
        self._shown = True

    def clear(self) -> None:
        if self._shown:
            tell("\r\033[K")
            self._shown = False


def tell(text: str) -> None:
    """A standard error that takes no more is no reason to stop."""
    with contextlib.suppress(OSError):
        sys.stderr.write(text)
        sys.stderr.flush()


def duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
