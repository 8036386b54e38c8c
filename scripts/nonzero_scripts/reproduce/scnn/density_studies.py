"""Studies over the density of weights and activations, both alike: GoogLeNet with its stem."""

from collections.abc import Mapping

from ..figures import Chart, Section, Table, crossing
from ..laboratory import Plan, Surroundings, together
from .runs import (
    DENSITIES,
    energy_over_density,
    equations_over_density,
    over_density,
    speed_over_density,
)
from .tables import Published, by_first_column, remark_of, text

FALLING = sorted(DENSITIES, reverse=True)
TITLE = "GoogLeNet with stem"
ONE_SIDED = {"scnn_sparse_w": "SparseW", "scnn_sparse_a": "SparseA"}


def speed(_: Surroundings, published: Published) -> Plan[Section]:
    kcs = (8, 16, 32)
    default, realisable, *curves = yield from together(
        [speed_over_density(), speed_over_density("realisable"), *(equations_over_density(kc) for kc in kcs)]
    )
    figures = by_first_column(published, "density")
    rows = []
    for density in FALLING:
        theirs = figures.get(density, {})
        row = [text(density), text(theirs.get("paper")), text(default[density], 3), text(realisable[density], 3)]
        for kc, curve in zip(kcs, curves, strict=True):
            row += [text(theirs.get(str(kc)), 3), text(curve[density], 3)]
        rows.append(row)
    head = ["density", "paper", "SCNN", "over realisable"]
    head += [cell for kc in kcs for cell in (f"Kc {kc} [4.2]", f"Kc {kc}")]
    lines = {"SCNN": default} | {f"equations, Kc {kc}": curve for kc, curve in zip(kcs, curves, strict=True)}
    meetings = _meetings({**lines, "SCNN over realisable DCNN": realisable})
    lines["paper"] = _points(figures, "paper")
    # Beside 20 times as fast the crossover is not to be seen.
    near = {name: {x: y for x, y in line.items() if x >= 0.5} for name, line in lines.items()}
    y = "speed-up over DCNN normalised"
    return Section(
        [
            "Speed-up over DCNN, GoogLeNet with its stem, weights and activations equally dense; over DCNN "
            "normalised where nothing else is said. *SCNN* is the model as it is by default (Kc 8, bank queues, "
            "placeholders). The columns Kc are equations (1)-(3) alone, without exchange and finalise, beside an "
            "independent Monte-Carlo of them, marked [4.2]."
        ],
        Table(head, rows),
        [f"As fast as DCNN at density: {meetings}. {remark_of(published, 'density')}"],
        [
            _whole("density_speed-up", y, lines),
            Chart("density_speed-up_crossover", TITLE, "density", y, near),
        ],
    )


def energy(_: Surroundings, published: Published) -> Plan[Section]:
    curves = yield from together([energy_over_density(platform) for platform in ("dcnn", "dcnn_opt")])
    figures = by_first_column(published, "energy")
    columns = dict(zip(("dcnn", "dcnn_opt"), curves, strict=True))
    rows = []
    for density in FALLING:
        row = [text(density)]
        for name, curve in columns.items():
            row += [text(figures.get(density, {}).get(name)), text(curve[density], 3)]
        rows.append(row)
    lines = dict(zip(("over DCNN", "over DCNN-opt"), curves, strict=True))
    meetings = _meetings(lines)
    lines |= {f"paper, {name}": _points(figures, column) for name, column in zip(list(lines), columns, strict=True)}
    return Section(
        [
            "Energy of SCNN over that of the dense machines, GoogLeNet with its stem. Events times public energies "
            "per access at 45 nm, most of them estimates by size ([energy.md](energy.md)); the paper's own energies "
            "at 16 nm are not public, and nothing here is fitted to its results."
        ],
        Table(["density", "over DCNN, paper", "over DCNN", "over DCNN-opt, paper", "over DCNN-opt"], rows),
        [f"The same energy at density: {meetings}. {remark_of(published, 'energy')}"],
        [_whole("density_energy", "energy of SCNN over that of a dense machine", lines)],
    )


def one_sided(around: Surroundings, published: Published) -> Plan[Section]:
    for platform in ONE_SIDED:
        around.need_platform(platform)
    scnn, *others = yield from together([over_density(platform) for platform in ("scnn", *ONE_SIDED)])
    speeds: dict[str, Mapping[float, float]] = {}
    energies: dict[str, Mapping[float, float]] = {}
    for title, other in zip(ONE_SIDED.values(), others, strict=True):
        speeds[f"over {title}"] = {density: other[density].cycles / scnn[density].cycles for density in DENSITIES}
        energies[f"{title} / SCNN"] = {density: other[density].energy / scnn[density].energy for density in DENSITIES}
    lines = [*speeds.values(), *energies.values()]
    rows = [[text(density), *(text(line[density], 3) for line in lines)] for density in FALLING]
    head = ["density", *(f"speed-up {name}" for name in speeds), *(f"energy {name}" for name in energies)]
    return Section(
        [
            "SCNN beside itself with one operand compressed: SparseA skips zero activations only, SparseW zero weights "
            f"only. GoogLeNet with its stem. {remark_of(published, 'one_sided')}"
        ],
        Table(head, rows),
        [f"As fast as SCNN at density: {_meetings(speeds)}."],
        [
            _whole("density_one_sided_speed-up", "speed-up of SCNN", speeds),
            _whole("density_one_sided_energy", "energy over that of SCNN", energies),
        ],
    )


def _whole(name: str, y: str, lines: Mapping[str, Mapping[float, float]]) -> Chart:
    """Over all tenths; what lies between them crowds the axis."""
    tenths = {line: {x: y for x, y in points.items() if round(x, 1) == x} for line, points in lines.items()}
    return Chart(name, TITLE, "density", y, tenths)


def _points(figures: Mapping[float, Mapping[str, float | None]], column: str) -> dict[float, float]:
    return {density: row[column] for density, row in figures.items() if row[column] is not None}  # type: ignore[misc]


def _meetings(lines: Mapping[str, Mapping[float, float]]) -> str:
    """Where each line is at 1."""
    return ", ".join(f"{name} {text(crossing(line, 1), 3) or 'none'}" for name, line in lines.items())
