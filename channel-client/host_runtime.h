/* SPDX-License-Identifier: Apache-2.0
 *
 * The runtime folder of rdpesc-host: sockets, certificate and key live there. Nobody but its owner
 * may look into it.
 */
#ifndef RDPESC_HOST_RUNTIME_H
#define RDPESC_HOST_RUNTIME_H

#include <stdbool.h>

/* Octets of a path in the folder with its NUL: what the address of a UNIX socket holds. */
#define HOST_PATH_MAX 108

/* Writes the path of the folder: wanted when that is not NULL, else $XDG_RUNTIME_DIR/rdpesc, else
 * /run/user/UID/rdpesc where /run/user/UID exists, else /tmp/rdpesc-UID. False, and the reason was
 * said: the path leaves no room for a file name. */
bool host_runtime_dir(char dir[HOST_PATH_MAX], const char *wanted);
/* Makes the folder with mode 0700, or checks that it is a folder, no symbolic link, owned by this
 * user and closed to others. False, and the reason was said. */
bool host_runtime_prepare(const char *dir);
/* Writes dir/name, which host_runtime_dir left room for. */
void host_runtime_path(char path[HOST_PATH_MAX], const char *dir, const char *name);

#endif
