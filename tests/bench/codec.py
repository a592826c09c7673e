#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the codec costs: nanoseconds, instructions and heap allocations of one decode and one encode
of typical messages, RPCE headers included.

Nanoseconds are the least of several runs of many rounds. Instructions are counted by callgrind
inside the measured function alone, so they are the same in every run.
"""
import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNS = 5
ROUNDS = {True: 20_000, False: 200_000}  # long messages, short ones
LONG = "65544"
COUNTED_ROUNDS = 10
TOTAL = re.compile(r"^(?:summary|totals): (\d+)", re.MULTILINE)
# The most instructions of a release build by gcc; the exit status is 1 above them.
TARGETS = {"decode Transmit_Call 261": 1600, "encode Transmit_Call 261": 1800}
# What a longer APDU may add to a decode, which only looks at where it lies.
FLAT = ("decode Transmit_Call 5", "decode Transmit_Call 65544", 50)


def output(*command):
    done = subprocess.run([str(part) for part in command], text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]}: exit status {done.returncode}\n{done.stderr}")
    return done.stdout


def timed(program, number, name):
    rounds = ROUNDS[LONG in name]
    runs = [output(program, number, rounds).split() for _ in range(RUNS)]
    return min(float(run[0]) for run in runs), max(int(run[1]) for run in runs)


def instructions(program, number, name):
    """Of one round: counting is on only inside bench_decode or bench_encode."""
    function = "bench_" + name.split()[0]
    with tempfile.NamedTemporaryFile() as counts:
        output("valgrind", "-q", "--tool=callgrind", "--collect-atstart=no",
               f"--toggle-collect={function}", f"--callgrind-out-file={counts.name}", program,
               number, COUNTED_ROUNDS)
        total = TOTAL.search(Path(counts.name).read_text())
    return round(int(total.group(1)) / COUNTED_ROUNDS)


def measure(program):
    for number, name in enumerate(output(program, "--list").splitlines()):
        nanoseconds, allocations = timed(program, number, name)
        yield {"bench": "codec", "case": name, "ns": round(nanoseconds, 1),
               "instructions": instructions(program, number, name), "allocs": allocations}


def missed(rows):
    """What is worse than it should be, in words."""
    counted = {row["case"]: row["instructions"] for row in rows}
    for name, most in TARGETS.items():
        if counted[name] > most:
            yield f"{name}: {counted[name]} instructions, at most {most} are wanted"
    short, long, more = FLAT
    if counted[long] > counted[short] + more:
        yield f"{long}: {counted[long]} instructions against {counted[short]} of {short}"
    for row in rows:
        if row["allocs"]:
            yield f"{row['case']}: {row['allocs']} allocations"


def main():
    parser = argparse.ArgumentParser(description="Measures decoding and encoding.")
    parser.add_argument("--preset", default="release")
    parser.add_argument("--json", action="store_true", help="one object a line")
    options = parser.parse_args()
    rows = []
    if not options.json:
        print(f"{'case':<34}{'ns':>10}{'instructions':>14}{'allocs':>8}")
    for row in measure(ROOT / "build" / options.preset / "bin/bench-codec"):
        rows.append(row)
        print(json.dumps(row) if options.json else
              f"{row['case']:<34}{row['ns']:>10}{row['instructions']:>14}{row['allocs']:>8}",
              flush=True)
    problems = list(missed(rows))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
