"""The nearest name, by the table that the program's own rule is tested with."""

import json
import unittest

from nonzero_scripts.errors import did_you_mean, nearest_name
from nonzero_scripts.program import PROJECT


class NearestName(unittest.TestCase):
    def test_the_rule_is_the_program_s(self) -> None:
        table = json.loads((PROJECT / "tests/workloads/near_names.json").read_text())
        for case in table["cases"]:
            with self.subTest(case=case):
                self.assertEqual(nearest_name(case["name"], case["known"]), case["near"])

    def test_nothing_is_said_where_no_name_is_near(self) -> None:
        self.assertEqual(did_you_mean("batch", ["name", "kind"]), "")
        self.assertEqual(did_you_mean("kinds", ["name", "kind"]), ": did you mean 'kind'?")

    def test_a_long_name_costs_nothing(self) -> None:
        self.assertEqual(nearest_name("x" * 100000, ["x" * 100001]), "")


if __name__ == "__main__":
    unittest.main()
