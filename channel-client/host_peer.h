/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection of an RDP client: a thread that speaks RDP by libfreerdp-server. It decides
 * nothing. It tells what happened (struct host_peer_state, and a wake-up of the loop) and does what
 * the loop orders.
 *
 *     host_peer_start -> activated -> host_peer_admit, the channel runs -> gone -> host_peer_free
 *                     |            `-> host_peer_dismiss, the client is told why ---^
 *                     `-> gone: no RDP client, or host_peer_abort ------------------^
 *
 * All functions belong to the loop's thread and return at once.
 */
#ifndef RDPESC_HOST_PEER_H
#define RDPESC_HOST_PEER_H

#include <uv.h>

#include "host_certificate.h"
#include "transport_wts.h"

/* Octets of a client's name with its NUL. */
#define HOST_PEER_NAME_MAX 64

/* What a client is told when it has to go. [MS-RDPBCGR] 2.2.5.1.1 */
enum host_peer_reason {
    HOST_PEER_REFUSED = 0x00000007,  /* ERRINFO_SERVER_DENIED_CONNECTION */
    HOST_PEER_SHUTDOWN = 0x00000001, /* ERRINFO_RPC_INITIATED_DISCONNECT */
    HOST_PEER_LOGOFF = 0x0000000C,   /* ERRINFO_LOGOFF_BY_USER: the command has ended */
    HOST_PEER_BROKE_RULES =
        0x000010E1 /* ERRINFO_VCHANNEL_DATA_TOO_SHORT: an RDPDR packet was refused */
};

struct host_peer_state {
    bool activated;                /* handshake and logon are done */
    bool admitted;                 /* the order to admit has been followed */
    bool channel;                  /* then: the client has joined "rdpdr" */
    bool broken;                   /* the channel's packets were refused: to be dismissed */
    bool lost;                     /* when gone: the connection broke, the client did not end it */
    bool gone;                     /* the thread is about to end */
    char name[HOST_PEER_NAME_MAX]; /* of the client's machine once activated; printable */
};

struct host_peer;

/* Takes the connected socket over, in any case, and starts the thread. own and changed must outlive
 * the peer; changed is sent whenever the state changed. NULL when there is no memory. */
struct host_peer *host_peer_start(int socket, const struct host_certificate *own,
                                  uv_async_t *changed);
/* The state now. */
struct host_peer_state host_peer_state(struct host_peer *peer);
/* An activated client gets the session: its frame is drawn and its channel given to transport,
 * which must outlive the peer. */
void host_peer_admit(struct host_peer *peer, struct transport_wts *transport);
/* Tells the client the reason, closes the session and waits for the client to hang up; packets that
 * wait go out before. The caller bounds the time with host_peer_abort. */
void host_peer_dismiss(struct host_peer *peer, enum host_peer_reason reason);
/* Breaks the connection: the peer is gone within moments whatever it was waiting for. */
void host_peer_abort(struct host_peer *peer);
/* Waits for the thread to end, which is at once when the state is gone, and frees the memory. */
void host_peer_free(struct host_peer *peer);

#endif
