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


def peer_program():
    """The C program of this folder, from whatever preset was built last."""
    built = list(BUILD.glob("*/bin/tests/interop_peer"))
    native = [path for path in built if "bigendian" not in path.parts]
    if not native:
        raise FileNotFoundError("interop_peer is not built: ./dev build")
    return max(native, key=lambda path: path.stat().st_mtime)


def ask(requests):
    """The lines of each answer."""
    done = subprocess.run([peer_program()], input="\n".join(requests), text=True, check=True,
                          stdout=subprocess.PIPE)
    answers = done.stdout.split("\n.\n")[:-1]
    if len(answers) != len(requests):
        raise EOFError(f"{len(requests)} requests, {len(answers)} answers")
    return [answer.split("\n") for answer in answers]


def values(requests):
    """(octets, printed form) of each answer"""
    for request, (first, *printed) in zip(requests, ask(requests)):
        kind, rest = first.split(" ", 1)
        if kind != "octets":
            raise AssertionError(f"{request[:2000]}: {first}")
        yield bytes.fromhex(rest), printed


class InteropTest(unittest.TestCase):
    def setUp(self):
        if MISSING:
            self.fail(MISSING)
        self.kinds = structures.by_name()

    def test_the_two_sides_know_the_same_structures(self):
        self.assertEqual(sorted(ask(["types"])[0]), sorted(self.kinds))

    def test_our_octets_hold_the_same_values_there(self):
        for name, kind in self.kinds.items():
            requests = [f"make {name} {seed} {SMALL if seed % LARGE_EVERY else LARGE}"
                        for seed in range(VALUES)]
            for request, (octets, printed) in zip(requests, values(requests)):
                value, rest = foreign.decode(kind, octets)
                self.assertEqual(foreign.show(value), printed, f"{request}: {octets.hex()}")
                self.assertEqual((rest, len(octets) % 8), (bytes(len(rest)), 0), request)
                self.assertLess(len(rest), 8, request)

    def test_its_octets_hold_the_same_values_here(self):
        for name, kind in self.kinds.items():
            source = random.Random(name)
            made = [foreign.fill(kind(), source) for _ in range(VALUES)]
            streams = [foreign.encode(value) for value in made]
            answers = values([f"read {name} {stream.hex()}" for stream in streams])
            for value, stream, (again, printed) in zip(made, streams, answers):
                self.assertEqual(printed, foreign.show(value), f"{name}: {stream.hex()}")
                self.assert_same_but_for_padding(stream, again, name)

    def assert_same_but_for_padding(self, theirs, ours, what):
        """From the object on: the headers' filler and the length of the padded object differ."""
        self.assertEqual((len(theirs) + 7) // 8 * 8, len(ours), what)
        for at in range(foreign.HEADERS, len(theirs)):
            if theirs[at] != ours[at] and not (ours[at] == 0 and theirs[at] in FOREIGN_PADDING):
                self.fail(f"{what}: octet {at} differs\n{theirs.hex()}\n{ours.hex()}")

    def test_a_wrong_value_is_seen(self):
        (octets, printed), = values([f"make Transmit_Call 3 {SMALL}"])
        spoiled = bytearray(octets)
        spoiled[foreign.HEADERS + 16] ^= 1  # ioSendPci.dwProtocol
        value, _ = foreign.decode(self.kinds["Transmit_Call"], bytes(spoiled))
        self.assertNotEqual(foreign.show(value), printed)
        (_, here), = values([f"read Transmit_Call {spoiled.hex()}"])
        self.assertEqual(foreign.show(value), here)


if __name__ == "__main__":
    closing.main()
