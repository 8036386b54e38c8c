"""Tables as CSV files, made anew as a whole: equal records give equal bytes."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .domain import Value, text_of
from .files import replace_file

Row = dict[str, Value]

# Parts of a layer's results that are no figures of that layer.
NO_FIGURES = ("counters", "histograms", "checks", "shape", "output")


def figures(part: Mapping[str, Any], prefix: str = "") -> Row:
    """All numbers of a part of the results by their path: "traffic.dram_read_bytes"."""
    found: Row = {}
    for name, value in part.items():
        if isinstance(value, Mapping):
            found.update(figures(value, f"{prefix}{name}."))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found[prefix + name] = value
    return found


def run_figures(results: Mapping[str, Any]) -> Row:
    """Of a whole run: its totals, and what is said of the machine once. A search has its best and how it was found."""
    once = ("units", "multipliers", "area_mm2", "structure", "best", "search")
    machine = {name: results[name] for name in once if name in results}
    return {**figures(_priced(results.get("totals", {}))), **figures(machine)}


def layer_figures(results: Mapping[str, Any]) -> list[Row]:
    rows: list[Row] = []
    for layer in results.get("layers", ()):
        part = {name: value for name, value in _priced(layer).items() if name not in NO_FIGURES}
        rows.append({"layer": layer["name"], **figures(part)})
    return rows


def _priced(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without the sum of energies where the platform has no energies: it is unknown, not 0."""
    if part.get("energy_pj"):
        return part
    return {name: value for name, value in part.items() if name != "energy_sum_pj"}


def write_csv(path: Path, first: Iterable[str], rows: Iterable[Row], last: Iterable[str] = ()) -> None:
    """Columns: `first`, what else the rows have in the order of appearance, `last`. What a row lacks stays empty."""
    rows = list(rows)
    columns = dict.fromkeys(first)
    for row in rows:
        columns.update(dict.fromkeys(name for name in row if name not in last))
    columns.update(dict.fromkeys(last))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([text_of(row.get(name, "")) for name in columns])
    # A record may have half of a surrogate pair in a name, as JSON allows; the table shows it as JSON does.
    replace_file(path, text.getvalue().encode(errors="backslashreplace"))
