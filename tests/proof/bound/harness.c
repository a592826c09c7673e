/* SPDX-License-Identifier: Apache-2.0
 *
 * ndr_arena_bound of every type, for an object of any size up to OCTETS.
 */
#include "any.h"

#include "arena.c"

int main(void)
{
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);

    for (size_t i = 0; i < count; i++) {
        size_t bound = ndr_arena_bound(types[i], Frama_C_unsigned_long_interval(0, OCTETS));

        /*@ assert no_overflow: bound <= 1000 * (size_t)OCTETS; */
        (void)bound;
    }
    return 0;
}
