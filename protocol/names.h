/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of numbers, for people: what a log line, a dump or an error message says instead of
 * 0x8010001D.
 */
#ifndef RDPESC_NAMES_H
#define RDPESC_NAMES_H

#include "rdpesc.h"

/* "SCARD_E_NO_SERVICE", "SCARD_S_SUCCESS"; a constant string, "unknown code" for others.
 * [MS-RDPESC] 2.2.8 */
const char *rdpesc_scard_name(scard_code code);
/* "no smart card service runs": the same as a short sentence without capital and full stop;
 * "unknown code" for others. */
const char *rdpesc_scard_text(scard_code code);

/* The name of a control code: that of its call, "ReleaseTartedEvent" for the one that the
 * specification lists but nobody may call, NULL for others. [MS-RDPESC] 3.1.4 */
const char *rdpesc_code_name(uint32_t code);

/* Octets that the name of any value takes, its NUL included. */
#define RDPESC_VALUE_NAME_MAX 320

/* Writes what the value of a field means, "SCARD_SHARE_SHARED" for 2 in dwShareMode, to text (room
 * octets, at least RDPESC_VALUE_NAME_MAX). Bits are joined by " | ", what has no name follows as a
 * number; the high half of a reader state is a count of events. field: as the specifications spell
 * it, in [MS-RDPESC] or [MS-RDPEFS]. False, and "": neither field nor value has a name. */
bool rdpesc_value_name(const char *field, uint32_t value, char *text, size_t room);

#endif
