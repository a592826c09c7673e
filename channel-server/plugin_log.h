/* SPDX-License-Identifier: Apache-2.0
 *
 * The plug-in's lines in FreeRDP's log, under the tag com.rdpesc. No secrets go in.
 */
#ifndef RDPESC_PLUGIN_LOG_H
#define RDPESC_PLUGIN_LOG_H

#include "freerdp_compat.h"

/* One line of at most 255 octets; level is WLOG_INFO, WLOG_WARN or WLOG_ERROR. */
void plugin_log(DWORD level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
