/* SPDX-License-Identifier: Apache-2.0
 *
 * ndr_decode of every type, from any octets of any length up to OCTETS. What it reads ends where
 * the array wire ends, so that one octet too many is out of bounds.
 */
#include "any.h"

static uint8_t wire[OCTETS];
static long double blocks[BLOCKS][BLOCK_OCTETS / sizeof(long double)];
static unsigned taken;

/* The two things that decode.c gets from elsewhere are replaced by what they promise; the proofs
 * cursor and arena show that they keep it. */
static struct ndr_reader any_reader(struct ndr_bytes bytes)
{
    return (struct ndr_reader){ wire + sizeof wire, bytes.len, 0 };
}

static void *any_take(struct ndr_arena *arena, size_t size)
{
    (void)arena;
    /*@ assert within_a_block: 0 < size <= BLOCK_OCTETS; */
    /*@ assert blocks_left: taken < BLOCKS; */
    return either() ? NULL : blocks[taken++];
}

#define ndr_reader_over any_reader
#define ndr_arena_take  any_take
#include "decode.c"

static void prove(const struct ndr_type *type)
{
    union any_structure out;
    struct ndr_arena arena = { NULL, 0, 0 };
    struct ndr_error error;
    uint32_t len = Frama_C_unsigned_int_interval(0, OCTETS);

    taken = 0;
    memset(blocks, 0, sizeof blocks);
    Frama_C_make_unknown((char *)wire, sizeof wire);
    (void)ndr_decode(type, (struct ndr_bytes){ wire, len }, &out, &arena, either() ? &error : NULL);
}

int main(void)
{
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);

    for (size_t i = 0; i < count; i++)
        prove(types[i]);
    return 0;
}
