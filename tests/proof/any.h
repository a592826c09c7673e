/* SPDX-License-Identifier: Apache-2.0
 *
 * What the harnesses share: sizes, any octets, any structure of a type. Read by Frama-C only.
 */
#ifndef RDPESC_PROOF_ANY_H
#define RDPESC_PROOF_ANY_H

#include "__fc_builtin.h"
#include "cursor.h"
#include "rdpesc.h"

/* Every input up to so many octets: above the largest APDU with all its headers. */
#define OCTETS 70000
/* Elements of an array in a structure that is encoded, compared or printed. */
#define ELEMENTS 12
/* Arrays and pointers of one structure. */
#define BLOCKS       2
#define BLOCK_OCTETS 80000

/* NULL or not, one or the other: both are followed. */
static inline bool either(void)
{
    return Frama_C_interval(0, 1) != 0;
}

/* Room for any call or return, and for any of the structures inside. */
union any_structure {
    union rdpesc_call call;
    union rdpesc_return ret;
    uint8_t octets[sizeof(union rdpesc_call)];
};

#endif
