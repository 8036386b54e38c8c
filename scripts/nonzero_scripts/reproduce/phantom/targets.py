"""How each of Phantom-2D's targets is measured."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ...domain import Value
from ...program import Request
from ..figures import Measured, percent
from ..laboratory import Layer, Missing, Plan, Run, Surroundings
from . import comparison
from .operands import CLOSED_FORM, closed_form, uneven_rows
from .runs import (
    DECISIONS,
    FACTORS,
    MULTIPLIERS,
    PRESETS,
    SELECTORS,
    Parameters,
    busy,
    counted,
    dense_macs,
    exact,
    gain,
    lookahead,
    network_file,
    products,
    real,
    rows,
    share,
    whole,
    without_waste,
)

Values = Mapping[str, Measured | Missing]

MASK_MACHINES = ("phantom2d", "sparten", "eyeriss_v2", "dense")  # of phantom_facts.md
SMALL = ("lenet5_dns", "resnet8_cifar_mlperf")
NETWORKS = ("person_detect_tflm", "resnet8_cifar_mlperf", "lenet5_dns", "mobilenet_v1_050_160")
GOLDEN = {
    "resnet8_cifar_mlperf": ("01_conv", "03_conv", "05_conv", "09_fc"),
    "squeezenet_dc": ("fire2/conv3x3_2", "conv1"),
    "mobilenet_v1_050_160": ("03_depthwise", "10_conv"),
    "lenet5_dns": ("conv2",),
}
# One PE after another, without what the map and dropped columns do.
ALONE: Parameters = {"fill": 0, "drop": False, "map": "fixed"}
ONE_CORE: Parameters = {"fill": 0, "drop": False, "mesh.rows": 1, "mesh.columns": 1}
SEEDS = (1, 2, 3)
UNITS = tuple(name for name in CLOSED_FORM if name.startswith("U"))


# Values and golden rows -------------------------------------------------------------------------------------------
def values_of(platform: str, around: Surroundings) -> Plan[Values]:
    around.need_platform(platform)
    passed, all_layers = exact((yield [real(around, platform, name) for name in SMALL]), "values")
    return {platform: Measured(passed / all_layers, f"{passed} of {all_layers} layers")}


def products_of(platform: str, around: Surroundings) -> Plan[Values]:
    around.need_platform(platform)
    runs = yield [real(around, platform, name, no_values=True) for name in SMALL]
    layers = [layer for run in runs for layer in run.layers]
    alike = sum(map(without_waste, layers))
    return {platform: Measured(alike / len(layers), f"{alike} of {len(layers)} layers")}


def dense_mode(_: Surroundings) -> Plan[Values]:
    bare, filled = yield [whole("phantom2d", {"mode": "dense", "fill": fill}) for fill in (0, 7)]
    return {"cycles": Measured(bare.cycles), "filled": Measured(filled.cycles)}


def selectors(_: Surroundings) -> Plan[Values]:
    """A4, A5: batches and their bounds, over all densities and windows of 3.2."""
    runs = yield [_packing(factor, selector, "batch") for factor in FACTORS for selector in SELECTORS]
    slower, beyond = [], []
    for index, factor in enumerate(FACTORS):
        in_order, out_of_order = runs[2 * index : 2 * index + 2]
        for before, after in zip(in_order.layers, out_of_order.layers, strict=True):
            name = f"{after.name} at {factor}"
            slower += [name] if busy(after) > busy(before) else []
            least = max(after.sum("core.entries") / factor, products(after) / 3)
            beyond += [name] if busy(after) < least else []
    note = f"{len(FACTORS) * len(runs[0].layers)} layers"
    return {
        "slower": Measured(len(slower), ", ".join(slower) or note),
        "beyond": Measured(len(beyond), ", ".join(beyond) or note),
    }


def units(around: Surroundings) -> Plan[Values]:
    options: Mapping[str, Value] = {"tensors": closed_form(around), "layers": ",".join(UNITS), "output": "raw64"}
    run, nine, in_order = yield [
        Request("phantom2d", options, lookahead(*which))
        for which in ((27, "out_of_order"), (9, "out_of_order"), (9, "in_order"))
    ]
    passed, all_layers = exact([run], "values")
    return {
        "units cycles": Measured([layer.cycles for layer in run.layers], f"{passed} of {all_layers} bit-exact"),
        "units products": Measured([products(layer) for layer in run.layers]),
        "units busy": Measured([busy(layer) for layer in run.layers]),
        "units zero batches": Measured([layer.sum("core.zero_batches") for layer in run.layers]),
        "units 9": Measured([layer.cycles for layer in nine.layers]),
        "units 9 in-order": Measured([layer.cycles for layer in in_order.layers]),
    }


def golden(network: str, around: Surroundings) -> Plan[Values]:
    layers = ",".join(GOLDEN[network])
    (run,) = yield [real(around, "phantom2d", network, layers=layers, no_values=True)]
    chosen = [run.layer(name) for name in GOLDEN[network]]
    return {
        f"{network} cycles": Measured([layer.cycles for layer in chosen]),
        f"{network} products": Measured([products(layer) for layer in chosen]),
        f"{network} busy": Measured([busy(layer) for layer in chosen]),
    }


def whole_networks(platform: str, around: Surroundings) -> Plan[Values]:
    around.need_platform(platform)
    runs = yield [real(around, platform, name, no_values=True) for name in NETWORKS]
    return {platform: Measured([run.cycles for run in runs], ", ".join(NETWORKS))}


# Packing, one core ------------------------------------------------------------------------------------------------
def _packing(factor: int, selector: str, refill: str) -> Request:
    parameters: dict[str, Value] = {**ALONE, **lookahead(factor, selector)}
    if refill != "batch":
        parameters["refill"] = refill
    return counted("phantom2d", network_file("packing"), parameters)


def packing(_: Surroundings) -> Plan[Values]:
    """In the order of 3.2: by window, then batches and sliding, each with both selectors."""
    refills = ("batch", "sliding")
    ways = [(factor, refill, selector) for factor in FACTORS for refill in refills for selector in SELECTORS]
    runs = yield [_packing(factor, selector, refill) for factor, refill, selector in ways]
    names = [layer.name for layer in runs[0].layers]
    return {name: Measured([_packed(run.layer(name)) for run in runs]) for name in names}


def _packed(layer: Layer) -> float:
    return products(layer) / (3 * busy(layer))


def one_core(_: Surroundings) -> Plan[Values]:
    ways: Mapping[str, Parameters] = {
        "barrier": {"columns": "barrier_batch"},
        "batch": {},
        "sliding": {"refill": "sliding"},
    }
    factors = (9, 18, 27)
    keys = [(way, factor) for way in ways for factor in factors]
    cores = [{**ONE_CORE, **ways[way], **lookahead(factor)} for way, factor in keys]
    found = yield [counted("phantom2d", network_file("core"), core) for core in cores]
    runs = dict(zip(keys, found, strict=True))
    values = {}
    for name in (layer.name for layer in found[0].layers):
        for way in ways:
            layers = {factor: runs[way, factor].layer(name) for factor in factors}
            gains = {factor: dense_macs(layer) / 9 / layer.cycles for factor, layer in layers.items()}
            values[f"{name} {way}"] = Measured(list(gains.values()))
            values[f"{name} {way} 27"] = Measured(gains[27])
    return values


# The mesh on VGG-16 -----------------------------------------------------------------------------------------------
def windows(_: Surroundings) -> Plan[Values]:
    runs = yield [rows(lookahead(factor)) for factor in (9, 18, 27)]
    in_all = sum(products(layer) * share(layer) for layer in runs[-1].layers)
    used = percent(in_all / MULTIPLIERS / _cycles(runs[-1]))
    note = f"{in_all:,.0f} products scaled up; {used} of the multipliers at 27"
    return {"sampled": Measured([gain(run) for run in runs], note)}


def _cycles(run: Run) -> float:
    return sum(layer.cycles * share(layer) for layer in run.layers)


def whole_windows(_: Surroundings) -> Plan[Values]:
    runs = yield [whole("phantom2d", lookahead(factor)) for factor in (9, 18, 27)]
    dense = [comparison.DENSE_CYCLES / run.cycles for run in runs]
    note = ", ".join(f"{run.cycles:,}" for run in runs) + f" cycles; {products(runs[0]):,} products"
    return {"whole": Measured(dense, note)}


def decisions(_: Surroundings) -> Plan[Values]:
    keys = [(factor, selector) for factor in (9, 18, 27) for selector in SELECTORS]
    runs = yield [rows({**DECISIONS[name], **lookahead(*key)}) for key in keys for name in DECISIONS]
    gains = [gain(run) for run in runs]
    size = len(DECISIONS)
    return {
        f"{factor} {selector}": Measured(gains[index * size : (index + 1) * size])
        for index, (factor, selector) in enumerate(keys)
    }


def scaled(scale: float, _: Surroundings) -> Plan[Values]:
    """Windows with both selectors, then one level of balancing off at a time."""
    parameters = [lookahead(factor, selector) for factor in (9, 18, 27) for selector in SELECTORS]
    parameters += [{"map": "fixed"}, {"sort": False}]
    options: dict[str, Value] = {} if scale == 1 else {"density_scale": scale}
    runs = yield [rows(one, **options, seed=seed) for one in parameters for seed in SEEDS]
    gains = [gain(run) for run in runs]
    size = len(SEEDS)
    means = [sum(gains[start : start + size]) / size for start in range(0, len(gains), size)]
    return {f"{scale:g}": Measured(means, f"mean of {size} samples")}


def single_switches(_: Surroundings) -> Plan[Values]:
    cut, *buffers = yield [rows({"run_on": False}), *(rows({"output_buffer.depth": depth}) for depth in (54, 108, 216))]
    return {"cut": Measured(gain(cut)), "buffers": Measured([gain(run) for run in buffers])}


def selector_gain(_: Surroundings) -> Plan[Values]:
    runs = yield [rows(lookahead(factor, selector)) for factor in (9, 18, 27) for selector in SELECTORS]
    gains = [gain(run) for run in runs]
    ratios = [after / before - 1 for before, after in zip(gains[::2], gains[1::2], strict=True)]
    return {"gain": Measured(ratios[0], f"{percent(ratios[1])} at Lf 18, {percent(ratios[2])} at Lf 27")}


def decoupling(_: Surroundings) -> Plan[Values]:
    coupled, free = yield [rows(DECISIONS["barrier_plane"]), rows()]
    return {"gain": Measured(gain(free) / gain(coupled), f"{gain(coupled):.2f} and {gain(free):.2f} over dense")}


def sorting(around: Surroundings) -> Plan[Values]:
    options: Mapping[str, Value] = {"tensors": uneven_rows(around, 0.6), "no-values": True}
    cut: Parameters = {"run_on": False, "drop": False}
    runs = yield [
        Request("phantom2d", options, {"fill": 0, **more, **order})
        for more in ({}, cut)
        for order in ({}, {"sort": False})
    ]
    gains = [gain(run) for run in runs]
    return {
        "defaults": Measured(gains[0] / gains[1] - 1, f"{gains[1]:.2f} to {gains[0]:.2f} over dense"),
        "cut": Measured(gains[2] / gains[3] - 1, f"{gains[3]:.2f} to {gains[2]:.2f} over dense"),
    }


def window_steps(_: Surroundings) -> Plan[Values]:
    scales = (1, 0.6)
    runs = yield [
        rows(lookahead(factor), **({} if scale == 1 else {"density_scale": scale}))
        for scale in scales
        for factor in (3, 9, 18, 27)
    ]
    three, nine, eighteen, last, *sparse = [gain(run) for run in runs]
    first, late, late_sparse = nine / three, last / eighteen, sparse[3] / sparse[2]
    note = f"{percent(first - 1)} from 3 to 9, {percent(late - 1)} from 18 to 27"
    note += f"; {percent(late_sparse - 1)} at densities x 0.6"
    return {
        "first": Measured((first - 1) / (late - 1), note),
        "sparse": Measured((late_sparse - 1) / (late - 1), note),
    }


def identity(around: Surroundings) -> Plan[Values]:
    """A7: pointwise, products = the sum over channels of non-zero inputs times non-zero weights: no tap in the ring."""
    around.need_platform("eyeriss_v2")
    (run,) = yield [real(around, "eyeriss_v2", comparison.MOBILENET, kinds="convolution", no_values=True)]
    layers = [layer for layer in run.layers if layer.name != "00_conv"]
    alike = sum(map(without_waste, layers))
    return {"pointwise": Measured(alike / len(layers), f"{alike} of {len(layers)} layers")}


# The machines beside it -------------------------------------------------------------------------------------------
def sparten_use(around: Surroundings) -> Plan[Values]:
    around.need_platform("sparten")
    runs = yield [
        counted("sparten", network_file("sparten_use"), {"clusters": 1, "balancing": balancing})
        for balancing in ("none", "gb_s", "gb_h")
    ]
    return {layer.name: Measured([_use(run, layer.name) for run in runs]) for layer in runs[0].layers}


def eyeriss_use(around: Surroundings) -> Plan[Values]:
    around.need_platform("eyeriss_v2")
    (run,) = yield [counted("eyeriss_v2", network_file("eyeriss_use"), {"fill": 0})]
    return {layer.name: Measured(_use(run, layer.name)) for layer in run.layers}


def _use(run: Run, layer: str) -> float:
    """Products of a multiplier and cycle."""
    return products(run.layer(layer)) / (int(run.totals["multipliers"]) * run.layer(layer).cycles)


# By target, or by "target/value" where a value has runs of its own.
TARGETS: Mapping[str, Callable[[Surroundings], Plan[Values]]] = {
    **{f"A1/{platform}": partial(values_of, platform) for platform in MASK_MACHINES},
    **{f"A2/{platform}": partial(products_of, platform) for platform in ("phantom2d", "sparten")},
    "A3": dense_mode,
    "A4": selectors,
    "A5": selectors,
    "A7": identity,
    **{f"A6/{name}": units for name in ("units cycles", "units products", "units busy", "units zero batches",
                                        "units 9", "units 9 in-order")},
    **{
        f"A6/{network} {what}": partial(golden, network)
        for network in GOLDEN
        for what in ("cycles", "products", "busy")
    },
    **{f"A9/{platform}": partial(whole_networks, platform) for platform in MASK_MACHINES},
    "B1": packing,
    "B2": one_core,
    "B3/sampled": windows,
    "B3/whole": whole_windows,
    "B4": selector_gain,
    "B5": decoupling,
    "B6": sorting,
    "B7": sparten_use,
    "B8": window_steps,
    "B9": eyeriss_use,
    "3.4": decisions,
    **{f"3.4/{scale:g}": partial(scaled, scale) for scale in (1, 0.8, 0.6)},
    **{f"3.4/{value}": single_switches for value in ("cut", "buffers")},
    **comparison.TARGETS,
}  # fmt: skip
