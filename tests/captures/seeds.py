#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the seeds of fuzz_json from tests/vectors, with the program rdpesc: seeds.py [--help]"""

import argparse
import json
import re

from rdpesc_tool import ROOT, rdpesc, vectors


def types():
    """The structures in the order of RDPESC_TYPES, and the call list: code -> (call, return)."""
    text = (ROOT / "protocol/messages.h").read_text()
    names = re.findall(r'^ +T\((\w+), "', text, re.M)
    calls = re.findall(r"^ +C\(0x([0-9A-F]{8}), \w+, (\w+), (\w+)\)", text, re.M)
    return names, {code.lower(): (call, ret) for code, call, ret in calls}


def main():
    argparse.ArgumentParser(description=__doc__).parse_args()
    folder = ROOT / "tests/fuzz/corpus/json"
    folder.mkdir(exist_ok=True)
    names, calls = types()
    written = set()
    for vector in vectors("ok"):
        layer, direction = vector.keys["layer"], vector.keys["direction"]
        status, text, _ = rdpesc("decode", "--json", "--show-secrets", *vector.options(),
                                 data=vector.octets)
        first = len(names)
        kind = vector.name.split("/")[1]
        if layer == "pdu" and vector.path.parent.name != "spec":
            continue
        if layer != "pdu":
            kind = calls[vector.keys["iocode"]][direction == "return"]
            first = names.index(kind)
        text = json.dumps(json.loads(text)).encode() if status == 0 else b""
        if not text or kind in written or len(text) > 2048:
            continue
        written.add(kind)
        (folder / kind).write_bytes(bytes([first]) + text)


if __name__ == "__main__":
    main()
