/* SPDX-License-Identifier: Apache-2.0
 *
 * What owns readers and cards, as the replay engine sees it: a small struct of functions. pcsc-lite
 * stands behind it on a user's machine (rm_pcsclite.h), a script in tests (rm_script.h).
 *
 * All values are those of [MS-RDPESC] (Windows numbers), all names UTF-8: an implementation
 * translates, in one place a value. Every function returns a scard_code. Functions may block for as
 * long as the card does; the engine calls them from its workers, and never two at once on one
 * context but cancel, which any thread may call at any time. On failure out parameters are zero or
 * untouched; nothing is owned by the caller then.
 */
#ifndef RDPESC_RESOURCE_MANAGER_H
#define RDPESC_RESOURCE_MANAGER_H

#include "rdpesc.h"

/* Native values, opaque to the engine; they never leave this machine. */
typedef intptr_t rm_context;
typedef intptr_t rm_card;

/* One reader of status_change. name is the caller's. current and event are as dwCurrentState and
 * dwEventState, the high half of event is the resource manager's count of insertions and removals.
 */
struct rm_reader_state {
    const char *name;
    uint32_t current;
    uint32_t event;
    uint32_t atr_len; /* octets */
    uint8_t atr[RDPESC_ATR_MAX];
};

/* Octets to fill: in: room, out: used. */
struct rm_buffer {
    uint8_t *data;
    uint32_t room;
    uint32_t len;
};

struct resource_manager {
    void *self;

    scard_code (*establish)(void *self, uint32_t scope, rm_context *context);
    scard_code (*release)(void *self, rm_context context);
    /* Names one behind the other, each with its NUL; len counts them all. No reader:
     * RDPESC_E_NO_READERS_AVAILABLE. */
    scard_code (*list_readers)(void *self, rm_context context, struct rm_buffer *names);
    /* timeout in ms, RDPESC_INFINITE for ever. RDPESC_E_TIMEOUT, RDPESC_E_CANCELLED. A name
     * RDPESC_PNP_READER waits for readers to come or go. */
    scard_code (*status_change)(void *self, rm_context context, uint32_t timeout,
                                struct rm_reader_state *states, uint32_t count);
    /* Ends a blocking status_change on context if one blocks at that moment, else does nothing. */
    scard_code (*cancel)(void *self, rm_context context);
    scard_code (*connect)(void *self, rm_context context, const char *reader, uint32_t share_mode,
                          uint32_t protocols, rm_card *card, uint32_t *active_protocol);
    scard_code (*reconnect)(void *self, rm_card card, uint32_t share_mode, uint32_t protocols,
                            uint32_t initialization, uint32_t *active_protocol);
    /* The card is gone afterwards, whatever this returns. */
    scard_code (*disconnect)(void *self, rm_card card, uint32_t disposition);
    /* begin, reconnect, status and transmit do not wait for another program's transaction:
     * RDPESC_E_SHARING_VIOLATION, after 100 ms at the latest; the engine asks again until it has it
     * or its caller gives up. */
    scard_code (*begin)(void *self, rm_card card);
    scard_code (*end)(void *self, rm_card card, uint32_t disposition);
    /* state as enum rdpesc_card_state; reader: names with NUL as in list_readers; atr: room of
     * RDPESC_ATR_MAX octets. */
    scard_code (*status)(void *self, rm_card card, struct rm_buffer *reader, uint32_t *state,
                         uint32_t *protocol, struct rm_buffer *atr);
    /* recv_protocol may be NULL: not wanted. */
    scard_code (*transmit)(void *self, rm_card card, uint32_t send_protocol, struct ndr_bytes send,
                           uint32_t *recv_protocol, struct rm_buffer *recv);
    scard_code (*control)(void *self, rm_card card, uint32_t code, struct ndr_bytes in,
                          struct rm_buffer *out);
    scard_code (*get_attrib)(void *self, rm_card card, uint32_t attribute, struct rm_buffer *value);
    scard_code (*set_attrib)(void *self, rm_card card, uint32_t attribute, struct ndr_bytes value);
};

#endif
