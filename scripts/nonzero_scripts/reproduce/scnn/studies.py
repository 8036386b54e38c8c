"""SCNN's studies: tables and charts of what the targets are single points of."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...program import Request
from ..figures import Chart, Section, Table, crossing, distance, percent
from ..laboratory import NotAvailable, Plan, Run, Surroundings, together
from . import density_studies
from .runs import (
    BANDWIDTHS,
    EQUATIONS,
    LARGE_PES,
    NETWORKS,
    SLOWER,
    computing,
    convolutions,
    network_utilisation,
    slow_downs,
    speed_by_equations,
    speed_up,
    stored,
    with_latency,
    working_utilisation,
)
from .tables import Published, by_first_column, remark_of, rows_of, text

KCS = (4, 8, 16, 32, 1024)  # the last one is as many as fit
REAL = "squeezenet_dc"


def _networks(around: Surroundings) -> Sequence[str]:
    return ("alexnet",) if around.quick else tuple(NETWORKS)


def networks(around: Surroundings, published: Published) -> Plan[Section]:
    each = yield from together([_machines(network) for network in _networks(around)])
    figures = by_first_column(published, "networks")
    rows = []
    for network, (bare, scnn, dcnn, opt) in zip(_networks(around), each, strict=True):
        normalised = dcnn.other_cycles("normalised")
        rows.append(
            [
                NETWORKS[network],
                f"{scnn.cycles:,}",
                f"{computing(bare):,}",
                f"{normalised:,}",
                f"{dcnn.cycles:,}",
                text(figures[network]["speed_up"]),
                text(speed_up(scnn, dcnn)),
                text(speed_up(scnn, dcnn, "realisable")),
                text(figures[network]["oracle"]),
                text(normalised / bare.other_cycles("oracle")),
                text(dcnn.energy / scnn.energy),
                text(opt.energy / scnn.energy),
            ]
        )
    head = ["network", "SCNN cycles", "by equations", "DCNN normalised", "DCNN realisable", "speed-up, paper",
            "over normalised", "over realisable", "oracle [3.3]", "oracle", "energy DCNN / SCNN",
            "energy DCNN-opt / SCNN"]  # fmt: skip
    return Section(
        [
            "Convolutions at the published densities, uniform masks. Two rules for DCNN's cycles: *normalised*, the "
            "products of the largest tile over 16 per cycle, and *realisable*, which rounds each dot product up to "
            f"whole slots. {remark_of(published, 'networks')} By equations: (1)-(3) alone, without bank model, "
            "placeholders, exchange and finalise. Oracle: products over multipliers, as a speed-up over DCNN "
            "normalised, beside an independent calculation."
        ],
        Table(head, rows),
    )


def _machines(network: str) -> Plan[Sequence[Run]]:
    machines = [stored(network, platform) for platform in ("scnn", "dcnn", "dcnn_opt")]
    return (yield [convolutions("scnn", network, EQUATIONS), *machines])


def layers(around: Surroundings, published: Published) -> Plan[Section]:
    each = yield from together([_machines(network) for network in _networks(around)])
    runs = dict(zip(_networks(around), each, strict=True))
    rows = []
    for theirs in rows_of(published, "layers"):
        if theirs["network"] not in runs:
            continue
        scnn, _, dcnn, _ = runs[theirs["network"]]
        layer, base = scnn.layer(theirs["layer"]), dcnn.layer(theirs["layer"])
        normalised, cycles = base.other_cycles("normalised"), computing(layer)
        rows.append(
            [
                f"{NETWORKS[theirs['network']]} {layer.name.removeprefix('inception_')}",
                f"{theirs['cycles']:,}",
                f"{cycles:,}",
                distance(cycles, theirs["cycles"]),
                text(theirs["speed_up"]),
                text(normalised / cycles),
                text(base.cycles / cycles),
                text(normalised / layer.other_cycles("oracle")),
                text(theirs["busy"]),
                text(working_utilisation(scnn, layer)),
                text(theirs["idle"]),
                text(layer.sum("pe.barrier") / (int(scnn.totals["units"]) * cycles)),
            ]
        )
    head = ["layer", "cycles [4.1]", "cycles", "distance", "speed-up [4.1]", "over normalised", "over realisable",
            "oracle", "utilisation [4.1]", "utilisation", "idle [4.1]", "idle"]  # fmt: skip
    return Section(
        [
            f"{remark_of(published, 'layers')} What is marked [4.1] is an independent Monte-Carlo of equations "
            "(1)-(3) with another seed, so that this compares two programs, not a program with the paper: no bank "
            "model, no placeholders, no exchange and finalise. Speed-up and oracle over DCNN normalised, once over "
            "the realisable one. Utilisation: products per multiplier slot while PEs work; idle: PE cycles spent at "
            "barriers."
        ],
        Table(head, rows),
    )


def kc(around: Surroundings, published: Published) -> Plan[Section]:
    names = _networks(around)
    each = yield from together([_speeds_by_kc(network) for network in names])
    figures = by_first_column(published, "kc")
    rows = []
    for value in KCS:
        row = [str(value)]
        for network, speeds in zip(names, each, strict=True):
            row += [text(figures[value][network]), text(speeds[value])]
        rows.append(row)
    head = ["Kc", *(cell for network in names for cell in (f"{NETWORKS[network]} [4.1]", NETWORKS[network]))]
    lines = {
        NETWORKS[network]: {value: speeds[value] for value in KCS[:-1]}
        for network, speeds in zip(names, each, strict=True)
    }
    return Section(
        [
            "Speed-up over DCNN normalised by the largest output-channel group Kc, equations (1)-(3) alone; 1024 "
            "stands for as many as fit the accumulators. [4.1] is an independent Monte-Carlo. "
            f"{remark_of(published, 'kc')}"
        ],
        Table(head, rows),
        charts=[Chart("kc", "convolutions at published densities", "Kc", "speed-up over DCNN normalised", lines)],
    )


def _speeds_by_kc(network: str) -> Plan[dict[int, float]]:
    dcnn, *runs = yield [
        convolutions("dcnn", network),
        *(convolutions("scnn", network, {**EQUATIONS, "pe.kc": value}) for value in KCS),
    ]
    return {value: speed_by_equations(run, dcnn) for value, run in zip(KCS, runs, strict=True)}


def granularity(_: Surroundings, published: Published) -> Plan[Section]:
    kcs = (8, 16)
    many, few = yield from together([_with_kcs({}, kcs), _with_kcs(LARGE_PES, kcs)])
    figures = by_first_column(published, "granularity")
    rows = []
    for runs in (many, few):
        for value, run, other in zip(kcs, runs, many, strict=True):
            rows.append(
                [
                    str(run.totals["units"]),
                    str(value),
                    f"{run.cycles:,}",
                    text(run.cycles / other.cycles),
                    text(figures[value]["calculated"] if runs is few else 1),
                    text(computing(run) / computing(other)),
                    percent(network_utilisation(run)),
                    percent(run.totals["utilisation"]),
                ]
            )
    head = ["PEs", "Kc", "cycles", "over 64 PEs", "by equations [4.2]", "by equations", "utilisation while working",
            "of all cycles"]  # fmt: skip
    return Section(
        [
            "1024 multipliers as 64 PEs of 4 x 4 or as 4 PEs of 16 x 16, each with the accumulators of 16 small "
            "ones; GoogLeNet's inception layers, no bank model (the bank hash has 32 numbers only). [4.2] is an "
            f"independent Monte-Carlo of equations (1)-(3). {remark_of(published, 'granularity')} How Kc grows with "
            "the accumulators is not published, so only the direction says something."
        ],
        Table(head, rows),
    )


def _with_kcs(parameters: Mapping[str, Any], kcs: Sequence[int]) -> Plan[Sequence[Run]]:
    return (yield [convolutions("scnn", "googlenet", {**EQUATIONS, **parameters, "pe.kc": value}) for value in kcs])


def dram(around: Surroundings, published: Published) -> Plan[Section]:
    names = _networks(around)
    found = yield from together([plan(network) for plan in (slow_downs, with_latency) for network in names])
    titles = [NETWORKS[name] for name in names]
    curves = dict(zip(titles, found[: len(names)], strict=True))
    latencies = dict(zip(titles, found[len(names) :], strict=True))
    rows = [[f"{width:g}", *(text(curve[width], 3) for curve in curves.values())] for width in BANDWIDTHS]
    knees = {title: text(crossing(curve, 1 + SLOWER), 1) for title, curve in curves.items()}
    where = ", ".join(f"{title} {knee} GB/s" if knee else f"{title} at none" for title, knee in knees.items())
    waits = ", ".join(f"{title} {text(value, 3)}" for title, value in latencies.items())
    lines = {title: {x: 1 / y for x, y in curve.items()} for title, curve in curves.items()}
    return Section(
        [
            "Cycles over those with ideal memory, by the bandwidth behind the DMA engine, without latency. Weights "
            "of a group are read while the one before computes; the first group's are waited for. "
            f"{remark_of(published, 'dram')}"
        ],
        Table(["GB/s", *titles], rows),
        [f"{percent(SLOWER, 0)} slower at: {where}. At {BANDWIDTHS[-1]} GB/s with the default latency: {waits}."],
        [Chart("dram", "weights from DRAM", "DRAM bandwidth [GB/s]", "speed over that with ideal memory", lines)],
    )


def masks(around: Surroundings, published: Published) -> Plan[Section]:
    cases = [("AlexNet", {"network": "alexnet"}, pattern) for pattern in ("uniform", "correlated")]
    left_out = []
    if not around.quick:
        try:
            real = {"tensors": around.real_network(REAL)}
            cases += [("SqueezeNet, pruned", real, pattern) for pattern in ("real", "uniform", "correlated")]
        except NotAvailable as error:
            left_out = [f"The real network is left out: {error}."]
    runs = yield [
        Request(platform, {**options, "kinds": "convolution", "sparsity": pattern, "no-values": True})
        for _, options, pattern in cases
        for platform in ("scnn", "dcnn")
    ]
    rows = []
    for (name, _, pattern), scnn, dcnn in zip(cases, runs[::2], runs[1::2], strict=True):
        uneven = [scnn.totals[f"uneven_work_cycles.{cause}"] / scnn.cycles for cause in ("imbalance", "barrier")]
        idle = scnn.cause("barrier") / scnn.all_causes
        speeds = [text(speed_up(scnn, dcnn, rule)) for rule in ("normalised", "realisable")]
        rows.append([name, pattern, f"{scnn.cycles:,}", *speeds, *map(percent, [*uneven, idle])])
    head = ["network", "mask", "cycles", "over normalised", "over realisable", "imbalance", "barriers", "PE idle"]
    return Section(
        [
            "What uneven work costs, the same densities with other masks. Imbalance: how far the PE with the most "
            "work in a layer is above the mean; barriers: what waiting after each group adds to that; both over all "
            "cycles. With uniform masks imbalance is mostly the cut of small planes into 64 tiles, so that only the "
            f"difference to the other masks is due to the data. {remark_of(published, 'masks')}"
        ],
        Table(head, rows),
        left_out,
    )


# By title: the study, and whether --quick has it.
STUDIES: Mapping[str, tuple[Callable[[Surroundings, Published], Plan[Section]], bool]] = {
    "Networks": (networks, True),
    "Layers": (layers, True),
    "Density: speed": (density_studies.speed, False),
    "Density: energy": (density_studies.energy, False),
    "One-sided machines": (density_studies.one_sided, False),
    "Output-channel group": (kc, True),
    "Granularity": (granularity, False),
    "DRAM bandwidth": (dram, True),
    "Masks": (masks, True),
}
