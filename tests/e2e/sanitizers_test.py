#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What counts as a finding in the logs of a rig: ours does, FreeRDP's own and hand-overs do not."""
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import closing  # noqa: E402
import sanitizers  # noqa: E402

RACE = """==================
WARNING: ThreadSanitizer: {kind} (pid=1)
  Read of size 8 at 0x7b10 by thread T2:
    #0 memcpy ../sanitizer_common_interceptors.inc:827 (libtsan.so.2+0x5dda6)
    #1 reader reader.c:1 ({reader}+0x10)

  Previous write of size 8 at 0x7b10 by thread T1:
    #0 writer writer.c:2 ({writer}+0x20)

  Thread T1 (tid=2, running) created by main thread at:
    #0 pthread_create ../tsan_interceptors_posix.cpp:1001 (libtsan.so.2+0x5e686)
    #1 start start.c:3 (librdpesc-client.so+0x30)

SUMMARY: ThreadSanitizer: {kind} writer.c:2 in writer
==================
"""


class SanitizersTest(unittest.TestCase):
    def reports(self, text):
        with tempfile.TemporaryDirectory() as work:
            pathlib.Path(work, "host.log").write_text(text)
            return sanitizers.reports(work)

    def race(self, reader, writer, kind="data race"):
        return bool(self.reports(RACE.format(reader=reader, writer=writer, kind=kind)))

    def test_race_of_ours_counts(self):
        self.assertTrue(self.race("rdpesc-host", "rdpesc-host"))
        self.assertTrue(self.race("librdpesc-client.so", "libjansson.so.4"))
        self.assertTrue(self.race("libc.so.6", "rdpesc-host"))

    def test_race_of_freerdp_does_not(self):
        self.assertFalse(self.race("libfreerdp2.so.2", "libwinpr2.so.2"))

    def test_handing_over_does_not(self):
        self.assertFalse(self.race("librdpesc-client.so", "libwinpr2.so.2"))
        self.assertFalse(self.race("libfreerdp2.so.2", "librdpesc-client.so"))

    def test_second_report_counts(self):
        first = RACE.format(reader="libfreerdp2.so.2", writer="libfreerdp2.so.2", kind="data race")
        second = RACE.format(reader="rdpesc-host", writer="rdpesc-host", kind="data race")
        self.assertTrue(self.reports(first + second))

    def test_deadlock_with_ours_in_it_counts(self):
        self.assertTrue(self.race("libc.so.6", "rdpesc-host", "lock-order-inversion"))

    def test_errors_of_memory_count(self):
        for line in ("==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x1",
                     "==1==ERROR: LeakSanitizer: detected memory leaks",
                     "a.c:1:2: runtime error: left shift of negative value"):
            self.assertIn(line, self.reports("before\n" + line + "\nafter\n"))

    def test_clean_log_is_clean(self):
        self.assertEqual(self.reports("rdpesc-host: 2 readers known\n"), "")


if __name__ == "__main__":
    closing.main()
