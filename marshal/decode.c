/* SPDX-License-Identifier: Apache-2.0 */
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

static bool fail_at(struct decoder *d, enum ndr_status status, size_t offset, const char *field)
{
    d->error = (struct ndr_error){ status, (uint32_t)offset, field };
    return false;
}

static bool fail(struct decoder *d, enum ndr_status status, const char *field)
{
    return fail_at(d, status, d->in.at, field);
}

static bool read_number(struct decoder *d, const char *field, uint32_t max, uint32_t *value)
{
    if (!ndr_read_u32(&d->in, value))
        return fail(d, NDR_TRUNCATED, field);
    return *value <= max || fail_at(d, NDR_RANGE, d->in.at - 4, field);
}

static bool read_referent(struct decoder *d, const char *field, const void **referent)
{
    uint32_t id;

    if (!ndr_read_u32(&d->in, &id))
        return fail(d, NDR_TRUNCATED, field);
    *referent = id ? &present : NULL;
    return true;
}

static bool inline_u32(struct decoder *d, const struct ndr_row *row, void *member)
{
    uint32_t value;

    if (!read_number(d, row->name, row->max, &value))
        return false;
    ndr_set_u32(member, value);
    return true;
}

static bool inline_fixed(struct decoder *d, const struct ndr_row *row, void *member)
{
    const uint8_t *octets;

    if (!ndr_read_view(&d->in, row->max, &octets))
        return fail(d, NDR_TRUNCATED, row->name);
    memcpy(member, octets, row->max);
    return true;
}

/* Count and pointer of BYTES and ARRAY: one field kind in all of [MS-RDPESC]. */
static bool inline_counted(struct decoder *d, const struct ndr_row *row, void *member)
{
    uint32_t len;
    const void *referent;

    if (!read_number(d, row->count_name, row->max, &len) || !read_referent(d, row->name, &referent))
        return false;
    if (!referent && len && !(row->flags & NDR_LENGTH_ONLY))
        return fail_at(d, NDR_NULL_POINTER, d->in.at - 4, row->name);
    ndr_set_counted(member, referent, len);
    return true;
}

/* STRING and POINTER: a pointer comes first in the member of either. */
static bool inline_pointer(struct decoder *d, const struct ndr_row *row, void *member)
{
    const void *referent;

    if (!read_referent(d, row->name, &referent))
        return false;
    ndr_set_pointer(member, referent);
    return true;
}

/* First pass of a structure: its inline part. */
static bool decode_inline(struct decoder *d, const struct ndr_type *type, void *out, uint32_t depth)
{
    bool ok = depth > 0 || fail(d, NDR_DEPTH, type->name);

    for (size_t i = 0; ok && i < type->row_count; i++) {
        const struct ndr_row *row = &type->rows[i];
        void *member = ndr_member_of(row, out);

        switch (row->kind) {
        case NDR_U32: ok = inline_u32(d, row, member); break;
        case NDR_FIXED: ok = inline_fixed(d, row, member); break;
        case NDR_STRUCT: ok = decode_inline(d, row->type, member, depth - 1); break;
        case NDR_STRING:
        case NDR_POINTER: ok = inline_pointer(d, row, member); break;
        default: ok = inline_counted(d, row, member); break;
        }
    }
    return ok;
}

static bool decode_deferred(struct decoder *d, const struct ndr_type *type, void *out,
                            uint32_t depth);

/* max_count in front of a conformant array must say what the count field said. */
static bool read_conformance(struct decoder *d, const struct ndr_row *row, uint32_t count)
{
    uint32_t max_count;

    ndr_read_align(&d->in);
    if (!ndr_read_u32(&d->in, &max_count))
        return fail(d, NDR_TRUNCATED, row->name);
    return max_count == count || fail_at(d, NDR_CONFORMANCE, d->in.at - 4, row->name);
}

static bool deferred_bytes(struct decoder *d, const struct ndr_row *row, void *member)
{
    struct ndr_array bytes = ndr_get_counted(member);
    const uint8_t *view;

    if (!bytes.at)
        return true;
    if (!read_conformance(d, row, bytes.len))
        return false;
    if (!ndr_read_view(&d->in, bytes.len, &view))
        return fail(d, NDR_TRUNCATED, row->name);
    ndr_set_pointer(member, view);
    return true;
}

/* The three counts of a conformant varying string, in characters. */
static bool read_string_counts(struct decoder *d, const struct ndr_row *row, uint32_t *actual_count)
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
    return *actual_count <= d->in.left / row->unit || fail_at(d, NDR_TRUNCATED, at + 8, row->name);
}

static bool read_character(struct ndr_reader *in, uint8_t unit, uint16_t *character)
{
    uint8_t octet;

    if (unit == 2)
        return ndr_read_u16(in, character);
    if (!ndr_read_u8(in, &octet))
        return false;
    *character = octet;
    return true;
}

/* The view ends at the first NUL; the last character must be one. */
static bool deferred_string(struct decoder *d, const struct ndr_row *row, void *member)
{
    const uint8_t *text;
    uint32_t count;
    uint32_t len = UINT32_MAX;
    uint16_t character = 1;

    if (!ndr_get_pointer(member))
        return true;
    if (!read_string_counts(d, row, &count))
        return false;
    text = ndr_reader_next(&d->in);
    for (uint32_t i = 0; i < count && read_character(&d->in, row->unit, &character); i++) {
        if (!character && i < len)
            len = i;
    }
    if (character)
        return fail(d, NDR_TERMINATOR, row->name);
    ndr_set_counted(member, text, len * row->unit);
    return true;
}

static bool deferred_pointer(struct decoder *d, const struct ndr_row *row, void *member,
                             uint32_t depth)
{
    void *taken;

    if (!ndr_get_pointer(member))
        return true;
    ndr_read_align(&d->in);
    if (row->type->wire > d->in.left)
        return fail(d, NDR_TRUNCATED, row->name);
    taken = ndr_arena_take(d->arena, row->type->size);
    if (!taken)
        return fail(d, NDR_NO_ARENA, row->name);
    ndr_set_pointer(member, taken);
    return decode_inline(d, row->type, taken, depth - 1) &&
           decode_deferred(d, row->type, taken, depth - 1);
}

/* All elements' inline parts, then all elements' referents. */
static bool decode_elements(struct decoder *d, const struct ndr_type *type, uint8_t *elements,
                            uint32_t count, uint32_t depth)
{
    bool ok = true;

    for (uint32_t i = 0; ok && i < count; i++)
        ok = decode_inline(d, type, elements + (size_t)i * type->size, depth);
    for (uint32_t i = 0; ok && i < count; i++)
        ok = decode_deferred(d, type, elements + (size_t)i * type->size, depth);
    return ok;
}

static bool deferred_array(struct decoder *d, const struct ndr_row *row, void *member,
                           uint32_t depth)
{
    struct ndr_array array = ndr_get_counted(member);
    uint8_t *taken;

    if (!array.at)
        return true;
    if (!read_conformance(d, row, array.len))
        return false;
    if (array.len == 0)
        return true;
    if (array.len > d->in.left / row->type->wire)
        return fail(d, NDR_TRUNCATED, row->name);
    taken = ndr_arena_take(d->arena, (size_t)array.len * row->type->size);
    if (!taken)
        return fail(d, NDR_NO_ARENA, row->name);
    ndr_set_pointer(member, taken);
    return decode_elements(d, row->type, taken, array.len, depth - 1);
}

/* Second pass of a structure: what its pointers refer to, left to right, depth first. */
static bool decode_deferred(struct decoder *d, const struct ndr_type *type, void *out,
                            uint32_t depth)
{
    bool ok = true;

    for (size_t i = 0; ok && i < type->row_count; i++) {
        const struct ndr_row *row = &type->rows[i];
        void *member = ndr_member_of(row, out);

        switch (row->kind) {
        case NDR_BYTES: ok = deferred_bytes(d, row, member); break;
        case NDR_STRING: ok = deferred_string(d, row, member); break;
        case NDR_STRUCT: ok = decode_deferred(d, row->type, member, depth - 1); break;
        case NDR_POINTER: ok = deferred_pointer(d, row, member, depth); break;
        case NDR_ARRAY: ok = deferred_array(d, row, member, depth); break;
        default: break;
        }
    }
    return ok;
}

enum ndr_status ndr_decode(const struct ndr_type *type, struct ndr_bytes wire, void *out,
                           struct ndr_arena *arena, struct ndr_error *error)
{
    struct decoder d = { ndr_reader_over(wire), arena, { NDR_OK, 0, "" } };
    size_t used = arena->used;

    memset(out, 0, type->size);
    if (!decode_inline(&d, type, out, NDR_DEPTH_MAX) ||
        !decode_deferred(&d, type, out, NDR_DEPTH_MAX)) {
        memset(out, 0, type->size);
        arena->used = used;
    }
    if (error)
        *error = d.error;
    return d.error.status;
}
