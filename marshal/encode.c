/* SPDX-License-Identifier: Apache-2.0 */
#include "cursor.h"
#include "member.h"

#define FIRST_REFERENT 0x00020000u

struct encoder {
    struct ndr_writer out;
    uint32_t next_referent;
    struct ndr_error error;
};

static enum ndr_status fail(struct encoder *e, enum ndr_status status, const char *field)
{
    e->error = (struct ndr_error){ status, (uint32_t)e->out.at, field };
    return status;
}

static enum ndr_status written(struct encoder *e, bool ok, const char *field)
{
    return ok ? NDR_OK : fail(e, NDR_NO_SPACE, field);
}

static bool write_referent(struct encoder *e, const void *pointer)
{
    uint32_t id = pointer ? e->next_referent : 0;

    if (pointer)
        e->next_referent += 4;
    return ndr_write_u32(&e->out, id);
}

static enum ndr_status write_counted(struct encoder *e, const struct ndr_row *row,
                                     struct ndr_array counted)
{
    if (counted.len > row->max)
        return fail(e, NDR_RANGE, row->count_name);
    if (!counted.at && counted.len && !(row->flags & NDR_LENGTH_ONLY))
        return fail(e, NDR_NULL_POINTER, row->name);
    return written(e, ndr_write_u32(&e->out, counted.len) && write_referent(e, counted.at),
                   row->name);
}

static enum ndr_status inline_u32(struct encoder *e, const struct ndr_row *row, const void *in)
{
    uint32_t value = ndr_get_u32(row, in);

    if (value > row->max)
        return fail(e, NDR_RANGE, row->name);
    return written(e, ndr_write_u32(&e->out, value), row->name);
}

static enum ndr_status inline_bytes(struct encoder *e, const struct ndr_row *row, const void *in)
{
    struct ndr_bytes bytes = ndr_get_bytes(row, in);

    return write_counted(e, row, (struct ndr_array){ bytes.data, bytes.len });
}

/* First pass of a structure: its inline part. */
static enum ndr_status encode_inline(struct encoder *e, const struct ndr_type *type, const void *in,
                                     uint32_t depth)
{
    enum ndr_status status = depth ? NDR_OK : fail(e, NDR_DEPTH, type->name);

    for (size_t i = 0; status == NDR_OK && i < type->row_count; i++) {
        const struct ndr_row *row = &type->rows[i];
        const uint8_t *member = ndr_member(row, in);
        bool ok = true;

        switch (row->kind) {
        case NDR_U32: status = inline_u32(e, row, in); break;
        case NDR_FIXED: ok = ndr_write_bytes(&e->out, member, row->max); break;
        case NDR_BYTES: status = inline_bytes(e, row, in); break;
        case NDR_STRING: ok = write_referent(e, ndr_get_bytes(row, in).data); break;
        case NDR_STRUCT: status = encode_inline(e, row->type, member, depth - 1); break;
        case NDR_POINTER: ok = write_referent(e, ndr_get_pointer(row, in)); break;
        default: status = write_counted(e, row, ndr_get_array(row, in)); break;
        }
        if (!ok)
            status = fail(e, NDR_NO_SPACE, row->name);
    }
    return status;
}

static enum ndr_status encode_deferred(struct encoder *e, const struct ndr_type *type,
                                       const void *in, uint32_t depth);

static enum ndr_status deferred_bytes(struct encoder *e, const struct ndr_row *row, const void *in)
{
    struct ndr_bytes bytes = ndr_get_bytes(row, in);

    if (!bytes.data)
        return NDR_OK;
    return written(e,
                   ndr_write_align(&e->out, 4) && ndr_write_u32(&e->out, bytes.len) &&
                       ndr_write_bytes(&e->out, bytes.data, bytes.len),
                   row->name);
}

static enum ndr_status deferred_string(struct encoder *e, const struct ndr_row *row, const void *in)
{
    struct ndr_bytes string = ndr_get_bytes(row, in);
    uint32_t count;

    if (!string.data)
        return NDR_OK;
    if (string.len % row->unit || string.len > INT32_MAX)
        return fail(e, NDR_RANGE, row->name);
    count = string.len / row->unit + 1;
    return written(e,
                   ndr_write_align(&e->out, 4) && ndr_write_u32(&e->out, count) &&
                       ndr_write_u32(&e->out, 0) && ndr_write_u32(&e->out, count) &&
                       ndr_write_bytes(&e->out, string.data, string.len) &&
                       ndr_write_zeroes(&e->out, row->unit),
                   row->name);
}

static enum ndr_status deferred_pointer(struct encoder *e, const struct ndr_row *row,
                                        const void *in, uint32_t depth)
{
    const void *pointer = ndr_get_pointer(row, in);
    enum ndr_status status;

    if (!pointer)
        return NDR_OK;
    if (!ndr_write_align(&e->out, 4))
        return fail(e, NDR_NO_SPACE, row->name);
    status = encode_inline(e, row->type, pointer, depth - 1);
    return status == NDR_OK ? encode_deferred(e, row->type, pointer, depth - 1) : status;
}

static enum ndr_status deferred_array(struct encoder *e, const struct ndr_row *row, const void *in,
                                      uint32_t depth)
{
    struct ndr_array array = ndr_get_array(row, in);
    enum ndr_status status = NDR_OK;

    if (!array.at)
        return NDR_OK;
    if (!ndr_write_align(&e->out, 4) || !ndr_write_u32(&e->out, array.len))
        return fail(e, NDR_NO_SPACE, row->name);
    for (uint32_t i = 0; status == NDR_OK && i < array.len; i++)
        status = encode_inline(e, row->type, ndr_element(row, array, i), depth - 1);
    for (uint32_t i = 0; status == NDR_OK && i < array.len; i++)
        status = encode_deferred(e, row->type, ndr_element(row, array, i), depth - 1);
    return status;
}

/* Second pass of a structure: what its pointers refer to, left to right, depth first. */
static enum ndr_status encode_deferred(struct encoder *e, const struct ndr_type *type,
                                       const void *in, uint32_t depth)
{
    enum ndr_status status = NDR_OK;

    for (size_t i = 0; status == NDR_OK && i < type->row_count; i++) {
        const struct ndr_row *row = &type->rows[i];

        switch (row->kind) {
        case NDR_BYTES: status = deferred_bytes(e, row, in); break;
        case NDR_STRING: status = deferred_string(e, row, in); break;
        case NDR_STRUCT:
            status = encode_deferred(e, row->type, ndr_member(row, in), depth - 1);
            break;
        case NDR_POINTER: status = deferred_pointer(e, row, in, depth); break;
        case NDR_ARRAY: status = deferred_array(e, row, in, depth); break;
        default: break;
        }
    }
    return status;
}

enum ndr_status ndr_encode(const struct ndr_type *type, const void *in, uint8_t *buffer,
                           size_t capacity, size_t *length, struct ndr_error *error)
{
    struct encoder e = { { buffer, capacity, 0 }, FIRST_REFERENT, { NDR_OK, 0, "" } };
    enum ndr_status status = encode_inline(&e, type, in, NDR_DEPTH_MAX);

    if (status == NDR_OK)
        status = encode_deferred(&e, type, in, NDR_DEPTH_MAX);
    *length = status == NDR_OK ? e.out.at : 0;
    if (error)
        *error = e.error;
    return status;
}
