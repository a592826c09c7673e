/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "rm_script_world.h"

#define COUNT_SHIFT 16

/* ---- entering and leaving ---- */

static bool gate_is_shut(const struct rm_script *script, enum rm_script_function function,
                         const char *reader)
{
    if (!script->gates[function])
        return false;
    return !script->gate_reader[function][0] || !*reader ||
           strcmp(script->gate_reader[function], reader) == 0;
}

static void enter_gate(struct rm_script *script, enum rm_script_function function,
                       const char *reader)
{
    char name[RDPESC_READER_NAME_MAX + 1] = "";

    /* A copy: the reader may be taken away meanwhile. */
    if (reader)
        memcpy(name, reader, strnlen(reader, RDPESC_READER_NAME_MAX));
    script->calls[function]++;
    pthread_cond_broadcast(&script->changed);
    while (gate_is_shut(script, function, name))
        pthread_cond_wait(&script->changed, &script->lock);
}

static scard_code trouble(struct rm_script *script, enum rm_script_function function)
{
    if (script->failures[function]) {
        script->failures[function]--;
        return script->failure[function];
    }
    return script->runs ? RDPESC_S_SUCCESS : RDPESC_E_NO_SERVICE;
}

scard_code script_enter(struct rm_script *script, enum rm_script_function function,
                        const char *reader)
{
    pthread_mutex_lock(&script->lock);
    enter_gate(script, function, reader);
    return trouble(script, function);
}

static struct script_card *find_card(struct rm_script *script, rm_card card)
{
    if (card < 1 || card > SCRIPT_CARDS || !script->cards[card - 1].reader)
        return NULL;
    return &script->cards[card - 1];
}

scard_code script_enter_card(struct rm_script *script, enum rm_script_function function,
                             rm_card value, struct script_card **card)
{
    scard_code code;

    pthread_mutex_lock(&script->lock);
    *card = find_card(script, value);
    enter_gate(script, function, *card ? (*card)->reader->name : NULL);
    *card = find_card(script, value);
    code = trouble(script, function);
    if (code != RDPESC_S_SUCCESS)
        return code;
    if (!*card)
        return RDPESC_E_INVALID_HANDLE;
    if ((*card)->reader->holder && (*card)->reader->holder != value)
        return RDPESC_E_SHARING_VIOLATION;
    if ((*card)->removed)
        return RDPESC_W_REMOVED_CARD;
    return (*card)->reset ? RDPESC_W_RESET_CARD : RDPESC_S_SUCCESS;
}

scard_code script_leave(struct rm_script *script, scard_code code)
{
    pthread_cond_broadcast(&script->changed);
    pthread_mutex_unlock(&script->lock);
    return code;
}

struct script_context *script_context(struct rm_script *script, rm_context context)
{
    if (context < 1 || context > SCRIPT_CONTEXTS || !script->contexts[context - 1].open)
        return NULL;
    return &script->contexts[context - 1];
}

/* ---- contexts ---- */

static scard_code establish(void *self, uint32_t scope, rm_context *context)
{
    struct rm_script *script = self;
    scard_code code = script_enter(script, RM_SCRIPT_establish, NULL);

    (void)scope;
    for (intptr_t i = 0; code == RDPESC_S_SUCCESS && i < SCRIPT_CONTEXTS; i++) {
        if (script->contexts[i].open)
            continue;
        script->contexts[i] = (struct script_context){ true, false, false };
        *context = i + 1;
        return script_leave(script, code);
    }
    return script_leave(script, code == RDPESC_S_SUCCESS ? RDPESC_E_NO_MEMORY : code);
}

static scard_code release(void *self, rm_context value)
{
    struct rm_script *script = self;
    scard_code code = script_enter(script, RM_SCRIPT_release, NULL);
    struct script_context *context = script_context(script, value);

    if (code == RDPESC_S_SUCCESS && !context)
        code = RDPESC_E_INVALID_HANDLE;
    if (code != RDPESC_S_SUCCESS)
        return script_leave(script, code);
    for (intptr_t i = 0; i < SCRIPT_CARDS; i++) {
        if (script->cards[i].reader && script->cards[i].context == value)
            script_drop_card(script, i + 1);
    }
    memset(context, 0, sizeof *context);
    return script_leave(script, RDPESC_S_SUCCESS);
}

static scard_code list_readers(void *self, rm_context context, struct rm_buffer *names)
{
    struct rm_script *script = self;
    scard_code code = script_enter(script, RM_SCRIPT_list_readers, NULL);
    uint32_t used = 0;

    if (code == RDPESC_S_SUCCESS && !script_context(script, context))
        code = RDPESC_E_INVALID_HANDLE;
    for (unsigned i = 0; code == RDPESC_S_SUCCESS && i < SCRIPT_READERS; i++) {
        const char *name = script->readers[i].name;
        uint32_t len = (uint32_t)strlen(name) + 1;
        if (len == 1)
            continue;
        if (len > names->room - used)
            return script_leave(script, RDPESC_E_INSUFFICIENT_BUFFER);
        memcpy(names->data + used, name, len);
        used += len;
    }
    if (code == RDPESC_S_SUCCESS && used == 0)
        code = RDPESC_E_NO_READERS_AVAILABLE;
    names->len = used;
    return script_leave(script, code);
}

/* ---- status_change ---- */

static bool is_pseudo_reader(const char *name)
{
    return strcasecmp(name, RDPESC_PNP_READER) == 0;
}

static uint32_t state_of(const struct script_reader *reader)
{
    uint32_t state = reader->events << COUNT_SHIFT;

    if (!reader->present)
        return state | RDPESC_STATE_EMPTY;
    state |= RDPESC_STATE_PRESENT;
    if (reader->exclusive)
        return state | RDPESC_STATE_EXCLUSIVE;
    return reader->users ? state | RDPESC_STATE_INUSE : state;
}

static bool see(struct rm_script *script, struct rm_reader_state *state, uint32_t turned)
{
    const struct script_reader *reader = script_reader(script, state->name);

    if (is_pseudo_reader(state->name)) {
        state->event = turned != script->turned ? RDPESC_STATE_CHANGED : 0;
        return state->event != 0;
    }
    if (!reader) {
        state->event = RDPESC_STATE_UNKNOWN | RDPESC_STATE_UNAVAILABLE | RDPESC_STATE_CHANGED;
        return true;
    }
    state->event = state_of(reader);
    state->atr_len = reader->atr_len;
    memcpy(state->atr, reader->atr, sizeof state->atr);
    if (state->event == state->current)
        return false;
    state->event |= RDPESC_STATE_CHANGED;
    return true;
}

static bool see_all(struct rm_script *script, struct rm_reader_state *states, uint32_t count,
                    uint32_t turned)
{
    bool changed = false;

    for (uint32_t i = 0; i < count; i++) {
        if (see(script, &states[i], turned))
            changed = true;
    }
    return changed;
}

static struct timespec in_ms(uint32_t ms)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

/* Blocks until something has changed, with the lock taken. */
static scard_code wait_for_change(struct rm_script *script, rm_context value, uint32_t timeout,
                                  struct rm_reader_state *states, uint32_t count)
{
    struct script_context *context = &script->contexts[value - 1];
    struct timespec at = in_ms(timeout == RDPESC_INFINITE ? 0 : timeout);
    uint32_t turned = script->turned;
    unsigned life = script->life;
    int error = 0;

    context->blocked = true;
    while (!see_all(script, states, count, turned)) {
        if (error == ETIMEDOUT)
            return RDPESC_E_TIMEOUT;
        if (timeout == RDPESC_INFINITE)
            pthread_cond_wait(&script->changed, &script->lock);
        else
            error = pthread_cond_timedwait(&script->changed, &script->lock, &at);
        if (life != script->life)
            return RDPESC_E_NO_SERVICE;
        if (context->cancelled)
            return RDPESC_E_CANCELLED;
    }
    return RDPESC_S_SUCCESS;
}

static scard_code status_change(void *self, rm_context value, uint32_t timeout,
                                struct rm_reader_state *states, uint32_t count)
{
    struct rm_script *script = self;
    scard_code code = script_enter(script, RM_SCRIPT_status_change, NULL);

    if (code == RDPESC_S_SUCCESS && !script_context(script, value))
        code = RDPESC_E_INVALID_HANDLE;
    for (uint32_t i = 0; code == RDPESC_S_SUCCESS && i < count; i++) {
        if (!is_pseudo_reader(states[i].name) && !script_reader(script, states[i].name))
            code = RDPESC_E_UNKNOWN_READER;
    }
    if (code != RDPESC_S_SUCCESS)
        return script_leave(script, code);
    code = wait_for_change(script, value, timeout, states, count);
    script->contexts[value - 1].blocked = false;
    script->contexts[value - 1].cancelled = false;
    return script_leave(script, code);
}

static scard_code cancel(void *self, rm_context value)
{
    struct rm_script *script = self;
    scard_code code = script_enter(script, RM_SCRIPT_cancel, NULL);
    struct script_context *context = script_context(script, value);

    if (code == RDPESC_S_SUCCESS && !context)
        code = RDPESC_E_INVALID_HANDLE;
    if (context && context->blocked)
        context->cancelled = true;
    return script_leave(script, code);
}

void script_context_functions(struct resource_manager *manager)
{
    manager->establish = establish;
    manager->release = release;
    manager->list_readers = list_readers;
    manager->status_change = status_change;
    manager->cancel = cancel;
}
