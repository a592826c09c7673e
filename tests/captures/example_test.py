#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The example of CONTRIBUTING.md, a made-up call in under ten lines, built and used."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from rdpesc_tool import ROOT

sys.path.insert(0, str(ROOT / "tests" / "support"))
import closing  # noqa: E402

FOLDERS = ("marshal", "protocol", "captures")
ROWS, TYPES, CALLS = ("rows, above RDPESC_TYPES", "at the end of RDPESC_TYPES",
                      "at the end of RDPESC_CALLS")
LINES = 10
CALL = b'{"Context": {"pbContext": "000001cd"}, "szReader": "Reader 00"}'
OCTETS = ("01100800cccccccc3800000000000000 04000000000002000400020004000000 000001cd"
          "0a000000000000000a000000 5200650061006400650072002000300030000000 00000000")


def example():
    """The parts of the example: comment -> lines."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    block = re.search(r"^## A new message$.*?^```c\n(.*?)^```$", text, re.M | re.S)[1]
    parts = {}
    for line in block.splitlines():
        if match := re.fullmatch(r"/\* (.*) \*/", line):
            part = parts.setdefault(match[1], [])
        else:
            part.append(line)
    return parts


def append_to_list(text, name, lines):
    """Behind the last line of a list macro, which ends without a backslash."""
    start = text.index(f"#define {name}(")
    end = re.compile(r"[^\\]\n").search(text, start).start() + 1
    return text[:end] + " \\\n" + "\n".join(lines) + text[end:]


def apply(text, parts):
    text = append_to_list(text, "RDPESC_CALLS", parts[CALLS])
    text = append_to_list(text, "RDPESC_TYPES", parts[TYPES])
    at = text.index("/* Every type and its section")
    return text[:at] + "\n".join(parts[ROWS]) + "\n\n" + text[at:]


class ExampleTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        for name in FOLDERS:
            shutil.copytree(ROOT / name, f"{folder.name}/{name}")
        messages = f"{folder.name}/protocol/messages.h"
        with open(messages, encoding="utf-8") as file:
            text = apply(file.read(), example())
        with open(messages, "w", encoding="utf-8") as file:
            file.write(text)
        cls.program = f"{folder.name}/rdpesc"
        cls.build(folder.name)

    @classmethod
    def build(cls, folder):
        sources = [f"{folder}/{name}/{file}" for name in FOLDERS
                   for file in sorted(os.listdir(f"{folder}/{name}")) if file.endswith(".c")]
        includes = [f"-I{folder}/{name}" for name in FOLDERS]
        subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-Wall", "-Wextra", "-Werror",
                        "-D_GNU_SOURCE", '-DRDPESC_VERSION="0"', *includes, *sources,
                        "-o", cls.program, "-ljansson"], check=True)

    def run_program(self, *arguments, data):
        return subprocess.run([self.program, *arguments], input=data, check=True,
                              capture_output=True, timeout=60).stdout.decode()

    def test_the_example_is_under_ten_lines(self):
        self.assertEqual(set(example()), {ROWS, TYPES, CALLS})
        self.assertLess(sum(map(len, example().values())), LINES)

    def test_the_made_up_call_encodes_and_decodes(self):
        octets = self.run_program("encode", "--call", "countinsertions", data=CALL)
        self.assertEqual(bytes.fromhex(octets), bytes.fromhex(OCTETS))
        text = self.run_program("decode", "--call", "0x0009010C", data=octets.encode())
        self.assertEqual(text, "Context:\n  cbContext = 0x4 (4)\n  pbContext = [4] 000001cd\n"
                               "szReader = 'Reader 00'\n")

    def test_the_made_up_return_encodes_and_decodes(self):
        data = b'{"ReturnCode": 0, "cInsertions": 7}'
        octets = self.run_program("encode", "--return", "countinsertions", "--layer", "ndr",
                                  data=data)
        self.assertEqual(octets, "00 00 00 00 07 00 00 00\n")

    def test_the_made_up_call_stands_in_the_page_of_messages(self):
        self.assertIn("| `0x0009010C` | CountInsertions |", self.run_program("messages", data=b""))


if __name__ == "__main__":
    closing.main()
