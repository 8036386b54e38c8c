"""Speed of the whole command: time beside another build, and instructions, which repeat on any machine."""

import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .errors import HostError, UserError, os_failure, quoted, shown_path
from .files import read_file, replace_file
from .program import PROJECT, Program, last_line
from .progress import OUTPUT

_DENSITIES = ("--kinds", "convolution", "--weight-density", "0.35", "--activation-density", "0.40")
# What is timed: arguments of the command.
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "alexnet": ("run", "scnn", "--network", "alexnet", *_DENSITIES),
    "vgg16": ("run", "scnn", "--network", "vgg16", *_DENSITIES),
    "alexnet-counts": ("run", "scnn", "--network", "alexnet", *_DENSITIES, "--no-values"),
    "vgg16-counts": ("run", "scnn", "--network", "vgg16", *_DENSITIES, "--no-values"),
    "resnet50-demm": ("run", "demm", "--network", "resnet50", "--nm", "8:128"),
    "vgg16-dcnn": ("run", "dcnn", "--network", "vgg16"),
    "large-machine": ("run", "scnn", "--network", "alexnet", "--layers", "conv3", "--set=pe.rows=64", "--set=pe.columns=64"),
}
GROWTH = 0.05  # of instructions, that is passed over


@dataclass(frozen=True)
class Timing:
    """One run of a whole command. Seconds, MiB; simulation: wall time inside the simulated machines."""

    cpu: float
    wall: float
    peak: float
    simulation: float


def time_command(program: Program, arguments: Collection[str]) -> Timing:
    """Runs it to its end. UserError with its own line where it fails."""
    with tempfile.TemporaryDirectory(prefix="nonzero_bench.") as folder:
        results = Path(folder) / "results.json"
        words = [str(program.path), *arguments, "--json", str(results)]
        begin = time.monotonic()
        with open(Path(folder) / "errors", "wb+") as errors:
            child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            wall = time.monotonic() - begin
            if child.returncode != 0:
                errors.seek(0)
                line = last_line(errors.read().decode(errors="replace"))
                raise UserError(f"{quoted(' '.join(arguments))} ended with status {child.returncode}: {line}")
        host = json.loads(read_file(results.with_suffix(".host.json")))
        simulation = sum(layer["simulation_seconds"] for layer in host["layers"])
    return Timing(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, simulation)


def measure_times(program: Program, against: Program | None, names: Collection[str], runs: int) -> int:
    """Prints a row for each command: medians, and with another build the medians of the ratios of neighbouring runs."""
    heading = f"{'command':16} {'CPU s':>8} {'wall s':>8} {'simulating s':>13} {'peak MiB':>9}"
    OUTPUT.line(heading + (f" {'CPU ratio':>10} {'wall ratio':>11}" if against else ""))
    for name in names:
        own, other = [], []
        for _ in range(runs):
            if against:
                other.append(time_command(against, COMMANDS[name]))
            own.append(time_command(program, COMMANDS[name]))
        row = f"{name:16} {median(t.cpu for t in own):8.3f} {median(t.wall for t in own):8.3f}"
        row += f" {median(t.simulation for t in own):13.3f} {median(t.peak for t in own):9.0f}"
        if against:
            row += f" {median(a.cpu / b.cpu for a, b in zip(own, other, strict=True)):10.3f}"
            row += f" {median(a.wall / b.wall for a, b in zip(own, other, strict=True)):11.3f}"
        OUTPUT.line(row)
    return 0


@dataclass(frozen=True)
class Yardstick:
    """The layer whose instructions are counted, and the recorded counts with what they depend on."""

    layer: Path
    counts: Path

    @classmethod
    def of_project(cls) -> "Yardstick":
        return cls(PROJECT / "bench/layer.json", PROJECT / "bench/instructions.json")


def count_instructions(program: Program, arguments: Collection[str], function: str = "") -> int:
    """Of the whole command; with a function only inside it."""
    with tempfile.TemporaryDirectory(prefix="nonzero_bench.") as folder:
        words = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/callgrind.out"]
        words += [f"--toggle-collect={function}"] if function else []
        try:
            done = subprocess.run([*words, program.path, *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                                  encoding="utf-8", errors="replace", check=False)
        except OSError as error:
            raise os_failure("valgrind cannot be run", error, "'scripts/setup speed' installs it") from error
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        raise HostError(f"valgrind ended with status {done.returncode}: {last_line(done.stderr)}")
    return int(found[1])


def conditions_of(program: Program) -> str:
    """What counts depend on beside the sources: the compiler, by the name that it leaves in the program, and whether
    the processor has AVX2, the widest vectors that valgrind knows."""
    notes = subprocess.run(["readelf", "-p", ".comment", program.path], capture_output=True, encoding="utf-8",
                           errors="replace", check=False).stdout
    found = re.findall(r"\]\s+(.*)", notes)
    compiler = found[0].strip() if found else "unknown compiler"
    flags = re.search(r"^flags\s*:(.*)$", read_file(Path("/proc/cpuinfo")).decode(errors="replace"), re.MULTILINE)
    return f"{compiler}, {'with' if flags and 'avx2' in flags[1].split() else 'without'} AVX2"


def measure_instructions(program: Program, yardstick: Yardstick, *, record: bool) -> int:
    """1 where a count has grown; counts under other conditions are shown and decide nothing."""
    layer = ["--network", str(yardstick.layer), "--threads", "1"]
    counted: dict[str, tuple[list[str], str]] = {
        platform: (["run", platform, *layer], "") for platform in program.platforms
    }
    counted["reference"] = (["run", "dcnn", *layer], "nonzero::convolve*")
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        counts = dict(zip(counted, pool.map(lambda what: count_instructions(program, *what), counted.values()), strict=True))
    conditions = conditions_of(program)
    if record:
        text = json.dumps({"conditions": conditions, "instructions": counts}, indent=2)
        replace_file(yardstick.counts, f"{text}\n".encode())
        OUTPUT.line(f"{shown_path(yardstick.counts)}: {len(counts)} counts recorded")
        return 0
    recorded = json.loads(read_file(yardstick.counts))
    alike = recorded["conditions"] == conditions
    grown = []
    for name, count in counts.items():
        before = recorded["instructions"].get(name)
        change = count / before - 1 if before else None
        if change is None or change > GROWTH:
            grown.append(name)
        OUTPUT.line(f"{name:16} {count:13,} {'not recorded' if change is None else f'{100 * change:+.1f} %'}")
    if not alike:
        OUTPUT.line(f"nothing is judged: recorded with {recorded['conditions']}, this is {conditions}")
        return 0
    if grown:
        OUTPUT.line(f"more instructions than recorded: {', '.join(grown)}; make them fewer, or record with reason")
    return 1 if grown else 0
