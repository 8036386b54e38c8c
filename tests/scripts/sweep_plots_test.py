"""Plots: which axes they have, what is drawn, and that missing modules are named before anything runs."""

import importlib.util
import math
import unittest
from typing import Any
from unittest import mock

from support import FolderTest, program

from nonzero_scripts import plots
from nonzero_scripts.errors import UserError
from nonzero_scripts.sweep_file import Sweep, load_sweep

PROGRAM = program()
DRAWS = unittest.skipUnless(importlib.util.find_spec("matplotlib"), "matplotlib is absent: scripts/setup python")
PNG = b"\x89PNG\r\n\x1a\n"


class PlotsTest(FolderTest):
    def load(self, **more: Any) -> Sweep:
        content = {"pe.kc": [4, 8, 16], "crossbar.hash": ["h1", "h2"]}
        return load_sweep(self.sweep_file(content, **more), PROGRAM)

    def rows(self, sweep: Sweep) -> list[dict[str, Any]]:  # type: ignore[override]
        """cycles = 1000 x kc, twice that with h2; the point kc = 8, h2 failed."""
        rows: list[dict[str, Any]] = []
        for point in sweep.points:
            kc, second = int(point.values["pe.kc"]), point.values["crossbar.hash"] == "h2"
            row: dict[str, Any] = {"point": point.number, **point.values, "status": "done"}
            if not (kc == 8 and second):
                row["cycles"] = 1000 * kc * (2 if second else 1)
            rows.append(row)
        return rows

    def test_the_axes_are_chosen_by_name_or_by_what_has_the_most_numbers(self) -> None:
        sweep = self.load()
        chosen = plots.plan_plot(sweep, "auto", [])
        self.assertEqual(chosen.across.names, ("pe.kc",))
        assert chosen.lines
        self.assertEqual(chosen.lines.names, ("crossbar.hash",))
        self.assertIsNone(plots.plan_plot(sweep, "auto", ["crossbar.hash=h2"]).lines)
        self.assertEqual(plots.plan_plot(sweep, "crossbar.hash,pe.kc", []).across.names, ("crossbar.hash",))

    def test_what_else_varies_is_asked_for(self) -> None:
        sweep = self.load(seed=[1, 2])
        for text, asked in (("auto", "crossbar.hash=h1"), ("pe.kc,crossbar.hash", "seed=1"), ("seed", "pe.kc=4")):
            with self.assertRaisesRegex(UserError, f"--where {asked}"):
                plots.plan_plot(sweep, text, [])
        plots.plan_plot(sweep, "auto", ["seed=2"])

    @DRAWS
    def test_lines_have_the_values_of_the_points_and_gaps_where_one_failed(self) -> None:
        sweep = self.load()
        figure = plots._lines(sweep, self.rows(sweep), plots.plan_plot(sweep, "auto", []), "cycles", "heading")
        axes = figure.axes[0]
        first, second = axes.get_lines()
        self.assertEqual(list(first.get_xdata()), [4, 8, 16])
        self.assertEqual(list(first.get_ydata()), [4000, 8000, 16000])
        self.assertEqual([value for value in second.get_ydata() if not math.isnan(value)], [8000, 32000])
        self.assertEqual((first.get_label(), second.get_label()), ("h1", "h2"))
        self.assertEqual((axes.get_xlabel(), axes.get_ylabel()), ("pe.kc [channels]", "cycles"))
        self.assertEqual([label.get_text() for label in axes.get_xticklabels()], ["4", "8", "16"])

    @DRAWS
    def test_the_heat_map_has_every_pair_and_says_where_there_is_no_result(self) -> None:
        sweep = self.load()
        figure = plots._heat_map(sweep, self.rows(sweep), plots.plan_plot(sweep, "auto", []), "cycles", "heading")
        axes = figure.axes[0]
        texts = [text.get_text() for text in axes.texts]
        self.assertEqual(texts, ["4 k", "8 k", "16 k", "8 k", "no result", "32 k"])
        self.assertEqual(axes.get_ylabel(), "crossbar.hash")

    def test_labels_carry_units(self) -> None:
        self.assertEqual(plots.y_label("cycles"), "cycles")
        self.assertEqual(plots.y_label("setup_cycles"), "setup_cycles [cycles]")
        self.assertEqual(plots.y_label("cycles_by_cause.busy"), "cycles_by_cause.busy [unit cycles]")
        self.assertEqual(plots.y_label("traffic.dram_read_bytes"), "traffic.dram_read_bytes [bytes]")
        self.assertEqual(plots.y_label("energy_sum_pj"), "energy_sum_pj [pJ]")
        self.assertEqual(plots.y_label("utilisation"), "utilisation")

    @DRAWS
    def test_what_advances_together_with_equal_values_is_written_once(self) -> None:
        densities = {"weight-density": [0.2, 0.4], "activation-density": [0.2, 0.4]}
        together = [["weight-density", "activation-density"]]
        sweep = load_sweep(self.sweep_file(**densities, together=together), PROGRAM)
        rows = [{**point.values, "cycles": point.number} for point in sweep.points]
        figure = plots._lines(sweep, rows, plots.plan_plot(sweep, "auto", []), "cycles", "heading")
        axes = figure.axes[0]
        self.assertEqual(axes.get_xlabel(), "weight-density = activation-density")
        self.assertEqual([label.get_text() for label in axes.get_xticklabels()], ["0.2", "0.4"])

    def test_an_unknown_column_is_refused_with_the_nearest(self) -> None:
        sweep = self.load()
        with self.assertRaisesRegex(UserError, "--y: there is no column 'cycels': did you mean 'cycles'"):
            plots.check_figure_name("cycels", self.rows(sweep), sweep.names)

    @DRAWS
    def test_missing_modules_are_named_with_the_package_group(self) -> None:
        with mock.patch("importlib.util.find_spec", return_value=None):
            with self.assertRaisesRegex(UserError, "numpy and matplotlib; 'scripts/setup python'"):
                plots.check_installed()
        plots.check_installed()

    @DRAWS
    def test_the_command_writes_the_pictures(self) -> None:
        file = self.sweep_file({"pe.kc": [2, 4], "pe.rows": [1, 2], "pe.columns": 1})
        done = self.sweep(file, "--plot", "pe.kc", "--where", "pe.rows=2", "--y", "cycles,utilisation")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        done = self.sweep(file, "--plot", "auto")
        self.assertEqual(done.returncode, 0)
        names = sorted(path.name for path in (self.folder / "out/plots").iterdir())
        expected = ["cycles_over_pe.kc_by_pe.rows.png", "cycles_over_pe.kc_by_pe.rows_map.png",
                    "cycles_over_pe.kc_pe.rows-2.png", "utilisation_over_pe.kc_pe.rows-2.png"]  # fmt: skip
        self.assertEqual(names, expected)
        for name in names:
            self.assertEqual(self.bytes_of(f"plots/{name}")[:8], PNG)

    @DRAWS
    def test_texts_are_drawn_as_they_are_and_long_ones_still_name_a_file(self) -> None:
        content = {"platform": "scnn", "network": "alexnet", "layers": "conv5", "no-values": True, "title": "$\\foo{$ \x1b"}
        file = self.write("sweep.json", {**content, "seed": [1, 2], "photo": ["$^$", "y" * 300]})
        done = self.sweep(file, "--plot", "seed", "--where", f"photo={'y' * 300}")
        # Generated data have no photos: no point has a result, and that is drawn too.
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual([path.suffix for path in (self.folder / "out/plots").iterdir()], [".png"])
        self.assertEqual(self.sweep(file, "--plot", "photo", "--where", "seed=1").returncode, 1)

    @DRAWS
    def test_a_title_of_any_length_and_letters_is_drawn_without_a_warning(self) -> None:
        for title in ("x" * 200_000, "a\x1b[2J\nb", "\ud800", "\u4e2d" * 300):
            with self.subTest(title[:10]):
                file = self.sweep_file({"pe.kc": [2, 4], "pe.rows": 1, "pe.columns": 1}, title=title)
                done = self.sweep(file, "--plot", "auto")
                self.assertEqual((done.returncode, [line for line in done.stderr.splitlines() if "reused" not in line]), (0, []))

    @DRAWS
    def test_a_planted_link_is_not_drawn_over(self) -> None:
        victim = self.write("victim", "untouched")
        (self.folder / "out/plots").mkdir(parents=True)
        (self.folder / "out/plots/cycles_over_pe.kc.png").symlink_to(victim)
        file = self.sweep_file({"pe.kc": [2, 4], "pe.rows": 1, "pe.columns": 1})
        self.assertEqual(self.sweep(file, "--plot", "auto").returncode, 0)
        self.assertEqual(victim.read_text(), "untouched")
        self.assertEqual(self.bytes_of("plots/cycles_over_pe.kc.png")[:8], PNG)
