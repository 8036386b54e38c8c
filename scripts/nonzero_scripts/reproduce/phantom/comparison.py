"""Phantom-2D beside other machines: what its authors publish as ratios, class C."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from ...domain import Value
from ...program import Request
from ..figures import Measured, percent
from ..laboratory import Missing, NotAvailable, Plan, Run, Surroundings
from .runs import (
    BESIDE,
    DENSE_CYCLES,
    MULTIPLIERS,
    ORDER,
    TITLES,
    Parameters,
    dense_macs,
    even,
    lookahead,
    real,
    use,
    useful,
    whole,
)

Values = Mapping[str, Measured | Missing]

MOBILENET = "mobilenet_v1_050_160"
SCALE = 0.59  # of both densities, at which the mesh is 12 times as fast as a dense machine [3.4]
WORKLOADS = {"vgg16": "here with the densities of Han et al.", "mobilenet": "here with its first photo"}
SPARTEN_WAYS: Mapping[str, Parameters] = {
    "without balancing": {"balancing": "none"},
    "with 4 cycles before every chunk": {"start": 4},
    "with both": {"balancing": "none", "start": 4},
}
SCNN_SHAPES: Mapping[str, Parameters] = {
    "4 x 4 PEs of 4 x 4": {"pe.rows": 4, "pe.columns": 4},
    "8 x 8 PEs of 2 x 2": {"pe.columns": 8, "pe.f": 2, "pe.i": 2, "accumulator.entries": 1024},
    "SCNN at its own size": {"pe.columns": 8, "accumulator.entries": 1024},
}


@dataclass(frozen=True)
class Workload:
    """The same layers for every machine."""

    around: Surroundings
    name: str  # of WORKLOADS
    scale: float = 1

    def on(self, platform: str, parameters: Parameters | None = None) -> Request:
        if platform != "phantom2d":
            self.around.need_platform(platform)
            parameters = {**BESIDE[platform][1], **(parameters or {})}
        if self.name == "mobilenet":
            return real(self.around, platform, MOBILENET, parameters, no_values=True)
        options: dict[str, Value] = {} if self.scale == 1 else {"density_scale": self.scale}
        return whole(platform, parameters, **options)


def ratio(ours: Run, theirs: Run) -> float:
    """How many times as fast we are, for equally many multipliers."""
    if dense_macs(ours) != dense_macs(theirs):
        raise NotAvailable("a machine cannot run all layers")
    return even(theirs) / even(ours)


def over_dense(run: Run) -> float:
    return dense_macs(run) / MULTIPLIERS / run.cycles


def dense(name: str, around: Surroundings) -> Plan[Values]:
    (run,) = yield [Workload(around, name).on("phantom2d")]
    density = useful(run) / dense_macs(run)
    note = f"{WORKLOADS[name]}; product density {density:.3f}, padding counted as zeros"
    note += f"; {percent(use(run))} of the multipliers used"
    return {name: Measured(over_dense(run), note)}


def dense_scaled(around: Surroundings) -> Plan[Values]:
    (run,) = yield [Workload(around, "vgg16", SCALE).on("phantom2d")]
    return {"scaled": Measured(over_dense(run), f"{percent(use(run))} of the multipliers used")}


def scnn(name: str, around: Surroundings) -> Plan[Values]:
    workload = Workload(around, name)
    ours, theirs, *others = yield [
        workload.on("phantom2d"),
        workload.on("scnn"),
        *(workload.on("scnn", parameters) for parameters in SCNN_SHAPES.values()),
    ]
    notes = [f"{ratio(ours, other):.2f} over {way}" for way, other in zip(SCNN_SHAPES, others, strict=True)]
    note = f"{WORKLOADS[name]}, over 8 x 2 PEs of 4 x 4 with the accumulators of 64; {', '.join(notes)}"
    note += f"; SCNN is {over_dense_even(theirs):.2f} over dense"
    return {name: Measured(ratio(ours, theirs), note)}


def over_dense_even(run: Run) -> float:
    return dense_macs(run) / MULTIPLIERS / even(run)


def sparten(name: str, around: Surroundings) -> Plan[Values]:
    workload = Workload(around, name)
    ours, theirs, *others = yield [
        workload.on("phantom2d"),
        workload.on("sparten"),
        *(workload.on("sparten", parameters) for parameters in SPARTEN_WAYS.values()),
    ]
    notes = [f"{ratio(ours, other):.2f} {way}" for way, other in zip(SPARTEN_WAYS, others, strict=True)]
    note = f"{WORKLOADS[name]}, over 8 clusters of 32 units; {', '.join(notes)}"
    return {name: Measured(ratio(ours, theirs), note)}


def sparten_alone(scale: float, around: Surroundings) -> Plan[Values]:
    """Over dense, without, with software and with hardware balancing."""
    workload = Workload(around, "vgg16", scale)
    runs = yield [workload.on("sparten", {"balancing": balancing}) for balancing in ("none", "gb_s", "gb_h")]
    return {f"{scale:g}": Measured([over_dense_even(run) for run in runs], "whole layers, padding of zeros")}


def eyeriss(name: str, around: Surroundings) -> Plan[Values]:
    workload = Workload(around, name)
    ours, theirs = yield [workload.on("phantom2d"), workload.on("eyeriss_v2")]
    multipliers = int(theirs.totals["multipliers"])
    used = percent(use(theirs, multipliers))
    note = f"{WORKLOADS[name]}, over 4 x 2 clusters, which use {used} of their {multipliers} multipliers"
    return {name: Measured(ratio(ours, theirs), note)}


def order(around: Surroundings) -> Plan[Values]:
    workload = Workload(around, "vgg16")
    runs = yield [workload.on(platform) for platform in ORDER]
    cycles = [even(run) for run in runs]
    found = sorted(zip(cycles, (TITLES[platform] for platform in ORDER), strict=True))
    note = " < ".join(f"{title} {number / 1e6:.2f}" for number, title in found)
    holding = sum(one < other for one, other in zip(cycles, cycles[1:]))
    return {"order": Measured(holding, f"in millions of cycles {note}")}


def presets(around: Surroundings) -> Plan[Values]:
    workload = Workload(around, "vgg16")
    runs = yield [workload.on("phantom2d", lookahead(factor)) for factor in (9, 18, 27)]
    gains = [DENSE_CYCLES / run.cycles for run in runs]
    holding = sum(one < other for one, other in zip(gains, gains[1:]))
    return {"presets": Measured(holding, " < ".join(f"{gain:.2f}" for gain in sorted(gains)) + " over dense")}


TARGETS: Mapping[str, Callable[[Surroundings], Plan[Values]]] = {
    **{f"C1/{name}": partial(dense, name) for name in WORKLOADS},
    "C1/scaled": dense_scaled,
    **{f"C2/{name}": partial(scnn, name) for name in WORKLOADS},
    **{f"C3/{name}": partial(sparten, name) for name in WORKLOADS},
    **{f"C4/{name}": partial(eyeriss, name) for name in WORKLOADS},
    "C5": order,
    **{f"4.1/{scale:g}": partial(sparten_alone, scale) for scale in (1, 0.8, 0.6)},
    "C6": presets,
}
