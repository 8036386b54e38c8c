"""One line for each finished run; on a terminal also how far it all is and how long it will take."""

import sys
import time


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
        print(text, flush=True)

    def remark(self, text: str) -> None:
        self.clear()
        print(text, file=sys.stderr, flush=True)

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
        sys.stderr.write(f"\r\033[K{status}")
        sys.stderr.flush()
        self._shown = True

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
            self._shown = False


def duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
