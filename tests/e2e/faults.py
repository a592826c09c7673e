# SPDX-License-Identifier: Apache-2.0
"""A side that dies: the other one notices, ends what waits, leaves nothing behind, and works with
the next.
"""

import time

import pki
import tasks
from case import (
    ASK_VERIFIED,
    NOT_VERIFIED,
    SOON,
    SUCCESS,
    VERIFIED,
    check,
    probe,
    start_probe,
    test,
)
from process import wait_until

VERIFY = "0020000008" + pki.PIN.encode().hex()
SLOW_MS = 5000  # a card that is still busy long after the program must have been told


def _start_signing(rig, letter):
    """A program whose signature is under way in the card at this moment."""
    program = rig.session_start(letter.sign_command())
    rig.machine.card.wait_line("signing, takes")
    return program


@test
def client_killed_while_signing_ends_the_program_and_the_next_connection_works(rig):
    rig.start()
    letter = tasks.Signature(rig.work)
    rig.machine.stop_card()
    rig.machine.start_card(slow_ms=SLOW_MS)
    rig.host.wait_card(True)
    program = _start_signing(rig, letter)
    killed = time.monotonic()
    rig.machine.client.kill()
    done = program.finish(SOON * 5)
    seconds = time.monotonic() - killed
    check(
        done.status not in (0, None) and not letter.exists(), "the program ends with an error", done
    )
    check(seconds < SOON, f"within {SOON:g} s", f"{seconds:.2f} s")
    rig.host.wait_down()
    check(rig.host.process.is_alive(), "the host lives on")
    rig.connect()
    signed = rig.session_run(letter.sign_command())
    check(
        signed.status == 0 and letter.verify(rig.session_run).status == 0,
        "the next connection signs",
        signed,
    )


@test
def client_killed_while_a_program_waits_wakes_it(rig):
    rig.start()
    watcher = start_probe(rig, "--watch", "2")
    watcher.wait_output("present")
    killed = time.monotonic()
    rig.machine.client.kill()
    done = watcher.finish(SOON * 5)
    seconds = time.monotonic() - killed
    check(
        done.status is not None and seconds < SOON, f"it is told within {SOON:g} s", (done, seconds)
    )
    check("empty" not in done.text, "a lost link is not a pulled card", done)


@test
def host_killed_leaves_no_context_and_a_reset_card(rig):
    rig.machine.start_pcscd()
    rig.machine.start_card()
    rig.machine.launch_display()
    rig.machine.install_plugin(rig.plugin)
    rig.machine.await_display()
    rig.host.start()
    rig.connect()
    holder = start_probe(rig, "--apdu", VERIFY, "--apdu", ASK_VERIFIED, "--hold", "60")
    wait_until(lambda: _is_verified(rig), "the PIN to be verified", patience=20)
    check(holder.is_alive(), "the program still holds the card")
    check(rig.machine.pcscd_contexts() > 0, "pcscd has contexts of ours")
    client = rig.machine.client
    rig.host.kill()
    client.wait_end(10)
    wait_until(
        lambda: rig.machine.pcscd_contexts() == 0,
        "pcscd to have no context of ours left",
        patience=10,
    )
    said = probe(rig.direct_run, "--apdu", ASK_VERIFIED)
    check(
        said["connect"] == SUCCESS and said["apdus"] == [NOT_VERIFIED],
        "the card was reset: it wants the PIN again",
        said,
    )
    rig.host.start()
    rig.connect()
    check(probe(rig.session_run)["connect"] == SUCCESS, "the next host works")


def _is_verified(rig):
    """Asked on the user's machine, beside the session's program: that changes nothing."""
    return probe(rig.direct_run, "--apdu", ASK_VERIFIED).get("apdus") == [VERIFIED]


@test
def program_that_closes_the_card_well_leaves_it_verified(rig):
    # The control of the test above: it is the lost link that resets, not our way of disconnecting.
    rig.start()
    there = probe(rig.session_run, "--apdu", VERIFY, "--disposition", "leave")
    check(there["apdus"] == [VERIFIED], "the PIN is right", there)
    check(_is_verified(rig), "the card is still verified after LEAVE")
    check(
        probe(rig.session_run, "--disposition", "reset")["disconnect"] == SUCCESS,
        "a disposition reaches the card",
    )
    check(not _is_verified(rig), "after RESET it wants the PIN again")


@test
def program_killed_while_it_holds_the_card_leaves_the_card_usable(rig):
    rig.start()
    holder = start_probe(rig, "--apdu", ASK_VERIFIED, "--hold", "60")
    rig.host.wait_status(lambda status: status["clients"] > 0, "the program to be connected")
    holder.kill()
    rig.host.wait_status(
        lambda status: status["clients"] == 0 and status["contexts"] == 0,
        "the host to clean up after it",
    )
    check(probe(rig.session_run)["connect"] == SUCCESS, "the next program gets the card")
