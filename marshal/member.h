/* SPDX-License-Identifier: Apache-2.0
 *
 * How the engine touches members of structures it knows only by their rows: by memcpy at an
 * address, so that no type is accessed as another. Internal to marshal/.
 */
#ifndef RDPESC_MEMBER_H
#define RDPESC_MEMBER_H

#include <string.h>

#include "ndr.h"

/* BYTES, STRING and ARRAY members are a pointer and a count behind it; both forms agree where. */
_Static_assert(offsetof(struct ndr_bytes, data) == 0 && offsetof(struct ndr_array, at) == 0 &&
                   offsetof(struct ndr_bytes, len) == offsetof(struct ndr_array, len),
               "views and arrays are laid out alike");

static inline const void *ndr_member(const struct ndr_row *row, const void *object)
{
    return (const uint8_t *)object + row->offset;
}

static inline void *ndr_member_of(const struct ndr_row *row, void *object)
{
    return (uint8_t *)object + row->offset;
}

static inline uint32_t ndr_get_u32(const void *member)
{
    uint32_t value;

    memcpy(&value, member, sizeof value);
    return value;
}

static inline void ndr_set_u32(void *member, uint32_t value)
{
    memcpy(member, &value, sizeof value);
}

/* A POINTER member, or the pointer of a BYTES, STRING or ARRAY member. */
static inline const void *ndr_get_pointer(const void *member)
{
    const void *value;

    memcpy(&value, member, sizeof value);
    return value;
}

static inline void ndr_set_pointer(void *member, const void *value)
{
    memcpy(member, &value, sizeof value);
}

/* A BYTES, STRING or ARRAY member: len octets or elements. */
static inline struct ndr_array ndr_get_counted(const void *member)
{
    const uint8_t *count = (const uint8_t *)member + offsetof(struct ndr_array, len);

    return (struct ndr_array){ ndr_get_pointer(member), ndr_get_u32(count) };
}

static inline void ndr_set_counted(void *member, const void *at, uint32_t len)
{
    ndr_set_pointer(member, at);
    ndr_set_u32((uint8_t *)member + offsetof(struct ndr_array, len), len);
}

static inline struct ndr_bytes ndr_get_bytes(const void *member)
{
    struct ndr_array counted = ndr_get_counted(member);

    return (struct ndr_bytes){ counted.at, counted.len };
}

static inline const void *ndr_element(const struct ndr_row *row, struct ndr_array array, uint32_t i)
{
    return (const uint8_t *)array.at + (size_t)i * row->type->size;
}

#endif
