#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the proofs of this folder with Frama-C, one line each; docs/proofs.md says what they mean.

Each proof has controls: the same run over a copy of the code with one bound broken must fail. The
exit status is 1 if a proof leaves an alarm or a goal open, or if a control does not fail.
"""
import argparse
import concurrent.futures
import dataclasses
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/prove"
SECONDS = 1800
JOBS = 2
# Frama-C 25 knows neither of the two C11 words.
WORDS = "'-D_Alignof(type)=16' '-D_Static_assert(...)='"
EVA = ["-eva", "-eva-precision", "4", "-eva-domains", "octagon", "-eva-unroll-recursive-calls",
       "10", "-eva-msg-key=-final-states,-initial-state"]
WP = ["-wp", "-wp-rte", "-wp-model", "Typed+Cast", "-wp-prover", "z3", "-wp-timeout", "10",
      "-wp-par", "1"]
ALARM = re.compile(r"^\[eva:alarm\] (.*?)(?=^\[)", re.MULTILINE | re.DOTALL)
OPEN_GOAL = re.compile(r"^\[wp\] (?:\[.*?\] )?Goal (\S+) : (?!Valid)\S+", re.MULTILINE)
PROVED = re.compile(r"Proved goals:\s+(\d+) / (\d+)")
REACHED = re.compile(r"(\d+) statements reached \(out of (\d+)\)")


@dataclasses.dataclass
class Control:
    file: str
    good: str
    broken: str


@dataclasses.dataclass
class Proof:
    name: str  # its folder
    what: str
    options: list
    sources: list = dataclasses.field(default_factory=list)
    controls: list = dataclasses.field(default_factory=list)


VIEW = Control("marshal/cursor.h", "if (len > left ||", "if (len > left + 1 ||")
TABLES = ["protocol/rdpesc.c"]
PROOFS = [
    Proof("cursor", "every read and write, any size", WP, controls=[VIEW]),
    Proof("arena", "ndr_arena_take, any size",
          [*WP, "-wp-skip-fct", "ndr_arena_bound,row_bound"],
          controls=[Control("marshal/arena.c", "+= round_up(size)", "+= round_up(size) + 1")]),
    Proof("bound", "ndr_arena_bound, every type", EVA, TABLES),
    Proof("decode", "ndr_decode, every type, any octets",
          [*EVA, "-eva-partition-value", "taken"], [*TABLES, "marshal/cursor.c"], [VIEW]),
    Proof("encode", "ndr_encode, every type, any values", EVA, TABLES,
          [Control("marshal/encode.c", "i < array.len", "i <= array.len")]),
    Proof("equal", "ndr_equal, every type, any two values", EVA, TABLES,
          [Control("marshal/equal.c", "i < a.len", "i <= a.len")]),
    Proof("dump", "ndr_dump, every type, any values", EVA, TABLES,
          [Control("marshal/dump.c", "i < bytes.len", "i <= bytes.len")]),
]


@dataclasses.dataclass
class Result:
    ok: bool
    figure: str
    details: list


def prepare():
    """why3 keeps the list of provers in a home folder; this run has its own."""
    home = BUILD / "home"
    home.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "HOME": str(home)}
    if not (home / ".why3.conf").exists():
        subprocess.run(["why3", "config", "detect"], env=environment, capture_output=True)
    return environment


def broken_copy(proof, control, number):
    """A copy of the code in which one bound is wrong."""
    copy = BUILD / f"{proof.name}-control-{number}"
    shutil.rmtree(copy, ignore_errors=True)
    for folder in ("marshal", "protocol"):
        shutil.copytree(ROOT / folder, copy / folder)
    text = (copy / control.file).read_text()
    if control.good not in text:
        raise ValueError(f"{control.file} has no '{control.good}' any more")
    (copy / control.file).write_text(text.replace(control.good, control.broken, 1))
    return copy


def frama_c(proof, code, log, environment):
    includes = " ".join(f"-I{folder}" for folder in (code / "marshal", code / "protocol",
                                                     ROOT / "tests/proof",
                                                     ROOT / "tests/proof" / proof.name))
    command = ["frama-c", *proof.options, "-machdep", "gcc_x86_64",
               f"-cpp-extra-args={includes} {WORDS}", ROOT / "tests/proof" / proof.name /
               "harness.c", *(code / source for source in proof.sources)]
    done = subprocess.run([str(part) for part in command], env=environment, text=True,
                          errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=SECONDS)
    log.write_text(done.stdout)
    return done.returncode, done.stdout


def judge(status, text):
    """Whether everything was proved, in figures, and what was not. An analysis that did not come to
    its end has proved nothing."""
    if goals := PROVED.search(text):
        proved, goals = map(int, goals.groups())
        return Result(status == 0 and 0 < goals == proved, f"{proved} of {goals} goals",
                      OPEN_GOAL.findall(text))
    alarms = [" ".join(alarm.split()) for alarm in ALARM.findall(text)]
    reached = REACHED.search(text)
    if status != 0 or not reached:
        return Result(False, f"Frama-C failed, exit status {status}", text.splitlines()[-8:])
    proved = not alarms and "0 alarms generated" in text and "100% of the logical" in text
    return Result(proved, f"{len(alarms)} alarms, {reached[1]} of {reached[2]} statements reached",
                  alarms)


def run(proof, environment):
    """(kind, proof, result, seconds) of the proof, then of each control."""
    start = time.monotonic()
    result = judge(*frama_c(proof, ROOT, BUILD / f"{proof.name}.log", environment))
    yield "proof", proof.what, result, time.monotonic() - start
    for number, control in enumerate(proof.controls, 1):
        start = time.monotonic()
        copy = broken_copy(proof, control, number)
        found = judge(*frama_c(proof, copy, Path(f"{copy}.log"), environment))
        # A copy that Frama-C cannot read shows nothing.
        noticed = not found.ok and "failed" not in found.figure
        result = Result(noticed, found.figure, [] if noticed else found.details)
        yield "control", f"'{control.broken}' is noticed", result, time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(description="Runs the proofs with Frama-C.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these (default: all)")
    parser.add_argument("--no-controls", action="store_true", help="leave the broken copies out")
    options = parser.parse_args()
    chosen = [proof for proof in PROOFS if not options.names or proof.name in options.names]
    if len(chosen) < len(options.names):
        parser.error("there are: " + " ".join(proof.name for proof in PROOFS))
    if options.no_controls:
        chosen = [dataclasses.replace(proof, controls=[]) for proof in chosen]
    environment = prepare()
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        lines = pool.map(lambda proof: (proof, list(run(proof, environment))), chosen)
        for proof, results in lines:
            for kind, what, result, seconds in results:
                failed += not result.ok
                mark = "✓" if result.ok else "✗"
                print(f"{mark} {proof.name:<7} {kind:<8}{what:<46} {result.figure}, "
                      f"{seconds:.0f} s", flush=True)
                for detail in result.details:
                    print("      " + detail)
    print(f"prove: {'all proved' if not failed else f'{failed} failed'} "
          f"(logs: {BUILD.relative_to(ROOT)})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
