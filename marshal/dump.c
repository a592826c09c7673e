/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "member.h"

#define PIECE 128 /* octets of text built before the sink gets it; longer names would be cut */

struct dumper {
    const struct ndr_sink *sink;
    bool secrets;
};

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
put(const struct dumper *d, const char *format, ...)
{
    char piece[PIECE];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(piece, sizeof piece, format, arguments);
    va_end(arguments);
    d->sink->text(d->sink->self, piece);
}

static void put_indent(const struct dumper *d, uint32_t level)
{
    put(d, "%*s", (int)(2 * level), "");
}

static void put_octets(const struct dumper *d, const struct ndr_row *row, struct ndr_bytes bytes)
{
    put(d, "[%" PRIu32 "] ", bytes.len);
    if ((row->flags & NDR_SECRET) && !d->secrets) {
        put(d, "(not shown)");
        return;
    }
    for (uint32_t i = 0; i < bytes.len; i++)
        put(d, "%02x", bytes.data[i]);
}

static void put_character(const struct dumper *d, uint32_t character, uint8_t unit)
{
    if (character == '\\' || character == '\'')
        put(d, "\\%c", (int)character);
    else if (character >= ' ' && character <= '~')
        put(d, "%c", (int)character);
    else
        put(d, unit == 1 ? "\\x%02" PRIx32 : "\\u%04" PRIx32, character);
}

static void put_string(const struct dumper *d, const struct ndr_row *row, struct ndr_bytes string)
{
    put(d, "'");
    for (uint32_t i = 0; i + row->unit <= string.len; i += row->unit) {
        uint32_t high = row->unit == 2 ? string.data[i + 1] : 0;

        put_character(d, string.data[i] | high << 8, row->unit);
    }
    put(d, "'");
}

static void dump_number(const struct dumper *d, const char *name, uint32_t value, uint32_t level)
{
    put_indent(d, level);
    put(d, "%s = 0x%" PRIx32 " (%" PRIu32 ")\n", name, value, value);
}

static void dump_view(const struct dumper *d, const struct ndr_row *row, struct ndr_bytes view,
                      uint32_t level)
{
    put_indent(d, level);
    put(d, "%s = ", row->name);
    if (!view.data)
        put(d, "None");
    else if (row->kind == NDR_STRING)
        put_string(d, row, view);
    else
        put_octets(d, row, view);
    put(d, "\n");
}

static void dump_struct(const struct dumper *d, const struct ndr_type *type, const void *in,
                        uint32_t level);

static void dump_inner(const struct dumper *d, const struct ndr_row *row, const void *inner,
                       uint32_t level)
{
    const struct ndr_row *only = &row->type->rows[0];

    if (inner && row->type->row_count == 1 && only->kind == NDR_FIXED) {
        struct ndr_row named = *only;

        named.name = row->name;
        dump_view(d, &named, (struct ndr_bytes){ inner, only->max }, level);
        return;
    }
    put_indent(d, level);
    put(d, inner ? "%s:\n" : "%s = None\n", row->name);
    if (inner)
        dump_struct(d, row->type, inner, level + 1);
}

static void dump_array(const struct dumper *d, const struct ndr_row *row, struct ndr_array array,
                       uint32_t level)
{
    dump_number(d, row->count_name, array.len, level);
    if (!array.at) {
        put_indent(d, level);
        put(d, "%s = None\n", row->name);
    }
    for (uint32_t i = 0; array.at && i < array.len; i++) {
        put_indent(d, level);
        put(d, "%s[%" PRIu32 "]:\n", row->name, i);
        dump_struct(d, row->type, ndr_element(row, array, i), level + 1);
    }
}

static void dump_row(const struct dumper *d, const struct ndr_row *row, const void *member,
                     uint32_t level)
{
    switch (row->kind) {
    case NDR_U32: dump_number(d, row->name, ndr_get_u32(member), level); break;
    case NDR_FIXED: dump_view(d, row, (struct ndr_bytes){ member, row->max }, level); break;
    case NDR_BYTES:
        dump_number(d, row->count_name, ndr_get_bytes(member).len, level);
        dump_view(d, row, ndr_get_bytes(member), level);
        break;
    case NDR_STRING: dump_view(d, row, ndr_get_bytes(member), level); break;
    case NDR_STRUCT: dump_inner(d, row, member, level); break;
    case NDR_POINTER: dump_inner(d, row, ndr_get_pointer(member), level); break;
    default: dump_array(d, row, ndr_get_counted(member), level); break;
    }
}

static void dump_struct(const struct dumper *d, const struct ndr_type *type, const void *in,
                        uint32_t level)
{
    for (size_t i = 0; i < type->row_count; i++)
        dump_row(d, &type->rows[i], ndr_member(&type->rows[i], in), level);
}

void ndr_dump(const struct ndr_type *type, const void *in, bool secrets,
              const struct ndr_sink *sink)
{
    const struct dumper d = { sink, secrets };

    dump_struct(&d, type, in, 0);
}
