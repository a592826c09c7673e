# SPDX-License-Identifier: Apache-2.0
"""Lengths of C functions and files."""
import json
import statistics
import subprocess

import sources

FUNCTION_LINES = 60
FILE_LINES = 500


def functions(paths):
    """(lines, path, first line, name) of each function, by universal-ctags."""
    if not paths:
        return []
    command = ["ctags", "--output-format=json", "--fields=+ne", "--kinds-C=f", "--languages=C",
               "--langmap=C:.c.h", "-L", "-", "-f", "-"]
    output = subprocess.run(command, cwd=sources.ROOT, input="\n".join(map(str, paths)), text=True,
                            check=True, capture_output=True).stdout
    tags = (json.loads(line) for line in output.splitlines())
    return [(tag["end"] - tag["line"] + 1, tag["path"], tag["line"], tag["name"])
            for tag in tags if "end" in tag]


def check(paths):
    """(problems, a sentence on the sizes)"""
    found = functions(paths)
    problems = [f"{path}:{line}: {name} has {length} lines, {FUNCTION_LINES} are allowed"
                for length, path, line, name in found if length > FUNCTION_LINES]
    for path in paths:
        length = sources.text_of(path).count("\n")
        if length > FILE_LINES:
            problems.append(f"{path}: {length} lines, {FILE_LINES} are allowed")
    lengths = [length for length, *_ in found] or [0]
    return problems, (f"{len(found)} functions, median {statistics.median(lengths):.0f} lines, "
                      f"longest {max(lengths)}")
