/* SPDX-License-Identifier: Apache-2.0
 *
 * Reader and group names: UTF-8 on this machine, octets (A) or UTF-16LE (W) on the wire. An A name
 * is taken and given as UTF-8.
 */
#ifndef RDPESC_REPLAY_TEXT_H
#define RDPESC_REPLAY_TEXT_H

#include "ndr.h"

/* Octets of one character on the wire. */
enum replay_unit { REPLAY_A = 1, REPLAY_W = 2 };

/* Reads a string, NUL or not, into room octets of UTF-8 with a NUL. False, with an empty string: it
 * is null, does not fit, or is not UTF-16. */
NDR_NODISCARD bool replay_text_read(struct ndr_bytes text, enum replay_unit unit, char *out,
                                    size_t room);

/* Octets that len octets of UTF-8 take on the wire; writes them when out is not NULL. What is no
 * UTF-8 becomes U+FFFD in W. NULs are characters like others. */
size_t replay_text_write(const char *text, size_t len, enum replay_unit unit, uint8_t *out);

#endif
