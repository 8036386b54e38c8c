"""The runs that DeMM's targets and studies share, and what they read from their results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...domain import Value
from ...program import Request
from ..laboratory import Layer, Plan, Run, Surroundings, together

PATTERNS = ("8:128", "1:8", "1:4", "2:4")
PRELOADS = ("serial", "hidden", "naive")  # D1
OVERLAPS = ("serial", "hidden")  # those that reductions are given for; naive is 2 % from serial
MATRICES = ("natural", "same")  # D12
DENSE = "u100"  # every weight is kept


@dataclass(frozen=True)
class Engine:
    title: str
    timings: Sequence[str]  # D13: its own, which is the default, double-buffered, and what else it has
    sparse: bool = True  # its cycles depend on the matrix


ENGINES: Mapping[str, Engine] = {
    "vegeta": Engine("VEGETA", ("serial", "db", "rtl")),
    "s2ta": Engine("S2TA", ("block", "db", "scale")),
    "spots": Engine("SPOTS", ("serial", "db")),
    "tensor_core_24": Engine("2:4 tensor core", ("serial", "db", "rtl")),
    "systolic_ws": Engine("WS", ("serial", "db"), sparse=False),
    "systolic_os": Engine("OS", ("serial", "db"), sparse=False),
    "systolic_is": Engine("IS", ("serial", "db"), sparse=False),
}
PUBLISHED = ("vegeta", "s2ta", "spots")  # what reductions are published against
# D13 as rows of a table: which of an engine's timings.
TIMINGS = ("serial, block", "db", "rtl, scale")

Parameters = Mapping[str, Value]
# Cycles of a machine for each layer, its own or by another timing.
Cycles = Mapping[str, int]


def resnet(platform: str, pattern: str, matrix: str = "same", parameters: Parameters | None = None) -> Request:
    options: dict[str, Value] = {"network": "resnet50", "nm": pattern, "no-values": True}
    if matrix != "same":
        options["matrix"] = matrix
    return Request(platform, options, parameters or {})


def demm(pattern: str, preload: str = "serial", **engine: Value) -> Request:
    """ResNet-50; further parameters of the engine by their names."""
    return resnet("demm", pattern, parameters=_engine(preload, engine))


def beside(platform: str, pattern: str, matrix: str) -> Request:
    """ResNet-50 on an engine beside DeMM. A dense array needs no second matrix and no second pattern."""
    if not ENGINES[platform].sparse:
        return resnet(platform, DENSE)
    return resnet(platform, pattern, matrix)


def product(
    platform: str, name: str, pattern: str, matrix: str = "same", parameters: Parameters | None = None
) -> Request:
    """A single product of matrices, which has a network file of its own: its layer is number 0."""
    path = Path(__file__).parent / "products" / f"{name}.json"
    options: dict[str, Value] = {"network": str(path), "nm": pattern, "no-values": True}
    if matrix != "same":
        options["matrix"] = matrix
    return Request(platform, options, parameters or {})


def demm_product(name: str, pattern: str, preload: str = "serial", **engine: Value) -> Request:
    return product("demm", name, pattern, parameters=_engine(preload, engine))


def _engine(preload: str, engine: Parameters) -> Parameters:
    chosen = {f"engine.{name}": value for name, value in engine.items()}
    return chosen if preload == "serial" else {**chosen, "engine.preload": preload}


def patterns(around: Surroundings) -> Sequence[str]:
    return PATTERNS[:1] if around.quick else PATTERNS


def by_timing(part: Run | Layer, platform: str, timing: str) -> int:
    return part.cycles if timing == ENGINES[platform].timings[0] else part.other_cycles(timing)


def reduction(ours: float, theirs: float) -> float:
    return 1 - ours / theirs


@dataclass(frozen=True)
class Comparison:
    """DeMM's layers beside an engine's, in one reading of D1, D12 and D13."""

    ours: Cycles
    theirs: Cycles

    @property
    def in_total(self) -> float:
        return reduction(sum(self.ours.values()), sum(self.theirs.values()))

    @property
    def over_layers(self) -> float:
        """The mean of the layers' reductions."""
        return sum(reduction(self.ours[name], self.theirs[name]) for name in self.ours) / len(self.ours)

    def of(self, names: Sequence[str]) -> float:
        """Of these layers together."""
        return reduction(sum(self.ours[name] for name in names), sum(self.theirs[name] for name in names))


@dataclass(frozen=True)
class Family:
    """All machines on ResNet-50 at one pattern."""

    demm: Mapping[str, Run]  # by preload
    engines: Mapping[tuple[str, str], Run]  # by platform and matrix

    def compare(self, platform: str, overlap: str, matrix: str, timing: int) -> Comparison | None:
        """timing: which of the engine's; none where it has not as many."""
        timings = ENGINES[platform].timings
        if timing >= len(timings):
            return None
        ours = {layer.name: layer.cycles for layer in self.demm[overlap].layers}
        run = self.engines[platform, matrix]
        theirs = {layer.name: by_timing(layer, platform, timings[timing]) for layer in run.layers}
        return Comparison(ours, theirs)


def family(pattern: str) -> Plan[Family]:
    places = [(platform, matrix) for platform in ENGINES for matrix in MATRICES]
    runs = yield [
        *(demm(pattern, preload) for preload in PRELOADS),
        *(beside(platform, pattern, matrix) for platform, matrix in places),
    ]
    own, others = runs[: len(PRELOADS)], runs[len(PRELOADS) :]
    return Family(dict(zip(PRELOADS, own, strict=True)), dict(zip(places, others, strict=True)))


def families(around: Surroundings) -> Plan[Mapping[str, Family]]:
    names = patterns(around)
    for platform in ENGINES:
        around.need_platform(platform)
    return dict(zip(names, (yield from together([family(pattern) for pattern in names])), strict=True))


def millions(cycles: float) -> float:
    return round(cycles / 1e6, 3)
