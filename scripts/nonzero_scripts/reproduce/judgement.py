"""A target's published value beside ours: how far apart, and whether that is accepted."""

from dataclasses import dataclass

from .figures import Measured, distance
from .laboratory import Missing
from .published import Band, Entry, Number, Value


@dataclass(frozen=True)
class Judgement:
    entry: Entry
    published: str
    ours: str
    distance: str
    accepted: str
    verdict: str
    behind: str  # what stands behind it
    missed: bool  # of a class that decides, and not accepted
    message: str = ""  # why there is nothing of ours


def judge(entry: Entry, found: Measured | Missing) -> Judgement:
    published = _shown(entry, entry.published)
    if isinstance(found, Missing):
        verdict = "failed" if found.failed else "not available"
        behind = _sentences(entry.basis, found.message, f"[{entry.source}]")
        missed = entry.gates and found.failed
        return Judgement(entry, published, "", "", _accepted(entry), verdict, behind, missed, found.message)
    holds = None if entry.band is None else _holds(entry.band, found.value, entry.published)
    in_words = {None: "", True: "in band", False: "outside, as known" if entry.outside else "outside"}[holds]
    if entry.gates:
        verdict = "exact" if holds and entry.band and entry.band.exact else in_words
    else:
        verdict = f"printed, {in_words}" if in_words else "printed"
    return Judgement(
        entry,
        published,
        _shown(entry, found.value),
        _distance(found.value, entry.published),
        _accepted(entry),
        verdict,
        _sentences(entry.basis, entry.outside, found.note, f"[{entry.source}]"),
        entry.gates and holds is bool(entry.outside),
    )


def _holds(band: Band, ours: Value, published: Value | str | None) -> bool:
    if isinstance(ours, list):
        wanted = published if isinstance(published, list) else []
        return len(ours) == len(wanted) and all(band.holds(*pair) for pair in zip(ours, wanted, strict=True))
    return band.holds(ours, published if isinstance(published, (int, float)) else None)


def _distance(ours: Value, published: Value | str | None) -> str:
    """Of lists the largest, or how many are equal."""
    if isinstance(ours, list):
        if not isinstance(published, list) or len(published) != len(ours):
            return "not as many"
        differing = [pair for pair in zip(ours, published, strict=True) if pair[0] != pair[1]]
        if not differing:
            return "0"
        worst = max(differing, key=lambda pair: abs(pair[0] / pair[1] - 1) if pair[1] else float("inf"))
        return f"{distance(*worst)} at most"
    return distance(ours, published) if isinstance(published, (int, float)) else ""


def _shown(entry: Entry, value: Value | str | None) -> str:
    if isinstance(value, list):
        return " / ".join(_number(entry, one) for one in value)
    return value if isinstance(value, str) else "" if value is None else _number(entry, value)


def _number(entry: Entry, value: Number) -> str:
    if entry.unit == "%":
        return f"{100 * value:.{entry.decimals}f} %"
    return f"{value:,.{entry.decimals}f}"


def _accepted(entry: Entry) -> str:
    band = entry.band
    if band is None:
        return ""
    if band.exact:
        return "exact"
    if band.percent is not None:
        return f"± {band.percent:g} %"
    if band.points is not None:
        return f"± {band.points:g} points"
    if band.one_of:
        return " or ".join(_number(entry, one) for one in band.one_of)
    if band.low is None or band.high is None:
        sign, end = ("≤", band.high) if band.low is None else ("≥", band.low)
        return f"{sign} {_number(entry, end)}" if end is not None else ""
    return f"{_number(entry, band.low)} to {_number(entry, band.high)}"


def _sentences(*parts: str) -> str:
    return "; ".join(part for part in parts[:-1] if part) + f" {parts[-1]}"
