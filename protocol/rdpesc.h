/* SPDX-License-Identifier: Apache-2.0
 *
 * [MS-RDPESC] messages: the C structures, their tables, the list of calls, and the way from an
 * InputBuffer or OutputBuffer to a structure and back. Made from protocol/messages.h, the only
 * description of each message.
 *
 *     const struct rdpesc_call_info *info = rdpesc_call_by_code(IoControlCode);
 *     if (info && rdpesc_decode_call(info, input, &call, &arena, &error) == NDR_OK)
 *         ... call.Transmit.cbRecvLength ...
 *
 * Pure and reentrant: allocates nothing, logs nothing. Not here: RDPDR packets (rdpdr.h), names of
 * codes (names.h).
 */
#ifndef RDPESC_RDPESC_H
#define RDPESC_RDPESC_H

#include "messages.h"
#include "ndr.h"

/* ---- structures: struct Transmit_Call and so on; a STR member is a view without its NUL ---- */

#define RDPESC_MEMBER(M, kind, ...)                 RDPESC_MEMBER_##kind(__VA_ARGS__)
#define RDPESC_MEMBER_U32(field)                    uint32_t field;
#define RDPESC_MEMBER_RNG(field, max)               uint32_t field;
#define RDPESC_MEMBER_FIX(field, octets)            uint8_t field[octets];
#define RDPESC_MEMBER_BYT(count, field, max, flags) struct ndr_bytes field;
#define RDPESC_MEMBER_STR(field, unit)              struct ndr_bytes field;
#define RDPESC_MEMBER_SUB(field, Type)              struct Type field;
#define RDPESC_MEMBER_PTR(field, Type)              const struct Type *field;
#define RDPESC_MEMBER_ARR(count, field, Type, max)                                                 \
    struct {                                                                                       \
        const struct Type *at;                                                                     \
        uint32_t len;                                                                              \
    } field;
#define RDPESC_DEFINE_STRUCT(Type, section)                                                        \
    struct Type {                                                                                  \
        Type##_FIELDS(RDPESC_MEMBER, Type)                                                         \
    };
RDPESC_TYPES(RDPESC_DEFINE_STRUCT)
#undef RDPESC_DEFINE_STRUCT

/* The table of each type: Transmit_Call_type and so on. */
#define RDPESC_DECLARE_TYPE(Type, section) extern const struct ndr_type Type##_type;
RDPESC_TYPES(RDPESC_DECLARE_TYPE)
#undef RDPESC_DECLARE_TYPE

/* The control codes: RDPESC_Transmit = 0x000900D0 and so on. [MS-RDPESC] 3.1.4 */
enum rdpesc_code {
#define RDPESC_CODE(code, name, Call, Return) RDPESC_##name = code,
    RDPESC_CALLS(RDPESC_CODE)
#undef RDPESC_CODE
};

/* Room for any call, any return: call.Transmit.cbRecvLength. */
union rdpesc_call {
#define RDPESC_CALL_MEMBER(code, name, Call, Return) struct Call name;
    RDPESC_CALLS(RDPESC_CALL_MEMBER)
#undef RDPESC_CALL_MEMBER
};
union rdpesc_return {
    uint32_t ReturnCode; /* every return begins with it */
#define RDPESC_RETURN_MEMBER(code, name, Call, Return) struct Return name;
    RDPESC_CALLS(RDPESC_RETURN_MEMBER)
#undef RDPESC_RETURN_MEMBER
};

struct rdpesc_call_info {
    uint32_t code;    /* IoControlCode */
    const char *name; /* as in the specification without prefix: "ConnectW" */
    const struct ndr_type *call;
    const struct ndr_type *ret;
};

/* All calls in the order of their codes; *count is their number. */
const struct rdpesc_call_info *rdpesc_calls(size_t *count);
/* All structures in the order of RDPESC_TYPES; *count is their number. */
const struct ndr_type *const *rdpesc_types(size_t *count);
/* The call with this control code, or NULL: the specification has none. */
const struct rdpesc_call_info *rdpesc_call_by_code(uint32_t code);
/* The call of this name in any case ("connectw"), or NULL. */
const struct rdpesc_call_info *rdpesc_call_by_name(const char *name);

/* Octets of the two headers in front of every object. [MS-RPCE] 2.2.6 */
#define RPCE_HEADERS 16

/* Takes the RPCE headers off a stream: *object is the view behind them, as long as
 * ObjectBufferLength says. Accepts any filler, an ObjectBufferLength that is no multiple of 8 or
 * that counts the headers too, and surplus octets. Errors: NDR_TRUNCATED (shorter than the headers,
 * or than ObjectBufferLength), NDR_HEADER (version, endianness, header length). */
NDR_NODISCARD enum ndr_status rpce_unwrap(struct ndr_bytes stream, struct ndr_bytes *object,
                                          struct ndr_error *error);

/* Decodes an InputBuffer into *out (room for union rdpesc_call). AccessStartedEvent has no headers
 * and any content; everything else has both. Lifetimes and errors as ndr_decode, with offsets
 * counted from the start of the InputBuffer, and those of rpce_unwrap. */
NDR_NODISCARD enum ndr_status rdpesc_decode_call(const struct rdpesc_call_info *info,
                                                 struct ndr_bytes input, void *out,
                                                 struct ndr_arena *arena, struct ndr_error *error);

/* Decodes an OutputBuffer into *out (room for union rdpesc_return). A failure that deployed peers
 * cut after the ReturnCode (ReturnCode not 0 and at most 8 octets of object) is accepted: the other
 * members are zero then. */
NDR_NODISCARD enum ndr_status rdpesc_decode_return(const struct rdpesc_call_info *info,
                                                   struct ndr_bytes output, void *out,
                                                   struct ndr_arena *arena,
                                                   struct ndr_error *error);

/* rdpesc_decode_return of an object that stands alone, without RPCE headers. */
NDR_NODISCARD enum ndr_status rdpesc_decode_return_object(const struct rdpesc_call_info *info,
                                                          struct ndr_bytes object, void *out,
                                                          struct ndr_arena *arena,
                                                          struct ndr_error *error);

/* Encodes a call or return with both RPCE headers and zero padding to a multiple of 8: what goes
 * into an InputBuffer or OutputBuffer. buffer NULL: only *length is computed. Errors as ndr_encode;
 * *length is 0 then. */
NDR_NODISCARD enum ndr_status rpce_encode(const struct ndr_type *type, const void *in,
                                          uint8_t *buffer, size_t capacity, size_t *length,
                                          struct ndr_error *error);

/* rpce_encode of a call, which knows that AccessStartedEvent goes without headers. */
NDR_NODISCARD enum ndr_status rdpesc_encode_call(const struct rdpesc_call_info *info,
                                                 const void *in, uint8_t *buffer, size_t capacity,
                                                 size_t *length, struct ndr_error *error);

/* ---- values, [MS-RDPESC] 2.2.4 to 2.2.8 (Windows numbers: pcsc-lite has others for some) ---- */

typedef uint32_t
    scard_code; /* a ReturnCode: payload from the card side, SCARD_S_SUCCESS or an error */

#define RDPESC_S_SUCCESS              0x00000000u
#define RDPESC_F_INTERNAL_ERROR       0x80100001u
#define RDPESC_E_CANCELLED            0x80100002u
#define RDPESC_E_INVALID_HANDLE       0x80100003u
#define RDPESC_E_INVALID_PARAMETER    0x80100004u
#define RDPESC_E_NO_MEMORY            0x80100006u
#define RDPESC_E_INSUFFICIENT_BUFFER  0x80100008u
#define RDPESC_E_UNKNOWN_READER       0x80100009u
#define RDPESC_E_TIMEOUT              0x8010000Au
#define RDPESC_E_SHARING_VIOLATION    0x8010000Bu
#define RDPESC_E_NO_SMARTCARD         0x8010000Cu
#define RDPESC_E_PROTO_MISMATCH       0x8010000Fu
#define RDPESC_E_INVALID_VALUE        0x80100011u
#define RDPESC_E_SYSTEM_CANCELLED     0x80100012u
#define RDPESC_F_COMM_ERROR           0x80100013u
#define RDPESC_E_NOT_TRANSACTED       0x80100016u
#define RDPESC_E_READER_UNAVAILABLE   0x80100017u
#define RDPESC_E_NO_SERVICE           0x8010001Du
#define RDPESC_E_SERVICE_STOPPED      0x8010001Eu
#define RDPESC_E_UNEXPECTED           0x8010001Fu
#define RDPESC_E_UNSUPPORTED_FEATURE  0x80100022u
#define RDPESC_E_NO_READERS_AVAILABLE 0x8010002Eu
#define RDPESC_E_SERVER_TOO_BUSY      0x80100031u
#define RDPESC_W_UNSUPPORTED_CARD     0x80100065u
#define RDPESC_W_UNRESPONSIVE_CARD    0x80100066u
#define RDPESC_W_UNPOWERED_CARD       0x80100067u
#define RDPESC_W_RESET_CARD           0x80100068u
#define RDPESC_W_REMOVED_CARD         0x80100069u
#define RDPESC_W_CACHE_ITEM_NOT_FOUND 0x80100070u
#define RDPESC_W_CACHE_ITEM_STALE     0x80100071u
#define RDPESC_W_CACHE_ITEM_TOO_BIG   0x80100072u

#define RDPESC_SCOPE_USER       0u
#define RDPESC_SCOPE_SYSTEM     2u
#define RDPESC_SHARE_EXCLUSIVE  1u
#define RDPESC_SHARE_SHARED     2u
#define RDPESC_SHARE_DIRECT     3u
#define RDPESC_LEAVE_CARD       0u
#define RDPESC_RESET_CARD       1u
#define RDPESC_UNPOWER_CARD     2u
#define RDPESC_EJECT_CARD       3u
#define RDPESC_PROTOCOL_T0      0x00000001u
#define RDPESC_PROTOCOL_T1      0x00000002u
#define RDPESC_PROTOCOL_RAW     0x00010000u
#define RDPESC_PROTOCOL_DEFAULT 0x80000000u

/* dwState of State and Status: an enumeration, not bits. 2.2.4 */
enum rdpesc_card_state {
    RDPESC_CARD_UNKNOWN = 0,
    RDPESC_CARD_ABSENT = 1,
    RDPESC_CARD_PRESENT = 2,
    RDPESC_CARD_SWALLOWED = 3,
    RDPESC_CARD_POWERED = 4,
    RDPESC_CARD_NEGOTIABLE = 5,
    RDPESC_CARD_SPECIFICMODE = 6
};

/* dwCurrentState, dwEventState: state bits in the low half, a count of events in the high
 * half. 2.2.7 */
#define RDPESC_STATE_UNAWARE     0x0000u
#define RDPESC_STATE_IGNORE      0x0001u
#define RDPESC_STATE_CHANGED     0x0002u
#define RDPESC_STATE_UNKNOWN     0x0004u
#define RDPESC_STATE_UNAVAILABLE 0x0008u
#define RDPESC_STATE_EMPTY       0x0010u
#define RDPESC_STATE_PRESENT     0x0020u
#define RDPESC_STATE_ATRMATCH    0x0040u
#define RDPESC_STATE_EXCLUSIVE   0x0080u
#define RDPESC_STATE_INUSE       0x0100u
#define RDPESC_STATE_MUTE        0x0200u
#define RDPESC_STATE_UNPOWERED   0x0400u

#define RDPESC_INFINITE     0xFFFFFFFFu
#define RDPESC_AUTOALLOCATE 0xFFFFFFFFu

#define RDPESC_PNP_READER "\\\\?PnP?\\Notification"

/* IoStatus of a completion: NTSTATUS values this protocol uses. */
#define RDPESC_STATUS_SUCCESS          0x00000000u
#define RDPESC_STATUS_UNSUCCESSFUL     0xC0000001u
#define RDPESC_STATUS_NO_MEMORY        0xC0000017u
#define RDPESC_STATUS_BUFFER_TOO_SMALL 0xC0000023u
#define RDPESC_STATUS_NOT_SUPPORTED    0xC00000BBu
#define RDPESC_STATUS_CANCELLED        0xC0000120u

/* Largest reader name in octets of UTF-8 without its NUL, as pcsc-lite has it. */
#define RDPESC_READER_NAME_MAX 127
/* Largest ATR in octets. */
#define RDPESC_ATR_MAX 36

#endif
