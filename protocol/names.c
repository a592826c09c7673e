/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct scard_name {
    scard_code code;
    const char *name;
    const char *text;
};

static const struct scard_name scard_names[] = {
    { 0x00000000, "SCARD_S_SUCCESS", "success" },
    { 0x80100001, "SCARD_F_INTERNAL_ERROR", "internal error" },
    { 0x80100002, "SCARD_E_CANCELLED", "cancelled" },
    { 0x80100003, "SCARD_E_INVALID_HANDLE", "no such context or handle" },
    { 0x80100004, "SCARD_E_INVALID_PARAMETER", "invalid parameter" },
    { 0x80100005, "SCARD_E_INVALID_TARGET", "invalid target" },
    { 0x80100006, "SCARD_E_NO_MEMORY", "out of memory" },
    { 0x80100007, "SCARD_F_WAITED_TOO_LONG", "waited too long" },
    { 0x80100008, "SCARD_E_INSUFFICIENT_BUFFER", "the buffer is too small" },
    { 0x80100009, "SCARD_E_UNKNOWN_READER", "no such reader" },
    { 0x8010000A, "SCARD_E_TIMEOUT", "timed out" },
    { 0x8010000B, "SCARD_E_SHARING_VIOLATION", "another program holds the card" },
    { 0x8010000C, "SCARD_E_NO_SMARTCARD", "no card in the reader" },
    { 0x8010000D, "SCARD_E_UNKNOWN_CARD", "unknown card" },
    { 0x8010000E, "SCARD_E_CANT_DISPOSE", "the card cannot be disposed so" },
    { 0x8010000F, "SCARD_E_PROTO_MISMATCH", "the card does not speak that protocol" },
    { 0x80100010, "SCARD_E_NOT_READY", "not ready" },
    { 0x80100011, "SCARD_E_INVALID_VALUE", "invalid value" },
    { 0x80100012, "SCARD_E_SYSTEM_CANCELLED", "cancelled by the system" },
    { 0x80100013, "SCARD_F_COMM_ERROR", "communication failed" },
    { 0x80100014, "SCARD_F_UNKNOWN_ERROR", "unknown error" },
    { 0x80100015, "SCARD_E_INVALID_ATR", "invalid ATR" },
    { 0x80100016, "SCARD_E_NOT_TRANSACTED", "the transaction was broken off" },
    { 0x80100017, "SCARD_E_READER_UNAVAILABLE", "the reader is gone" },
    { 0x80100018, "SCARD_P_SHUTDOWN", "shutting down" },
    { 0x80100019, "SCARD_E_PCI_TOO_SMALL", "the PCI is too small" },
    { 0x8010001A, "SCARD_E_READER_UNSUPPORTED", "the reader is not supported" },
    { 0x8010001B, "SCARD_E_DUPLICATE_READER", "that reader exists already" },
    { 0x8010001C, "SCARD_E_CARD_UNSUPPORTED", "the card is not supported" },
    { 0x8010001D, "SCARD_E_NO_SERVICE", "no smart card service runs" },
    { 0x8010001E, "SCARD_E_SERVICE_STOPPED", "the smart card service has stopped" },
    { 0x8010001F, "SCARD_E_UNEXPECTED", "unexpected error" },
    { 0x80100020, "SCARD_E_ICC_INSTALLATION", "no card provider" },
    { 0x80100021, "SCARD_E_ICC_CREATEORDER", "wrong order of creation" },
    { 0x80100022, "SCARD_E_UNSUPPORTED_FEATURE", "not supported" },
    { 0x80100023, "SCARD_E_DIR_NOT_FOUND", "no such directory on the card" },
    { 0x80100024, "SCARD_E_FILE_NOT_FOUND", "no such file on the card" },
    { 0x80100025, "SCARD_E_NO_DIR", "not a directory" },
    { 0x80100026, "SCARD_E_NO_FILE", "not a file" },
    { 0x80100027, "SCARD_E_NO_ACCESS", "access denied" },
    { 0x80100028, "SCARD_E_WRITE_TOO_MANY", "no space on the card" },
    { 0x80100029, "SCARD_E_BAD_SEEK", "bad position in a file" },
    { 0x8010002A, "SCARD_E_INVALID_CHV", "invalid PIN" },
    { 0x8010002B, "SCARD_E_UNKNOWN_RES_MSG", "unknown answer of the resource manager" },
    { 0x8010002C, "SCARD_E_NO_SUCH_CERTIFICATE", "no such certificate" },
    { 0x8010002D, "SCARD_E_CERTIFICATE_UNAVAILABLE", "the certificate is not available" },
    { 0x8010002E, "SCARD_E_NO_READERS_AVAILABLE", "no reader" },
    { 0x8010002F, "SCARD_E_COMM_DATA_LOST", "data was lost on the way" },
    { 0x80100030, "SCARD_E_NO_KEY_CONTAINER", "no key container" },
    { 0x80100031, "SCARD_E_SERVER_TOO_BUSY", "too many calls at once" },
    { 0x80100032, "SCARD_E_PIN_CACHE_EXPIRED", "the cached PIN has expired" },
    { 0x80100033, "SCARD_E_NO_PIN_CACHE", "the PIN must not be cached" },
    { 0x80100034, "SCARD_E_READ_ONLY_CARD", "the card is read-only" },
    { 0x80100065, "SCARD_W_UNSUPPORTED_CARD", "the card is not supported" },
    { 0x80100066, "SCARD_W_UNRESPONSIVE_CARD", "the card does not answer" },
    { 0x80100067, "SCARD_W_UNPOWERED_CARD", "the card has no power" },
    { 0x80100068, "SCARD_W_RESET_CARD", "the card was reset" },
    { 0x80100069, "SCARD_W_REMOVED_CARD", "the card was removed" },
    { 0x8010006A, "SCARD_W_SECURITY_VIOLATION", "access denied" },
    { 0x8010006B, "SCARD_W_WRONG_CHV", "wrong PIN" },
    { 0x8010006C, "SCARD_W_CHV_BLOCKED", "the PIN is blocked" },
    { 0x8010006D, "SCARD_W_EOF", "end of file" },
    { 0x8010006E, "SCARD_W_CANCELLED_BY_USER", "cancelled by the user" },
    { 0x8010006F, "SCARD_W_CARD_NOT_AUTHENTICATED", "no PIN was given" },
    { 0x80100070, "SCARD_W_CACHE_ITEM_NOT_FOUND", "not in the cache" },
    { 0x80100071, "SCARD_W_CACHE_ITEM_STALE", "the cached item is stale" },
    { 0x80100072, "SCARD_W_CACHE_ITEM_TOO_BIG", "too big for the cache" },
};

static const struct scard_name *find(scard_code code)
{
    static const struct scard_name unknown = { 0, "unknown code", "unknown code" };

    for (size_t i = 0; i < COUNT(scard_names); i++) {
        if (scard_names[i].code == code)
            return &scard_names[i];
    }
    return &unknown;
}

const char *rdpesc_scard_name(scard_code code)
{
    return find(code)->name;
}

const char *rdpesc_scard_text(scard_code code)
{
    return find(code)->text;
}
