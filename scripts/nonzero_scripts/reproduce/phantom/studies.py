"""Phantom-2D's studies: use of its threads, what its balancing gains, densities, and the machines beside it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ...domain import Value
from ...program import Request
from ..figures import Chart, Section, Table, percent
from ..laboratory import NotAvailable, Plan, Run, Surroundings
from .comparison import MOBILENET, Workload, over_dense
from .operands import uneven_rows
from .runs import (
    BESIDE,
    DENSE_CYCLES,
    FACTORS,
    ORDER,
    TITLES,
    VGG16,
    Parameters,
    dense_macs,
    even,
    gain,
    lookahead,
    real,
    rows,
    use,
    whole,
)

Published = Mapping[str, Any]

NO_BALANCE: Parameters = {"map": "fixed", "sort": False}
# By what is on.
LEVELS: Mapping[str, Parameters] = {
    "none": NO_BALANCE,
    "columns": {"sort": False},
    "filters": {"map": "fixed"},
    "both": {},
}
REAL = {
    "squeezenet_dc": "SqueezeNet, pruned",
    MOBILENET: "MobileNet v1",
    "resnet8_cifar_mlperf": "ResNet-8",
    "lenet5_dns": "LeNet-5, pruned",
}
MASKS = ("real", "uniform", "correlated")
SCALES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
SCALED = {"both": "density-scale", "weights": "weight-density-scale", "activations": "activation-density-scale"}


# Use of the threads -----------------------------------------------------------------------------------------------
def threads(_: Surroundings, __: Published) -> Plan[Section]:
    found = yield [whole("phantom2d", lookahead(factor)) for factor in FACTORS]
    runs = dict(zip(FACTORS, found, strict=True))
    table = [[name, *(percent(use(run.layer(name))) for run in runs.values())] for name in VGG16]
    table.append(["all convolutions", *(percent(use(run)) for run in runs.values())])
    by_factor = {
        name: {factor: 100 * use(run.layer(name)) for factor, run in runs.items()} for name in VGG16
    }
    by_layer = {
        f"Lf {factor}": {number: 100 * use(run.layer(name)) for number, name in enumerate(VGG16, start=1)}
        for factor, run in runs.items()
    }
    title = "VGG-16, densities of Han et al."
    return Section(
        [
            "Useful products per thread and cycle, by the look-ahead factor: VGG-16's convolutions with the "
            "densities of Han et al., uniform masks, everything at its default. Of the rest, most is the PEs' own: "
            "entries that do not pair, and look-ahead windows with less than a cycle's work."
        ],
        Table(["layer", *(f"Lf {factor}" for factor in FACTORS)], table),
        charts=[
            Chart("threads_by_factor", title, "look-ahead factor", "use of the threads [%]", by_factor),
            Chart("threads_by_layer", title, "convolution", "use of the threads [%]", by_layer),
        ],
    )


def real_threads(around: Surroundings, _: Published) -> Plan[Section]:
    names = _at_hand(around)
    found = yield [
        real(around, "phantom2d", name, lookahead(factor), no_values=True) for name in names for factor in FACTORS
    ]
    size = len(FACTORS)
    runs = {name: found[index * size : (index + 1) * size] for index, name in enumerate(names)}
    table = []
    for name, own in runs.items():
        for number, layer in enumerate(own[0].layers):
            table.append([f"{REAL[name]} {layer.name}", *(percent(use(run.layers[number])) for run in own)])
        table.append([f"{REAL[name]}, all layers", *(percent(use(run)) for run in own)])
    lines = {
        REAL[name]: {factor: 100 * use(run) for factor, run in zip(FACTORS, own, strict=True)}
        for name, own in runs.items()
    }
    return Section(
        ["The same on real weights and inputs, every layer of each network."],
        Table(["layer", *(f"Lf {factor}" for factor in FACTORS)], table),
        _left_out(around),
        [Chart("threads_real", "real networks", "look-ahead factor", "use of the threads [%]", lines)],
    )


def _at_hand(around: Surroundings) -> list[str]:
    return [name for name in REAL if _is_there(around, name)]


def _is_there(around: Surroundings, name: str) -> bool:
    try:
        around.real_network(name)
    except NotAvailable:
        return False
    return True


def _left_out(around: Surroundings) -> list[str]:
    missing = [title for name, title in REAL.items() if not _is_there(around, name)]
    return [f"Left out, as there are no data of them: {', '.join(missing)}."] if missing else []


# Balancing --------------------------------------------------------------------------------------------------------
def balancing(around: Surroundings, _: Published) -> Plan[Section]:
    cases: dict[tuple[str, str], Callable[[Parameters], Request]] = {
        ("VGG-16, sampled", "uniform"): lambda one: rows(one),
        ("VGG-16, sampled", "correlated"): lambda one: rows(one, sparsity="correlated"),
        ("VGG-16, sampled", "uneven filters"): partial(_uneven, around),
    }
    for name in _at_hand(around):
        for mask in MASKS:
            cases[REAL[name], mask] = partial(_with_mask, around, name, mask)
    found = yield [case(parameters) for case in cases.values() for parameters in LEVELS.values()]
    size = len(LEVELS)
    cycles = {
        case: {
            level: _cycles(case[0], run)
            for level, run in zip(LEVELS, found[index * size : (index + 1) * size], strict=True)
        }
        for index, case in enumerate(cases)
    }
    table = []
    for (network, mask), own in cycles.items():
        gains = [percent(own["none"] / own[level] - 1) for level in list(LEVELS)[1:]]
        beside = own["both"] / cycles[network, "uniform"]["both"]
        table.append([network, mask, f"{own['none']:,.0f}", f"{own['both']:,.0f}", *gains, f"{beside:.2f}"])
    head = ["network", "mask", "cycles without", "cycles with both", "columns alone", "filters alone", "both",
            "over uniform, both"]  # fmt: skip
    return Section(
        [
            "What each level of balancing gains, in cycles without over cycles with it. Columns: the three columns "
            "of a core's planes go to its PEs by their weights (`map=greedy`, else `fixed`); filters: those with as"
            " many weights run side by side (`sort`, else in natural order). VGG-16 is the sample of 9.9 with the "
            "densities of Han et al.; uniform masks give all filters one expected density, in correlated ones "
            "filters and channels have densities of their own and activations lie in blobs, uneven filters are "
            "those of 9.9.2 at the densities as they are. Of real networks, uniform and correlated masks have the "
            "densities of the real tensors. The last column has the cycles over those with uniform masks."
        ],
        Table(head, table),
        _left_out(around),
    )


def _uneven(around: Surroundings, parameters: Parameters) -> Request:
    options: dict[str, Value] = {"tensors": uneven_rows(around, 1), "no-values": True}
    return Request("phantom2d", options, {"fill": 0, **parameters})


def _with_mask(around: Surroundings, name: str, mask: str, parameters: Parameters) -> Request:
    return real(around, "phantom2d", name, parameters, sparsity=mask, no_values=True)


def _cycles(network: str, run: Run) -> float:
    """Of a sample, scaled up."""
    return DENSE_CYCLES / gain(run) if network.startswith("VGG-16") else run.cycles


# Densities --------------------------------------------------------------------------------------------------------
def densities(_: Surroundings, __: Published) -> Plan[Section]:
    found = yield [
        rows(**{option.replace("-", "_"): scale}) for option in SCALED.values() for scale in SCALES
    ]
    size = len(SCALES)
    lines = {
        name: {scale: gain(run) for scale, run in zip(SCALES, found[index * size : (index + 1) * size], strict=True)}
        for index, name in enumerate(SCALED)
    }
    table = [[f"{scale:g}", *(f"{line[scale]:.2f}" for line in lines.values())] for scale in SCALES]
    return Section(
        [
            "Gain over a fully used dense machine where the densities of Han et al. are multiplied by a factor, "
            "those of both operands or of one (`--density-scale`, `--weight-density-scale`, "
            "`--activation-density-scale`); the sample of 9.9. The densities are chosen here, they are not the "
            "paper's."
        ],
        Table(["factor", *SCALED], table),
        charts=[Chart("densities", "VGG-16", "factor of the densities", "gain over dense", lines)],
    )


# Beside other machines --------------------------------------------------------------------------------------------
def machines(around: Surroundings, _: Published) -> Plan[Section]:
    there = [name for name in ORDER if name in around.platforms]
    cases = {f"VGG-16, densities x {scale:g}": Workload(around, "vgg16", scale) for scale in (1, 0.8, 0.6)}
    requests = [case.on(name) for case in cases.values() for name in there]
    names = _at_hand(around)
    for name in names:
        for platform in there:
            parameters = BESIDE[platform][1] if platform in BESIDE else {}
            requests.append(real(around, platform, name, parameters, no_values=True))
    found = yield requests
    table = []
    for index, title in enumerate([*cases, *(REAL[name] for name in names)]):
        runs = dict(zip(there, found[index * len(there) : (index + 1) * len(there)], strict=True))
        ours = runs["phantom2d"]
        row = [title, f"{ours.cycles:,}", f"{over_dense(ours):.2f}"]
        for name in there[1:]:
            same = dense_macs(runs[name]) == dense_macs(ours)
            row += [f"{even(runs[name]):,.0f}", f"{even(runs[name]) / ours.cycles:.2f}"] if same else ["", ""]
        table.append(row)
    head = ["workload", "Phantom-2D cycles", "over dense MACs / 252"]
    for name in there[1:]:
        head += [f"{TITLES[name]} cycles", f"over {TITLES[name]}"]
    sizes = ", ".join(f"{TITLES[name]} {found[index].totals['multipliers']:,}" for index, name in enumerate(there))
    return Section(
        [
            "Each machine as near to 252 multipliers as its size times powers of two comes, and its cycles times "
            f"its multipliers over 252: {sizes}. Every one at its defaults; VGG-16's convolutions with uniform "
            "masks, all layers of the real networks with their first input. A machine that cannot run all layers "
            "stays empty."
        ],
        Table(head, table),
        _left_out(around),
    )


# By title: the study, and whether --quick has it.
STUDIES: Mapping[str, tuple[Callable[[Surroundings, Published], Plan[Section]], bool]] = {
    "Machines": (machines, False),
    "Use of the threads": (threads, False),
    "Use of the threads, real networks": (real_threads, False),
    "Balancing": (balancing, False),
    "Densities": (densities, True),
}
