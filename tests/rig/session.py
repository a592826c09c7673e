# SPDX-License-Identifier: Apache-2.0
"""The session host: rdpesc-host in a mount namespace of its own, from which the user's pcscd cannot
be reached.

Programs of the session run in that namespace too. All they share with the user's machine is the
loopback network, and on it the one RDP connection.
"""

import json
import os
import socket
from pathlib import Path

import namespace
from process import PATIENCE, Process, wait_until

PORT = 3389
# For a host that is built with sanitizers. The slow way to see who allocated: the fast one is blind
# inside libraries without frame pointers, and then no suppression could match.
SANITIZERS = {
    "ASAN_OPTIONS": "fast_unwind_on_malloc=0",
    "TSAN_OPTIONS": "exitcode=0",  # its reports are read; not all of them are ours
    "LSAN_OPTIONS": f"print_suppressions=0:suppressions={Path(__file__).with_name('leaks.txt')}",
}


class SessionHost:
    """start() runs the host; status() is what it says of itself; environment() is what a program of
    the session gets.
    """

    def __init__(self, work, build):
        self.work, self.program = Path(work), Path(build) / "bin/rdpesc-host"
        self.directory = self.work / "host"
        self.home = self.work / "home-session"
        self.home.mkdir(exist_ok=True)
        self.port = PORT
        self.process = self.last_status = None
        self._namespace = namespace.Session()

    @property
    def socket(self):
        return self.directory / "pcscd.comm"

    def launch(self, *arguments):
        """Starts it without waiting; --serve unless the arguments say otherwise."""
        command = [str(self.program), "--listen", f"127.0.0.1:{self.port}"]
        command += ["--runtime-dir", str(self.directory), *(arguments or ["--serve"])]
        environment = {**os.environ, "HOME": str(self.home), **SANITIZERS}
        log = self.work / "host.log"
        self.process = Process("rdpesc-host", command, log, environment, self._namespace.join)
        return self.process

    def await_ready(self):
        self.process.wait_line(r"^rdpesc-host: listening on ")

    def start(self):
        self.launch()
        self.await_ready()

    def stop(self):
        """Ends it in good order; last_status is then its exit status, a negative number the signal
        that ended it.
        """
        if self.process:
            self.last_status = self.process.stop()
            self.process = None

    def wait_end(self):
        """Waits until it ends by itself; its exit status."""
        process, self.process = self.process, None
        return process.wait_end()

    def kill(self):
        """SIGKILL; it is no longer expected to end well."""
        self.process.kill()
        self.process = None

    def close(self):
        self.stop()
        self._namespace.close()

    # what it tells

    def status(self):
        """The host's own account, as a dictionary."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(self.directory / "status"))
            text = b""
            while octets := connection.recv(65536):
                text += octets
        return json.loads(text)

    def _holds(self, condition):
        try:
            return condition(self.status())
        except (OSError, ValueError):
            return False  # not there yet, or just going: its process is looked at by wait_until

    def wait_status(self, condition, what, parts=(), patience=PATIENCE):
        wait_until(lambda: self._holds(condition), what, patience, [self.process, *parts])

    def wait_up(self, client):
        """Until the card of the user is there for the programs of the session."""
        self.wait_status(
            lambda status: status["link"] == "up" and status["ready"],
            "the link to come up",
            [client],
        )

    def wait_down(self, patience=PATIENCE):
        self.wait_status(
            lambda status: status["link"] == "down",
            "the host to notice that the client has gone",
            (),
            patience,
        )

    def wait_card(self, present):
        """Until the host has heard of an insertion or removal."""

        def heard(status):
            return present == any("present" in reader["state"] for reader in status["readers"])

        self.wait_status(heard, "the host to hear of the card")

    # what runs in it

    def environment(self, with_socket=True):
        kept = {name: os.environ[name] for name in ("PATH", "TERM") if name in os.environ}
        mine = {"PCSCLITE_CSOCK_NAME": str(self.socket)} if with_socket else {}
        return {**kept, "HOME": str(self.home), "LC_ALL": "C.UTF-8", **mine}

    def join(self):
        """Moves a fresh child process into the session's namespace."""
        self._namespace.join()
