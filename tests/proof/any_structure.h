/* SPDX-License-Identifier: Apache-2.0
 *
 * Fills a structure with anything that its rows allow a caller to hand over: any number, any
 * octets, a view that is NULL or as long as it says, a pointer that is NULL or good, an array of up
 * to ELEMENTS good elements.
 */
#ifndef RDPESC_PROOF_ANY_STRUCTURE_H
#define RDPESC_PROOF_ANY_STRUCTURE_H

#include "any.h"
#include "member.h"

static uint8_t any_octets[OCTETS];
/* Elements stand at the end of an array of their own: the one behind the last is out of bounds. */
static uint8_t first_a[BLOCK_OCTETS];
static uint8_t first_b[BLOCK_OCTETS];
static uint8_t second_a[BLOCK_OCTETS];
static uint8_t second_b[BLOCK_OCTETS];
static uint8_t *const ends[2][BLOCKS] = {
    { first_a + sizeof first_a, first_b + sizeof first_b },
    { second_a + sizeof second_a, second_b + sizeof second_b },
};
static unsigned pooled;

static void fill(const struct ndr_type *type, uint8_t *out, unsigned side);

static void fill_view(uint8_t *member)
{
    ndr_set_counted(member, either() ? NULL : any_octets, Frama_C_unsigned_int_interval(0, OCTETS));
}

static void fill_elements(const struct ndr_row *row, uint8_t *member, uint32_t count, unsigned side)
{
    uint8_t *elements = ends[side][pooled++] - (size_t)count * row->type->size;

    for (uint32_t i = 0; i < count; i++)
        fill(row->type, elements + (size_t)i * row->type->size, side);
    ndr_set_pointer(member, either() ? NULL : elements);
    if (row->kind == NDR_ARRAY)
        ndr_set_u32(member + offsetof(struct ndr_array, len),
                    Frama_C_unsigned_int_interval(0, count));
}

static void fill_row(const struct ndr_row *row, uint8_t *member, unsigned side)
{
    switch (row->kind) {
    case NDR_U32: ndr_set_u32(member, Frama_C_unsigned_int_interval(0, UINT32_MAX)); break;
    case NDR_FIXED: Frama_C_make_unknown((char *)member, row->max); break;
    case NDR_BYTES:
    case NDR_STRING: fill_view(member); break;
    case NDR_STRUCT: fill(row->type, member, side); break;
    case NDR_POINTER: fill_elements(row, member, 1, side); break;
    default: fill_elements(row, member, ELEMENTS, side); break;
    }
}

static void fill(const struct ndr_type *type, uint8_t *out, unsigned side)
{
    for (size_t i = 0; i < type->row_count; i++)
        fill_row(&type->rows[i], out + type->rows[i].offset, side);
}

/* One of two structures, each with memory of its own. */
static void any_of(const struct ndr_type *type, union any_structure *out, unsigned side)
{
    pooled = 0;
    Frama_C_make_unknown((char *)any_octets, sizeof any_octets);
    fill(type, out->octets, side);
}

#endif
