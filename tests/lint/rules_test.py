#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Each rule sees a source that breaks it and leaves a good one alone."""
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import closing  # noqa: E402
import links  # noqa: E402
import rules  # noqa: E402

C_FILE = pathlib.Path("marshal/decode.c")
LICENCE = "/* SPDX-License-Identifier: Apache-2.0 */\n"


class RulesTest(unittest.TestCase):
    def problems(self, rule, text, path=C_FILE, *more):
        return list(rule(pathlib.Path(path), text, *more))

    def assert_good(self, *arguments):
        self.assertEqual(self.problems(*arguments), [])

    def assert_bad(self, *arguments):
        self.assertEqual(len(self.problems(*arguments)), 1)

    def test_licence(self):
        self.assert_good(rules.licence, LICENCE + "int a;\n")
        self.assert_good(rules.licence, "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n", "dev")
        self.assert_bad(rules.licence, "int a;\n" * 3 + LICENCE)
        self.assert_bad(rules.licence, "#!/bin/sh\nexit\n", "dev")
        self.assert_good(rules.licence, "no source\n", "data.txt")

    def test_promises(self):
        self.assert_bad(rules.promises, "/* TO" "DO: later */\n")
        self.assert_bad(rules.promises, "echo a st" "ub\n", "dev.sh")
        self.assert_good(rules.promises, "int stubborn;\n")

    def test_machine(self):
        self.assert_bad(rules.machine, "see /wo" "rk/main\n", "README.md")
        self.assert_bad(rules.machine, "http://mirror.example/deb" "ian bookworm\n", "README.md")
        self.assert_good(rules.machine, "https://www.debian.org/ docs/work/\n", "README.md")

    def test_layout(self):
        self.assert_bad(rules.layout, "# " + "x" * 99 + "\n", "a.py")
        self.assert_bad(rules.layout, "int a;\t\nint b;\n".replace("\t", " "))
        self.assert_bad(rules.layout, "\tint a;\n")
        self.assert_bad(rules.layout, "int a;")
        self.assert_good(rules.layout, "int a;\n")

    def test_layers(self):
        headers = {"replay.h": {"channel-server"}, "ndr.h": {"marshal"}}
        include = '#include "{}.h"\n'.format
        self.assert_good(rules.layers, include("ndr"), "protocol/a.c", headers)
        self.assert_good(rules.layers, include("ndr"), "channel-server/a.c", headers)
        self.assert_bad(rules.layers, include("replay"), "channel-client/a.c", headers)
        self.assert_bad(rules.layers, include("replay"), "protocol/a.c", headers)
        self.assert_good(rules.layers, include("replay"), "tests/channel-server/a.c", headers)

    def test_purity(self):
        self.assert_bad(rules.purity, "    p = malloc(3);\n")
        self.assert_good(rules.purity, "    p = malloc(3);\n", "channel-client/a.c")
        self.assert_good(rules.purity, "    snprintf(text, size, \"x\");\n")

    def test_python_syntax(self):
        self.assert_bad(rules.python_syntax, "def a(:\n", "a.py")
        self.assert_good(rules.python_syntax, "def a(): pass\n", "a.py")

    def test_links(self):
        page = "tests/lint/README.md"
        self.assert_good(links.check, "[a](rules.py) [b](https://example.org/x)\n", page)
        self.assert_bad(links.check, "[a](no-such-file.md)\n", page)
        self.assert_bad(links.check, "[a](README.md#no-such-heading)\n", page)
        self.assert_bad(links.check, "[a](../../../outside)\n", page)
        self.assert_good(links.check, "```\n[a](no-such-file.md)\n```\n", page)


if __name__ == "__main__":
    closing.main()
