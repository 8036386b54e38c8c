"""A sweep from its file to its tables: what the rows hold, what is reused, what a failed point leaves."""

import csv
import json
import os
import subprocess
import sys
from typing import Any

from nonzero_scripts.program import PROJECT
from support import PROGRAM, FolderTest

SMALL = {"pe.rows": 2, "pe.columns": 2}


class SweepRunTest(FolderTest):
    def test_a_row_holds_what_the_program_says_of_the_point(self) -> None:
        file = self.sweep_file({"pe.kc": [4, 8], **SMALL}, seed=[3, 5])
        done = self.sweep(file)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(len(done.stdout.splitlines()), 4)
        rows = self.rows()
        self.assertEqual([(row["point"], row["pe.kc"], row["seed"]) for row in rows],
                         [("1", "4", "3"), ("2", "4", "5"), ("3", "8", "3"), ("4", "8", "5")])  # fmt: skip
        results = self.results_of("--seed", "5", "--set", "pe.kc=8", "--set", "pe.rows=2", "--set", "pe.columns=2")
        totals = results["totals"]
        for name in ("layers", "cycles", "setup_cycles", "products", "useful_products", "utilisation"):
            self.assertEqual(rows[3][name], str(totals[name]), name)
        for group in ("cycles_by_cause", "traffic", "energy_pj"):
            for name, value in totals[group].items():
                self.assertEqual(rows[3][f"{group}.{name}"], str(value))
        self.assertEqual((rows[3]["units"], rows[3]["status"], rows[3]["message"]), ("4", "done", ""))
        self.assertEqual("energy_sum_pj" in rows[3], bool(totals["energy_pj"]))
        layers = [row for row in self.rows("layers.csv") if row["point"] == "4"]
        self.assertEqual([(row["layer"], row["cycles"]) for row in layers],
                         [(layer["name"], str(layer["cycles"])) for layer in results["layers"]])  # fmt: skip
        self.assertIn(f"[4/4] pe.kc=8 seed=5: {totals['cycles']} cycles, ", done.stdout)
        for row in self.rows("host.csv"):
            self.assertGreater(float(row["cpu_seconds"]), 0)
            self.assertLess(float(row["cpu_seconds"]), 30)

    def results_of(self, *options: str) -> dict[str, Any]:
        path = self.folder / "single.json"
        command = [PROGRAM, "run", "scnn", "--network", self.folder / "net.json", "--json", path, *options]
        subprocess.run(command, check=True, capture_output=True)
        return json.loads(path.read_text())

    def test_the_tables_do_not_depend_on_the_number_of_jobs(self) -> None:
        # The first point takes longest, so that with four jobs the points end in another order than they began.
        file = self.sweep_file({"pe.rows": [16, 1, 2], "pe.columns": 2}, **{"weight-density": [0.9, 0.1]})
        self.assertEqual(self.sweep(file, "--jobs", "1", out="one").returncode, 0)
        for jobs in ("2", "4"):
            self.assertEqual(self.sweep(file, "--jobs", jobs, out=jobs).returncode, 0)
            for name in ("results.csv", "layers.csv"):
                self.assertEqual(self.bytes_of(name, "one"), self.bytes_of(name, jobs))

    def test_finished_points_are_never_run_again_and_shared_with_a_changed_file(self) -> None:
        program = self.logging_program()
        self.sweep(self.sweep_file({"pe.kc": [4, 8], **SMALL}), program=program)
        self.assertEqual(len(self.logged_runs()), 2)
        tables = [self.bytes_of(name) for name in ("results.csv", "layers.csv", "host.csv")]
        again = self.sweep(self.sweep_file({"pe.kc": [4, 8], **SMALL}), program=program)
        self.assertEqual((again.returncode, again.stdout), (0, ""))
        self.assertIn("2 were finished before and are reused; 0 to run", again.stderr)
        self.assertEqual(tables, [self.bytes_of(name) for name in ("results.csv", "layers.csv", "host.csv")])
        changed = self.sweep(self.sweep_file({**SMALL, "pe.kc": [2, 4, 8]}), program=program)
        self.assertIn("of 3 points 2 were finished before and are reused; 1 to run", changed.stderr)
        self.assertEqual(len(self.logged_runs()), 3)
        self.assertEqual([row["pe.kc"] for row in self.rows()], ["2", "4", "8"])

    def test_results_of_another_program_or_network_are_not_reused(self) -> None:
        file = self.sweep_file({"pe.kc": [4, 8], **SMALL})
        self.sweep(file)
        other = self.sweep(file, program=self.logging_program())
        self.assertIn("2 were run by another build of the program or with other files", other.stderr)
        self.assertEqual(len(self.logged_runs()), 2)
        self.write("net.json", (self.folder / "net.json").read_text().replace("0.6", "0.2"))
        before = self.bytes_of("results.csv")
        self.assertEqual(len(self.sweep(file).stdout.splitlines()), 2)
        self.assertNotEqual(self.bytes_of("results.csv"), before)

    def test_a_failed_point_is_recorded_and_the_others_go_on(self) -> None:
        program = self.logging_program()
        file = self.sweep_file({"accumulator.entries": [1, 16, 2, 32], "pe.kc": 4})
        done = self.sweep(file, program=program)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "2 of 4 points failed; results.csv says why\n")
        self.assertIn("[3/4] accumulator.entries=2: FAILED: nothing to run", done.stdout)
        rows = self.rows()
        self.assertEqual([row["status"] for row in rows], ["failed", "done", "failed", "done"])
        self.assertIn("accumulator.entries is 2; raise it", rows[2]["message"])
        self.assertEqual((rows[2]["cycles"], rows[1]["message"]), ("", ""))
        again = self.sweep(file, program=program)
        self.assertEqual((again.returncode, len(self.logged_runs())), (1, 4))
        self.assertIn("2 failed before and are not repeated without --retry-failed", again.stderr)
        table = self.bytes_of("results.csv")
        retried = self.sweep(file, "--retry-failed", program=program)
        self.assertEqual((retried.returncode, len(self.logged_runs())), (1, 6))
        self.assertEqual(self.bytes_of("results.csv"), table)

    def test_a_check_that_fails_and_a_crash_make_a_failed_point_without_figures(self) -> None:
        program = self.logging_program()
        text = program.read_text()
        for ending, message in (
            ("echo check failed: values of conv1 differ >&2; exit 1", "check failed: values of conv1 differ"),
            ("kill -SEGV $$", "ended by signal SIGSEGV"),
            ("exit 0", "the run left no complete results"),
        ):
            with self.subTest(ending):
                program.write_text(text.replace("sleep 0", ending))
                done = self.sweep(self.sweep_file({"pe.kc": [4]}), program=program, out=ending[:6])
                self.assertEqual(done.returncode, 1)
                (row,) = self.rows(out=ending[:6])
                self.assertEqual((row["status"], row["message"]), ("failed", message))

    def test_totals_over_different_layers_are_told(self) -> None:
        done = self.sweep(self.sweep_file({"accumulator.entries": [9, 16]}))
        self.assertEqual(done.returncode, 0)
        self.assertIn("not all points ran the same layers", done.stderr)
        self.assertEqual([row["left_out"] for row in self.rows()], ["conv1", ""])
        few, all_layers = self.rows()
        self.assertRegex(few["left_out_reasons"], "^conv1: .*accumulator.entries")
        self.assertLess(float(few["macs_share"]), 1)
        self.assertEqual((all_layers["left_out_reasons"], all_layers["macs_share"]), ("", "1.0"))
        self.assertRegex(done.stdout, r"accumulator.entries=9: \d+ cycles \([\d.]+ % of the multiply-accumulates\)")
        self.assertRegex(done.stdout, r"accumulator.entries=16: \d+ cycles, ")
        named = self.sweep(self.sweep_file({"accumulator.entries": [9, 16]}, layers="conv2"), out="named")
        self.assertEqual((named.returncode, named.stderr), (0, ""))

    def test_a_dry_run_lists_the_points_and_leaves_no_trace(self) -> None:
        file = self.sweep_file({"accumulator.entries": [1, 16], **SMALL})
        listed = self.sweep(file, "--dry-run")
        self.assertEqual(listed.returncode, 0)
        self.assertEqual(listed.stdout, "[1/2] to run  accumulator.entries=1\n[2/2] to run  accumulator.entries=16\n")
        self.assertFalse((self.folder / "out").exists())

    def test_the_program_and_the_results_are_in_the_build_directory_that_is_named(self) -> None:
        file = self.sweep_file({"pe.kc": [4], **SMALL})
        command = [sys.executable, "-B", str(PROJECT / "scripts/sweep"), str(file)]
        place = self.folder / "else where"
        settings = {"env": {**os.environ, "NONZERO_BUILD_DIR": "else where"}, "cwd": self.folder}
        done = subprocess.run(command, capture_output=True, text=True, check=False, **settings)
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"there is no program {place}/release/sc_main/nonzero; scripts/run builds it", done.stderr)
        (place / "release/sc_main").mkdir(parents=True)
        (place / "release/sc_main/nonzero").symlink_to(PROGRAM)
        subprocess.run(command, capture_output=True, check=True, **settings)
        self.assertTrue((place / "out/sweep/sweep/results.csv").is_file())

    def test_mistakes_are_one_line_and_leave_no_trace(self) -> None:
        file = self.sweep_file({"pe.kc": [4, 8]}, seed=[1, 2])
        for more in (
            ("--jobs", "0"),
            ("--jobs", "two"),
            ("--colour",),
            ("--plot", "pe.rows"),
            ("--plot", "pe.kc"),
            ("--plot", "pe.kc,seed,pe.kc"),
            ("--plot", "pe.kc", "--where", "seed=3"),
            ("--plot", "pe.kc", "--where", "seed"),
            ("--where", "seed=1"),
            ("--program", "/none"),
        ):
            with self.subTest(more):
                done = self.sweep(file, *more)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assert_one_line(done.stderr)
                self.assertFalse((self.folder / "out").exists())

    def test_a_text_with_a_comma_is_one_field(self) -> None:
        self.sweep(self.sweep_file({"accumulator.entries": [1], **SMALL}))
        with (self.folder / "out/results.csv").open(newline="") as file:
            header, row = csv.reader(file)
        self.assertEqual(len(header), len(row))
        self.assertIn(",", row[-1])
