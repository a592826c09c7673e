/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_wait.h"

#include <stdlib.h>

#include "replay_calls.h"
#include "replay_text.h"
#include "replay_watcher.h"

#define NANOSECONDS_PER_MS 1000000u

/* ---- the manager's list ---- */

/* Compares all readers of a wait and fills its return; true: there is news. */
static bool compare(struct replay_job *job, const struct replay_snapshot *seen)
{
    struct ReaderState_Return *states = (struct ReaderState_Return *)(void *)job->scratch.at;
    const struct replay_wait *wait = job->wait;
    bool changed = false;

    for (uint32_t i = 0; i < wait->count; i++) {
        if (replay_state_compare(seen, &wait->readers[i], wait->mark, &states[i]))
            changed = true;
    }
    return changed;
}

uint64_t replay_waits_deadline(const struct replay_manager *manager)
{
    uint64_t earliest = UINT64_MAX;

    for (const struct replay_job *job = manager->waits; job; job = job->next)
        earliest = job->wait->deadline < earliest ? job->wait->deadline : earliest;
    return earliest;
}

static bool is_news(const struct replay_manager *manager)
{
    return manager->waits && manager->compared != manager->worker.replay->generation;
}

bool replay_waits_due(const struct replay_manager *manager)
{
    if (is_news(manager))
        return true;
    return manager->waits && replay_waits_deadline(manager) <= replay_clock();
}

/* True, with job->code set: the wait is over. look is why the readers could not be looked at. */
static bool is_over(struct replay_job *job, const struct replay_manager *manager, bool news,
                    scard_code look)
{
    job->code = RDPESC_E_TIMEOUT;
    if (news && look != RDPESC_S_SUCCESS) {
        job->code = look;
        return true;
    }
    if (news && compare(job, &manager->look.seen)) {
        job->code = RDPESC_S_SUCCESS;
        return true;
    }
    return job->wait->deadline <= replay_clock();
}

static struct replay_job *take_over(struct replay_manager *manager, bool news, scard_code look)
{
    struct replay_job **at = &manager->waits;
    struct replay_job *over = NULL;

    while (*at) {
        struct replay_job *job = *at;
        if (!is_over(job, manager, news, look)) {
            at = &job->next;
            continue;
        }
        *at = job->next;
        job->next = over;
        over = job;
        manager->worker.replay->counters.waiting--;
    }
    return over;
}

/* The readers as they are now; RDPESC_S_SUCCESS, or why there can be no waiting. Lets go of the
 * lock meanwhile. */
static scard_code look_again(struct replay_manager *manager)
{
    struct replay *replay = manager->worker.replay;
    uint64_t generation = replay->generation;
    scard_code code;

    pthread_mutex_unlock(&replay->lock);
    code = replay_manager_states(manager);
    pthread_mutex_lock(&replay->lock);
    manager->compared = generation;
    if (code != RDPESC_S_SUCCESS || replay->watching)
        return code;
    /* The service came back behind the watcher's back; anything else would only fail again. */
    if (!replay_service_gone(replay->watched))
        return replay->watched;
    return replay_watcher_start(replay) ? RDPESC_S_SUCCESS : RDPESC_E_NO_MEMORY;
}

void replay_waits_attend(struct replay_manager *manager)
{
    struct replay *replay = manager->worker.replay;
    bool news = is_news(manager);
    scard_code look = news ? look_again(manager) : RDPESC_S_SUCCESS;
    struct replay_job *over;

    if (manager->worker.stop)
        return;
    over = take_over(manager, news, look);
    pthread_mutex_unlock(&replay->lock);
    replay_jobs_finish(over);
    pthread_mutex_lock(&replay->lock);
}

struct replay_job *replay_waits_cancel(struct replay *replay, const struct replay_context *context)
{
    struct replay_job **at = replay->managing ? &replay->managing->waits : NULL;
    struct replay_job *cancelled = NULL;

    while (at && *at) {
        struct replay_job *job = *at;
        if (job->context != context) {
            at = &job->next;
            continue;
        }
        *at = job->next;
        job->next = cancelled;
        job->code = RDPESC_E_CANCELLED;
        cancelled = job;
        replay->counters.waiting--;
    }
    return cancelled;
}

/* Under the lock. seen: the generation before the call was compared. */
static scard_code park(struct replay_job *job, uint64_t seen)
{
    struct replay_manager *manager = job->manager;
    struct replay *replay = job->replay;

    if (manager->worker.stop || replay_job_cancelled(job))
        return RDPESC_E_CANCELLED;
    if (!replay_watcher_start(replay))
        return RDPESC_E_NO_MEMORY;
    if (!manager->waits || seen < manager->compared)
        manager->compared = seen;
    job->next = manager->waits;
    manager->waits = job;
    replay->counters.waiting++;
    return REPLAY_LATER;
}

/* ---- the handlers ---- */

static bool wants_nothing(const struct replay_wait *wait)
{
    for (uint32_t i = 0; i < wait->count; i++) {
        if (!(wait->readers[i].current & RDPESC_STATE_IGNORE))
            return false;
    }
    return true;
}

static bool knows_all(const struct replay_snapshot *seen, const struct replay_wait *wait)
{
    for (uint32_t i = 0; i < wait->count; i++) {
        if (!replay_snapshot_knows(seen, wait->readers[i].name))
            return false;
    }
    return true;
}

static scard_code look_or_park(struct replay_job *job, uint32_t timeout)
{
    const struct replay_snapshot *seen = &job->manager->look.seen;
    struct replay *replay = job->replay;
    uint64_t generation;
    scard_code code;

    pthread_mutex_lock(&replay->lock);
    generation = replay->generation;
    pthread_mutex_unlock(&replay->lock);
    code = replay_manager_states(job->manager);
    if (code != RDPESC_S_SUCCESS)
        return code;
    if (!knows_all(seen, job->wait))
        return RDPESC_E_UNKNOWN_READER;
    job->wait->mark = seen->mark;
    if (compare(job, seen))
        return RDPESC_S_SUCCESS;
    if (timeout == 0)
        return RDPESC_E_TIMEOUT;
    pthread_mutex_lock(&replay->lock);
    code = park(job, generation);
    pthread_mutex_unlock(&replay->lock);
    return code;
}

static scard_code get_status_change(struct replay_job *job, uint32_t timeout,
                                    struct GetStatusChange_Return *ret)
{
    struct replay_wait *wait = job->wait;
    uint8_t *states = replay_job_scratch(job, wait->count * sizeof(struct ReaderState_Return));

    if (!states)
        return RDPESC_E_NO_MEMORY;
    if (wait->count)
        ret->rgReaderStates.at = (const struct ReaderState_Return *)(const void *)states;
    ret->rgReaderStates.len = wait->count;
    wait->deadline = timeout == RDPESC_INFINITE
                         ? UINT64_MAX
                         : replay_clock() + (uint64_t)timeout * NANOSECONDS_PER_MS;
    if (wants_nothing(wait)) {
        (void)compare(job, &job->manager->look.seen);
        return RDPESC_S_SUCCESS;
    }
    return look_or_park(job, timeout);
}

/* Room for what count readers are waited for with; freed with the job. */
static struct replay_wanted *want(struct replay_job *job, uint32_t count)
{
    job->wait = calloc(1, sizeof *job->wait + count * sizeof job->wait->readers[0]);
    if (!job->wait)
        return NULL;
    job->wait->count = count;
    return job->wait->readers;
}

/* False: there is no name. One that cannot be read stays empty, and so unknown. */
static bool set_wanted(struct replay_wanted *wanted, struct ndr_bytes szReader,
                       const struct ReaderState_Common_Call *common, enum replay_unit unit)
{
    wanted->current = common->dwCurrentState;
    (void)!replay_text_read(szReader, unit, wanted->name, sizeof wanted->name);
    return szReader.data != NULL;
}

scard_code replay_GetStatusChangeA(struct replay_job *job, const struct GetStatusChangeA_Call *call,
                                   struct GetStatusChange_Return *ret)
{
    struct replay_wanted *wanted = want(job, call->rgReaderStates.len);

    if (!wanted)
        return RDPESC_E_NO_MEMORY;
    for (uint32_t i = 0; i < call->rgReaderStates.len; i++) {
        const struct ReaderStateA *reader = &call->rgReaderStates.at[i];
        if (!set_wanted(&wanted[i], reader->szReader, &reader->Common, REPLAY_A))
            return RDPESC_E_INVALID_VALUE;
    }
    return get_status_change(job, call->dwTimeOut, ret);
}

scard_code replay_GetStatusChangeW(struct replay_job *job, const struct GetStatusChangeW_Call *call,
                                   struct GetStatusChange_Return *ret)
{
    struct replay_wanted *wanted = want(job, call->rgReaderStates.len);

    if (!wanted)
        return RDPESC_E_NO_MEMORY;
    for (uint32_t i = 0; i < call->rgReaderStates.len; i++) {
        const struct ReaderStateW *reader = &call->rgReaderStates.at[i];
        if (!set_wanted(&wanted[i], reader->szReader, &reader->Common, REPLAY_W))
            return RDPESC_E_INVALID_VALUE;
    }
    return get_status_change(job, call->dwTimeOut, ret);
}
