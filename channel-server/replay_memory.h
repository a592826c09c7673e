/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that may hold APDUs and PINs: whole pages that stay out of core dumps, wiped before they
 * are given back.
 */
#ifndef RDPESC_REPLAY_MEMORY_H
#define RDPESC_REPLAY_MEMORY_H

#include "ndr.h"

/* Zeroed it is no block. */
struct replay_block {
    uint8_t *at; /* aligned for any object */
    size_t size; /* octets */
    bool secret;
};

/* Takes size octets, zeroed; secret: in pages of their own that core dumps leave out. False: no
 * memory; *block is zeroed. */
NDR_NODISCARD bool replay_block_take(struct replay_block *block, size_t size, bool secret);

/* Wipes the first used octets (those that were written) and gives the block back. *block is zeroed.
 */
void replay_block_give(struct replay_block *block, size_t used);

#endif
