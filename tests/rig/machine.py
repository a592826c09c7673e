# SPDX-License-Identifier: Apache-2.0
"""The user's machine: pcscd with a virtual reader, a software card, a screen that nobody looks at,
and stock xfreerdp.

To be used inside the rig's namespaces only: pcscd has its socket's path compiled in, vpcd its
ports.
"""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import namespace
import pcsc
import pki
from process import Process, RigError, wait_until

READER = "Virtual PCD 00 00"
CARD_PORT = 35963
DISPLAY = ":1"  # abstract sockets belong to the network namespace, so the number is free
CLIENT_OPTIONS = "/cert:ignore /u:user /p:x /log-level:INFO /vc:rdpesc"
CONNECTED = "03"  # a state in /proc/net/unix
DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
SANITIZERS = re.compile(r"=> (\S*/lib(?:clang_rt\.)?(?:asan|tsan|ubsan)[^ ]*)")


def addin_directory():
    """Where stock xfreerdp looks for plug-ins; None when FreeRDP 2 is not installed."""
    libraries = sorted(Path("/usr/lib").glob("*/libfreerdp2.so.2"))
    return libraries[0].parent / "freerdp2" if libraries else None


def sanitizers_of(library):
    """The sanitizer runtimes that a shared library was built against: a stock program must preload
    them to load it.
    """
    listed = subprocess.run(["ldd", library], capture_output=True, text=True, check=False).stdout
    return SANITIZERS.findall(listed)


class UserMachine:
    """Each part can be started and stopped by itself; stop() ends them all."""

    def __init__(self, work, build, keys):
        self.work, self._build, self._keys = Path(work), Path(build), Path(keys)
        self.pcscd = self.card = self.display = self.client = None
        self.others = []
        self._covered = False
        self.home = self.work / "home-user"
        self.home.mkdir(exist_ok=True)

    # pcscd and the card

    def _reader_configuration(self, readers):
        directory = self.work / ("readers" if readers else "no-readers")
        directory.mkdir(exist_ok=True)
        if readers:
            (directory / "vpcd").write_text(
                f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x{CARD_PORT:04X}\n'
                f"LIBPATH {DRIVER}\nCHANNELID 0x{CARD_PORT:04X}\n",
                encoding="ascii",
            )
        return directory

    def launch_pcscd(self, readers=True, apdus=False):
        """Starts it without waiting. apdus: log each APDU (PINs too, so only of this card)."""
        command = ["pcscd", "-f", "-c", str(self._reader_configuration(readers))] + (
            ["-a"] if apdus else []
        )
        # From 2.0.1 on Debian builds it with polkit, which would have to be
        # asked: then clients see no reader.
        if (
            "polkit"
            in subprocess.run(
                ["pcscd", "--version"], capture_output=True, text=True, check=False
            ).stdout
        ):
            command.append("--disable-polkit")
        self.pcscd = Process("pcscd", command, self.work / "pcscd.log")

    def await_pcscd(self, readers=True):
        wait_until(lambda: self._answers(readers), "pcscd to answer", parts=[self.pcscd])

    def start_pcscd(self, readers=True, apdus=False):
        self.launch_pcscd(readers, apdus)
        self.await_pcscd(readers)

    @staticmethod
    def _answers(readers):
        if not os.path.exists("/run/pcscd/pcscd.comm"):
            return False
        client = pcsc.Pcsc()
        try:
            return client.established == pcsc.SUCCESS and (
                not readers or READER in client.readers()[1]
            )
        finally:
            client.close()

    def stop_pcscd(self):
        self.pcscd.stop()

    @staticmethod
    def pcscd_contexts():
        """How many contexts programs have at pcscd: each is a connection to its socket, of which
        this network has just one.
        """
        with open("/proc/net/unix", encoding="utf-8") as file:
            sockets = [
                line.split() for line in file if line.rstrip().endswith(" /run/pcscd/pcscd.comm")
            ]
        return sum(fields[5] == CONNECTED for fields in sockets)

    def launch_card(self, slow_ms=0, inserted=True):
        database = self.work / "card"
        if not database.exists():
            pki.copy_card(self._keys, database)
        command = [str(self._build / "bin/rig-card"), "--db", str(database)]
        command += ["--port", str(CARD_PORT)]
        command += ["--slow", str(slow_ms)] if slow_ms else []
        command += [] if inserted else ["--absent"]
        # NSS keeps memory until the end; that is not what is tested here.
        environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
        self.card = Process("rig-card", command, self.work / "card.log", environment)

    def start_card(self, slow_ms=0):
        self.launch_card(slow_ms)
        self._await_card(True)

    def stop_card(self):
        self.card.stop()
        self._await_card(False)

    def insert(self):
        """Puts the card in; returns when pcscd has noticed."""
        self._tell_card(signal.SIGUSR2)
        self._await_card(True)

    def remove(self):
        self._tell_card(signal.SIGUSR1)
        self._await_card(False)

    def _tell_card(self, number):
        # Before it is ready, a signal would end it.
        self.card.wait_line("^rig-card: ready")
        self.card.signal(number)

    def _await_card(self, present):
        if not pcsc.wait_card(READER, present, 30):
            word = "insertion" if present else "removal"
            raise RigError(
                f"pcscd did not notice the card's {word}\n{self.card.tail()}\n{self.pcscd.tail()}"
            )

    # screen and RDP client

    def launch_display(self):
        picture = self.work / "screen"
        picture.mkdir(exist_ok=True)
        # No lock file and no socket file: nothing is left in /tmp, and parallel rigs cannot meet.
        options = "-displayfd 1 -nolock -nolisten tcp -nolisten unix -ac -screen 0 1024x768x24"
        command = ["Xvfb", DISPLAY, *options.split(), "-fbdir", str(picture)]
        self.display = Process("Xvfb", command, self.work / "display.log")

    def await_display(self):
        self.display.wait_line(rf"^{DISPLAY[1:]}$")

    @property
    def screen(self):
        """The picture that the user would see, as an XWD file that is always current."""
        return self.work / "screen/Xvfb_screen0"

    def install_plugin(self, plugin):
        """Makes the plug-in the only one in xfreerdp's plug-in directory."""
        directory = addin_directory()
        if not self._covered:
            namespace.cover(str(directory))
            self._covered = True
        shutil.copy(plugin, directory)

    @staticmethod
    def uninstall_plugin():
        """Leaves the plug-in directory empty."""
        (addin_directory() / "librdpesc-client.so").unlink()

    def connect(self, port, smartcard=True, extra=()):
        """Starts stock xfreerdp. Whether the card got through, the session host's status tells."""
        self.client = self._launch_client(
            "client", port, (["/smartcard"] if smartcard else []) + list(extra)
        )
        return self.client

    def second_client(self, port):
        """One more xfreerdp beside the one of connect()."""
        self.others.append(self._launch_client("second-client", port, ["/smartcard"]))
        return self.others[-1]

    def _launch_client(self, name, port, more):
        # By lines, as on a terminal: most of its log goes to the standard output.
        command = ["stdbuf", "-oL", "xfreerdp", *CLIENT_OPTIONS.split()]
        command += [f"/v:127.0.0.1:{port}", *more]
        environment = {**os.environ, "DISPLAY": DISPLAY, "HOME": str(self.home)}
        plugin = (addin_directory() or Path()) / "librdpesc-client.so"
        if preload := sanitizers_of(plugin) if plugin.exists() else []:
            environment["LD_PRELOAD"] = " ".join(preload)
            # Leaks and races of the stock client and its libraries are not ours.
            environment.update(ASAN_OPTIONS="detect_leaks=0", TSAN_OPTIONS="exitcode=0")
        return Process("xfreerdp", command, self.work / f"{name}.log", environment)

    def disconnect(self):
        """Ends the client as a closed window would."""
        if self.client:
            self.client.stop()
            self.client = None

    def environment(self):
        """For programs that run on the user's machine itself."""
        kept = {name: os.environ[name] for name in ("PATH", "TERM") if name in os.environ}
        return {**kept, "HOME": str(self.home), "LC_ALL": "C.UTF-8"}

    def parts(self):
        known = (*self.others, self.client, self.display, self.card, self.pcscd)
        return [part for part in known if part]

    def stop(self):
        for part in self.parts():
            part.stop()
        self.others = []
        self.client = self.display = self.card = self.pcscd = None
