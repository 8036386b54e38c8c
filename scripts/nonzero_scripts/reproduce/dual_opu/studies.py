"""dual-OPU's studies: what the exact schedule gains, and each network beside the baselines."""

from collections.abc import Mapping
from typing import Any

from ..figures import Section, Table
from ..laboratory import Plan, Surroundings
from .runs import BASELINES, DUAL, MORE_NETWORKS, NETWORKS, OWN, SHARED, TITLES, efficiency, rate


def schedules(_: Surroundings, __: Mapping[str, Any]) -> Plan[Section]:
    memories = {"own": OWN, "shared": SHARED}
    requests = [DUAL.on(name, memory, split=True) for name in MORE_NETWORKS for memory in memories.values()]
    found = iter((yield requests))
    rows = []
    for name in MORE_NETWORKS:
        for memory in memories:
            totals = next(found).totals
            whole = float(totals["whole_layer_pair_cycles"])
            heuristic = float(totals["heuristic_pair_cycles"])
            cut = float(totals["pair_cycles"])
            rows.append(
                (TITLES[name], memory, f"{heuristic:,.0f}", f"{whole:,.0f}", f"{heuristic / whole - 1:+.2%}",
                 f"{cut:,.0f}", f"{cut / whole - 1:+.2%}")
            )  # fmt: skip
    text = (
        f"Cycles of two images on {DUAL.name}, with a DRAM for each core or one for both: the assignment by kinds of layers "
        "that is improved layer by layer, as a designer would; the exact dynamic programme; and with layers cut in two "
        "by output rows where that gains most [11 rules 4, 5]."
    )
    head = ("network", "DRAM", "by hand", "exact", "by hand over exact", "with cut layers", "cut over exact")
    return Section([text], Table(head, rows))


def networks(_: Surroundings, __: Mapping[str, Any]) -> Plan[Section]:
    machines = {DUAL.name: DUAL, **{machine.name: machine for machine in BASELINES.values()}}
    found = iter((yield [machine.on(name) for machine in machines.values() for name in NETWORKS]))
    rows = []
    for name, machine in machines.items():
        cells = []
        for _network in NETWORKS:
            run = next(found)
            cells.append(f"{rate(run):.1f} / {efficiency(run):.3f}")
        rows.append((name, f"{machine.multipliers:,}", *cells))
    text = (
        "Images a second and efficiency, on one DRAM of 64 bytes a cycle. P(161,9) and C(200,8) have the area of the pair by "
        "the estimates of [5.2], P(150,9) 1 / 1.18 of its multipliers, P(176,9) as many."
    )
    return Section([text], Table(("machine", "multipliers", *(TITLES[name] for name in NETWORKS)), rows))


STUDIES = {
    "Throughput and efficiency of each network": (networks, True),
    "The exact schedule beside one by hand": (schedules, True),
}
