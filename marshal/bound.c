/* SPDX-License-Identifier: Apache-2.0 */
#include "ndr.h"

static size_t padded(size_t octets)
{
    return (octets + 3) / 4 * 4;
}

static size_t deferred_bound(const struct ndr_type *type);

/* What the row's pointer refers to, the padding before the next referent included. */
static size_t row_bound(const struct ndr_row *row)
{
    switch (row->kind) {
    case NDR_BYTES: return 4 + padded(row->max);
    case NDR_STRING: return 12 + padded((NDR_STRING_CAP + 1) * (size_t)row->unit);
    case NDR_STRUCT: return deferred_bound(row->type);
    case NDR_POINTER: return ndr_size_bound(row->type);
    case NDR_ARRAY: return 4 + row->max * ndr_size_bound(row->type);
    default: return 0;
    }
}

static size_t deferred_bound(const struct ndr_type *type)
{
    size_t bound = 0;

    for (size_t i = 0; i < type->row_count; i++)
        bound += row_bound(&type->rows[i]);
    return bound;
}

size_t ndr_size_bound(const struct ndr_type *type)
{
    return padded(type->wire) + deferred_bound(type);
}
