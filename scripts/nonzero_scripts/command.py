"""What the scripts have in common as commands: options, where a result is printed, how they end."""

import argparse
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from .errors import HostError, ScriptError, UserError, os_failure, printable, quoted, shown_path
from .progress import OUTPUT
from .runner import Interrupted


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message} (scripts/{self.prog} --help)")


def natural(text: str) -> int:
    if not text.isdecimal() or len(text) > 9 or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{quoted(text)} is not a number of 1 or more")
    return int(text)


def path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("an empty text is no path")
    return Path(text)


def run_command(name: str, work: Callable[[], int]) -> int:
    """The exit status of the work; whatever goes wrong in it is one line."""
    _open_standard_streams()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # what is read no further, as by `| head`, needs no more lines
    try:
        os.getcwd()
    except OSError as error:
        return _say(name, os_failure("the current directory cannot be used", error))
    try:
        status = work()
        OUTPUT.check()
        return status
    except ScriptError as error:
        return _say(name, error)
    except Interrupted as interrupted:
        return 128 + interrupted.number
    except KeyboardInterrupt:
        _say(name, UserError("interrupted; the same command goes on from there"))
        return 128 + signal.SIGINT
    except OSError as error:
        where = f"{shown_path(error.filename)} cannot be used" if error.filename else "the system refuses"
        return _say(name, os_failure(where, error))
    except MemoryError:
        return _say(name, HostError("there is not enough memory"))
    except ImportError as error:
        return _say(name, UserError(f"Python lacks a module: {error}; 'scripts/setup python' installs the package group"))
    except Exception as error:  # a fault of this script: where it is, for who mends it
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{os.path.basename(place.filename)}:{place.lineno}"
        _say(name, UserError(f"internal error at {where}: {type(error).__name__}: {error}"))
        return 3


def _say(name: str, error: ScriptError) -> int:
    try:
        print(f"{name}: {printable(str(error))}", file=sys.stderr, flush=True)
    except OSError:  # nobody can be told
        os.dup2(os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC), 2)
    return error.status


def _open_standard_streams() -> None:
    """A stream that is closed takes everything: else the next file to be opened would be in its place."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
