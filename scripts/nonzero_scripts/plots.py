"""Plots of a sweep: a line over one swept parameter, lines and a heat map over two."""

import importlib.util
import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .domain import Value, text_of
from .errors import UserError, did_you_mean, printable, quoted, shown
from .files import replace_file
from .sweep_file import LONGEST_TITLE, Axis, Sweep
from .tables import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_TICKS = 12  # more values than these get the ticks that matplotlib chooses
MOST_LINES_BELOW_EACH_OTHER = 18
MOST_CELLS_WITH_TEXT = 150
LONGEST_FILE_NAME = 200  # bytes; file systems take 255
# By the first part of a column's name, then by the end of the whole.
UNITS_BY_GROUP = {
    "cycles_by_cause": "unit cycles",
    "other_cycles": "cycles",
    "uneven_work_cycles": "cycles",
    "energy_pj": "pJ",
    "area_mm2": "mm²",
    "overflows": "outputs",
}
UNITS_BY_END = {"cycles": "cycles", "_bytes": "bytes", "_pj": "pJ"}


@dataclass(frozen=True)
class PlotRequest:
    across: Axis
    lines: Axis | None
    where: dict[str, str]  # what else is swept, and the value that is shown


def check_installed() -> None:
    """Before anything runs; the modules themselves are loaded when there is something to plot."""
    missing = [name for name in ("numpy", "matplotlib") if importlib.util.find_spec(name) is None]
    if missing:
        names = " and ".join(missing)
        raise UserError(f"--plot needs {names}; 'scripts/setup python' installs the package group")


def plan_plot(sweep: Sweep, text: str, where: Sequence[str]) -> PlotRequest:
    """text: "auto", "X" or "X,LINES"; where: "NAME=VALUE" each."""
    fixed = dict(_condition(sweep, condition) for condition in where)
    free = [axis for axis in sweep.axes if len(axis.steps) > 1 and not fixed.keys() & set(axis.names)]
    if text == "auto":
        if not free:
            raise UserError("--plot: nothing varies, so there is nothing to plot")
        # Numbers go across, and of them what has the most values.
        free.sort(key=lambda axis: (not _is_numeric(axis), -len(axis.steps)))
        chosen = free[:2]
    else:
        chosen = [_axis_of(sweep, name, "--plot") for name in text.split(",")]
        if len(chosen) > 2 or len(set(chosen)) < len(chosen):
            raise UserError(f"--plot {quoted(text)}: takes one swept name, or two that do not advance together")
        for axis in chosen:
            if fixed.keys() & set(axis.names):
                raise UserError(f"--plot {quoted(text)}: '{axis.names[0]}' is held at one value by --where")
    for axis in free:
        if axis not in chosen:
            name, value = axis.names[0], text_of(axis.steps[0][0])
            raise UserError(
                f"--plot {quoted(text)}: '{name}' has {len(axis.steps)} values too; choose one: --where {name}={shown(value)}"
            )
    return PlotRequest(chosen[0], chosen[1] if len(chosen) > 1 else None, fixed)


def _condition(sweep: Sweep, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UserError(f"--where {quoted(text)}: is not of the form NAME=VALUE")
    axis = _axis_of(sweep, name, "--where")
    values = [text_of(step[axis.names.index(name)]) for step in axis.steps]
    if value not in values:
        raise UserError(f"--where {quoted(text)}: {name} has the values {', '.join(map(shown, values))}")
    return name, value


def _axis_of(sweep: Sweep, name: str, option: str) -> Axis:
    for axis in sweep.axes:
        if name in axis.names:
            return axis
    near = did_you_mean(name, sweep.names) or f"; swept are: {', '.join(sweep.names) or 'none'}"
    raise UserError(f"{option}: {quoted(name)} is not swept{near}")


def check_figure_name(name: str, rows: Sequence[Row], swept: Sequence[str]) -> None:
    known = dict.fromkeys(
        column
        for row in rows
        for column, value in row.items()
        if column not in ("point", *swept) and isinstance(value, (int, float))
    )
    if known and name not in known:
        near = did_you_mean(name, known) or ": see the columns of results.csv"
        raise UserError(f"--y: there is no column {quoted(name)}{near}")


def draw(sweep: Sweep, rows: Sequence[Row], request: PlotRequest, y: str, directory: Path, heading: str) -> list[Path]:
    """The files that were written. rows: those of results.csv."""
    _prepare()
    kept = [row for row in rows if all(text_of(row[name]) == value for name, value in request.where.items())]
    where = (f"{name} = {shown(value)}" for name, value in request.where.items())
    heading = "\n".join([printable(heading, LONGEST_TITLE), *where])
    held = "".join(f"_{name}-{value}" for name, value in request.where.items())
    stem = f"{y}_over_{request.across.names[0]}"
    if request.lines is None:
        return [_save(_lines(sweep, kept, request, y, heading), directory / _file_name(stem + held))]
    stem += f"_by_{request.lines.names[0]}{held}"
    return [
        _save(_lines(sweep, kept, request, y, heading), directory / _file_name(stem)),
        _save(_heat_map(sweep, kept, request, y, heading), directory / _file_name(stem + "_map")),
    ]


def draw_lines(sweep: Sweep, rows: Sequence[Row], request: PlotRequest, y: str, path: Path, heading: str) -> Path:
    """The lines alone, in a file of that name."""
    _prepare()
    return _save(_lines(sweep, rows, request, y, heading), path)


def _prepare() -> None:
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["text.parse_math"] = False  # a '$' in a title or a value is a '$'
    warnings.filterwarnings("ignore", message="Glyph ", category=UserWarning)  # a letter the font lacks is a box


def _file_name(stem: str) -> str:
    name = "".join(character if character.isalnum() or character in "._-" else "-" for character in stem)
    return name.encode()[:LONGEST_FILE_NAME].decode(errors="ignore") + ".png"


def _save(figure: "Figure", path: Path) -> Path:
    from matplotlib import pyplot

    try:
        # Without the version of matplotlib the same figure is the same file.
        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=150, metadata={"Software": None})
    finally:
        pyplot.close(figure)
    replace_file(path, picture.getvalue())
    return path


# Values -----------------------------------------------------------------------------------------------------------
def _table(rows: Sequence[Row], across: Axis, lines: Axis | None, y: str) -> Any:
    """y of every pair of steps, [line][across]; nan where a point failed or is missing."""
    import numpy

    places_across = {_step_text(step): index for index, step in enumerate(across.steps)}
    places_lines = {_step_text(step): index for index, step in enumerate(lines.steps)} if lines else {"": 0}
    table = numpy.full((len(places_lines), len(places_across)), numpy.nan)
    for row in rows:
        line = _step_text([row[name] for name in lines.names]) if lines else ""
        value = row.get(y)
        if isinstance(value, (int, float)):
            table[places_lines[line], places_across[_step_text([row[name] for name in across.names])]] = value
    return table


def _step_text(step: Sequence[Value]) -> str:
    """A step of what advances together is told by its values, by one where all are the same."""
    return " / ".join(dict.fromkeys(text_of(value) for value in step))


def _step_label(step: Sequence[Value]) -> str:
    """The same as a figure has place for it."""
    return shown(_step_text(step))


def _is_numeric(axis: Axis) -> bool:
    return all(isinstance(step[0], (int, float)) and not isinstance(step[0], bool) for step in axis.steps)


def _is_geometric(values: Sequence[float]) -> bool:
    """Whether the values ask for a logarithmic axis."""
    if len(values) < 3 or values[0] <= 0:
        return False
    ratios = [later / earlier for earlier, later in zip(values, values[1:])]
    return min(ratios) >= 1.4 and max(ratios) <= 2.5 * min(ratios) and values[-1] / values[0] >= 4


def _label(sweep: Sweep, axis: Axis, after_sign: str = " ") -> str:
    same = all(len(set(step)) == 1 for step in axis.steps)
    name = f"{' =' if same else ' /'}{after_sign}".join(axis.names)
    unit = sweep.units.get(axis.names[0])
    return f"{name} [{unit}]" if unit else name


def y_label(name: str) -> str:
    ends = (unit for end, unit in UNITS_BY_END.items() if name.endswith(end))
    name = printable(name)
    unit = UNITS_BY_GROUP.get(name.partition(".")[0]) or next(ends, "")
    return name if unit in ("", name) else f"{name} [{unit}]"


# Figures ----------------------------------------------------------------------------------------------------------
def _lines(sweep: Sweep, rows: Sequence[Row], request: PlotRequest, y: str, heading: str) -> "Figure":
    from matplotlib import pyplot

    table = _table(rows, request.across, request.lines, y)
    figure, axes = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
    places = _place_across(axes, request.across)
    many = len(table)
    style = "-" if _is_numeric(request.across) else ":"  # between two names there is nothing
    colours = pyplot.get_cmap("viridis")
    for index, values in enumerate(table):
        label = _step_label(request.lines.steps[index]) if request.lines else None
        colour = "C0" if many == 1 else colours(0.9 * index / (many - 1))
        look = {"marker": "o", "markersize": 4, "linestyle": style, "color": colour, "clip_on": False, "zorder": 3}
        axes.plot(places, values, label=label, **look)
    if request.lines:
        axes.legend(
            title=_label(sweep, request.lines, "\n"),
            loc="upper left",
            bbox_to_anchor=(1.01, 1.0),
            borderaxespad=0,
            frameon=False,
            ncols=1 + (many - 1) // MOST_LINES_BELOW_EACH_OTHER,
        )
    axes.set_ylim(bottom=0)
    axes.set_xlabel(_label(sweep, request.across))
    axes.set_ylabel(y_label(y))
    axes.yaxis.set_major_formatter(lambda value, _: short(value))
    axes.set_title(heading, loc="left", fontsize="medium")
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _place_across(axes: "Axes", axis: Axis) -> Sequence[float]:
    """Where the steps stand: by their value where that is a number, else one beside the other."""
    from matplotlib.ticker import NullLocator

    if not _is_numeric(axis):
        axes.set_xticks(range(len(axis.steps)), [_step_label(step) for step in axis.steps])
        axes.margins(x=0.1)
        return range(len(axis.steps))
    places = [float(step[0]) for step in axis.steps]
    geometric = _is_geometric(places)
    if geometric:
        axes.set_xscale("log")
    if len(places) <= MOST_TICKS:
        axes.set_xticks(places, [text_of(step[0]) for step in axis.steps])
        axes.xaxis.set_minor_locator(NullLocator())
    return places


def _heat_map(sweep: Sweep, rows: Sequence[Row], request: PlotRequest, y: str, heading: str) -> "Figure":
    from matplotlib import pyplot

    lines = request.lines
    assert lines is not None
    table = _table(rows, request.across, lines, y)
    height, width = table.shape
    size = (2.5 + max(4.0, 0.6 * width), 1.5 + max(2.5, 0.4 * height))
    figure, axes = pyplot.subplots(figsize=size, layout="constrained")
    colours = pyplot.get_cmap("viridis").with_extremes(bad="0.85")
    image = axes.imshow(table, origin="lower", aspect="auto", cmap=colours)
    axes.set_xticks(range(width), [_step_label(step) for step in request.across.steps])
    axes.set_yticks(range(height), [_step_label(step) for step in lines.steps])
    axes.set_xlabel(_label(sweep, request.across))
    axes.set_ylabel(_label(sweep, lines))
    axes.set_title(heading, loc="left", fontsize="medium")
    figure.colorbar(image, ax=axes, label=y_label(y), format=lambda value, _: short(value))
    if table.size <= MOST_CELLS_WITH_TEXT:
        _write_cells(axes, table, image)
    return figure


def _write_cells(axes: "Axes", table: Any, image: Any) -> None:
    import numpy

    for (row, column), value in numpy.ndenumerate(table):
        # Dark writing on the bright end of the colours.
        bright = numpy.isnan(value) or image.norm(value) > 0.6
        text = "no result" if numpy.isnan(value) else short(float(value))
        axes.text(column, row, text, ha="center", va="center", fontsize="small", color="black" if bright else "white")


def short(value: float) -> str:
    """81 500 -> 81.5 k"""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g} {letter}"
    return f"{value:.3g}"
