"""A host that fails, and programs that do: what is recorded, what is tried again, and the exit status."""

import os
import resource
import signal
from collections.abc import Callable

from hostile import SMALL, HostileTest


class HostileHostTest(HostileTest):
    def test_streams_that_are_closed_or_full(self) -> None:
        file = self.sweep_file({"pe.kc": [4, 8], **SMALL})
        self.sweep_of(file, "--out", "wanted")
        wanted = self.bytes_of("results.csv", "wanted")

        def close(*numbers: int) -> Callable[[], None]:
            return lambda: [os.close(number) for number in numbers] and None

        with open("/dev/full", "w") as full:
            for name, settings, status in (
                ("full output", {"stdout": full}, 4),
                ("full errors", {"stderr": full}, 0),
                ("closed output", {"preexec_fn": close(1)}, 0),
                ("closed errors", {"preexec_fn": close(2)}, 0),
                ("all closed", {"preexec_fn": close(0, 1, 2)}, 0),
            ):
                with self.subTest(name):
                    done = self.sweep_of(file, "--out", name, **settings)
                    self.assertEqual(done.returncode, status, done.stderr)
                    self.assertEqual(self.bytes_of("results.csv", name), wanted)
                    self.assertEqual(len((self.folder / name / "journal.jsonl").read_text().splitlines()), 2)
                    if name == "full output":
                        self.assert_refused(done, "the standard output cannot be written", 4)
            self.assertEqual(self.sweep_of("none.json", stderr=full).returncode, 2)
            self.assertEqual(self.sweep_of("none.json", preexec_fn=close(2)).returncode, 2)
            self.assert_refused(self.sweep_of(file, "--dry-run", stdout=full), "the standard output", 4)
            self.assert_refused(self.reproduce("--targets", "V1", stdout=full), "the standard output", 4)

    def test_limits_of_the_host(self) -> None:
        file = self.sweep_file({"pe.kc": [4, 8], **SMALL})

        def limited(kind: int, value: int) -> Callable[[], None]:
            return lambda: resource.setrlimit(kind, (value, value))

        for name, kind, value in (
            ("full disk", resource.RLIMIT_FSIZE, 100),
            ("no descriptors", resource.RLIMIT_NOFILE, 6),
        ):
            with self.subTest(name):
                done = self.sweep_of(file, "--out", name, preexec_fn=limited(kind, value))
                self.assertEqual(done.returncode, 4, done.stderr)
                self.assert_one_line(done.stderr)
                self.assertEqual(self.sweep_of(file, "--out", name).returncode, 0)

    # Runs that the host stopped -----------------------------------------------------------------------------------
    def test_a_run_that_the_host_stopped_is_tried_again(self) -> None:
        program = self.logging_program()
        text = program.read_text()
        file = self.sweep_file({"pe.kc": [4, 8], **SMALL})
        for number, (ending, message) in enumerate(
            (
                ("echo 'nonzero: there is not enough memory' >&2; exit 4", "there is not enough memory"),
                (
                    "echo 'nonzero: error while loading shared libraries: libc.so.6: failed to map segment' >&2; exit 127",
                    "error while loading shared libraries: libc.so.6: failed to map segment",
                ),
                ("kill -KILL $$", "ended by signal SIGKILL"),
                ("kill -XFSZ $$", "ended by signal SIGXFSZ"),
            )
        ):
            with self.subTest(ending):
                out = str(number)
                (self.folder / "log").unlink(missing_ok=True)
                # Every second run fails.
                program.write_text(text.replace("sleep 0 ;;", f'[ "$(wc -l < {self.folder}/log)" != 1 ] || {{ {ending}; }} ;;'))
                done = self.sweep(file, "--jobs", "1", program=program, out=out)
                self.assertEqual(done.returncode, 4)
                self.assertIn(f"[1/2] pe.kc=4: STOPPED: {message}", done.stdout)
                self.assert_refused(done, "1 of 2 points were stopped by the host", 4)
                rows = self.rows(out=out)
                self.assertEqual([(row["status"], row["message"]) for row in rows], [("stopped", message), ("done", "")])
                self.assertIn("[1/2] stopped pe.kc=4", self.sweep(file, "--dry-run", program=program, out=out).stdout)
                again = self.sweep(file, "--jobs", "1", program=program, out=out)
                self.assertEqual(again.returncode, 0)
                self.assertIn("1 were stopped by the host and are tried again; 1 to run", again.stderr)
                self.assertEqual([row["status"] for row in self.rows(out=out)], ["done", "done"])

    def test_a_real_time_signal_is_a_failed_point(self) -> None:
        program = self.logging_program()
        program.write_text(program.read_text().replace("sleep 0", f"kill -{signal.SIGRTMIN + 3} $$"))
        done = self.sweep(self.sweep_file({"pe.kc": [4]}), program=program)
        self.assertEqual((done.returncode, self.rows()[0]["message"]), (1, f"ended by signal {signal.SIGRTMIN + 3}"))

    def test_results_of_another_form_are_a_failed_point(self) -> None:
        program = self.logging_program()
        text = program.read_text()
        for number, results in enumerate(('[1]', '{"complete": true}', '{"complete": true, "tool": 1, "workload": []}',
                                          "[" * 100_000)):  # fmt: skip
            with self.subTest(results[:40]):
                answer = self.write("answer", results)
                copy = f'for w; do last=$json; json=$w; case "$last" in --json) cp {answer} "$w";; esac; done; exit 0'
                program.write_text(text.replace("sleep 0", copy))
                done = self.sweep(self.sweep_file({"pe.kc": [4]}), program=program, out=str(number))
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("the run left ", self.rows(out=str(number))[0]["message"])
