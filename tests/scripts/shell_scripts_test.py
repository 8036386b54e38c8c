"""The shell scripts in a small copy of the project, around stand-ins for what they call: no package is installed, nothing is
compiled."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from nonzero_scripts.program import PROJECT

INSTALLED = "echo installed\n"
# Builds a program that only says how it was called.
CMAKE = """echo "cmake $*" >> "$LOG"
if [ "$1" = --build ]; then
    mkdir -p "$2/sc_main" && printf '#!/bin/sh\\necho "ran $*"\\n' > "$2/sc_main/nonzero" && chmod +x "$2/sc_main/nonzero"
fi
"""


class ShellScriptsTest(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name).resolve()
        self.project = self.folder / "project"
        shutil.copytree(PROJECT / "scripts", self.project / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
        self.log = self.folder / "log"
        self.stub("dpkg-query", INSTALLED)
        self.stub("cmake", CMAKE)
        self.stub("ctest", 'echo "ctest $*" >> "$LOG"\n')
        self.stub("sudo", 'shift\n[ "$1" = true ] || exec "$@"\n')

    def stub(self, name: str, body: str, directory: str = "tools") -> Path:
        path = self.folder / directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}")
        path.chmod(0o755)
        return path

    def script(self, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        everything = {"PATH": f"{self.folder / 'tools'}:/usr/bin:/bin", "LOG": str(self.log), **environment}
        command = [str(self.project / "scripts" / words[0]), *words[1:]]
        return subprocess.run(
            command, env=everything, cwd=self.folder, capture_output=True, text=True, check=False, timeout=300
        )

    def logged(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    # run ----------------------------------------------------------------------------------------------------------
    def test_run_builds_all_that_an_installation_takes(self) -> None:
        self.assertEqual(self.script("run").returncode, 0)
        build = next(line for line in self.logged() if line.startswith("cmake --build build/release "))
        self.assertTrue(build.endswith("--target nonzero_package"), build)

    def test_run_names_the_way_to_python_where_it_is_missing(self) -> None:
        sweep = self.project / "scripts/sweep"
        sweep.write_text("#!/bin/sh\n")
        self.assertNotIn("scripts/setup python", self.script("run").stdout)
        sweep.write_text("#!/none/python3\n")
        last = self.script("run").stdout.splitlines()[-3:]
        self.assertIn("scripts/setup python", last[0])
        self.assertIn("/none/python3", last[0])
        self.assertIn("scripts/sweep", last[1])
        self.assertIn("scripts/reproduce", last[2])

    def test_run_takes_the_network_of_the_project_where_there_is_no_other(self) -> None:
        done = self.script("run", NONZERO_REAL_DIR="none")
        self.assertIn(f"There is no {self.folder}/none/squeezenet_dc", done.stdout)
        self.assertIn("ran run scnn --tensors tests/real/lenet5_dns --layers conv2 ", done.stdout)
        (self.folder / "real/squeezenet_dc").mkdir(parents=True)
        (self.folder / "real/squeezenet_dc/network.json").touch()
        done = self.script("run", NONZERO_REAL_DIR="real")
        self.assertIn(f"ran run scnn --tensors {self.folder}/real/squeezenet_dc ", done.stdout)

    # Places -------------------------------------------------------------------------------------------------------
    def test_everything_is_made_in_the_build_directory_that_is_named(self) -> None:
        done = self.script("run", NONZERO_BUILD_DIR="else where")
        place = self.folder / "else where"
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.logged()[0], f"cmake --preset release -B {place}/release")
        self.assertIn(f"cmake --build {place}/release ", self.logged()[1])
        self.assertIn(f"{place}/release/sc_main/nonzero compare scnn dcnn ", done.stdout)
        self.assertIn(f"--json {place}/out/run/alexnet.json", done.stdout)
        self.assertTrue((place / "out/run").is_dir())
        self.script("test", "quick", NONZERO_BUILD_DIR="else where")
        self.assertIn(f"ctest --preset quick --test-dir {place}/release --parallel", self.logged()[-1])
        self.assertEqual(sorted(path.name for path in self.project.iterdir()), ["scripts"])

    def test_lint_looks_into_the_build_directory_that_is_named(self) -> None:
        self.stub("git", "echo base\n")
        done = self.script("lint", "tidy", NONZERO_BUILD_DIR="other", NONZERO_LINT_BASE="base")
        database = self.folder / "other/lint/compile_commands.json"
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr, f"lint: there is no {database}; configure first: cmake --preset lint -B "
                         f"{database.parent}\n")  # fmt: skip

    def test_a_place_that_cannot_be_written_is_one_line(self) -> None:
        (self.folder / "file").touch()
        done = self.script("run", NONZERO_BUILD_DIR="file/build")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertEqual(done.stderr, f"run: {self.folder}/file/build/release cannot be written: Not a directory; "
                         "NONZERO_BUILD_DIR=DIR names another place for everything that is made\n")  # fmt: skip
        self.assertEqual(self.logged(), [])

    def test_a_full_disk_is_one_line_and_a_failure_of_the_host(self) -> None:
        for tool in ("mkdir", "mktemp", "head"):
            with self.subTest(tool):
                stand_in = self.stub(tool, f"echo '{tool}: x: No space left on device' >&2\nexit 1\n")
                done = self.script("run", NONZERO_BUILD_DIR="place")
                self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (4, "", 1), done.stderr)
                self.assertIn("place/release cannot be written: No space left on device; NONZERO_BUILD_DIR", done.stderr)
                self.assertEqual(list(self.folder.glob("place/release/.*")), [])
                stand_in.unlink()

    def test_a_tree_of_other_sources_is_one_line(self) -> None:
        tree = self.project / "build/release"
        tree.mkdir(parents=True)
        (tree / "CMakeCache.txt").write_text(
            "CMAKE_HOME_DIRECTORY:INTERNAL=/elsewhere\nCMAKE_CACHEFILE_DIR:INTERNAL=/elsewhere/build/release\n"
        )
        done = self.script("run")
        self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1))
        self.assertIn("build/release was configured for /elsewhere", done.stderr)
        self.assertEqual(self.logged(), [])

    def test_a_compiler_cache_is_used_where_there_is_one(self) -> None:
        self.stub("ccache", "")
        self.stub("cmake", 'echo "$CMAKE_CXX_COMPILER_LAUNCHER" >> "$LOG"\n' + CMAKE)
        self.script("run")
        self.assertEqual(self.logged()[0], "ccache")

    def test_words_that_no_script_knows_are_one_line(self) -> None:
        for words in (("test", "\x1b[2J" + "x" * 5000), ("test", "quick", "full"), ("lint", "x\ny"), ("lint", "fix", "tidy"),
                      ("setup", "\x1b[2J"), ("run", "\x07")):  # fmt: skip
            with self.subTest(words):
                done = self.script(*words)
                self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (2, "", 1), done.stderr)
                self.assertTrue(done.stderr[:-1].isprintable(), done.stderr)
                self.assertLess(len(done.stderr), 1100)
                self.assertEqual(self.logged(), [])

    def test_a_search_path_for_directories_leads_nowhere_else(self) -> None:
        (self.folder / "elsewhere/scripts").mkdir(parents=True)
        self.stub("dpkg-query", 'pwd >> "$LOG"\necho installed\n')
        command = ["bash", "scripts/setup", "build"]
        everything = {"PATH": f"{self.folder / 'tools'}:/usr/bin:/bin", "LOG": str(self.log)}
        everything["CDPATH"] = str(self.folder / "elsewhere")
        done = subprocess.run(command, env=everything, cwd=self.project, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertEqual(set(self.logged()), {str(self.project)})

    # setup --------------------------------------------------------------------------------------------------------
    def test_a_stage_asks_for_its_own_packages_only(self) -> None:
        self.stub("dpkg-query", 'for last; do :; done; echo "$last" >> "$LOG"; echo installed\n')
        asked = {}
        for stage in ("quick", "full", "lint", "sanitize", "fuzz", "all"):
            self.log.unlink(missing_ok=True)
            self.script("test", stage)
            asked[stage] = [line for line in self.logged() if not line.startswith(("cmake", "ctest"))]
            self.assertEqual(len(asked[stage]), len(set(asked[stage])), stage)
        for name in ("clang", "clang-tidy", "clang-format", "git", "libclang-rt-14-dev", "python3-pandas"):
            self.assertNotIn(name, asked["quick"] + asked["full"])
        self.assertIn("python3", asked["quick"])
        self.assertNotIn("python3", asked["sanitize"])
        self.assertNotIn("python3-numpy", asked["lint"])
        self.assertNotIn("clang-tidy", asked["sanitize"])
        self.assertIn("libclang-rt-14-dev", asked["sanitize"])
        self.assertEqual(asked["fuzz"], asked["sanitize"])
        self.assertEqual(set(asked["all"]), {name for names in asked.values() for name in names})

    def test_setup_says_for_whom_it_waits(self) -> None:
        held = "Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (unattended-upgr)"
        self.stub("dpkg-query", "exit 1\n")
        self.stub("apt-cache", "")
        self.stub("apt-get", f'echo "apt-get $*" >> "$LOG"\nif [ -e "$LOG.2" ]; then exit 0; fi\ntouch "$LOG.2"\n'
                  f"echo 'E: {held}' >&2\nexit 100\n")  # fmt: skip
        done = self.script("setup", "python")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(len(self.logged()), 2)
        self.assertIn(f"setup: waiting for another program's package lock, 10 min at most: {held}\n", done.stdout)

    def test_setup_does_not_wait_for_what_is_no_lock(self) -> None:
        self.stub("dpkg-query", "exit 1\n")
        self.stub("apt-cache", "")
        self.stub("apt-get", 'echo "apt-get $*" >> "$LOG"\necho "E: no space" >&2\nexit 100\n')
        self.stub("sleep", "")
        done = self.script("setup", "python")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr.count("E: no space"), 5)  # three attempts, two of them with fresh lists
        self.assertIn("the packages could not be installed", done.stderr)

    # fuzz ---------------------------------------------------------------------------------------------------------
    def fuzz_target(self, name: str, body: str) -> None:
        self.stub(f"fuzz_{name}", f'echo "{name} $*" >> "$LOG"\n{body}', "project/build/sanitize/fuzz")
        corpus = self.project / "fuzz/corpus" / name
        corpus.mkdir(parents=True)

    def test_fuzz_tells_what_was_tried_and_fails_with_the_input_of_a_failure(self) -> None:
        (self.project / "build/sanitize").mkdir(parents=True)
        self.fuzz_target("good", 'echo "stat::number_of_executed_units: 1234" >&2\n')
        self.fuzz_target(
            "bad",
            "echo 'property does not hold: 1 is 2' >&2\n"
            "echo \"artifact_prefix='x'; Test unit written to build/sanitize/fuzz/findings/bad-crash-1\" >&2\n"
            "echo 'stat::number_of_executed_units: 5' >&2\nexit 77\n",
        )
        done = self.script("fuzz", "--seconds", "7", "good")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout.split(), ["fuzz", "good", "passed", "1234", "executions"])
        self.assertIn("-max_total_time=7 -seed=1 ", self.logged()[0])
        done = self.script("fuzz")
        self.assertEqual(done.returncode, 1)
        self.assertIn("property does not hold: 1 is 2\n", done.stderr)
        self.assertIn("the input: build/sanitize/fuzz/findings/bad-crash-1\n", done.stderr)
        self.assertEqual(
            [line.split()[1:4] for line in done.stdout.splitlines()],
            [["bad", "FAILED", "5"], ["good", "passed", "1234"]],
        )
        summary = (self.project / "build/sanitize/fuzz/summary.txt").read_text()
        self.assertEqual(summary, done.stdout)

    def test_fuzz_names_what_there_is(self) -> None:
        (self.project / "fuzz/corpus/network").mkdir(parents=True)
        for words, told in (
            (["--seconds", "1e3"], "--seconds takes a number"),
            (["--minutes", "3"], "no option '--minutes'"),
            (["netwrok"], "no fuzz target 'netwrok'; there are: network"),
            ([], "fuzz_network is not built; scripts/test fuzz builds and runs the targets"),
        ):
            done = self.script("fuzz", *words)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(told, done.stderr)


if __name__ == "__main__":
    unittest.main()
