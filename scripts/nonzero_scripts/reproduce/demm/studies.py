"""DeMM's studies: cycles of all machines on ResNet-50 and what DeMM saves, in every reading of D1, D12 and D13."""

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ..figures import Chart, Section, Table
from ..laboratory import Plan, Surroundings
from .runs import (
    ENGINES,
    MATRICES,
    OVERLAPS,
    PATTERNS,
    PRELOADS,
    PUBLISHED,
    TIMINGS,
    Comparison,
    Family,
    by_timing,
    families,
    family,
    millions,
)

Published = Mapping[str, Any]
READING = ["preload", "matrix", "timing"]
READINGS = list(itertools.product(OVERLAPS, MATRICES, range(len(TIMINGS))))
MEAN = "mean of the four"
DENSE_ARRAYS = "dense arrays"
WAYS = {"in_total": "total", "over_layers": "mean of layers"}  # of a Comparison
DENSITIES = {"8:128": 6.25, "1:8": 12.5, "1:4": 25.0, "2:4": 50.0}  # %
READ_AS = (
    "Preload of DeMM: serial or hidden [D1]. Matrix: *natural*, weights pruned to each engine's own closest pattern, "
    "or *same*, DeMM's matrix, denser where the engine needs it [D12]; dense arrays do not care. Timing of the engine: "
    "its default, double-buffered (db), and rtl (VEGETA, tensor core) or scale (S2TA) [D13]; an engine that lacks the "
    "last two stays empty."
)


def cycles(around: Surroundings, _: Published) -> Plan[Section]:
    found = yield from families(around)
    rows = [["DeMM", "", preload, *(_in_millions(one.demm[preload].cycles) for one in found.values())]
            for preload in PRELOADS]  # fmt: skip
    rows.append(["DeMM", "", "slots only", *(_in_millions(one.demm["serial"].other_cycles("issue"))
                                             for one in found.values())])  # fmt: skip
    for platform, engine in ENGINES.items():
        for matrix, timing in itertools.product(MATRICES if engine.sparse else ("same",), engine.timings):
            each = [by_timing(one.engines[platform, matrix], platform, timing) for one in found.values()]
            rows.append([engine.title, matrix if engine.sparse else "dense", timing, *map(_in_millions, each)])
    return Section(
        ["ResNet-50, 54 products, 512 multipliers each; millions of cycles."],
        Table(["machine", "matrix", "preload, timing", *found], rows),
    )


def _in_millions(number: int) -> str:
    return f"{millions(number):.3f}"


def reductions(around: Surroundings, _: Published) -> Plan[Section]:
    found = yield from families(around)
    rows = []
    for (name, one), reading in itertools.product(found.items(), READINGS):
        rows.append([name, *_named(reading), *(_both(one.compare(platform, *reading)) for platform in ENGINES)])
    head = ["pattern", *READING, *(engine.title for engine in ENGINES.values())]
    charts = []
    if len(found) == len(PATTERNS):
        charts = [_chart(found, matrix) for matrix in MATRICES]
    return Section(
        [
            "How many percent fewer cycles DeMM takes for ResNet-50 than the engine: of the sum of all layers / the "
            f"mean of the 54 layers' own reductions. {READ_AS}"
        ],
        Table(head, rows),
        charts=charts,
    )


def _named(reading: tuple[str, str, int]) -> list[str]:
    overlap, matrix, timing = reading
    return [overlap, matrix, TIMINGS[timing]]


def _both(comparison: Comparison | None) -> str:
    if comparison is None:
        return ""
    return f"{_percent(comparison.in_total)} / {_percent(comparison.over_layers)}"


def _percent(share: float, decimals: int = 1) -> str:
    return f"{round(100 * share, decimals) + 0.0:.{decimals}f}"  # + 0.0: no "-0"


def _chart(found: Mapping[str, Family], matrix: str) -> Chart:
    lines: dict[str, dict[float, float]] = {}
    for name, one in found.items():
        for platform, engine in ENGINES.items():
            compared = one.compare(platform, "serial", matrix, 0)
            assert compared is not None  # every engine has a default
            lines.setdefault(engine.title, {})[DENSITIES[name]] = 100 * compared.in_total
    title = f"ResNet-50, serial preload, {matrix} matrix, default timing"
    return Chart(f"reductions_{matrix}", title, "density of the pattern [%]", "fewer cycles than the engine [%]", lines)


# Distance to the published averages -------------------------------------------------------------------------------
def distances(around: Surroundings, published: Published) -> Plan[Section]:
    found = yield from families(around)
    theirs = dict(published["reductions"]["rows"])
    rows, ranked = [], []
    for name, reading in itertools.product([*found, MEAN] if len(found) > 1 else list(found), READINGS):
        chosen = list(found.values()) if name == MEAN else [found[name]]
        row = [name, *_named(reading)]
        for way in ("in_total", "over_layers"):
            ours = {platform: _mean(chosen, platform, reading, way) for platform in PUBLISHED}
            apart = {platform: ours[platform] - theirs[platform] for platform in PUBLISHED}
            largest = max(map(abs, apart.values()))
            row += [f"{_percent(ours[platform])} ({100 * apart[platform]:+.1f})" for platform in PUBLISHED]
            row.append(f"{100 * largest:.1f}")
            ranked.append((largest, f"{name}, {', '.join(_named(reading))}, {WAYS[way]}"))
        rows.append(row)
    ranked.sort()
    nearest = "; ".join(f"{text} ({100 * largest:.1f} points at most)" for largest, text in ranked[:3])
    within = sum(largest <= 0.15 for largest, _ in ranked)
    titles = [ENGINES[platform].title for platform in PUBLISHED]
    head = ["pattern", *READING]
    head += [f"{title}, {way}" for way in WAYS.values() for title in (*titles, "largest distance")]
    figures = ", ".join(f"{ENGINES[platform].title} {100 * value:.0f} %" for platform, value in theirs.items())
    return Section(
        [
            f"{published['reductions']['remark']} [{published['reductions']['source']}] {figures}. Reductions in "
            f"percent with the distance to these in percentage points. {READ_AS} SPOTS has no third timing and keeps "
            "its default here."
        ],
        Table(head, rows),
        [
            f"Nearest of {len(ranked)}: {nearest}. "
            f"Within 15 points of all three: {within}. With so many readings a near one confirms nothing."
        ],
    )


def _mean(chosen: Sequence[Family], platform: str, reading: tuple[str, str, int], way: str) -> float:
    overlap, matrix, timing = reading
    if timing >= len(ENGINES[platform].timings):
        timing = 0
    compared = [one.compare(platform, overlap, matrix, timing) for one in chosen]
    return sum(getattr(one, way) for one in compared) / len(compared)


# Layer by layer ---------------------------------------------------------------------------------------------------
def layers(pattern: str, group: str, around: Surroundings, _: Published) -> Plan[Section]:
    """group: the matrix of the sparse engines, or the dense arrays."""
    for platform in ENGINES:
        around.need_platform(platform)
    one = yield from family(pattern)
    ours = {overlap: {layer.name: layer.cycles for layer in one.demm[overlap].layers} for overlap in OVERLAPS}
    head = ["layer", *(f"DeMM {overlap}" for overlap in OVERLAPS)]
    columns = []
    for platform, engine in ENGINES.items():
        if engine.sparse == (group != DENSE_ARRAYS):
            head += [f"{engine.title} {timing}" for timing in engine.timings]
            columns += [(platform, timing) for timing in range(len(engine.timings))]
    rows = []
    for title, names in _alike(list(ours["serial"])).items():
        row = [title, *(f"{sum(ours[overlap][name] for name in names):,}" for overlap in OVERLAPS)]
        for platform, timing in columns:
            matrix = "same" if group == DENSE_ARRAYS else group
            both = [one.compare(platform, overlap, matrix, timing) for overlap in OVERLAPS]
            row.append(" / ".join(_percent(compared.of(names), 0) for compared in both if compared))
        rows.append(row)
    return Section(
        [
            f"{pattern}: cycles of DeMM, and how many percent fewer they are than the engine's, with serial / hidden "
            "preload. A range of blocks, as 1-3, is the sum of layers of the same shape."
        ],
        Table(head, rows),
    )


def _alike(names: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Layers of all blocks of a stage but its first one have the same shapes: "layer3.1-5.conv1"."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(re.sub(r"^(layer\d)\.[1-9]\.", r"\1.*.", name), []).append(name)
    return {key.replace("*", f"1-{len(members)}"): members for key, members in found.items()}


# By title: the study, and whether --quick has it.
STUDIES: Mapping[str, tuple[Callable[[Surroundings, Published], Plan[Section]], bool]] = {
    "Cycles": (cycles, True),
    "Latency reductions": (reductions, True),
    "Distance to the published reductions": (distances, True),
    **{
        f"Layers at {pattern}, {group}": (partial(layers, pattern, group), False)
        for pattern in PATTERNS
        for group in (*MATRICES, DENSE_ARRAYS)
    },
}
