#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The rig: a user's machine and a session host on one Linux machine, headless, in namespaces of its
own.

As a module:

    with Rig("dev") as rig:
        rig.start()
        print(rig.session_run(["opensc-tool", "-l"]).text)

As a program: `rig.py check` says whether it can run here, `rig.py up` keeps one running, and
`rig.py --help` has the rest.
"""

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import namespace
import pki
import process
from kdc import Kdc, find_module, kinit_command
from machine import DRIVER, UserMachine, addin_directory
from process import Process, Program
from session import SessionHost

ROOT = Path(__file__).resolve().parents[2]
# Program -> the Debian package that has it.
PROGRAMS = {
    "pcscd": "pcscd",
    "opensc-tool": "opensc",
    "xfreerdp": "freerdp2-x11",
    "Xvfb": "xvfb",
    "openssl": "openssl",
    "certutil": "libnss3-tools",
    "krb5kdc": "krb5-kdc",
    "kadmin.local": "krb5-kdc",
    "kinit": "krb5-user",
}
BUILT = ("bin/rig-card", "bin/rdpesc-host", "lib/freerdp2/librdpesc-client.so")


MARK = "rdpesc-rig"  # a file that marks a directory as a rig's own, which may be deleted


def is_left_over(directory):
    """Whether it is the directory of an earlier rig of this user."""
    mine = os.lstat(directory).st_uid == os.getuid()
    return mine and os.path.isfile(os.path.join(directory, MARK))


def build_directory(preset):
    return ROOT / "build" / preset


def extend_path():
    """Daemons live where the PATH of an ordinary user does not look."""
    here = os.environ.get("PATH", "/usr/bin:/bin").split(":")
    os.environ["PATH"] = ":".join(
        here + [place for place in ("/usr/sbin", "/sbin") if place not in here]
    )


def missing_packages():
    extend_path()
    missing = {package for program, package in PROGRAMS.items() if not shutil.which(program)}
    if not Path(DRIVER).exists():
        missing.add("vsmartcard-vpcd")
    if not find_module():
        missing.add("opensc-pkcs11")
    if not list(Path("/usr/lib").glob("*/krb5/plugins/preauth/pkinit.so")):
        missing.add("krb5-pkinit")
    if not addin_directory():
        missing.add("freerdp2-x11")
    return sorted(missing)


def not_built(preset):
    """The parts of the build that a rig needs and that are not there: not a matter of the machine,
    but a mistake.
    """
    return [name for name in BUILT if not (build_directory(preset) / name).exists()]


def unable():
    """None when this machine can run a rig, else the reason as text."""
    if packages := missing_packages():
        return "Debian packages are missing: " + " ".join(packages)
    return namespace.why_not()


def why_not(preset="dev"):
    """None when a rig can run here and now, else the reason as text."""
    if absent := not_built(preset):
        return f"not built in {build_directory(preset)}: {' '.join(absent)}"
    return unable()


class Rig:
    """Everything, ended and cleaned up when the `with` block is left: also by an exception, SIGINT
    or SIGTERM.

    Entering it moves the calling process into new namespaces for good: one rig, or one after the
    other, for each process. keep leaves the directory with the logs. work names that directory; it
    must not exist.
    """

    def __init__(self, preset="dev", keep=False, work=None):
        self.preset, self.keep, self._work = preset, keep, work
        self.build = build_directory(preset)
        self.plugin = self.build / "lib/freerdp2/librdpesc-client.so"
        self.work = self.machine = self.host = self.kdc = None
        self._relay = None
        self._relays = 0

    def __enter__(self):
        _handle_signals()
        extend_path()
        self.keys = pki.ensure(ROOT / "build/rig/pki")
        namespace.enter()
        process.adopt_orphans()
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise
        return self

    def _prepare(self):
        if self._work:
            os.makedirs(self._work, mode=0o700)
        self.work = Path(self._work or tempfile.mkdtemp(prefix="rdpesc-rig-"))
        (self.work / MARK).touch()
        self.machine = UserMachine(self.work, self.build, self.keys)
        self.host = SessionHost(self.work, self.build)
        self.kdc = Kdc(self.work, self.keys)

    def __exit__(self, kind, value, trace):
        self.close()

    def close(self):
        """Ends everything that was started, by its id."""
        _handle_signals(ignore=True)
        self.stop_relay()
        for stop in (
            self.machine and self.machine.disconnect,
            self.host and self.host.close,
            self.kdc and self.kdc.stop,
            self.machine and self.machine.stop,
        ):
            if stop:
                stop()
        process.end_children()
        if self.work and not self.keep:
            shutil.rmtree(self.work, ignore_errors=True)
        _handle_signals()

    # the usual whole

    def start(self, kdc=False, connect=True, card=True):
        """All parts, the card in its reader, the client connected (unless told otherwise)."""
        self.machine.launch_pcscd()
        self.machine.launch_display()
        self.machine.launch_card(inserted=card)
        self.host.launch()
        self.machine.install_plugin(self.plugin)
        if kdc:
            self.kdc.start()
        self.machine.await_pcscd()
        if card:
            self.machine.insert()
        self.machine.await_display()
        self.host.await_ready()
        if connect:
            self.connect()

    def connect(self, delay_ms=0):
        """Connects the client, through a relay when there is a delay, and waits until the card is
        in the session.
        """
        port = self.start_relay(delay_ms) if delay_ms else self.host.port
        self.host.wait_up(self.machine.connect(port))

    def disconnect(self):
        self.machine.disconnect()
        self.host.wait_down()
        self.stop_relay()

    def start_relay(self, delay_ms):
        self._relays += 1
        # A new port each time: the last may still be in TIME_WAIT.
        port = self.host.port + self._relays
        relay = Path(__file__).with_name("delay.py")
        self._relay = Process(
            "delay.py",
            ["/usr/bin/python3", str(relay), str(port), str(self.host.port), str(delay_ms)],
            self.work / "relay.log",
        )
        self._relay.wait_line("listening")
        return port

    def stop_relay(self):
        if self._relay:
            self._relay.stop()
            self._relay = None

    # programs

    def session_environment(self, with_socket=True):
        return {**self.host.environment(with_socket), **self.kdc.environment(self.host.home)}

    def session_start(self, command, stdin=None, with_socket=True):
        """A program in the session, not waited for."""
        return Program(command, self.session_environment(with_socket), self.host.join, stdin)

    def session_run(self, command, stdin=None, timeout=60, with_socket=True):
        """Runs a program in the session. with_socket=False: without the host's socket, so that it
        must not find a card.
        """
        return self.session_start(command, stdin, with_socket).finish(timeout)

    def direct_run(self, command, stdin=None, timeout=60):
        """Runs the same program on the user's machine, straight on pcscd."""
        environment = {**self.machine.environment(), **self.kdc.environment(self.machine.home)}
        return Program(command, environment, None, stdin).finish(timeout)

    def kinit(self, run=None, pin=pki.PIN, timeout=30, **more):
        """Signs in with the card through `run` (default: in the session)."""
        return (run or self.session_run)(kinit_command(), stdin=f"{pin}\n", timeout=timeout, **more)

    def parts(self):
        """The processes that are running, for their logs."""
        return [part for part in (self.host.process, *self.machine.parts()) if part]


def _leave(number, _frame):
    sys.exit(128 + number)


def _handle_signals(ignore=False):
    """A signal that asks us to end leaves the `with` block. SIGINT too: a shell starts background
    jobs with it ignored.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN if ignore else _leave)


if __name__ == "__main__":
    import control

    sys.exit(control.main())
