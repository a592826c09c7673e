/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_manager.h"

#include <stdlib.h>

#include "replay_calls.h"
#include "replay_wait.h"
#include "replay_watcher.h"

static scard_code noted(struct replay_manager *manager, scard_code code)
{
    struct replay *replay = manager->worker.replay;

    pthread_mutex_lock(&replay->lock);
    if (!manager->worker.alone)
        replay_note_service(replay, code, manager->look.seen.count);
    pthread_mutex_unlock(&replay->lock);
    return code;
}

scard_code replay_manager_names(struct replay_manager *manager)
{
    return noted(manager, replay_look_names(&manager->look, manager->worker.replay->manager));
}

scard_code replay_manager_states(struct replay_manager *manager)
{
    return noted(manager, replay_look_states(&manager->look, manager->worker.replay->manager));
}

/* The first thing it does, so that the operator reads how many readers there are before a program
 * asks. */
static void greet(struct replay_manager *manager)
{
    (void)replay_manager_names(manager);
}

static void run_job(struct replay_manager *manager, struct replay_job *job)
{
    struct replay *replay = manager->worker.replay;

    pthread_mutex_unlock(&replay->lock);
    job->manager = manager;
    replay_job_run(job);
    pthread_mutex_lock(&replay->lock);
}

/* One thing that is due, or waits for one. Under the lock. */
static void step(struct replay_manager *manager)
{
    struct replay_job *job = replay_queue_take(&manager->queue);

    if (job)
        run_job(manager, job);
    else if (replay_waits_due(manager))
        replay_waits_attend(manager);
    else
        replay_worker_wait(&manager->worker, replay_waits_deadline(manager));
}

/* Calls that nobody waits for any more: the engine was reset. Takes the lock off. */
static void drop_jobs(struct replay_manager *manager)
{
    struct replay *replay = manager->worker.replay;
    struct replay_queue waits = { manager->waits, NULL };
    struct replay_job *queued = replay_queue_drain(&manager->queue, RDPESC_E_CANCELLED);
    struct replay_job *parked = replay_queue_drain(&waits, RDPESC_E_CANCELLED);

    manager->waits = NULL;
    pthread_mutex_unlock(&replay->lock);
    replay_jobs_finish(queued);
    replay_jobs_finish(parked);
}

static void run(struct replay_worker *worker)
{
    struct replay_manager *manager = (struct replay_manager *)(void *)worker;
    struct replay *replay = worker->replay;

    greet(manager);
    pthread_mutex_lock(&replay->lock);
    while (!worker->stop)
        step(manager);
    drop_jobs(manager);
    replay_watcher_end(worker);
    replay_look_end(&manager->look, replay->manager);
    pthread_mutex_lock(&replay->lock);
    if (!worker->alone)
        replay->managing = NULL;
    pthread_mutex_unlock(&replay->lock);
}

bool replay_manager_start(struct replay *replay)
{
    struct replay_manager *manager;

    if (replay->managing)
        return true;
    manager = calloc(1, sizeof *manager);
    if (!manager)
        return false;
    if (!replay_worker_start(replay, &manager->worker, run)) {
        free(manager);
        return false;
    }
    replay->managing = manager;
    return true;
}

scard_code replay_manager_submit(struct replay_job *job)
{
    if (!replay_manager_start(job->replay))
        return RDPESC_E_NO_MEMORY;
    replay_queue_put(&job->replay->managing->queue, job);
    replay_manager_wake(job->replay);
    return REPLAY_LATER;
}

void replay_manager_wake(struct replay *replay)
{
    if (replay->managing)
        pthread_cond_signal(&replay->managing->worker.wake);
}
