/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "cursor.h"
#include "member.h"

struct decoder {
    struct ndr_reader in;
    struct ndr_arena *arena;
    struct ndr_error error;
};

/* Stands in a member between the two passes: the pointer was not null, its referent is still to
 * come. */
static const uint8_t present;

static enum ndr_status fail_at(struct decoder *d, enum ndr_status status, size_t offset,
                               const char *field)
{
    d->error = (struct ndr_error){ status, (uint32_t)offset, field };
    return status;
}

static enum ndr_status fail(struct decoder *d, enum ndr_status status, const char *field)
{
    return fail_at(d, status, d->in.at, field);
}

static enum ndr_status read_number(struct decoder *d, const char *field, uint32_t max,
                                   uint32_t *value)
{
    if (!ndr_read_u32(&d->in, value))
        return fail(d, NDR_TRUNCATED, field);
    if (*value > max)
        return fail_at(d, NDR_RANGE, d->in.at - 4, field);
    return NDR_OK;
}

static enum ndr_status read_referent(struct decoder *d, const char *field, const void **referent)
{
    uint32_t id;

    if (!ndr_read_u32(&d->in, &id))
        return fail(d, NDR_TRUNCATED, field);
    *referent = id ? &present : NULL;
    return NDR_OK;
}

/* Count and pointer of BYTES and ARRAY: one field kind in all of [MS-RDPESC]. */
static enum ndr_status read_counted(struct decoder *d, const struct ndr_row *row,
                                    struct ndr_array *counted)
{
    enum ndr_status status = read_number(d, row->count_name, row->max, &counted->len);

    if (status != NDR_OK)
        return status;
    status = read_referent(d, row->name, &counted->at);
    if (status != NDR_OK)
        return status;
    if (!counted->at && counted->len && !(row->flags & NDR_LENGTH_ONLY))
        return fail_at(d, NDR_NULL_POINTER, d->in.at - 4, row->name);
    return NDR_OK;
}

static enum ndr_status inline_bytes(struct decoder *d, const struct ndr_row *row, void *member)
{
    struct ndr_array counted = { NULL, 0 };
    enum ndr_status status = read_counted(d, row, &counted);
    struct ndr_bytes bytes = { counted.at, counted.len };

    if (status == NDR_OK)
        memcpy(member, &bytes, sizeof bytes);
    return status;
}

static enum ndr_status inline_array(struct decoder *d, const struct ndr_row *row, void *member)
{
    struct ndr_array counted = { NULL, 0 };
    enum ndr_status status = read_counted(d, row, &counted);

    if (status == NDR_OK)
        memcpy(member, &counted, sizeof counted);
    return status;
}

static enum ndr_status inline_string(struct decoder *d, const struct ndr_row *row, void *member)
{
    const void *referent = NULL;
    enum ndr_status status = read_referent(d, row->name, &referent);
    struct ndr_bytes string = { referent, 0 };

    memcpy(member, &string, sizeof string);
    return status;
}

static enum ndr_status inline_pointer(struct decoder *d, const struct ndr_row *row, void *member)
{
    const void *referent = NULL;
    enum ndr_status status = read_referent(d, row->name, &referent);

    memcpy(member, &referent, sizeof referent);
    return status;
}

static enum ndr_status inline_u32(struct decoder *d, const struct ndr_row *row, void *member)
{
    uint32_t value = 0;
    enum ndr_status status = read_number(d, row->name, row->max, &value);

    memcpy(member, &value, sizeof value);
    return status;
}

static enum ndr_status inline_fixed(struct decoder *d, const struct ndr_row *row, void *member)
{
    const uint8_t *octets;

    if (!ndr_read_view(&d->in, row->max, &octets))
        return fail(d, NDR_TRUNCATED, row->name);
    memcpy(member, octets, row->max);
    return NDR_OK;
}

/* First pass of a structure: its inline part. */
static enum ndr_status decode_inline(struct decoder *d, const struct ndr_type *type, void *out,
                                     uint32_t depth)
{
    enum ndr_status status = depth ? NDR_OK : fail(d, NDR_DEPTH, type->name);

    for (size_t i = 0; status == NDR_OK && i < type->row_count; i++) {
        const struct ndr_row *row = &type->rows[i];
        void *member = ndr_member_of(row, out);

        switch (row->kind) {
        case NDR_U32: status = inline_u32(d, row, member); break;
        case NDR_FIXED: status = inline_fixed(d, row, member); break;
        case NDR_BYTES: status = inline_bytes(d, row, member); break;
        case NDR_STRING: status = inline_string(d, row, member); break;
        case NDR_STRUCT: status = decode_inline(d, row->type, member, depth - 1); break;
        case NDR_POINTER: status = inline_pointer(d, row, member); break;
        default: status = inline_array(d, row, member); break;
        }
    }
    return status;
}

static enum ndr_status decode_deferred(struct decoder *d, const struct ndr_type *type, void *out,
                                       uint32_t depth);

/* max_count in front of a conformant array must say what the count field said. */
static enum ndr_status read_conformance(struct decoder *d, const struct ndr_row *row,
                                        uint32_t count)
{
    uint32_t max_count;

    ndr_read_align(&d->in);
    if (!ndr_read_u32(&d->in, &max_count))
        return fail(d, NDR_TRUNCATED, row->name);
    if (max_count != count)
        return fail_at(d, NDR_CONFORMANCE, d->in.at - 4, row->name);
    return NDR_OK;
}

static enum ndr_status deferred_bytes(struct decoder *d, const struct ndr_row *row, void *member)
{
    struct ndr_bytes bytes;
    enum ndr_status status;

    memcpy(&bytes, member, sizeof bytes);
    if (!bytes.data)
        return NDR_OK;
    status = read_conformance(d, row, bytes.len);
    if (status != NDR_OK)
        return status;
    if (!ndr_read_view(&d->in, bytes.len, &bytes.data))
        return fail(d, NDR_TRUNCATED, row->name);
    memcpy(member, &bytes, sizeof bytes);
    return NDR_OK;
}

/* The three counts of a conformant varying string, in characters. */
static enum ndr_status read_string_counts(struct decoder *d, const struct ndr_row *row,
                                          uint32_t *actual_count)
{
    uint32_t max_count;
    uint32_t offset;
    size_t at;

    ndr_read_align(&d->in);
    at = d->in.at;
    if (!ndr_read_u32(&d->in, &max_count) || !ndr_read_u32(&d->in, &offset) ||
        !ndr_read_u32(&d->in, actual_count))
        return fail(d, NDR_TRUNCATED, row->name);
    if (offset != 0)
        return fail_at(d, NDR_OFFSET, at + 4, row->name);
    if (*actual_count > max_count)
        return fail_at(d, NDR_ACTUAL, at + 8, row->name);
    if (*actual_count == 0)
        return fail_at(d, NDR_TERMINATOR, at + 8, row->name);
    if (*actual_count > ndr_reader_left(&d->in) / row->unit)
        return fail_at(d, NDR_TRUNCATED, at + 8, row->name);
    return NDR_OK;
}

static bool is_nul(const uint8_t *character, uint8_t unit)
{
    return character[0] == 0 && (unit == 1 || character[1] == 0);
}

static enum ndr_status deferred_string(struct decoder *d, const struct ndr_row *row, void *member)
{
    struct ndr_bytes string;
    uint32_t count = 0;
    uint32_t len = 0;
    enum ndr_status status;

    memcpy(&string, member, sizeof string);
    if (!string.data)
        return NDR_OK;
    status = read_string_counts(d, row, &count);
    if (status != NDR_OK)
        return status;
    if (!ndr_read_view(&d->in, (size_t)count * row->unit, &string.data))
        return fail(d, NDR_TRUNCATED, row->name);
    if (!is_nul(string.data + (size_t)(count - 1) * row->unit, row->unit))
        return fail(d, NDR_TERMINATOR, row->name);
    while (!is_nul(string.data + (size_t)len * row->unit, row->unit))
        len++;
    string.len = len * row->unit;
    memcpy(member, &string, sizeof string);
    return NDR_OK;
}

static enum ndr_status deferred_pointer(struct decoder *d, const struct ndr_row *row, void *member,
                                        uint32_t depth)
{
    const void *pointer;
    void *taken;
    enum ndr_status status;

    memcpy(&pointer, member, sizeof pointer);
    if (!pointer)
        return NDR_OK;
    ndr_read_align(&d->in);
    if (row->type->wire > ndr_reader_left(&d->in))
        return fail(d, NDR_TRUNCATED, row->name);
    taken = ndr_arena_take(d->arena, row->type->size);
    if (!taken)
        return fail(d, NDR_NO_ARENA, row->name);
    memcpy(member, &taken, sizeof taken);
    status = decode_inline(d, row->type, taken, depth - 1);
    return status == NDR_OK ? decode_deferred(d, row->type, taken, depth - 1) : status;
}

/* All elements' inline parts, then all elements' referents. */
static enum ndr_status decode_elements(struct decoder *d, const struct ndr_type *type,
                                       uint8_t *elements, uint32_t count, uint32_t depth)
{
    enum ndr_status status = NDR_OK;

    for (uint32_t i = 0; status == NDR_OK && i < count; i++)
        status = decode_inline(d, type, elements + (size_t)i * type->size, depth);
    for (uint32_t i = 0; status == NDR_OK && i < count; i++)
        status = decode_deferred(d, type, elements + (size_t)i * type->size, depth);
    return status;
}

static enum ndr_status deferred_array(struct decoder *d, const struct ndr_row *row, void *member,
                                      uint32_t depth)
{
    struct ndr_array array;
    uint8_t *taken;
    enum ndr_status status;

    memcpy(&array, member, sizeof array);
    if (!array.at)
        return NDR_OK;
    status = read_conformance(d, row, array.len);
    if (status != NDR_OK || array.len == 0)
        return status;
    if (array.len > ndr_reader_left(&d->in) / row->type->wire)
        return fail(d, NDR_TRUNCATED, row->name);
    taken = ndr_arena_take(d->arena, (size_t)array.len * row->type->size);
    if (!taken)
        return fail(d, NDR_NO_ARENA, row->name);
    array.at = taken;
    memcpy(member, &array, sizeof array);
    return decode_elements(d, row->type, taken, array.len, depth - 1);
}

/* Second pass of a structure: what its pointers refer to, left to right, depth first. */
static enum ndr_status decode_deferred(struct decoder *d, const struct ndr_type *type, void *out,
                                       uint32_t depth)
{
    enum ndr_status status = NDR_OK;

    for (size_t i = 0; status == NDR_OK && i < type->row_count; i++) {
        const struct ndr_row *row = &type->rows[i];
        void *member = ndr_member_of(row, out);

        switch (row->kind) {
        case NDR_BYTES: status = deferred_bytes(d, row, member); break;
        case NDR_STRING: status = deferred_string(d, row, member); break;
        case NDR_STRUCT: status = decode_deferred(d, row->type, member, depth - 1); break;
        case NDR_POINTER: status = deferred_pointer(d, row, member, depth); break;
        case NDR_ARRAY: status = deferred_array(d, row, member, depth); break;
        default: break;
        }
    }
    return status;
}

enum ndr_status ndr_decode(const struct ndr_type *type, struct ndr_bytes wire, void *out,
                           struct ndr_arena *arena, struct ndr_error *error)
{
    struct decoder d = { ndr_reader_over(wire), arena, { NDR_OK, 0, "" } };
    size_t used = arena->used;
    enum ndr_status status;

    memset(out, 0, type->size);
    status = decode_inline(&d, type, out, NDR_DEPTH_MAX);
    if (status == NDR_OK)
        status = decode_deferred(&d, type, out, NDR_DEPTH_MAX);
    if (status != NDR_OK) {
        memset(out, 0, type->size);
        arena->used = used;
    }
    if (error)
        *error = d.error;
    return status;
}
