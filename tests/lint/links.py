#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that every relative link of an *.md file leads to a file, each #anchor to a heading."""
import re
import sys

import sources

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:")
FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")


def blank(match):
    """Keeps the line numbers."""
    return "\n" * match.group(0).count("\n")


def prose(text):
    return CODE.sub("", FENCE.sub(blank, text))


def anchors(text):
    """What the usual renderers make of the headings."""
    headings = re.findall(r"^#+\s+(.*?)\s*#*$", FENCE.sub(blank, text), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def wrong(path, target):
    """What is wrong with one link of a page, or None."""
    name, _, anchor = target.partition("#")
    file = (sources.ROOT / path).parent / name if name else sources.ROOT / path
    if not file.exists():
        return f"{target} leads nowhere"
    if not file.resolve().is_relative_to(sources.ROOT):
        return f"{target} leads out of the repository"
    if anchor and file.suffix == ".md" and anchor not in anchors(file.read_text()):
        return f"{target}: no such heading"
    return None


def check(path, text):
    for number, line in enumerate(prose(text).split("\n"), 1):
        for target in LINK.findall(line):
            if not ELSEWHERE.match(target) and (problem := wrong(path, target)):
                yield f"{path}:{number}: {problem}"


def check_all(paths):
    pages = [path for path in paths if path.suffix == ".md"]
    return [problem for path in pages for problem in check(path, sources.text_of(path))], len(pages)


def main():
    problems, pages = check_all(sources.all_files())
    print("\n".join([*problems, f"{pages} pages, {len(problems)} broken links"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
