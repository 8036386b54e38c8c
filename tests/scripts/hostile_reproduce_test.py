"""Published values, paths and names that nobody would give scripts/reproduce on purpose."""

import json
import os
from typing import Any

from hostile import LONG, HostileTest

from nonzero_scripts.program import PROJECT


class HostileReproduceTest(HostileTest):
    def test_reproduce(self) -> None:
        os.mkfifo(self.folder / "fifo")
        published = json.loads((PROJECT / "study/published/scnn.json").read_text())
        entry = next(one for one in published["entries"] if one["target"] == "V1")

        def changed(**more: Any) -> Any:
            return {**published, "entries": [{**entry, **more}]}

        for named, content in (
            ("nested too deep", "[" * 100_000),
            ("is not JSON", "\x1b[2J"),
            ("is not JSON", "9" * 5000),
            ("'entries' is to be a list", {**published, "entries": 5}),
            ("tables", {**published, "tables": 5}),
            ("tables", {**published, "tables": {}}),
            ("tables.density", {**published, "tables": {**published["tables"], "density": {"rows": 1}}}),
            ("'published' has the wrong type", changed(published=int("9" * 400))),
            ("'published' has the wrong type", changed(published=[LONG])),
            ("'decimals'", changed(decimals=10**6)),
            ("'accept' is to be", changed(accept={"percent": "x"})),
            ("'accept' is to be", changed(accept={"one_of": 5})),
            ("'accept' is to be", changed(accept={"from": []})),
            ("there is no target '?[2J", changed(target="\x1b[2J")),
            ("class 'xxx", changed(**{"class": LONG})),
            ("'?[2J' is unknown", changed(**{"\x1b[2J": 1})),
        ):
            with self.subTest(named):
                file = self.write("published.json", content)
                self.assert_refused(self.reproduce("--targets", "V1", "--published", file), named)
        for named, words in (
            ("pipe", ("--published", "fifo")),
            ("xxx", ("--published", LONG)),
            ("xxx", ("--targets", LONG)),
            ("?[2J", ("--targets", "V1,\x1b[2J")),
            ("xxx", ("--dir", LONG)),
            ("xxx", ("--out", LONG, "--targets", "V1")),
            ("is another program", ("--program", "/bin/true")),
        ):
            with self.subTest(words):
                self.assert_refused(self.reproduce(*words), named)
        self.assert_refused(self.run_script("reproduce", "\x1b[2J" + LONG), "there is no system '?[2Jxxx")

    def test_a_report_that_cannot_be_written_is_shown_all_the_same(self) -> None:
        done = self.reproduce("--targets", "V1", "--out", "net.json/report.md")
        self.assert_refused(done, "net.json/report.md cannot be written")
        self.assertIn("multipliers", done.stdout)

    def test_reproduce_over_the_records_of_a_sweep(self) -> None:
        content = {"platform": "scnn", "network": "alexnet", "kinds": "convolution", "no-values": True}
        self.assertEqual(self.sweep_of(self.write("sweep.json", content), "--out", "runs").returncode, 0)
        self.assertEqual(self.reproduce("--targets", "10.9").returncode, 0)
