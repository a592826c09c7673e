/* SPDX-License-Identifier: Apache-2.0 */
#include "utf.h"

#include <iconv.h>
#include <string.h>

/* iconv wants a pointer to what it only reads; the union keeps the const of the caller's text. */
union input {
    const char *text;
    char *unsafe;
};

static bool convert(const char *to, const char *from, struct ndr_bytes text, char *out,
                    size_t capacity, size_t *written)
{
    union input input = { .text = (const char *)text.data };
    size_t left = text.len;
    size_t room = capacity;
    iconv_t codec = iconv_open(to, from);
    size_t result;

    *written = 0;
    if (codec == (iconv_t)-1)
        return false;
    result = iconv(codec, &input.unsafe, &left, &out, &room);
    iconv_close(codec);
    if (result != 0 || left != 0)
        return false;
    *written = capacity - room;
    return true;
}

bool utf16_from_utf8(const char *text, size_t length, uint8_t *out, size_t capacity,
                     uint32_t *written)
{
    struct ndr_bytes view = { (const uint8_t *)text, (uint32_t)length };
    size_t octets = 0;

    *written = 0;
    if (length > UINT32_MAX || capacity > UINT32_MAX)
        return false;
    if (length > 0 && !convert("UTF-16LE", "UTF-8", view, (char *)out, capacity, &octets))
        return false;
    *written = (uint32_t)octets;
    return true;
}

bool utf8_from_utf16(struct ndr_bytes text, char *out, size_t capacity)
{
    size_t octets = 0;
    bool fits = text.len == 0 || convert("UTF-8", "UTF-16LE", text, out, capacity - 1, &octets);

    if (!fits || memchr(out, '\0', octets) != NULL)
        octets = 0;
    out[octets] = '\0';
    return fits && (octets > 0 || text.len == 0);
}
