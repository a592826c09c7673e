/* SPDX-License-Identifier: Apache-2.0
 *
 * Opaque ids for what the session host may name: contexts and card handles. An id is a slot and a
 * serial number with a random half, so that a value the host invents or keeps too long finds
 * nothing.
 */
#ifndef RDPESC_REPLAY_TABLE_H
#define RDPESC_REPLAY_TABLE_H

#include "ndr.h"

#define REPLAY_ID_LENGTH 8

struct replay_id {
    uint8_t octets[REPLAY_ID_LENGTH];
};

struct replay_slot {
    void *object; /* NULL: free */
    struct replay_id id;
};

/* Zeroed but for max it is an empty table. */
struct replay_table {
    struct replay_slot *slots;
    uint32_t size; /* slots there are */
    uint32_t used; /* slots taken */
    uint32_t max;  /* slots there may be, at most 65536 */
    uint16_t serial;
};

/* Gives object a fresh id. False, with *id zeroed: the table is full, or there is no memory or no
 * randomness. */
NDR_NODISCARD bool replay_table_add(struct replay_table *table, void *object, struct replay_id *id);

/* The object of this id, or NULL: there is none. */
void *replay_table_find(const struct replay_table *table, struct ndr_bytes id);

/* Forgets the object of this id, if there is one. */
void replay_table_remove(struct replay_table *table, const struct replay_id *id);

/* Forgets all and frees the slots; max stays. */
void replay_table_clear(struct replay_table *table);

/* The id as a view, as long as the id. */
struct ndr_bytes replay_id_view(const struct replay_id *id);

#endif
