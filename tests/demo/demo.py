#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What `./dev demo` shows: a program in a remote session signs in with a card that is in a reader
on the user's machine.
"""

import argparse
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rig"))

import control  # noqa: E402
import namespace  # noqa: E402
import pki  # noqa: E402
import tasks  # noqa: E402
from process import RigError  # noqa: E402
from rig import Rig, why_not  # noqa: E402

PICTURE = """
   USER'S MACHINE                                         SESSION HOST
   card > reader > pcscd > xfreerdp with our plug-in      rdpesc-host > opensc-tool, kinit ...
                                  |                            |
                                  +======= RDP over TLS =======+
"""
AT_ONCE = 5.0  # seconds: what a person still calls "at once"; measured is a tenth of a second
NARROW = 110


def shortened(argv):
    """A command as one would type it: file names without their directories, and no PIN."""
    words = re.sub(r"/[^ =:]*/", "", " ".join(argv)).replace(pki.PIN, "********")
    return words if len(words) <= NARROW else words[:NARROW] + " ..."


class Page:
    """Prints what happens, and remembers whether all of it held."""

    def __init__(self):
        plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
        self._tick, self._cross = ("ok", "NO") if plain else ("✓", "✗")
        self._colour = sys.stdout.isatty()
        self.held = True

    def _paint(self, code, text):
        return f"\033[{code}m{text}\033[0m" if self._colour else text

    @staticmethod
    def say(text=""):
        print(text, flush=True)

    def step(self, number, text):
        self.say("\n" + self._paint("1", f"{number}. {text}"))

    def ran(self, where, result, keep=lambda line: True, most=4):
        """A command and the lines of its output that matter."""
        self.say(self._paint("2", f"   {where} $ ") + shortened(result.argv))
        lines = [line.rstrip() for line in result.text.splitlines() if line.strip() and keep(line)]
        for line in lines[:most]:
            self.say("      " + line[:NARROW])
        if len(lines) > most:
            self.say(f"      ... {len(lines) - most} lines more")

    def check(self, holds, text, result=None):
        mark = self._paint("32", self._tick) if holds else self._paint("31", self._cross)
        self.say(f"   {mark} {text}")
        if not holds:
            self.held = False
            if result is not None:
                self.say("      " + repr(result).replace("\n", "\n      "))


class Demo:
    """The steps, each on the one rig."""

    def __init__(self, rig, page):
        self.rig, self.page = rig, page
        self.times = {}

    def run(self):
        self.start()
        self.readers()
        self.signature()
        self.sign_in()
        self.pulled()
        self.totals()

    def start(self):
        page, begin = self.page, time.monotonic()
        page.say(PICTURE)
        self.rig.start(kdc=True)
        seconds = time.monotonic() - begin
        page.check(
            True, f"both are up and connected ({seconds:.1f} s); they share the RDP link only"
        )

    def readers(self):
        page, rig = self.page, self.rig
        page.step(1, "The session sees the user's reader and card")
        listed = rig.session_run(tasks.LIST_READERS)
        page.ran("session", listed, lambda line: not line.startswith("#"))
        page.check(
            listed.status == 0 and "Virtual PCD 00 00" in listed.text,
            "the reader is the user's",
            listed,
        )
        atr, direct = rig.session_run(tasks.READ_ATR), rig.direct_run(tasks.READ_ATR)
        page.ran("session", atr)
        page.check(
            atr.status == 0 and atr.output == direct.output,
            "the ATR is the one that the user's machine reads",
            atr,
        )
        without = rig.session_run(tasks.LIST_READERS, with_socket=False)
        page.check(
            "Virtual PCD" not in without.text,
            "the same program without the session's socket finds no reader",
            without,
        )

    def signature(self):
        page, rig = self.page, self.rig
        page.step(2, "A signature with the card's key")
        letter = tasks.Signature(rig.work)
        self.times["sign"] = [rig.direct_run(letter.sign_command()).seconds]
        signed = rig.session_run(letter.sign_command())
        self.times["sign"].append(signed.seconds)
        page.ran("session", signed)
        page.check(
            signed.status == 0 and letter.exists(),
            f"signed by the card in {signed.seconds:.2f} s",
            signed,
        )
        verified = letter.verify(rig.session_run)
        page.ran("session", verified)
        page.check(
            verified.status == 0 and "Verified OK" in verified.text,
            "openssl verifies it with the card's certificate",
            verified,
        )
        letter.forge()
        forged = rig.session_run(letter.verify_command())
        page.check(forged.status != 0, "and refuses it for a changed letter", forged)

    def _signed_in(self):
        shown = self.rig.session_run(tasks.SHOW_TICKETS)
        return shown, tasks.ticket_is_by_card(shown.text)

    def sign_in(self):
        page, rig = self.page, self.rig
        page.step(3, "Sign-in to Kerberos with the card (PKINIT)")
        self.times["kinit"] = [rig.kinit(rig.direct_run).seconds]
        rig.session_run(tasks.DROP_TICKETS)
        asked = rig.kinit()
        self.times["kinit"].append(asked.seconds)
        page.ran("session", asked)
        shown, held = self._signed_in()
        page.ran("session", shown, lambda line: "krbtgt" in line or "Flags" in line)
        page.check(
            asked.status == 0 and held,
            f"a ticket with flag A, pre-authenticated, in {asked.seconds:.2f} s",
            shown,
        )

    def pulled(self):
        page, rig = self.page, self.rig
        page.step(4, "The card is pulled out of the user's reader, and put back")
        rig.session_run(tasks.DROP_TICKETS)
        rig.machine.remove()
        rig.host.wait_card(False)
        refused = rig.kinit()
        page.ran("session", refused)
        _, held = self._signed_in()
        told = refused.status not in (0, None) and "kinit:" in refused.text
        page.check(
            told and refused.seconds < AT_ONCE and not held,
            f"no card, no PIN prompt, no ticket: it says so after {refused.seconds:.2f} s",
            refused,
        )
        rig.machine.insert()
        rig.host.wait_card(True)
        again = rig.kinit()
        page.ran("session", again)
        shown, held = self._signed_in()
        page.check(
            again.status == 0 and held,
            "with the card back: signed in again",
            again if again.status else shown,
        )

    def totals(self):
        page, said = self.page, self.rig.host.status()
        page.say("\nIn all")
        page.say(f"   SCard calls by programs  {said['scard_calls']:8}")
        page.say(f"   requests over RDP        {said['ioctls']:8}")
        page.say(f"   round trips waited for   {said['round_trips']:8}")
        page.say(f"   bytes to the user        {said['bytes_sent']:8}")
        page.say(f"   bytes back               {said['bytes_received']:8}")
        for name, (direct, redirected) in self.times.items():
            factor = redirected / direct
            page.say(
                f"   {name:6} {direct:5.2f} s on the user's machine,"
                f" {redirected:5.2f} s in the session: {factor:.1f} times"
            )


def show(options, page):
    with Rig(options.preset) as rig:
        demo = Demo(rig, page)
        demo.run()
        page.say("\nAll of it held." if page.held else "\nNot all of it held.")
        if options.keep:
            page.say("\nStill running. From another terminal, a shell in the session:")
            page.say(f"   {control.command('shell', rig.work)}")
            page.say("and pulling the card, or putting it back:")
            page.say(f"   {control.command('remove', rig.work)}")
            page.say(f"   {control.command('insert', rig.work)}")
            page.say("Ctrl-C ends it.")
            try:
                control.serve(rig)
            except SystemExit:
                pass  # Ctrl-C: the way to end it


def main():
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__)
    parser.add_argument(
        "--keep",
        action="store_true",
        help="leave it running and say how to open a shell in the session",
    )
    parser.add_argument("--preset", default="dev", help="which build is shown (default: dev)")
    options = parser.parse_args()
    if reason := why_not(options.preset):
        print(f"The demo cannot run here: {reason}", file=sys.stderr)
        return 1
    page = Page()
    try:
        show(options, page)
    except (RigError, namespace.NotPermitted) as error:
        page.say(f"\nIt came to a halt: {error}")
        return 1
    return 0 if page.held else 1


if __name__ == "__main__":
    sys.exit(main())
