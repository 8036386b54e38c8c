"""The sweep file: what it says, checked before anything runs, and the points that follow from it.

docs/sweep.md describes the format.
"""

import itertools
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from .domain import Domain, Value, text_of
from .errors import UserError, did_you_mean, printable, quoted, shown, shown_path
from .files import exists, read_file
from .program import Program, Request, RunOption

MOST_POINTS = 100_000
LONGEST_TITLE = 200  # more than a plot has place for

# What a single run takes as values of these options, so that a wrong one is refused before the first run. Values of
# options that are not here go to the program as they are.
OPTION_DOMAINS = {
    "weight-density": Domain("real", 0, 1),
    "activation-density": Domain("real", 0, 1),
    **dict.fromkeys(
        ("density-scale", "weight-density-scale", "activation-density-scale"), Domain("real", 0, 1000)
    ),
    "nm": Domain("pattern"),
    "matrix": Domain("choice", choices=("same", "natural")),
    "sparsity": Domain("choice", choices=("uniform", "correlated", "real")),
    "seed": Domain("integer", 0, 2**64 - 1),
    "output": Domain("choice", choices=("compressed", "raw64")),
    "dram-bandwidth": Domain("real", 1e-3, 1e6, unit="GB/s"),
    "dram-latency": Domain("real", 0, 1e9, unit="ns"),
}
# Options of `nonzero run` that a sweep file cannot have, and why.
RESERVED = {
    "json": "the sweep keeps the results itself",
    "counters": "the sweep keeps sums only",
    "set": "parameters stand under 'parameters'",
    **dict.fromkeys(("jobs", "threads"), "scripts/sweep --jobs says how many runs go on at once"),
    **dict.fromkeys(("vcd", "timeline", "vcd-scope", "vcd-window"), "waves and timelines are for single runs"),
}
# Options that take several names at once; a list of them is one choice, not a sweep.
JOINED = ("layers", "kinds")
OWN_KEYS = ("title", "platform", "platforms", "parameters", "together")


@dataclass(frozen=True)
class Axis:
    """What is swept: one name, or several that advance together. A step has one value for each name."""

    names: tuple[str, ...]
    steps: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True)
class Point:
    number: int  # from 1, in the order of the cross product
    values: dict[str, Value]  # of all that is swept, as the file has them
    label: str  # the values of what has more than one
    request: Request


@dataclass(frozen=True)
class Sweep:
    title: str
    axes: tuple[Axis, ...]
    points: tuple[Point, ...]
    units: dict[str, str]  # of what is swept, where it has one

    @property
    def names(self) -> list[str]:
        return [name for axis in self.axes for name in axis.names]


def load_sweep(path: Path, program: Program) -> Sweep:
    return _Reader(path, program).read()


class _Reader:
    def __init__(self, path: Path, program: Program):
        self.path = path
        self.program = program
        self.domains: dict[str, Domain] = {}
        self.options: list[str] = []
        self.parameters: list[str] = []

    def read(self) -> Sweep:
        content = _parse(self.path)
        if not isinstance(content, dict):
            raise self.wrong("is not a JSON object")
        self.check_keys(content)
        title = content.get("title", "")
        if not isinstance(title, str):
            raise self.wrong("title: is not a text")
        lists = self.lists(content)
        axes = self.axes(lists, content.get("together", []))
        self.check_layers(lists)
        swept = {name for axis in axes for name in axis.names}
        fixed = {name: values[0] for name, (values, _) in lists.items() if name not in swept}
        units = {name: self.domains[name].unit for name in swept if self.domains[name].unit}
        return Sweep(printable(title, LONGEST_TITLE), axes, tuple(self.points(axes, fixed)), units)

    def wrong(self, message: str) -> UserError:
        return UserError(f"{shown_path(self.path)}: {message}")

    # Keys ---------------------------------------------------------------------------------------------------------
    def check_keys(self, content: dict[str, Any]) -> None:
        known = self.program.run_options()
        allowed = [*OWN_KEYS, *(name for name in known if name not in RESERVED)]
        for key in content:
            if key in RESERVED:
                raise self.wrong(f"{quoted(key)} has no place in a sweep file: {RESERVED[key]}")
            if key in allowed:
                continue
            if "." in key:
                raise self.wrong(f"unknown key {quoted(key)}: parameters of the platform stand under 'parameters'")
            near = did_you_mean(key, allowed) or ": 'nonzero run --help' lists the options"
            raise self.wrong(f"unknown key {quoted(key)}{near}")
        if ("platform" in content) == ("platforms" in content):
            raise self.wrong("'platform' or 'platforms' is needed, one of them ('nonzero list platforms' shows all)")
        if "network" not in content and "tensors" not in content:
            raise self.wrong("'network' or 'tensors' is missing: what shall run?")

    # Values -------------------------------------------------------------------------------------------------------
    def lists(self, content: dict[str, Any]) -> dict[str, tuple[list[Value], bool]]:
        """Name -> its values, and whether they are to be swept (a list or range) or just one; in the file's order."""
        lists: dict[str, tuple[list[Value], bool]] = {"platform": self.platforms(content)}
        for key, given in content.items():
            if key == "parameters":
                lists.update(self.parameter_lists(given, [str(name) for name in lists["platform"][0]]))
            elif key not in OWN_KEYS:
                self.options.append(key)
                lists[key] = self.option_values(key, given)
        return lists

    def platforms(self, content: dict[str, Any]) -> tuple[list[Value], bool]:
        key = "platform" if "platform" in content else "platforms"
        self.domains["platform"] = Domain("text")
        values, swept = self.values(content[key], self.domains["platform"], key)
        for name in values:
            try:
                self.program.parameters(str(name))
            except UserError as error:
                raise self.wrong(f"{key}: {error}") from None
        return values, swept

    def option_values(self, name: str, given: Any) -> tuple[list[Value], bool]:
        option = self.program.run_options()[name]
        self.domains[name] = Domain("boolean") if option.is_flag else OPTION_DOMAINS.get(name, Domain("text"))
        if name in JOINED and isinstance(given, list):
            given = self.joined(name, given)
        values, swept = self.values(given, self.domains[name], name)
        for value in values:
            if option.is_path(value):
                self.check_path(name, option, self.resolved(value))
        return values, swept

    def check_path(self, name: str, option: RunOption, path: Path) -> None:
        if not exists(path):
            raise self.wrong(f"{name}: there is no '{shown_path(path)}'; paths are seen from the sweep file")
        if option.placeholder != "DIR" and not path.is_file():
            raise self.wrong(f"{name}: '{shown_path(path)}' is not a file")
        if option.placeholder == "DIR" and not exists(path / "network.json"):
            raise self.wrong(f"{name}: there is no network.json in '{shown_path(path)}'")

    def joined(self, name: str, given: list[Any]) -> str:
        """A list of layers is one choice of layers: they run one after another in each point."""
        if not given or not all(isinstance(part, str) and part for part in given):
            raise self.wrong(f"{name}: is to be a list of names, with one at least; leave it out to run all")
        return ",".join(given)

    def parameter_lists(self, given: Any, platforms: list[str]) -> dict[str, tuple[list[Value], bool]]:
        if not isinstance(given, dict):
            raise self.wrong("parameters: is not an object of parameter names and values")
        lists: dict[str, tuple[list[Value], bool]] = {}
        for name, values in given.items():
            for platform in platforms:
                known = self.program.parameters(platform)
                if name not in known:
                    near = did_you_mean(name, known) or ":"
                    way_out = f"'nonzero params {platform}' lists them"
                    if len(platforms) > 1:
                        way_out += "; platforms that differ in what is set need a sweep file each"
                    raise self.wrong(f"parameters: {platform} has no parameter {quoted(name)}{near} {way_out}")
                self.domains[name] = known[name]
                lists[name] = self.values(values, known[name], f"parameters: {name}")
            self.parameters.append(name)
        return lists

    def values(self, given: Any, domain: Domain, where: str) -> tuple[list[Value], bool]:
        where = f"{shown_path(self.path)}: {where}"
        if isinstance(given, dict):
            return _range(given, domain, where), True
        if not isinstance(given, list):
            return [domain.check(given, where)], False
        if not given:
            raise UserError(f"{where}: the list is empty; give it a value or leave it out")
        values = [domain.check(value, where) for value in given]
        seen = set()
        for text in map(text_of, values):  # by text, because True == 1
            if text in seen:
                raise UserError(f"{where}: {shown(text)} is in the list twice")
            seen.add(text)
        return values, True

    def check_layers(self, lists: dict[str, tuple[list[Value], bool]]) -> None:
        networks = lists.get("network", ([], False))[0]
        for network in networks:
            shown = str(self.resolved(network)) if self.is_path("network", network) else str(network)
            try:
                known = self.program.layer_names(shown)
            except UserError as error:
                raise self.wrong(f"network: {error}") from None
            for name in str(lists["layers"][0][0]).split(",") if "layers" in lists else []:
                if name not in known:
                    near = did_you_mean(name, known)
                    way_out = f"'nonzero describe network {shown_path(network)}' lists all"
                    raise self.wrong(f"layers: {shown_path(network)} has no layer {quoted(name)}{near} ({way_out})")

    # The cross product --------------------------------------------------------------------------------------------
    def axes(self, lists: dict[str, tuple[list[Value], bool]], together: Any) -> tuple[Axis, ...]:
        swept = {name: values for name, (values, is_list) in lists.items() if is_list}
        groups = self.groups(swept, together)
        axes = []
        for name in swept:
            group = next((group for group in groups if name in group), (name,))
            if name == group[0]:
                axes.append(Axis(group, tuple(zip(*(swept[member] for member in group), strict=True))))
        count = math.prod(len(axis.steps) for axis in axes)
        if count > MOST_POINTS:
            raise self.wrong(f"makes {count} points, more than {MOST_POINTS}; shorten a list or split the sweep")
        return tuple(axes)

    def groups(self, swept: dict[str, list[Value]], together: Any) -> list[tuple[str, ...]]:
        """What advances together, each group in the order of the file."""
        if not isinstance(together, list) or not all(
            isinstance(group, list) and all(isinstance(name, str) for name in group) for group in together
        ):
            raise self.wrong('together: is to be a list of lists of names, such as [["weight-density", "seed"]]')
        groups: list[tuple[str, ...]] = []
        for given in together:
            for name in given:
                if name not in swept:
                    raise self.wrong(f"together: {quoted(name)} is not swept; give it a list{did_you_mean(name, swept)}")
                if given.count(name) > 1 or any(name in group for group in groups):
                    raise self.wrong(f"together: {quoted(name)} is named twice")
            if len(given) < 2:
                raise self.wrong("together: a group needs two names at least")
            first, *others = sorted(given, key=list(swept).index)
            for name in others:
                if len(swept[name]) != len(swept[first]):
                    lengths = f"'{first}' has {len(swept[first])} values, '{name}' {len(swept[name])}"
                    raise self.wrong(f"together: {lengths}; what advances together has equally many")
            groups.append((first, *others))
        return groups

    def points(self, axes: tuple[Axis, ...], fixed: dict[str, Value]) -> Iterator[Point]:
        varying = [name for axis in axes if len(axis.steps) > 1 for name in axis.names]
        for number, steps in enumerate(itertools.product(*(axis.steps for axis in axes)), start=1):
            values: dict[str, Value] = {}
            for axis, step in zip(axes, steps, strict=True):
                values.update(zip(axis.names, step, strict=True))
            request = self.request({**fixed, **values})
            label = " ".join(f"{name}={text_of(values[name])}" for name in varying) or request.platform
            yield Point(number, values, label, request)

    def request(self, settings: dict[str, Value]) -> Request:
        options = {
            name: str(self.resolved(settings[name])) if self.is_path(name, settings[name]) else settings[name]
            for name in self.options
        }
        return Request(str(settings["platform"]), options, {name: settings[name] for name in self.parameters})

    def is_path(self, name: str, value: Value) -> bool:
        return self.program.run_options()[name].is_path(value)

    def resolved(self, value: Value) -> Path:
        return (self.path.parent / str(value)).absolute()


def _range(given: dict[str, Any], domain: Domain, where: str) -> list[Value]:
    """{"from": 1, "to": 9, "step": 2} or {"from": 1, "to": 16, "factor": 2}; the end is in it where it is met."""
    if not domain.numeric:
        raise UserError(f"{where}: a range needs numbers; give a list")
    advance = next((key for key in ("step", "factor") if key in given), "step")
    if sorted(given) != sorted(["from", "to", advance]):
        raise UserError(f"{where}: a range has 'from', 'to' and either 'step' or 'factor', and nothing else")
    for key in given:
        Domain("real").check(given[key], f"{where}: {key}")
    # Decimal, so that steps of 0.1 are what they look like.
    first, last, by = (Decimal(str(given[key])) for key in ("from", "to", advance))
    if first > last:
        raise UserError(f"{where}: 'from' is larger than 'to'")
    if advance == "step" and by <= 0:
        raise UserError(f"{where}: 'step' is to be above 0")
    if advance == "factor" and (by <= 1 or first <= 0):
        raise UserError(f"{where}: 'factor' is to be above 1, and 'from' above 0")
    values: list[Value] = []
    value = first
    while value <= last:
        if len(values) == MOST_POINTS:
            raise UserError(f"{where}: the range has more than {MOST_POINTS} values")
        values.append(domain.check(int(value) if value == value.to_integral_value() else float(value), where))
        value = value + by if advance == "step" else value * by
    return values


@dataclass(frozen=True)
class _NoNumber:
    """NaN or an infinity, which Python's reader takes for JSON."""

    name: str


def _no_number(value: Any) -> _NoNumber | None:
    """The first in a value or, however deep, in its lists; objects are looked through on their own."""
    if isinstance(value, list):
        return next(filter(None, map(_no_number, value)), None)
    return value if isinstance(value, _NoNumber) else None


def _parse(path: Path) -> Any:
    where = shown_path(path)
    try:
        text = read_file(path).decode("utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{where}: is not a text in UTF-8") from None

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen = dict(pairs)
        if len(seen) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise UserError(f"{where}: {quoted(twice)} is given twice")
        for name, value in pairs:
            if found := _no_number(value):
                raise UserError(f"{where}: {shown(name)}: {found.name} is no number that can be used")
        return seen

    try:
        return json.loads(text, object_pairs_hook=unique, parse_constant=_NoNumber)
    except json.JSONDecodeError as error:
        raise UserError(f"{where}: line {error.lineno}, column {error.colno}: {error.msg}") from None
    except ValueError:  # of the conversion of a number
        raise UserError(f"{where}: a number has too many digits") from None
    except RecursionError:
        raise UserError(f"{where}: is nested too deep") from None
