"""The built `nonzero` command: what it offers, one run of it, what a run leaves behind."""

import functools
import hashlib
import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .domain import Domain, Value, text_of
from .errors import UserError

PROJECT = Path(__file__).resolve().parents[2]
BUILT = PROJECT / "build/release/sc_main/nonzero"


@dataclass(frozen=True)
class RunOption:
    """An option of `nonzero run`, as its help shows it."""

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
    """One run: `nonzero run PLATFORM`. A flag among the options is True or False."""

    platform: str
    options: Mapping[str, Value] = field(default_factory=dict)
    parameters: Mapping[str, Value] = field(default_factory=dict)

    def arguments(self) -> list[str]:
        words = ["run", self.platform]
        for name, value in self.options.items():
            if isinstance(value, bool):
                words += [f"--{name}"] if value else []
            else:
                words += [f"--{name}", text_of(value)]
        for name, value in self.parameters.items():
            words += ["--set", f"{name}={text_of(value)}"]
        return words


class Program:
    """Asks the command what it knows, so that no list of platforms, parameters or options is kept twice."""

    def __init__(self, path: Path | None = None):
        self.path = (path or BUILT).absolute()
        if not self.path.is_file():
            raise UserError(f"there is no program {self.path}; scripts/run builds it, --program PATH names another one")

    def output_of(self, *arguments: str) -> str:
        """The standard output of a short command; a UserError with the program's own line where it fails."""
        try:
            done = subprocess.run([self.path, *arguments], capture_output=True, text=True, check=False)
        except OSError as error:
            raise UserError(f"{self.path} cannot be run: {error.strerror}") from error
        if done.returncode != 0:
            raise UserError(last_line(done.stderr) or f"{self.path} ended with status {done.returncode}")
        return done.stdout

    @functools.cache
    def parameters(self, platform: str) -> dict[str, Domain]:
        rows = json.loads(self.output_of("params", platform, "--json"))
        return {row["name"]: Domain.of_parameter(row["type"], row["range"], row["unit"]) for row in rows}

    @functools.cached_property
    def platforms(self) -> tuple[str, ...]:
        lines = self.output_of("list", "platforms").splitlines()
        return tuple(line.split()[0] for line in lines if line.startswith("  "))

    @functools.cache
    def run_options(self) -> dict[str, RunOption]:
        # "  --seed N   of the …": what takes a value names it in capitals.
        found = re.findall(r"^  --([a-z][a-z0-9-]*)(?: ([A-Z]\S*))?", self.output_of("run", "--help"), re.MULTILINE)
        return {name: RunOption(name, placeholder) for name, placeholder in found}

    @functools.cache
    def layer_names(self, network: str) -> tuple[str, ...]:
        """Of a built-in network or a network file."""
        lines = iter(self.output_of("describe", "network", network).splitlines())
        for line in lines:
            if re.match(r"layer +kind ", line):
                break
        names = []
        for line in lines:
            if not line.strip():
                break
            names.append(line.split()[0])
        return tuple(names)

    @functools.cached_property
    def digest(self) -> str:
        """Tells one build from another: results of the two must not be mixed."""
        return file_digest(self.path)

    def key(self, request: Request) -> str:
        """Equal for equal results: everything that they depend on, files by their content."""
        options: dict[str, Value] = {}
        for name, value in request.options.items():
            if self.run_options()[name].is_path(value):
                options[name] = "content:" + content_digest(Path(str(value)))
            elif value is not False:
                options[name] = value
        everything = [self.digest, request.platform, options, dict(request.parameters)]
        return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()


def last_line(text: str) -> str:
    """The last line that says something, without the program's name."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("nonzero: ") if lines else ""


def file_digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"'{path}' cannot be read: {error.strerror}") from error


@functools.cache
def content_digest(path: Path) -> str:
    """Of a file, or of all files of a directory with their names."""
    if not path.is_dir():
        return file_digest(path)
    whole = hashlib.sha256()
    for file in sorted(file for file in path.rglob("*") if file.is_file()):
        whole.update(f"{file.relative_to(path)}\0{file_digest(file)}\0".encode())
    return whole.hexdigest()
