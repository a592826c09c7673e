/* SPDX-License-Identifier: Apache-2.0 */
#include <stdalign.h>
#include <string.h>

#include "ndr.h"

#define ALIGNMENT alignof(max_align_t)

static size_t round_up(size_t size)
{
    return (size + (ALIGNMENT - 1)) / ALIGNMENT * ALIGNMENT;
}

void *ndr_arena_take(struct ndr_arena *arena, size_t size)
{
    size_t left = arena->size - arena->used;
    uint8_t *taken;

    if (!arena->base || size > left || round_up(size) > left)
        return NULL;
    taken = arena->base + arena->used;
    arena->used += round_up(size);
    memset(taken, 0, size);
    return taken;
}

static size_t row_bound(const struct ndr_row *row, size_t wire_size)
{
    size_t count = 1;

    if (row->kind != NDR_STRUCT && row->kind != NDR_POINTER && row->kind != NDR_ARRAY)
        return 0;
    if (row->kind == NDR_STRUCT)
        return ndr_arena_bound(row->type, wire_size);
    if (row->kind == NDR_ARRAY) {
        count = wire_size / row->type->wire;
        count = count < row->max ? count : row->max;
    }
    return round_up(count * row->type->size) + count * ndr_arena_bound(row->type, wire_size);
}

size_t ndr_arena_bound(const struct ndr_type *type, size_t wire_size)
{
    size_t bound = 0;

    for (size_t i = 0; i < type->row_count; i++)
        bound += row_bound(&type->rows[i], wire_size);
    return bound;
}
