"""How each of DeMM's targets is measured."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from ...program import Request
from ..figures import Measured, percent
from ..laboratory import Missing, Plan, Run, Surroundings
from .runs import (
    DENSE,
    ENGINES,
    MATRICES,
    PATTERNS,
    PRELOADS,
    PUBLISHED,
    by_timing,
    beside,
    demm,
    demm_product,
    millions,
    product,
    reduction,
    resnet,
)

Values = Mapping[str, Measured | Missing]

MACHINES = ("demm", *ENGINES)
PRODUCTS = ("g0", "g1", "g2", "g3", "g4")
N, M = 8, 128  # of the evaluated instance
NATIVE = tuple(f"{j * N}:{M}" for j in range(1, 9))  # jN:M up to k
# Of ResNet-50: a strided 3x3 convolution, a wide 1x1 one over a small plane, the classifier.
CHECKED = "layer2.0.conv2,layer4.2.conv3,fc"


# Values -----------------------------------------------------------------------------------------------------------
def exact_layers(runs: Sequence[Run]) -> Measured:
    layers = [layer for run in runs for layer in run.layers]
    exact = sum(layer.checks.get("values") == "passed" for layer in layers)
    return Measured(exact / len(layers), f"{exact} of {len(layers)} layers")


def with_values(request: Request) -> Request:
    options = {name: value for name, value in request.options.items() if name != "no-values"}
    return Request(request.platform, {**options, "output": "raw64"}, request.parameters)


def native_values(_: Surroundings) -> Plan[Values]:
    runs = yield [with_values(demm_product("g0", pattern)) for pattern in NATIVE]
    return {"native": exact_layers(runs)}


def values_of(platform: str, around: Surroundings) -> Plan[Values]:
    around.need_platform(platform)
    request = with_values(resnet(platform, "8:128"))
    runs = yield [Request(platform, {**request.options, "layers": CHECKED}, request.parameters)]
    return {platform: exact_layers(runs)}


# Slots and cycles -------------------------------------------------------------------------------------------------
def slots_per_row(_: Surroundings) -> Plan[Values]:
    runs = yield [demm_product("g0", pattern) for pattern in NATIVE]
    return {"slots": Measured([_ratio(run.sum("row_streamer.slots"), run.sum("array.row_jobs")) for run in runs])}


def _ratio(dividend: int, divisor: int) -> int | float:
    return dividend // divisor if dividend % divisor == 0 else dividend / divisor


def steady_state(_: Surroundings) -> Plan[Values]:
    (run,) = yield [demm_product("g0", "8:128")]
    slots = run.sum("row_streamer.slots")
    return {
        "rows": Measured(_ratio(run.sum("array.row_jobs"), slots)),
        "macs": Measured(_ratio(run.sum("array.busy"), slots)),
    }


def golden_product(name: str, _: Surroundings) -> Plan[Values]:
    """By preload, with 1 and with 8 slots a row."""
    runs = yield [
        demm_product(name, pattern, preload)
        for preload in ("serial", "naive", "hidden")
        for pattern in ("8:128", "2:4")
    ]
    return {name: Measured([run.cycles for run in runs])}


def golden_network(preload: str, _: Surroundings) -> Plan[Values]:
    runs = yield [demm(pattern, preload) for pattern in PATTERNS]
    note = ", ".join(f"{run.cycles:,}" for run in runs)
    return {preload: Measured([millions(run.cycles) for run in runs], f"{note} cycles")}


def slots_only(_: Surroundings) -> Plan[Values]:
    runs = yield [demm(pattern) for pattern in PATTERNS]
    cycles = [run.other_cycles("issue") for run in runs]
    return {"slots": Measured([millions(one) for one in cycles], ", ".join(f"{one:,}" for one in cycles) + " slots")}


def scaling(_: Surroundings) -> Plan[Values]:
    sparse, dense = yield [demm("8:128"), demm("2:4")]
    return {"slots": Measured(_ratio(dense.other_cycles("issue"), sparse.other_cycles("issue")))}


def preload_share(_: Surroundings) -> Plan[Values]:
    (run,) = yield [demm("8:128")]
    return {"share": Measured(run.cause("preload") / run.all_causes)}


# Engines beside it ------------------------------------------------------------------------------------------------
def trace(platform: str, _: Surroundings) -> Plan[Values]:
    square = {"array.rows": 32, "array.columns": 32}
    (run,) = yield [product(platform, "trace", DENSE, parameters=square)]
    if platform == "systolic_os":
        return {platform: Measured(run.other_cycles("report"))}
    return {platform: Measured(run.cycles - 1, "one less than our sum of folds")}


def pass_length(_: Surroundings) -> Plan[Values]:
    """Of the `rtl` timing, from the end of the load on; PEs of 1 x 1, 2 x 2, 4 x 8 multipliers."""
    shapes = ((1, 1), (2, 2), (4, 8))
    runs = yield [
        product("vegeta", "g2", "2:4", "natural",
                {"array.alpha": alpha, "array.beta": beta, "array.timing": "rtl"})
        for alpha, beta in shapes
    ]  # fmt: skip
    loads = [int(run.parameters["array.rows"]) // beta for run, (_, beta) in zip(runs, shapes, strict=True)]
    lengths = [_ratio(run.cycles, run.sum("array.passes")) - load for run, load in zip(runs, loads, strict=True)]
    return {"length": Measured(lengths, f"{runs[0].sum('array.passes'):,} passes each")}


def vegeta_speed(_: Surroundings) -> Plan[Values]:
    dense, half, quarter = yield [
        product("vegeta", "g3", DENSE),
        product("vegeta", "g3", "2:4", "natural"),
        product("vegeta", "g3", "1:4", "natural"),
    ]
    return {
        name: Measured(dense.cycles / run.cycles, f"{dense.other_cycles('db') / run.other_cycles('db'):.2f} db")
        for name, run in (("2:4", half), ("1:4", quarter))
    }


def ordering(matrix: str, _: Surroundings) -> Plan[Values]:
    runs = yield [demm("8:128"), *(beside(platform, "8:128", matrix) for platform in PUBLISHED)]
    cycles = [run.cycles for run in runs]
    titles = ["DeMM", *(ENGINES[platform].title for platform in PUBLISHED)]
    found = sorted(zip(cycles, titles, strict=True))
    note = " < ".join(f"{title} {millions(number):.3f}" for number, title in found)
    held = sum(less < more for less, more in zip(cycles, cycles[1:]))
    return {matrix: Measured(held, f"ours, in millions of cycles: {note}")}


def reductions(platform: str, _: Surroundings) -> Plan[Values]:
    serial, hidden, natural, same = yield [
        demm("8:128"),
        demm("8:128", "hidden"),
        *(beside(platform, "8:128", matrix) for matrix in MATRICES),
    ]
    ours, on_same = (reduction(serial.cycles, other.cycles) for other in (natural, same))
    on_hidden = reduction(hidden.cycles, natural.cycles)
    note = f"{percent(on_same)} on the same matrix, {percent(on_hidden)} with a hidden preload"
    return {platform: Measured(ours, note)}


def workload(_: Surroundings) -> Plan[Values]:
    (run,) = yield [demm("8:128")]
    macs = sum(layer.figures["dense_macs"] for layer in run.layers)
    return {"macs": Measured(macs / 1e9, f"{macs:,}"), "products": Measured(len(run.layers))}


# Counts for area --------------------------------------------------------------------------------------------------
def counts(_: Surroundings) -> Plan[Values]:
    runs = yield [demm("8:128"), *(beside(platform, "8:128", "same") for platform in ENGINES)]
    note = ", ".join(["DeMM", *(engine.title for engine in ENGINES.values())])
    n, m, c = (int(runs[0].parameters[f"engine.{name}"]) for name in "nmc")
    multipliers = [int(run.totals["multipliers"]) for run in runs]
    inputs = [int(run.totals["structure.operand_multiplexer_inputs"]) for run in runs[1:]]
    others = ", ".join(
        f"{engine.title} {count:,}" for engine, count in zip(ENGINES.values(), inputs, strict=True) if count
    )
    return {
        "multipliers": Measured(multipliers, note),
        "memory": Measured(int(runs[0].totals["structure.memory_words_x_read_ports"]), f"{m * c:,} words x {n} read ports, and 1 write port"),
        "multiplexers": Measured(int(runs[0].totals["structure.read_multiplexer_inputs"]), f"{others}, the rest none"),
    }


# Totals -----------------------------------------------------------------------------------------------------------
def totals(wanted: Sequence[tuple[Request, str]], value: str, _: Surroundings) -> Plan[Values]:
    """Millions of cycles by these timings."""
    runs = yield [request for request, _ in wanted]
    pairs = zip(runs, wanted, strict=True)
    cycles = [by_timing(run, request.platform, timing) for run, (request, timing) in pairs]
    return {value: Measured([millions(one) for one in cycles], ", ".join(f"{one:,}" for one in cycles) + " cycles")}


def single(request: Request, timing: str, value: str, _: Surroundings) -> Plan[Values]:
    """Cycles, by the machine's own timing where none is named."""
    (run,) = yield [request]
    return {value: Measured(run.other_cycles(timing) if timing else run.cycles)}


def beyond_k(_: Surroundings) -> Plan[Values]:
    (run,) = yield [demm_product("e2", "u70", rho="per_row")]
    rows, sums = run.sum("array.beyond_k"), run.sum("output_buffer.psum_row_updates")
    return {"e2 u70": Measured([run.cycles, rows, sums])}


TOTALS: Mapping[str, Sequence[tuple[Request, str]]] = {
    f"4.1/ws {timing}": [
        (beside("systolic_ws", "8:128", "same"), timing),
        (beside("tensor_core_24", "2:4", "natural"), timing),
        (beside("vegeta", "1:4", "natural"), timing),
    ]
    for timing in ("serial", "db")
} | {
    "4.3/scale": [
        (resnet("s2ta", DENSE), "scale"),
        *((beside("s2ta", pattern, "natural"), "scale") for pattern in ("2:4", "1:4", "1:8")),
    ],
    "4.4/serial": [
        (resnet("spots", DENSE), "serial"),
        *((beside("spots", pattern, "natural"), "serial") for pattern in ("2:4", "1:4", "1:8", "8:128")),
    ],
    "10.7/natural": [(beside(platform, "8:128", "natural"), ENGINES[platform].timings[0]) for platform in PUBLISHED],
}
# With the timing, where it is not the machine's own.
SINGLE: Mapping[str, tuple[Request, str]] = {
    "resnet50 1:4": (demm("1:4", rho="per_row"), ""),
    "resnet50 16:256": (demm("16:256", "hidden", rho="per_row"), ""),
    "resnet50 8:256": (demm("8:256", m=256), ""),
    "g1 2:4": (demm_product("g1", "2:4", "hidden", rho="per_row"), ""),
    "e0 2:4": (demm_product("e0", "2:4", "hidden"), ""),
    "os report": (beside("systolic_os", "8:128", "same"), "report"),
    "is db": (beside("systolic_is", "8:128", "same"), "db"),
    "vegeta same": (beside("vegeta", "8:128", "same"), ""),
    "tensor_core_24 same": (beside("tensor_core_24", "8:128", "same"), ""),
    "g3 vegeta rtl": (product("vegeta", "g3", "8:128"), "rtl"),
    "s2ta same": (beside("s2ta", "8:128", "same"), ""),
    "spots same": (beside("spots", "8:128", "same"), ""),
    "e2 s2ta natural db": (product("s2ta", "e2", "8:128", "natural"), "db"),
    "e1 spots same db": (product("spots", "e1", "8:128"), "db"),
}

# By target, or by "target/value" where a value has runs of its own.
TARGETS: Mapping[str, Callable[[Surroundings], Plan[Values]]] = {
    "V1": native_values,
    **{f"V1/{platform}": partial(values_of, platform) for platform in MACHINES},
    "V2": slots_per_row,
    **{f"V3/{name}": partial(golden_product, name) for name in PRODUCTS},
    **{f"V3/{preload}": partial(golden_network, preload) for preload in PRELOADS},
    "V3/slots": slots_only,
    "V4": steady_state,
    "V5": scaling,
    **{f"V6/{platform}": partial(trace, platform) for platform in ("systolic_os", "systolic_ws", "systolic_is")},
    "V7": pass_length,
    "V8": vegeta_speed,
    **{f"V9/{matrix}": partial(ordering, matrix) for matrix in MATRICES},
    **{f"V10/{platform}": partial(reductions, platform) for platform in PUBLISHED},
    "V11": workload,
    "V12": preload_share,
    "V13": counts,
    **{name: partial(totals, wanted, name.partition("/")[2]) for name, wanted in TOTALS.items()},
    **{f"10.8/{name}": partial(single, *wanted, name) for name, wanted in SINGLE.items()},
    "10.8/e2 u70": beyond_k,
}
