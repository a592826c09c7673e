/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "field.h"
#include "json.h"
#include "text.h"

struct input {
    struct capture_memory *memory;
    const char *reason;
    char path[CAPTURE_PATH_MAX]; /* of the value that is read; cut where it would be longer */
    size_t length;
};

static bool fail(struct input *in, const char *reason)
{
    in->reason = reason;
    return false;
}

/* Steps into a member; the length to go back to. The path stays where it is after a failure. */
static size_t enter(struct input *in, const char *name)
{
    size_t before = in->length;
    size_t room = sizeof in->path - before;
    int written = snprintf(in->path + before, room, "%s%s", before ? "." : "", name);

    in->length += written > 0 && (size_t)written < room ? (size_t)written : room - 1;
    return before;
}

static void leave(struct input *in, size_t before)
{
    in->length = before;
    in->path[before] = '\0';
}

static bool fail_in(struct input *in, const char *name, const char *reason)
{
    (void)enter(in, name);
    return fail(in, reason);
}

static bool number(struct input *in, const json_t *value, uint32_t max, uint32_t *out)
{
    json_int_t integer = json_integer_value(value);

    if (!json_is_integer(value))
        return fail(in, value ? "no whole number" : "missing");
    if (integer < 0 || integer > max)
        return fail(in, "out of range");
    *out = (uint32_t)integer;
    return true;
}

/* The count beside data: given, or what the data has. has: what the data has, if it is given. */
static bool count(struct input *in, const struct ndr_row *row, const json_t *object,
                  const uint32_t *has, uint32_t *out)
{
    const json_t *value = json_object_get(object, row->count_name);
    size_t before = enter(in, row->count_name);

    *out = has ? *has : 0;
    if (value && !number(in, value, row->max, out))
        return false;
    if (*out > row->max)
        return fail(in, "out of range");
    if (has && *out != *has)
        return fail(in, "contradicts its data");
    leave(in, before);
    if (!has && *out && !(row->flags & NDR_LENGTH_ONLY))
        return fail_in(in, row->name, "null pointer");
    return true;
}

static const uint8_t *octets(struct input *in, const struct ndr_row *row, const json_t *value,
                             uint32_t *len)
{
    const char *text = json_string_value(value);
    const uint8_t *data;

    if ((row->flags & NDR_SECRET) && text && text[0] == '(')
        in->reason = "not shown in this JSON; decode with --show-secrets";
    else if (!value)
        in->reason = "missing";
    else if ((data = capture_octets_of(value, in->memory, len, &in->reason)))
        return data;
    (void)enter(in, row->name);
    return NULL;
}

static bool read_fixed(struct input *in, const struct ndr_row *row, const json_t *value, void *out)
{
    uint32_t len;
    const uint8_t *data = octets(in, row, value, &len);

    if (!data)
        return false;
    if (len != row->max)
        return fail_in(in, row->name, "another number of octets");
    field_set(row, out, data, len);
    return true;
}

static bool read_bytes(struct input *in, const struct ndr_row *row, const json_t *object, void *out)
{
    const json_t *value = json_object_get(object, row->name);
    struct ndr_bytes bytes = { NULL, 0 };
    uint32_t has = 0;

    if (!json_is_null(value)) {
        bytes.data = octets(in, row, value, &has);
        if (!bytes.data)
            return false;
    }
    if (!count(in, row, object, bytes.data ? &has : NULL, &bytes.len))
        return false;
    field_set(row, out, &bytes, sizeof bytes);
    return true;
}

/* A decoder would end the string at a NUL. */
static bool has_nul(struct ndr_bytes text, uint8_t unit)
{
    for (size_t i = 0; i + unit <= text.len; i += unit) {
        if (!text.data[i] && (unit == 1 || !text.data[i + 1]))
            return true;
    }
    return false;
}

static bool read_string(struct input *in, const struct ndr_row *row, const json_t *value, void *out)
{
    struct ndr_bytes text = { NULL, 0 };

    if (!value)
        return fail_in(in, row->name, "missing");
    if (!json_is_null(value) && !capture_text_of(value, row->unit, in->memory, &text, &in->reason))
        return fail_in(in, row->name, in->reason);
    if (text.len % row->unit || has_nul(text, row->unit))
        return fail_in(in, row->name, "half a character or a NUL in a string");
    field_set(row, out, &text, sizeof text);
    return true;
}

static bool read_rows(struct input *in, const struct ndr_type *type, json_t *object, void *out);

static bool no_surplus(struct input *in, json_t *object)
{
    const char *name = json_object_iter_key(json_object_iter(object));

    return name ? fail_in(in, name, "no such field") : true;
}

static bool read_structure(struct input *in, const struct ndr_type *type, json_t *value, void *out)
{
    const struct ndr_row *only = &type->rows[0];

    if (type->row_count == 1 && only->kind == NDR_FIXED)
        return read_fixed(in, only, value, out);
    if (!json_is_object(value))
        return fail(in, value ? "no object" : "missing");
    return read_rows(in, type, value, out) && no_surplus(in, value);
}

static bool read_inner(struct input *in, const struct ndr_row *row, json_t *value, void *out)
{
    size_t before = enter(in, row->name);
    void *inner = (uint8_t *)out + row->offset;

    if (row->kind == NDR_POINTER && json_is_null(value)) {
        leave(in, before);
        return true;
    }
    if (row->kind == NDR_POINTER) {
        inner = capture_memory_take(in->memory, row->type->size);
        if (!inner)
            return fail(in, "out of memory");
        field_set(row, out, &inner, sizeof inner);
    }
    if (!read_structure(in, row->type, value, inner))
        return false;
    leave(in, before);
    return true;
}

static bool read_elements(struct input *in, const struct ndr_row *row, const json_t *list,
                          uint8_t *elements)
{
    char name[64];

    for (size_t i = 0; i < json_array_size(list); i++) {
        size_t before;

        (void)snprintf(name, sizeof name, "%s[%zu]", row->name, i);
        before = enter(in, name);
        if (!read_structure(in, row->type, json_array_get(list, i), elements + i * row->type->size))
            return false;
        leave(in, before);
    }
    return true;
}

static bool read_array(struct input *in, const struct ndr_row *row, const json_t *object, void *out)
{
    const json_t *list = json_object_get(object, row->name);
    size_t size = json_array_size(list);
    uint32_t has = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
    uint32_t len = 0;
    uint8_t *elements = NULL;

    if (!json_is_array(list) && !json_is_null(list))
        return fail_in(in, row->name, list ? "no array" : "missing");
    if (!count(in, row, object, json_is_null(list) ? NULL : &has, &len))
        return false;
    if (json_is_array(list)) {
        elements = capture_memory_take(in->memory, has * (size_t)row->type->size);
        if (!elements)
            return fail_in(in, row->name, "out of memory");
        if (!read_elements(in, row, list, elements))
            return false;
    }
    field_set_array(row, out, elements, len);
    return true;
}

static bool read_row(struct input *in, const struct ndr_row *row, json_t *object, void *out)
{
    json_t *value = json_object_get(object, row->name);
    uint32_t integer = 0;

    switch (row->kind) {
    case NDR_U32: {
        size_t before = enter(in, row->name);

        if (!number(in, value, row->max, &integer))
            return false;
        leave(in, before);
        field_set(row, out, &integer, sizeof integer);
        return true;
    }
    case NDR_FIXED: return read_fixed(in, row, value, out);
    case NDR_BYTES: return read_bytes(in, row, object, out);
    case NDR_STRING: return read_string(in, row, value, out);
    case NDR_STRUCT:
    case NDR_POINTER: return read_inner(in, row, value, out);
    default: return read_array(in, row, object, out);
    }
}

static bool read_rows(struct input *in, const struct ndr_type *type, json_t *object, void *out)
{
    for (size_t i = 0; i < type->row_count; i++) {
        const struct ndr_row *row = &type->rows[i];

        if (!read_row(in, row, object, out))
            return false;
        (void)json_object_del(object, row->name);
        if (row->count_name)
            (void)json_object_del(object, row->count_name);
    }
    return true;
}

static bool finish(struct input *in, bool ok, const struct ndr_type *type, void *out,
                   struct capture_fault *fault)
{
    if (ok)
        return true;
    memset(out, 0, type->size);
    fault->reason = in->reason;
    memcpy(fault->path, in->path, sizeof fault->path);
    return false;
}

bool capture_json_read(const struct ndr_type *type, json_t *object, void *out,
                       struct capture_memory *memory, struct capture_fault *fault)
{
    struct input in = { memory, "", "", 0 };

    memset(out, 0, type->size);
    if (!json_is_object(object))
        return finish(&in, fail(&in, "no object"), type, out, fault);
    return finish(&in, read_rows(&in, type, object, out), type, out, fault);
}

bool capture_json_read_all(const struct ndr_type *type, json_t *object, void *out,
                           struct capture_memory *memory, struct capture_fault *fault)
{
    struct input in = { memory, "", "", 0 };

    if (!capture_json_read(type, object, out, memory, fault))
        return false;
    return finish(&in, no_surplus(&in, object), type, out, fault);
}
