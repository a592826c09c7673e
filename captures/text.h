/* SPDX-License-Identifier: Apache-2.0
 *
 * Octets and strings as JSON values: hex, and text by iconv of libc.
 *
 * A string that is good UTF-16 (two-octet characters) or UTF-8 (one-octet characters) is a JSON
 * string. Any other one, say with half a surrogate pair, is an object with its octets in hex:
 * {"octets": "00d8"}. So each string has a form, and each form gives back the same octets.
 */
#ifndef RDPESC_CAPTURE_TEXT_H
#define RDPESC_CAPTURE_TEXT_H

#include <jansson.h>

#include "memory.h"
#include "ndr.h"

/* The octets in lower case hex as a new JSON string; NULL: out of memory. */
json_t *capture_json_octets(struct ndr_bytes octets);

/* The characters, unit octets each (1 or 2), as a new JSON value; NULL: out of memory. */
json_t *capture_json_text(struct ndr_bytes text, unsigned unit);

/* 0 to 15, or -1 for a character that is no hex digit. */
int capture_hex_digit(char character);

/* Hex digits, two an octet, to octets in memory; NULL when value is no string of such, and then
 * *reason says what is wrong. */
const uint8_t *capture_octets_of(const json_t *value, struct capture_memory *memory, uint32_t *len,
                                 const char **reason);

/* Either form of a text to octets in memory. False: *reason says what is wrong with value. The
 * octets form may hold anything: half a character, a NUL. */
NDR_NODISCARD bool capture_text_of(const json_t *value, unsigned unit,
                                   struct capture_memory *memory, struct ndr_bytes *text,
                                   const char **reason);

#endif
