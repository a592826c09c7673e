/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define FIRST_SIZE 8

struct ndr_bytes replay_id_view(const struct replay_id *id)
{
    return (struct ndr_bytes){ id->octets, REPLAY_ID_LENGTH };
}

static bool grow(struct replay_table *table)
{
    uint32_t size = table->size ? table->size * 2 : FIRST_SIZE;
    struct replay_slot *slots;

    size = size < table->max ? size : table->max;
    if (size <= table->size)
        return false;
    slots = realloc(table->slots, size * sizeof *slots);
    if (!slots)
        return false;
    memset(slots + table->size, 0, (size - table->size) * sizeof *slots);
    table->slots = slots;
    table->size = size;
    return true;
}

static bool make_id(struct replay_table *table, uint32_t slot, struct replay_id *id)
{
    uint16_t serial = ++table->serial;
    uint8_t *octets = id->octets;

    if (getrandom(octets + 4, REPLAY_ID_LENGTH - 4, 0) != REPLAY_ID_LENGTH - 4)
        return false;
    octets[0] = (uint8_t)slot;
    octets[1] = (uint8_t)(slot >> 8);
    octets[2] = (uint8_t)serial;
    octets[3] = (uint8_t)(serial >> 8);
    return true;
}

bool replay_table_add(struct replay_table *table, void *object, struct replay_id *id)
{
    uint32_t slot = 0;

    memset(id, 0, sizeof *id);
    if (table->used == table->size && !grow(table))
        return false;
    while (table->slots[slot].object)
        slot++;
    if (!make_id(table, slot, id))
        return false;
    table->slots[slot] = (struct replay_slot){ object, *id };
    table->used++;
    return true;
}

static struct replay_slot *find_slot(const struct replay_table *table, struct ndr_bytes id)
{
    uint32_t slot;

    if (!id.data || id.len != REPLAY_ID_LENGTH)
        return NULL;
    slot = id.data[0] | (uint32_t)id.data[1] << 8;
    if (slot >= table->size || !table->slots[slot].object)
        return NULL;
    if (memcmp(table->slots[slot].id.octets, id.data, REPLAY_ID_LENGTH) != 0)
        return NULL;
    return &table->slots[slot];
}

void *replay_table_find(const struct replay_table *table, struct ndr_bytes id)
{
    const struct replay_slot *slot = find_slot(table, id);

    return slot ? slot->object : NULL;
}

void replay_table_remove(struct replay_table *table, const struct replay_id *id)
{
    struct replay_slot *slot = find_slot(table, replay_id_view(id));

    if (!slot)
        return;
    memset(slot, 0, sizeof *slot);
    table->used--;
}

void replay_table_clear(struct replay_table *table)
{
    free(table->slots);
    table->slots = NULL;
    table->size = 0;
    table->used = 0;
}
