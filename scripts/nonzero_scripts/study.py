"""Many runs whose results are kept: what is in the journal is not run again."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .journal import DONE, FAILED, STOPPED, Journal, Record, is_record
from .program import Program, Request
from .runner import Outcome, Runner
from .tables import layer_figures, run_figures

# Of one finished run: its index among the requests, its record, and what the program remarked.
Finished = Callable[[int, Record, tuple[str, ...]], None]
# What of the program's results a record keeps beside their figures, under "details".
Details = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class State:
    """What the records have of some requests, by index."""

    done: frozenset[int]
    failed: frozenset[int]
    stopped: frozenset[int]
    missing: frozenset[int]
    stale: int  # of those missing: run before, but by another build of the program or with other files


def state_of(requests: Sequence[Request], keys: Sequence[str], records: dict[str, Record]) -> State:
    """keys: those of the requests, from Program.key()."""
    by_status: dict[str, set[int]] = {DONE: set(), FAILED: set(), STOPPED: set(), "": set()}
    for index, key in enumerate(keys):
        by_status[records[key]["status"] if key in records else ""].add(index)
    earlier = {_text(record["run"]) for record in records.values()}
    stale = sum(_text(_run_of(requests[index])) in earlier for index in by_status[""])
    return State(*(frozenset(by_status[status]) for status in (DONE, FAILED, STOPPED, "")), stale)


def run_missing(
    program: Program,
    journal: Journal,
    requests: Sequence[Request],
    indices: Sequence[int],
    jobs: int,
    finished: Finished,
    tick: Callable[[int], None],
    details: Details | None = None,
) -> None:
    """Runs those requests; each ends up in the journal before finished() is told of it."""
    keys = [program.key(requests[index]) for index in indices]

    def keep(place: int, outcome: Outcome) -> None:
        index = indices[place]
        record = _record(keys[place], requests[index], outcome, details)
        journal.append(record)
        finished(index, record, outcome.remarks)

    runner = Runner(program, journal.path.parent / "running", jobs)
    runner.run([requests[index] for index in indices], keep, tick)


def _run_of(request: Request) -> dict[str, Any]:
    run = {
        "platform": request.platform,
        "options": dict(request.options),
        "parameters": dict(request.parameters),
    }
    return run if request.command == "run" else {"command": request.command, **run}


def _text(run: dict[str, Any]) -> str:
    return json.dumps(run, sort_keys=True)


def _record(key: str, request: Request, outcome: Outcome, details: Details | None) -> Record:
    record: Record = {"key": key, "run": _run_of(request), "status": outcome.status}
    end: Record = {
        "host": {
            "cpu_seconds": round(outcome.cpu_seconds, 6),
            "wall_seconds": round(outcome.wall_seconds, 6),
            "peak_mib": round(outcome.peak_mebibytes, 1),
        }
    }
    if outcome.results is None:
        return {**record, "message": outcome.message, **end}
    try:
        whole = {**record, **_kept_of(outcome.results), **end}
        if details:
            whole["details"] = details(outcome.results)
        if is_record(whole):
            return whole
    except (KeyError, TypeError, AttributeError, RecursionError):
        pass
    return {**record, "status": FAILED, "message": "the run left results of another form", **end}


def _kept_of(results: Mapping[str, Any]) -> Record:
    is_plan = "workload" not in results  # which leaves nothing out
    left_out = [] if is_plan else results["totals"]["left_out"]
    return {
        "tool": results["tool"],
        "left_out": [] if is_plan else results["workload"]["left_out"],
        "left_out_reasons": [f"{layer['layer']}: {layer['reason']}" for layer in left_out],
        "totals": run_figures(results),
        "layers": layer_figures(results),
    }
