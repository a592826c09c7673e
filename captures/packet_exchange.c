/* SPDX-License-Identifier: Apache-2.0 */
#include "packet_exchange.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

bool exchange_fail(struct exchange *x, enum ndr_status status, size_t offset, const char *field)
{
    if (!x->failed)
        x->error = (struct ndr_error){ status, (uint32_t)offset, field };
    x->failed = true;
    return false;
}

bool exchange_fault(struct exchange *x, const char *field, const char *reason)
{
    if (!x->failed) {
        size_t prefix = strlen(x->path);

        x->fault.reason = reason;
        memcpy(x->fault.path, x->path, prefix);
        (void)snprintf(x->fault.path + prefix, sizeof x->fault.path - prefix, "%s", field);
    }
    x->failed = true;
    return false;
}

size_t exchange_at(const struct exchange *x)
{
    return x->encoding ? x->out.at : x->in.at;
}

/* ---- text: what ndr_dump prints, further to the right ---- */

struct indented {
    const struct ndr_sink *sink;
    unsigned level;
    bool inside; /* a line */
};

static void put_indented(void *self, const char *text)
{
    struct indented *indented = self;

    for (unsigned i = 0; text[0] && !indented->inside && i < indented->level; i++)
        indented->sink->text(indented->sink->self, "  ");
    if (!text[0])
        return;
    indented->inside = text[strlen(text) - 1] != '\n';
    indented->sink->text(indented->sink->self, text);
}

static void print_fields(const struct exchange *x, const struct ndr_type *type, const void *value)
{
    struct indented indented = { x->packet->text, x->level, false };
    const struct ndr_sink sink = { &indented, put_indented };

    if (x->packet->text)
        ndr_dump(type, value, x->packet->secrets, &sink);
}

static void print_label(const struct exchange *x, const char *label)
{
    struct indented indented = { x->packet->text, x->level, false };

    if (x->packet->text) {
        put_indented(&indented, label);
        put_indented(&indented, ":\n");
    }
}

/* ---- one field ---- */

static bool show(struct exchange *x, const struct ndr_type *type, const void *value)
{
    print_fields(x, type, value);
    if (x->object && !capture_json_write(type, value, x->packet->secrets, x->object))
        return exchange_fail(x, NDR_NO_ARENA, x->in.at, type->rows[0].name);
    return true;
}

static bool take(struct exchange *x, const struct ndr_type *type, void *value)
{
    struct capture_fault fault;

    return capture_json_read(type, x->object, value, x->memory, &fault) ||
           exchange_fault(x, fault.path, fault.reason);
}

static bool one_number(struct exchange *x, const char *name, uint32_t max, uint32_t *value)
{
    const struct ndr_row row = { .name = name, .max = max, .kind = NDR_U32 };
    const struct ndr_type type = { "", "", &row, 1, sizeof *value, 0 };

    return x->encoding ? take(x, &type, value) : show(x, &type, value);
}

static size_t text_length(struct ndr_bytes text, unsigned unit)
{
    size_t len = text.len;

    while (len % unit == 0 && len > 0 && !text.data[len - 1] && !text.data[len - unit])
        len -= unit;
    return len;
}

static bool show_text(struct exchange *x, const char *name, struct ndr_bytes text, unsigned unit)
{
    const struct ndr_row row = { .name = name, .kind = NDR_STRING, .unit = (uint8_t)unit };
    const struct ndr_type type = { "", "", &row, 1, sizeof text, 0 };

    text.len = (uint32_t)text_length(text, unit);
    print_fields(x, &type, &text);
    if (x->object && json_object_set_new(x->object, name, capture_json_text(text, unit)) != 0)
        return exchange_fail(x, NDR_NO_ARENA, x->in.at, name);
    return true;
}

static bool take_text(struct exchange *x, const char *name, struct ndr_bytes *text, unsigned unit)
{
    const json_t *value = json_object_get(x->object, name);
    const char *reason = "missing";

    if (!value || !capture_text_of(value, unit, x->memory, text, &reason))
        return exchange_fault(x, name, reason);
    (void)json_object_del(x->object, name);
    return true;
}

static bool one_name(struct exchange *x, const char *name, uint8_t *octets)
{
    struct ndr_bytes text = { octets, RDPDR_NAME_OCTETS };

    if (!x->encoding)
        return show_text(x, name, text, 1);
    if (!take_text(x, name, &text, 1))
        return false;
    if (text.len > RDPDR_NAME_OCTETS)
        return exchange_fault(x, name, "too long");
    memcpy(octets, text.data, text.len);
    return true;
}

static bool one_row(struct exchange *x, const struct rdpdr_row *row, void *value)
{
    uint8_t *member = (uint8_t *)value + row->offset;
    uint32_t number = 0;
    uint16_t half = 0;

    if (row->octets == RDPDR_NAME_OCTETS)
        return one_name(x, row->name, member);
    if (row->octets == sizeof number) {
        memcpy(&number, member, sizeof number);
        if (!one_number(x, row->name, UINT32_MAX, &number))
            return false;
        memcpy(member, &number, sizeof number);
        return true;
    }
    memcpy(&half, member, sizeof half);
    number = half;
    if (!one_number(x, row->name, UINT16_MAX, &number))
        return false;
    half = (uint16_t)number;
    memcpy(member, &half, sizeof half);
    return true;
}

/* Encoding writes into memory that exchange_room made for it, or counts. */
static bool put_layout(struct exchange *x, const struct rdpdr_layout *layout, const void *value)
{
    return rdpdr_write(layout, &x->out, value) ||
           exchange_fault(x, layout->rows[0].name, "too long");
}

bool exchange_layout(struct exchange *x, const struct rdpdr_layout *layout, void *value)
{
    memset(value, 0, layout->size);
    if (x->failed)
        return false;
    if (!x->encoding && rdpdr_read(layout, &x->in, value, &x->error) != NDR_OK) {
        x->failed = true;
        return false;
    }
    for (size_t i = 0; i < layout->row_count; i++) {
        if (!one_row(x, &layout->rows[i], value))
            return false;
    }
    return !x->encoding || put_layout(x, layout, value);
}

/* ---- octets ---- */

static bool show_octets(struct exchange *x, const char *name, const char *count, uint32_t len)
{
    const struct ndr_row row = { .name = name, .max = len, .kind = NDR_FIXED, .flags = NDR_SECRET };
    const struct ndr_type type = { "", "", &row, 1, 0, 0 };
    const uint8_t *octets;

    if (!ndr_read_view(&x->in, len, &octets))
        return len == 0 || exchange_fail(x, NDR_TRUNCATED, x->in.at, count);
    return len == 0 || show(x, &type, octets);
}

static bool put_octets(struct exchange *x, const char *name, const uint8_t *octets, uint32_t len)
{
    return ndr_write_bytes(&x->out, octets, len) || exchange_fault(x, name, "too long");
}

/* The octets that the JSON has, none when it has no such member. */
static bool take_octets(struct exchange *x, const char *name, struct ndr_bytes *octets)
{
    const json_t *value = json_object_get(x->object, name);
    const char *reason;

    *octets = (struct ndr_bytes){ (const uint8_t *)"", 0 };
    if (!value)
        return true;
    octets->data = capture_octets_of(value, x->memory, &octets->len, &reason);
    if (!octets->data)
        return exchange_fault(x, name, reason);
    (void)json_object_del(x->object, name);
    return true;
}

bool exchange_octets(struct exchange *x, const char *name, const char *count, uint32_t len)
{
    struct ndr_bytes octets;

    if (x->failed)
        return false;
    if (!x->encoding)
        return show_octets(x, name, count, len);
    if (!take_octets(x, name, &octets))
        return false;
    if (octets.len != len)
        return exchange_fault(x, count, "contradicts its data");
    return put_octets(x, name, octets.data, octets.len);
}

bool exchange_text(struct exchange *x, const char *name, const char *count, uint32_t len,
                   unsigned unit)
{
    struct ndr_bytes text = { (const uint8_t *)"", len };

    if (x->failed)
        return false;
    if (!x->encoding) {
        if (!ndr_read_view(&x->in, len, &text.data) && len > 0)
            return exchange_fail(x, NDR_TRUNCATED, x->in.at, count);
        return show_text(x, name, text, unit);
    }
    if (!take_text(x, name, &text, unit))
        return false;
    if (text.len > len)
        return exchange_fault(x, count, "contradicts its data");
    return put_octets(x, name, text.data, text.len) &&
           (ndr_write_zeroes(&x->out, len - text.len) || exchange_fault(x, name, "too long"));
}

bool exchange_rest(struct exchange *x, const char *name, size_t end)
{
    struct ndr_bytes octets;

    if (x->failed)
        return false;
    if (x->encoding)
        return take_octets(x, name, &octets) && put_octets(x, name, octets.data, octets.len);
    return exchange_octets(x, name, name, end > x->in.at ? (uint32_t)(end - x->in.at) : 0);
}

bool exchange_structure(struct exchange *x, const char *name, const struct ndr_type *type,
                        const void *value)
{
    json_t *outer = x->object;
    bool ok;

    if (outer) {
        x->object = json_object();
        if (json_object_set_new(outer, name, x->object) != 0)
            return exchange_fail(x, NDR_NO_ARENA, x->in.at, name);
    }
    print_label(x, name);
    x->level++;
    ok = show(x, type, value);
    x->level--;
    x->object = outer;
    return ok;
}

/* ---- members and lists ---- */

void exchange_default(struct exchange *x, const char *name, size_t value)
{
    if (x->encoding && !json_object_get(x->object, name))
        (void)json_object_set_new(x->object, name, json_integer((json_int_t)value));
}

size_t exchange_size(const struct exchange *x, const char *name)
{
    return json_array_size(json_object_get(x->object, name));
}

static json_t *element_of(struct exchange *x, const char *name, uint32_t i)
{
    json_t *list = json_object_get(x->object, name);

    if (x->encoding)
        return json_array_get(list, i);
    if (!list) {
        list = json_array();
        if (json_object_set_new(x->object, name, list) != 0)
            return NULL;
    }
    return json_array_append_new(list, json_object()) == 0 ? json_array_get(list, i) : NULL;
}

bool exchange_enter(struct exchange *x, const char *name, uint32_t i, struct exchange_mark *mark)
{
    char label[64];

    *mark = (struct exchange_mark){ x->object, strlen(x->path) };
    if (x->failed)
        return false;
    (void)snprintf(label, sizeof label, "%s[%" PRIu32 "]", name, i);
    if (x->object) {
        json_t *element = element_of(x, name, i);

        if (!json_is_object(element))
            return x->encoding ? exchange_fault(x, label, element ? "no object" : "missing")
                               : exchange_fail(x, NDR_NO_ARENA, x->in.at, name);
        x->object = element;
    }
    if (!x->encoding)
        print_label(x, label);
    (void)snprintf(x->path + mark->path, sizeof x->path - mark->path, "%s.", label);
    x->level++;
    return true;
}

bool exchange_leave(struct exchange *x, const struct exchange_mark *mark)
{
    const char *surplus = json_object_iter_key(json_object_iter(x->object));

    if (x->failed)
        return false;
    if (x->encoding && surplus)
        return exchange_fault(x, surplus, "no such field");
    x->object = mark->object;
    x->path[mark->path] = '\0';
    x->level--;
    return true;
}
