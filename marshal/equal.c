/* SPDX-License-Identifier: Apache-2.0 */
#include "member.h"

static bool equal_bytes(struct ndr_bytes a, struct ndr_bytes b)
{
    if (!a.data || !b.data)
        return a.data == b.data && a.len == b.len;
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

static bool equal_pointers(const struct ndr_type *type, const void *a, const void *b)
{
    if (!a || !b)
        return a == b;
    return ndr_equal(type, a, b);
}

static bool equal_arrays(const struct ndr_row *row, struct ndr_array a, struct ndr_array b)
{
    bool equal = a.len == b.len;

    if (!a.at || !b.at)
        return equal && a.at == b.at;
    for (uint32_t i = 0; equal && i < a.len; i++)
        equal = ndr_equal(row->type, ndr_element(row, a, i), ndr_element(row, b, i));
    return equal;
}

static bool equal_members(const struct ndr_row *row, const void *a, const void *b)
{
    switch (row->kind) {
    case NDR_U32: return ndr_get_u32(a) == ndr_get_u32(b);
    case NDR_FIXED: return memcmp(a, b, row->max) == 0;
    case NDR_BYTES:
    case NDR_STRING: return equal_bytes(ndr_get_bytes(a), ndr_get_bytes(b));
    case NDR_STRUCT: return ndr_equal(row->type, a, b);
    case NDR_POINTER: return equal_pointers(row->type, ndr_get_pointer(a), ndr_get_pointer(b));
    default: return equal_arrays(row, ndr_get_counted(a), ndr_get_counted(b));
    }
}

bool ndr_equal(const struct ndr_type *type, const void *a, const void *b)
{
    for (size_t i = 0; i < type->row_count; i++) {
        const struct ndr_row *row = &type->rows[i];

        if (!equal_members(row, ndr_member(row, a), ndr_member(row, b)))
            return false;
    }
    return true;
}
