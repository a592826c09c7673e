/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#define OCTETS_KEY "octets"

/* iconv wants a pointer to what it only reads; the union keeps the const of the caller's text. */
union input {
    const void *text;
    char *unsafe;
};

/* Converts all of it or nothing; out has room for capacity octets. */
static bool convert(const char *to, const char *from, const void *text, size_t size, char *out,
                    size_t capacity, size_t *written)
{
    union input input = { .text = text };
    size_t room = capacity;
    iconv_t codec = iconv_open(to, from);
    size_t result;

    *written = 0;
    if (codec == (iconv_t)-1)
        return false;
    result = iconv(codec, &input.unsafe, &size, &out, &room);
    iconv_close(codec);
    *written = capacity - room;
    return result == 0 && size == 0;
}

json_t *capture_json_octets(struct ndr_bytes octets)
{
    static const char digits[] = "0123456789abcdef";
    char *hex = malloc((size_t)octets.len * 2 + 1);
    json_t *value;

    if (!hex)
        return NULL;
    for (size_t i = 0; i < octets.len; i++) {
        hex[2 * i] = digits[octets.data[i] >> 4];
        hex[2 * i + 1] = digits[octets.data[i] & 15];
    }
    value = json_stringn(hex, (size_t)octets.len * 2);
    explicit_bzero(hex, (size_t)octets.len * 2);
    free(hex);
    return value;
}

/* A JSON string of the text, or NULL where there is none that gives back the same octets. */
static json_t *plain_text(struct ndr_bytes text, unsigned unit)
{
    size_t capacity = (size_t)text.len * 2 + 1; /* a UTF-16 unit takes at most three octets */
    size_t length = 0;
    char *utf8;
    json_t *value = NULL;

    if (memchr(text.data, '\0', text.len) && unit == 1)
        return NULL;
    if (text.len == 0 || unit == 1)
        return json_stringn((const char *)text.data, text.len);
    utf8 = malloc(capacity);
    if (utf8 && convert("UTF-8", "UTF-16LE", text.data, text.len, utf8, capacity, &length) &&
        !memchr(utf8, '\0', length))
        value = json_stringn(utf8, length);
    free(utf8);
    return value;
}

json_t *capture_json_text(struct ndr_bytes text, unsigned unit)
{
    json_t *value = plain_text(text, unit);

    return value ? value : json_pack("{s:o}", OCTETS_KEY, capture_json_octets(text));
}

int capture_hex_digit(char character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    if (character >= 'a' && character <= 'f')
        return character - 'a' + 10;
    if (character >= 'A' && character <= 'F')
        return character - 'A' + 10;
    return -1;
}

const uint8_t *capture_octets_of(const json_t *value, struct capture_memory *memory, uint32_t *len,
                                 const char **reason)
{
    const char *hex = json_string_value(value);
    size_t length = json_string_length(value);
    uint8_t *octets;

    *len = 0;
    *reason = "no hex digits, two an octet";
    if (!hex || length % 2 || length / 2 > UINT32_MAX)
        return NULL;
    octets = capture_memory_take(memory, length / 2);
    if (!octets)
        *reason = "out of memory";
    for (size_t i = 0; octets && i < length / 2; i++) {
        int high = capture_hex_digit(hex[2 * i]);
        int low = capture_hex_digit(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            return NULL;
        octets[i] = (uint8_t)(high << 4 | low);
    }
    *len = (uint32_t)(length / 2);
    return octets;
}

static bool octets_form(const json_t *value, struct capture_memory *memory, struct ndr_bytes *text,
                        const char **reason)
{
    const json_t *octets = json_object_get(value, OCTETS_KEY);

    *reason = "neither a string nor {\"" OCTETS_KEY "\": hex}";
    if (!octets || json_object_size(value) != 1)
        return false;
    text->data = capture_octets_of(octets, memory, &text->len, reason);
    return text->data != NULL;
}

bool capture_text_of(const json_t *value, unsigned unit, struct capture_memory *memory,
                     struct ndr_bytes *text, const char **reason)
{
    size_t length = json_string_length(value);
    size_t written = 0;
    char *octets;

    *text = (struct ndr_bytes){ NULL, 0 };
    if (!json_is_string(value))
        return octets_form(value, memory, text, reason);
    *reason = "too long or out of memory";
    octets = length < INT32_MAX / 2 ? capture_memory_take(memory, length * unit) : NULL;
    if (!octets)
        return false;
    text->data = (const uint8_t *)octets;
    text->len = (uint32_t)length;
    if (unit == 1)
        memcpy(octets, json_string_value(value), length);
    else if (length > 0) {
        *reason = "no UTF-8";
        if (!convert("UTF-16LE", "UTF-8", json_string_value(value), length, octets, length * 2,
                     &written))
            return false;
        text->len = (uint32_t)written;
    }
    return true;
}
