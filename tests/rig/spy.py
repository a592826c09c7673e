# SPDX-License-Identifier: Apache-2.0
"""Counts the SCard functions that an unmodified program calls: count.c stands in for
libpcsclite.
"""

from pathlib import Path


class Spy:
    def __init__(self, work, build):
        real = next(Path("/usr/lib").glob("*/libpcsclite.so.1"))
        self._directory = Path(work, "spy")
        self._directory.mkdir()
        (self._directory / real.name).symlink_to(Path(build, "lib/librig-count.so"))
        self._notes = self._directory / "calls"
        self._environment = [
            f"LD_LIBRARY_PATH={self._directory}",
            f"RDPESC_COUNT={self._notes}",
            f"RDPESC_COUNT_REAL={real}",
        ]

    def watch(self, command):
        """The same command, watched; calls() tells afterwards."""
        self._notes.write_text("", encoding="ascii")
        return ["env", *self._environment, *command]

    def calls(self):
        """The names of the functions that the last watched command called, in order."""
        return self._notes.read_text(encoding="ascii").split()
