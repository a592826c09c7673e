#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the seeds of the fuzz targets, most from tests/vectors: seeds.py [--help]"""

import argparse
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def call_codes():
    """The control codes in the order of RDPESC_CALLS."""
    text = (ROOT / "protocol" / "messages.h").read_text()
    return [int(code, 16) for code in re.findall(r"^ +C\(0x([0-9A-F]{8}),", text, re.M)]


def read_vector(path):
    """The header keys and the octets of one vector file."""
    keys, octets = {}, bytearray()
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            octets += bytes.fromhex(line)
        elif ": " in line and not line.startswith("# >"):
            key, value = line[2:].split(": ", 1)
            keys[key] = value
    return keys, bytes(octets)


def write_decode_seeds(codes):
    folder = HERE / "corpus" / "decode"
    for path in sorted((ROOT / "tests" / "vectors").rglob("*.hex")):
        keys, octets = read_vector(path)
        if keys["layer"] != "rpce" or len(octets) > 1024 or int(keys["iocode"], 16) not in codes:
            continue
        first = codes.index(int(keys["iocode"], 16))
        first |= 0x80 if keys["direction"] == "return" else 0
        (folder / f"{path.parent.name}-{path.stem}").write_bytes(bytes([first]) + octets)


def write_session_seeds():
    folder = HERE / "corpus" / "session"
    packets = []
    for path in sorted((ROOT / "tests" / "vectors").rglob("*.hex")):
        keys, octets = read_vector(path)
        if keys["layer"] == "pdu" and keys["direction"] in ("c2s", "return"):
            packet = len(octets).to_bytes(2, "big") + octets
            packets.append(packet)
            (folder / f"{path.parent.name}-{path.stem}").write_bytes(packet)
    (folder / "all").write_bytes(b"".join(packets))


def write_mutate_seeds():
    """One of each type: a value, and one change of each kind."""
    folder = HERE / "corpus" / "mutate"
    folder.mkdir(parents=True, exist_ok=True)
    text = (ROOT / "protocol" / "messages.h").read_text()
    for position, name in enumerate(re.findall(r"^ +T\((\w+), ", text, re.M)):
        kind, where = position % 7, (4 * position).to_bytes(2, "little")
        head = bytes([position]) + (position + 1).to_bytes(8, "little")
        (folder / name).write_bytes(head + where + bytes([kind, 1 + position % 17]))


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    write_decode_seeds(call_codes())
    write_session_seeds()
    write_mutate_seeds()


if __name__ == "__main__":
    main()
