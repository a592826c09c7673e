/* SPDX-License-Identifier: Apache-2.0
 *
 * Accepts RDP clients and decides about them: the first that finishes its handshake gets the
 * session, others are told that they are refused, and who does not finish in time is put out. Says
 * each of these things to the operator.
 *
 * Everything runs on the loop's thread.
 */
#ifndef RDPESC_HOST_LISTENER_H
#define RDPESC_HOST_LISTENER_H

#include <uv.h>

#include "host_certificate.h"
#include "host_peer.h"
#include "session.h"

/* Clients at most in their handshake at once; and for how long, in milliseconds. */
#define HOST_HANDSHAKES_MAX    8
#define HOST_HANDSHAKE_TIMEOUT 30000
/* How long a client that was told to go may take, in milliseconds. */
#define HOST_FAREWELL_TIMEOUT 3000

/* Whom the listener tells. no_device: the client that got the session redirects nothing. ended:
 * after host_listener_close, everybody is gone and the listener may be freed. */
struct host_listener_observer {
    void *self;
    void (*no_device)(void *self);
    void (*ended)(void *self);
};

struct host_listener;

/* Starts to listen. address is a number or a name, of which the first address is taken; port 0: the
 * system chooses. own, session and loop must outlive the listener. NULL, and the reason was said.
 */
struct host_listener *host_listener_new(uv_loop_t *loop, const char *address, uint16_t port,
                                        const struct host_certificate *own, struct session *session,
                                        const struct host_listener_observer *observer);
/* Stops to listen and sends everybody away; observer.ended follows, at the latest after
 * HOST_FAREWELL_TIMEOUT and a moment. */
void host_listener_close(struct host_listener *listener, enum host_peer_reason reason);
/* After observer.ended. The memory goes when the loop has run its closing callbacks. */
void host_listener_free(struct host_listener *listener);

#endif
