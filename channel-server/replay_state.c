/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_state.h"

#include <string.h>
#include <strings.h>

#define COUNT_SHIFT 16
#define SHARING     (RDPESC_STATE_EXCLUSIVE | RDPESC_STATE_INUSE)

static uint64_t hash_name(const char *name)
{
    uint64_t hash = 0xCBF29CE484222325u;

    for (; *name; name++)
        hash = (hash ^ (uint8_t)*name) * 0x100000001B3u;
    return hash;
}

void replay_snapshot_index(struct replay_snapshot *snapshot, uint32_t len)
{
    const char *end = snapshot->names + len;

    snapshot->count = 0;
    snapshot->len = len;
    snapshot->mark = 0;
    for (const char *name = snapshot->names; name < end; name += strlen(name) + 1) {
        if (!*name || snapshot->count == REPLAY_READERS_MAX)
            continue;
        snapshot->readers[snapshot->count++] = (struct rm_reader_state){ .name = name };
        /* A sum, as the order of the names means nothing. */
        snapshot->mark += hash_name(name);
    }
}

static const struct rm_reader_state *find(const struct replay_snapshot *snapshot, const char *name)
{
    for (uint32_t i = 0; i < snapshot->count; i++) {
        if (strcmp(snapshot->readers[i].name, name) == 0)
            return &snapshot->readers[i];
    }
    return NULL;
}

static bool is_pseudo_reader(const char *name)
{
    return strcasecmp(name, RDPESC_PNP_READER) == 0;
}

bool replay_snapshot_knows(const struct replay_snapshot *snapshot, const char *name)
{
    return is_pseudo_reader(name) || find(snapshot, name) != NULL;
}

static bool readers_changed(const struct replay_snapshot *snapshot, uint32_t current, uint64_t then)
{
    return snapshot->mark != then ||
           (current != RDPESC_STATE_UNAWARE && current >> COUNT_SHIFT != snapshot->count);
}

/* Bits of dwCurrentState that the state of a card in, or not in, a reader contradicts. */
static uint32_t contradicted(uint32_t event)
{
    uint32_t bits = RDPESC_STATE_UNKNOWN;

    if (!(event & RDPESC_STATE_UNAVAILABLE))
        bits |= RDPESC_STATE_UNAVAILABLE;
    if (event & RDPESC_STATE_EMPTY)
        bits |= RDPESC_STATE_PRESENT;
    if (event & RDPESC_STATE_PRESENT)
        bits |= RDPESC_STATE_EMPTY;
    if ((event & RDPESC_STATE_PRESENT) && !(event & RDPESC_STATE_MUTE))
        bits |= RDPESC_STATE_MUTE;
    return bits | (SHARING & ~event);
}

static bool reader_changed(uint32_t event, uint32_t current)
{
    uint32_t count = current >> COUNT_SHIFT;

    if (current == RDPESC_STATE_UNAWARE || (current & contradicted(event)))
        return true;
    if (count != 0 && count != event >> COUNT_SHIFT)
        return true;
    return (event & ~current & (RDPESC_STATE_UNAVAILABLE | RDPESC_STATE_MUTE)) != 0;
}

static bool compare_reader(const struct rm_reader_state *reader, uint32_t current,
                           struct ReaderState_Return *out)
{
    if (!reader) {
        out->dwEventState = RDPESC_STATE_UNKNOWN | RDPESC_STATE_UNAVAILABLE;
        return !(current & RDPESC_STATE_UNKNOWN);
    }
    out->dwEventState = reader->event & ~RDPESC_STATE_CHANGED;
    if (reader->event & RDPESC_STATE_PRESENT) {
        out->cbAtr = reader->atr_len;
        memcpy(out->rgbAtr, reader->atr, sizeof out->rgbAtr);
    }
    return reader_changed(out->dwEventState, current);
}

bool replay_state_compare(const struct replay_snapshot *snapshot,
                          const struct replay_wanted *wanted, uint64_t then,
                          struct ReaderState_Return *out)
{
    uint32_t current = wanted->current & ~RDPESC_STATE_CHANGED;
    bool changed;

    memset(out, 0, sizeof *out);
    out->dwCurrentState = wanted->current;
    if (current & RDPESC_STATE_IGNORE)
        return false;
    if (is_pseudo_reader(wanted->name)) {
        /* Not masked: 0 and CHANGED says that the caller has seen an empty set of readers. */
        changed = readers_changed(snapshot, wanted->current, then);
        out->dwEventState = snapshot->count << COUNT_SHIFT;
    } else {
        changed = compare_reader(find(snapshot, wanted->name), current, out);
    }
    if (changed)
        out->dwEventState |= RDPESC_STATE_CHANGED;
    return changed;
}
