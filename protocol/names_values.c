/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "names.h"

#define COUNT(array)      (sizeof(array) / sizeof((array)[0]))
#define CODE_NOT_CALLABLE 0x000900E4u
#define EVENT_COUNT_SHIFT 16

struct value {
    uint32_t value;
    const char *name; /* NULL in the last */
};

struct field {
    const char *name;
    const struct value *values;
    uint32_t bits; /* the part that is bits; 0: one value of the list */
};

static const struct value scopes[] = {
    { 0x0u, "SCARD_SCOPE_USER" },
    { 0x1u, "SCARD_SCOPE_TERMINAL" },
    { 0x2u, "SCARD_SCOPE_SYSTEM" },
    { 0, NULL },
};

static const struct value share_modes[] = {
    { 0x1u, "SCARD_SHARE_EXCLUSIVE" },
    { 0x2u, "SCARD_SHARE_SHARED" },
    { 0x3u, "SCARD_SHARE_DIRECT" },
    { 0, NULL },
};

static const struct value dispositions[] = {
    { 0x0u, "SCARD_LEAVE_CARD" },
    { 0x1u, "SCARD_RESET_CARD" },
    { 0x2u, "SCARD_UNPOWER_CARD" },
    { 0x3u, "SCARD_EJECT_CARD" },
    { 0, NULL },
};

static const struct value protocols[] = {
    { 0x0u, "SCARD_PROTOCOL_UNDEFINED" },
    { 0x1u, "SCARD_PROTOCOL_T0" },
    { 0x2u, "SCARD_PROTOCOL_T1" },
    { 0x10000u, "SCARD_PROTOCOL_RAW" },
    { 0x80000000u, "SCARD_PROTOCOL_DEFAULT" },
    { 0, NULL },
};

static const struct value card_states[] = {
    { 0x0u, "SCARD_UNKNOWN" },      { 0x1u, "SCARD_ABSENT" },
    { 0x2u, "SCARD_PRESENT" },      { 0x3u, "SCARD_SWALLOWED" },
    { 0x4u, "SCARD_POWERED" },      { 0x5u, "SCARD_NEGOTIABLE" },
    { 0x6u, "SCARD_SPECIFICMODE" }, { 0, NULL },
};

static const struct value reader_states[] = {
    { 0x0u, "SCARD_STATE_UNAWARE" },
    { 0x1u, "SCARD_STATE_IGNORE" },
    { 0x2u, "SCARD_STATE_CHANGED" },
    { 0x4u, "SCARD_STATE_UNKNOWN" },
    { 0x8u, "SCARD_STATE_UNAVAILABLE" },
    { 0x10u, "SCARD_STATE_EMPTY" },
    { 0x20u, "SCARD_STATE_PRESENT" },
    { 0x40u, "SCARD_STATE_ATRMATCH" },
    { 0x80u, "SCARD_STATE_EXCLUSIVE" },
    { 0x100u, "SCARD_STATE_INUSE" },
    { 0x200u, "SCARD_STATE_MUTE" },
    { 0x400u, "SCARD_STATE_UNPOWERED" },
    { 0, NULL },
};

static const struct value timeouts[] = {
    { 0xFFFFFFFFu, "INFINITE" },
    { 0, NULL },
};

static const struct value lengths[] = {
    { 0xFFFFFFFFu, "SCARD_AUTOALLOCATE" },
    { 0, NULL },
};

static const struct value attributes[] = {
    { 0x10100u, "SCARD_ATTR_VENDOR_NAME" },
    { 0x10101u, "SCARD_ATTR_VENDOR_IFD_TYPE" },
    { 0x10102u, "SCARD_ATTR_VENDOR_IFD_VERSION" },
    { 0x10103u, "SCARD_ATTR_VENDOR_IFD_SERIAL_NO" },
    { 0x20110u, "SCARD_ATTR_CHANNEL_ID" },
    { 0x30120u, "SCARD_ATTR_PROTOCOL_TYPES" },
    { 0x30121u, "SCARD_ATTR_DEFAULT_CLK" },
    { 0x30122u, "SCARD_ATTR_MAX_CLK" },
    { 0x30123u, "SCARD_ATTR_DEFAULT_DATA_RATE" },
    { 0x30124u, "SCARD_ATTR_MAX_DATA_RATE" },
    { 0x30125u, "SCARD_ATTR_MAX_IFSD" },
    { 0x40131u, "SCARD_ATTR_POWER_MGMT_SUPPORT" },
    { 0x50140u, "SCARD_ATTR_USER_TO_CARD_AUTH_DEVICE" },
    { 0x50142u, "SCARD_ATTR_USER_AUTH_INPUT_DEVICE" },
    { 0x60150u, "SCARD_ATTR_CHARACTERISTICS" },
    { 0x80201u, "SCARD_ATTR_CURRENT_PROTOCOL_TYPE" },
    { 0x80202u, "SCARD_ATTR_CURRENT_CLK" },
    { 0x80203u, "SCARD_ATTR_CURRENT_F" },
    { 0x80204u, "SCARD_ATTR_CURRENT_D" },
    { 0x80205u, "SCARD_ATTR_CURRENT_N" },
    { 0x80206u, "SCARD_ATTR_CURRENT_W" },
    { 0x80207u, "SCARD_ATTR_CURRENT_IFSC" },
    { 0x80208u, "SCARD_ATTR_CURRENT_IFSD" },
    { 0x80209u, "SCARD_ATTR_CURRENT_BWT" },
    { 0x8020Au, "SCARD_ATTR_CURRENT_CWT" },
    { 0x8020Bu, "SCARD_ATTR_CURRENT_EBC_ENCODING" },
    { 0x8020Cu, "SCARD_ATTR_EXTENDED_BWT" },
    { 0x90300u, "SCARD_ATTR_ICC_PRESENCE" },
    { 0x90301u, "SCARD_ATTR_ICC_INTERFACE_STATUS" },
    { 0x90302u, "SCARD_ATTR_CURRENT_IO_STATE" },
    { 0x90303u, "SCARD_ATTR_ATR_STRING" },
    { 0x90304u, "SCARD_ATTR_ICC_TYPE_PER_ATR" },
    { 0x7A000u, "SCARD_ATTR_ESC_RESET" },
    { 0x7A003u, "SCARD_ATTR_ESC_CANCEL" },
    { 0x7A005u, "SCARD_ATTR_ESC_AUTHREQUEST" },
    { 0x7A007u, "SCARD_ATTR_MAXINPUT" },
    { 0x7FFF0001u, "SCARD_ATTR_DEVICE_UNIT" },
    { 0x7FFF0002u, "SCARD_ATTR_DEVICE_IN_USE" },
    { 0x7FFF0003u, "SCARD_ATTR_DEVICE_FRIENDLY_NAME_A" },
    { 0x7FFF0004u, "SCARD_ATTR_DEVICE_SYSTEM_NAME_A" },
    { 0x7FFF0005u, "SCARD_ATTR_DEVICE_FRIENDLY_NAME_W" },
    { 0x7FFF0006u, "SCARD_ATTR_DEVICE_SYSTEM_NAME_W" },
    { 0x7FFF0007u, "SCARD_ATTR_SUPRESS_T1_IFS_REQUEST" },
    { 0, NULL },
};

static const struct value io_states[] = {
    { 0x0u, "STATUS_SUCCESS" },
    { 0x103u, "STATUS_PENDING" },
    { 0xC0000001u, "STATUS_UNSUCCESSFUL" },
    { 0xC0000008u, "STATUS_INVALID_HANDLE" },
    { 0xC000000Du, "STATUS_INVALID_PARAMETER" },
    { 0xC000000Fu, "STATUS_NO_SUCH_FILE" },
    { 0xC0000010u, "STATUS_INVALID_DEVICE_REQUEST" },
    { 0xC0000017u, "STATUS_NO_MEMORY" },
    { 0xC0000022u, "STATUS_ACCESS_DENIED" },
    { 0xC0000023u, "STATUS_BUFFER_TOO_SMALL" },
    { 0xC00000A3u, "STATUS_DEVICE_NOT_READY" },
    { 0xC00000BBu, "STATUS_NOT_SUPPORTED" },
    { 0xC0000120u, "STATUS_CANCELLED" },
    { 0, NULL },
};

static const struct value device_types[] = {
    { 0x1u, "RDPDR_DTYP_SERIAL" },     { 0x2u, "RDPDR_DTYP_PARALLEL" },
    { 0x4u, "RDPDR_DTYP_PRINT" },      { 0x8u, "RDPDR_DTYP_FILESYSTEM" },
    { 0x20u, "RDPDR_DTYP_SMARTCARD" }, { 0, NULL },
};

static const struct value major_functions[] = {
    { 0x0u, "IRP_MJ_CREATE" },
    { 0x2u, "IRP_MJ_CLOSE" },
    { 0x3u, "IRP_MJ_READ" },
    { 0x4u, "IRP_MJ_WRITE" },
    { 0x5u, "IRP_MJ_QUERY_INFORMATION" },
    { 0x6u, "IRP_MJ_SET_INFORMATION" },
    { 0xAu, "IRP_MJ_QUERY_VOLUME_INFORMATION" },
    { 0xBu, "IRP_MJ_SET_VOLUME_INFORMATION" },
    { 0xCu, "IRP_MJ_DIRECTORY_CONTROL" },
    { 0xEu, "IRP_MJ_DEVICE_CONTROL" },
    { 0x11u, "IRP_MJ_LOCK_CONTROL" },
    { 0, NULL },
};

static const struct value capability_types[] = {
    { 0x1u, "CAP_GENERAL_TYPE" }, { 0x2u, "CAP_PRINTER_TYPE" },   { 0x3u, "CAP_PORT_TYPE" },
    { 0x4u, "CAP_DRIVE_TYPE" },   { 0x5u, "CAP_SMARTCARD_TYPE" }, { 0, NULL },
};

static const struct field fields[] = {
    { "dwScope", scopes, 0 },
    { "dwShareMode", share_modes, 0 },
    { "dwDisposition", dispositions, 0 },
    { "dwInitialization", dispositions, 0 },
    { "dwPreferredProtocols", protocols, ~0u },
    { "dwActiveProtocol", protocols, ~0u },
    { "dwProtocol", protocols, ~0u },
    { "dwState", card_states, 0 },
    { "dwCurrentState", reader_states, 0xFFFFu },
    { "dwEventState", reader_states, 0xFFFFu },
    { "dwTimeOut", timeouts, 0 },
    { "cchReaders", lengths, 0 },
    { "cchGroups", lengths, 0 },
    { "cchReaderLen", lengths, 0 },
    { "cbAtrLen", lengths, 0 },
    { "cbAttrLen", lengths, 0 },
    { "cbRecvLength", lengths, 0 },
    { "cbOutBufferSize", lengths, 0 },
    { "cbDataLen", lengths, 0 },
    { "dwAttrId", attributes, 0 },
    { "IoStatus", io_states, 0 },
    { "ResultCode", io_states, 0 },
    { "DeviceType", device_types, 0 },
    { "MajorFunction", major_functions, 0 },
    { "CapabilityType", capability_types, 0 },
};

const char *rdpesc_code_name(uint32_t code)
{
    const struct rdpesc_call_info *info = rdpesc_call_by_code(code);

    if (info)
        return info->name;
    return code == CODE_NOT_CALLABLE ? "ReleaseTartedEvent" : NULL;
}

static const char *one_name(const struct value *values, uint32_t value)
{
    for (; values->name; values++) {
        if (values->value == value)
            return values->name;
    }
    return NULL;
}

/* Text that grows up to its room. */
struct text {
    char *data;
    size_t room;
    size_t length;
};

static void append(struct text *text, const char *piece)
{
    size_t length = strlen(piece);

    if (length >= text->room - text->length)
        length = text->room - text->length - 1;
    memcpy(text->data + text->length, piece, length);
    text->length += length;
    text->data[text->length] = '\0';
}

static void append_bits(struct text *text, const struct field *field, uint32_t value)
{
    uint32_t left = value & field->bits;
    uint32_t count = value & ~field->bits;
    const char *none = one_name(field->values, 0);
    char piece[32];

    for (const struct value *bit = field->values; bit->name; bit++) {
        if (!bit->value || !(left & bit->value))
            continue;
        append(text, text->length ? " | " : "");
        append(text, bit->name);
        left &= ~bit->value;
    }
    if (left) {
        (void)snprintf(piece, sizeof piece, "%s0x%" PRIx32, text->length ? " | " : "", left);
        append(text, piece);
    }
    if (!text->length && none)
        append(text, none);
    if (count) {
        (void)snprintf(piece, sizeof piece, ", count %" PRIu32, count >> EVENT_COUNT_SHIFT);
        append(text, piece);
    }
}

static const struct field *find(const char *name)
{
    for (size_t i = 0; i < COUNT(fields); i++) {
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    }
    return NULL;
}

bool rdpesc_value_name(const char *field, uint32_t value, char *text, size_t room)
{
    const struct field *found = find(field);
    struct text out = { text, room, 0 };
    const char *name = NULL;

    text[0] = '\0';
    if (found && found->bits) {
        append_bits(&out, found, value);
        return true;
    }
    if (found)
        name = one_name(found->values, value);
    else if (strcmp(field, "ReturnCode") == 0)
        name = rdpesc_scard_name(value);
    else if (strcmp(field, "IoControlCode") == 0)
        name = rdpesc_code_name(value);
    append(&out, name ? name : "");
    return name != NULL;
}
