# SPDX-License-Identifier: Apache-2.0
"""Kinds of fields for impacket's NDR engine, and what is done with a structure made of them: filled
at random, encoded, decoded, printed as ndr_dump prints.

A structure is an NDRSTRUCT whose fields are of the classes that stand or are made here. Nothing in
this folder knows the rows in protocol/: what the two engines agree on, both read from the
specification.
"""
import struct

from impacket.dcerpc.v5 import ndr
from impacket.dcerpc.v5.rpcrt import CommonHeader, PrivateHeader

FIRST_REFERENT = 0x00020000
HEADERS = 16
LONGEST_TEXT = 40  # characters that are made; the specification sets no limit
LARGE = 64  # a limit above is seldom reached
SLOW = 2000  # more than so many octets or elements take impacket, which adds them singly, too long


class Number(ndr.NDRULONG):
    structure = (("Data", "<L"),)  # as NDRULONG, but no default that impacket would evaluate
    limit = 0xFFFFFFFF


def number(limit):
    return type("Number", (Number,), {"limit": limit})


class Inline(ndr.NDRUniFixedArray):
    def getDataLen(self, data, offset=0):
        return self.size

    def getAlignment(self):
        return 1


def inline(size):
    return type("Inline", (Inline,), {"size": size})


class UUID(ndr.NDRSTRUCT):
    """Not 16 octets: a u32, two u16 and 8 octets, so it begins at a multiple of 4."""
    structure = (("Data1", ndr.NDRULONG), ("Data2", ndr.NDRUSHORT), ("Data3", ndr.NDRUSHORT),
                 ("Data4", inline(8)))


class Pointer(ndr.NDRPOINTER):
    """Numbers its referents in the order of the stream."""
    commonHdr = (("ReferentID", "<L"),)
    next_referent = FIRST_REFERENT

    def getData(self, soFar=0):
        if self.fields["ReferentID"]:
            self.fields["ReferentID"] = Pointer.next_referent
            Pointer.next_referent += 4
        return super().getData(soFar)


class OctetArray(ndr.NDRUniConformantArray):
    item = "c"


class NarrowText(ndr.NDRUniConformantVaryingArray):
    commonHdr = (("Offset", "<L"), ("ActualCount", "<L"))
    item = "<B"


class WideText(NarrowText):
    item = "<H"


class Octets(Pointer):
    referent = (("Data", OctetArray),)


class Array(Pointer):
    pass


class Text(Pointer):
    pass


class Structure(Pointer):
    pass


def octets(count, limit, may_count_alone=False):
    """[size_is(count)] byte*; may_count_alone: NULL may stand behind a count, in a return."""
    return type("Octets", (Octets,), {"count": count, "limit": limit, "alone": may_count_alone})


def array(count, limit, element):
    conformant = type("Elements", (ndr.NDRUniConformantArray,), {"item": element})
    return type("Array", (Array,), {"count": count, "limit": limit, "element": element,
                                    "referent": (("Data", conformant),)})


def text(unit):
    kind = WideText if unit == 2 else NarrowText
    return type("Text", (Text,), {"unit": unit, "referent": (("Data", kind),)})


def pointer(inner):
    return type("Structure", (Structure,), {"inner": inner, "referent": (("Data", inner),)})


# --- at random ---

def draw_count(random, limit):
    limit = min(limit, SLOW)
    seldom = 100 if limit > LARGE else 8
    if random.randrange(seldom) == 0:
        return limit - random.randrange(min(2, limit + 1))
    return min(limit, random.choice([0, 1, 2, 3, 4, 5, 7, 8, random.randrange(40)]))


def draw_number(random, limit):
    return random.choice([0, 1, limit, random.randint(0, limit), random.randint(0, limit)])


def draw_text(random, unit):
    highest = 0xFFFF if unit == 2 else 0xFF
    return [random.randint(1, highest) if random.randrange(6) == 0 else random.randint(0x20, 0x7E)
            for _ in range(random.randrange(LONGEST_TEXT))]


def fill(value, random):
    """Gives every field of an NDRSTRUCT a value that the specification allows."""
    for name, kind in value.structure:
        if issubclass(kind, Number):
            value[name] = draw_number(random, kind.limit)
        elif issubclass(kind, Inline):
            value[name] = random.randbytes(kind.size)
        elif issubclass(kind, Pointer):
            fill_pointer(value, name, kind, random)
        elif kind in (ndr.NDRULONG, ndr.NDRUSHORT):
            value[name] = random.randrange(0x10000)
        else:
            fill(value.fields[name], random)
    return value


def fill_pointer(value, name, kind, random):
    counted = issubclass(kind, (Octets, Array))
    if random.randrange(4) == 0:
        value[name] = ndr.NULL
        if counted:
            alone = issubclass(kind, Octets) and kind.alone
            value[kind.count] = draw_count(random, kind.limit) if alone else 0
        return
    referent = value.fields[name].fields["Data"]
    if issubclass(kind, Structure):
        fill(referent, random)
    elif issubclass(kind, Text):
        referent["Data"] = draw_text(random, kind.unit) + [0]
        referent["Offset"] = 0
        referent.fields["ActualCount"] = len(referent["Data"])
    else:
        count = draw_count(random, kind.limit)
        value[kind.count] = count
        referent["Data"] = (random.randbytes(count) if issubclass(kind, Octets) else
                            [fill(kind.element(), random) for _ in range(count)])


# --- octets ---

def encode(value):
    """Both headers, then the object without tail padding."""
    Pointer.next_referent = FIRST_REFERENT
    body = value.getData()
    body += value.getDataReferents(len(body))
    private = PrivateHeader()
    private["ObjectBufferLength"] = len(body)
    return CommonHeader().getData() + private.getData() + body


def decode(kind, stream):
    """The value, and the octets behind its end."""
    common, private = CommonHeader(stream), PrivateHeader(stream[8:])
    found = [common["Version"], common["Endianness"], common["CommonHeaderLength"]]
    if found != [1, 0x10, 8] or private["ObjectBufferLength"] != len(stream) - HEADERS:
        raise ValueError(f"headers: {found}, {private['ObjectBufferLength']}")
    value = kind()
    length = value.fromString(stream, HEADERS)
    length += value.fromStringReferents(stream, HEADERS + length)
    return value, stream[HEADERS + length:]


# --- in words ---

def is_null(field):
    return isinstance(field, ndr.NDRPOINTERNULL) or field.fields["ReferentID"] == 0


def show_octets(data):
    data = data if isinstance(data, bytes) else b"".join(data)
    return f"[{len(data)}] {data.hex()}"


def show_text(characters, unit):
    shown = ""
    for code in characters[:characters.index(0)]:
        if chr(code) in "\\'":
            shown += "\\" + chr(code)
        elif 0x20 <= code <= 0x7E:
            shown += chr(code)
        else:
            shown += f"\\x{code:02x}" if unit == 1 else f"\\u{code:04x}"
    return f"'{shown}'"


def show_uuid(value):
    return show_octets(struct.pack("<LHH", value["Data1"], value["Data2"], value["Data3"]) +
                       bytes(value["Data4"]))


def show(value, indent=""):
    """The lines that ndr_dump prints for the same value."""
    lines = []
    if isinstance(value, UUID):
        return [f"{indent}Data = {show_uuid(value)}"]
    for name, kind in value.structure:
        field = value.fields[name]
        if issubclass(kind, Number):
            lines.append(f"{indent}{name} = {value[name]:#x} ({value[name]})")
        elif issubclass(kind, Inline):
            lines.append(f"{indent}{name} = {show_octets(value[name])}")
        elif issubclass(kind, Pointer):
            lines += show_pointer(name, kind, field, indent)
        else:
            lines += [f"{indent}{name}:", *show(field, indent + "  ")]
    return lines


def show_pointer(name, kind, field, indent):
    if is_null(field):
        return [f"{indent}{name} = None"]
    referent = field.fields["Data"]
    if issubclass(kind, Octets):
        return [f"{indent}{name} = {show_octets(referent['Data'])}"]
    if issubclass(kind, Text):
        return [f"{indent}{name} = {show_text(referent['Data'], kind.unit)}"]
    if issubclass(kind, Structure) and kind.inner is UUID:
        return [f"{indent}{name} = {show_uuid(referent)}"]
    if issubclass(kind, Structure):
        return [f"{indent}{name}:", *show(referent, indent + "  ")]
    lines = []
    for position, element in enumerate(referent["Data"]):
        lines += [f"{indent}{name}[{position}]:", *show(element, indent + "  ")]
    return lines
