# SPDX-License-Identifier: Apache-2.0
"""What the tests of the rdpesc program share: the program, and the files of tests/vectors."""
import dataclasses
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def built_program():
    """RDPESC from the environment, or the youngest that some preset has built."""
    if "RDPESC" in os.environ:
        return pathlib.Path(os.environ["RDPESC"])
    found = list(ROOT.glob("build/*/bin/rdpesc"))
    if not found:
        raise FileNotFoundError("no preset has built bin/rdpesc: ./dev build")
    return max(found, key=lambda path: path.stat().st_mtime)


PROGRAM = built_program()


def rdpesc(*arguments, data=b""):
    """Runs the program on standard input; (exit status, output, what it said on standard error)."""
    done = subprocess.run([PROGRAM, *arguments], input=data, capture_output=True, timeout=60)
    return done.returncode, done.stdout, done.stderr.decode()


@dataclasses.dataclass
class Vector:
    path: pathlib.Path
    keys: dict
    values: list  # lines
    octets: bytes

    @property
    def name(self):
        return f"{self.path.parent.name}/{self.path.stem}"

    def options(self):
        """What tells the program what the octets are."""
        layer = self.keys["layer"]
        code = ["--" + self.keys["direction"], self.keys["iocode"]]
        if layer == "pdu":
            return ["--layer", "pdu", *(code if self.keys["direction"] == "return" else [])]
        return ["--layer", layer, *code]


def read_vector(path):
    vector = Vector(path, {}, [], b"")
    for line in path.read_text().splitlines():
        if line.startswith("# > "):
            vector.values.append(line[4:])
        elif line.startswith("#"):
            key, _, value = line[2:].partition(": ")
            vector.keys[key] = value
        else:
            vector.octets += bytes.fromhex(line)
    return vector


def vectors(*verdicts):
    found = (read_vector(path) for path in sorted((ROOT / "tests/vectors").rglob("*.hex")))
    return [vector for vector in found
            if vector.keys["verdict"] in verdicts and vector.keys["layer"] != "channel"]


# The headers of the vectors have their own names for some fields of the handshake.
OTHER_NAMES = {"major": "VersionMajor", "minor": "VersionMinor", "length": "CapabilityLength",
               "version": "Version"}


def header_values(vector):
    """The values in a vector's header, spelt as the program prints them."""
    lines = []
    inside = ""
    for line in vector.values:
        if line.startswith("!"):
            continue
        line = re.sub(r"^(.* = \[\d+\] [0-9a-f]*)  '.*'$", r"\1", line)  # a multistring's text
        line = line.replace("\N{LATIN SMALL LETTER E WITH ACUTE}", "\\u00e9")
        line = re.sub(r"^(ComputerName = '.*)\\x00'$", r"\1'", line)
        if match := re.fullmatch(r"(cap|dev)(\d+)\w*:", line):
            inside = match[1]
            line = {"cap": "CapabilityMessage", "dev": "DeviceList"}[inside] + f"[{match[2]}]:"
        if match := re.fullmatch(r"( *)(\w+)( = .*)", line):
            name = OTHER_NAMES.get(match[2], match[2])
            if inside == "cap" and match[2] in ("major", "minor"):
                name = "protocol" + match[2].capitalize() + "Version"
            line = match[1] + name + match[3]
        if line.startswith("Unused") and vector.keys["layer"] == "pdu":
            lines.append("call:")
            line = "  " + line
        lines.append(line)
    return lines


def printed_values(text):
    """Output of the program without the fields that the vectors' headers leave out."""
    return [line for line in text.decode().splitlines()
            if not re.match(r" *(CapabilityType|Padding) = ", line)]
