/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_watcher.h"

#include <stdlib.h>
#include <string.h>

#include "replay_manager.h"

/* After each news the readers are looked at once more, this much later, for two faults of older
 * pcsc-lite: a reader that comes between listing the readers and waiting goes unnoticed (the second
 * slot of a device comes shortly after the first), and its contexts share one array of reader
 * states, so that a late answer to another thread may hide what has just happened. */
#define SECOND_LOOK_MS 500
/* Until the next question, if one was answered with news that there was not: whatever the reason,
 * it shall not keep a processor busy. */
#define PAUSE_NS 100000000u
/* While the watcher is to end: how long until it is asked again, as a question that meets it
 * outside the wait is lost. */
#define ASK_AGAIN_NS 20000000u

struct replay_watcher {
    struct replay_worker worker;
    struct replay_look look;
    struct replay_snapshot watched; /* what the resource manager is asked about */
    rm_context blocked;             /* the context it blocks on, or did; under the lock */
};

/* Blocks until there is something new. What cancels the wait may do so from here on. */
static scard_code block(struct replay_watcher *watcher, uint32_t timeout)
{
    struct replay *replay = watcher->worker.replay;
    const struct resource_manager *manager = replay->manager;
    bool stop;

    pthread_mutex_lock(&replay->lock);
    watcher->blocked = watcher->look.context;
    stop = watcher->worker.stop;
    pthread_mutex_unlock(&replay->lock);
    if (stop)
        return RDPESC_E_CANCELLED;
    return manager->status_change(manager->self, watcher->look.context, timeout,
                                  watcher->watched.readers, watcher->watched.count + 1);
}

/* Tells the manager to compare. False: the watcher is to end. */
static bool tell(struct replay_watcher *watcher)
{
    struct replay *replay = watcher->worker.replay;
    bool stop;

    pthread_mutex_lock(&replay->lock);
    stop = watcher->worker.stop;
    if (!stop) {
        replay->generation++;
        replay_manager_wake(replay);
    }
    pthread_mutex_unlock(&replay->lock);
    return !stop;
}

/* What was seen becomes what the resource manager compares with; the pseudo reader comes last. */
static void prepare(struct replay_watcher *watcher)
{
    const struct replay_snapshot *seen = &watcher->look.seen;
    struct replay_snapshot *watched = &watcher->watched;

    memcpy(watched->names, seen->names, sizeof watched->names);
    replay_snapshot_index(watched, seen->len);
    for (uint32_t i = 0; i < watched->count; i++)
        watched->readers[i].current = seen->readers[i].event & ~RDPESC_STATE_CHANGED;
    watched->readers[watched->count] = (struct rm_reader_state){ .name = RDPESC_PNP_READER };
}

/* Codes after which there is something new to look at. */
static bool goes_on(scard_code code)
{
    return code == RDPESC_S_SUCCESS || code == RDPESC_E_UNKNOWN_READER ||
           code == RDPESC_E_CANCELLED || code == RDPESC_E_TIMEOUT;
}

static void end(struct replay_watcher *watcher, scard_code code)
{
    struct replay *replay = watcher->worker.replay;

    replay_look_end(&watcher->look, replay->manager);
    pthread_mutex_lock(&replay->lock);
    if (!watcher->worker.alone) {
        replay->watching = NULL;
        replay->watched = code;
        replay->generation++;
        replay_manager_wake(replay);
    }
    pthread_mutex_unlock(&replay->lock);
}

static bool is_as_watched(const struct replay_watcher *watcher)
{
    const struct replay_snapshot *seen = &watcher->look.seen;
    const struct replay_snapshot *watched = &watcher->watched;

    if (seen->mark != watched->mark || seen->count != watched->count)
        return false;
    for (uint32_t i = 0; i < seen->count; i++) {
        if ((seen->readers[i].event & ~RDPESC_STATE_CHANGED) != watched->readers[i].current)
            return false;
    }
    return true;
}

static void rest(struct replay_watcher *watcher)
{
    struct replay *replay = watcher->worker.replay;

    pthread_mutex_lock(&replay->lock);
    if (!watcher->worker.stop)
        replay_worker_wait(&watcher->worker, replay_clock() + PAUSE_NS);
    pthread_mutex_unlock(&replay->lock);
}

/* Blocks for news and looks at the readers then. *timeout becomes that of the next time. */
static scard_code watch(struct replay_watcher *watcher, uint32_t *timeout)
{
    scard_code blocked;
    scard_code looked;

    prepare(watcher);
    blocked = block(watcher, *timeout);
    *timeout = blocked == RDPESC_E_TIMEOUT ? RDPESC_INFINITE : SECOND_LOOK_MS;
    if (!goes_on(blocked))
        return blocked;
    looked = replay_look_states(&watcher->look, watcher->worker.replay->manager);
    if (blocked != RDPESC_E_TIMEOUT && looked == RDPESC_S_SUCCESS && is_as_watched(watcher))
        rest(watcher);
    return looked;
}

static void run(struct replay_worker *worker)
{
    struct replay_watcher *watcher = (struct replay_watcher *)(void *)worker;
    scard_code code = replay_look_states(&watcher->look, worker->replay->manager);
    uint32_t timeout = SECOND_LOOK_MS;

    while (goes_on(code) && tell(watcher))
        code = watch(watcher, &timeout);
    end(watcher, code);
}

bool replay_watcher_start(struct replay *replay)
{
    struct replay_watcher *watcher;

    if (replay->watching)
        return true;
    watcher = calloc(1, sizeof *watcher);
    if (!watcher)
        return false;
    if (!replay_worker_start(replay, &watcher->worker, run)) {
        free(watcher);
        return false;
    }
    replay->watching = watcher;
    return true;
}

void replay_watcher_end(struct replay_worker *worker)
{
    struct replay *replay = worker->replay;
    const struct resource_manager *manager = replay->manager;

    pthread_mutex_lock(&replay->lock);
    while (replay->watching && !worker->alone) {
        rm_context context = replay->watching->blocked;
        pthread_mutex_unlock(&replay->lock);
        (void)manager->cancel(manager->self, context);
        pthread_mutex_lock(&replay->lock);
        if (replay->watching && !worker->alone)
            replay_worker_wait(worker, replay_clock() + ASK_AGAIN_NS);
    }
    pthread_mutex_unlock(&replay->lock);
}
