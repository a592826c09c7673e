#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of one or more presets and sums them up.

Once: every tests/*/*_test.py. For each preset: every program of build/<preset>/tests.list, then
tests/e2e/run.py. The last line of the output is "N passed, N failed", with ", N skipped" when there
are any. Each program ends its own output in such a line; one that does not, or that ends badly
after it, counts as one failure.
"""
import argparse
import contextlib
import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLOSING_LINE = re.compile(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?")
UNIT_SECONDS = 300
E2E_SECONDS = 3600
# Test folders whose programs are run by tests/e2e/run.py or by hand.
NO_SCRIPTS = {"e2e", "rig", "demo", "bench"}
SANITIZER_OPTIONS = {
    "ASAN_OPTIONS": "strict_string_checks=1:detect_stack_use_after_return=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1",
}


@dataclasses.dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


@dataclasses.dataclass
class Program:
    name: str
    command: list
    seconds: int = UNIT_SECONDS
    live: bool = False  # its lines are shown as they come


@dataclasses.dataclass
class Outcome:
    lines: list
    status: int
    timed_out: bool


def end_group(process):
    """Ends a program, if it runs, and what it left behind."""
    with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(5)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def execute(program, root):
    """Runs a program and keeps its output. A child that outlives it is ended."""
    environment = {**SANITIZER_OPTIONS, **os.environ}
    lines = []

    def read(stream):
        for line in stream:
            lines.append(line.rstrip("\n"))
            if program.live:
                print("    " + lines[-1], flush=True)

    process = subprocess.Popen(program.command, cwd=root, env=environment, text=True,
                               errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    reader = threading.Thread(target=read, args=(process.stdout,), daemon=True)
    reader.start()
    timed_out = False
    try:
        process.wait(program.seconds)
    except subprocess.TimeoutExpired:
        timed_out = True
    finally:
        end_group(process)
    reader.join(2)
    return Outcome(lines, process.wait(), timed_out)


def judge(outcome):
    """The tally of a program, and what is wrong with it beside its failed tests."""
    last = next((line for line in reversed(outcome.lines) if line.strip()), "")
    match = CLOSING_LINE.fullmatch(last.strip())
    if outcome.timed_out:
        return Tally(0, 1), "it did not end in time"
    if match is None:
        return Tally(0, 1), f"no closing line, {ending(outcome.status)}"
    tally = Tally(*(int(number or 0) for number in match.groups()))
    if outcome.status != 0 and tally.failed == 0:
        tally.failed += 1
        return tally, f"its tests passed, but {ending(outcome.status)}"
    return tally, ""


def ending(status):
    return f"killed by signal {-status}" if status < 0 else f"exit status {status}"


def run_program(program, root):
    start = time.monotonic()
    if program.live:
        print(f"  ....  {program.name}", flush=True)
    try:
        outcome = execute(program, root)
    except OSError as error:
        outcome = Outcome([str(error)], 127, False)
    tally, wrong = judge(outcome)
    if tally == Tally() and not wrong:
        return tally  # the filter left nothing
    mark = "FAIL" if tally.failed else " ok "
    elapsed = time.monotonic() - start
    print(f"  {mark}  {program.name:<44} {elapsed:7.2f} s  {tally}", flush=True)
    if tally.failed:
        if not program.live:
            print("\n".join("        " + line for line in outcome.lines))
        if wrong:
            print(f"        {wrong}")
    return tally


def with_filter(name, command, text):
    """A program whose name has the text runs whole, another picks its own tests."""
    return command if text is None or text in name else [*command, "--filter", text]


def list_lines(preset, root):
    return [line.split() for line in (root / f"build/{preset}/tests.list").read_text().splitlines()]


def listed_programs(preset, text, root):
    build = root / "build" / preset
    emulator = []
    for kind, *words in list_lines(preset, root):
        if kind == "emulator":
            emulator = words
        elif kind == "corpus":
            name, program, *corpus = words
            if text is None or text in name:
                yield Program(name, [*emulator, build / program, *corpus])
        elif kind == "unit":
            name, program = words
            yield Program(name, with_filter(name, [*emulator, build / program], text))


def script_programs(text, root):
    for path in sorted(root.glob("tests/*/*_test.py")):
        if path.parent.name in NO_SCRIPTS:
            continue
        name = f"{path.parent.name}/{path.stem}"
        yield Program(name, with_filter(name, [sys.executable, path], text))


def e2e_program(preset, text, root):
    command = [sys.executable, root / "tests/e2e/run.py", "--preset", preset]
    if text is not None:
        command += ["--filter", text]
    return Program("end to end", command, E2E_SECONDS, live=True)


def run_preset(preset, arguments, root):
    tally = Tally()
    print(f"preset {preset}", flush=True)
    try:
        programs = list(listed_programs(preset, arguments.filter, root))
    except FileNotFoundError:
        print(f"  FAIL  preset {preset} is not built: ./dev build {preset}")
        return Tally(0, 1)
    if not arguments.no_e2e and ["core"] not in list_lines(preset, root):
        programs.append(e2e_program(preset, arguments.filter, root))
    for program in programs:
        tally.add(run_program(program, root))
    return tally


def parse(argv):
    parser = argparse.ArgumentParser(description="Runs unit, script and end-to-end tests.")
    parser.add_argument("--preset", action="append", metavar="P",
                        help="a preset that is built; may be given again (default: dev)")
    parser.add_argument("--filter", metavar="TEXT", help="only tests whose name contains TEXT")
    parser.add_argument("--no-e2e", action="store_true", help="leave the end-to-end tests out")
    return parser.parse_args(argv)


def main(argv, root=ROOT):
    arguments = parse(argv)
    tally = Tally()
    scripts = list(script_programs(arguments.filter, root))
    if scripts:
        print("scripts", flush=True)
    for program in scripts:
        tally.add(run_program(program, root))
    for preset in arguments.preset or ["dev"]:
        tally.add(run_preset(preset, arguments, root))
    ran = tally.passed + tally.failed
    if ran == 0:
        print("no test ran")
    print(tally, flush=True)
    return 1 if tally.failed or ran == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
