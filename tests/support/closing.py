# SPDX-License-Identifier: Apache-2.0
"""The main function of a test script: runs its unittest cases, ends in "N passed, N failed"."""
import argparse
import sys
import unittest


def cases(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from cases(item)
        else:
            yield item


def main(module="__main__"):
    parser = argparse.ArgumentParser()
    parser.add_argument("--filter", default="", metavar="TEXT")
    text = parser.parse_args().filter
    found = cases(unittest.defaultTestLoader.loadTestsFromModule(sys.modules[module]))
    chosen = unittest.TestSuite(case for case in found if text in case.id())
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=0).run(chosen)
    failed = len(result.failures) + len(result.errors)
    skipped = f", {len(result.skipped)} skipped" if result.skipped else ""
    passed = result.testsRun - failed - len(result.skipped)
    print(f"{passed} passed, {failed} failed{skipped}")
    sys.exit(1 if failed else 0)
