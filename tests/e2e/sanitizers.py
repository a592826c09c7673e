# SPDX-License-Identifier: Apache-2.0
"""What sanitizers wrote into the logs of a rig, and which of it is ours to mend.

FreeRDP's libraries are stock: ThreadSanitizer does not see how they lock, and so calls each packet
that they hand us, or we hand them, a race. A race counts when our own code made one of the two
accesses and FreeRDP's not the other. Blind to: a real race over such a packet. (One that is used
after FreeRDP has freed it is found by AddressSanitizer.)
"""

import re
from pathlib import Path

OURS = ("rdpesc-host", "librdpesc-client.so")
FREERDP = re.compile(r"lib(winpr|freerdp)")
PLAIN = re.compile(r"ERROR: (Address|Leak)Sanitizer|runtime error:")
RACE = re.compile(r"^WARNING: ThreadSanitizer: .*?^SUMMARY: .*?$", re.DOTALL | re.MULTILINE)
MODULE = re.compile(r"^ +#\d+ .*\((\S+?)\+0x[0-9a-f]+\)", re.MULTILINE)
LINES = 40


def _accessed_by(stack):
    """The module whose code made the access: the first one below the sanitizer's own."""
    return next((name for name in MODULE.findall(stack) if "tsan" not in name), "")


def is_ours(report):
    """Whether a report of ThreadSanitizer is about our code."""
    if "data race" not in report.splitlines()[0]:
        return any(module in OURS for module in MODULE.findall(report))
    stacks = [stack for stack in report.split("\n\n") if " of size " in stack]
    makers = [_accessed_by(stack) for stack in stacks]
    return any(maker in OURS for maker in makers) and not any(map(FREERDP.match, makers))


def _found(text):
    if match := PLAIN.search(text):
        start = text.rfind("\n", 0, match.start()) + 1
        return "\n".join(text[start:].splitlines()[:LINES])
    return next((report for report in RACE.findall(text) if is_ours(report)), "")


def reports(work):
    """The first report in each log, with the name of the log; empty when there is none."""
    said = []
    for log in sorted(Path(work).glob("*.log")):
        if found := _found(log.read_text("utf-8", "replace")):
            said += [f"--- {log.name}", found]
    return "\n".join(said)
