/* SPDX-License-Identifier: Apache-2.0 */
#include "cursor.h"
#include "member.h"

#define FIRST_REFERENT 0x00020000u

struct encoder {
    struct ndr_writer out;
    uint32_t next_referent;
    struct ndr_error error;
};

static bool fail(struct encoder *e, enum ndr_status status, const char *field)
{
    e->error = (struct ndr_error){ status, (uint32_t)e->out.at, field };
    return false;
}

static bool write_referent(struct encoder *e, const void *pointer)
{
    uint32_t id = pointer ? e->next_referent : 0;

    if (pointer)
        e->next_referent += 4;
    return ndr_write_u32(&e->out, id);
}

static bool inline_u32(struct encoder *e, const struct ndr_row *row, const void *member)
{
    uint32_t value = ndr_get_u32(member);

    if (value > row->max)
        return fail(e, NDR_RANGE, row->name);
    return ndr_write_u32(&e->out, value) || fail(e, NDR_NO_SPACE, row->name);
}

static bool inline_fixed(struct encoder *e, const struct ndr_row *row, const void *member)
{
    return ndr_write_bytes(&e->out, member, row->max) || fail(e, NDR_NO_SPACE, row->name);
}

/* Count and pointer of BYTES and ARRAY. */
static bool inline_counted(struct encoder *e, const struct ndr_row *row, const void *member)
{
    struct ndr_array counted = ndr_get_counted(member);

    if (counted.len > row->max)
        return fail(e, NDR_RANGE, row->count_name);
    if (!counted.at && counted.len && !(row->flags & NDR_LENGTH_ONLY))
        return fail(e, NDR_NULL_POINTER, row->name);
    return (ndr_write_u32(&e->out, counted.len) && write_referent(e, counted.at)) ||
           fail(e, NDR_NO_SPACE, row->name);
}

/* STRING and POINTER. */
static bool inline_pointer(struct encoder *e, const struct ndr_row *row, const void *member)
{
    return write_referent(e, ndr_get_pointer(member)) || fail(e, NDR_NO_SPACE, row->name);
}

/* First pass of a structure: its inline part. */
static bool encode_inline(struct encoder *e, const struct ndr_type *type, const void *in,
                          uint32_t depth)
{
    bool ok = depth > 0 || fail(e, NDR_DEPTH, type->name);

    for (size_t i = 0; ok && i < type->row_count; i++) {
        const struct ndr_row *row = &type->rows[i];
        const void *member = ndr_member(row, in);

        switch (row->kind) {
        case NDR_U32: ok = inline_u32(e, row, member); break;
        case NDR_FIXED: ok = inline_fixed(e, row, member); break;
        case NDR_STRUCT: ok = encode_inline(e, row->type, member, depth - 1); break;
        case NDR_STRING:
        case NDR_POINTER: ok = inline_pointer(e, row, member); break;
        default: ok = inline_counted(e, row, member); break;
        }
    }
    return ok;
}

static bool encode_deferred(struct encoder *e, const struct ndr_type *type, const void *in,
                            uint32_t depth);

static bool deferred_bytes(struct encoder *e, const struct ndr_row *row, const void *member)
{
    struct ndr_bytes bytes = ndr_get_bytes(member);

    if (!bytes.data)
        return true;
    return (ndr_write_align(&e->out, 4) && ndr_write_u32(&e->out, bytes.len) &&
            ndr_write_bytes(&e->out, bytes.data, bytes.len)) ||
           fail(e, NDR_NO_SPACE, row->name);
}

static bool deferred_string(struct encoder *e, const struct ndr_row *row, const void *member)
{
    struct ndr_bytes string = ndr_get_bytes(member);
    uint32_t count = string.len / row->unit + 1;

    if (!string.data)
        return true;
    if (string.len % row->unit || string.len > INT32_MAX)
        return fail(e, NDR_RANGE, row->name);
    return (ndr_write_align(&e->out, 4) && ndr_write_u32(&e->out, count) &&
            ndr_write_u32(&e->out, 0) && ndr_write_u32(&e->out, count) &&
            ndr_write_bytes(&e->out, string.data, string.len) &&
            ndr_write_zeroes(&e->out, row->unit)) ||
           fail(e, NDR_NO_SPACE, row->name);
}

static bool deferred_pointer(struct encoder *e, const struct ndr_row *row, const void *member,
                             uint32_t depth)
{
    const void *pointer = ndr_get_pointer(member);

    if (!pointer)
        return true;
    if (!ndr_write_align(&e->out, 4))
        return fail(e, NDR_NO_SPACE, row->name);
    return encode_inline(e, row->type, pointer, depth - 1) &&
           encode_deferred(e, row->type, pointer, depth - 1);
}

static bool deferred_array(struct encoder *e, const struct ndr_row *row, const void *member,
                           uint32_t depth)
{
    struct ndr_array array = ndr_get_counted(member);
    bool ok = true;

    if (!array.at)
        return true;
    if (!ndr_write_align(&e->out, 4) || !ndr_write_u32(&e->out, array.len))
        return fail(e, NDR_NO_SPACE, row->name);
    for (uint32_t i = 0; ok && i < array.len; i++)
        ok = encode_inline(e, row->type, ndr_element(row, array, i), depth - 1);
    for (uint32_t i = 0; ok && i < array.len; i++)
        ok = encode_deferred(e, row->type, ndr_element(row, array, i), depth - 1);
    return ok;
}

/* Second pass of a structure: what its pointers refer to, left to right, depth first. */
static bool encode_deferred(struct encoder *e, const struct ndr_type *type, const void *in,
                            uint32_t depth)
{
    bool ok = true;

    for (size_t i = 0; ok && i < type->row_count; i++) {
        const struct ndr_row *row = &type->rows[i];
        const void *member = ndr_member(row, in);

        switch (row->kind) {
        case NDR_BYTES: ok = deferred_bytes(e, row, member); break;
        case NDR_STRING: ok = deferred_string(e, row, member); break;
        case NDR_STRUCT: ok = encode_deferred(e, row->type, member, depth - 1); break;
        case NDR_POINTER: ok = deferred_pointer(e, row, member, depth); break;
        case NDR_ARRAY: ok = deferred_array(e, row, member, depth); break;
        default: break;
        }
    }
    return ok;
}

enum ndr_status ndr_encode(const struct ndr_type *type, const void *in, uint8_t *buffer,
                           size_t capacity, size_t *length, struct ndr_error *error)
{
    struct encoder e = { { buffer, capacity, 0 }, FIRST_REFERENT, { NDR_OK, 0, "" } };
    bool ok =
        encode_inline(&e, type, in, NDR_DEPTH_MAX) && encode_deferred(&e, type, in, NDR_DEPTH_MAX);

    *length = ok ? e.out.at : 0;
    if (error)
        *error = e.error;
    return e.error.status;
}
