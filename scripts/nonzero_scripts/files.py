"""Files: read whole, told apart by their content, and replaced whole."""

import contextlib
import functools
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from .errors import UserError, os_failure, shown_path


def exists(path: Path) -> bool:
    """False also for what can be no path: too long, or with a zero character."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


@contextlib.contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """For reading. Only a regular file: others may never end, or never begin."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UserError(f"{shown_path(path)} cannot be read: is a device, pipe or socket, not a file")
            yield file
    except OSError as error:
        raise os_failure(f"{shown_path(path)} cannot be read", error) from error
    except ValueError as error:  # a zero character
        raise UserError(f"{shown_path(path)} is no path: {error}") from None


def read_file(path: Path) -> bytes:
    with open_file(path) as file:
        return file.read()


def file_digest(path: Path) -> str:
    with open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@functools.cache
def content_digest(path: Path) -> str:
    """Of a file, or of all files of a directory with their names."""
    if not path.is_dir():
        return file_digest(path)
    whole = hashlib.sha256()
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        whole.update(f"{file.relative_to(path)}\0".encode(errors="surrogateescape"))
        whole.update(f"{file_digest(file)}\0".encode())
    return whole.hexdigest()


def replace_file(path: Path, content: bytes) -> None:
    """Never half a file under this name, whatever happens."""
    temporary = path.with_name(f".{path.name[:100]}.{os.getpid()}.{secrets.token_hex(8)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_left_overs(path)
        # Never through a link, and never a file that somebody else has put there.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(temporary, flags, 0o666), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise os_failure(f"{shown_path(path)} cannot be written", error) from error


def _remove_left_overs(path: Path) -> None:
    """Temporary files of processes that were killed while they wrote this file."""
    prefix = f".{path.name[:100]}."
    for name in os.listdir(path.parent):
        if name.startswith(prefix) and name.endswith(".tmp"):
            process = name.removeprefix(prefix).partition(".")[0]
            if process.isdecimal() and not os.path.exists(f"/proc/{process}"):
                with contextlib.suppress(OSError):
                    (path.parent / name).unlink()
