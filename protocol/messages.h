/* SPDX-License-Identifier: Apache-2.0
 *
 * Every structure of [MS-RDPESC] 2.2, described once, as rows; and every control code of 3.1.4, one
 * line each.
 *
 * The only description of each message: the C structures (rdpesc.h), the tables that the engine
 * walks (rdpesc.c), the handlers' prototypes and the printed forms all come from here. Field names
 * are the specification's.
 *
 *   X(M, U32, field)                      a number
 *   X(M, RNG, field, max)                 a number with an IDL range 0..max
 *   X(M, FIX, field, octets)              octets inline
 *   X(M, BYT, count, field, max, flags)   count and unique pointer to octets
 *   X(M, STR, field, unit)                unique pointer to a string, 1 = char, 2 = wchar_t
 *   X(M, SUB, field, Type)                a structure inline
 *   X(M, PTR, field, Type)                unique pointer to a structure
 *   X(M, ARR, count, field, Type, max)    count and unique pointer to an array of structures
 */
#ifndef RDPESC_MESSAGES_H
#define RDPESC_MESSAGES_H

/* clang-format off */

/* ---- common, 2.2.1 ---- */

#define REDIR_SCARDCONTEXT_FIELDS(X, M)                                     \
    X(M, BYT, cbContext, pbContext, 16, 0)
#define REDIR_SCARDHANDLE_FIELDS(X, M)                                      \
    X(M, SUB, Context, REDIR_SCARDCONTEXT)                                  \
    X(M, BYT, cbHandle, pbHandle, 16, 0)
#define Connect_Common_FIELDS(X, M)                                         \
    X(M, SUB, Context, REDIR_SCARDCONTEXT)                                  \
    X(M, U32, dwShareMode)                                                  \
    X(M, U32, dwPreferredProtocols)
#define LocateCards_ATRMask_FIELDS(X, M)                                    \
    X(M, RNG, cbAtr, 36)                                                    \
    X(M, FIX, rgbAtr, 36)                                                   \
    X(M, FIX, rgbMask, 36)
#define READER_STATE(X, M)                                                  \
    X(M, U32, dwCurrentState)                                               \
    X(M, U32, dwEventState)                                                 \
    X(M, RNG, cbAtr, 36)                                                    \
    X(M, FIX, rgbAtr, 36)
#define ReaderState_Common_Call_FIELDS(X, M) READER_STATE(X, M)
#define ReaderState_Return_FIELDS(X, M) READER_STATE(X, M)
#define ReaderStateA_FIELDS(X, M)                                           \
    X(M, STR, szReader, 1)                                                  \
    X(M, SUB, Common, ReaderState_Common_Call)
#define ReaderStateW_FIELDS(X, M)                                           \
    X(M, STR, szReader, 2)                                                  \
    X(M, SUB, Common, ReaderState_Common_Call)
/* cbExtraBytes counts what follows the 8 octets of SCARD_IO_REQUEST: cbPciLength = 8 + cbExtraBytes */
#define SCardIO_Request_FIELDS(X, M)                                        \
    X(M, U32, dwProtocol)                                                   \
    X(M, BYT, cbExtraBytes, pbExtraBytes, 1024, 0)
#define UUID_FIELDS(X, M)                                                   \
    X(M, FIX, Data, 16)
#define ReadCache_Common_FIELDS(X, M)                                       \
    X(M, SUB, Context, REDIR_SCARDCONTEXT)                                  \
    X(M, PTR, CardIdentifier, UUID)                                         \
    X(M, U32, FreshnessCounter)                                             \
    X(M, U32, fPbDataIsNULL)                                                \
    X(M, U32, cbDataLen)
#define WriteCache_Common_FIELDS(X, M)                                      \
    X(M, SUB, Context, REDIR_SCARDCONTEXT)                                  \
    X(M, PTR, CardIdentifier, UUID)                                         \
    X(M, U32, FreshnessCounter)                                             \
    X(M, BYT, cbDataLen, pbData, 65536, NDR_SECRET)

/* ---- calls, 2.2.2: from the session host to the user's machine ---- */

#define EstablishContext_Call_FIELDS(X, M)                                  \
    X(M, U32, dwScope)
#define Context_Call_FIELDS(X, M)                                           \
    X(M, SUB, Context, REDIR_SCARDCONTEXT)
#define ListReaderGroups_Call_FIELDS(X, M)                                  \
    X(M, SUB, Context, REDIR_SCARDCONTEXT)                                  \
    X(M, U32, fmszGroupsIsNULL)                                             \
    X(M, U32, cchGroups)                          /* characters */
#define ListReaders_Call_FIELDS(X, M)                                       \
    X(M, SUB, Context, REDIR_SCARDCONTEXT)                                  \
    X(M, BYT, cBytes, mszGroups, 65536, 0)                                  \
    X(M, U32, fmszReadersIsNULL)                                            \
    X(M, U32, cchReaders)                         /* characters */
#define CONTEXT_AND_STRING(X, M, UNIT)                                      \
    X(M, SUB, Context, REDIR_SCARDCONTEXT)                                  \
    X(M, STR, sz, UNIT)
#define ContextAndStringA_Call_FIELDS(X, M) CONTEXT_AND_STRING(X, M, 1)
#define ContextAndStringW_Call_FIELDS(X, M) CONTEXT_AND_STRING(X, M, 2)
#define CONTEXT_AND_TWO_STRING(X, M, UNIT)                                  \
    X(M, SUB, Context, REDIR_SCARDCONTEXT)                                  \
    X(M, STR, sz1, UNIT)                                                    \
    X(M, STR, sz2, UNIT)
#define ContextAndTwoStringA_Call_FIELDS(X, M) CONTEXT_AND_TWO_STRING(X, M, 1)
#define ContextAndTwoStringW_Call_FIELDS(X, M) CONTEXT_AND_TWO_STRING(X, M, 2)
#define LOCATE_CARDS(X, M, READER)                                          \
    X(M, SUB, Context, REDIR_SCARDCONTEXT)                                  \
    X(M, BYT, cBytes, mszCards, 65536, 0)                                   \
    X(M, ARR, cReaders, rgReaderStates, READER, 10)
#define LocateCardsA_Call_FIELDS(X, M) LOCATE_CARDS(X, M, ReaderStateA)
#define LocateCardsW_Call_FIELDS(X, M) LOCATE_CARDS(X, M, ReaderStateW)
#define GET_STATUS_CHANGE(X, M, READER)                                     \
    X(M, SUB, Context, REDIR_SCARDCONTEXT)                                  \
    X(M, U32, dwTimeOut)                          /* ms */                  \
    X(M, ARR, cReaders, rgReaderStates, READER, 11)
#define GetStatusChangeA_Call_FIELDS(X, M) GET_STATUS_CHANGE(X, M, ReaderStateA)
#define GetStatusChangeW_Call_FIELDS(X, M) GET_STATUS_CHANGE(X, M, ReaderStateW)
#define CONNECT(X, M, UNIT)                                                 \
    X(M, STR, szReader, UNIT)                                               \
    X(M, SUB, Common, Connect_Common)
#define ConnectA_Call_FIELDS(X, M) CONNECT(X, M, 1)
#define ConnectW_Call_FIELDS(X, M) CONNECT(X, M, 2)
#define Reconnect_Call_FIELDS(X, M)                                         \
    X(M, SUB, hCard, REDIR_SCARDHANDLE)                                     \
    X(M, U32, dwShareMode)                                                  \
    X(M, U32, dwPreferredProtocols)                                         \
    X(M, U32, dwInitialization)
#define HCardAndDisposition_Call_FIELDS(X, M)                               \
    X(M, SUB, hCard, REDIR_SCARDHANDLE)                                     \
    X(M, U32, dwDisposition)
#define State_Call_FIELDS(X, M)                                             \
    X(M, SUB, hCard, REDIR_SCARDHANDLE)                                     \
    X(M, U32, fpbAtrIsNULL)                                                 \
    X(M, U32, cbAtrLen)
#define Status_Call_FIELDS(X, M)                                            \
    X(M, SUB, hCard, REDIR_SCARDHANDLE)                                     \
    X(M, U32, fmszReaderNamesIsNULL)                                        \
    X(M, U32, cchReaderLen)                       /* characters */          \
    X(M, U32, cbAtrLen)                           /* unused */
#define Transmit_Call_FIELDS(X, M)                                          \
    X(M, SUB, hCard, REDIR_SCARDHANDLE)                                     \
    X(M, SUB, ioSendPci, SCardIO_Request)                                   \
    X(M, BYT, cbSendLength, pbSendBuffer, 66560, NDR_SECRET)                \
    X(M, PTR, pioRecvPci, SCardIO_Request)        /* null: not wanted */    \
    X(M, U32, fpbRecvBufferIsNULL)                                          \
    X(M, U32, cbRecvLength)                       /* octets */
#define Control_Call_FIELDS(X, M)                                           \
    X(M, SUB, hCard, REDIR_SCARDHANDLE)                                     \
    X(M, U32, dwControlCode)                                                \
    X(M, BYT, cbInBufferSize, pvInBuffer, 66560, NDR_SECRET)                \
    X(M, U32, fpvOutBufferIsNULL)                                           \
    X(M, U32, cbOutBufferSize)                    /* octets */
#define GetAttrib_Call_FIELDS(X, M)                                         \
    X(M, SUB, hCard, REDIR_SCARDHANDLE)                                     \
    X(M, U32, dwAttrId)                                                     \
    X(M, U32, fpbAttrIsNULL)                                                \
    X(M, U32, cbAttrLen)                          /* octets */
#define SetAttrib_Call_FIELDS(X, M)                                         \
    X(M, SUB, hCard, REDIR_SCARDHANDLE)                                     \
    X(M, U32, dwAttrId)                                                     \
    X(M, BYT, cbAttrLen, pbAttr, 65536, NDR_SECRET)
#define LOCATE_CARDS_BY_ATR(X, M, READER)                                   \
    X(M, SUB, Context, REDIR_SCARDCONTEXT)                                  \
    X(M, ARR, cAtrs, rgAtrMasks, LocateCards_ATRMask, 1000)                 \
    X(M, ARR, cReaders, rgReaderStates, READER, 10)
#define LocateCardsByATRA_Call_FIELDS(X, M) LOCATE_CARDS_BY_ATR(X, M, ReaderStateA)
#define LocateCardsByATRW_Call_FIELDS(X, M) LOCATE_CARDS_BY_ATR(X, M, ReaderStateW)
#define READ_CACHE(X, M, UNIT)                                              \
    X(M, STR, szLookupName, UNIT)                                           \
    X(M, SUB, Common, ReadCache_Common)
#define ReadCacheA_Call_FIELDS(X, M) READ_CACHE(X, M, 1)
#define ReadCacheW_Call_FIELDS(X, M) READ_CACHE(X, M, 2)
#define WRITE_CACHE(X, M, UNIT)                                             \
    X(M, STR, szLookupName, UNIT)                                           \
    X(M, SUB, Common, WriteCache_Common)
#define WriteCacheA_Call_FIELDS(X, M) WRITE_CACHE(X, M, 1)
#define WriteCacheW_Call_FIELDS(X, M) WRITE_CACHE(X, M, 2)
#define GetTransmitCount_Call_FIELDS(X, M)                                  \
    X(M, SUB, hCard, REDIR_SCARDHANDLE)
/* four octets of any value, sent without RPCE headers */
#define ScardAccessStartedEvent_Call_FIELDS(X, M)                           \
    X(M, FIX, Unused, 4)
#define READER_NAME(X, M)                                                   \
    X(M, SUB, Context, REDIR_SCARDCONTEXT)                                  \
    X(M, STR, szReaderName, 2)
#define GetReaderIcon_Call_FIELDS(X, M) READER_NAME(X, M)
#define GetDeviceTypeId_Call_FIELDS(X, M) READER_NAME(X, M)

/* ---- returns, 2.2.3: from the user's machine to the session host ---- */

#define RETURN_BYTES(X, M, COUNT, FIELD, MAX, FLAGS)                        \
    X(M, U32, ReturnCode)                                                   \
    X(M, BYT, COUNT, FIELD, MAX, NDR_LENGTH_ONLY | (FLAGS))
#define RETURN_READERS(X, M)                                                \
    X(M, U32, ReturnCode)                                                   \
    X(M, ARR, cReaders, rgReaderStates, ReaderState_Return, 11)
#define ReadCache_Return_FIELDS(X, M) RETURN_BYTES(X, M, cbDataLen, pbData, 65536, NDR_SECRET)
#define EstablishContext_Return_FIELDS(X, M)                                \
    X(M, U32, ReturnCode)                                                   \
    X(M, SUB, Context, REDIR_SCARDCONTEXT)
#define Long_Return_FIELDS(X, M)                                            \
    X(M, U32, ReturnCode)
#define ListReaderGroups_Return_FIELDS(X, M) RETURN_BYTES(X, M, cBytes, msz, 65536, 0)
#define ListReaders_Return_FIELDS(X, M) RETURN_BYTES(X, M, cBytes, msz, 65536, 0)
/* the IDL says 10; a legal call of 11 readers needs 11 back */
#define LocateCards_Return_FIELDS(X, M) RETURN_READERS(X, M)
#define GetStatusChange_Return_FIELDS(X, M) RETURN_READERS(X, M)
#define Control_Return_FIELDS(X, M) RETURN_BYTES(X, M, cbOutBufferSize, pvOutBuffer, 66560, NDR_SECRET)
#define Reconnect_Return_FIELDS(X, M)                                       \
    X(M, U32, ReturnCode)                                                   \
    X(M, U32, dwActiveProtocol)
#define Connect_Return_FIELDS(X, M)                                         \
    X(M, U32, ReturnCode)                                                   \
    X(M, SUB, hCard, REDIR_SCARDHANDLE)                                     \
    X(M, U32, dwActiveProtocol)
#define State_Return_FIELDS(X, M)                                           \
    X(M, U32, ReturnCode)                                                   \
    X(M, U32, dwState)                                                      \
    X(M, U32, dwProtocol)                                                   \
    X(M, BYT, cbAtrLen, rgAtr, 36, NDR_LENGTH_ONLY)
#define Status_Return_FIELDS(X, M)                                          \
    X(M, U32, ReturnCode)                                                   \
    X(M, BYT, cBytes, mszReaderNames, 65536, NDR_LENGTH_ONLY)               \
    X(M, U32, dwState)                                                      \
    X(M, U32, dwProtocol)                                                   \
    X(M, FIX, pbAtr, 32)                                                    \
    X(M, RNG, cbAtrLen, 32)
#define Transmit_Return_FIELDS(X, M)                                        \
    X(M, U32, ReturnCode)                                                   \
    X(M, PTR, pioRecvPci, SCardIO_Request)                                  \
    X(M, BYT, cbRecvLength, pbRecvBuffer, 66560, NDR_LENGTH_ONLY | NDR_SECRET)
#define GetAttrib_Return_FIELDS(X, M) RETURN_BYTES(X, M, cbAttrLen, pbAttr, 65536, 0)
#define GetTransmitCount_Return_FIELDS(X, M)                                \
    X(M, U32, ReturnCode)                                                   \
    X(M, U32, cTransmitCount)
#define GetReaderIcon_Return_FIELDS(X, M) RETURN_BYTES(X, M, cbDataLen, pbData, 4194304, 0)
#define GetDeviceTypeId_Return_FIELDS(X, M)                                 \
    X(M, U32, ReturnCode)                                                   \
    X(M, U32, dwDeviceId)

/* Every type and its section, inner types first. */
#define RDPESC_TYPES(T)                                                     \
    T(REDIR_SCARDCONTEXT, "2.2.1.1")                                        \
    T(REDIR_SCARDHANDLE, "2.2.1.2")                                         \
    T(Connect_Common, "2.2.1.3")                                            \
    T(LocateCards_ATRMask, "2.2.1.4")                                       \
    T(ReaderState_Common_Call, "2.2.1.5")                                   \
    T(ReaderStateA, "2.2.1.6")                                              \
    T(ReaderStateW, "2.2.1.7")                                              \
    T(SCardIO_Request, "2.2.1.8")                                           \
    T(UUID, "2.2.1.9")                                                      \
    T(ReadCache_Common, "2.2.1.9")                                          \
    T(WriteCache_Common, "2.2.1.10")                                        \
    T(ReaderState_Return, "2.2.1.11")                                       \
    T(EstablishContext_Call, "2.2.2.1")                                     \
    T(Context_Call, "2.2.2.2")                                              \
    T(ListReaderGroups_Call, "2.2.2.3")                                     \
    T(ListReaders_Call, "2.2.2.4")                                          \
    T(ContextAndStringA_Call, "2.2.2.5")                                    \
    T(ContextAndStringW_Call, "2.2.2.6")                                    \
    T(ContextAndTwoStringA_Call, "2.2.2.7")                                 \
    T(ContextAndTwoStringW_Call, "2.2.2.8")                                 \
    T(LocateCardsA_Call, "2.2.2.9")                                         \
    T(LocateCardsW_Call, "2.2.2.10")                                        \
    T(GetStatusChangeA_Call, "2.2.2.11")                                    \
    T(GetStatusChangeW_Call, "2.2.2.12")                                    \
    T(ConnectA_Call, "2.2.2.13")                                            \
    T(ConnectW_Call, "2.2.2.14")                                            \
    T(Reconnect_Call, "2.2.2.15")                                           \
    T(HCardAndDisposition_Call, "2.2.2.16")                                 \
    T(State_Call, "2.2.2.17")                                               \
    T(Status_Call, "2.2.2.18")                                              \
    T(Transmit_Call, "2.2.2.19")                                            \
    T(Control_Call, "2.2.2.20")                                             \
    T(GetAttrib_Call, "2.2.2.21")                                           \
    T(SetAttrib_Call, "2.2.2.22")                                           \
    T(LocateCardsByATRA_Call, "2.2.2.23")                                   \
    T(LocateCardsByATRW_Call, "2.2.2.24")                                   \
    T(ReadCacheA_Call, "2.2.2.25")                                          \
    T(ReadCacheW_Call, "2.2.2.26")                                          \
    T(WriteCacheA_Call, "2.2.2.27")                                         \
    T(WriteCacheW_Call, "2.2.2.28")                                         \
    T(GetTransmitCount_Call, "2.2.2.29")                                    \
    T(ScardAccessStartedEvent_Call, "2.2.2.30")                             \
    T(GetReaderIcon_Call, "2.2.2.31")                                       \
    T(GetDeviceTypeId_Call, "2.2.2.32")                                     \
    T(ReadCache_Return, "2.2.3.1")                                          \
    T(EstablishContext_Return, "2.2.3.2")                                   \
    T(Long_Return, "2.2.3.3")                                               \
    T(ListReaderGroups_Return, "2.2.3.4")                                   \
    T(ListReaders_Return, "2.2.3.4")                                        \
    T(LocateCards_Return, "2.2.3.5")                                        \
    T(GetStatusChange_Return, "2.2.3.5")                                    \
    T(Control_Return, "2.2.3.6")                                            \
    T(Reconnect_Return, "2.2.3.7")                                          \
    T(Connect_Return, "2.2.3.8")                                            \
    T(State_Return, "2.2.3.9")                                              \
    T(Status_Return, "2.2.3.10")                                            \
    T(Transmit_Return, "2.2.3.11")                                          \
    T(GetAttrib_Return, "2.2.3.12")                                         \
    T(GetTransmitCount_Return, "2.2.3.13")                                  \
    T(GetReaderIcon_Return, "2.2.3.14")                                     \
    T(GetDeviceTypeId_Return, "2.2.3.15")

/* Every call: control code, name, call structure, return structure. 3.1.4 */
#define RDPESC_CALLS(C)                                                     \
    C(0x00090014, EstablishContext, EstablishContext_Call, EstablishContext_Return) \
    C(0x00090018, ReleaseContext, Context_Call, Long_Return)                \
    C(0x0009001C, IsValidContext, Context_Call, Long_Return)                \
    C(0x00090020, ListReaderGroupsA, ListReaderGroups_Call, ListReaderGroups_Return) \
    C(0x00090024, ListReaderGroupsW, ListReaderGroups_Call, ListReaderGroups_Return) \
    C(0x00090028, ListReadersA, ListReaders_Call, ListReaders_Return)       \
    C(0x0009002C, ListReadersW, ListReaders_Call, ListReaders_Return)       \
    C(0x00090050, IntroduceReaderGroupA, ContextAndStringA_Call, Long_Return) \
    C(0x00090054, IntroduceReaderGroupW, ContextAndStringW_Call, Long_Return) \
    C(0x00090058, ForgetReaderGroupA, ContextAndStringA_Call, Long_Return)  \
    C(0x0009005C, ForgetReaderGroupW, ContextAndStringW_Call, Long_Return)  \
    C(0x00090060, IntroduceReaderA, ContextAndTwoStringA_Call, Long_Return) \
    C(0x00090064, IntroduceReaderW, ContextAndTwoStringW_Call, Long_Return) \
    C(0x00090068, ForgetReaderA, ContextAndStringA_Call, Long_Return)       \
    C(0x0009006C, ForgetReaderW, ContextAndStringW_Call, Long_Return)       \
    C(0x00090070, AddReaderToGroupA, ContextAndTwoStringA_Call, Long_Return) \
    C(0x00090074, AddReaderToGroupW, ContextAndTwoStringW_Call, Long_Return) \
    C(0x00090078, RemoveReaderFromGroupA, ContextAndTwoStringA_Call, Long_Return) \
    C(0x0009007C, RemoveReaderFromGroupW, ContextAndTwoStringW_Call, Long_Return) \
    C(0x00090098, LocateCardsA, LocateCardsA_Call, LocateCards_Return)      \
    C(0x0009009C, LocateCardsW, LocateCardsW_Call, LocateCards_Return)      \
    C(0x000900A0, GetStatusChangeA, GetStatusChangeA_Call, GetStatusChange_Return) \
    C(0x000900A4, GetStatusChangeW, GetStatusChangeW_Call, GetStatusChange_Return) \
    C(0x000900A8, Cancel, Context_Call, Long_Return)                        \
    C(0x000900AC, ConnectA, ConnectA_Call, Connect_Return)                  \
    C(0x000900B0, ConnectW, ConnectW_Call, Connect_Return)                  \
    C(0x000900B4, Reconnect, Reconnect_Call, Reconnect_Return)              \
    C(0x000900B8, Disconnect, HCardAndDisposition_Call, Long_Return)        \
    C(0x000900BC, BeginTransaction, HCardAndDisposition_Call, Long_Return)  \
    C(0x000900C0, EndTransaction, HCardAndDisposition_Call, Long_Return)    \
    C(0x000900C4, State, State_Call, State_Return)                          \
    C(0x000900C8, StatusA, Status_Call, Status_Return)                      \
    C(0x000900CC, StatusW, Status_Call, Status_Return)                      \
    C(0x000900D0, Transmit, Transmit_Call, Transmit_Return)                 \
    C(0x000900D4, Control, Control_Call, Control_Return)                    \
    C(0x000900D8, GetAttrib, GetAttrib_Call, GetAttrib_Return)              \
    C(0x000900DC, SetAttrib, SetAttrib_Call, Long_Return)                   \
    C(0x000900E0, AccessStartedEvent, ScardAccessStartedEvent_Call, Long_Return) \
    C(0x000900E8, LocateCardsByATRA, LocateCardsByATRA_Call, LocateCards_Return) \
    C(0x000900EC, LocateCardsByATRW, LocateCardsByATRW_Call, LocateCards_Return) \
    C(0x000900F0, ReadCacheA, ReadCacheA_Call, ReadCache_Return)            \
    C(0x000900F4, ReadCacheW, ReadCacheW_Call, ReadCache_Return)            \
    C(0x000900F8, WriteCacheA, WriteCacheA_Call, Long_Return)               \
    C(0x000900FC, WriteCacheW, WriteCacheW_Call, Long_Return)               \
    C(0x00090100, GetTransmitCount, GetTransmitCount_Call, GetTransmitCount_Return) \
    C(0x00090104, GetReaderIcon, GetReaderIcon_Call, GetReaderIcon_Return)  \
    C(0x00090108, GetDeviceTypeId, GetDeviceTypeId_Call, GetDeviceTypeId_Return)

/* clang-format on */

#endif
