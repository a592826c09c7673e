/* SPDX-License-Identifier: Apache-2.0 */
#include "mirror_table.h"

#include <string.h>

#include "utf.h"

#define COUNT_SHIFT 16
#define STATE_BITS  0xFFFFu
/* Bits that speak of a question, not of a reader. */
#define STATE_NOT_KEPT (RDPESC_STATE_CHANGED | RDPESC_STATE_IGNORE | RDPESC_STATE_ATRMATCH)

static bool has_card(const struct mirror_reader *reader)
{
    return (reader->state & RDPESC_STATE_PRESENT) != 0;
}

static struct mirror_remembered *recall(struct mirror_table *table, const char *name)
{
    for (size_t i = 0; i < MIRROR_REMEMBERED_MAX; i++)
        if (strcmp(table->remembered[i].name, name) == 0)
            return &table->remembered[i];
    return NULL;
}

static void remember(struct mirror_table *table, const struct mirror_reader *reader)
{
    struct mirror_remembered *place = recall(table, reader->name);

    if (place == NULL) {
        place = &table->remembered[0];
        for (size_t i = 1; i < MIRROR_REMEMBERED_MAX; i++)
            if (table->remembered[i].seen < place->seen)
                place = &table->remembered[i];
        memcpy(place->name, reader->name, sizeof place->name);
    }
    place->counter = reader->counter;
    place->present = has_card(reader);
    place->seen = ++table->clock;
}

/* A name that could steer the terminal on which a program prints it is not shown to programs. */
static bool is_printable(const char *name)
{
    for (const char *c = name; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            return false;
    return true;
}

/* The octets up to the next NUL character, or all that are left. */
static struct ndr_bytes next_name(struct ndr_bytes *list)
{
    struct ndr_bytes name = { list->data, 0 };
    uint32_t taken;

    while (name.len + 2 <= list->len && (name.data[name.len] != 0 || name.data[name.len + 1] != 0))
        name.len += 2;
    taken = name.len + 2 <= list->len ? name.len + 2 : list->len;
    list->data += taken;
    list->len -= taken;
    return name;
}

static const struct mirror_watched *find(const struct mirror_watched *watched, size_t count,
                                         const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(watched[i].reader.name, name) == 0)
            return &watched[i];
    return NULL;
}

/* Makes *fresh from a name of the list. False: not a reader that programs may see. */
static bool take_name(struct ndr_bytes name, struct mirror_watched *fresh, unsigned *left_out)
{
    *fresh = (struct mirror_watched){ 0 };
    if (name.len == 0)
        return false;
    if (name.len > sizeof fresh->wire_name ||
        !utf8_from_utf16(name, fresh->reader.name, sizeof fresh->reader.name) ||
        !is_printable(fresh->reader.name)) {
        *left_out |= MIRROR_LEFT_OUT_NAME;
        return false;
    }
    memcpy(fresh->wire_name, name.data, name.len);
    fresh->wire_name_len = name.len;
    return strcmp(fresh->reader.name, RDPESC_PNP_READER) != 0;
}

static bool is_one_gone(const struct mirror_table *table, const struct mirror_watched *before,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (before[i].known &&
            find(table->watched, table->watched_count, before[i].reader.name) == NULL)
            return true;
    return false;
}

bool mirror_table_list(struct mirror_table *table, struct ndr_bytes readers, unsigned *left_out)
{
    struct mirror_watched before[MIRROR_READERS_MAX];
    size_t count = table->watched_count;
    struct mirror_watched fresh;

    *left_out = 0;
    memcpy(before, table->watched, sizeof before);
    table->watched_count = 0;
    while (readers.len > 0) {
        if (!take_name(next_name(&readers), &fresh, left_out) ||
            find(table->watched, table->watched_count, fresh.reader.name) != NULL)
            continue;
        if (table->watched_count == MIRROR_READERS_MAX) {
            *left_out |= MIRROR_LEFT_OUT_MANY;
            break;
        }
        const struct mirror_watched *old = find(before, count, fresh.reader.name);
        table->watched[table->watched_count++] = old != NULL ? *old : fresh;
    }
    return is_one_gone(table, before, count);
}

/* The counter of a reader that was not here a moment ago. */
static uint32_t first_counter(struct mirror_table *table, const struct mirror_reader *reader,
                              uint32_t told)
{
    const struct mirror_remembered *old = recall(table, reader->name);

    if (old == NULL)
        return told == 0 && has_card(reader) ? 1 : told;
    /* Away and back: what was in it counts as pulled, what is in it now as put in. */
    return old->counter + (old->present ? 1 : 0) + (has_card(reader) ? 1 : 0);
}

/* How many insertions and removals lie between two states. */
static uint32_t events_between(const struct mirror_reader *before, uint32_t wire_before,
                               const struct mirror_reader *now, uint32_t wire_now)
{
    uint32_t told = ((wire_now >> COUNT_SHIFT) - (wire_before >> COUNT_SHIFT)) & STATE_BITS;

    /* A count that went back is that of a service that started anew. */
    if (told != 0)
        return told <= STATE_BITS / 2 ? told : 1;
    if (has_card(before) != has_card(now))
        return 1;
    if (has_card(now) &&
        (before->atr_len != now->atr_len || memcmp(before->atr, now->atr, now->atr_len) != 0))
        return 2;
    return 0;
}

static void take_atr(struct mirror_reader *reader, const struct ReaderState_Return *state)
{
    memset(reader->atr, 0, sizeof reader->atr);
    reader->atr_len = 0;
    if (!has_card(reader))
        return;
    reader->atr_len = state->cbAtr < RDPESC_ATR_MAX ? state->cbAtr : RDPESC_ATR_MAX;
    memcpy(reader->atr, state->rgbAtr, reader->atr_len);
}

bool mirror_table_apply(struct mirror_table *table, size_t i,
                        const struct ReaderState_Return *state)
{
    struct mirror_watched *watched = &table->watched[i];
    struct mirror_reader before = watched->reader;
    struct mirror_reader *reader = &watched->reader;
    uint32_t wire = state->dwEventState & ~STATE_NOT_KEPT;
    bool was_known = watched->known;

    reader->state = wire & STATE_BITS;
    take_atr(reader, state);
    if (!was_known)
        reader->counter = first_counter(table, reader, wire >> COUNT_SHIFT);
    else
        reader->counter += events_between(&before, watched->wire_state, reader, wire);
    if (reader->counter != before.counter || !has_card(reader))
        reader->active_protocol = 0;
    watched->known = true;
    /* UNKNOWN may not be sent back: if the reader is there after all, its state is asked for anew.
     */
    watched->wire_state = (wire & RDPESC_STATE_UNKNOWN) != 0 ? RDPESC_STATE_UNAWARE : wire;
    remember(table, reader);
    return !was_known || before.state != reader->state || before.counter != reader->counter ||
           before.atr_len != reader->atr_len ||
           memcmp(before.atr, reader->atr, sizeof before.atr) != 0;
}

bool mirror_table_clear(struct mirror_table *table)
{
    bool seen = table->published_count > 0;

    table->watched_count = 0;
    table->published_count = 0;
    return seen;
}

void mirror_table_note(struct mirror_table *table, const char *reader, uint32_t protocol)
{
    for (size_t i = 0; i < table->watched_count; i++)
        if (strcmp(table->watched[i].reader.name, reader) == 0 &&
            has_card(&table->watched[i].reader))
            table->watched[i].reader.active_protocol = protocol;
    mirror_table_publish(table);
}

void mirror_table_publish(struct mirror_table *table)
{
    table->published_count = 0;
    for (size_t i = 0; i < table->watched_count; i++)
        if (table->watched[i].known)
            table->published[table->published_count++] = table->watched[i].reader;
}
