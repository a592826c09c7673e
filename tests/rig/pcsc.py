#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Just enough of PC/SC for the rig and its tests, straight on libpcsclite; as a program it is the
probe that tests run.

usage: pcsc.py [--reader NAME] [--apdu HEX]... [--disposition leave|reset] [--hold SECONDS]
       pcsc.py --watch N [--reader NAME]

Prints one JSON object: the code of each call as eight hexadecimal digits, the readers, and each
answer to an APDU. With --watch it waits for N states of the reader instead and prints each:
present, empty, gone, or the code of a failed call.
"""

import argparse
import ctypes
import json
import sys
import time

SUCCESS = 0x00000000
E_TIMEOUT = 0x8010000A
STATE_UNAWARE, STATE_CHANGED, STATE_PRESENT, STATE_MUTE = 0x00, 0x02, 0x20, 0x200
STATE_GONE = 0x04 | 0x08  # unknown or unavailable
SCOPE_SYSTEM, SHARE_SHARED, PROTOCOL_ANY = 2, 2, 3
DISPOSITIONS = {"leave": 0, "reset": 1}

DWORD, LONG = ctypes.c_ulong, ctypes.c_long


class ReaderState(ctypes.Structure):
    _fields_ = [
        ("szReader", ctypes.c_char_p),
        ("pvUserData", ctypes.c_void_p),
        ("dwCurrentState", DWORD),
        ("dwEventState", DWORD),
        ("cbAtr", DWORD),
        ("rgbAtr", ctypes.c_ubyte * 33),
    ]


class IoRequest(ctypes.Structure):
    _fields_ = [("dwProtocol", DWORD), ("cbPciLength", DWORD)]


class Pcsc:
    """One context. Each method returns the code of the call first."""

    def __init__(self):
        self._library = ctypes.CDLL("libpcsclite.so.1")
        self._context = LONG()
        self.established = self._call(
            "SCardEstablishContext", DWORD(SCOPE_SYSTEM), None, None, ctypes.byref(self._context)
        )

    def _call(self, name, *arguments):
        return getattr(self._library, name)(*arguments) & 0xFFFFFFFF

    def close(self):
        if self.established == SUCCESS:
            self._call("SCardReleaseContext", self._context)

    def readers(self):
        size = DWORD(0)
        code = self._call("SCardListReaders", self._context, None, None, ctypes.byref(size))
        if code != SUCCESS:
            return code, []
        names = ctypes.create_string_buffer(size.value)
        code = self._call("SCardListReaders", self._context, None, names, ctypes.byref(size))
        return code, [name.decode() for name in names.raw[: size.value].split(b"\0") if name]

    def wait_change(self, reader, known, milliseconds):
        """Waits until the reader's state is not `known`. Returns (code, state)."""
        state = ReaderState(reader.encode(), None, known, 0, 0)
        code = self._call(
            "SCardGetStatusChange",
            self._context,
            DWORD(milliseconds),
            ctypes.byref(state),
            DWORD(1),
        )
        return code, state.dwEventState

    def connect(self, reader):
        card, protocol = LONG(), DWORD()
        code = self._call(
            "SCardConnect",
            self._context,
            reader.encode(),
            DWORD(SHARE_SHARED),
            DWORD(PROTOCOL_ANY),
            ctypes.byref(card),
            ctypes.byref(protocol),
        )
        return code, card, protocol.value

    def transmit(self, card, protocol, apdu):
        pci = IoRequest(protocol, ctypes.sizeof(IoRequest))
        reply, size = ctypes.create_string_buffer(65538), DWORD(65538)
        code = self._call(
            "SCardTransmit",
            card,
            ctypes.byref(pci),
            apdu,
            DWORD(len(apdu)),
            None,
            reply,
            ctypes.byref(size),
        )
        return code, reply.raw[: size.value] if code == SUCCESS else b""

    def disconnect(self, card, disposition):
        return self._call("SCardDisconnect", card, DWORD(DISPOSITIONS[disposition]))


def wait_card(reader, present, seconds):
    """True as soon as the resource manager says that the reader has (or has not) a card; False when
    time is up.
    """
    end = time.monotonic() + seconds
    pcsc = Pcsc()
    try:
        known = STATE_UNAWARE
        while (left := end - time.monotonic()) > 0:
            # In slices, so that a signal to this process is not held up by the library.
            code, state = pcsc.wait_change(reader, known, int(min(left, 0.5) * 1000))
            if code not in (SUCCESS, E_TIMEOUT):
                return False
            if code == SUCCESS:
                if present == bool(state & STATE_PRESENT) and not state & STATE_MUTE:
                    return True
                known = state
        return False
    finally:
        pcsc.close()


def probe(wanted, apdus, disposition, hold):
    """What a program sees: context, readers, connection, APDUs."""
    said = {}

    def note(call, code):
        said[call] = f"{code:08X}"
        return code == SUCCESS

    pcsc = Pcsc()
    if not note("establish", pcsc.established):
        return said
    code, said["readers"] = pcsc.readers()
    note("list", code)
    reader = wanted or (said["readers"] or [None])[0]
    if reader is None:
        return said
    code, card, protocol = pcsc.connect(reader)
    if note("connect", code):
        said["apdus"] = []
        for apdu in apdus:
            code, reply = pcsc.transmit(card, protocol, apdu)
            said["apdus"].append(reply.hex().upper() if code == SUCCESS else f"{code:08X}")
        time.sleep(hold)
        note("disconnect", pcsc.disconnect(card, disposition))
    pcsc.close()
    return said


def watch(reader, count):
    """Prints the next `count` states of the reader, the present one first; ends early when the
    reader or the service goes.
    """
    pcsc = Pcsc()
    known = STATE_UNAWARE
    while count:
        code, state = pcsc.wait_change(reader, known, 60000)
        if code == E_TIMEOUT:
            continue
        if code != SUCCESS or state & STATE_GONE:
            print("gone" if code == SUCCESS else f"{code:08X}", flush=True)
            break
        known = state & ~STATE_CHANGED
        print("present" if state & STATE_PRESENT else "empty", flush=True)
        count -= 1
    pcsc.close()


def main():
    parser = argparse.ArgumentParser(
        description="Asks PC/SC what a program would ask and prints every code as JSON."
    )
    parser.add_argument("--reader", help="the reader (default: the first one)")
    parser.add_argument(
        "--apdu",
        action="append",
        default=[],
        type=bytes.fromhex,
        metavar="HEX",
        help="send this APDU",
    )
    parser.add_argument(
        "--disposition",
        choices=DISPOSITIONS,
        default="leave",
        help="what Disconnect does to the card",
    )
    parser.add_argument(
        "--hold", type=float, default=0, metavar="SECONDS", help="stay connected so long"
    )
    parser.add_argument(
        "--watch", type=int, metavar="N", help="print N states of --reader as they come"
    )
    options = parser.parse_args()
    if options.watch:
        watch(options.reader or "Virtual PCD 00 00", options.watch)
        return
    json.dump(probe(options.reader, options.apdu, options.disposition, options.hold), sys.stdout)
    print()


if __name__ == "__main__":
    main()
