/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_text.h"

#include <string.h>

#define REPLACEMENT 0xFFFDu

struct text_writer {
    char *out;
    size_t room;
    size_t used;
};

static bool put(struct text_writer *writer, uint32_t octet)
{
    if (writer->used >= writer->room)
        return false;
    writer->out[writer->used++] = (char)octet;
    return true;
}

static bool put_character(struct text_writer *writer, uint32_t c)
{
    if (c < 0x80)
        return put(writer, c);
    if (c < 0x800)
        return put(writer, 0xC0 | c >> 6) && put(writer, 0x80 | (c & 0x3F));
    if (c < 0x10000)
        return put(writer, 0xE0 | c >> 12) && put(writer, 0x80 | (c >> 6 & 0x3F)) &&
               put(writer, 0x80 | (c & 0x3F));
    return put(writer, 0xF0 | c >> 18) && put(writer, 0x80 | (c >> 12 & 0x3F)) &&
           put(writer, 0x80 | (c >> 6 & 0x3F)) && put(writer, 0x80 | (c & 0x3F));
}

static uint32_t unit_at(struct ndr_bytes text, uint32_t at)
{
    return text.data[at] | (uint32_t)text.data[at + 1] << 8;
}

/* The character at *at, which moves behind it; 0 at the end, REPLACEMENT for half a pair. */
static uint32_t next_wide(struct ndr_bytes text, uint32_t *at)
{
    uint32_t first;
    uint32_t second;

    if (text.len - *at < 2)
        return 0;
    first = unit_at(text, *at);
    *at += 2;
    if (first < 0xD800 || first > 0xDFFF)
        return first;
    second = text.len - *at < 2 ? 0 : unit_at(text, *at);
    if (first > 0xDBFF || second < 0xDC00 || second > 0xDFFF)
        return REPLACEMENT;
    *at += 2;
    return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
}

static bool read_wide(struct ndr_bytes text, struct text_writer *writer)
{
    uint32_t at = 0;
    uint32_t c;

    while ((c = next_wide(text, &at)) != 0) {
        if (c == REPLACEMENT || !put_character(writer, c))
            return false;
    }
    return true;
}

static bool read_narrow(struct ndr_bytes text, struct text_writer *writer)
{
    for (uint32_t i = 0; i < text.len && text.data[i]; i++) {
        if (!put(writer, text.data[i]))
            return false;
    }
    return true;
}

bool replay_text_read(struct ndr_bytes text, enum replay_unit unit, char *out, size_t room)
{
    struct text_writer writer = { out, room - 1, 0 };
    bool fits =
        text.data && (unit == REPLAY_W ? read_wide(text, &writer) : read_narrow(text, &writer));

    out[fits ? writer.used : 0] = '\0';
    return fits;
}

/* Octets of the UTF-8 character that begins with first; 0 where none can. */
static size_t sequence_length(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xC2 && first <= 0xDF)
        return 2;
    if (first >= 0xE0 && first <= 0xEF)
        return 3;
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

static bool is_scalar(uint32_t c, size_t length)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };

    return c >= smallest[length] && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
}

/* The character at *at, which moves behind it. */
static uint32_t next_narrow(const char *text, size_t len, size_t *at)
{
    uint8_t first = (uint8_t)text[*at];
    size_t length = sequence_length(first);
    uint32_t c = length > 1 ? first & (0x7Fu >> length) : first;

    if (length == 0 || length > len - *at) {
        *at += 1;
        return REPLACEMENT;
    }
    for (size_t i = 1; i < length; i++) {
        uint8_t octet = (uint8_t)text[*at + i];
        if ((octet & 0xC0) != 0x80) {
            *at += i;
            return REPLACEMENT;
        }
        c = c << 6 | (octet & 0x3F);
    }
    *at += length;
    return is_scalar(c, length) ? c : REPLACEMENT;
}

static void write_unit(uint8_t *out, uint32_t unit)
{
    out[0] = (uint8_t)unit;
    out[1] = (uint8_t)(unit >> 8);
}

static size_t write_wide(uint32_t c, uint8_t *out)
{
    if (c < 0x10000) {
        if (out)
            write_unit(out, c);
        return 2;
    }
    if (out) {
        write_unit(out, 0xD800 + ((c - 0x10000) >> 10));
        write_unit(out + 2, 0xDC00 + ((c - 0x10000) & 0x3FF));
    }
    return 4;
}

size_t replay_text_write(const char *text, size_t len, enum replay_unit unit, uint8_t *out)
{
    size_t written = 0;
    size_t at = 0;

    if (unit == REPLAY_A) {
        if (out)
            memcpy(out, text, len);
        return len;
    }
    while (at < len)
        written += write_wide(next_narrow(text, len, &at), out ? out + written : NULL);
    return written;
}
