#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tests/run.py, run over a made-up tree whose programs pass, fail, crash, hang or say nothing."""
import contextlib
import io
import os
import pathlib
import select
import sys
import tempfile
import unittest

import closing

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import run  # noqa: E402


class RunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("build/dev/tests.list", "")

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)

    def program(self, name, script, preset="dev"):
        self.write(f"build/{preset}/bin/tests/{name}", "#!/bin/sh\n" + script)
        file = self.root / f"build/{preset}/tests.list"
        known = file.read_text() if file.exists() else ""
        file.write_text(f"{known}unit {name} bin/tests/{name}\n")

    def run_main(self, *arguments):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            status = run.main(list(arguments), self.root)
        lines = output.getvalue().splitlines()
        return status, lines[-1], lines

    def test_sums_programs(self):
        self.program("a", "echo 2 passed, 0 failed")
        self.program("b", "echo noise; echo 3 passed, 0 failed, 1 skipped")
        status, last, lines = self.run_main("--no-e2e")
        self.assertEqual((status, last), (0, "5 passed, 0 failed, 1 skipped"))
        self.assertNotIn("        noise", lines)

    def test_sums_presets(self):
        self.program("a", "echo 2 passed, 0 failed")
        self.program("a", "echo 1 passed, 0 failed", preset="asan")
        status, last, _ = self.run_main("--no-e2e", "--preset", "dev", "--preset", "asan")
        self.assertEqual((status, last), (0, "3 passed, 0 failed"))

    def test_an_emulator_runs_the_programs_behind_its_line(self):
        self.write("emulate", '#!/bin/sh\necho "$1 passed, 0 failed"; [ -x "$2" ]')
        self.write("build/dev/tests.list", f"core\nemulator {self.root}/emulate 7\n")
        self.program("a", "exit 1")
        self.assertEqual(self.run_main("--no-e2e")[:2], (0, "7 passed, 0 failed"))

    def test_a_core_preset_has_nothing_end_to_end(self):
        self.write("tests/e2e/run.py", "raise SystemExit('end to end')")
        self.write("build/dev/tests.list", "core\n")
        self.program("a", "echo 1 passed, 0 failed")
        self.assertEqual(self.run_main()[:2], (0, "1 passed, 0 failed"))

    def test_failure_shows_output(self):
        self.program("a", "echo FAIL why; echo 1 passed, 1 failed; exit 1")
        status, last, lines = self.run_main("--no-e2e")
        self.assertEqual((status, last), (1, "1 passed, 1 failed"))
        self.assertIn("        FAIL why", lines)

    def test_failure_with_exit_0_is_a_failure(self):
        self.program("a", "echo 1 passed, 1 failed")
        self.assertEqual(self.run_main("--no-e2e")[:2], (1, "1 passed, 1 failed"))

    def test_crash_is_one_failure(self):
        self.program("a", "echo 9 passed; kill -SEGV $$")
        status, last, lines = self.run_main("--no-e2e")
        self.assertEqual((status, last), (1, "0 passed, 1 failed"))
        self.assertIn("        no closing line, killed by signal 11", lines)

    def test_no_closing_line_is_one_failure(self):
        self.program("a", "echo 1 passed, 0 failed; echo more")
        self.assertEqual(self.run_main("--no-e2e")[:2], (1, "0 passed, 1 failed"))

    def test_bad_end_after_closing_line_is_a_failure(self):
        self.program("a", "echo 4 passed, 0 failed; exit 23")
        self.assertEqual(self.run_main("--no-e2e")[:2], (1, "4 passed, 1 failed"))

    def test_missing_program_is_a_failure(self):
        self.program("a", "")
        (self.root / "build/dev/bin/tests/a").unlink()
        self.assertEqual(self.run_main("--no-e2e")[:2], (1, "0 passed, 1 failed"))

    def test_preset_that_is_not_built_is_a_failure(self):
        self.assertEqual(self.run_main("--no-e2e", "--preset", "tsan")[:2],
                         (1, "0 passed, 1 failed"))

    def test_hanging_program_is_ended(self):
        program = run.Program("hang", ["/bin/sh", "-c", "sleep 1000 & wait"], seconds=0.2)
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(run.run_program(program, self.root), run.Tally(0, 1))

    def test_child_that_stays_is_ended(self):
        self.program("a", "sleep 1000 & echo $! >child; echo 1 passed, 0 failed")
        self.assertEqual(self.run_main("--no-e2e")[:2], (0, "1 passed, 0 failed"))
        child = int((self.root / "child").read_text())
        with contextlib.suppress(ProcessLookupError):
            handle = os.pidfd_open(child)
            self.assertTrue(select.select([handle], [], [], 10)[0], "it still runs")
            os.close(handle)

    def test_nothing_run_is_an_error(self):
        self.assertEqual(self.run_main("--no-e2e")[:2], (1, "0 passed, 0 failed"))

    def test_only_skipped_is_an_error(self):
        self.program("a", "echo 0 passed, 0 failed, 2 skipped")
        self.assertEqual(self.run_main("--no-e2e")[:2], (1, "0 passed, 0 failed, 2 skipped"))

    def test_filter_reaches_the_programs(self):
        self.program("one", '[ "$*" = "--filter two" ] && echo 1 passed, 0 failed')
        self.program("two", '[ -z "$*" ] && echo 5 passed, 0 failed')
        self.assertEqual(self.run_main("--no-e2e", "--filter", "two")[:2],
                         (0, "6 passed, 0 failed"))

    def test_end_to_end_tests_are_summed(self):
        self.program("a", "echo 2 passed, 0 failed")
        self.write("tests/e2e/run.py", "import sys\nassert sys.argv[1:] == ['--preset', 'dev']\n"
                   "print('step')\nprint('1 passed, 0 failed, 4 skipped')\n")
        status, last, lines = self.run_main()
        self.assertEqual((status, last), (0, "3 passed, 0 failed, 4 skipped"))
        self.assertIn("    step", lines)

    def test_missing_end_to_end_tests_are_a_failure(self):
        self.program("a", "echo 2 passed, 0 failed")
        self.assertEqual(self.run_main()[:2], (1, "2 passed, 1 failed"))


if __name__ == "__main__":
    closing.main()
