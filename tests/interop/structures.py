# SPDX-License-Identifier: Apache-2.0
"""Every structure of [MS-RDPESC] 2.2 as the specification's text and IDL have it, for a foreign NDR
engine. Written from the specification alone; protocol/messages.h is checked against this."""
from impacket.dcerpc.v5.ndr import NDRSTRUCT

from foreign import UUID, Number, array, inline, number, octets, pointer, text

BOOL = Number


def context():
    return (("Context", REDIR_SCARDCONTEXT),)


def handle():
    return (("hCard", REDIR_SCARDHANDLE),)


def reader_state():
    return (("dwCurrentState", Number), ("dwEventState", Number), ("cbAtr", number(36)),
            ("rgbAtr", inline(36)))


# --- 2.2.1 ---

class REDIR_SCARDCONTEXT(NDRSTRUCT):
    structure = (("cbContext", number(16)), ("pbContext", octets("cbContext", 16)))


class REDIR_SCARDHANDLE(NDRSTRUCT):
    structure = (*context(), ("cbHandle", number(16)), ("pbHandle", octets("cbHandle", 16)))


class Connect_Common(NDRSTRUCT):
    structure = (*context(), ("dwShareMode", Number), ("dwPreferredProtocols", Number))


class LocateCards_ATRMask(NDRSTRUCT):
    structure = (("cbAtr", number(36)), ("rgbAtr", inline(36)), ("rgbMask", inline(36)))


class ReaderState_Common_Call(NDRSTRUCT):
    structure = reader_state()


class ReaderState_Return(NDRSTRUCT):
    structure = reader_state()


class ReaderStateA(NDRSTRUCT):
    structure = (("szReader", text(1)), ("Common", ReaderState_Common_Call))


class ReaderStateW(NDRSTRUCT):
    structure = (("szReader", text(2)), ("Common", ReaderState_Common_Call))


class SCardIO_Request(NDRSTRUCT):
    structure = (("dwProtocol", Number), ("cbExtraBytes", number(1024)),
                 ("pbExtraBytes", octets("cbExtraBytes", 1024)))


class ReadCache_Common(NDRSTRUCT):
    structure = (*context(), ("CardIdentifier", pointer(UUID)), ("FreshnessCounter", Number),
                 ("fPbDataIsNULL", BOOL), ("cbDataLen", Number))


class WriteCache_Common(NDRSTRUCT):
    structure = (*context(), ("CardIdentifier", pointer(UUID)), ("FreshnessCounter", Number),
                 ("cbDataLen", number(65536)), ("pbData", octets("cbDataLen", 65536)))


# --- 2.2.2, calls ---

def two_strings(unit):
    return (*context(), ("sz1", text(unit)), ("sz2", text(unit)))


def locate_cards(reader):
    return (*context(), ("cBytes", number(65536)), ("mszCards", octets("cBytes", 65536)),
            ("cReaders", number(10)), ("rgReaderStates", array("cReaders", 10, reader)))


def get_status_change(reader):
    return (*context(), ("dwTimeOut", Number), ("cReaders", number(11)),
            ("rgReaderStates", array("cReaders", 11, reader)))


def locate_cards_by_atr(reader):
    return (*context(), ("cAtrs", number(1000)),
            ("rgAtrMasks", array("cAtrs", 1000, LocateCards_ATRMask)),
            ("cReaders", number(10)), ("rgReaderStates", array("cReaders", 10, reader)))


class EstablishContext_Call(NDRSTRUCT):
    structure = (("dwScope", Number),)


class Context_Call(NDRSTRUCT):
    structure = context()


class ListReaderGroups_Call(NDRSTRUCT):
    structure = (*context(), ("fmszGroupsIsNULL", BOOL), ("cchGroups", Number))


class ListReaders_Call(NDRSTRUCT):
    structure = (*context(), ("cBytes", number(65536)), ("mszGroups", octets("cBytes", 65536)),
                 ("fmszReadersIsNULL", BOOL), ("cchReaders", Number))


class ContextAndStringA_Call(NDRSTRUCT):
    structure = (*context(), ("sz", text(1)))


class ContextAndStringW_Call(NDRSTRUCT):
    structure = (*context(), ("sz", text(2)))


class ContextAndTwoStringA_Call(NDRSTRUCT):
    structure = two_strings(1)


class ContextAndTwoStringW_Call(NDRSTRUCT):
    structure = two_strings(2)


class LocateCardsA_Call(NDRSTRUCT):
    structure = locate_cards(ReaderStateA)


class LocateCardsW_Call(NDRSTRUCT):
    structure = locate_cards(ReaderStateW)


class GetStatusChangeA_Call(NDRSTRUCT):
    structure = get_status_change(ReaderStateA)


class GetStatusChangeW_Call(NDRSTRUCT):
    structure = get_status_change(ReaderStateW)


class ConnectA_Call(NDRSTRUCT):
    structure = (("szReader", text(1)), ("Common", Connect_Common))


class ConnectW_Call(NDRSTRUCT):
    structure = (("szReader", text(2)), ("Common", Connect_Common))


class Reconnect_Call(NDRSTRUCT):
    structure = (*handle(), ("dwShareMode", Number), ("dwPreferredProtocols", Number),
                 ("dwInitialization", Number))


class HCardAndDisposition_Call(NDRSTRUCT):
    structure = (*handle(), ("dwDisposition", Number))


class State_Call(NDRSTRUCT):
    structure = (*handle(), ("fpbAtrIsNULL", BOOL), ("cbAtrLen", Number))


class Status_Call(NDRSTRUCT):
    structure = (*handle(), ("fmszReaderNamesIsNULL", BOOL), ("cchReaderLen", Number),
                 ("cbAtrLen", Number))


class Transmit_Call(NDRSTRUCT):
    structure = (*handle(), ("ioSendPci", SCardIO_Request), ("cbSendLength", number(66560)),
                 ("pbSendBuffer", octets("cbSendLength", 66560)),
                 ("pioRecvPci", pointer(SCardIO_Request)), ("fpbRecvBufferIsNULL", BOOL),
                 ("cbRecvLength", Number))


class Control_Call(NDRSTRUCT):
    structure = (*handle(), ("dwControlCode", Number), ("cbInBufferSize", number(66560)),
                 ("pvInBuffer", octets("cbInBufferSize", 66560)), ("fpvOutBufferIsNULL", BOOL),
                 ("cbOutBufferSize", Number))


class GetAttrib_Call(NDRSTRUCT):
    structure = (*handle(), ("dwAttrId", Number), ("fpbAttrIsNULL", BOOL), ("cbAttrLen", Number))


class SetAttrib_Call(NDRSTRUCT):
    structure = (*handle(), ("dwAttrId", Number), ("cbAttrLen", number(65536)),
                 ("pbAttr", octets("cbAttrLen", 65536)))


class LocateCardsByATRA_Call(NDRSTRUCT):
    structure = locate_cards_by_atr(ReaderStateA)


class LocateCardsByATRW_Call(NDRSTRUCT):
    structure = locate_cards_by_atr(ReaderStateW)


class ReadCacheA_Call(NDRSTRUCT):
    structure = (("szLookupName", text(1)), ("Common", ReadCache_Common))


class ReadCacheW_Call(NDRSTRUCT):
    structure = (("szLookupName", text(2)), ("Common", ReadCache_Common))


class WriteCacheA_Call(NDRSTRUCT):
    structure = (("szLookupName", text(1)), ("Common", WriteCache_Common))


class WriteCacheW_Call(NDRSTRUCT):
    structure = (("szLookupName", text(2)), ("Common", WriteCache_Common))


class GetTransmitCount_Call(NDRSTRUCT):
    structure = handle()


class ScardAccessStartedEvent_Call(NDRSTRUCT):
    structure = (("Unused", inline(4)),)


class GetReaderIcon_Call(NDRSTRUCT):
    structure = (*context(), ("szReaderName", text(2)))


class GetDeviceTypeId_Call(NDRSTRUCT):
    structure = (*context(), ("szReaderName", text(2)))


# --- 2.2.3, returns: NULL behind a count answers a size query ---

def answer(*fields):
    return (("ReturnCode", Number), *fields)


def octets_answer(count, name, limit):
    return answer((count, number(limit)), (name, octets(count, limit, may_count_alone=True)))


def readers_answer():
    # The IDL's range ends at 10; a legal call of 11 readers has 11 to get back.
    return answer(("cReaders", number(11)),
                  ("rgReaderStates", array("cReaders", 11, ReaderState_Return)))


class ReadCache_Return(NDRSTRUCT):
    structure = octets_answer("cbDataLen", "pbData", 65536)


class EstablishContext_Return(NDRSTRUCT):
    structure = answer(*context())


class Long_Return(NDRSTRUCT):
    structure = answer()


class ListReaderGroups_Return(NDRSTRUCT):
    structure = octets_answer("cBytes", "msz", 65536)


class ListReaders_Return(NDRSTRUCT):
    structure = octets_answer("cBytes", "msz", 65536)


class LocateCards_Return(NDRSTRUCT):
    structure = readers_answer()


class GetStatusChange_Return(NDRSTRUCT):
    structure = readers_answer()


class Control_Return(NDRSTRUCT):
    structure = octets_answer("cbOutBufferSize", "pvOutBuffer", 66560)


class Reconnect_Return(NDRSTRUCT):
    structure = answer(("dwActiveProtocol", Number))


class Connect_Return(NDRSTRUCT):
    structure = answer(*handle(), ("dwActiveProtocol", Number))


class State_Return(NDRSTRUCT):
    structure = answer(("dwState", Number), ("dwProtocol", Number), ("cbAtrLen", number(36)),
                       ("rgAtr", octets("cbAtrLen", 36, may_count_alone=True)))


class Status_Return(NDRSTRUCT):
    structure = answer(("cBytes", number(65536)),
                       ("mszReaderNames", octets("cBytes", 65536, may_count_alone=True)),
                       ("dwState", Number), ("dwProtocol", Number), ("pbAtr", inline(32)),
                       ("cbAtrLen", number(32)))


class Transmit_Return(NDRSTRUCT):
    structure = answer(("pioRecvPci", pointer(SCardIO_Request)), ("cbRecvLength", number(66560)),
                       ("pbRecvBuffer", octets("cbRecvLength", 66560, may_count_alone=True)))


class GetAttrib_Return(NDRSTRUCT):
    structure = octets_answer("cbAttrLen", "pbAttr", 65536)


class GetTransmitCount_Return(NDRSTRUCT):
    structure = answer(("cTransmitCount", Number))


class GetReaderIcon_Return(NDRSTRUCT):
    structure = octets_answer("cbDataLen", "pbData", 4194304)


class GetDeviceTypeId_Return(NDRSTRUCT):
    structure = answer(("dwDeviceId", Number))


def by_name():
    return {name: kind for name, kind in globals().items()
            if isinstance(kind, type) and issubclass(kind, NDRSTRUCT) and kind is not NDRSTRUCT}
