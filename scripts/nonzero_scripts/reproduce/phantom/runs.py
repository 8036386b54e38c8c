"""The runs that Phantom-2D's targets and studies share, and what they read from their results."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ...domain import Value
from ...program import Request
from ..laboratory import Layer, Run, Surroundings

Parameters = Mapping[str, Value]

DENSE_CYCLES = 60_899_328  # of VGG-16's convolutions on 252 multipliers, all of them used
MULTIPLIERS = 252
FACTORS = (3, 6, 9, 18, 27)
SELECTORS = ("in_order", "out_of_order")
PRESETS = {"cv": 9, "md": 18, "hp": 27}

# Weakest to strongest decisions, as the columns of 3.4.
DECISIONS: Mapping[str, Parameters] = {
    "barrier_batch": {"columns": "barrier_batch", "run_on": False, "drop": False},
    "barrier_plane": {"columns": "barrier_plane", "run_on": False, "drop": False},
    "free": {"map": "fixed", "run_on": False, "drop": False},
    "greedy": {"run_on": False, "drop": False},
    "run_on": {"drop": False},
    "defaults": {},
}

# Beside Phantom-2D, as near to its multipliers as their sizes times powers of two come; what they differ by is divided
# out.
BESIDE: Mapping[str, tuple[str, Parameters]] = {
    "dense": ("dense", {}),
    # 8 x 2 PEs of 4 x 4, together with the accumulators of 64; with their own they cannot hold VGG-16's first planes.
    "scnn": ("SCNN", {"pe.columns": 2, "accumulator.entries": 4096}),
    "sparten": ("SparTen", {}),
    "eyeriss_v2": ("Eyeriss v2", {"clusters.rows": 4}),
}
ORDER = ("phantom2d", "sparten", "eyeriss_v2", "scnn", "dense")
TITLES = {"phantom2d": "Phantom-2D", **{name: title for name, (title, _) in BESIDE.items()}}


def network_file(name: str) -> str:
    return str(Path(__file__).parent / "networks" / f"{name}.json")


def counted(platform: str, network: str, parameters: Parameters | None = None, **options: Value) -> Request:
    """All of it without values. Options with _ for -."""
    more = {name.replace("_", "-"): value for name, value in options.items()}
    return Request(platform, {"network": network, "no-values": True, **more}, parameters or {})


def rows(parameters: Parameters | None = None, **options: Value) -> Request:
    """The sample of VGG-16 that gain() scales up."""
    return counted("phantom2d", network_file("vgg16_rows"), {"fill": 0, **(parameters or {})}, **options)


# Filters and width of the output of each convolution, of which a sample has 32 and 7 rows of as many.
VGG16 = {
    "conv1_1": (64, 224), "conv1_2": (64, 224), "conv2_1": (128, 112), "conv2_2": (128, 112), "conv3_1": (256, 56),
    "conv3_2": (256, 56), "conv3_3": (256, 56), "conv4_1": (512, 28), "conv4_2": (512, 28), "conv4_3": (512, 28),
    "conv5_1": (512, 14), "conv5_2": (512, 14), "conv5_3": (512, 14),
}  # fmt: skip
SAMPLE = 32 * 7


def share(layer: Layer) -> float:
    """How many samples make up the layer."""
    filters, plane = VGG16[layer.name]
    return filters * plane / SAMPLE


def gain(run: Run) -> float:
    """Of a sample, over the dense machine."""
    return DENSE_CYCLES / sum(layer.cycles * share(layer) for layer in run.layers)


def whole(platform: str, parameters: Parameters | None = None, **options: Value) -> Request:
    return counted(platform, "vgg16_han", parameters, kinds="convolution", **options)


def beside(platform: str, **options: Value) -> Request:
    return whole(platform, BESIDE[platform][1], **options)


def lookahead(factor: int, selector: str = "out_of_order") -> Parameters:
    chosen: dict[str, Value] = {} if factor == 27 else {"lookahead.factor": factor}
    return chosen if selector == "out_of_order" else {**chosen, "selector": selector}


def busy(layer: Layer) -> int:
    return int(layer.figures["cycles_by_cause.busy"])


def _figure(part: Run | Layer, name: str) -> int:
    return int((part.totals if isinstance(part, Run) else part.figures)[name])


def products(part: Run | Layer) -> int:
    return _figure(part, "products")


def useful(part: Run | Layer) -> int:
    return _figure(part, "useful_products")


def dense_macs(part: Run | Layer) -> int:
    return _figure(part, "dense_macs")


def use(part: Run | Layer, multipliers: int = MULTIPLIERS) -> float:
    """Useful products per multiplier and cycle."""
    return useful(part) / (multipliers * part.cycles)


def even(run: Run) -> float:
    """Cycles as if the machine had as many multipliers as Phantom-2D."""
    return run.cycles * int(run.totals["multipliers"]) / MULTIPLIERS


def real(
    around: Surroundings, platform: str, network: str, parameters: Parameters | None = None, **options: Value
) -> Request:
    more = {name.replace("_", "-"): value for name, value in options.items()}
    return Request(platform, {"tensors": around.real_network(network), **more}, parameters or {})


def without_waste(layer: Layer) -> bool:
    """Whether the products are the non-zero MACs that the data set names."""
    return layer.checks.get("data_set_products") == "passed" and products(layer) == useful(layer)


def exact(runs: Sequence[Run], check: str) -> tuple[int, int]:
    """Layers that passed, of how many."""
    layers = [layer for run in runs for layer in run.layers]
    return sum(layer.checks.get(check) == "passed" for layer in layers), len(layers)
