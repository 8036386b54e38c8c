"""Carries out what targets and studies need: every run once, several at a time, kept in a journal.

A plan is a generator that yields the runs it needs, all at once, gets them finished in the same order, and returns what
it makes of them.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar

from ..errors import HostError
from ..journal import DONE, Journal, Record
from ..program import PROJECT, Program, Request
from ..progress import Progress
from ..runner import Interrupted
from ..study import run_missing, state_of

T = TypeVar("T")


class NotAvailable(Exception):
    """What is needed is not here: a platform that the program lacks, or data."""


@dataclass(frozen=True)
class Missing:
    """Instead of a plan's result. failed: a run went wrong, which nobody has to expect."""

    message: str
    failed: bool


@dataclass(frozen=True)
class Layer:
    name: str
    figures: Mapping[str, Any]  # "cycles", "cycles_by_cause.busy", …
    counters: Mapping[str, tuple[int, int]]  # sum and largest over the instances
    checks: Mapping[str, str]

    @property
    def cycles(self) -> int:
        return int(self.figures["cycles"])

    def other_cycles(self, rule: str) -> int:
        return int(self.figures[f"other_cycles.{rule}"])

    @property
    def energy(self) -> float:
        return _energy(self.figures)

    def sum(self, counter: str) -> int:
        return self.counters[counter][0]

    def largest(self, counter: str) -> int:
        return self.counters[counter][1]


@dataclass(frozen=True)
class Run:
    parameters: Mapping[str, Any]
    totals: Mapping[str, Any]
    layers: tuple[Layer, ...]

    @property
    def cycles(self) -> int:
        return int(self.totals["cycles"])

    def other_cycles(self, rule: str) -> int:
        return int(self.totals[f"other_cycles.{rule}"])

    @property
    def energy(self) -> float:
        return _energy(self.totals)

    def cause(self, name: str) -> int:
        return int(self.totals[f"cycles_by_cause.{name}"])

    @property
    def all_causes(self) -> int:
        return sum(value for name, value in self.totals.items() if name.startswith("cycles_by_cause."))

    def sum(self, counter: str) -> int:
        return sum(layer.sum(counter) for layer in self.layers)

    def layer(self, name: str) -> Layer:
        return next(layer for layer in self.layers if layer.name == name)


def _energy(figures: Mapping[str, Any]) -> float:
    if "energy_sum_pj" not in figures:
        raise NotAvailable("a platform has no energies")
    return float(figures["energy_sum_pj"])


Plan = Generator[Sequence[Request], Sequence[Run], T]


def together(plans: Sequence[Plan[T]]) -> Plan[list[T]]:
    """Several plans as one."""
    wanted = [next(plan) for plan in plans]
    runs = iter((yield [request for one in wanted for request in one]))
    return [_finish(plan, list(islice(runs, len(one)))) for plan, one in zip(plans, wanted, strict=True)]


def _finish(plan: Plan[T], runs: Sequence[Run]) -> T:
    try:
        plan.send(runs)
    except StopIteration as end:
        return end.value
    raise AssertionError("a plan asks for runs once")


@dataclass(frozen=True)
class Surroundings:
    """What the plans may count on."""

    platforms: tuple[str, ...]
    real: Path | None  # directory of real networks beside those that lie in the project
    quick: bool  # AlexNet only in what is compared over networks
    made: Path = Path()  # where data sets go that are made for a run

    def need_platform(self, name: str) -> None:
        if name not in self.platforms:
            raise NotAvailable(f"the program has no platform {name}")

    def real_network(self, name: str) -> str:
        for directory in (PROJECT / "tests/real", self.real):
            if directory and (directory / name / "network.json").is_file():
                return str(directory / name)
        raise NotAvailable(f"there are no data of {name} (NONZERO_REAL_DIR names their directory)")


@dataclass
class _Started(Generic[T]):
    plan: Plan[T]
    requests: Sequence[Request]


class Laboratory:
    def __init__(self, program: Program, directory: Path, jobs: int):
        self.program = program
        self.directory = directory
        self.jobs = jobs

    def carry_out(self, plans: Mapping[str, Callable[[], Plan[Any]]]) -> dict[str, Any]:
        """The result of each plan, or Missing. Raises Interrupted; what was finished by then is kept."""
        results: dict[str, Any] = {}
        started: dict[str, _Started[Any]] = {}
        for name, plan in plans.items():
            try:
                running = plan()
                started[name] = _Started(running, next(running))
            except StopIteration as end:
                results[name] = end.value
            except NotAvailable as error:
                results[name] = Missing(str(error), failed=False)
        records = self._run([request for one in started.values() for request in one.requests])
        for name, one in started.items():
            results[name] = self._conclude(one, records)
        return results

    def _conclude(self, one: _Started[Any], records: Mapping[str, Record]) -> Any:
        found = [records[self.program.key(request)] for request in one.requests]
        for request, record in zip(one.requests, found, strict=True):
            if record["status"] != DONE:
                command = " ".join(["nonzero", *request.arguments()])
                return Missing(f"{command}: {record['message']}", failed=True)
        try:
            return _finish(one.plan, [_run_of(record) for record in found])
        except NotAvailable as error:
            return Missing(str(error), failed=False)

    def _run(self, wanted: Sequence[Request]) -> Mapping[str, Record]:
        requests = list({self.program.key(request): request for request in wanted}.values())
        keys = [self.program.key(request) for request in requests]
        with Journal(self.directory) as journal:
            # A record of a sweep lacks what is needed here.
            whole = {key: one for key, one in journal.records.items() if one["status"] != DONE or "details" in one}
            state = state_of(requests, keys, whole)
            missing = sorted([*state.missing, *state.failed, *state.stopped])
            progress = Progress(len(missing))
            for remark in journal.remarks:
                progress.remark(remark)
            if state.done:
                kept = f"{len(state.done)} of {len(requests)} runs are finished and reused"
                progress.remark(f"{kept}, {len(missing)} to run ({self.directory})")

            def finished(index: int, record: Record, remarks: tuple[str, ...]) -> None:
                progress.count(record["host"]["cpu_seconds"])

            try:
                run_missing(self.program, journal, requests, missing, self.jobs, finished, progress.tick, details_of)
            except Interrupted:
                done = len(state_of(requests, keys, journal.records).done)
                progress.remark(
                    f"interrupted: {done} of {len(requests)} runs are finished and kept in {self.directory}; "
                    "the same command goes on from there"
                )
                raise
            finally:
                progress.clear()
            stopped = sorted(state_of(requests, keys, journal.records).stopped)
            if stopped:
                first = journal.records[keys[stopped[0]]]["message"]
                raise HostError(
                    f"{len(stopped)} of {len(requests)} runs were stopped by the host ({first}); the others are kept, and "
                    "the same command tries these again"
                )
            return journal.records


def details_of(results: Mapping[str, Any]) -> dict[str, Any]:
    """What of a run's results the plans need beside its figures."""
    layers = results.get("layers", ())
    return {
        "parameters": results["parameters"],
        "counters": [
            {name: [counter.get("sum", 0), counter.get("largest", 0)] for name, counter in layer.get("counters", {}).items()}
            for layer in layers
        ],
        "checks": [layer.get("checks", {}) for layer in layers],
    }


def _run_of(record: Record) -> Run:
    details = record["details"]
    layers = tuple(
        Layer(str(figures["layer"]), figures, {name: (both[0], both[1]) for name, both in counters.items()}, checks)
        for figures, counters, checks in zip(record["layers"], details["counters"], details["checks"], strict=True)
    )
    return Run(details["parameters"], record["totals"], layers)
