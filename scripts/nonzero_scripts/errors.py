"""What ends a script with one line, how a name is shown in it, and the nearest valid name for one that is wrong."""

import difflib
import errno
from collections.abc import Iterable

LONGEST_NAME = 80
LONGEST_LINE = 1000

# What the machine that the script runs on lacks, whatever it was asked for.
HOST_ERRORS = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
        errno.ENOMEM,
        errno.EAGAIN,
        errno.EMFILE,
        errno.ENFILE,
    }
)


class ScriptError(Exception):
    """One line that names the thing and the way out. Scripts print it and exit with its status, as the program does."""

    status: int


class UserError(ScriptError):
    """What the user can mend in what was given."""

    status = 2


class HostError(ScriptError):
    """The host failed: memory, a limit, a full disk. Tried again there, the same may succeed."""

    status = 4


def os_failure(what: str, error: OSError, way_out: str = "") -> ScriptError:
    """`what` names the thing and what was to be done with it: "FILE cannot be read"."""
    kind = HostError if error.errno in HOST_ERRORS else UserError
    reason = error.strerror or str(error)
    return kind(f"{what}: {reason}{way_out and '; '}{way_out}")


def printable(text: str, longest: int = LONGEST_LINE) -> str:
    """In one line, without what a terminal would obey, and not longer than that."""
    if len(text) > longest:
        text = text[:longest] + "..."
    return "".join(character if character.isprintable() else "?" for character in text)


def quoted(name: object) -> str:
    """A name from outside, as messages have it: 'pe.kc'."""
    return f"'{shown(name)}'"


def shown(name: object) -> str:
    """The same without the quotes, for paths and values."""
    return printable(str(name), LONGEST_NAME)


def shown_path(path: object) -> str:
    """A path whose end tells more than its begin."""
    text = printable(str(path), len(str(path)))
    return text if len(text) <= 3 * LONGEST_NAME else f"{text[:LONGEST_NAME]}...{text[-LONGEST_NAME:]}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """': did you mean 'pe.kc'?', or nothing where no known name is near."""
    near = difflib.get_close_matches(name[:LONGEST_NAME], list(known), n=1, cutoff=0.5)
    return f": did you mean '{near[0]}'?" if near else ""
