# SPDX-License-Identifier: Apache-2.0
"""Rules that a look at the text decides.

Each takes a path and its text and yields "path:line: what is wrong"."""
import re

import sources

COLUMNS = 100
# In two parts each, so that this file keeps its own rule.
PROMISES = re.compile(r"\b(" + "|".join(
    first + second for first, second in
    [("TO", "DO"), ("FIX", "ME"), ("XX", "X"), ("HA", "CK"), ("not imp", "lemented"),
     ("place", "holder"), ("st", "ub")]) + r")\b")
MACHINE = re.compile(r"(^|[^A-Za-z0-9_])/(work|farm)/"
                     r"|https?://[^ ]*/debian([^a-z]|$)|https?://registry\.")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
IMPURE = re.compile(r"\b(malloc|calloc|realloc|free|printf|fprintf|puts|fopen|open|read|write"
                    r"|syslog)\s*\(")
# What the headers of a folder may be included by: arrows run down only.
MAY_INCLUDE = {
    "marshal": {"marshal"},
    "protocol": {"protocol", "marshal"},
    "captures": {"captures", "protocol", "marshal"},
    "channel-client": {"channel-client", "captures", "protocol", "marshal"},
    "channel-server": {"channel-server", "captures", "protocol", "marshal"},
}
PURE = {"marshal", "protocol"}


def lines_matching(path, text, pattern, message):
    for number, line in enumerate(text.split("\n"), 1):
        if match := pattern.search(line):
            yield f"{path}:{number}: {message}: {match.group(0).strip()}"


def licence(path, text):
    if sources.is_source(path, text):
        head = text.split("\n")[:2]
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in head):
            yield f"{path}:1: the SPDX line is missing"


def promises(path, text):
    if sources.is_source(path, text):
        yield from lines_matching(path, text, PROMISES, "a promise in the code")


def machine(path, text):
    yield from lines_matching(path, text, MACHINE, "a path or a host of one machine")


def layout(path, text):
    if not sources.is_source(path, text):
        return
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > COLUMNS and not sources.is_c(path):
            yield f"{path}:{number}: {len(line)} columns"
        if "\t" in line:
            yield f"{path}:{number}: a tab"
        if line != line.rstrip():
            yield f"{path}:{number}: white space at the end"
    if text and not text.endswith("\n"):
        yield f"{path}: no new line at the end"


def purity(path, text):
    """marshal/ and protocol/ allocate nothing and do no input or output."""
    if path.suffix == ".c" and path.parts[0] in PURE:
        yield from lines_matching(path, text, IMPURE, "the pure core calls")


def layers(path, text, headers):
    """headers: the name of each header -> the top folders that have one of that name."""
    allowed = MAY_INCLUDE.get(path.parts[0])
    if allowed is None or not sources.is_c(path):
        return
    for number, line in enumerate(text.split("\n"), 1):
        if match := INCLUDE.match(line):
            folders = headers.get(match.group(1).rsplit("/", 1)[-1], set())
            if folders and not folders & allowed:
                owners = ", ".join(sorted(folders))
                yield f"{path}:{number}: {path.parts[0]} includes from {owners}"


def python_syntax(path, text):
    if path.suffix == ".py":
        try:
            compile(text, str(path), "exec")
        except SyntaxError as error:
            yield f"{path}:{error.lineno}: {error.msg}"
