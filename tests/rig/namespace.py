# SPDX-License-Identifier: Apache-2.0
"""Private mount and network namespaces for the rig.

enter() moves the calling process into namespaces of its own: an empty /run, a loopback network that
nobody shares, and mounts that nobody else sees. What is started from then on lives in them. As root
it needs nothing else; another user gets a user namespace, where the system permits that. why_not()
tells in words why it cannot be done here.
"""

import ctypes
import errno
import fcntl
import os
import socket
import struct
import tempfile

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
MS_REC = 0x4000
MS_PRIVATE = 1 << 18
SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 1

_libc = ctypes.CDLL(None, use_errno=True)


class NotPermitted(Exception):
    """Namespaces cannot be used here; the text says why."""


def _call(name, *arguments):
    if getattr(_libc, name)(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


def mount(source, target, kind, flags=0, data=""):
    _call(
        "mount",
        source.encode(),
        os.fsencode(target),
        kind.encode(),
        ctypes.c_ulong(flags),
        data.encode(),
    )


def _unshare_as_user():
    """The caller becomes root of a user namespace that holds nobody but itself."""
    user, group = os.getuid(), os.getgid()
    _call("unshare", CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"0 {user} 1"),
        ("gid_map", f"0 {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def _unshare():
    try:
        if os.geteuid() == 0:
            _call("unshare", CLONE_NEWNS | CLONE_NEWNET)
        else:
            _unshare_as_user()
    except OSError as error:
        raise NotPermitted(
            f"this system does not permit private namespaces ({error.strerror})"
        ) from error


def _make_mounts_private():
    try:
        mount("none", "/", "none", MS_REC | MS_PRIVATE)
    except OSError as error:
        if error.errno == errno.EINVAL:
            raise NotPermitted(
                "/ is not a mount point here (a plain chroot), so mounts could reach the outside; "
                "mount --bind the directory of the chroot onto itself before entering it"
            ) from error
        raise NotPermitted(f"mounts cannot be made private ({error.strerror})") from error


def _loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))


def _empty_run():
    """/run of its own, with the directory that pcscd and its clients have compiled in."""
    mount("tmpfs", "/run", "tmpfs", 0, "mode=0755")
    os.mkdir("/run/pcscd", 0o755)


def enter():
    """Moves this process into private namespaces. Raises NotPermitted. The process must have one
    thread.
    """
    _unshare()
    _make_mounts_private()
    try:
        _empty_run()
        _loopback_up()
    except OSError as error:
        raise NotPermitted(f"private namespaces are of no use here ({error})") from error


def why_not():
    """None when enter() works here, else the reason as text. Tried in a child: nothing changes for
    the caller.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        reason = b""
        try:
            enter()
        except Exception as error:  # the child must end here, whatever happened
            reason = str(error).encode()
        os.write(writer, reason)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        reason = answer.read().decode()
    os.waitpid(child, 0)
    return reason or None


def cover(directory):
    """Mounts an empty directory over `directory`, which need not exist: then its parent is overlaid
    with one that has it.
    """
    if not os.path.isdir(directory):
        layer = tempfile.mkdtemp(prefix="overlay-", dir="/run")
        upper, work = os.path.join(layer, "upper"), os.path.join(layer, "work")
        os.mkdir(upper)
        os.mkdir(work)
        parent = os.path.dirname(directory)
        extra = "" if _is_initial_user_namespace() else ",userxattr"
        mount(
            "overlay",
            parent,
            "overlay",
            0,
            f"lowerdir={parent},upperdir={upper},workdir={work}{extra}",
        )
        os.mkdir(directory)
    mount("tmpfs", directory, "tmpfs", 0, "mode=0755")


def _is_initial_user_namespace():
    with open("/proc/self/uid_map", encoding="ascii") as file:
        return file.read().split() == ["0", "0", "4294967295"]


def _open_root(pid):
    """The root directory of a process, in its mount namespace."""
    return os.open(f"/proc/{pid}/root", os.O_PATH | os.O_CLOEXEC)


def _join_mounts(descriptor, root):
    """Into a mount namespace, with its root directory: the kernel alone would take the outermost
    one, which is another in a chroot.
    """
    _call("setns", descriptor, CLONE_NEWNS)
    os.fchdir(root)
    os.chroot(".")


def join_process(pid):
    """Moves the calling process (one thread) into the namespaces that enter() gave to the process
    `pid`.
    """
    root = _open_root(pid)
    for name, kind in (("user", CLONE_NEWUSER), ("mnt", CLONE_NEWNS), ("net", CLONE_NEWNET)):
        path = f"/proc/{pid}/ns/{name}"
        if os.stat(path).st_ino == os.stat(f"/proc/self/ns/{name}").st_ino:
            continue
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        if kind == CLONE_NEWNS:
            _join_mounts(descriptor, root)
        else:
            _call("setns", descriptor, kind)
        os.close(descriptor)
    os.close(root)


class Session:
    """A further mount namespace: the session host's. Its /run is empty again, so the user's pcscd
    cannot be reached from it.
    """

    def __init__(self):
        ready, done = os.pipe(), os.pipe()
        child = os.fork()
        if child == 0:
            try:
                _call("unshare", CLONE_NEWNS)
                _empty_run()
                os.write(ready[1], b"+")
                os.close(done[1])
                os.read(done[0], 1)
            finally:
                os._exit(0)
        os.close(ready[1])
        os.close(done[0])
        made = os.read(ready[0], 1)
        os.close(ready[0])
        if made:
            self.fd = os.open(f"/proc/{child}/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
            self.root = _open_root(child)
        os.close(done[1])
        os.waitpid(child, 0)
        if not made:
            raise NotPermitted("the session's mount namespace could not be made")

    def join(self):
        """Moves the calling process (one thread: a fresh child) into it; the working directory
        becomes /.
        """
        _join_mounts(self.fd, self.root)

    def close(self):
        os.close(self.root)
        os.close(self.fd)
