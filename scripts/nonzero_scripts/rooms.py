"""Checks that the arrows between the rooms do not turn: what each may include, and what reaches no SystemC."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from .command import run_command
from .errors import UserError, shown_path
from .program import PROJECT

# From the bottom up: a room includes itself and what stands in the lines under it. Rooms of one line do not know each other.
LINES = (
    ("workloads",),
    ("models/base",),
    ("models/trace", "models/memory", "models/noc", "models/dma"),
    ("models/host",),
    ("models/engine",),
    ("models/post",),
    ("models/pe_array", "models/gemm"),
    ("models/masked",),
    ("models/scnn", "models/dcnn", "models/demm", "models/systolic", "models/phantom", "models/dense", "models/eyeriss_v2", "models/sparten", "models/opu"),
    ("lowering",),
    ("platforms",),
    ("study",),
    ("sc_main",),
)
SYSTEMC = ("systemc", "systemc.h", "tlm", "tlm.h")
PLAIN_ROOMS = ("workloads", "lowering")
PLAIN_LIBRARY = "nonzero_kernels"


def room_of(path: str) -> str | None:
    """The room of a file, going by its path in the project; None where it is in none."""
    return max((room for line in LINES for room in line if path.startswith(room + "/")), key=len, default=None)


def allowed(room: str) -> set[str]:
    place = next(index for index, line in enumerate(LINES) if room in line)
    return {room, *(lower for line in LINES[:place] for lower in line)}


class Sources:
    def __init__(self, project: Path):
        self.project = project
        self.files = sorted(
            str(path.relative_to(project))
            for top in dict.fromkeys(room.split("/")[0] for line in LINES for room in line)
            for path in (project / top).rglob("*")
            if path.suffix in (".h", ".cpp")
        )
        if not self.files:
            raise UserError(f"{shown_path(project)} holds none of the rooms")
        self.quoted: dict[str, list[tuple[int, str]]] = {}
        self.systemc: dict[str, str] = {}  # file -> the header of SystemC that it includes itself
        for file in self.files:
            self.quoted[file] = []
            for number, line in enumerate((project / file).read_text().splitlines(), 1):
                if found := re.match(r'\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', line):
                    if found[1]:
                        self.quoted[file].append((number, found[1]))
                    elif found[2] in SYSTEMC or found[2].startswith("tlm_utils/"):
                        self.systemc.setdefault(file, found[2])

    def turned_arrows(self) -> Iterator[str]:
        for file in self.files:
            room = room_of(file)
            if room is None:
                yield f"{file}: is in no room"
                continue
            for number, included in self.quoted[file]:
                other = room_of(included)
                if other is None:
                    yield f"{file}:{number}: includes {included}, which is in no room"
                elif other not in allowed(room):
                    yield f"{file}:{number}: {room} includes {included}"

    def plain_files(self) -> list[str]:
        plain = [file for file in self.files if room_of(file) in PLAIN_ROOMS]
        for lists in sorted(self.project.glob("models/**/CMakeLists.txt")):
            folder = lists.parent.relative_to(self.project)
            for found in re.finditer(rf"target_sources\(\s*{PLAIN_LIBRARY}\s+PRIVATE([^)]*)\)", lists.read_text()):
                plain += [str(folder / name) for name in found[1].split()]
        return plain

    def way_to_systemc(self, file: str) -> list[str]:
        """The includes from a file to the first header of SystemC; empty where there is no way."""
        ways = [[file]]
        seen = {file}
        for way in ways:
            if way[-1] in self.systemc:
                return [*way, f"<{self.systemc[way[-1]]}>"]
            for _, included in self.quoted.get(way[-1], ()):
                if included not in seen:
                    seen.add(included)
                    ways.append([*way, included])
        return []

    def impure(self) -> Iterator[str]:
        for file in self.plain_files():
            if way := self.way_to_systemc(file):
                yield f"{' -> '.join(way)}: {PLAIN_LIBRARY}, workloads and lowering are without SystemC"


def check(project: Path) -> int:
    sources = Sources(project)
    problems = [*sources.turned_arrows(), *sources.impure()]
    for problem in problems:
        print(problem)
    if not problems:
        print(f"rooms: the includes of {len(sources.files)} files are in order")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(run_command("rooms", lambda: check(PROJECT)))
