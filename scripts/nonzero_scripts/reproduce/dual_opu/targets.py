"""How each of dual-OPU's targets is measured."""

from collections.abc import Callable, Mapping
from functools import partial

from ...domain import Value
from ...program import Request
from ..figures import Measured
from ..laboratory import Missing, Plan, Run, Surroundings
from . import runs
from .runs import BASELINES, DUAL, MORE_NETWORKS, NETWORKS, OWN, SHARED, Machine, alike, efficiency, gains, pair, rate, single

Values = Mapping[str, Measured | Missing]

ALL = ",".join(NETWORKS)
MACHINES: Mapping[str, Machine] = {
    machine.name: machine
    for machine in (
        single("regular", 128, 8),
        single("depthwise", 128, 9),
        single("depthwise", 150, 9),
        single("depthwise", 176, 9),
        DUAL,
        pair((96, 8), 96),
        pair((128, 10), 32),
        alike("depthwise", 88, 9),
        alike("regular", 100, 8),
    )
}
MEMORIES = ((200, 64), (200, 40), (1000, 64), (1000, 32))  # overhead, bandwidth


def compiler(_: Surroundings) -> Plan[Values]:
    requests = [Request("single_opu", {"network": name, "timing": "opu_compiler", "images": 1}, {}, "schedule") for name in NETWORKS]
    found = yield requests
    return {"cycles": Measured([run.cycles for run in found])}


def golden(_: Surroundings) -> Plan[Values]:
    alone = runs.RECOLLECTED.on_all()
    found = yield [*alone, *DUAL.on_all(OWN), *DUAL.on_all(SHARED)]
    values: dict[str, Measured | Missing] = {"alone": Measured([run.totals["image_cycles"] for run in found[:3]])}
    for name, three in (("own", found[3:6]), ("shared", found[6:])):
        for value in ("pair", "image", "steady_pair"):
            values[f"{name} {value}"] = Measured([run.totals[f"{value}_cycles"] for run in three])
    return values


def rates(name: str, _: Surroundings) -> Plan[Values]:
    machine = MACHINES[name]
    found = yield [machine.on(network, OWN) for network in MORE_NETWORKS]
    return {
        f"{name} fps": Measured([round(rate(run), 1) for run in found]),
        f"{name} efficiency": Measured([round(efficiency(run), 3) for run in found]),
    }


def memories(_: Surroundings) -> Plan[Values]:
    """Table 6.2: on one DRAM, against three sizes of the single core."""
    baselines = ("recollected", "1.18 multipliers", "equal multipliers")
    requests = []
    for overhead, bandwidth in MEMORIES:
        memory: Mapping[str, Value] = {"timing.overhead": overhead, "memory.bandwidth": bandwidth}
        for machine in (DUAL, *(BASELINES[name] for name in baselines)):
            requests += machine.on_all(memory)
    found = iter((yield requests))
    values: dict[str, Measured | Missing] = {}
    for overhead, bandwidth in MEMORIES:
        where = f"OV {overhead}, BW {bandwidth}"
        dual = [next(found) for _ in NETWORKS]
        values[f"{where} fps"] = Measured([round(rate(run), 1) for run in dual])
        for name in baselines:
            both = gains(dual, [next(found) for _ in NETWORKS])
            values[f"{where} {name}"] = Measured([round(ratio, 3) for ratio in both])
    return values


def against(_: Surroundings) -> Plan[tuple[list[Run], dict[str, list[Run]]]]:
    requests = DUAL.on_all(SHARED)
    for machine in BASELINES.values():
        requests += machine.on_all()
    found = yield requests
    count = len(NETWORKS)
    return list(found[:count]), {
        name: list(found[count * (n + 1) : count * (n + 2)]) for n, name in enumerate(BASELINES)
    }


def throughput(around: Surroundings) -> Plan[Values]:
    dual, bases = yield from against(around)
    return {
        name: Measured(gains(dual, base)[0] - 1, _note(name, dual, base, rate)) for name, base in bases.items()
    }


def efficiencies(around: Surroundings) -> Plan[Values]:
    dual, bases = yield from against(around)
    values: dict[str, Measured | Missing] = {}
    for name, base in bases.items():
        points = 100 * (runs.mean([efficiency(run) for run in dual]) - runs.mean([efficiency(run) for run in base]))
        note = f"{_note(name, dual, base, efficiency)}; {points:+.1f} points"
        values[name] = Measured(gains(dual, base)[1] - 1, note)
    return values


def _note(name: str, dual: list[Run], base: list[Run], figure: Callable[[Run], float]) -> str:
    machine = BASELINES[name]
    each = ", ".join(f"{figure(a) / figure(b):.3f}" for a, b in zip(dual, base, strict=True))
    return f"{machine.name}, {DUAL.multipliers / machine.multipliers:.2f} times its multipliers; networks {each}"


def multi_network(_: Surroundings) -> Plan[Values]:
    """Three networks as one list."""
    machines = (runs.EQUAL_AREA, runs.EQUAL_AREA_REGULAR, *runs.EQUAL_AREA_PAIRS)
    dual, *bases = yield [machine.on(ALL) for machine in (DUAL, *machines)]
    ratios = [rate(dual) / rate(base) for base in bases]
    each = ", ".join(f"{machine.name} {ratio - 1:+.1%}" for machine, ratio in zip(machines, ratios, strict=True))
    return {
        "mean": Measured(runs.mean(ratios) - 1, each),
        "best": Measured(min(ratios) - 1, "over the fastest of them"),
    }


def identity(around: Surroundings) -> Plan[Values]:
    dual, bases = yield from against(around)
    held = 0
    for name, base in bases.items():
        wanted = DUAL.multipliers / BASELINES[name].multipliers
        for a, b in zip(dual, base, strict=True):
            held += abs((rate(a) / rate(b)) / (efficiency(a) / efficiency(b)) / wanted - 1) < 1e-12
    return {"held": Measured(held, f"of {len(bases) * len(dual)} pairs of network and single core")}


def macs(_: Surroundings) -> Plan[Values]:
    """Of an image: efficiency times what all multipliers could do."""
    found = yield [single("depthwise", 128, 9).on(network) for network in MORE_NETWORKS]
    return {
        "macs": Measured(
            [round(efficiency(run) * run.totals["image_cycles"] * run.totals["multipliers"]) for run in found]
        )
    }


def ordering(_: Surroundings) -> Plan[Values]:
    found = yield [*DUAL.on_all(OWN), *alike("depthwise", 88, 9).on_all(OWN)]
    ratios = [rate(a) / rate(b) for a, b in zip(found[:2], found[3:5], strict=True)]
    squeezenet = rate(found[2]) / rate(found[5])
    return {"mobilenets": Measured([round(ratio, 3) for ratio in ratios], f"SqueezeNet 1.1 {squeezenet:.3f}")}


def tuner(_: Surroundings) -> Plan[Values]:
    found = yield [Request("", {"networks": ALL}, memory, "tune") for memory in (OWN, SHARED)]
    return {
        "fps": Measured([round(run.totals["best.images_per_second"], 2) for run in found]),
        "evaluated": Measured([run.totals["search.evaluated"] for run in found], "the bound ruled out the others of 693"),
        "dsps": Measured([run.totals["best.dsps"] for run in found], "C(256,4)+P(64,9), of 840 on the device"),
    }


TARGETS: Mapping[str, Callable[[Surroundings], Plan[Values]]] = {
    "W6": throughput,
    "W7": efficiencies,
    "W8": multi_network,
    "W3": compiler,
    "W5": golden,
    **{f"W5/{name} {figure}": partial(rates, name) for name in MACHINES for figure in ("fps", "efficiency")},
    **{
        f"W5/OV {overhead}, BW {bandwidth} {value}": memories
        for overhead, bandwidth in MEMORIES
        for value in ("fps", "recollected", "1.18 multipliers", "equal multipliers")
    },
    "W9": identity,
    "W10": macs,
    "W11": ordering,
    "tuner": tuner,
}
