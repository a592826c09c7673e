/* SPDX-License-Identifier: Apache-2.0
 *
 * Members of structures that are known only by their rows, by memcpy at an offset, so that no type
 * is accessed as another. Internal to json*.c.
 */
#ifndef RDPESC_CAPTURE_FIELD_H
#define RDPESC_CAPTURE_FIELD_H

#include <string.h>

#include "ndr.h"

static inline const uint8_t *field_at(const struct ndr_row *row, const void *object)
{
    return (const uint8_t *)object + row->offset;
}

static inline void field_get(const struct ndr_row *row, const void *object, void *value,
                             size_t size)
{
    memcpy(value, field_at(row, object), size);
}

static inline void field_set(const struct ndr_row *row, void *object, const void *value,
                             size_t size)
{
    memcpy((uint8_t *)object + row->offset, value, size);
}

/* An ARR member has elements of its own type and no padding that counts, so in two steps. */
static inline struct ndr_array field_get_array(const struct ndr_row *row, const void *object)
{
    struct ndr_array array = { NULL, 0 };

    memcpy(&array.at, field_at(row, object) + offsetof(struct ndr_array, at), sizeof array.at);
    memcpy(&array.len, field_at(row, object) + offsetof(struct ndr_array, len), sizeof array.len);
    return array;
}

static inline void field_set_array(const struct ndr_row *row, void *object, const void *at,
                                   uint32_t len)
{
    uint8_t *member = (uint8_t *)object + row->offset;

    memcpy(member + offsetof(struct ndr_array, at), &at, sizeof at);
    memcpy(member + offsetof(struct ndr_array, len), &len, sizeof len);
}

#endif
