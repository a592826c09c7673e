# SPDX-License-Identifier: Apache-2.0
"""The rig's command line, and the small socket by which a running rig is told what to do.

A request is one word, the answer one JSON object; a socket in the rig's directory, which only its
user may enter.
"""

import argparse
import json
import os
import select
import shutil
import socket
import sys
import tempfile
from pathlib import Path

import namespace
import pki
from process import RigError
from rig import Rig, is_left_over, why_not

PROGRAM = Path(__file__).with_name("rig.py")


def default_directory():
    return os.path.join(tempfile.gettempdir(), f"rdpesc-rig.{os.getuid()}")


# ---- the running rig


def _where(rig):
    """What a program outside needs in order to enter the session."""
    return {"pid": rig.host.process.pid, "environment": rig.session_environment()}


def _insert(rig):
    rig.machine.insert()
    rig.host.wait_card(True)
    return {"card": "inserted"}


def _remove(rig):
    rig.machine.remove()
    rig.host.wait_card(False)
    return {"card": "removed"}


REQUESTS = {
    "insert": _insert,
    "remove": _remove,
    "status": lambda rig: rig.host.status(),
    "where": _where,
}


def _answer(rig, connection):
    """Answers one request; True when it was the request to end."""
    connection.settimeout(5)
    try:
        word = connection.recv(64).decode("ascii", "replace").strip()
        if word == "down":
            connection.sendall(b'{"rig": "going down"}')
            return True
        try:
            said = REQUESTS[word](rig) if word in REQUESTS else {"error": f"unknown request {word}"}
        except (RigError, OSError, ValueError) as error:
            said = {"error": str(error)}
        connection.sendall(json.dumps(said).encode())
    except OSError:
        pass  # whoever asked has gone
    return False


def serve(rig):
    """Keeps the rig until it is told to go down. RigError when one of its parts ends by itself."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(rig.work / "control"))
        server.listen()
        watched = {os.pidfd_open(part.pid): part for part in rig.parts()}
        try:
            while True:
                ready, _, _ = select.select([server, *watched], [], [])
                if ended := [watched[fd] for fd in ready if fd in watched]:
                    raise RigError(
                        f"{ended[0].name} ended ({ended[0].how_it_ended()})\n{ended[0].tail()}"
                    )
                with server.accept()[0] as connection:
                    if _answer(rig, connection):
                        return
        finally:
            for fd in watched:
                os.close(fd)


# ---- talking to a running rig


def ask(directory, word):
    """The answer of the rig that lives in `directory`; None when there is none."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(os.path.join(directory, "control"))
        except OSError:
            return None
        connection.sendall(word.encode())
        text = b""
        while octets := connection.recv(65536):
            text += octets
    return json.loads(text)


def command(word, directory):
    """The command line that does this to the rig in `directory`."""
    return f"{PROGRAM} {word} --dir {directory}"


def _tell(options):
    answer = ask(options.dir, options.command)
    if answer is None:
        print(f"rig: none is up in {options.dir}", file=sys.stderr)
        return 1
    whole = options.command == "status"
    print(json.dumps(answer, indent=2) if whole else next(iter(answer.values())))
    return 1 if "error" in answer else 0


def _enter(options):
    """Becomes a program in the session of a running rig."""
    answer = ask(options.dir, "where")
    if answer is None:
        answer = {"error": f"none is up in {options.dir}"}
    if "error" in answer:
        print(f"rig: {answer['error']}", file=sys.stderr)
        return 1
    command = getattr(options, "program", None) or [os.environ.get("SHELL") or "/bin/sh"]
    if not hasattr(options, "program"):
        print(f"In the session. The card's PIN is {pki.PIN}; try: opensc-tool -l", file=sys.stderr)
    namespace.join_process(answer["pid"])
    os.chdir(answer["environment"]["HOME"])
    try:
        os.execvpe(command[0], command, answer["environment"])
    except OSError as error:
        print(f"rig: {command[0]}: {error.strerror}", file=sys.stderr)
        return 127


def _check(options):
    reason = why_not(options.preset)
    print(f"The rig cannot run here: {reason}" if reason else "The rig can run here.")
    return 1 if reason else 0


def _make_room(directory):
    """Takes away what a rig that was killed has left; False when one is up there."""
    if ask(directory, "status") is not None:
        return False
    if os.path.lexists(directory):
        if not is_left_over(directory):
            raise RigError(f"{directory} is there and not a rig's; name another one with --dir")
        shutil.rmtree(directory)
    return True


def _up(options):
    if reason := why_not(options.preset):
        print(f"rig: cannot run here: {reason}", file=sys.stderr)
        return 1
    if not _make_room(options.dir):
        print(f"rig: one is up in {options.dir} already", file=sys.stderr)
        return 1
    with Rig(options.preset, work=options.dir) as rig:
        rig.start(kdc=True)
        print(
            f"rig: up in {rig.work}, the card is in. Another terminal may say:\n"
            f"  {PROGRAM} insert | remove | status | shell | run COMMAND... | down\n"
            f"  (with --dir {options.dir})",
            flush=True,
        )
        serve(rig)
    return 0


def _parser():
    parser = argparse.ArgumentParser(
        prog="rig.py", description="A headless user's machine with a card, and a session host."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, act, text in (
        ("check", _check, "say whether the rig can run here, or why not"),
        ("up", _up, "start everything and keep it until `down` or Ctrl-C"),
        ("insert", _tell, "put the card into the reader"),
        ("remove", _tell, "pull the card"),
        ("status", _tell, "what rdpesc-host says of itself"),
        ("down", _tell, "end a running rig"),
        ("shell", _enter, "open a shell in the session"),
        ("run", _enter, "run a command in the session"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(act=act)
        if name in ("check", "up"):
            command.add_argument(
                "--preset", default="dev", help="which build is used (default: dev)"
            )
        if name != "check":
            command.add_argument(
                "--dir",
                default=default_directory(),
                help="directory of the rig (default: %(default)s)",
            )
        if name == "run":
            command.add_argument("program", nargs=argparse.REMAINDER, help="the command")
    return parser


def main():
    parser = _parser()
    options = parser.parse_args()
    if getattr(options, "program", None) == []:
        parser.error("run needs a command")
    try:
        return options.act(options)
    except (RigError, namespace.NotPermitted, OSError) as error:
        print(f"rig: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
