/* SPDX-License-Identifier: Apache-2.0
 *
 * Finished replies that did not fit into OutputBufferLength, kept for the caller's retry: the same
 * call again with more room. Without them the retry would send an APDU to the card twice.
 * [MS-RDPESC] 3.1.4
 */
#ifndef RDPESC_REPLAY_KEPT_H
#define RDPESC_REPLAY_KEPT_H

#include "replay_memory.h"

#define REPLAY_KEPT_MAX 8

struct replay_kept_reply {
    struct replay_block block; /* the input, then the output */
    uint32_t code;
    uint32_t limit; /* OutputBufferLength that was too small, octets */
    uint32_t input_length;
    uint32_t output_length;
};

/* Zeroed it is empty. */
struct replay_kept {
    struct replay_kept_reply replies[REPLAY_KEPT_MAX];
    uint32_t next; /* to be replaced */
};

/* Keeps a copy of output, the reply to code and input, in the place of the oldest. Without memory
 * nothing is kept. */
void replay_kept_add(struct replay_kept *kept, uint32_t code, uint32_t limit,
                     struct ndr_bytes input, struct ndr_bytes output);

/* Takes the reply to this call out of kept: into *reply, which the caller gives back. False: there
 * is none. One for which limit is no more than it was is dropped: that is the same call anew, not a
 * retry. */
NDR_NODISCARD bool replay_kept_take(struct replay_kept *kept, uint32_t code, uint32_t limit,
                                    struct ndr_bytes input, struct replay_kept_reply *reply);

/* The output of a reply, as long as the reply. */
struct ndr_bytes replay_kept_output(const struct replay_kept_reply *reply);

/* Wipes and frees a reply that was taken. */
void replay_kept_give(struct replay_kept_reply *reply);

/* Wipes and frees all. */
void replay_kept_clear(struct replay_kept *kept);

#endif
