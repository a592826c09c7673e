/* SPDX-License-Identifier: Apache-2.0
 *
 * What the readers are at one moment, and whether that is news to somebody who believes something
 * else: the rules of SCardGetStatusChange, [MS-RDPESC] 2.2.7, as pcsc-lite has them. Pure.
 */
#ifndef RDPESC_REPLAY_STATE_H
#define RDPESC_REPLAY_STATE_H

#include "resource_manager.h"

/* Readers that are looked at; a resource manager's further ones do not exist for the session host.
 */
#define REPLAY_READERS_MAX 64

/* The readers at one moment. readers[].name points into names. */
struct replay_snapshot {
    uint32_t count;
    uint32_t len;  /* octets of names */
    uint64_t mark; /* of the set of names: equal sets have equal marks */
    struct rm_reader_state readers[REPLAY_READERS_MAX + 1]; /* one more, for the pseudo reader */
    char names[REPLAY_READERS_MAX * (RDPESC_READER_NAME_MAX + 1)];
};

/* One reader as the caller of GetStatusChange believes it to be. */
struct replay_wanted {
    char name[RDPESC_READER_NAME_MAX + 1];
    uint32_t current; /* dwCurrentState */
};

/* Splits the first len octets of snapshot->names into readers of unknown state. */
void replay_snapshot_index(struct replay_snapshot *snapshot, uint32_t len);

/* True when the name is that of a reader or of the pseudo reader that stands for the set of
 * readers. */
bool replay_snapshot_knows(const struct replay_snapshot *snapshot, const char *name);

/* Compares one reader with what its caller believes, fills *out, and says whether it is news. then
 * is the mark of the set of names when the wait began. The rules:
 * - IGNORE in dwCurrentState: never news, dwEventState 0. CHANGED in dwCurrentState is not looked
 * at, as callers give dwEventState back.
 * - dwCurrentState 0 is always news; else only what contradicts dwCurrentState is; the count only
 * where dwCurrentState has one.
 * - A reader that is not there: UNKNOWN and UNAVAILABLE.
 * - The pseudo reader: the count is the number of readers; news when dwCurrentState is not 0 and
 * has another number, or when the set of names is not the one the wait began with. */
bool replay_state_compare(const struct replay_snapshot *snapshot,
                          const struct replay_wanted *wanted, uint64_t then,
                          struct ReaderState_Return *out);

#endif
