"""The published values that a system is measured against: the one place where they stand, with their sources."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..domain import LARGEST_NUMBER
from ..errors import UserError, quoted, shown_path
from ..files import read_file

Number = int | float
Value = Number | list[Number]

CLASSES = ("A", "B", "C")
KEYS = {
    "target": str,  # the target's name, as --targets has it
    "value": str,  # which of the target's values this is
    "quantity": str,
    "unit": str,  # "%": of a fraction; "x": a ratio
    "decimals": int,
    "published": (int, float, list, str, type(None)),  # a text is no number to be measured against
    "accept": (str, dict, type(None)),
    "class": str,  # A exact, B within a band, C printed and never decisive
    "source": str,  # item of the facts of the system
    "basis": str,  # what stands behind the published value, or behind the comparison with it
    "quick": bool,
    "outside": str,  # why it is known to lie outside of its band, which then decides nothing; one that does not is a miss
    "compare": dict,  # for `nonzero compare`, which prints the value beside its own: networks, platform, baseline, figure
}


@dataclass(frozen=True)
class Band:
    """What is accepted. Exact: equal to what is published; percent: as near to it; points: likewise, of a share; else
    what lies within the ends."""

    exact: bool = False
    percent: float | None = None
    points: float | None = None
    low: float | None = None
    high: float | None = None
    one_of: tuple[Number, ...] = ()

    def holds(self, ours: Number, published: Number | None) -> bool:
        if self.one_of:
            return ours in self.one_of
        if published is not None and self.exact:
            return ours == published
        if published is not None and self.percent is not None:
            return abs(ours - published) <= self.percent / 100 * abs(published)
        if published is not None and self.points is not None:
            return abs(ours - published) <= self.points / 100
        return (self.low is None or ours >= self.low) and (self.high is None or ours <= self.high)


@dataclass(frozen=True)
class Entry:
    target: str
    value: str
    quantity: str
    unit: str
    decimals: int
    published: Value | str | None
    band: Band | None
    class_: str
    source: str
    basis: str
    quick: bool
    outside: str = ""

    @property
    def gates(self) -> bool:
        return self.class_ != "C"


@dataclass(frozen=True)
class Published:
    paper: str  # authors, title, where; Markdown
    entries: tuple[Entry, ...]
    tables: Mapping[str, Any]  # of the studies

    def targets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(entry.target for entry in self.entries))


def load(path: Path, known: Collection[str]) -> Published:
    """known: the targets that there are functions for."""
    where = shown_path(path)
    try:
        content = json.loads(read_file(path))
    except ValueError as error:
        raise UserError(f"{where}: is not JSON: {error}") from None
    except RecursionError:
        raise UserError(f"{where}: is nested too deep") from None
    if not isinstance(content, dict) or set(content) != {"paper", "entries", "tables"}:
        raise UserError(f"{where}: is to be an object with 'paper', 'entries' and 'tables'")
    if not isinstance(content["paper"], str):
        raise UserError(f"{where}: 'paper' is to be a text")
    rows = content["entries"]
    if not isinstance(rows, list):
        raise UserError(f"{where}: 'entries' is to be a list")
    entries = tuple(_entry(row, f"{where}: entry {number}") for number, row in enumerate(rows, start=1))
    for entry in entries:
        if entry.target not in known:
            raise UserError(f"{where}: there is no target {quoted(entry.target)}; there are {', '.join(known)}")
    return Published(content["paper"], entries, content["tables"])


def check_tables(published: Published, own: Published, path: Path) -> None:
    """The studies count on the form of the tables that the project has: names, columns, kinds of values."""
    if place := _unlike(published.tables, own.tables, "tables"):
        raise UserError(f"{shown_path(path)}: {place} is not as in the published values of the project")


def _unlike(given: Any, own: Any, place: str) -> str:
    """Where they differ in form; empty where they do not."""
    if isinstance(own, dict):
        if not isinstance(given, dict) or set(given) != set(own):
            return place
        return next(filter(None, (_unlike(given[name], own[name], f"{place}.{name}") for name in own)), "")
    if isinstance(own, list):
        if not isinstance(given, list) or not given:
            return place
        if own and isinstance(own[0], list):
            return next(filter(None, (_unlike(row, own[0], place) for row in given)), "")
        if len(given) != len(own):
            return place
        return next(filter(None, (_unlike(*pair, place) for pair in zip(given, own, strict=True))), "")
    if isinstance(own, str):
        return "" if isinstance(given, str) else place
    return "" if given is None or _is_number(given) else place


def _is_number(value: Any) -> bool:
    is_kind = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_kind and -LARGEST_NUMBER <= value <= LARGEST_NUMBER


def _are_numbers(values: Any) -> bool:
    return isinstance(values, list) and all(map(_is_number, values))


def _entry(row: Any, where: str) -> Entry:
    if not isinstance(row, dict):
        raise UserError(f"{where}: is not an object")
    row = {"unit": "", "decimals": 0, "quick": True, "basis": "", "outside": "", "compare": {}, **row}
    if set(row) != set(KEYS):
        wrong = sorted(set(row) ^ set(KEYS))
        raise UserError(f"{where}: {quoted(wrong[0])} is {'missing' if wrong[0] in KEYS else 'unknown'}")
    for key, kind in KEYS.items():
        if not isinstance(row[key], kind):  # type: ignore[arg-type]
            raise UserError(f"{where}: '{key}' has the wrong type")
    published = row["published"]
    if not (published is None or isinstance(published, str) or _is_number(published) or _are_numbers(published)):
        raise UserError(f"{where}: 'published' has the wrong type")
    if isinstance(row["decimals"], bool) or not 0 <= row["decimals"] <= 15:
        raise UserError(f"{where}: 'decimals' is not in 0 .. 15")
    if row["class"] not in CLASSES:
        raise UserError(f"{where}: class {quoted(row['class'])} is not one of {', '.join(CLASSES)}")
    band = _band(row["accept"], where)
    if row["class"] != "C" and band is None:
        raise UserError(f"{where}: a target of class {row['class']} needs 'accept'")
    relative = band and (band.exact or band.percent is not None or band.points is not None)
    if relative and not isinstance(row["published"], (int, float, list)):
        raise UserError(f"{where}: 'accept' needs a published number")
    names = ("target", "value", "quantity", "unit", "decimals", "published")
    return Entry(*(row[name] for name in names), band, row["class"], row["source"], row["basis"], row["quick"], row["outside"])


def _band(accept: Any, where: str) -> Band | None:
    if accept is None:
        return None
    if accept == "exact":
        return Band(exact=True)
    if isinstance(accept, dict) and set(accept) == {"percent"} and _is_number(accept["percent"]):
        return Band(percent=accept["percent"])
    if isinstance(accept, dict) and set(accept) == {"points"} and _is_number(accept["points"]):
        return Band(points=accept["points"])
    if isinstance(accept, dict) and set(accept) == {"one_of"} and _are_numbers(accept["one_of"]):
        return Band(one_of=tuple(accept["one_of"]))
    if isinstance(accept, dict) and accept and set(accept) <= {"from", "to"} and all(map(_is_number, accept.values())):
        return Band(low=accept.get("from"), high=accept.get("to"))
    forms = '"exact", {"percent": P}, {"points": P}, {"one_of": […]}, {"from": A, "to": B} or null'
    raise UserError(f"{where}: 'accept' is to be {forms}")
