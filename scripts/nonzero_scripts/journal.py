"""What has been run: one JSON object a line, appended and flushed to the disk as each run ends.

So whatever ends the process, at most the runs on their way are lost. Lines are never changed; of two with the same key
the later one counts.
"""

import contextlib
import errno
import fcntl
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from .domain import LARGEST_NUMBER
from .errors import UserError, os_failure, shown_path
from .files import read_file

NAME = "journal.jsonl"
_BEGIN = b'{"key":"'  # of every line that append() writes
_ELSEWHERE = "--out names another place"

Record = dict[str, Any]

# What a run came to.
DONE = "done"
FAILED = "failed"
STOPPED = "stopped"  # by the host: memory, a limit, a full disk. It says nothing of the run and is tried again


class Journal:
    """Open for writing, by one process at a time."""

    def __init__(self, directory: Path):
        self.path = directory / NAME
        try:
            directory.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            self._descriptor = os.open(self.path, flags, 0o666)
            _flush_entry_of(directory)
        except OSError as error:
            if error.errno == errno.ELOOP and self.path.is_symlink():
                raise UserError(f"{shown_path(self.path)} is a link; {_ELSEWHERE}") from error
            raise os_failure(f"{shown_path(self.path)} cannot be written", error, _ELSEWHERE) from error
        if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):
            os.close(self._descriptor)
            raise UserError(f"{shown_path(self.path)} is not a file; {_ELSEWHERE}")
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            where = shown_path(directory)
            raise UserError(f"{where} is in use by another run; wait for its end, or give --out DIR") from None
        except OSError as error:
            os.close(self._descriptor)
            raise os_failure(f"{shown_path(self.path)} cannot be locked", error, _ELSEWHERE) from error
        try:
            self.records, self._end, self.remarks = _read(self.path)
            os.ftruncate(self._descriptor, self._end)
        except BaseException:
            os.close(self._descriptor)
            raise

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
            way_out = "mend that and the same command goes on from there"
            raise os_failure(f"{shown_path(self.path)} cannot be written", error, way_out) from error
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
        if not path.exists():
            return {}, 0, []
    except OSError as error:
        raise os_failure(f"{shown_path(path)} cannot be read", error) from error
    content = read_file(path)
    end = content.rfind(b"\n") + 1  # what follows was being written when the process ended
    records: dict[str, Record] = {}
    remarks = []
    for number, line in enumerate(content[:end].splitlines(), start=1):
        try:
            record = json.loads(line)
            if not is_record(record):
                raise ValueError
            records[record["key"]] = record
        except (ValueError, RecursionError):
            remarks.append(f"{shown_path(path)}: line {number} is damaged and not used")
    # A first line that was being written is the begin of one of ours; what else has no record is somebody's own file.
    if not records and content[: len(_BEGIN)] != _BEGIN[: len(content)]:
        raise UserError(f"{shown_path(path)} has no record of a run and is left as it is; move it away, or {_ELSEWHERE}")
    return records, end, remarks


def is_record(record: Any) -> bool:
    """Whether it has the form that everybody who reads records counts on, whatever wrote or changed the line."""
    if not isinstance(record, dict) or not isinstance(record.get("key"), str):
        return False
    run = record.get("run")
    if not isinstance(run, dict) or not isinstance(run.get("platform"), str):
        return False
    if not _is_table(run.get("options"), _is_value) or not _is_table(run.get("parameters"), _is_value):
        return False
    host = record.get("host")
    if not _is_table(host, _is_number) or not {"cpu_seconds", "wall_seconds", "peak_mib"} <= set(host):
        return False
    if record.get("status") in (FAILED, STOPPED):
        return isinstance(record.get("message"), str)
    return record.get("status") == DONE and _is_done(record)


def _is_done(record: Record) -> bool:
    def is_layer(row: Any) -> bool:
        return _is_table(row, _is_value) and isinstance(row.get("layer"), str)

    left_out, details = record.get("left_out"), record.get("details")
    reasons = record.get("left_out_reasons", [])  # earlier journals have none
    return (
        all(isinstance(part, list) and all(isinstance(text, str) for text in part) for part in (left_out, reasons))
        and _is_table(record.get("totals"), _is_number)
        and _is_list(record.get("layers"), is_layer)
        and (details is None or _is_details(details, len(record["layers"])))
    )


def _is_details(details: Any, layers: int) -> bool:
    def is_counter(both: Any) -> bool:
        return _is_list(both, _is_number) and len(both) == 2

    return (
        isinstance(details, dict)
        and isinstance(details.get("parameters"), dict)
        and _is_list(details.get("counters"), lambda counters: _is_table(counters, is_counter))
        and _is_list(details.get("checks"), lambda checks: isinstance(checks, dict))
        and len(details["counters"]) == len(details["checks"]) == layers
    )


def _is_table(value: Any, is_entry: Callable[[Any], bool]) -> bool:
    return isinstance(value, dict) and all(map(is_entry, value.values()))


def _is_list(value: Any, is_entry: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(map(is_entry, value))


def _is_value(value: Any) -> bool:
    return isinstance(value, (str, bool)) or _is_number(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and -LARGEST_NUMBER <= value <= LARGEST_NUMBER
