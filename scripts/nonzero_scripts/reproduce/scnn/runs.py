"""The runs that SCNN's targets and studies share, and what they read from their results."""

from collections.abc import Mapping

from ...domain import Value
from ...program import Request
from ..laboratory import Layer, Plan, Run, together

NETWORKS = {"alexnet": "AlexNet", "googlenet": "GoogLeNet", "vgg16": "VGG-16"}
# Densities of the sweep: those of figure 7 and, near the crossover, 0.85.
DENSITIES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 1.0)

SLOWER = 0.05  # than with ideal memory: what counts as slowed down by DRAM
BANDWIDTHS = (0.5, 1, 2, 4, 5.6, 8, 11.3, 16, 22.6, 32, 50)  # GB/s

Parameters = Mapping[str, Value]
# No bank model, no placeholders. The computing cycles of these runs are equations (1)-(3), see computing().
EQUATIONS: Parameters = {"crossbar.queue_infinite": True, "compression.placeholders": False}
# The same with the queues in front of the banks.
QUEUES: Parameters = {"compression.placeholders": False}
# 4 PEs with as many multipliers and accumulators as 64 have.
LARGE_PES: Parameters = {
    "pe.rows": 2,
    "pe.columns": 2,
    "pe.f": 16,
    "pe.i": 16,
    "accumulator.banks": 512,
    "accumulator.entries": 16384,
}


def convolutions(platform: str, network: str, parameters: Parameters | None = None, **options: Value) -> Request:
    """All convolutions of a network at its published densities, without the stem. Options with _ for -."""
    more = {name.replace("_", "-"): value for name, value in options.items()}
    return Request(platform, {"network": network, "kinds": "convolution", "no-values": True, **more}, parameters or {})


def stored(network: str, platform: str = "scnn") -> Request:
    """With values, so that outputs are pooled and stored as the machine stores them: in DRAM where they do not fit."""
    return Request(platform, {"network": network, "kinds": "convolution"})


def at_density(platform: str, density: float, parameters: Parameters | None = None) -> Request:
    """GoogLeNet with its stem, weights and activations equally dense."""
    return convolutions(
        platform, "googlenet", parameters, stem=True, weight_density=density, activation_density=density
    )


def slots(layer: Layer) -> int:
    return layer.sum("pe.busy") + layer.sum("pe.void")


def lanes(run: Run) -> int:
    """Multipliers of a PE."""
    return int(run.parameters["pe.f"]) * int(run.parameters["pe.i"])


def computing(part: Run | Layer) -> int:
    """Cycles without those of exchange and finalise."""
    return part.sum("sequencer.computing")


def working_utilisation(run: Run, layer: Layer) -> float:
    """Products per multiplier slot while PEs work."""
    return layer.sum("pe.products") / (lanes(run) * slots(layer))


def network_utilisation(run: Run) -> float:
    return sum(layer.sum("pe.products") for layer in run.layers) / (lanes(run) * sum(map(slots, run.layers)))


def speed_up(run: Run, dcnn: Run, rule: str = "normalised") -> float:
    return (dcnn.cycles if rule == "realisable" else dcnn.other_cycles(rule)) / run.cycles


def speed_by_equations(bare: Run, dcnn: Run) -> float:
    return dcnn.other_cycles("normalised") / computing(bare)


def only(request: Request) -> Plan[Run]:
    (run,) = yield [request]
    return run


def over_density(platform: str, parameters: Parameters | None = None) -> Plan[dict[float, Run]]:
    runs = yield [at_density(platform, density, parameters) for density in DENSITIES]
    return dict(zip(DENSITIES, runs, strict=True))


def speed_over_density(rule: str = "normalised") -> Plan[dict[float, float]]:
    """SCNN over DCNN."""
    scnn, dcnn = yield from together([over_density("scnn"), over_density("dcnn")])
    return {density: speed_up(scnn[density], dcnn[density], rule) for density in DENSITIES}


def equations_over_density(kc: int) -> Plan[dict[float, float]]:
    """SCNN by equations (1)-(3) over DCNN normalised."""
    bare, dcnn = yield from together([over_density("scnn", {**EQUATIONS, "pe.kc": kc}), over_density("dcnn")])
    return {density: speed_by_equations(bare[density], dcnn[density]) for density in DENSITIES}


def energy_over_density(over: str) -> Plan[dict[float, float]]:
    """SCNN's energy over that platform's."""
    scnn, other = yield from together([over_density("scnn"), over_density(over)])
    return {density: scnn[density].energy / other[density].energy for density in DENSITIES}


def slow_downs(network: str) -> Plan[dict[float, float]]:
    """Cycles over those with ideal memory, by DRAM bandwidth; no latency, which would hide the bandwidth's part."""
    timing: Parameters = {"memory.timing": "modelled"}
    ideal, *runs = yield [
        convolutions("scnn", network),
        *(
            convolutions("scnn", network, timing, dram_bandwidth=bandwidth, dram_latency=0)
            for bandwidth in BANDWIDTHS
        ),
    ]
    return {bandwidth: run.cycles / ideal.cycles for bandwidth, run in zip(BANDWIDTHS, runs, strict=True)}


def with_latency(network: str) -> Plan[float]:
    """Cycles over those with ideal memory at the widest bandwidth and the program's own latency."""
    ideal, run = yield [
        convolutions("scnn", network),
        convolutions("scnn", network, {"memory.timing": "modelled"}, dram_bandwidth=BANDWIDTHS[-1]),
    ]
    return run.cycles / ideal.cycles
