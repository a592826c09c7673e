/* SPDX-License-Identifier: Apache-2.0
 *
 * What the mirror knows of readers: those that it watches, those that programs may see, and the
 * counters of those that were here before. Data only; the calls are made in mirror.c.
 */
#ifndef RDPESC_MIRROR_TABLE_H
#define RDPESC_MIRROR_TABLE_H

#include "mirror.h"

/* Readers whose counters outlive their presence; more than can be present, so that only absent ones
 * are forgotten. */
#define MIRROR_REMEMBERED_MAX 32

/* A reader of the client's list. */
struct mirror_watched {
    struct mirror_reader reader;
    uint8_t wire_name[2 * RDPESC_READER_NAME_MAX]; /* as the client wrote it, without a NUL */
    uint32_t wire_name_len;                        /* octets */
    uint32_t wire_state;                           /* to be sent as dwCurrentState */
    bool known;                                    /* a state has arrived: programs may see it */
};

struct mirror_remembered {
    char name[RDPESC_READER_NAME_MAX + 1]; /* "": a free place */
    uint32_t counter;
    bool present;  /* a card was in it */
    uint64_t seen; /* rises; the lowest is forgotten first */
};

struct mirror_table {
    struct mirror_watched watched[MIRROR_READERS_MAX];
    size_t watched_count;
    struct mirror_reader published[MIRROR_READERS_MAX];
    size_t published_count;
    struct mirror_remembered remembered[MIRROR_REMEMBERED_MAX];
    uint64_t clock;
};

/* What was left out of a list, or-ed. */
enum mirror_left_out {
    MIRROR_LEFT_OUT_NAME = 1, /* a name that is too long, not UTF-16 or not printable */
    MIRROR_LEFT_OUT_MANY = 2  /* more than MIRROR_READERS_MAX readers */
};

/* Takes a list of readers, a multistring in UTF-16LE that may lack its last NULs. Readers that stay
 * keep what is known of them. True when one that programs could see is gone. *left_out gets enum
 * mirror_left_out. */
bool mirror_table_list(struct mirror_table *table, struct ndr_bytes readers, unsigned *left_out);

/* Takes what the client says of watched reader i. True when programs can see a difference. */
bool mirror_table_apply(struct mirror_table *table, size_t i,
                        const struct ReaderState_Return *state);

/* All readers leave; their counters are remembered. True when programs can see a difference. */
bool mirror_table_clear(struct mirror_table *table);

/* As mirror_note_protocol. */
void mirror_table_note(struct mirror_table *table, const char *reader, uint32_t protocol);

/* Brings what programs see up to what is known. */
void mirror_table_publish(struct mirror_table *table);

#endif
