# SPDX-License-Identifier: Apache-2.0
"""What an end-to-end test is: a function that gets a rig with nothing started yet, and checks what
it sees.

    @test
    def a_sentence_about_what_holds(rig):
        rig.start()
        done = rig.session_run([...])
        check(done.status == 0, "what should be", done)
"""

import json
from pathlib import Path

TESTS = {}
PROBE = ["/usr/bin/python3", str(Path(__file__).resolve().parents[1] / "rig/pcsc.py")]

# Codes of PC/SC as programs see them, in the form that the probe prints.
SUCCESS = "00000000"
E_NO_SMARTCARD = "8010000C"
E_NO_SERVICE = "8010001D"
E_NO_READERS_AVAILABLE = "8010002E"

VERIFIED, NOT_VERIFIED = "9000", "6A88"  # what the card says to VERIFY without a PIN
ASK_VERIFIED = "0020000000"
SOON = 2.0  # seconds within which a lost link must have ended what a program was waiting for


class Failed(AssertionError):
    """A check did not hold."""


def test(function):
    TESTS[function.__name__] = function
    return function


def check(holds, what, seen=None):
    if not holds:
        raise Failed(f"does not hold: {what}" + ("" if seen is None else f"\nseen: {seen!r}"))


def probe(run, *arguments):
    """What a program learns from PC/SC through `run`: the codes of its calls, as a dictionary."""
    done = run([*PROBE, *arguments])
    check(done.status == 0, "the probe runs to its end", done)
    return json.loads(done.text)


def start_probe(rig, *arguments):
    """The same in the session, not waited for."""
    return rig.session_start([*PROBE, *arguments])


def says(process, pattern):
    """One line for the operator: waits for it in the log of rdpesc-host or xfreerdp."""
    return process.wait_line(pattern, patience=10)
