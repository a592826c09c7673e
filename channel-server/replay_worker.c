/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "replay_core.h"

#define NANOSECONDS 1000000000u
/* Our frames and those of the resource manager's library are small; threads should be cheap. */
#define STACK_SIZE ((size_t)512 * 1024)

uint64_t replay_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NANOSECONDS + (uint64_t)now.tv_nsec;
}

void replay_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
}

static struct timespec at_clock(uint64_t deadline)
{
    return (struct timespec){ (time_t)(deadline / NANOSECONDS), (long)(deadline % NANOSECONDS) };
}

void replay_worker_wait(struct replay_worker *worker, uint64_t deadline)
{
    struct timespec at = at_clock(deadline);

    if (deadline == UINT64_MAX)
        pthread_cond_wait(&worker->wake, &worker->replay->lock);
    else
        pthread_cond_timedwait(&worker->wake, &worker->replay->lock, &at);
}

static void unlist(struct replay_worker *worker)
{
    struct replay_worker **at = &worker->replay->workers;

    while (*at != worker)
        at = &(*at)->next;
    *at = worker->next;
}

static void free_worker(struct replay_worker *worker)
{
    pthread_cond_destroy(&worker->wake);
    free(worker);
}

static void end_alone(struct replay_worker *worker)
{
    struct replay *replay = worker->replay;

    pthread_mutex_lock(&replay->lock);
    replay->left_behind--;
    pthread_mutex_unlock(&replay->lock);
    free_worker(worker);
    replay_unreference(replay);
}

static void *run(void *argument)
{
    struct replay_worker *worker = argument;
    struct replay *replay = worker->replay;
    bool alone;

    worker->run(worker);
    pthread_mutex_lock(&replay->lock);
    alone = worker->alone;
    if (!alone) {
        unlist(worker);
        worker->next = replay->ended;
        replay->ended = worker;
        pthread_cond_signal(&replay->quiet);
    }
    pthread_mutex_unlock(&replay->lock);
    if (alone)
        end_alone(worker);
    return NULL;
}

/* They hold no lock and have nothing left to do but return. */
static void join_ended(struct replay *replay)
{
    while (replay->ended) {
        struct replay_worker *worker = replay->ended;
        replay->ended = worker->next;
        pthread_join(worker->thread, NULL);
        free_worker(worker);
    }
}

static int create(struct replay_worker *worker)
{
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t before;
    int error;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    /* Signals are the program's that loads us. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&worker->thread, &attributes, run, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return error;
}

bool replay_worker_start(struct replay *replay, struct replay_worker *worker,
                         void (*run_it)(struct replay_worker *))
{
    join_ended(replay);
    worker->replay = replay;
    worker->run = run_it;
    replay_cond_init(&worker->wake);
    if (create(worker) != 0) {
        pthread_cond_destroy(&worker->wake);
        return false;
    }
    worker->next = replay->workers;
    replay->workers = worker;
    return true;
}

static void leave_alone(struct replay *replay)
{
    while (replay->workers) {
        struct replay_worker *worker = replay->workers;
        replay->workers = worker->next;
        worker->alone = true;
        replay->left_behind++;
        replay->references++;
        pthread_detach(worker->thread);
    }
}

void replay_workers_end(struct replay *replay, uint32_t ms)
{
    struct timespec at = at_clock(replay_clock() + (uint64_t)ms * 1000000u);
    int error = 0;

    for (struct replay_worker *worker = replay->workers; worker; worker = worker->next) {
        worker->stop = true;
        pthread_cond_signal(&worker->wake);
    }
    while (replay->workers && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&replay->quiet, &replay->lock, &at);
    leave_alone(replay);
    join_ended(replay);
}
