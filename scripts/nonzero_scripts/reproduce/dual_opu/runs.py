"""The plans that dual-OPU's targets and studies share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...domain import Value
from ...program import Request
from ..laboratory import Run

NETWORKS = ("mobilenet_v1", "mobilenet_v2", "squeezenet_1_1_224")
MORE_NETWORKS = (*NETWORKS, "squeezenet_1_0_224")
TITLES = {
    "mobilenet_v1": "MobileNet v1",
    "mobilenet_v2": "MobileNet v2",
    "squeezenet_1_1_224": "SqueezeNet 1.1",
    "squeezenet_1_0_224": "SqueezeNet 1.0",
}


@dataclass(frozen=True)
class Machine:
    name: str  # "P(161,9)"
    platform: str
    parameters: Mapping[str, Value]
    multipliers: int

    def on(self, network: str, parameters: Mapping[str, Value] | None = None, **options: Value) -> Request:
        more = dict(parameters or {})
        if self.platform == "single_opu":
            more.pop("memory.dram", None)
        return Request(self.platform, {"network": network, **options}, {**self.parameters, **more}, "schedule")

    def on_all(self, parameters: Mapping[str, Value] | None = None) -> list[Request]:
        return [self.on(network, parameters) for network in NETWORKS]


def pair(regular: tuple[int, int], depthwise: int) -> Machine:
    shape = {"regular.pes": regular[0], "regular.width": regular[1], "depthwise.pes": depthwise}
    name = f"C({regular[0]},{regular[1]})+P({depthwise},9)"
    return Machine(name, "dual_opu", shape, regular[0] * regular[1] + 9 * depthwise)


def single(kind: str, pes: int, width: int) -> Machine:
    return Machine(_name(kind, pes, width), "single_opu", _core(kind, pes, width), pes * width)


def alike(kind: str, pes: int, width: int) -> Machine:
    name = _name(kind, pes, width)
    return Machine(f"{name}+{name}", "homogeneous_dual_opu", _core(kind, pes, width), 2 * pes * width)


def _name(kind: str, pes: int, width: int) -> str:
    return f"{'C' if kind == 'regular' else 'P'}({pes},{width})"


def _core(kind: str, pes: int, width: int) -> Mapping[str, Value]:
    return {"core.kind": kind, "core.pes": pes, "core.width": width}


OWN: Mapping[str, Value] = {"memory.dram": "own"}
SHARED: Mapping[str, Value] = {"memory.dram": "shared"}

DUAL = pair((128, 8), 64)

# Of equal area by the estimates of 5.2: at most the LUTs (168,400) and the DSPs (832) of DUAL. P(n,9) takes 890 n + 25,000
# LUTs, C(n,8) takes 4 n + 32 DSPs.
EQUAL_AREA = single("depthwise", 161, 9)
EQUAL_AREA_REGULAR = single("regular", 200, 8)
EQUAL_AREA_PAIRS = (alike("depthwise", 66, 9), alike("regular", 100, 8))
FEWER_MULTIPLIERS = single("depthwise", 150, 9)  # DUAL has 1.18 times as many
EQUAL_MULTIPLIERS = single("depthwise", 176, 9)
RECOLLECTED = single("depthwise", 128, 9)
BASELINES: Mapping[str, Machine] = {
    "equal area": EQUAL_AREA,
    "equal area, regular": EQUAL_AREA_REGULAR,
    "1.18 multipliers": FEWER_MULTIPLIERS,
    "equal multipliers": EQUAL_MULTIPLIERS,
    "recollected": RECOLLECTED,
}


def rate(run: Run) -> float:
    return float(run.totals["images_per_second"])


def efficiency(run: Run) -> float:
    return float(run.totals["efficiency"])


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def gains(dual: Sequence[Run], base: Sequence[Run]) -> tuple[float, float]:
    """Mean ratios of throughput and of efficiency over the networks."""
    pairs = list(zip(dual, base, strict=True))
    return mean([rate(a) / rate(b) for a, b in pairs]), mean([efficiency(a) / efficiency(b) for a, b in pairs])
