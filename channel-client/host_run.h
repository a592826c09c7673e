/* SPDX-License-Identifier: Apache-2.0
 *
 * rdpesc-host at work: joins session, mirror, front, listener, status and command on one loop.
 */
#ifndef RDPESC_HOST_RUN_H
#define RDPESC_HOST_RUN_H

#include "host_options.h"

/* Serves until the command has ended or a signal came. dir is the prepared runtime folder. Returns
 * the exit status of the program; reasons were said. */
int host_run(const struct host_options *options, const char *dir);

#endif
