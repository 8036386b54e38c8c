"""What ends a script with one line, how a name is shown in it, and the nearest valid name for one that is wrong."""

import errno
from collections.abc import Iterable

LONGEST_NAME = 80
LONGEST_LINE = 1000

# Of the nearest name; workloads/nearest_name.cpp has the same.
SEPARATORS = "_-./ "
LETTERS_PER_ERROR = 4
TELLING_LETTERS = 3
LONGEST_MISTYPED = 200

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
    near = nearest_name(name, known)
    return f": did you mean '{near}'?" if near else ""


def nearest_name(name: str, known: Iterable[str]) -> str:
    """The nearest known name, the first of equally near ones, or nothing: the rule of workloads/nearest_name.h."""
    if len(name) > LONGEST_MISTYPED:
        return ""
    folded = name.lower()
    letters = _letters_of(folded)
    nearest, smallest, akin = "", LONGEST_MISTYPED, ""
    for candidate in known:
        other = _letters_of(candidate.lower())
        allowed = _allowed_errors(max(len(letters), len(other)))
        if abs(len(letters) - len(other)) <= allowed:
            distance = _alignment_distance(letters, other)
            if distance <= allowed and distance < smallest:
                nearest, smallest = candidate, distance
        if not akin and _akin(folded, candidate.lower()):
            akin = candidate
    return nearest or akin


def _letters_of(name: str) -> str:
    return "".join(character for character in name if character not in SEPARATORS)


def _allowed_errors(letters: int) -> int:
    return 0 if letters < TELLING_LETTERS else max(1, letters // LETTERS_PER_ERROR)


def _akin(name: str, candidate: str) -> bool:
    ends = bool(name) and candidate.endswith(name) and candidate[: -len(name)][-1:] in tuple(SEPARATORS)
    return _begins(candidate, name) or ends or _begins(name, candidate)


def _begins(whole: str, part: str) -> bool:
    """By a whole word or by enough letters."""
    letters = _letters_of(part)
    if len(whole) <= len(part) or not whole.startswith(part) or not letters:
        return False
    return whole[len(part)] in SEPARATORS or len(letters) >= TELLING_LETTERS


def _alignment_distance(a: str, b: str) -> int:
    """Insertion, deletion, substitution and the swap of two neighbours cost 1 each."""
    two_back: list[int] = []
    one_back = list(range(len(b) + 1))
    for i in range(1, len(a) + 1):
        row = [i]
        for j in range(1, len(b) + 1):
            cost = min(one_back[j] + 1, row[j - 1] + 1, one_back[j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                cost = min(cost, two_back[j - 2] + 1)
            row.append(cost)
        two_back, one_back = one_back, row
    return one_back[-1]
