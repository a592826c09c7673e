/* SPDX-License-Identifier: Apache-2.0 */
#include "field.h"
#include "json.h"
#include "text.h"

static bool put(json_t *object, const char *name, json_t *value)
{
    return json_object_set_new(object, name, value) == 0;
}

static json_t *view(const struct ndr_row *row, struct ndr_bytes bytes, bool secrets)
{
    if (!bytes.data)
        return json_null();
    if ((row->flags & NDR_SECRET) && !secrets)
        return json_string("(not shown)");
    if (row->kind == NDR_STRING)
        return capture_json_text(bytes, row->unit);
    return capture_json_octets(bytes);
}

static json_t *structure(const struct ndr_type *type, const void *in, bool secrets)
{
    const struct ndr_row *only = &type->rows[0];
    json_t *object;

    if (!in)
        return json_null();
    /* A structure of nothing but octets, a UUID, is these. */
    if (type->row_count == 1 && only->kind == NDR_FIXED)
        return view(only, (struct ndr_bytes){ field_at(only, in), only->max }, secrets);
    object = json_object();
    if (capture_json_write(type, in, secrets, object))
        return object;
    json_decref(object);
    return NULL;
}

static json_t *array(const struct ndr_row *row, struct ndr_array elements, bool secrets)
{
    json_t *list;

    if (!elements.at)
        return json_null();
    list = json_array();
    for (uint32_t i = 0; i < elements.len; i++) {
        const uint8_t *at = (const uint8_t *)elements.at + (size_t)i * row->type->size;
        json_t *element = structure(row->type, at, secrets);

        if (json_array_append_new(list, element) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static bool counted(const struct ndr_row *row, uint32_t count, json_t *value, json_t *object)
{
    if (!put(object, row->count_name, json_integer(count))) {
        json_decref(value);
        return false;
    }
    return put(object, row->name, value);
}

static bool write_row(const struct ndr_row *row, const void *in, bool secrets, json_t *object)
{
    struct ndr_bytes bytes = { field_at(row, in), row->max };
    struct ndr_array elements;
    const void *inner = bytes.data;
    uint32_t number;

    switch (row->kind) {
    case NDR_U32:
        field_get(row, in, &number, sizeof number);
        return put(object, row->name, json_integer(number));
    case NDR_FIXED: return put(object, row->name, view(row, bytes, secrets));
    case NDR_BYTES:
        field_get(row, in, &bytes, sizeof bytes);
        return counted(row, bytes.len, view(row, bytes, secrets), object);
    case NDR_STRING:
        field_get(row, in, &bytes, sizeof bytes);
        return put(object, row->name, view(row, bytes, secrets));
    case NDR_STRUCT: return put(object, row->name, structure(row->type, inner, secrets));
    case NDR_POINTER:
        field_get(row, in, &inner, sizeof inner);
        return put(object, row->name, structure(row->type, inner, secrets));
    default:
        elements = field_get_array(row, in);
        return counted(row, elements.len, array(row, elements, secrets), object);
    }
}

bool capture_json_write(const struct ndr_type *type, const void *in, bool secrets, json_t *object)
{
    for (size_t i = 0; i < type->row_count; i++) {
        if (!write_row(&type->rows[i], in, secrets, object))
            return false;
    }
    return true;
}
