"""The parts of a reproduction alone: bands, distances, crossings, plans, tables of text."""

import dataclasses
import json
import tempfile
import unittest
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nonzero_scripts.errors import UserError
from nonzero_scripts.program import Request
from nonzero_scripts.reproduce.figures import Measured, Section, Table, crossing, distance
from nonzero_scripts.reproduce.judgement import judge
from nonzero_scripts.reproduce.laboratory import Missing, Plan, Run, together
from nonzero_scripts.reproduce.published import Band, Entry, load
from nonzero_scripts.reproduce.report import markdown_text, terminal_text
from nonzero_scripts.reproduce.scnn import SYSTEM

ENTRY = Entry("V0", "some", "something", "", 2, 4.0, Band(percent=5), "B", "1.1", "a guess", True)


def entry(**changes: Any) -> Entry:
    return dataclasses.replace(ENTRY, **changes)


class JudgementTest(unittest.TestCase):
    def test_a_band_holds_up_to_its_ends(self) -> None:
        for band, ours, published, holds in (
            (Band(exact=True), 7, 7, True),
            (Band(exact=True), 7.0001, 7, False),
            (Band(percent=5), 4.19, 4.0, True),
            (Band(percent=5), 3.79, 4.0, False),
            (Band(points=1.5), 0.864, 0.85, True),
            (Band(points=1.5), 0.834, 0.85, False),
            (Band(low=1.0, high=2.0), 2.0, None, True),
            (Band(low=1.0, high=2.0), 2.01, None, False),
            (Band(low=1.0, high=2.0), 0.99, None, False),
            (Band(low=1.0), 50, None, True),
            (Band(high=0.03), 0.031, None, False),
            (Band(one_of=(7, 9)), 8, 9, False),
            (Band(one_of=(7, 9)), 7, 9, True),
        ):
            self.assertIs(band.holds(ours, published), holds, (band, ours))

    def test_a_verdict_by_class(self) -> None:
        for changes, ours, verdict, missed in (
            ({}, 4.1, "in band", False),
            ({}, 4.3, "outside", True),
            ({"outside": "a small sample"}, 4.3, "outside, as known", False),
            ({"outside": "a small sample"}, 4.1, "in band", True),
            ({"class_": "A", "band": Band(exact=True)}, 4.0, "exact", False),
            ({"class_": "A", "band": Band(exact=True)}, 4.1, "outside", True),
            ({"class_": "C"}, 4.1, "printed, in band", False),
            ({"class_": "C"}, 9.0, "printed, outside", False),
            ({"class_": "C", "band": None}, 9.0, "printed", False),
        ):
            found = judge(entry(**changes), Measured(ours))
            self.assertEqual((found.verdict, found.missed), (verdict, missed), changes)

    def test_what_is_missing_decides_only_where_a_run_failed(self) -> None:
        for class_, failed, verdict, missed in (
            ("B", True, "failed", True),
            ("B", False, "not available", False),
            ("C", True, "failed", False),
        ):
            found = judge(entry(class_=class_), Missing("no such thing", failed))
            self.assertEqual((found.verdict, found.missed, found.ours), (verdict, missed, ""))
            self.assertEqual(found.behind, "a guess; no such thing [1.1]")

    def test_lists_are_judged_by_their_worst_member(self) -> None:
        several = entry(published=[1.0, 2.0, 4.0])
        found = judge(several, Measured([1.01, 2.0, 3.84]))
        self.assertEqual((found.verdict, found.distance), ("in band", "-4.0 % at most"))
        self.assertEqual(found.ours, "1.01 / 2.00 / 3.84")
        self.assertTrue(judge(several, Measured([1.0, 2.0, 3.0])).missed)
        self.assertTrue(judge(several, Measured([1.0, 2.0])).missed)

    def test_numbers_as_they_are_written(self) -> None:
        self.assertEqual(judge(entry(unit="%", decimals=1, published=0.25), Measured(0.2512)).ours, "25.1 %")
        self.assertEqual(judge(entry(band=Band(points=1.5), published=0.25), Measured(0.2)).accepted, "± 1.5 points")
        self.assertEqual(judge(entry(decimals=0, published=1000), Measured(12345)).ours, "12,345")
        self.assertEqual(distance(4.4, 4.0), "+10.0 %")
        self.assertEqual(distance(3.9999, 4.0), "+0.0 %")
        self.assertEqual(distance(0, 0), "0")
        self.assertEqual(distance(3, 0), "+3")

    def test_the_crossing_of_a_line(self) -> None:
        line = {1.0: 0.8, 0.5: 2.0, 0.9: 0.9, 0.8: 1.1}
        self.assertAlmostEqual(crossing(line, 1.0) or 0, 0.85)
        self.assertEqual(crossing(line, 0.8), 1.0)
        self.assertIsNone(crossing(line, 3.0))
        self.assertIsNone(crossing({}, 1.0))


class PlanTest(unittest.TestCase):
    def test_several_plans_get_their_own_runs(self) -> None:
        def plan(name: str, count: int) -> Plan[list[int]]:
            runs = yield [Request(name, {"seed": seed}) for seed in range(count)]
            return [int(run.totals["cycles"]) for run in runs]

        both = together([plan("a", 2), plan("b", 0), plan("c", 1)])
        wanted: Sequence[Request] = next(both)
        self.assertEqual([request.platform for request in wanted], ["a", "a", "c"])
        with self.assertRaises(StopIteration) as end:
            both.send([Run({}, {"cycles": cycles}, ()) for cycles in (10, 11, 30)])
        self.assertEqual(end.exception.value, [[10, 11], [], [30]])


class ReportTest(unittest.TestCase):
    TABLE = Table(["name", "size", "remark"], [["a|b", "1,000", "one two three " * 8], ["c", "7", ""]], wrap=(2,))

    def test_markdown(self) -> None:
        text = markdown_text("Title", ["Words."], {"Part": Section(["*Before.*"], self.TABLE, ["After."])})
        lines = text.splitlines()
        self.assertEqual(lines[:7], ["# Title", "", "Words.", "", "## Part", "", "*Before.*"])
        self.assertEqual(lines[8:10], ["| name | size | remark |", "| --- | ---: | --- |"])
        self.assertTrue(lines[10].startswith("| a\\|b | 1,000 | one two"))
        self.assertEqual(lines[11:], ["| c | 7 |  |", "", "After."])

    def test_terminal(self) -> None:
        text = terminal_text({"Part": Section(["See [there](x.md), *now*."], self.TABLE)}, 60)
        lines = text.splitlines()
        self.assertEqual(lines[:4], ["Part", "====", "", "See there, now."])
        self.assertTrue(all(len(line) <= 60 for line in lines))
        self.assertEqual(lines[5][:10], "name   siz")
        self.assertEqual(lines[6][:18], "a|b   1,000  one t")
        self.assertEqual(lines[-1].split(), ["c", "7"])


class PublishedTest(unittest.TestCase):
    def check(self, changes: dict[str, Any], message: str) -> None:
        row = {"target": "V1", "value": "a", "quantity": "b", "published": 1, "accept": "exact", "class": "A"}
        row = {key: value for key, value in {**row, "source": "1", **changes}.items() if value != "left out"}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "published.json"
            path.write_text(json.dumps({"paper": "", "entries": [row], "tables": {}}))
            with self.assertRaises(UserError) as raised:
                load(path, ("V1",))
            self.assertEqual(str(raised.exception).removeprefix(f"{path}: "), message)

    def test_mistakes_are_named(self) -> None:
        self.check({"target": "V2"}, "there is no target 'V2'; there are V1")
        self.check({"source": "left out"}, "entry 1: 'source' is missing")
        self.check({"sauce": ""}, "entry 1: 'sauce' is unknown")
        self.check({"decimals": "2"}, "entry 1: 'decimals' has the wrong type")
        self.check({"class": "D"}, "entry 1: class 'D' is not one of A, B, C")
        self.check({"accept": None}, "entry 1: a target of class A needs 'accept'")
        self.check({"published": "low"}, "entry 1: 'accept' needs a published number")

    def test_all_validation_targets_of_scnn_are_there(self) -> None:
        published = load(SYSTEM.published, SYSTEM.names())
        self.assertLessEqual({f"V{number}" for number in range(1, 20)}, set(published.targets()))
        for one in published.entries:
            self.assertIn(SYSTEM.measuring(one), SYSTEM.targets, one)
            self.assertTrue(one.source, one)
        # What may not be wrong: the classes that the facts give to their targets.
        classes: dict[str, set[str]] = {}
        for one in published.entries:
            classes.setdefault(one.target, set()).add(one.class_)
        for name in ("V1", "V2", "V11", "V13", "V19"):
            self.assertEqual(classes[name], {"A"}, name)
        for name in ("V10", "V15"):
            self.assertEqual(classes[name], {"B"}, name)
        for name in ("V3", "V4", "V5", "V6", "V7", "V8", "V9", "V16", "V17", "V18"):
            self.assertEqual(classes[name], {"C"}, name)


if __name__ == "__main__":
    unittest.main()
