# SPDX-License-Identifier: Apache-2.0
"""The main job: unmodified programs of the session use the user's card. Each test has its negative
control.
"""

import stat
from collections import Counter

import tasks
from case import SUCCESS, check, probe, start_probe, test
from machine import READER
from process import wait_until


@test
def opensc_tool_lists_the_users_reader_and_reads_the_atr(rig):
    rig.start()
    for command in (tasks.LIST_READERS, tasks.READ_ATR):
        there, here = rig.session_run(command), rig.direct_run(command)
        check(there.status == 0, "the program ends well in the session", there)
        check(
            there.output == here.output,
            "it prints what it prints on the user's machine",
            (there, here),
        )
    check(READER in rig.session_run(tasks.LIST_READERS).text, "the user's reader is listed")
    without = rig.session_run(tasks.LIST_READERS, with_socket=False)
    check(READER not in without.text, "without the session's socket there is no reader", without)


@test
def pkcs11_tool_signs_and_openssl_verifies(rig):
    rig.start()
    letter = tasks.Signature(rig.work)
    without = rig.session_run(letter.sign_command(), with_socket=False)
    check(
        without.status != 0 and not letter.exists(),
        "without the session's socket nothing is signed",
        without,
    )
    signed = rig.session_run(letter.sign_command())
    check(signed.status == 0 and letter.exists(), "the card signs", signed)
    verified = letter.verify(rig.session_run)
    check(
        verified.status == 0 and "Verified OK" in verified.text,
        "openssl verifies the signature",
        verified,
    )
    letter.forge()
    forged = rig.session_run(letter.verify_command())
    check(forged.status != 0, "openssl refuses it for other data", forged)


@test
def kinit_gets_a_preauthenticated_ticket(rig):
    rig.start(kdc=True)
    # Without a card kinit asks for a password; the pipe has none, so it ends.
    without = rig.kinit(with_socket=False)
    none = rig.session_run(tasks.SHOW_TICKETS)
    check(
        without.status != 0 and none.status != 0,
        "without the session's socket there is no ticket",
        (without, none),
    )
    asked = rig.kinit()
    shown = rig.session_run(tasks.SHOW_TICKETS)
    check(asked.status == 0, "kinit ends well", asked)
    check(tasks.ticket_is_by_card(shown.text), "klist shows a ticket with flag A", shown)


@test
def pulled_card_fails_kinit_at_once_and_back_in_it_works(rig):
    rig.start(kdc=True)
    rig.machine.remove()
    rig.host.wait_card(False)
    refused = rig.kinit()
    check(refused.status not in (0, None) and refused.seconds < 5, "kinit fails at once", refused)
    check("kinit:" in refused.text, "it says so", refused)
    check(rig.session_run(tasks.SHOW_TICKETS).status != 0, "there is no ticket")
    rig.machine.insert()
    rig.host.wait_card(True)
    again = rig.kinit()
    check(again.status == 0, "with the card back it works", again)


@test
def waiting_program_hears_of_removal_and_insertion(rig):
    rig.start()
    watcher = start_probe(rig, "--watch", "3")
    watcher.wait_output("present")
    rig.machine.remove()
    watcher.wait_output("empty")
    check(watcher.is_alive(), "one change is not two")
    rig.machine.insert()
    done = watcher.finish(10)
    check(
        done.status == 0 and done.text.split() == ["present", "empty", "present"],
        "it hears of each change",
        done,
    )


@test
def two_programs_sign_at_the_same_time(rig):
    rig.start()
    letters = [tasks.Signature(rig.work, name) for name in ("one", "two")]
    programs = [rig.session_start(letter.sign_command()) for letter in letters]
    for program in programs:
        done = program.finish(30)
        check(done.status == 0, "both programs end well", done)
    for letter in letters:
        verified = letter.verify(rig.session_run)
        check(verified.status == 0, "both signatures verify", verified)


@test
def readers_go_with_the_link_and_return_with_the_next(rig):
    rig.start()
    check(probe(rig.session_run)["readers"], "connected: there are readers")
    rig.disconnect()
    left = probe(rig.session_run)
    check(
        left["establish"] == SUCCESS and left["readers"] == [],
        "without a client: a service with no readers",
        left,
    )
    rig.connect()
    back = probe(rig.session_run)
    check(back["readers"] and back["connect"] == SUCCESS, "connected again: readers and card", back)
    check(rig.host.status()["links"] == 2, "the host counts two links", rig.host.status())


@test
def host_runs_a_command_in_the_session_and_hands_on_its_status(rig):
    rig.machine.start_pcscd()
    rig.machine.start_card()
    rig.machine.launch_display()
    rig.machine.install_plugin(rig.plugin)
    rig.machine.await_display()
    host = rig.host.launch("--wait", "20", "--", "sh", "-c", "opensc-tool -l; exit 7")
    rig.host.await_ready()
    rig.machine.connect(rig.host.port)
    status = rig.host.wait_end()
    check(READER in host.text(), "the command sees the user's reader", host.tail())
    check(status == 7, "the host ends with the command's status", host.how_it_ended())


@test
def sockets_are_for_their_user_alone(rig):
    rig.start(connect=False)
    for path, wanted in ((rig.host.directory, 0o700), (rig.host.directory / "key.pem", 0o600)):
        mode = stat.S_IMODE(path.stat().st_mode)
        check(mode == wanted, f"{path.name} has mode {wanted:o}", f"{mode:o}")


def colours_on(screen):
    """How often each colour is on a screen that Xvfb keeps in a file (an XWD file: header, colour
    map, then four octets a pixel).
    """
    picture = screen.read_bytes()
    header, entries = (int.from_bytes(picture[at : at + 4], "big") for at in (0, 76))
    pixels = picture[header + 12 * entries :]
    return Counter(pixels[at : at + 4] for at in range(0, len(pixels) - 3, 4 * 97))


@test
def client_shows_a_plain_frame_and_no_black_window(rig):
    rig.start(connect=False)
    before = colours_on(rig.machine.screen)
    check(len(before) == 1, "without a client the screen is empty", before)
    rig.connect()

    def drawn():
        colours = colours_on(rig.machine.screen)
        dark = sum(count for colour, count in colours.items() if max(colour[:3]) < 16)
        return len(colours) > 2 and dark < sum(colours.values()) / 2

    wait_until(drawn, "the frame to be drawn", parts=[rig.machine.client])
