#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What redirection costs: the same programs on the user's machine (direct) and in the session
(redirected), in turn.

Times are medians of whole programs. Counts are of one redirected run: SCard calls as the program
makes them, IOCTLs, round trips and bytes as rdpesc-host counts them, the difference between after
and before, when nothing is under way. A delay is added each way between xfreerdp and rdpesc-host.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rig"))

import namespace  # noqa: E402
import pki  # noqa: E402
import tasks  # noqa: E402
from kdc import kinit_command  # noqa: E402
from process import PATIENCE, RigError  # noqa: E402
from rig import Rig, why_not  # noqa: E402
from spy import Spy  # noqa: E402

CASES = ("list", "objects", "sign", "kinit")
COUNTED = ("ioctls", "round_trips", "bytes_sent", "bytes_received")
LEAST_RUNS = 5
# The table for people: which values, and how wide.
COLUMNS = {
    "case": 8,
    "delay_ms": 10,
    "direct_ms": 11,
    "redirected_ms": 15,
    "ratio": 8,
    "scard_calls": 13,
    "ioctls": 8,
    "round_trips": 13,
    "bytes": 9,
}
TIMEOUT = 180  # seconds for one program; a hundred round trips of 0.2 s are 20


def progress(text):
    print(text, file=sys.stderr, flush=True)


class Bench:
    """One rig; measure() does one case at one delay."""

    def __init__(self, rig, runs):
        self._rig, self._runs = rig, runs
        self._letter = tasks.Signature(rig.work)
        self._spy = Spy(rig.work, rig.build)

    def _run(self, case, run, watched=False):
        commands = {
            "list": lambda: tasks.LIST_READERS,
            "objects": lambda: tasks.LIST_OBJECTS,
            "sign": self._letter.sign_command,
            "kinit": kinit_command,
        }
        stdin = f"{pki.PIN}\n" if case == "kinit" else None
        command = commands[case]()
        command = self._spy.watch(command) if watched else command
        result = run(command, stdin=stdin, timeout=TIMEOUT)
        if result.status != 0:
            raise RigError(f"{case}: {result!r}")
        return result.seconds

    def _at_rest(self, delay_ms):
        """The host's counters once the last program's late calls are done: no change during two
        round trips and some.
        """
        last, end = None, time.monotonic() + PATIENCE
        while time.monotonic() < end:
            status = self._rig.host.status()
            now = {name: status[name] for name in COUNTED}
            if now == last and status["clients"] == 0:
                return now
            last = now
            time.sleep(4 * delay_ms / 1000 + 0.1)
        raise RigError(f"the host does not come to rest: {status}")

    def measure(self, case, delay_ms):
        rig = self._rig
        self._run(case, rig.direct_run)  # not counted: fills the caches of the programs
        self._run(case, rig.session_run, watched=True)
        scard_calls = len(self._spy.calls())
        before = self._at_rest(delay_ms)
        self._run(case, rig.session_run)
        after = self._at_rest(delay_ms)
        direct, redirected = [], []
        for _ in range(self._runs):
            direct.append(self._run(case, rig.direct_run))
            redirected.append(self._run(case, rig.session_run))
        a, b = statistics.median(direct) * 1000, statistics.median(redirected) * 1000
        spent = {name: after[name] - before[name] for name in COUNTED}
        return {
            "bench": "redirect",
            "case": case,
            "mode": "default",
            "delay_ms": delay_ms,
            "direct_ms": round(a, 1),
            "redirected_ms": round(b, 1),
            "ratio": round(b / a, 2),
            "scard_calls": scard_calls,
            "ioctls": spent["ioctls"],
            "round_trips": spent["round_trips"],
            "bytes": spent["bytes_sent"] + spent["bytes_received"],
        }


def show(row, as_json):
    if as_json:
        print(json.dumps(row), flush=True)
        return
    print("".join(f"{row[name]:>{width}}" for name, width in COLUMNS.items()), flush=True)


def run(options):
    with Rig(options.preset) as rig:
        progress("starting")
        rig.start(kdc=True, connect=False)
        bench = Bench(rig, options.runs)
        if not options.json:
            print("".join(f"{name:>{width}}" for name, width in COLUMNS.items()))
        for delay_ms in options.delays:
            rig.connect(delay_ms)
            for case in options.cases:
                progress(f"{case}, {delay_ms:g} ms each way, {options.runs} times each")
                show(bench.measure(case, delay_ms), options.json)
            rig.disconnect()


def _runs(text):
    if int(text) < LEAST_RUNS:
        raise argparse.ArgumentTypeError(f"a median of fewer than {LEAST_RUNS} says little")
    return int(text)


def _cases(text):
    chosen = text.split(",")
    if unknown := set(chosen) - set(CASES):
        raise argparse.ArgumentTypeError(
            f"unknown: {' '.join(unknown)}; there are {' '.join(CASES)}"
        )
    return chosen


def main():
    parser = argparse.ArgumentParser(
        prog="./dev bench redirect",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    parser.add_argument(
        "--runs",
        type=_runs,
        default=LEAST_RUNS,
        help="runs of each kind (default and least: %(default)s)",
    )
    parser.add_argument(
        "--delays",
        type=lambda text: [float(part) for part in text.split(",")],
        default=[0, 10, 50, 100],
        metavar="MS,...",
        help="added delays each way in ms (default: 0,10,50,100)",
    )
    parser.add_argument(
        "--cases",
        type=_cases,
        default=list(CASES),
        metavar="NAME,...",
        help=f"of {','.join(CASES)} (default: all)",
    )
    parser.add_argument("--preset", default="dev", help="which build is measured (default: dev)")
    options = parser.parse_args()
    options.delays = [int(delay) if delay == int(delay) else delay for delay in options.delays]
    if reason := why_not(options.preset):
        print(f"redirect: cannot run here: {reason}", file=sys.stderr)
        return 1
    try:
        run(options)
    except (RigError, namespace.NotPermitted) as error:
        print(f"redirect: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
