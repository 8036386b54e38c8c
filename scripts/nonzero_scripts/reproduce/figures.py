"""What a target or a study makes of its runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .published import Value


@dataclass(frozen=True)
class Measured:
    value: Value
    note: str = ""  # what else is to be known of it


@dataclass(frozen=True)
class Table:
    """Cells are text; columns of numbers stand right-aligned."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    wrap: Sequence[int] = ()  # columns whose long text may be broken into lines; the last of them gets the room left


@dataclass(frozen=True)
class Chart:
    """A line for each name in `lines`: y over x."""

    name: str  # of the file
    title: str
    x: str
    y: str
    lines: Mapping[str, Mapping[float, float]]


@dataclass(frozen=True)
class Section:
    text: Sequence[str]  # paragraphs above the table
    table: Table | None = None
    notes: Sequence[str] = ()  # paragraphs below it
    charts: Sequence[Chart] = field(default=())


def crossing(points: Mapping[float, float], level: float) -> float | None:
    """Where the line through the points first meets that level, by x; none where it does not."""
    ordered = sorted(points.items())
    for (x0, y0), (x1, y1) in zip(ordered, ordered[1:]):
        if y0 == level:
            return x0
        if (y0 - level) * (y1 - level) <= 0 and y0 != y1:
            return x0 + (x1 - x0) * (level - y0) / (y1 - y0)
    return None


def percent(share: float, decimals: int = 1) -> str:
    return f"{100 * share:.{decimals}f} %"


def distance(ours: float, published: float) -> str:
    """Relative, and absolute where there is nothing to be relative to."""
    if published == 0:
        return "0" if ours == 0 else f"{ours:+g}"
    if ours == published:
        return "0"
    return f"{100 * (ours / published - 1):+.1f} %".replace("-0.0", "+0.0")
