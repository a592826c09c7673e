/* SPDX-License-Identifier: Apache-2.0
 *
 * The session engine: the protocol client of [MS-RDPESC] 3.2 with the RDPDR server role of
 * [MS-RDPEFS] 3.3 below it. It makes calls over a byte channel and hands back their returns. One
 * per session; it outlives links: while no client is connected it waits for the next. It does no
 * I/O, has no clock and no threads of its own: everything runs on the caller's one thread.
 *
 *     session_attach(session, &channel);            the channel to a client is open
 *     session_receive(session, pdu);                for every RDPDR packet that arrives
 *     session_call(session, RDPESC_ConnectW, &call, connected, self);
 *     session_detach(session);                      the channel is gone: every pending call ends
 *
 * Not here: who calls (front.h serves programs), where octets come from (transport_wts.h), what
 * readers there are (mirror.h).
 */
#ifndef RDPESC_SESSION_H
#define RDPESC_SESSION_H

#include "rdpesc.h"

struct session;

/* Where packets go. write sends one whole RDPDR packet and keeps no reference to it; false when the
 * channel is gone. It may not call back into the session. */
struct session_channel {
    void *self;
    bool (*write)(void *self, struct ndr_bytes pdu);
};

enum session_link {
    SESSION_DOWN,       /* no channel */
    SESSION_CONNECTING, /* channel open, handshake under way */
    SESSION_NO_DEVICE,  /* the client has announced its devices, no smart card among them */
    SESSION_UP          /* the smart card device answers calls */
};

/* Whom the session tells. Both are called from inside session_attach, session_receive or
 * session_detach and may make calls; notice gets one line for the operator, valid during the call.
 */
struct session_observer {
    void *self;
    void (*link)(void *self, enum session_link link);
    void (*notice)(void *self, const char *line);
};

/* What went over the link since session_new; they only grow. */
struct session_counters {
    uint64_t links;          /* channels attached */
    uint64_t ioctls;         /* calls sent, retries included */
    uint64_t bytes_sent;     /* RDPDR octets to the client */
    uint64_t bytes_received; /* RDPDR octets from the client */
};

/* How a call ended. code is RDPESC_S_SUCCESS when ret is the decoded return structure of the call
 * (look at its ReturnCode), valid during this call only. Otherwise ret is NULL and code says why
 * there is none: RDPESC_E_READER_UNAVAILABLE (the link was lost), RDPESC_F_COMM_ERROR (the client
 * refused the call or its answer does not decode). */
typedef void session_done(void *user, scard_code code, const void *ret);

/* A new session without a link; NULL when there is no memory. *observer is copied, its self must
 * outlive the session. */
struct session *session_new(const struct session_observer *observer);
/* Ends pending calls like session_detach, then frees. NULL is allowed. */
void session_free(struct session *session);

/* A channel is open: starts the handshake with a Server Announce. Detaches an older channel first.
 * *channel is copied. */
void session_attach(struct session *session, const struct session_channel *channel);
/* The channel is gone. Each pending call's done runs with RDPESC_E_READER_UNAVAILABLE before this
 * returns. */
void session_detach(struct session *session);
/* One whole RDPDR packet from the client; a view that is not kept. False when it breaks [MS-RDPEFS]
 * so that the channel should be closed: the session has said why in a notice and answers nothing
 * more on this channel. */
NDR_NODISCARD bool session_receive(struct session *session, struct ndr_bytes pdu);

enum session_link session_link_state(const struct session *session);
/* The name that the client gave, UTF-8 and printable; "" before it gave one. Valid until the next
 * packet. */
const char *session_peer_name(const struct session *session);
struct session_counters session_counters(const struct session *session);

/* Makes one call. call is the call structure of code; it and what it points at may go as soon as
 * this returns. done runs exactly once later, never from inside session_call; done NULL: nobody
 * waits, a failure is told as a notice. False, and done never runs:
 * no link is up (SESSION_UP), or the call does not encode, or there is no memory, or 4096 calls
 * wait for an answer already. STATUS_BUFFER_TOO_SMALL is answered with the same call and a doubled
 * OutputBufferLength, up to 8 MiB. [MS-RDPESC] 3.2.5 */
NDR_NODISCARD bool session_call(struct session *session, uint32_t code, const void *call,
                                session_done *done, void *user);

#endif
