/* SPDX-License-Identifier: Apache-2.0
 *
 * The pcscd socket front: a UNIX socket that speaks the protocol of pcscd (4:4, 4:5, 4:6) to the
 * stock libpcsclite of unmodified programs, reached through PCSCLITE_CSOCK_NAME, and turns what
 * they ask into calls of the session.
 *
 * One libuv loop, one state machine a connection, no threads. The socket serves before, during and
 * after a link: without one there are no readers. Only the user who owns the process may connect.
 */
#ifndef RDPESC_FRONT_H
#define RDPESC_FRONT_H

#include <uv.h>

#include "mirror.h"

struct front;

struct front_options {
    const char *path; /* of the socket; its folder must exist and be 0700. At most 107 octets */
    uint32_t reader_slots;    /* elements of the reader array that 4:4 and 4:5 clients expect: 16 in
                                 Debian, 48 elsewhere */
    uint32_t max_connections; /* a further program is refused by closing its connection */
    /* One line for the operator, valid during the call: a program was refused, and why. May be
     * NULL. */
    void (*notice)(void *self, const char *line);
    void *self; /* for notice */
};

/* What programs asked since front_new; they only grow, but clients and contexts which are what is
 * open now. */
struct front_counters {
    uint64_t scard_calls; /* SCard functions that programs called; see below */
    uint64_t transmits;   /* of which SCardTransmit */
    uint64_t round_trips; /* calls over the link that a program waited for */
    uint64_t clients;     /* connections open now */
    uint64_t contexts;    /* contexts open now */
};

/* scard_calls is what the socket shows. libpcsclite answers SCardIsValidContext,
 * SCardListReaderGroups and SCardFreeMemory by itself; what it repeats by itself after
 * SCARD_E_SHARING_VIOLATION is one call; SCardGetStatusChange is one however often it looks again,
 * but one that times out shows as two, and one that waits long as one more each minute: no octet
 * tells those from calls of the program. */

/* Starts to serve on loop. NULL on failure, *problem (may be NULL) then is a constant sentence that
 * says why: the path is too long or cannot be bound, or there is no memory. *options is copied;
 * session, mirror and loop must outlive the front. A socket file that nobody listens on is
 * replaced; one that is in use is an error. SIGPIPE is ignored from then on, if the process had
 * left it to end itself: a program may go at any time. */
struct front *front_new(uv_loop_t *loop, struct session *session, struct mirror *mirror,
                        const struct front_options *options, const char **problem);
/* Ends all connections (programs see their daemon go) and removes the socket file. The memory goes
 * when the loop has run its closing callbacks: run the loop afterwards. NULL is allowed. */
void front_free(struct front *front);

/* The readers changed: wakes programs that wait for that. To be called from
 * mirror_observer.changed. */
void front_readers_changed(struct front *front);
/* The link is gone: handles of programs are dead, their contexts stay and are opened on the far
 * side anew when needed. */
void front_link(struct front *front, enum session_link link);

struct front_counters front_counters(const struct front *front);

#endif
