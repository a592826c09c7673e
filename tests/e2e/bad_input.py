# SPDX-License-Identifier: Apache-2.0
"""Things that are missing or wrong: the program gets the error it would get locally, and the
operator one clear line.
"""

import tasks
from case import (
    E_NO_READERS_AVAILABLE,
    E_NO_SERVICE,
    E_NO_SMARTCARD,
    SUCCESS,
    check,
    probe,
    says,
    test,
)

WRONG_PIN = "31415926"


@test
def no_card_is_the_local_error(rig):
    rig.start(card=False)
    there, here = probe(rig.session_run), probe(rig.direct_run)
    check(there["connect"] == E_NO_SMARTCARD, "Connect says that there is no card", there)
    check(there == here, "every code is the local one", (there, here))
    there, here = rig.session_run(tasks.READ_ATR), rig.direct_run(tasks.READ_ATR)
    check(
        there.status == here.status != 0 and there.output == here.output,
        "opensc-tool says what it says locally",
        there,
    )
    rig.machine.insert()
    rig.host.wait_card(True)
    check(probe(rig.session_run)["connect"] == SUCCESS, "with a card the same program connects")


@test
def no_reader_is_the_local_error(rig):
    rig.machine.start_pcscd(readers=False)
    _start_the_rest(rig)
    rig.host.wait_up(rig.machine.connect(rig.host.port))
    there, here = probe(rig.session_run), probe(rig.direct_run)
    check(
        there["establish"] == SUCCESS and there["list"] == E_NO_READERS_AVAILABLE,
        "there is a service, without readers",
        there,
    )
    check(there == here, "every code is the local one", (there, here))


@test
def no_pcscd_is_the_local_error(rig):
    _start_the_rest(rig)
    client = rig.machine.connect(rig.host.port)
    rig.host.wait_status(lambda status: status["link"] == "up", "the link to come up", [client])
    here = probe(rig.direct_run)
    check(here == {"establish": E_NO_SERVICE}, "locally there is no service", here)
    there = probe(rig.session_run)
    check(there == here, "in the session it is the same error", there)
    says(client, r"(?i)\brdpesc\b.*(pcscd|resource manager|service)")
    says(rig.host.process, r"(?i)rdpesc-host.*(pcscd|resource manager|service)")
    rig.machine.disconnect()
    rig.host.wait_down()
    rig.machine.start_pcscd()
    rig.machine.start_card()
    rig.connect()
    check(probe(rig.session_run)["connect"] == SUCCESS, "with pcscd the next connection works")


@test
def pcscd_that_goes_and_returns_under_a_session(rig):
    rig.start()
    check(probe(rig.session_run)["connect"] == SUCCESS, "at first all is well")
    rig.machine.stop_pcscd()
    rig.host.wait_status(lambda status: not status["readers"], "the readers to go")
    gone = probe(rig.session_run)
    check(gone == probe(rig.direct_run), "without pcscd the error is the local one", gone)
    rig.machine.start_pcscd()
    rig.machine.insert()
    # Nobody polls for a service that has gone: the next program that asks for it brings it back.
    asked = probe(rig.session_run)
    check(asked["establish"] == SUCCESS, "when pcscd is back, a program gets its service", asked)
    rig.host.wait_card(True)
    check(probe(rig.session_run)["connect"] == SUCCESS, "and the card, on the same link")


@test
def missing_plugin_ends_the_client_and_not_the_host(rig):
    rig.start(connect=False)
    rig.machine.uninstall_plugin()
    client = rig.machine.connect(rig.host.port)
    check(client.wait_end(10) != 0, "xfreerdp gives up", client.tail())
    says(client, r"rdpesc")
    left = probe(rig.session_run)
    check(left["readers"] == [], "the session has no readers", left)
    check(rig.host.process.is_alive(), "the host lives on")
    rig.machine.install_plugin(rig.plugin)
    rig.connect()
    check(
        probe(rig.session_run)["connect"] == SUCCESS, "with the plug-in the next connection works"
    )


@test
def client_without_smartcard_redirection_has_no_readers(rig):
    rig.start(connect=False)
    # With another device xfreerdp opens the device channel, and can say that it has no smart card.
    client = rig.machine.connect(
        rig.host.port, smartcard=False, extra=[f"/drive:files,{rig.machine.home}"]
    )
    rig.host.wait_status(
        lambda status: status["link"] == "no-device",
        "the host to see that there is no smart card",
        [client],
    )
    left = probe(rig.session_run)
    check(left["list"] == E_NO_READERS_AVAILABLE, "the session has no readers", left)
    says(rig.host.process, r"(?i)rdpesc-host.*smart ?card")
    says(client, r"(?i)\brdpesc\b.*smart ?card")
    rig.disconnect()
    rig.connect()
    check(probe(rig.session_run)["connect"] == SUCCESS, "with /smartcard the next connection works")


@test
def second_client_is_refused_and_the_first_stays(rig):
    rig.start()
    first = rig.machine.client
    peer = rig.host.status()["peer"]
    second = rig.machine.second_client(rig.host.port)
    second.wait_end(20)
    says(rig.host.process, r"(?i)rdpesc-host.*(second|another|already|refused)")
    check(first.is_alive(), "the first client stays", first.tail())
    status = rig.host.status()
    check(
        status["link"] == "up" and status["peer"] == peer and status["links"] == 1,
        "its link is untouched",
        status,
    )
    check(probe(rig.session_run)["connect"] == SUCCESS, "its card still works")


@test
def wrong_pin_is_the_local_error(rig):
    rig.start()
    letter = tasks.Signature(rig.work)
    there = rig.session_run(letter.sign_command(WRONG_PIN))
    check(there.status not in (0, None) and not letter.exists(), "nothing is signed", there)
    here = rig.direct_run(letter.sign_command(WRONG_PIN))
    check(
        there.status == here.status and there.output == here.output,
        "the message is the local one",
        (there, here),
    )
    for part in (rig.host.process, rig.machine.client):
        check(WRONG_PIN not in part.text(), "no log has the PIN", part.tail())
    right = rig.session_run(letter.sign_command())
    check(right.status == 0, "with the right PIN it works", right)


def _start_the_rest(rig):
    """All but pcscd and the card, not connected."""
    rig.machine.launch_display()
    rig.machine.install_plugin(rig.plugin)
    rig.host.start()
    rig.machine.await_display()
