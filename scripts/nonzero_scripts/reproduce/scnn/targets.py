"""How each of SCNN's targets is measured."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ...program import Request
from ..figures import Measured, crossing, percent
from ..laboratory import Layer, Missing, Plan, Run, Surroundings, together
from .runs import (
    EQUATIONS,
    LARGE_PES,
    NETWORKS,
    QUEUES,
    SLOWER,
    at_density,
    computing,
    convolutions,
    energy_over_density,
    equations_over_density,
    lanes,
    network_utilisation,
    only,
    slots,
    slow_downs,
    speed_by_equations,
    speed_over_density,
    speed_up,
    stored,
    working_utilisation,
)

Values = Mapping[str, Measured | Missing]

INDEX_BITS = 4  # zero runs up to 15
BUFFERS = 2  # of accumulators in a PE
POINTWISE = ("1x1", "3x3_reduce", "5x5_reduce", "pool_proj")


def hardware(_: Surroundings) -> Plan[Values]:
    (run,) = yield [convolutions("scnn", "alexnet")]
    values = run.parameters
    entries = int(run.totals["units"]) * (values["iaram.entries"] + values["oaram.entries"])
    fifo_bits = values["weights.fifo_entries"] * values["pe.f"] * (values["operand.bits"] + INDEX_BITS)
    return {
        "multipliers": Measured(int(run.totals["multipliers"])),
        "data_kib": Measured(entries * values["operand.bits"] // 8 // 1024),
        "index_kib": Measured(entries * INDEX_BITS // 8 // 1024),
        "fifo_bytes": Measured(fifo_bits // 8),
        "accumulators": Measured(BUFFERS * values["accumulator.entries"]),
    }


def area(_: Surroundings) -> Plan[Values]:
    (run,) = yield [convolutions("scnn", "alexnet")]
    parts = {name: run.totals[f"area_mm2.{name}"] for name in ("iaram_oaram", "weight_fifo", "accumulators", "sum")}
    memories = (parts["iaram_oaram"] + parts["weight_fifo"] + parts["accumulators"]) / parts["sum"]
    per_pe = parts["sum"] / run.totals["units"]
    return {"pe": Measured(per_pe), "chip": Measured(parts["sum"]), "memories": Measured(memories)}


# Values -----------------------------------------------------------------------------------------------------------
def exact_layers(runs: Sequence[Run], check: str = "values") -> Measured:
    layers = [layer for run in runs for layer in run.layers]
    exact = sum(layer.checks.get(check) == "passed" for layer in layers)
    return Measured(exact / len(layers), f"{exact} of {len(layers)} layers")


def values_of(platform: str, around: Surroundings) -> Plan[Values]:
    """The accumulators themselves; AlexNet has strides 1 and 4, groups and padding."""
    around.need_platform(platform)
    requests = [Request(platform, {"network": "alexnet", "kinds": "convolution", "output": "raw64"})]
    if platform == "scnn":
        stride_2 = {"network": "googlenet", "layers": "conv1", "weight-density": 0.5, "output": "raw64"}
        requests.append(Request(platform, stride_2))
    return {platform: exact_layers((yield requests))}


def stored_values(_: Surroundings) -> Plan[Values]:
    return {"stored": exact_layers((yield [stored(network) for network in NETWORKS]))}


def real_values(around: Surroundings) -> Plan[Values]:
    networks = ("lenet5_dns", "resnet8_cifar_mlperf")
    runs = yield [Request("scnn", {"tensors": around.real_network(name), "kinds": "convolution"}) for name in networks]
    return {"real": exact_layers(runs, "data_set_sha256")}


# Speed ------------------------------------------------------------------------------------------------------------
def network_speed(network: str, _: Surroundings) -> Plan[Values]:
    scnn, bare, dcnn = yield [
        convolutions("scnn", network),
        convolutions("scnn", network, EQUATIONS),
        convolutions("dcnn", network),
    ]
    realisable, equations = speed_up(scnn, dcnn, "realisable"), speed_by_equations(bare, dcnn)
    note = f"{realisable:.2f} over realisable DCNN; {equations:.2f} by equations alone"
    return {network: Measured(speed_up(scnn, dcnn), note)}


def mean_speed(_: Surroundings) -> Plan[Values]:
    runs = yield [convolutions(platform, network) for network in NETWORKS for platform in ("scnn", "dcnn")]
    pairs = list(zip(runs[::2], runs[1::2], strict=True))
    means = [sum(speed_up(*pair, rule) for pair in pairs) / len(pairs) for rule in ("normalised", "realisable")]
    return {"mean": Measured(means[0], f"{means[1]:.2f} over realisable DCNN")}


def dense_speed(_: Surroundings) -> Plan[Values]:
    dense = {"weight_density": 1.0, "activation_density": 1.0}
    *stem, scnn, dcnn = yield [
        at_density("scnn", 1.0),
        at_density("dcnn", 1.0),
        convolutions("scnn", "googlenet", **dense),
        convolutions("dcnn", "googlenet", **dense),
    ]
    return {
        name: Measured(speed_up(*pair), f"{speed_up(*pair, 'realisable'):.3f} over realisable DCNN")
        for name, pair in (("stem", stem), ("no_stem", (scnn, dcnn)))
    }


def crossover(_: Surroundings) -> Plan[Values]:
    points, *others = yield from together(
        [
            speed_over_density(),
            speed_over_density("realisable"),
            *(equations_over_density(kc) for kc in (8, 16, 32)),
        ]
    )
    texts = ["none" if found is None else f"{found:.3f}" for found in (crossing(other, 1) for other in others)]
    note = "{} over realisable DCNN; by equations alone {} with Kc 8, {} with Kc 16, {} with Kc 32".format(*texts)
    return {"crossover": met(points, 1, note)}


def met(points: Mapping[float, float], level: float, note: str = "") -> Measured | Missing:
    found = crossing(points, level)
    return Missing("the lines do not meet", failed=False) if found is None else Measured(found, note)


def sparse_speed(_: Surroundings) -> Plan[Values]:
    scnn, dcnn, *others = yield [
        at_density("scnn", 0.1),
        at_density("dcnn", 0.1),
        *(at_density("scnn", 0.1, {**EQUATIONS, "pe.kc": kc}) for kc in (8, 16, 32)),
    ]
    speeds = (f"{speed_by_equations(other, dcnn):.1f}" for other in others)
    waiting = percent(scnn.cause("halo_finalise") / scnn.all_causes)
    notes = [
        f"{speed_up(scnn, dcnn, 'realisable'):.1f} over realisable DCNN",
        "by equations alone {} with Kc 8, {} with Kc 16, {} with Kc 32".format(*speeds),
        f"{waiting} of the PE cycles wait for exchange and finalise, which the equations leave out",
    ]
    return {"sparse": Measured(speed_up(scnn, dcnn), "; ".join(notes))}


# Utilisation ------------------------------------------------------------------------------------------------------
def _last_modules(run: Run) -> dict[bool, list[Layer]]:
    """Layers of inception 5a and 5b: whether they are 1x1."""
    layers = [layer for layer in run.layers if layer.name.startswith(("inception_5a/", "inception_5b/"))]
    pointwise = [layer for layer in layers if layer.name.partition("/")[2] in POINTWISE]
    return {True: pointwise, False: [layer for layer in layers if layer not in pointwise]}


def late_utilisation(_: Surroundings) -> Plan[Values]:
    (run,) = yield [convolutions("scnn", "googlenet")]
    found = {
        pointwise: sorted((working_utilisation(run, layer), layer.name) for layer in layers)
        for pointwise, layers in _last_modules(run).items()
    }
    chosen = {"lowest_1x1": found[True][0], "highest_1x1": found[True][-1], "highest_other": found[False][-1]}
    return {name: Measured(value, layer) for name, (value, layer) in chosen.items()}


def activations_per_vector(_: Surroundings) -> Plan[Values]:
    (run,) = yield [convolutions("scnn", "googlenet")]
    layers = _last_modules(run)[True]
    shares = [1 - layer.sum("pe.lanes_partial_activation") / (lanes(run) * slots(layer)) for layer in layers]
    note = f"{len(layers)} layers"
    return {"lowest": Measured(min(shares), note), "highest": Measured(max(shares), note)}


def fully_connected(_: Surroundings) -> Plan[Values]:
    dense = {"weight-density": 1.0, "activation-density": 1.0}
    (run,) = yield [Request("scnn", {"network": "alexnet", "layers": "fc7", "no-values": True, **dense})]
    (layer,) = run.layers
    return {"fully_connected": Measured(layer.sum("pe.products_kept") / (lanes(run) * slots(layer)))}


def oracle(_: Surroundings) -> Plan[Values]:
    runs = yield [convolutions("scnn", network) for network in NETWORKS]
    layers = [layer for run in runs for layer in run.layers]
    slower = [layer.name for layer in layers if layer.other_cycles("oracle") > layer.cycles]
    values = {"slower_oracle": Measured(len(slower), ", ".join(slower) or f"{len(layers)} layers")}
    for network, run in zip(NETWORKS, runs, strict=True):
        ends = _ends(network, run)
        first, last = (
            sum(layer.cycles for layer in end) / sum(layer.other_cycles("oracle") for layer in end) for end in ends
        )
        values[network] = Measured(last / first, f"{first:.2f} first, {last:.2f} last")
    return values


def _ends(network: str, run: Run) -> tuple[Sequence[Layer], Sequence[Layer]]:
    """First and last layer; of GoogLeNet first and last module."""
    if network != "googlenet":
        return run.layers[:1], run.layers[-1:]
    modules = ("inception_3a/", "inception_5b/")
    first, last = ([layer for layer in run.layers if layer.name.startswith(module)] for module in modules)
    return first, last


# Capacity, banks, memory ------------------------------------------------------------------------------------------
def fitting(_: Surroundings) -> Plan[Values]:
    runs = yield [convolutions("scnn", network) for network in NETWORKS]
    names = []
    for network, run in zip(NETWORKS, runs, strict=True):
        names += [(network, name) for name in _not_fitting(run, chain=network != "googlenet")]
    others = [f"{network} {name}" for network, name in names if network != "vgg16"]
    texts = [name for network, name in names if network == "vgg16"]
    return {"layers": Measured(len(names), ", ".join(texts)), "not_vgg": Measured(len(others), ", ".join(others))}


def _not_fitting(run: Run, chain: bool) -> list[str]:
    """Layers whose input, or output in a chain of layers, where it is the next one's input, is more than a PE holds.

    GoogLeNet is no chain, but the outputs of its branches are parts of inputs too.
    """
    capacity = int(run.parameters["iaram.entries"])
    full = [layer.largest("pe.iaram_stored_entries") > capacity for layer in run.layers]
    next_full = [*full[1:], False] if chain else [False] * len(full)
    pairs = zip(run.layers, full, next_full, strict=True)
    return [layer.name for layer, own, following in pairs if own or following]


def penalty(_: Surroundings) -> Plan[Values]:
    """What DRAM adds to the energy of the layers of fitting(), VGG-16's: all of it but one reading of the weights.

    A tensor that does not fit is written by one layer and read by the next, as many bytes as the next one's published
    density makes it. So outputs are not those that the layer computes from random operands.
    """
    counted, computed = yield [convolutions("scnn", "vgg16"), stored("vgg16")]
    read = [layer.figures["traffic.dram_activation_read_bytes"] for layer in counted.layers]
    written = dict(zip((layer.name for layer in counted.layers), [*read[1:], 0], strict=True))
    not_fitting = _not_fitting(counted, chain=True)
    found = []
    for layer, with_outputs in zip(counted.layers, computed.layers, strict=True):
        if layer.name not in not_fitting:
            continue
        weights, activations, tables = (
            layer.figures[f"traffic.dram_{what}_bytes"] for what in ("weight", "activation_read", "index")
        )
        once = weights / layer.largest("sequencer.temporal_tiles") + tables
        weights += tables
        picojoules = layer.figures["energy_pj.dram"] / (weights + activations)  # of a byte
        extra = (weights - once + activations + written[layer.name]) * picojoules
        rest = with_outputs.energy - with_outputs.figures["energy_pj.dram"] + once * picojoules
        found.append((extra / rest, layer.name))
    found.sort()
    return {
        "penalty_least": Measured(*found[0]),
        "penalty_most": Measured(*found[-1]),
        "penalty_mean": Measured(sum(share for share, _ in found) / len(found), f"{len(found)} layers"),
    }


def conflicts(network: str, _: Surroundings) -> Plan[Values]:
    queues, bare = yield [convolutions("scnn", network, QUEUES), convolutions("scnn", network, EQUATIONS)]
    share = queues.cause("conflict") / queues.all_causes
    return {network: Measured(queues.cycles / bare.cycles - 1, f"conflicts are {percent(share, 2)} of all PE cycles")}


def dram_knee(network: str, _: Surroundings) -> Plan[Values]:
    points, ideal = yield from together([slow_downs(network), only(convolutions("scnn", network))])
    needed = ideal.totals["traffic.dram_weight_bytes"] / ideal.cycles / (ideal.parameters["clock.period_ps"] / 1000)
    return {network: met(points, 1 + SLOWER, f"its weights alone are {needed:.1f} GB/s on average")}


# Energy, ablations, granularity -----------------------------------------------------------------------------------
def energy(_: Surroundings) -> Plan[Values]:
    *networks, over_dcnn, over_opt = yield from together(
        [*(_energies(network) for network in NETWORKS), energy_over_density("dcnn"), energy_over_density("dcnn_opt")]
    )
    scnn_gains = [dcnn.energy / scnn.energy for scnn, dcnn, _ in networks]
    opt_gains = [dcnn.energy / opt.energy for _, dcnn, opt in networks]
    values: dict[str, Measured | Missing] = {
        "scnn_gain": _mean(scnn_gains),
        "opt_gain": _mean(opt_gains),
        "crossover_dcnn": met(over_dcnn, 1),
        "crossover_opt": met(over_opt, 1),
        "dense": Measured(over_dcnn[1.0]),
        "sparse_dcnn": Measured(over_dcnn[0.1]),
        "sparse_opt": Measured(over_opt[0.1]),
    }
    for name, place in (("dcnn", 1), ("opt", 2)):
        layers = sorted(
            (theirs.energy / ours.energy, f"{NETWORKS[network]} {ours.name}")
            for network, runs in zip(NETWORKS, networks, strict=True)
            for ours, theirs in zip(runs[0].layers, runs[place].layers, strict=True)
        )
        values[f"least_{name}"], values[f"most_{name}"] = Measured(*layers[0]), Measured(*layers[-1])
    return values


def _energies(network: str) -> Plan[Sequence[Run]]:
    return (yield [stored(network, platform) for platform in ("scnn", "dcnn", "dcnn_opt")])


def _mean(gains: Sequence[float]) -> Measured:
    each = ", ".join(f"{title} {gain:.2f}" for title, gain in zip(NETWORKS.values(), gains, strict=True))
    return Measured(sum(gains) / len(gains), each)


def one_sided(around: Surroundings) -> Plan[Values]:
    for platform in ("scnn_sparse_w", "scnn_sparse_a"):
        around.need_platform(platform)
    scnn, sparse_w, sparse_a = yield [
        at_density(platform, 0.4) for platform in ("scnn", "scnn_sparse_w", "scnn_sparse_a")
    ]
    return {
        "speed_w": Measured(sparse_w.cycles / scnn.cycles),
        "speed_a": Measured(sparse_a.cycles / scnn.cycles),
        "energy_w": Measured(sparse_w.energy / scnn.energy),
        "energy_a": Measured(sparse_a.energy / scnn.energy),
    }


def granularity(_: Surroundings) -> Plan[Values]:
    small, large, small16, large16 = yield [
        convolutions("scnn", "googlenet", {**EQUATIONS, **pes, "pe.kc": kc})
        for kc in (8, 16)
        for pes in ({}, LARGE_PES)
    ]
    values = {}
    for name, few, many in (("kc8", large, small), ("kc16", large16, small16)):
        note = f"{computing(few) / computing(many):.2f} without exchange and finalise"
        values[name] = Measured(few.cycles / many.cycles, note)
    return {
        **values,
        "small": Measured(network_utilisation(small), f"{percent(small.totals['utilisation'])} of all cycles"),
        "large": Measured(network_utilisation(large), f"{percent(large.totals['utilisation'])} of all cycles"),
    }


# Independent figures ----------------------------------------------------------------------------------------------
def totals(_: Surroundings) -> Plan[Values]:
    runs = yield [one for network in NETWORKS
                  for one in (convolutions("dcnn", network), convolutions("scnn", network, EQUATIONS))]  # fmt: skip
    values = {}
    for network, dcnn, bare in zip(NETWORKS, runs[::2], runs[1::2], strict=True):
        values[f"dcnn {network}"] = Measured(dcnn.other_cycles("normalised"), f"realisable {dcnn.cycles:,}")
        values[f"equations {network}"] = Measured(computing(bare))
        values[f"drained {network}"] = Measured(bare.cycles)
    return values


def queue_totals(_: Surroundings) -> Plan[Values]:
    networks = ("alexnet", "vgg16")
    runs = yield [convolutions("scnn", network, QUEUES) for network in networks]
    return {network: Measured(run.cycles) for network, run in zip(networks, runs, strict=True)}


def density_sweep(_: Surroundings) -> Plan[Values]:
    densities = (1.0, 0.9, 0.85, 0.8, 0.5, 0.1)  # of the published list
    curves = yield from together([equations_over_density(kc) for kc in (8, 16, 32)])
    return {
        f"kc{kc}": Measured([curve[density] for density in densities])
        for kc, curve in zip((8, 16, 32), curves, strict=True)
    }


def exchanges(_: Surroundings) -> Plan[Values]:
    (run,) = yield [convolutions("scnn", "alexnet")]
    layers = {name: run.layer(name) for name in ("conv1", "conv2")}
    return {
        f"exchange {name}": Measured(layer.sum("mesh.exchange_cycles") / layer.sum("mesh.exchanges"))
        for name, layer in layers.items()
    }


def golden(network: str, around: Surroundings) -> Plan[Values]:
    options = {"tensors": around.real_network(network), "kinds": "convolution"}
    default, bare = yield [Request("scnn", options), Request("scnn", options, {"crossbar.queue_infinite": True})]
    products = [default.sum(name) for name in ("pe.products_kept", "pe.products_dropped", "pe.conflict")]
    return {
        f"{network} cycles": Measured([layer.cycles for layer in default.layers]),
        f"{network} equations": Measured([computing(layer) for layer in bare.layers]),
        f"{network} products": Measured(products),
    }


# By target, or by "target/value" where a value has runs of its own.
TARGETS: Mapping[str, Callable[[Surroundings], Plan[Values]]] = {
    "V1": hardware,
    **{
        f"V2/{platform}": partial(values_of, platform)
        for platform in ("scnn", "dcnn", "dcnn_opt", "scnn_sparse_a", "scnn_sparse_w")
    },
    "V2/stored": stored_values,
    "V2/real": real_values,
    "V3": partial(network_speed, "alexnet"),
    "V4": partial(network_speed, "googlenet"),
    "V5": partial(network_speed, "vgg16"),
    "V6": mean_speed,
    "V7": dense_speed,
    "V8": crossover,
    "V9": sparse_speed,
    "V10": late_utilisation,
    "V11": activations_per_vector,
    "V12": fitting,
    **{f"V12/penalty_{which}": penalty for which in ("least", "most", "mean")},
    "V13": fully_connected,
    **{f"V14/{network}": partial(conflicts, network) for network in NETWORKS},
    "V15": oracle,
    "V16": energy,
    "V17": granularity,
    **{f"V18/{network}": partial(dram_knee, network) for network in NETWORKS},
    "V19": area,
    "2.5": one_sided,
    "4.1": totals,
    "4.2": density_sweep,
    "10.1": queue_totals,
    "10.9": exchanges,
    **{
        f"10.11/{network} {value}": partial(golden, network)
        for network in ("lenet5_dns", "resnet8_cifar_mlperf")
        for value in ("cycles", "equations", "products")
    },
}
