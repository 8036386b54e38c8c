"""The built `nonzero` command: what it offers, one run of it, what a run leaves behind."""

import functools
import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from .domain import Domain, Value, text_of
from .errors import UserError, os_failure, printable, quoted, shown_path
from .files import content_digest, exists, file_digest

PROJECT = Path(__file__).resolve().parents[2]
# Where everything is made, as in common.sh.
_ELSEWHERE = os.environ.get("NONZERO_BUILD_DIR")
BUILT = (Path(_ELSEWHERE) if _ELSEWHERE else PROJECT / "build") / "release/sc_main/nonzero"
RESULTS = (Path(_ELSEWHERE) if _ELSEWHERE else PROJECT) / "out"
PATIENCE = 60  # seconds for what the program answers at once
T = TypeVar("T")


@dataclass(frozen=True)
class RunOption:
    """An option of `nonzero run`, or of another command with results."""

    name: str
    placeholder: str  # empty: a flag

    @property
    def is_flag(self) -> bool:
        return not self.placeholder

    def is_path(self, value: Value) -> bool:
        """Whether this value of it names a file or directory: always, or where a name would do (NAME|FILE)."""
        if self.placeholder in ("FILE", "DIR"):
            return True
        return "FILE" in self.placeholder and ("/" in str(value) or str(value).endswith(".json"))


@dataclass(frozen=True)
class Request:
    """One run: `nonzero run PLATFORM`, or another command with results. A flag among the options is True or False."""

    platform: str
    options: Mapping[str, Value] = field(default_factory=dict)
    parameters: Mapping[str, Value] = field(default_factory=dict)
    command: str = "run"

    def arguments(self) -> list[str]:
        words = [self.command, self.platform] if self.platform else [self.command]
        for name, value in self.options.items():
            if isinstance(value, bool):
                words += [f"--{name}"] if value else []
            else:
                words.append(f"--{name}={text_of(value)}")  # one word: the value may begin with a dash
        for name, value in self.parameters.items():
            words.append(f"--set={name}={text_of(value)}")
        return words


class Program:
    """Asks the command what it knows, so that no list of platforms, parameters or options is kept twice."""

    def __init__(self, path: Path | None = None):
        self.path = (path or BUILT).absolute()
        if not exists(self.path):
            raise UserError(
                f"there is no program {shown_path(self.path)}; scripts/run builds it, --program PATH names another one"
            )
        if not self.output_of("--version").startswith("nonzero "):
            raise UserError(f"{shown_path(self.path)} is another program than nonzero")

    def output_of(self, *arguments: str) -> str:
        """The standard output of a short command; a UserError with the program's own line where it fails."""
        try:
            done = subprocess.run(
                [self.path, *arguments],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                check=False,
                timeout=PATIENCE,
            )
        except OSError as error:
            raise os_failure(f"{shown_path(self.path)} cannot be run", error) from error
        except ValueError as error:  # a zero character, or half a surrogate pair
            raise UserError(f"{quoted(' '.join(arguments))} cannot be asked: {error}") from None
        except subprocess.TimeoutExpired:
            raise UserError(f"{shown_path(self.path)} gives no answer within {PATIENCE} s") from None
        if done.returncode != 0:
            raise UserError(last_line(done.stderr) or f"{shown_path(self.path)} ended with status {done.returncode}")
        return done.stdout

    def answer(self, read: Callable[[Any], T], *arguments: str) -> T:
        """What read() makes of the JSON that a command prints; a UserError where that is of another form."""
        text = self.output_of(*arguments, "--json")
        try:
            return read(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            words = " ".join((*arguments, "--json"))
            raise UserError(f"{shown_path(self.path)} answers {quoted(words)} in a form that is not known here") from None

    @functools.cache
    def parameters(self, platform: str) -> dict[str, Domain]:
        return self.answer(
            lambda rows: {row["name"]: Domain.of_parameter(row["type"], row["range"], row["unit"]) for row in rows},
            "params",
            _no_option(platform),
        )

    @functools.cached_property
    def platforms(self) -> tuple[str, ...]:
        return self.answer(lambda lists: tuple(row["name"] for row in lists["platforms"]), "list", "platforms")

    @functools.cache
    def run_options(self, command: str = "run") -> dict[str, RunOption]:
        return self.answer(
            lambda page: {row["name"]: RunOption(row["name"], row["takes"] or "") for row in page["options"]},
            "describe",
            "command",
            command,
        )

    @functools.cache
    def layer_names(self, network: str) -> tuple[str, ...]:
        """Of a built-in network or a network file."""
        return self.answer(
            lambda page: tuple(layer["name"] for layer in page["layers"]), "describe", "network", _no_option(network)
        )

    @functools.cached_property
    def digest(self) -> str:
        """Tells one build from another: results of the two must not be mixed."""
        return file_digest(self.path)

    def key(self, request: Request) -> str:
        """Equal for equal results: everything that they depend on, files by their content."""
        options: dict[str, Value] = {}
        for name, value in request.options.items():
            if self.run_options(request.command)[name].is_path(value):
                options[name] = "content:" + content_digest(Path(str(value)))
            elif value is not False:
                options[name] = value
        everything = [self.digest, request.command, request.platform, options, dict(request.parameters)]
        return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()


def _no_option(name: str) -> str:
    if name.startswith("-"):
        raise UserError(f"{quoted(name)} is no name: it begins with a dash")
    return name


def last_line(text: str) -> str:
    """The last line that says something, without the program's name."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return printable(lines[-1].removeprefix("nonzero: ")) if lines else ""


def from_project(path: Path) -> Path:
    """As help texts show a path."""
    return path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path
