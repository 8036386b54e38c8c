"""The report: aligned tables for the terminal, Markdown for the documentation, plots."""

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..plots import PlotRequest, draw_lines
from ..sweep_file import Axis, Sweep
from .figures import Chart, Section, Table
from .judgement import Judgement

NARROWEST = 30  # of the column that gets the room left
WIDEST = 32  # of other columns whose text is broken into lines
NUMBER = re.compile(r"[-+±≤≥<> ]*[\d.,]*\d( ?%| x)?$")


def target_table(judgements: Iterable[Judgement], published: str) -> Table:
    """published: what the column of the values that ours are compared with is called."""
    head = ["target", "quantity", published, "ours", "distance", "accepted", "class", "verdict", "what stands behind"]
    rows = []
    for one in judgements:
        unit = "" if one.entry.unit in ("", "%", "x") else f" [{one.entry.unit}]"
        rows.append(
            [one.entry.target, one.entry.quantity + unit, one.published, one.ours, one.distance, one.accepted,
             one.entry.class_, one.verdict, one.behind]
        )  # fmt: skip
    return Table(head, rows, wrap=(2, 3, len(head) - 1))


# Terminal ---------------------------------------------------------------------------------------------------------
def terminal_text(sections: Mapping[str, Section], width: int) -> str:
    parts = []
    for title, section in sections.items():
        parts.append(f"{title}\n{'=' * len(title)}")
        parts += [textwrap.fill(_plain(text), width) for text in section.text]
        if section.table:
            parts.append(_aligned(section.table, width))
        parts += [textwrap.fill(_plain(text), width) for text in section.notes]
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    """Without Markdown's emphasis and links."""
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text).replace("*", "").replace("`", "")


def _aligned(table: Table, width: int) -> str:
    widths = _widths(table)
    for index in table.wrap[:-1]:
        widths[index] = min(widths[index], WIDEST)
    for index in table.wrap[-1:]:
        others = sum(widths) - widths[index] + 2 * (len(widths) - 1)
        widths[index] = min(widths[index], max(NARROWEST, width - others))
    lines = [_line(table.head, widths, table)]
    for row in table.rows:
        broken = [
            textwrap.wrap(cell, widths[index], break_on_hyphens=False) or [""] if index in table.wrap else [cell]
            for index, cell in enumerate(row)
        ]
        for number in range(max(len(cell) for cell in broken)):
            lines.append(_line([cell[number] if number < len(cell) else "" for cell in broken], widths, table))
    return "\n".join(line.rstrip() for line in lines)


def _widths(table: Table) -> list[int]:
    return [max(len(cell) for cell in column) for column in zip(table.head, *table.rows, strict=True)]


def _line(cells: Sequence[str], widths: Sequence[int], table: Table) -> str:
    right = _right_aligned(table)
    return "  ".join(
        cell.rjust(size) if index in right else cell.ljust(size)
        for index, (cell, size) in enumerate(zip(cells, widths, strict=True))
    )


def _right_aligned(table: Table) -> frozenset[int]:
    """Columns of numbers, but for the first, which names its row."""
    found = set()
    for index, column in enumerate(zip(*table.rows, strict=True)):
        written = [cell for cell in column if cell]
        if index > 0 and 2 * sum(bool(NUMBER.match(cell)) for cell in written) > len(written):
            found.add(index)
    return frozenset(found)


# Markdown ---------------------------------------------------------------------------------------------------------
def markdown_text(title: str, introduction: Sequence[str], sections: Mapping[str, Section]) -> str:
    """sections: by title."""
    parts = [f"# {title}", *introduction]
    for heading, section in sections.items():
        parts += [f"## {heading}", *section.text]
        if section.table:
            parts.append(_markdown_table(section.table))
        parts += section.notes
        if section.charts:
            files = ", ".join(f"`{chart.name}.png`" for chart in section.charts)
            parts.append(f"Plotted in {files}.")
    return "\n\n".join(parts) + "\n"


def _markdown_table(table: Table) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    right = _right_aligned(table)
    rule = ["---:" if index in right else "---" for index in range(len(table.head))]
    return "\n".join([line(table.head), line(rule), *(line(row) for row in table.rows)])


# Plots ------------------------------------------------------------------------------------------------------------
def draw_chart(chart: Chart, directory: Path) -> Path:
    places = sorted({x for line in chart.lines.values() for x in line})
    across = Axis((chart.x,), tuple((place,) for place in places))
    lines = Axis((" ",), tuple((name,) for name in chart.lines))
    rows = [{chart.x: x, " ": name, chart.y: y} for name, line in chart.lines.items() for x, y in line.items()]
    sweep = Sweep(chart.title, (across, lines), (), {})
    request = PlotRequest(across, lines, {})
    return draw_lines(sweep, rows, request, chart.y, directory / f"{chart.name}.png", chart.title)
