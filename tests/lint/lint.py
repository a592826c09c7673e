#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Every check of the house style, one line each.

All run, even after one fails; the exit status is 1 if any did."""
import collections
import sys
import time

import links
import rules
import sizes
import sources
import tools

SHOWN = 40  # lines of one check


class Repository:
    """The files, read once."""

    def __init__(self):
        self.paths = sources.all_files()
        texts = ((path, sources.text_of(path)) for path in self.paths)
        self.texts = [(path, text) for path, text in texts if text is not None]
        self.c_paths = [path for path in self.paths if sources.is_c(path)]
        self.headers = collections.defaultdict(set)
        for path in self.c_paths:
            if path.suffix == ".h":
                self.headers[path.name].add(path.parts[0])

    def apply(self, rule, *more):
        return [problem for path, text in self.texts for problem in rule(path, text, *more)]


def report(name, problems, note, seconds):
    mark = "✗" if problems else "✓"
    print(f"{mark} {name:<24} {seconds:6.1f} s  {note}".rstrip(), flush=True)
    for line in problems[:SHOWN]:
        print("    " + line)
    if len(problems) > SHOWN:
        print(f"    ... and {len(problems) - SHOWN} more lines")
    sys.stdout.flush()


def checks(repository):
    """(name, function that returns problems, or problems and a note)"""
    return [
        ("licence lines", lambda: repository.apply(rules.licence)),
        ("promises", lambda: repository.apply(rules.promises)),
        ("machine paths, hosts", lambda: repository.apply(rules.machine)),
        ("columns, white space", lambda: repository.apply(rules.layout)),
        ("layers", lambda: repository.apply(rules.layers, repository.headers)),
        ("pure core", lambda: repository.apply(rules.purity)),
        ("python syntax", lambda: repository.apply(rules.python_syntax)),
        ("links of the docs", lambda: links.check_all(repository.paths)[0]),
        ("function, file length", lambda: sizes.check(repository.c_paths)),
        ("clang-format", lambda: tools.clang_format(repository.paths)),
        ("shellcheck", lambda: tools.shellcheck(repository.paths)),
        ("gcc warnings", lambda: tools.build("dev")),
        ("clang warnings", lambda: tools.build("clang")),
        ("cppcheck", lambda: tools.cppcheck(repository.paths)),
        ("clang-tidy", lambda: tools.tidy("clang")),
    ]


def run(check):
    """A check that cannot run has failed; the others still do."""
    try:
        result = check()
    except Exception as error:  # noqa: BLE001
        result = [f"the check itself failed: {error!r}"]
    return result if isinstance(result, tuple) else (result, "")


def main():
    failed = 0
    listed = checks(Repository())
    for name, check in listed:
        start = time.monotonic()
        problems, note = run(check)
        failed += bool(problems)
        report(name, problems, note, time.monotonic() - start)
    print(f"lint: {len(listed) - failed} checks clean, {failed} not")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
