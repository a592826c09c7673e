/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes a key and a self-signed certificate for this machine.
 */
#ifndef RDPESC_HOST_SELF_SIGNED_H
#define RDPESC_HOST_SELF_SIGNED_H

#include <stdbool.h>

/* Writes both PEM files, the key with mode 0600; files of these names are replaced. False: a file
 * cannot be written, or OpenSSL failed. */
bool host_self_signed_make(const char *certificate_path, const char *key_path);

#endif
