"""What SCNN's targets make of results, on results made up so that it can be seen."""

import unittest
from collections.abc import Mapping, Sequence

from nonzero_scripts.reproduce.figures import Measured
from nonzero_scripts.reproduce.laboratory import Layer, Plan, Run, Surroundings
from nonzero_scripts.reproduce.scnn.targets import TARGETS, Values

AROUND = Surroundings(("scnn",), None, quick=False)
CAPACITY = 100
PICOJOULES = 3  # of a byte of DRAM
TABLES = 5  # bytes of a layer, read once


def run(layers: Sequence[Layer]) -> Run:
    return Run({"iaram.entries": CAPACITY}, {}, tuple(layers))


def layer(name: str, stored: int, weights: int, tiles: int, read: int, rest: float = 0, written: int = 0) -> Layer:
    """rest: energy but for DRAM."""
    dram = PICOJOULES * (weights + TABLES + read + written)
    figures = {
        "traffic.dram_index_bytes": TABLES,
        "traffic.dram_weight_bytes": weights,
        "traffic.dram_activation_read_bytes": read,
        "energy_pj.dram": dram,
        "energy_sum_pj": rest + dram,
    }
    return Layer(name, figures, {"pe.iaram_stored_entries": (0, stored), "sequencer.temporal_tiles": (0, tiles)}, {})


def finish(plan: Plan[Values], runs: Sequence[Run]) -> Mapping[str, Measured]:
    next(plan)
    try:
        plan.send(runs)
    except StopIteration as end:
        found: Mapping[str, Measured] = end.value
        return found
    raise AssertionError("the plan asks for more runs")


class NotFittingTest(unittest.TestCase):
    """a writes what b reads; c fits, but what it computes of random operands would not."""

    counted = run([layer("a", 50, 10, 1, 0), layer("b", 250, 30, 3, 40), layer("c", 100, 10, 1, 0)])
    computed = run(
        [
            layer("a", 50, 10, 1, 0, rest=55, written=1000),
            layer("b", 250, 30, 3, 40, rest=155),
            layer("c", 100, 10, 1, 0, rest=55, written=1000),
        ]
    )

    def test_layers_whose_input_or_output_is_too_much(self) -> None:
        other = run([layer("small", 10, 10, 1, 0)])
        values = finish(TARGETS["V12"](AROUND), [other, other, self.counted])
        self.assertEqual(values["layers"], Measured(2, "a, b"))
        self.assertEqual(values["not_vgg"].value, 0)

    def test_the_energy_is_that_of_the_same_layers(self) -> None:
        values = finish(TARGETS["V12/penalty_mean"](AROUND), [self.counted, self.computed])
        # a: writes 40 bytes; the rest is 55 pJ, 10 bytes of weights and 5 of tables. b: reads 40 bytes, and its 10
        # bytes of weights twice more; the rest is 155 pJ and the same bytes.
        self.assertEqual(values["penalty_most"], Measured(40 * PICOJOULES / 100, "a"))
        self.assertEqual(values["penalty_least"], Measured(60 * PICOJOULES / 200, "b"))
        self.assertAlmostEqual(float(values["penalty_mean"].value), (1.2 + 0.9) / 2)
        self.assertEqual(values["penalty_mean"].note, "2 layers")


if __name__ == "__main__":
    unittest.main()
