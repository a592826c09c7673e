/* SPDX-License-Identifier: Apache-2.0
 *
 * ndr_arena_take, for WP: what it gives lies inside the arena, and a request that does not fit
 * leaves the arena as it was. Sizes near the end of the address space are left out: no object is as
 * large.
 */
#include "ndr.h"

/* clang-format off */

/*@ predicate good_arena(struct ndr_arena *a) =
      \valid(a) && a->used <= a->size && a->size <= 0x7FFFFFFFFFFFFFFF &&
      (a->base != \null ==> \valid(a->base + (0 .. a->size - 1)) &&
                            \separated(a, a->base + (0 .. a->size - 1)));
*/

/*@ requires size <= 0x7FFFFFFFFFFFFFFF;
    assigns \nothing;
    ensures size <= \result < size + 16 && \result == (size + 15) / 16 * 16;
*/
static size_t round_up(size_t size);

/*@ requires good_arena(arena);
    assigns \nothing;
    ensures arena->base == \null ==> \result == 0;
    ensures arena->base != \null ==> \result == (arena->size - arena->used) / 16 * 16;
*/
size_t ndr_arena_left(const struct ndr_arena *arena);

/*@ requires good_arena(arena) && size > 0;
    assigns arena->used, arena->base[0 .. arena->size - 1];
    ensures good_arena(arena);
    ensures \result == \null ==> arena->used == \old(arena->used);
    ensures \result != \null ==> size <= arena->used - \old(arena->used);
    ensures \result != \null ==> \result == (void *)(arena->base + \old(arena->used));
*/
void *ndr_arena_take(struct ndr_arena *arena, size_t size);

/* clang-format on */

#include "arena.c"
