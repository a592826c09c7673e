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

#endif
