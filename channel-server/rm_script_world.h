/* SPDX-License-Identifier: Apache-2.0
 *
 * What a script's readers, cards and contexts are. Internal to rm_script*.c; all of it is under the
 * lock.
 */
#ifndef RDPESC_RM_SCRIPT_WORLD_H
#define RDPESC_RM_SCRIPT_WORLD_H

#include <pthread.h>

#include "rm_script.h"

#define SCRIPT_READERS  16
#define SCRIPT_CONTEXTS 256
#define SCRIPT_CARDS    256
#define SCRIPT_ANSWERS  32
/* Handles from here on are other programs'. */
#define SCRIPT_STRANGER (-1)

struct script_answer {
    uint8_t *octets; /* command, then answer */
    uint32_t command;
    uint32_t answer;
};

struct script_reader {
    char name[RDPESC_READER_NAME_MAX + 1]; /* empty: no reader */
    uint8_t atr[RDPESC_ATR_MAX];
    uint32_t atr_len;
    uint32_t protocol;
    uint32_t events; /* insertions and removals */
    bool present;
    bool exclusive;
    int users;       /* handles on it */
    intptr_t holder; /* handle in a transaction, SCRIPT_STRANGER, or 0 */
    unsigned depth;
    struct script_answer answers[SCRIPT_ANSWERS];
};

struct script_context {
    bool open;
    bool blocked;
    bool cancelled;
};

struct script_card {
    struct script_reader *reader; /* NULL: no card */
    intptr_t context;
    uint32_t protocol;
    bool reset; /* by somebody else, and not yet reconnected */
    bool removed;
};

struct rm_script {
    struct resource_manager manager;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool runs;
    unsigned life;   /* of the service */
    uint32_t turned; /* readers that came and went */
    struct script_reader readers[SCRIPT_READERS];
    struct script_context contexts[SCRIPT_CONTEXTS]; /* by value less 1 */
    struct script_card cards[SCRIPT_CARDS];          /* by value less 1 */
    unsigned calls[RM_SCRIPT_COUNT];
    unsigned failures[RM_SCRIPT_COUNT];
    scard_code failure[RM_SCRIPT_COUNT];
    bool gates[RM_SCRIPT_COUNT];
    char gate_reader[RM_SCRIPT_COUNT][RDPESC_READER_NAME_MAX + 1]; /* empty: any */
    unsigned resets;
};

/* The reader of this name, or NULL. */
struct script_reader *script_reader(struct rm_script *script, const char *name);

/* Marks all handles on reader but one as reset, or as removed. */
void script_mark(struct rm_script *script, const struct script_reader *reader, intptr_t but,
                 bool removed);

/* Lets go of a card that is connected. */
void script_drop_card(struct rm_script *script, rm_card value);

/* The open context of this value, or NULL. */
struct script_context *script_context(struct rm_script *script, rm_context context);

/* Takes the lock, counts the call, hangs at a gate; reader may be NULL. Not RDPESC_S_SUCCESS: the
 * code to return. */
scard_code script_enter(struct rm_script *script, enum rm_script_function function,
                        const char *reader);

/* The same for a call on a card, which fails if that is not as its owner left it. *card may be NULL
 * then. */
scard_code script_enter_card(struct rm_script *script, enum rm_script_function function,
                             rm_card value, struct script_card **card);

/* Lets go of the lock; code is returned. */
scard_code script_leave(struct rm_script *script, scard_code code);

/* Fill the table of functions: those of contexts, those of cards. */
void script_context_functions(struct resource_manager *manager);
void script_card_functions(struct resource_manager *manager);

#endif
