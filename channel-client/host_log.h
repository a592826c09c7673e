/* SPDX-License-Identifier: Apache-2.0
 *
 * What rdpesc-host tells its operator: one line a call on standard error. Only the loop's thread
 * says anything.
 */
#ifndef RDPESC_HOST_LOG_H
#define RDPESC_HOST_LOG_H

/* Writes "rdpesc-host: ", the text and a line end. */
void host_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Makes a text that came over the network safe to print: what is not printable ASCII becomes '?'.
 * In place. */
void host_make_printable(char *text);
/* Turns FreeRDP's own messages to standard error, and all but fatal ones off: the lines above tell
 * the same in plain words. RDPESC_LOG=warn or RDPESC_LOG=debug in the environment shows them. */
void host_log_setup(void);

#endif
