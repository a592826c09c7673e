/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rm_script_world.h"

#define AWAIT_SECONDS 10
#define ANSWERS_MAX   66560u

struct rm_script *rm_script_new(void)
{
    struct rm_script *script = calloc(1, sizeof *script);
    pthread_condattr_t attributes;

    if (!script)
        return NULL;
    pthread_mutex_init(&script->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&script->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    script->runs = true;
    script->manager.self = script;
    script_context_functions(&script->manager);
    script_card_functions(&script->manager);
    return script;
}

static void forget_answers(struct script_reader *reader)
{
    for (unsigned i = 0; i < SCRIPT_ANSWERS; i++) {
        free(reader->answers[i].octets);
        reader->answers[i] = (struct script_answer){ NULL, 0, 0 };
    }
}

void rm_script_free(struct rm_script *script)
{
    if (!script)
        return;
    for (unsigned i = 0; i < SCRIPT_READERS; i++)
        forget_answers(&script->readers[i]);
    pthread_cond_destroy(&script->changed);
    pthread_mutex_destroy(&script->lock);
    free(script);
}

const struct resource_manager *rm_script_manager(struct rm_script *script)
{
    return &script->manager;
}

static void lock(struct rm_script *script)
{
    pthread_mutex_lock(&script->lock);
}

static void unlock(struct rm_script *script)
{
    pthread_cond_broadcast(&script->changed);
    pthread_mutex_unlock(&script->lock);
}

struct script_reader *script_reader(struct rm_script *script, const char *name)
{
    for (unsigned i = 0; *name && i < SCRIPT_READERS; i++) {
        if (strcmp(script->readers[i].name, name) == 0)
            return &script->readers[i];
    }
    return NULL;
}

void script_mark(struct rm_script *script, const struct script_reader *reader, intptr_t but,
                 bool removed)
{
    for (intptr_t i = 0; i < SCRIPT_CARDS; i++) {
        struct script_card *card = &script->cards[i];
        if (card->reader != reader || i + 1 == but)
            continue;
        if (removed)
            card->removed = true;
        else
            card->reset = true;
    }
}

/* ---- readers and cards ---- */

static void copy_name(char *to, const char *from)
{
    memset(to, 0, RDPESC_READER_NAME_MAX + 1);
    memcpy(to, from, strnlen(from, RDPESC_READER_NAME_MAX));
}

bool rm_script_add_reader(struct rm_script *script, const char *name)
{
    struct script_reader *free_one = NULL;

    lock(script);
    for (unsigned i = 0; i < SCRIPT_READERS && !free_one; i++) {
        if (!script->readers[i].name[0] && script->readers[i].users == 0)
            free_one = &script->readers[i];
    }
    if (free_one) {
        copy_name(free_one->name, name);
        script->turned++;
    }
    unlock(script);
    return free_one != NULL;
}

static void take_card_out(struct rm_script *script, struct script_reader *reader)
{
    if (!reader->present)
        return;
    reader->present = false;
    reader->atr_len = 0;
    reader->events++;
    reader->holder = 0;
    reader->depth = 0;
    script_mark(script, reader, 0, true);
}

void rm_script_remove_reader(struct rm_script *script, const char *name)
{
    struct script_reader *reader;

    lock(script);
    reader = script_reader(script, name);
    if (reader) {
        take_card_out(script, reader);
        forget_answers(reader);
        reader->name[0] = '\0';
        script->turned++;
    }
    unlock(script);
}

void rm_script_insert(struct rm_script *script, const char *name, struct ndr_bytes atr,
                      uint32_t protocol)
{
    struct script_reader *reader;

    lock(script);
    reader = script_reader(script, name);
    if (reader && atr.len <= sizeof reader->atr) {
        take_card_out(script, reader);
        reader->present = true;
        reader->events++;
        reader->protocol = protocol;
        reader->atr_len = atr.len;
        memcpy(reader->atr, atr.data, atr.len);
    }
    unlock(script);
}

void rm_script_pull(struct rm_script *script, const char *name)
{
    struct script_reader *reader;

    lock(script);
    reader = script_reader(script, name);
    if (reader)
        take_card_out(script, reader);
    unlock(script);
}

static bool set_answer(struct script_reader *reader, struct ndr_bytes command,
                       struct ndr_bytes answer)
{
    for (unsigned i = 0; i < SCRIPT_ANSWERS; i++) {
        struct script_answer *pair = &reader->answers[i];
        if (pair->octets)
            continue;
        pair->octets = malloc((size_t)command.len + answer.len + 1);
        if (!pair->octets)
            return false;
        memcpy(pair->octets, command.data, command.len);
        memcpy(pair->octets + command.len, answer.data, answer.len);
        pair->command = command.len;
        pair->answer = answer.len;
        return true;
    }
    return false;
}

bool rm_script_answer(struct rm_script *script, const char *name, struct ndr_bytes command,
                      struct ndr_bytes answer)
{
    struct script_reader *reader;
    bool done;

    if (command.len > ANSWERS_MAX || answer.len > ANSWERS_MAX)
        return false;
    lock(script);
    reader = script_reader(script, name);
    done = reader && set_answer(reader, command, answer);
    unlock(script);
    return done;
}

void rm_script_hold(struct rm_script *script, const char *name, bool held)
{
    struct script_reader *reader;

    lock(script);
    reader = script_reader(script, name);
    if (reader)
        reader->holder = held ? SCRIPT_STRANGER : 0;
    unlock(script);
}

/* ---- trouble ---- */

void rm_script_service(struct rm_script *script, bool runs)
{
    lock(script);
    script->runs = runs;
    if (!runs) {
        script->life++;
        memset(script->contexts, 0, sizeof script->contexts);
        memset(script->cards, 0, sizeof script->cards);
        for (unsigned i = 0; i < SCRIPT_READERS; i++) {
            script->readers[i].users = 0;
            script->readers[i].holder = 0;
            script->readers[i].exclusive = false;
        }
    }
    unlock(script);
}

void rm_script_fail(struct rm_script *script, enum rm_script_function function, scard_code code,
                    unsigned times)
{
    lock(script);
    script->failure[function] = code;
    script->failures[function] = times;
    unlock(script);
}

void rm_script_close_gate(struct rm_script *script, enum rm_script_function function,
                          const char *reader)
{
    lock(script);
    script->gates[function] = true;
    copy_name(script->gate_reader[function], reader ? reader : "");
    unlock(script);
}

void rm_script_open_gate(struct rm_script *script, enum rm_script_function function)
{
    lock(script);
    script->gates[function] = false;
    unlock(script);
}

/* ---- what happened ---- */

unsigned rm_script_calls(struct rm_script *script, enum rm_script_function function)
{
    unsigned calls;

    lock(script);
    calls = script->calls[function];
    unlock(script);
    return calls;
}

bool rm_script_await(struct rm_script *script, enum rm_script_function function, unsigned calls)
{
    struct timespec at;
    bool called;
    int error = 0;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += AWAIT_SECONDS;
    pthread_mutex_lock(&script->lock);
    while (script->calls[function] < calls && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&script->changed, &script->lock, &at);
    called = script->calls[function] >= calls;
    pthread_mutex_unlock(&script->lock);
    return called;
}

unsigned rm_script_contexts(struct rm_script *script)
{
    unsigned open = 0;

    lock(script);
    for (unsigned i = 0; i < SCRIPT_CONTEXTS; i++)
        open += script->contexts[i].open;
    unlock(script);
    return open;
}

unsigned rm_script_cards(struct rm_script *script)
{
    unsigned connected = 0;

    lock(script);
    for (unsigned i = 0; i < SCRIPT_CARDS; i++)
        connected += script->cards[i].reader != NULL;
    unlock(script);
    return connected;
}

unsigned rm_script_resets(struct rm_script *script)
{
    unsigned resets;

    lock(script);
    resets = script->resets;
    unlock(script);
    return resets;
}
