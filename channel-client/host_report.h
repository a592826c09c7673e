/* SPDX-License-Identifier: Apache-2.0
 *
 * The status report of rdpesc-host: made as JSON on one side, fetched and shown to people on the
 * other.
 */
#ifndef RDPESC_HOST_REPORT_H
#define RDPESC_HOST_REPORT_H

#include <stdbool.h>

#include "host_status.h"

/* The report as one line of JSON with its line end, to be freed by the caller; NULL when there is
 * no memory. */
char *host_report(const struct host_status_sources *sources);
/* Fetches the report of the rdpesc-host that serves at path and prints it to standard output, raw
 * or for people. False, and the reason was said: nobody serves there, or what came is no report. */
bool host_report_show(const char *path, bool raw);

#endif
