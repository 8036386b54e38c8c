"""What has been run: one JSON object a line, appended and flushed to the disk as each run ends.

So whatever ends the process, at most the runs on their way are lost. Lines are never changed; of two with the same key
the later one counts.
"""

import contextlib
import fcntl
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any

from .errors import UserError

NAME = "journal.jsonl"

Record = dict[str, Any]


class Journal:
    """Open for writing, by one process at a time."""

    def __init__(self, directory: Path):
        self.path = directory / NAME
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            _flush_entry_of(directory)
        except OSError as error:
            raise UserError(f"{self.path} cannot be written: {error.strerror}; --out names another place") from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._descriptor)
            raise UserError(f"{directory} is in use by another run; wait for its end, or give --out DIR") from None
        self.records, self._end, self.remarks = _read(self.path)
        os.ftruncate(self._descriptor, self._end)

    def append(self, record: Record) -> None:
        line = (json.dumps(record, separators=(",", ":")) + "\n").encode()
        try:
            written = 0
            while written < len(line):
                written += os.pwrite(self._descriptor, line[written:], self._end + written)
            os.fsync(self._descriptor)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._end)
            raise UserError(
                f"{self.path} cannot be written: {error.strerror}; mend that and the same command goes on from there"
            ) from error
        self._end += len(line)
        self.records[record["key"]] = record

    def close(self) -> None:
        os.close(self._descriptor)

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def read_records(directory: Path) -> dict[str, Record]:
    """Without taking part: also while another process writes."""
    return _read(directory / NAME)[0]


def _flush_entry_of(directory: Path) -> None:
    """So that a new file's name survives a power failure too; not every file system can."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    with contextlib.suppress(OSError):
        os.fsync(descriptor)
    os.close(descriptor)


def _read(path: Path) -> tuple[dict[str, Record], int, list[str]]:
    """The records, where the last whole line ends, and what is to be told."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}, 0, []
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error
    end = content.rfind(b"\n") + 1  # what follows was being written when the process ended
    records: dict[str, Record] = {}
    remarks = []
    for number, line in enumerate(content[:end].splitlines(), start=1):
        try:
            record = json.loads(line)
            records[record["key"]] = record
        except (ValueError, TypeError, KeyError):
            remarks.append(f"{path}: line {number} is damaged and not used")
    return records, end, remarks
