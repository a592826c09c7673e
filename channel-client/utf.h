/* SPDX-License-Identifier: Apache-2.0
 *
 * Reader names between UTF-8 (programs, pcsc-lite) and UTF-16LE (the wire of [MS-RDPESC]), by iconv
 * of libc.
 */
#ifndef RDPESC_UTF_H
#define RDPESC_UTF_H

#include "ndr.h"

/* Writes the UTF-16LE form of length octets of UTF-8 to out, without a NUL; *written is its length
 * in octets. False, and *written 0: the text is not UTF-8, or it takes more than capacity octets.
 */
NDR_NODISCARD bool utf16_from_utf8(const char *text, size_t length, uint8_t *out, size_t capacity,
                                   uint32_t *written);

/* Writes the UTF-8 form of a view of UTF-16LE to out, with a NUL; capacity counts the NUL. False,
 * and out is "": the view is not UTF-16 or holds a NUL, or the text takes more than capacity
 * octets. capacity must not be 0. */
NDR_NODISCARD bool utf8_from_utf16(struct ndr_bytes text, char *out, size_t capacity);

#endif
