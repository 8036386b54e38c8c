"""Errors that the user can mend, and the nearest valid name for one that is wrong."""

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """One line that names the thing and the way out. Scripts print it and exit with status 2, as the program does."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """': did you mean 'pe.kc'?', or nothing where no known name is near."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f": did you mean '{near[0]}'?" if near else ""
