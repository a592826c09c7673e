# SPDX-License-Identifier: Apache-2.0
"""Processes of the rig: started with a log, awaited by what they do, ended by their id, never
outliving the rig.
"""

import ctypes
import os
import re
import select
import signal
import subprocess
import tempfile
import time

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
# Seconds until what should happen in a few milliseconds counts as failed; machines can be busy.
PATIENCE = 30.0
LOOK_EVERY = 0.01

_libc = ctypes.CDLL(None, use_errno=True)


class RigError(Exception):
    """A part of the rig did not do what it must; the text has the last lines of its log."""


def die_with_parent(parent):
    """For a fresh child: it is killed when the thread that started it ends."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(127)


def adopt_orphans():
    """From now on what our children leave behind becomes our child: end_children() finds it."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)


def children():
    """The ids of this process's children, zombies too."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            found.append(int(name))
    return found


def end_children():
    """Kills and reaps every child that is left, and what those leave behind."""
    while left := children():
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass


def wait_until(holds, what, patience=PATIENCE, parts=(), alive=True):
    """Returns holds() as soon as it is true. RigError after `patience` seconds, or (alive) as soon
    as one of `parts` has ended.
    """
    end = time.monotonic() + patience
    while True:
        value = holds()
        if value:
            return value
        dead = [part for part in parts if alive and not part.is_alive()]
        if dead:
            raise RigError(
                f"{dead[0].name} ended ({dead[0].how_it_ended()}) before {what}\n{tails(parts)}"
            )
        if time.monotonic() > end:
            raise RigError(f"waited {patience:g} s in vain for {what}\n{tails(parts)}")
        time.sleep(LOOK_EVERY)


def tails(parts):
    return "\n".join(part.tail() for part in parts)


class Process:
    """One program of the rig. Output goes to the log file `log`, appended."""

    def __init__(self, name, argv, log, env=None, join=None):
        self.name, self.log = name, log
        parent = os.getpid()

        def prepare():
            die_with_parent(parent)
            if join:
                join()

        self.log_start = os.path.getsize(log) if os.path.exists(log) else 0
        with open(log, "ab") as out:
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=env,
                preexec_fn=prepare,
                start_new_session=True,
            )
        self.pid = self._process.pid

    def is_alive(self):
        return self._process.poll() is None

    @property
    def returncode(self):
        return self._process.poll()

    def how_it_ended(self):
        code = self._process.poll()
        if code is None:
            return "still running"
        return f"status {code}" if code >= 0 else f"signal {-code}"

    def text(self):
        """What it has written since its start."""
        with open(self.log, "rb") as file:
            file.seek(self.log_start)
            return file.read().decode("utf-8", "replace")

    def tail(self, lines=12):
        last = self.text().splitlines()[-lines:]
        return f"--- {self.name}, last lines of {self.log}:\n" + "\n".join(last)

    def wait_line(self, pattern, patience=PATIENCE, since=0):
        """The first match of the pattern in what it has written (from character `since` on)."""
        compiled = re.compile(pattern, re.MULTILINE)
        return wait_until(
            lambda: compiled.search(self.text(), since),
            f"'{pattern}' in the log of {self.name}",
            patience,
            [self],
        )

    def wait_end(self, patience=PATIENCE):
        """Its exit status; negative: the signal that ended it."""
        wait_until(
            lambda: not self.is_alive(), f"the end of {self.name}", patience, [self], alive=False
        )
        return self.returncode

    def signal(self, number):
        if self.is_alive():
            self._process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self._process.wait()

    def stop(self, patience=5.0):
        """SIGTERM, and SIGKILL when that does not help in time. Returns the exit status."""
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)
        try:
            return self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            return self.returncode


class Result:
    """How a program ended: status (None: it had to be killed after the time allowed), its output,
    the seconds it took.
    """

    def __init__(self, argv, status, output, seconds):
        self.argv, self.status, self.output, self.seconds = argv, status, output, seconds

    @property
    def text(self):
        return self.output.decode("utf-8", "replace")

    def __repr__(self):
        how = "had to be killed" if self.status is None else f"ended with {self.status}"
        return f"{' '.join(self.argv)} {how} after {self.seconds:.2f} s:\n{self.text.rstrip()}"


class Program:
    """A program that uses the card: its input given at once, output and errors together, bounded in
    time.
    """

    def __init__(self, argv, env, join=None, stdin=None):
        self.argv, self.name = argv, argv[0]
        parent = os.getpid()

        def prepare():
            die_with_parent(parent)
            if join:
                join()

        self._output = tempfile.TemporaryFile()
        self._begin = time.perf_counter()
        self._process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=self._output,
            env=env,
            preexec_fn=prepare,
            start_new_session=True,
        )
        try:
            with self._process.stdin as pipe:
                pipe.write((stdin or "").encode())
        except BrokenPipeError:
            pass  # it ended without reading

    def is_alive(self):
        return self._process.poll() is None

    def how_it_ended(self):
        return f"status {self._process.poll()}"

    def _read(self):
        return os.pread(self._output.fileno(), os.fstat(self._output.fileno()).st_size, 0)

    def tail(self):
        return f"--- output of {self.name}:\n" + self._read().decode("utf-8", "replace")

    def wait_output(self, words, patience=PATIENCE):
        """Waits until it has written this."""
        wait_until(
            lambda: words.encode() in self._read(), f"'{words}' from {self.name}", patience, [self]
        )

    def kill(self):
        self._process.kill()
        self._process.wait()

    def finish(self, timeout):
        """Its result; when time is up it is killed."""
        # By its pidfd: Popen.wait(timeout) only looks now and then, which would spoil the time.
        pidfd = os.pidfd_open(self._process.pid)
        ended, _, _ = select.select([pidfd], [], [], timeout)
        seconds = time.perf_counter() - self._begin
        os.close(pidfd)
        if not ended:
            self._process.kill()
        status = self._process.wait()
        result = Result(self.argv, status if ended else None, self._read(), seconds)
        self._output.close()
        return result
