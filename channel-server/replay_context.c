/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "replay_calls.h"
#include "replay_card.h"
#include "replay_wait.h"

/* pcsc-lite knows one scope more than MS-RDPESC and makes no difference between them. */
#define SCOPE_MAX 3

struct replay_context *replay_context_new(struct replay *replay)
{
    struct replay_context *context = calloc(1, sizeof *context);

    if (!context || !replay_table_add(&replay->contexts, context, &context->id)) {
        free(context);
        return NULL;
    }
    context->references = 1;
    replay->counters.contexts++;
    return context;
}

void replay_context_reference(struct replay_context *context)
{
    context->references++;
}

void replay_context_unreference(struct replay_context *context)
{
    if (--context->references == 0)
        free(context);
}

struct replay_job *replay_context_leave(struct replay_context *context)
{
    struct replay_job *release = NULL;

    context->cards--;
    if (context->cards == 0) {
        release = context->release;
        context->release = NULL;
    }
    replay_context_unreference(context);
    return release;
}

/* The answer of a call that only asks whether the service is there. */
static scard_code ask_service(struct replay_job *job)
{
    return replay_manager_names(job->manager);
}

scard_code replay_EstablishContext(struct replay_job *job, const struct EstablishContext_Call *call,
                                   struct EstablishContext_Return *ret)
{
    struct replay *replay = job->replay;
    scard_code code;

    if (call->dwScope > SCOPE_MAX)
        return RDPESC_E_INVALID_VALUE;
    code = ask_service(job);
    if (code != RDPESC_S_SUCCESS)
        return code;
    pthread_mutex_lock(&replay->lock);
    if (!job->dead)
        job->context = replay_context_new(replay);
    if (job->context)
        replay_context_reference(job->context);
    pthread_mutex_unlock(&replay->lock);
    if (!job->context)
        return RDPESC_E_NO_MEMORY;
    ret->Context.pbContext = replay_id_view(&job->context->id);
    return RDPESC_S_SUCCESS;
}

scard_code replay_IsValidContext(struct replay_job *job, const struct Context_Call *call,
                                 struct Long_Return *ret)
{
    (void)call;
    (void)ret;
    return ask_service(job);
}

scard_code replay_AccessStartedEvent(struct replay_job *job,
                                     const struct ScardAccessStartedEvent_Call *call,
                                     struct Long_Return *ret)
{
    (void)call;
    (void)ret;
    return ask_service(job);
}

scard_code replay_Cancel(struct replay_job *job, const struct Context_Call *call,
                         struct Long_Return *ret)
{
    struct replay *replay = job->replay;
    struct replay_job *cancelled;

    (void)call;
    (void)ret;
    pthread_mutex_lock(&replay->lock);
    job->context->cancels++;
    cancelled = replay_waits_cancel(replay, job->context);
    replay_cards_wake(replay);
    pthread_mutex_unlock(&replay->lock);
    replay_jobs_finish(cancelled);
    return RDPESC_S_SUCCESS;
}

/* Takes the context from the session host. True: cards have to be let go of first. Under the lock.
 */
static bool release(struct replay_job *job)
{
    struct replay *replay = job->replay;
    struct replay_context *context = job->context;
    bool later;

    replay_table_remove(&replay->contexts, &context->id);
    replay->counters.contexts--;
    context->released = true;
    replay_cards_release(replay, context);
    later = context->cards > 0;
    if (later)
        context->release = job;
    /* The table's; the job has one of its own. */
    replay_context_unreference(context);
    return later;
}

scard_code replay_ReleaseContext(struct replay_job *job, const struct Context_Call *call,
                                 struct Long_Return *ret)
{
    struct replay *replay = job->replay;
    struct replay_job *cancelled;
    bool later;

    (void)call;
    (void)ret;
    pthread_mutex_lock(&replay->lock);
    cancelled = replay_waits_cancel(replay, job->context);
    later = release(job);
    pthread_mutex_unlock(&replay->lock);
    replay_jobs_finish(cancelled);
    return later ? REPLAY_LATER : RDPESC_S_SUCCESS;
}
