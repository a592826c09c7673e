/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"
#include "member.h"
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
        return view(only, (struct ndr_bytes){ ndr_member(only, in), only->max }, secrets);
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
        json_t *element = structure(row->type, ndr_element(row, elements, i), secrets);

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
    struct ndr_bytes bytes;
    struct ndr_array elements;

    switch (row->kind) {
    case NDR_U32: return put(object, row->name, json_integer(ndr_get_u32(row, in)));
    case NDR_FIXED:
        bytes = (struct ndr_bytes){ ndr_member(row, in), row->max };
        return put(object, row->name, view(row, bytes, secrets));
    case NDR_BYTES:
        bytes = ndr_get_bytes(row, in);
        return counted(row, bytes.len, view(row, bytes, secrets), object);
    case NDR_STRING: return put(object, row->name, view(row, ndr_get_bytes(row, in), secrets));
    case NDR_STRUCT:
        return put(object, row->name, structure(row->type, ndr_member(row, in), secrets));
    case NDR_POINTER:
        return put(object, row->name, structure(row->type, ndr_get_pointer(row, in), secrets));
    default:
        elements = ndr_get_array(row, in);
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
