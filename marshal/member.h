/* SPDX-License-Identifier: Apache-2.0
 *
 * How the engine touches members of structures it knows only by their rows: by memcpy at an offset,
 * so that no type is accessed as another. Internal to marshal/.
 */
#ifndef RDPESC_MEMBER_H
#define RDPESC_MEMBER_H

#include <string.h>

#include "ndr.h"

static inline const uint8_t *ndr_member(const struct ndr_row *row, const void *object)
{
    return (const uint8_t *)object + row->offset;
}

static inline void *ndr_member_of(const struct ndr_row *row, void *object)
{
    return (uint8_t *)object + row->offset;
}

static inline uint32_t ndr_get_u32(const struct ndr_row *row, const void *object)
{
    uint32_t value;

    memcpy(&value, ndr_member(row, object), sizeof value);
    return value;
}

static inline struct ndr_bytes ndr_get_bytes(const struct ndr_row *row, const void *object)
{
    struct ndr_bytes value;

    memcpy(&value, ndr_member(row, object), sizeof value);
    return value;
}

static inline const void *ndr_get_pointer(const struct ndr_row *row, const void *object)
{
    const void *value;

    memcpy(&value, ndr_member(row, object), sizeof value);
    return value;
}

static inline struct ndr_array ndr_get_array(const struct ndr_row *row, const void *object)
{
    struct ndr_array value = { NULL, 0 };

    memcpy(&value.at, ndr_member(row, object) + offsetof(struct ndr_array, at), sizeof value.at);
    memcpy(&value.len, ndr_member(row, object) + offsetof(struct ndr_array, len), sizeof value.len);
    return value;
}

static inline const void *ndr_element(const struct ndr_row *row, struct ndr_array array, uint32_t i)
{
    return (const uint8_t *)array.at + (size_t)i * row->type->size;
}

#endif
