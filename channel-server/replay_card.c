/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_card.h"

#include <stdlib.h>
#include <string.h>

#include "replay_calls.h"
#include "replay_look.h"

/* How long until a call that another program's transaction keeps out is tried again. The resource
 * manager has no news of transactions to wait for; our own ones wake us at once. */
#define ASK_AGAIN_NS 50000000u

/* ---- the native side ---- */

static const struct resource_manager *manager_of(const struct replay_card *card)
{
    return card->worker.replay->manager;
}

static void release_native(struct replay_card *card)
{
    const struct resource_manager *manager = manager_of(card);

    if (card->established)
        (void)manager->release(manager->self, card->native);
    card->established = false;
}

static scard_code try_open(struct replay_card *card, const char *reader,
                           const struct Connect_Common *common, uint32_t *active_protocol)
{
    const struct resource_manager *manager = manager_of(card);
    scard_code code = RDPESC_S_SUCCESS;

    if (!card->established) {
        code = manager->establish(manager->self, RDPESC_SCOPE_SYSTEM, &card->native);
        card->established = code == RDPESC_S_SUCCESS;
    }
    if (code != RDPESC_S_SUCCESS)
        return code;
    return manager->connect(manager->self, card->native, reader, common->dwShareMode,
                            common->dwPreferredProtocols, &card->card, active_protocol);
}

scard_code replay_card_open(struct replay_card *card, const char *reader,
                            const struct Connect_Common *common, uint32_t *active_protocol)
{
    scard_code code = try_open(card, reader, common, active_protocol);

    if (replay_service_gone(code)) {
        release_native(card);
        code = try_open(card, reader, common, active_protocol);
    }
    if (replay_service_gone(code)) {
        release_native(card);
        return RDPESC_E_NO_SERVICE;
    }
    card->connected = code == RDPESC_S_SUCCESS;
    card->over = !card->connected;
    card->transactions = 0;
    card->transmits = 0;
    return code;
}

scard_code replay_card_close(struct replay_card *card, uint32_t disposition)
{
    const struct resource_manager *manager = manager_of(card);
    scard_code code = manager->disconnect(manager->self, card->card, disposition);

    card->connected = false;
    card->over = true;
    /* What the resource manager could not let go of goes with the context. */
    if (code != RDPESC_S_SUCCESS)
        release_native(card);
    replay_card_pass_turn(card->worker.replay);
    return code;
}

/* As pcsc-lite does for a context that is released: a card is reset if its owner may have left
 * secrets open in it. */
static void abandon(struct replay_card *card, bool reset)
{
    if (card->connected)
        (void)replay_card_close(card, reset || card->transactions ? RDPESC_RESET_CARD
                                                                  : RDPESC_LEAVE_CARD);
}

/* A reset waits for another program's transaction to end; that program's card is left to it. */
static bool is_held_by_another(struct replay_card *card)
{
    const struct resource_manager *manager = manager_of(card);
    uint8_t name[RDPESC_READER_NAME_MAX + 1];
    uint8_t octets[RDPESC_ATR_MAX];
    struct rm_buffer reader = { name, sizeof name, 0 };
    struct rm_buffer atr = { octets, sizeof octets, 0 };
    uint32_t state;
    uint32_t protocol;

    return manager->status(manager->self, card->card, &reader, &state, &protocol, &atr) ==
           RDPESC_E_SHARING_VIOLATION;
}

/* ---- turns ---- */

uint64_t replay_card_turns(struct replay *replay)
{
    uint64_t turns;

    pthread_mutex_lock(&replay->lock);
    turns = replay->turns;
    pthread_mutex_unlock(&replay->lock);
    return turns;
}

scard_code replay_card_turn(struct replay_job *job, scard_code code, uint64_t *turns)
{
    struct replay *replay = job->replay;
    struct replay_worker *worker = &job->card->worker;
    uint64_t deadline = replay_clock() + ASK_AGAIN_NS;

    if (code != RDPESC_E_SHARING_VIOLATION)
        return code;
    pthread_mutex_lock(&replay->lock);
    while (!worker->stop && !replay_job_cancelled(job) && replay->turns == *turns &&
           replay_clock() < deadline)
        replay_worker_wait(worker, deadline);
    *turns = replay->turns;
    code = worker->stop || replay_job_cancelled(job) ? RDPESC_E_CANCELLED : REPLAY_LATER;
    pthread_mutex_unlock(&replay->lock);
    return code;
}

void replay_cards_wake(struct replay *replay)
{
    for (uint32_t i = 0; i < replay->cards.size; i++) {
        struct replay_card *card = replay->cards.slots[i].object;
        if (card)
            pthread_cond_signal(&card->worker.wake);
    }
}

void replay_card_pass_turn(struct replay *replay)
{
    pthread_mutex_lock(&replay->lock);
    replay->turns++;
    replay_cards_wake(replay);
    pthread_mutex_unlock(&replay->lock);
}

/* ---- the thread ---- */

/* Takes the handle from the session host. Under the lock. */
static void withdraw(struct replay_card *card)
{
    struct replay *replay = card->worker.replay;

    replay_table_remove(&replay->cards, &card->id);
    if (card->open)
        replay->counters.handles--;
    card->open = false;
}

void replay_cards_release(struct replay *replay, const struct replay_context *context)
{
    for (uint32_t i = 0; i < replay->cards.size; i++) {
        struct replay_card *card = replay->cards.slots[i].object;
        if (!card || card->context != context)
            continue;
        pthread_cond_signal(&card->worker.wake);
        withdraw(card);
    }
}

/* The card is let go of; calls that came behind are refused. Takes the lock off and on again. */
static void let_go(struct replay_card *card)
{
    struct replay *replay = card->worker.replay;
    struct replay_context *context = card->context;
    struct replay_job *refused;
    struct replay_job *released;

    if (!card->worker.stop)
        withdraw(card);
    refused = replay_queue_drain(&card->queue, RDPESC_E_INVALID_HANDLE);
    pthread_mutex_unlock(&replay->lock);
    abandon(card, false);
    replay_jobs_finish(refused);
    pthread_mutex_lock(&replay->lock);
    released = replay_context_leave(context);
    card->context = NULL;
    card->over = false;
    if (!released)
        return;
    pthread_mutex_unlock(&replay->lock);
    replay_job_finish(released, RDPESC_S_SUCCESS);
    pthread_mutex_lock(&replay->lock);
}

/* One spare thread is kept, with its native context, as programs connect again and again. Under the
 * lock. */
static bool becomes_spare(struct replay_card *card)
{
    struct replay *replay = card->worker.replay;

    if (card->worker.stop || replay->spare)
        return false;
    replay->spare = card;
    return true;
}

static void run_job(struct replay_card *card, struct replay_job *job)
{
    struct replay *replay = card->worker.replay;

    pthread_mutex_unlock(&replay->lock);
    replay_job_run(job);
    pthread_mutex_lock(&replay->lock);
}

/* Under the lock. False: the thread is no longer needed. */
static bool step(struct replay_card *card)
{
    struct replay_job *job;

    if (card->context && (card->over || card->context->released)) {
        let_go(card);
        return becomes_spare(card);
    }
    job = replay_queue_take(&card->queue);
    if (job)
        run_job(card, job);
    else
        replay_worker_wait(&card->worker, UINT64_MAX);
    return true;
}

static void run(struct replay_worker *worker)
{
    struct replay_card *card = (struct replay_card *)(void *)worker;
    struct replay *replay = worker->replay;

    pthread_mutex_lock(&replay->lock);
    while (!worker->stop && step(card))
        continue;
    pthread_mutex_unlock(&replay->lock);
    abandon(card, card->connected && !is_held_by_another(card));
    pthread_mutex_lock(&replay->lock);
    if (card->context)
        let_go(card);
    pthread_mutex_unlock(&replay->lock);
    release_native(card);
    pthread_mutex_lock(&replay->lock);
    if (!worker->alone)
        replay->card_threads--;
    pthread_mutex_unlock(&replay->lock);
}

/* ---- calls come in; under the lock ---- */

static struct replay_card *take_thread(struct replay *replay)
{
    struct replay_card *card = replay->spare;

    replay->spare = NULL;
    if (card)
        return card;
    /* Threads that are still closing a card count too, up to as many again; so do those that hang
     * from before a reset, or a host could pile them up by one Server Announce after the other. */
    if (replay->card_threads + replay->left_behind >= 2 * replay->cards.max)
        return NULL;
    card = calloc(1, sizeof *card);
    if (!card || !replay_worker_start(replay, &card->worker, run)) {
        free(card);
        return NULL;
    }
    replay->card_threads++;
    return card;
}

static void queue_job(struct replay_card *card, struct replay_job *job)
{
    job->card = card;
    replay_queue_put(&card->queue, job);
    pthread_cond_signal(&card->worker.wake);
}

scard_code replay_card_connect(struct replay_job *job)
{
    struct replay *replay = job->replay;
    struct replay_card *card;

    if (replay->cards.used >= replay->cards.max)
        return RDPESC_E_NO_MEMORY;
    card = take_thread(replay);
    if (!card)
        return RDPESC_E_NO_MEMORY;
    if (!replay_table_add(&replay->cards, card, &card->id)) {
        replay->spare = card;
        return RDPESC_E_NO_MEMORY;
    }
    card->context = job->context;
    card->context->cards++;
    replay_context_reference(card->context);
    queue_job(card, job);
    return REPLAY_LATER;
}

scard_code replay_card_submit(struct replay_job *job, struct ndr_bytes handle)
{
    struct replay_card *card = replay_table_find(&job->replay->cards, handle);

    if (!card || !card->open || card->context != job->context)
        return RDPESC_E_INVALID_HANDLE;
    queue_job(card, job);
    return REPLAY_LATER;
}
