/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of the replay engine share: the engine itself, contexts and worker threads.
 * Internal to channel-server/.
 *
 * One lock guards all of it, and the callbacks run under it, so that none runs once replay_free has
 * returned. Native calls are made without it. Therefore, after a native call: take the lock and
 * look at job->dead or worker->stop before touching what is shared.
 *
 *   thread          runs                                             native context
 *   caller          replay_submit: decodes, routes; Cancel, ReleaseContext
 *   manager         calls without a card; compares and ends waits    its own
 *   watcher         blocks until something happens to the readers    its own
 *   a worker a card Connect and the calls of one card handle         one each
 */
#ifndef RDPESC_REPLAY_CORE_H
#define RDPESC_REPLAY_CORE_H

#include <pthread.h>

#include "replay.h"
#include "replay_kept.h"
#include "replay_table.h"

struct replay_job;
struct replay_worker;

/* One context of the session host. It costs no native context. */
struct replay_context {
    struct replay_id id;
    uint32_t references; /* of the table, jobs and cards */
    uint32_t cards;      /* workers that have a card of it, or try to get one */
    uint32_t cancels;    /* how often its calls were cancelled */
    bool released;
    struct replay_job *release; /* ReleaseContext, which waits for the cards; NULL: none */
};

/* A thread of the engine; first member of what it works on, which is freed with it. */
struct replay_worker {
    struct replay *replay;
    void (*run)(struct replay_worker *worker);
    struct replay_worker *next;
    pthread_t thread;
    pthread_cond_t wake;
    bool stop;  /* come to an end */
    bool alone; /* the engine has gone on without it */
};

enum replay_service { REPLAY_SERVICE_UNKNOWN, REPLAY_SERVICE_UP, REPLAY_SERVICE_DOWN };

struct replay {
    const struct resource_manager *manager;
    struct replay_options options;
    pthread_mutex_t lock;
    pthread_cond_t quiet;          /* a worker has ended */
    uint32_t references;           /* of the owner and of workers left alone */
    struct replay_worker *workers; /* that run */
    struct replay_worker *ended;   /* that wait to be joined */
    struct replay_manager *managing;
    struct replay_watcher *watching;
    struct replay_card *spare; /* a worker without a card, kept for the next Connect */
    uint32_t card_threads;     /* workers for cards: that have one, close one, or are spare */
    uint32_t left_behind;      /* workers that hang in a native call from before a reset */
    struct replay_table contexts;
    struct replay_table cards;
    struct replay_job *jobs; /* calls in flight, newest first */
    uint32_t jobs_count;
    size_t jobs_octets;
    struct replay_kept kept;
    struct replay_counters counters;
    enum replay_service service; /* as the operator was told */
    uint64_t generation;         /* counts news of the watcher */
    scard_code watched;          /* why the last watcher ended */
    uint64_t turns;              /* counts ends of transactions */
};

/* ---- worker threads (replay_worker.c); all under the lock ---- */

/* Starts a thread that runs run(worker). Takes over worker, calloc'ed, which is freed when the
 * thread has ended. False: no thread; worker is the caller's again. */
NDR_NODISCARD bool replay_worker_start(struct replay *replay, struct replay_worker *worker,
                                       void (*run)(struct replay_worker *));

/* Ends all workers, waiting for at most ms; those that still hang in a native call then are left
 * alone: they touch nothing of the engine's but lock and references, and free themselves when they
 * come back. */
void replay_workers_end(struct replay *replay, uint32_t ms);

/* Waits to be woken, or until deadline (nanoseconds, UINT64_MAX for ever). */
void replay_worker_wait(struct replay_worker *worker, uint64_t deadline);

/* A condition on the clock that deadlines are on. */
void replay_cond_init(pthread_cond_t *cond);

/* Nanoseconds of the clock that deadlines are on. */
uint64_t replay_clock(void);

/* ---- the engine (replay_core.c) ---- */

/* Gives up one reference; the last frees the engine. Takes the lock, and lets go of it. */
void replay_unreference(struct replay *replay);

/* One line for the operator, at most 255 octets. Under the lock. */
void replay_notice(struct replay *replay, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Tells the operator when the service has come or gone; readers: how many there are. Under the
 * lock. */
void replay_note_service(struct replay *replay, scard_code code, uint32_t readers);

/* ---- contexts (replay_context.c); all under the lock ---- */

struct replay_context *replay_context_new(struct replay *replay);
void replay_context_reference(struct replay_context *context);
void replay_context_unreference(struct replay_context *context);

/* A worker has let go of its card. The job that waited for it, to be finished without the lock, or
 * NULL. */
NDR_NODISCARD struct replay_job *replay_context_leave(struct replay_context *context);

#endif
