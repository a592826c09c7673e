/* SPDX-License-Identifier: Apache-2.0 */
#include <stdalign.h>

#include "member.h"

/* Limits above this many octets or elements are drawn seldom, or they would be all one sees. */
#define LARGE 64u

struct generator {
    uint64_t state;
    struct ndr_arena *arena;
};

/* SplitMix64: every seed is a good one, and each machine draws the same. */
static uint32_t draw_any(struct generator *g)
{
    uint64_t mixed;

    g->state += 0x9E3779B97F4A7C15u;
    mixed = g->state;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return (uint32_t)(mixed >> 32);
}

static uint32_t draw_up_to(struct generator *g, uint32_t max)
{
    uint32_t any = draw_any(g);

    return max == UINT32_MAX ? any : any % (max + 1);
}

static bool one_in(struct generator *g, uint32_t n)
{
    return draw_up_to(g, n - 1) == 0;
}

static uint32_t smaller(uint32_t a, size_t b)
{
    return a < b ? a : (uint32_t)b;
}

/* Ends and the middle alike: where codecs go wrong. */
static uint32_t draw_number(struct generator *g, uint32_t max)
{
    switch (draw_up_to(g, 7)) {
    case 0: return 0;
    case 1: return smaller(1, max);
    case 2: return max;
    case 3: return max ? max - 1 : 0;
    case 4: return draw_up_to(g, smaller(255, max));
    default: return draw_up_to(g, max);
    }
}

/* The most that one ndr_arena_take can get. */
static size_t room_left(const struct ndr_arena *arena)
{
    return (arena->size - arena->used) / alignof(max_align_t) * alignof(max_align_t);
}

/* How many elements: empty, one, few, odd, the limit; and never more than the arena has room for.
 */
static uint32_t draw_count(struct generator *g, uint32_t max, size_t element)
{
    uint32_t few = smaller(max, 9);
    uint32_t count = draw_up_to(g, few);

    if (one_in(g, 4))
        count = draw_up_to(g, smaller(max, LARGE));
    if (one_in(g, 8))
        count = 0;
    if (one_in(g, max > LARGE ? 64 : 8))
        count = max - draw_up_to(g, smaller(max, 3));
    return smaller(count, room_left(g->arena) / element);
}

static uint8_t *draw_octets(struct generator *g, size_t len)
{
    uint8_t *octets = ndr_arena_take(g->arena, len);

    for (size_t i = 0; octets && i < len; i++)
        octets[i] = (uint8_t)draw_any(g);
    return octets;
}

static void generate_u32(struct generator *g, const struct ndr_row *row, void *member)
{
    uint32_t value = draw_number(g, row->max);

    memcpy(member, &value, sizeof value);
}

static void generate_fixed(struct generator *g, const struct ndr_row *row, uint8_t *member)
{
    for (uint32_t i = 0; i < row->max; i++)
        member[i] = (uint8_t)draw_any(g);
}

static void generate_bytes(struct generator *g, const struct ndr_row *row, void *member)
{
    struct ndr_bytes bytes = { NULL, 0 };

    if (!one_in(g, 4)) {
        bytes.len = draw_count(g, row->max, 1);
        bytes.data = draw_octets(g, bytes.len);
    }
    if (!bytes.data)
        bytes.len = row->flags & NDR_LENGTH_ONLY ? draw_number(g, row->max) : 0;
    memcpy(member, &bytes, sizeof bytes);
}

/* Mostly letters, now and then any character but NUL, which would end the string. */
static void draw_character(struct generator *g, uint8_t *character, uint8_t unit)
{
    uint32_t code = one_in(g, 8) ? draw_any(g) : '!' + draw_up_to(g, '~' - '!');

    character[0] = (uint8_t)code;
    if (unit == 2)
        character[1] = (uint8_t)(code >> 8);
    if (character[0] == 0)
        character[0] = 1;
}

static void generate_string(struct generator *g, const struct ndr_row *row, void *member)
{
    struct ndr_bytes string = { NULL, 0 };
    uint8_t *characters = NULL;

    if (!one_in(g, 8)) {
        string.len = draw_count(g, NDR_STRING_CAP, row->unit) * row->unit;
        characters = ndr_arena_take(g->arena, string.len);
    }
    for (uint32_t i = 0; characters && i < string.len; i += row->unit)
        draw_character(g, characters + i, row->unit);
    string.data = characters;
    memcpy(member, &string, sizeof string);
}

static void generate_struct(struct generator *g, const struct ndr_type *type, uint8_t *out);

static void generate_pointer(struct generator *g, const struct ndr_row *row, void *member)
{
    void *taken = one_in(g, 4) ? NULL : ndr_arena_take(g->arena, row->type->size);

    memcpy(member, &taken, sizeof taken);
    if (taken)
        generate_struct(g, row->type, taken);
}

static void generate_array(struct generator *g, const struct ndr_row *row, void *member)
{
    struct ndr_array array = { NULL, 0 };
    uint8_t *taken = NULL;

    if (!one_in(g, 8)) {
        array.len = draw_count(g, row->max, row->type->size);
        taken = ndr_arena_take(g->arena, (size_t)array.len * row->type->size);
    }
    for (uint32_t i = 0; taken && i < array.len; i++)
        generate_struct(g, row->type, taken + (size_t)i * row->type->size);
    array.at = taken;
    memcpy(member, &array, sizeof array);
}

static void generate_struct(struct generator *g, const struct ndr_type *type, uint8_t *out)
{
    for (size_t i = 0; i < type->row_count; i++) {
        const struct ndr_row *row = &type->rows[i];
        uint8_t *member = ndr_member_of(row, out);

        switch (row->kind) {
        case NDR_U32: generate_u32(g, row, member); break;
        case NDR_FIXED: generate_fixed(g, row, member); break;
        case NDR_BYTES: generate_bytes(g, row, member); break;
        case NDR_STRING: generate_string(g, row, member); break;
        case NDR_STRUCT: generate_struct(g, row->type, member); break;
        case NDR_POINTER: generate_pointer(g, row, member); break;
        default: generate_array(g, row, member); break;
        }
    }
}

void ndr_generate(const struct ndr_type *type, uint64_t seed, void *out, struct ndr_arena *arena)
{
    struct generator g = { seed, arena };

    memset(out, 0, type->size);
    generate_struct(&g, type, out);
}
