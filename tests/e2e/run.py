#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the end-to-end tests, each in a process, a rig and namespaces of its own; the last line
counts.
"""

import argparse
import importlib
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rig"))

import process  # noqa: E402
import sanitizers  # noqa: E402
from case import TESTS, Failed  # noqa: E402
from rig import Rig, not_built, unable  # noqa: E402

for module in ("main_job", "bad_input", "faults"):
    importlib.import_module(module)  # fills TESTS

TIMEOUT = 180.0  # seconds for one test, on a busy machine with sanitizers
TAIL = 15
LONGEST = 15000  # characters of a reason: fits in a pipe, whatever they are


def log_tails(work):
    lines = []
    for log in sorted(Path(work).glob("*.log")):
        text = log.read_text("utf-8", "replace").splitlines()
        lines += [f"--- {log.name}"] + text[-TAIL:]
    return "\n".join(lines)


def run_in_rig(function, preset, work):
    """The reason why the test failed; empty: it passed."""
    reason = ""
    with Rig(preset, keep=True, work=work) as rig:
        try:
            function(rig)
        except (Failed, process.RigError) as error:
            reason = f"{error}\n{log_tails(work)}"
        except Exception:  # a test must never end the run
            reason = f"{traceback.format_exc()}\n{log_tails(work)}"
        rig.host.stop()
        if not reason and rig.host.last_status not in (0, None):
            reason = f"rdpesc-host ended with {rig.host.last_status}\n{log_tails(work)}"
    if reports := sanitizers.reports(work):
        reason = f"{reason}\na sanitizer reported:\n{reports}".strip()
    return reason


class Running:
    """One test under way, in a child that writes its verdict to a pipe."""

    def __init__(self, name, options):
        self.name, self.begin = name, time.monotonic()
        self.late = self.crashed = False
        # A number, as the names of sockets in it must stay short.
        self.work = os.path.join(options.scratch, str(list(TESTS).index(name)))
        reader, writer = os.pipe()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(reader)
            process.die_with_parent(parent)
            try:
                reason = run_in_rig(TESTS[name], options.preset, self.work)
            except BaseException as error:  # SystemExit too: the time was up
                reason = f"{type(error).__name__}: {error}\n{log_tails(self.work)}"
            finally:
                os.write(writer, reason[:LONGEST].encode())
                os._exit(0)
        os.close(writer)
        self.verdict = os.fdopen(reader, "rb")

    def is_over(self):
        done, how = os.waitpid(self.pid, os.WNOHANG)
        if done:
            self.crashed = how != 0
            return True
        if not self.late and time.monotonic() - self.begin > TIMEOUT:
            self.late = True
            os.kill(self.pid, signal.SIGTERM)
        return False

    def reason(self):
        with self.verdict:
            text = self.verdict.read().decode("utf-8", "replace")
        if self.late:
            return f"still running after {TIMEOUT:g} s\n{text}"
        return text or ("its process died" if self.crashed else "")


def report(test, reason):
    seconds = time.monotonic() - test.begin
    print(f"{'failed ' if reason else 'passed '} {test.name} ({seconds:.1f} s)", flush=True)
    if reason:
        print("    " + reason.replace("\n", "\n    "), flush=True)


def run_all(names, options):
    """Returns the number of tests that passed."""
    waiting, running, passed = list(names), [], 0
    while waiting or running:
        while waiting and len(running) < options.jobs:
            running.append(Running(waiting.pop(0), options))
        for test in [test for test in running if test.is_over()]:
            running.remove(test)
            reason = test.reason()
            report(test, reason)
            passed += not reason
            if not options.keep:
                shutil.rmtree(test.work, ignore_errors=True)
        time.sleep(process.LOOK_EVERY)
    return passed


def skip_all(names, reason):
    for name in names:
        print(f"skipped {name}: {reason}")


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="dev", help="which build is tested (default: dev)")
    parser.add_argument(
        "--filter", default="", metavar="TEXT", help="only tests whose name contains this"
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=min(os.cpu_count() or 1, 4),
        help="tests at a time (default: %(default)s)",
    )
    parser.add_argument("--list", action="store_true", help="only list the tests")
    parser.add_argument("--keep", action="store_true", help="keep the logs and say where")
    return parser.parse_args()


def main():
    options = parse()
    names = [name for name in TESTS if options.filter in name]
    if options.list:
        print("\n".join(names))
        return 0
    if not names:
        print(f"no test has '{options.filter}' in its name", file=sys.stderr)
        return 2
    if absent := not_built(options.preset):
        print(
            f"build the preset {options.preset} first, it lacks {' '.join(absent)}", file=sys.stderr
        )
        return 1
    if reason := unable():
        skip_all(names, reason)
        print(f"0 passed, 0 failed, {len(names)} skipped")
        return 0
    process.adopt_orphans()
    options.scratch = tempfile.mkdtemp(prefix="rdpesc-e2e-")
    try:
        passed = run_all(names, options)
    finally:
        process.end_children()
        if options.keep:
            print(f"logs: {options.scratch}")
        else:
            shutil.rmtree(options.scratch, ignore_errors=True)
    print(f"{passed} passed, {len(names) - passed} failed, 0 skipped")
    return 1 if passed < len(names) else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    sys.exit(main())
