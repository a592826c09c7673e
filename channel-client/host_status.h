/* SPDX-License-Identifier: Apache-2.0
 *
 * How the session is doing, as one JSON object, told to whoever of the same user connects to a UNIX
 * socket.
 */
#ifndef RDPESC_HOST_STATUS_H
#define RDPESC_HOST_STATUS_H

#include <uv.h>

#include "front.h"

struct host_status;

/* What is told about. All must outlive the host_status; front may become NULL. */
struct host_status_sources {
    const struct session *session;
    const struct mirror *mirror;
    const struct front *front;
};

/* Serves on a UNIX socket at path; a file of this name is replaced. NULL, and the reason was said.
 */
struct host_status *host_status_new(uv_loop_t *loop, const char *path,
                                    const struct host_status_sources *sources);
/* Removes the socket. The memory goes when the loop has run its closing callbacks. NULL is allowed.
 */
void host_status_free(struct host_status *status);

#endif
