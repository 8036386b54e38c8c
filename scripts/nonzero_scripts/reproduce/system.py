"""A modelled system as the reproduction sees it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..program import PROJECT
from .figures import Measured, Section
from .laboratory import Missing, Plan, Surroundings
from .published import Entry

PUBLISHED = PROJECT / "study/published"  # the command has them too, for `compare`

Target = Callable[[Surroundings], Plan[Mapping[str, Measured | Missing]]]
Study = Callable[[Surroundings, Mapping[str, Any]], Plan[Section]]


@dataclass(frozen=True)
class System:
    name: str
    title: str
    caveat: str  # to be known of all agreements
    facts: str  # page of docs/ whose items the sources are
    published: Path
    targets: Mapping[str, Target]  # by target, or by "target/value" where a value has runs of its own
    independent: frozenset[str]  # targets that are figures of other programs, not of the paper
    studies: Mapping[str, tuple[Study, bool]]  # by title, with whether --quick has it

    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name.partition("/")[0] for name in self.targets))

    def measuring(self, entry: Entry) -> str:
        """Which of `targets` measures this entry."""
        own = f"{entry.target}/{entry.value}"
        return own if own in self.targets else entry.target
