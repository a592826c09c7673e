/* SPDX-License-Identifier: Apache-2.0
 *
 * The mirror: the client's readers, their states and ATRs, kept fresh by one parked GetStatusChange
 * over all of them and the PnP reader. It answers "which readers are there and what is in them"
 * without a round trip, and tells when that changed.
 *
 * When the link goes the readers go; when it returns they return, with event counters that never go
 * back. A client whose answers lead nowhere (always an error, or always at once and nothing new) is
 * asked a few times and then left alone until the next link or mirror_refresh. No I/O of its own:
 * it makes calls through the session and runs on its thread.
 */
#ifndef RDPESC_MIRROR_H
#define RDPESC_MIRROR_H

#include "session.h"

/* [MS-RDPESC] lets one GetStatusChange ask for 11 readers: the PnP reader and ten others. */
#define MIRROR_READERS_MAX 10

struct mirror;

struct mirror_reader {
    char name[RDPESC_READER_NAME_MAX + 1]; /* UTF-8 */
    uint32_t state;                        /* RDPESC_STATE_ bits without CHANGED, low half only */
    uint32_t counter; /* insertions and removals seen; never goes back while the mirror lives */
    uint32_t
        active_protocol; /* RDPESC_PROTOCOL_ of the last connection to this card, 0: none yet */
    uint32_t atr_len;    /* octets */
    uint8_t atr[RDPESC_ATR_MAX];
};

/* changed runs whenever readers, states, counters or readiness changed, from inside
 * session_receive, session_detach, mirror_link or mirror_refresh. notice (may be NULL) gets one
 * line for the operator, valid during the call. */
struct mirror_observer {
    void *self;
    void (*changed)(void *self);
    void (*notice)(void *self, const char *line);
};

/* NULL when there is no memory. session must outlive the mirror. */
struct mirror *mirror_new(struct session *session, const struct mirror_observer *observer);
void mirror_free(struct mirror *mirror);

/* To be told every change of the link (session_observer.link). */
void mirror_link(struct mirror *mirror, enum session_link link);

/* A program asks for readers: when the mirror had stopped asking the client (no smart card service
 * there, or answers that led nowhere), it asks once more. What is there is not waited for: a change
 * comes by the observer. */
void mirror_refresh(struct mirror *mirror);

/* The readers now; *count is their number. Valid until the next packet or link change. */
const struct mirror_reader *mirror_readers(const struct mirror *mirror, size_t *count);
/* True when what mirror_readers says was told by the client of the present link. */
bool mirror_is_ready(const struct mirror *mirror);
/* Why there are no readers: RDPESC_S_SUCCESS when the client's resource manager answers, else the
 * error that it gave for a context (RDPESC_E_NO_SERVICE: no pcscd on the user's machine). */
scard_code mirror_service(const struct mirror *mirror);
/* A connection to this reader (UTF-8 name) was made with this protocol: kept for Status until the
 * card goes. */
void mirror_note_protocol(struct mirror *mirror, const char *reader, uint32_t protocol);

#endif
