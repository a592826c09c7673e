#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Our codec against a foreign NDR engine, impacket's: our octets hold the same values there, its
octets hold the same values here, for every structure of calls and returns.

A value is compared in its printed form, which each side makes on its own. Referent ids are numbered
alike; padding is not looked at, for impacket fills it with anything but zero.
"""
import pathlib
import random
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
sys.path.insert(0, str(HERE))
import closing  # noqa: E402

try:
    import foreign
    import structures
    MISSING = ""
except ImportError as error:
    MISSING = f"{error}: install the Debian package python3-impacket, or run ./dev setup"

BUILD = HERE.parents[1] / "build"
VALUES = 200  # of each structure, in each direction
SMALL, LARGE = 1024, 100000  # octets behind the pointers of a value
LARGE_EVERY = 50
# What impacket puts into alignment gaps.
FOREIGN_PADDING = set(b"\xaa\xab\xbf\xca\xcb\xcc\xdd\xee\xef")


class Peer:
    """The C program of this folder, from whatever preset was built last."""

    def __init__(self):
        built = list(BUILD.glob("*/bin/tests/interop_peer"))
        native = [path for path in built if "bigendian" not in path.parts]
        if not native:
            raise FileNotFoundError("interop_peer is not built: ./dev build")
        path = max(native, key=lambda path: path.stat().st_mtime)
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, encoding="ascii")

    def ask(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        lines = []
        for line in self.process.stdout:
            if line == ".\n":
                return lines
            lines.append(line.rstrip("\n"))
        raise EOFError(f"the peer ended at: {' '.join(map(str, words))[:200]}")

    def value(self, *words):
        """(octets, printed form)"""
        first, *lines = self.ask(*words)
        kind, rest = first.split(" ", 1)
        if kind != "octets":
            raise AssertionError(f"{' '.join(map(str, words))[:2000]}: {first}")
        return bytes.fromhex(rest), lines

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


class InteropTest(unittest.TestCase):
    def setUp(self):
        if MISSING:
            self.fail(MISSING)
        self.kinds = structures.by_name()
        self.peer = Peer()
        self.addCleanup(self.peer.close)

    def test_the_two_sides_know_the_same_structures(self):
        self.assertEqual(sorted(self.peer.ask("types")), sorted(self.kinds))

    def test_our_octets_hold_the_same_values_there(self):
        for name, kind in self.kinds.items():
            for seed in range(VALUES):
                room = SMALL if seed % LARGE_EVERY else LARGE
                octets, printed = self.peer.value("make", name, seed, room)
                value, rest = foreign.decode(kind, octets)
                self.assertEqual(foreign.show(value), printed, f"{name} {seed}: {octets.hex()}")
                self.assertEqual(rest, bytes(len(octets) % 8 or len(rest)), f"{name} {seed}")
                self.assertLess(len(rest), 8, f"{name} {seed}")

    def test_its_octets_hold_the_same_values_here(self):
        for name, kind in self.kinds.items():
            source = random.Random(name)
            for number in range(VALUES):
                value = foreign.fill(kind(), source)
                octets = foreign.encode(value)
                again, printed = self.peer.value("read", name, octets.hex())
                self.assertEqual(printed, foreign.show(value), f"{name} {number}: {octets.hex()}")
                self.assert_same_but_for_padding(octets, again, f"{name} {number}")

    def assert_same_but_for_padding(self, theirs, ours, what):
        """From the object on: the headers' filler and the length of the padded object differ."""
        self.assertEqual((len(theirs) + 7) // 8 * 8, len(ours), what)
        for at in range(foreign.HEADERS, len(theirs)):
            if theirs[at] != ours[at] and not (ours[at] == 0 and theirs[at] in FOREIGN_PADDING):
                self.fail(f"{what}: octet {at} differs\n{theirs.hex()}\n{ours.hex()}")

    def test_a_wrong_value_is_seen(self):
        octets, printed = self.peer.value("make", "Transmit_Call", 3, SMALL)
        spoiled = bytearray(octets)
        spoiled[foreign.HEADERS + 16] ^= 1  # ioSendPci.dwProtocol
        value, _ = foreign.decode(self.kinds["Transmit_Call"], bytes(spoiled))
        self.assertNotEqual(foreign.show(value), printed)
        self.assertNotEqual(self.peer.value("read", "Transmit_Call", spoiled.hex())[1], printed)


if __name__ == "__main__":
    closing.main()
