"""What a sweep file says and which points follow from it; every mistake in it refused in one line."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from support import FolderTest, program

from nonzero_scripts.domain import Domain, text_of
from nonzero_scripts.errors import UserError
from nonzero_scripts.program import PROJECT
from nonzero_scripts.sweep_file import Sweep, load_sweep

PROGRAM = program()


class SweepFileTest(FolderTest):
    def load(self, parameters: dict[str, Any] | None = None, **more: Any) -> Sweep:
        return load_sweep(self.sweep_file(parameters, **more), PROGRAM)

    def labels(self, *arguments: Any, **more: Any) -> list[str]:
        return [point.label for point in self.load(*arguments, **more).points]

    def values(self, given: Any, name: str = "pe.kc") -> list[str]:
        return [text_of(point.values[name]) for point in self.load({name: given}).points]

    # Points -------------------------------------------------------------------------------------------------------
    def test_points_are_the_cross_product_in_the_order_of_the_file_with_the_last_name_fastest(self) -> None:
        labels = self.labels({"pe.kc": [8, 4], "crossbar.hash": ["h2", "h1"]}, seed=[1, 2])
        expected = [
            f"pe.kc={kc} crossbar.hash={hash} seed={seed}" for kc in (8, 4) for hash in ("h2", "h1") for seed in (1, 2)
        ]
        self.assertEqual(labels, expected)

    def test_what_advances_together_makes_one_axis_at_the_place_of_its_first_name(self) -> None:
        sweep = self.load(
            {"pe.kc": [4, 8]},
            **{"weight-density": [0.1, 0.5], "seed": [1, 2], "activation-density": [0.2, 0.6]},
            together=[["activation-density", "weight-density"]],
        )
        self.assertEqual([axis.names for axis in sweep.axes][1], ("weight-density", "activation-density"))
        self.assertEqual(len(sweep.points), 8)
        pairs = {(point.values["weight-density"], point.values["activation-density"]) for point in sweep.points}
        self.assertEqual(pairs, {(0.1, 0.2), (0.5, 0.6)})

    def test_a_single_value_is_set_and_not_swept_a_list_of_one_is_a_column(self) -> None:
        sweep = self.load({"pe.kc": 4, "pe.rows": [2]}, **{"no-values": True, "platform": "scnn"})
        self.assertEqual(sweep.names, ["pe.rows"])
        arguments = sweep.points[0].request.arguments()
        for word in ("--set=pe.kc=4", "--set=pe.rows=2", "--no-values"):
            self.assertIn(word, arguments)
        self.assertEqual(arguments[:2], ["run", "scnn"])

    def test_ranges(self) -> None:
        self.assertEqual(self.values({"from": 1, "to": 9, "step": 2}), ["1", "3", "5", "7", "9"])
        self.assertEqual(self.values({"from": 1, "to": 10, "step": 4}), ["1", "5", "9"])
        self.assertEqual(self.values({"from": 4, "to": 64, "factor": 4}), ["4", "16", "64"])
        self.assertEqual(self.values({"from": 7, "to": 7, "step": 1}), ["7"])

    def test_steps_of_a_tenth_are_tenths(self) -> None:
        sweep = self.load(**{"weight-density": {"from": 0.1, "to": 1, "step": 0.1}})
        found = [text_of(point.values["weight-density"]) for point in sweep.points]
        self.assertEqual(found, ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "1"])

    def test_a_list_of_layers_is_one_choice_of_layers(self) -> None:
        sweep = self.load(layers=["conv2", "conv1"])
        self.assertEqual(len(sweep.points), 1)
        self.assertEqual(sweep.points[0].request.options["layers"], "conv2,conv1")

    def test_patterns_of_weights(self) -> None:
        patterns = ["1:1", "8:128", "65535:65535", "u1", "u100"]
        sweep = self.load(nm=patterns, matrix=["same", "natural"], platform="vegeta")
        self.assertEqual([point.values["nm"] for point in sweep.points[::2]], patterns)
        self.assertEqual([point.request.options["matrix"] for point in sweep.points[:2]], ["same", "natural"])

    def test_paths_are_seen_from_the_sweep_file(self) -> None:
        sweep = self.load(network=["./net.json", "alexnet"])
        self.assertEqual(sweep.points[0].request.options["network"], str(self.folder / "net.json"))
        self.assertEqual(sweep.points[0].values["network"], "./net.json")
        self.assertEqual(sweep.points[1].request.options["network"], "alexnet")

    # Keys of points -----------------------------------------------------------------------------------------------
    def test_the_key_depends_on_what_decides_the_result_and_on_nothing_else(self) -> None:
        request = self.load({"pe.kc": 4, "pe.rows": 2}, seed=1).points[0].request
        key = PROGRAM.key(request)
        other_order = self.load({"pe.rows": 2.0, "pe.kc": [4]}, seed=1, title="other", **{"no-values": False})
        self.assertEqual(PROGRAM.key(other_order.points[0].request), key)
        self.assertNotEqual(PROGRAM.key(self.load({"pe.kc": 4, "pe.rows": 3}, seed=1).points[0].request), key)
        self.assertNotEqual(PROGRAM.key(self.load({"pe.kc": 4, "pe.rows": 2}, seed=2).points[0].request), key)
        copy = self.write("copy.json", (self.folder / "net.json").read_text())
        self.assertEqual(PROGRAM.key(replace(request, options={**request.options, "network": str(copy)})), key)
        other = self.write("other.json", (self.folder / "net.json").read_text().replace("0.6", "0.7"))
        self.assertNotEqual(PROGRAM.key(replace(request, options={**request.options, "network": str(other)})), key)

    # Mistakes -----------------------------------------------------------------------------------------------------
    def refused(self, file: Path, *named: str) -> None:
        with self.assertRaises(UserError) as raised:
            load_sweep(file, PROGRAM)
        message = str(raised.exception)
        self.assertNotIn("\n", message)
        for name in ("sweep.json", *named):
            self.assertIn(name, message)

    def refused_values(self, name: str, given: Any, *named: str) -> None:
        with self.subTest(name=name, given=given):
            self.refused(self.sweep_file({name: given}), "parameters", name, *named)

    def refused_key(self, key: str, given: Any, *named: str) -> None:
        with self.subTest(key=key, given=given):
            self.refused(self.sweep_file(**{key: given}), *named)

    def test_wrong_files(self) -> None:
        for text, named in (
            ("{", "line 1"),
            ("[]", "not a JSON object"),
            ('{"platform": "scnn", "platform": "scnn"}', "'platform' is given twice"),
            ('{"seed": NaN}', "seed: NaN"),
            ('{"parameters": {"pe.kc": [4, [-Infinity]]}}', "pe.kc: -Infinity"),
            ("[NaN]", "not a JSON object"),
            ('{"network": "alexnet"}', "'platform'"),
            ('{"platform": "scnn"}', "'network'"),
            ('{"platform": "scnn", "platforms": ["scnn"], "network": "alexnet"}', "one of them"),
            ('{"platform": "scn", "network": "alexnet"}', "'scnn'"),
            ('{"platforms": [], "network": "alexnet"}', "the list is empty"),
            ('{"platform": "scnn", "network": "alexne"}', "'alexnet'"),
            ('{"platform": "scnn", "network": "./none.json"}', "none.json"),
            ('{"platform": "scnn", "network": "alexnet", "parameters": []}', "parameters: is not an object"),
            ('{"platform": "scnn", "network": "alexnet", "layers": ["conv1", "conv33"]}', "'conv3'"),
        ):
            with self.subTest(text):
                self.refused(self.write("sweep.json", text), named)
        self.refused(self.folder / "missing_sweep.json", "No such file")

    def test_wrong_keys(self) -> None:
        self.refused_key("weight-densty", 0.5, "'weight-density'")
        self.refused_key("pe.kc", 4, "'parameters'")
        self.refused_key("json", "x.json", "'json'")
        self.refused_key("vcd", "x.vcd", "single runs")
        self.refused_key("jobs", 2, "--jobs")
        self.refused_key("title", 3, "title")

    def test_wrong_values_of_options(self) -> None:
        self.refused_key("weight-density", [], "weight-density", "empty")
        self.refused_key("weight-density", [0.5, 1.1], "weight-density", "1.1 is outside 0 .. 1")
        self.refused_key("weight-density", "0.5", "not a number")
        self.refused_key("seed", [1, -1], "seed", "outside")
        self.refused_key("sparsity", "unifrm", "'uniform'")
        self.refused_key("sparsity", "uniform,correlated", "uniform | correlated")
        self.refused_key("matrix", ["same", "foo"], "matrix", "'foo'", "same | natural")
        self.refused_key("matrix", "same,natural", "matrix", "same | natural")
        for wrong in ("9:8", "0:8", "8:65536", "8", "8:", " 2:4", "2:4:8", "u0", "u101", "u", 0.5, True, "٢:٤"):
            self.refused_key("nm", ["2:4", wrong], "nm", "u1 .. u100")
        self.refused_key("no-values", 1, "no-values", "true nor false")
        self.refused_key("photo", None, "photo", "null")
        self.refused_key("layers", [], "layers")

    def test_wrong_values_of_parameters(self) -> None:
        self.refused_values("pe.kx", 4, "'pe.kc'")
        self.refused_values("pe.kc", [], "empty")
        self.refused_values("pe.kc", [4, 4096], "4096 is outside 1 .. 1024")
        self.refused_values("pe.kc", 4.5, "4.5 is not an integer")
        self.refused_values("pe.kc", [4, 8, 4.0], "twice")
        self.refused_values("pe.kc", [[4]], "a list is not a number")
        self.refused_values("crossbar.hash", "h9", "h1 | h2")
        self.refused_values("crossbar.queue_infinite", 1, "true nor false")

    def test_wrong_ranges(self) -> None:
        self.refused_values("pe.kc", {"from": 1, "to": 4}, "'step' or 'factor'")
        self.refused_values("pe.kc", {"from": 1, "to": 4, "step": 1, "factor": 2}, "'step' or 'factor'")
        self.refused_values("pe.kc", {"from": 1, "to": 4, "step": 0}, "above 0")
        self.refused_values("pe.kc", {"from": 1, "to": 4, "step": 0.5}, "1.5 is not an integer")
        self.refused_values("pe.kc", {"from": 1, "to": 4, "factor": 1}, "above 1")
        self.refused_values("pe.kc", {"from": 4, "to": 1, "step": 1}, "larger")
        self.refused_values("pe.kc", {"from": "1", "to": 4, "step": 1}, "from", "not a number")
        self.refused_values("pe.kc", {"from": 1, "to": 2000, "step": 1}, "1025 is outside")
        self.refused_values("crossbar.hash", {"from": 1, "to": 4, "step": 1}, "give a list")

    def test_wrong_groups(self) -> None:
        both = {"seed": [1, 2], "density-scale": [1, 2, 3], "weight-density": 0.5}
        for together, named in (
            ([["seed", "density-scale"]], "'seed' has 2 values, 'density-scale' 3"),
            ([["seed", "weight-density"]], "'weight-density' is not swept"),
            ([["seed"]], "two names"),
            ([["seed", "seed"]], "twice"),
            ("seed", "list of lists"),
        ):
            with self.subTest(together):
                self.refused(self.sweep_file(**both, together=together), "together", named)

    def test_too_many_points(self) -> None:
        thousand = {"from": 1, "to": 1000, "step": 1}
        self.refused_key("seed", {"from": 1, "to": 1e9, "step": 1}, "100000")
        self.refused(self.sweep_file({"pe.kc": thousand}, seed=thousand), "1000000 points")

    def test_the_example_of_the_documentation_is_a_sweep_file(self) -> None:
        path = PROJECT / "docs/examples/sweep.json"
        self.assertEqual(len(load_sweep(path, PROGRAM).points), 30)
        shown = (PROJECT / "docs/sweep.md").read_text().partition("```json\n")[2].partition("```")[0]
        self.assertEqual(json.loads(shown), json.loads(path.read_text()))


class ProgramTest(FolderTest):
    def test_options_are_those_of_the_command(self) -> None:
        options = PROGRAM.run_options()
        self.assertTrue(options["no-values"].is_flag)
        self.assertFalse(options["activation-density"].is_flag)
        self.assertTrue(options["network"].is_path("nets/a"))
        self.assertFalse(options["network"].is_path("alexnet"))
        self.assertTrue(options["tensors"].is_path("real"))

    def test_domains_are_those_of_the_parameters(self) -> None:
        domains = PROGRAM.parameters("scnn")
        self.assertEqual(domains["pe.kc"], Domain("integer", 1, 1024, unit="channels"))
        self.assertEqual(domains["crossbar.hash"].choices, ("h1", "h2", "h3", "h4"))
        self.assertEqual(domains["crossbar.queue_infinite"].kind, "boolean")

    def test_layers_are_those_of_the_network(self) -> None:
        self.assertEqual(PROGRAM.layer_names(str(self.folder / "net.json")), ("conv1", "conv2"))
        self.assertEqual(len(PROGRAM.layer_names("alexnet")), 11)
