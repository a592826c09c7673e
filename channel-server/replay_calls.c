/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_calls.h"

#include "replay_card.h"
#include "replay_manager.h"

#define RUN(code, name, Call, Return)                                                              \
    static scard_code run_##name(struct replay_job *job)                                           \
    {                                                                                              \
        return replay_##name(job, &job->call.name, &job->ret.name);                                \
    }
RDPESC_CALLS(RUN)

/* In the order of rdpesc_calls(). */
#define POINTER(code, name, Call, Return) run_##name,
static scard_code (*const handlers[])(struct replay_job *) = { RDPESC_CALLS(POINTER) };

void replay_job_run(struct replay_job *job)
{
    size_t count;
    scard_code code = handlers[job->info - rdpesc_calls(&count)](job);

    if (code != REPLAY_LATER)
        replay_job_finish(job, code);
}

/* The part of this type inside object, or NULL. */
static const void *find_part(const struct ndr_type *type, const void *object,
                             const struct ndr_type *wanted)
{
    for (size_t i = 0; i < type->row_count; i++) {
        const struct ndr_row *row = &type->rows[i];
        const uint8_t *part = (const uint8_t *)object + row->offset;
        const void *found;
        if (row->kind != NDR_STRUCT)
            continue;
        found = row->type == wanted ? part : find_part(row->type, part, wanted);
        if (found)
            return found;
    }
    return NULL;
}

/* Under the lock. */
static bool find_context(struct replay_job *job)
{
    const struct REDIR_SCARDCONTEXT *named =
        find_part(job->info->call, &job->call, &REDIR_SCARDCONTEXT_type);

    if (!named)
        return true;
    job->context = replay_table_find(&job->replay->contexts, named->pbContext);
    if (!job->context)
        return false;
    replay_context_reference(job->context);
    job->cancels = job->context->cancels;
    return true;
}

/* Calls that must not wait behind others, and never block. */
static bool overtakes(const struct replay_job *job)
{
    return job->info->code == RDPESC_Cancel || job->info->code == RDPESC_ReleaseContext;
}

static bool connects(const struct replay_job *job)
{
    return job->info->code == RDPESC_ConnectA || job->info->code == RDPESC_ConnectW;
}

/* Under the lock. The code to finish the job with, or REPLAY_LATER: another thread has it. */
static scard_code hand_over(struct replay_job *job)
{
    const struct REDIR_SCARDHANDLE *named =
        find_part(job->info->call, &job->call, &REDIR_SCARDHANDLE_type);

    if (named)
        return replay_card_submit(job, named->pbHandle);
    if (connects(job))
        return replay_card_connect(job);
    return replay_manager_submit(job);
}

void replay_job_route(struct replay_job *job)
{
    struct replay *replay = job->replay;
    scard_code code = RDPESC_E_INVALID_HANDLE;
    bool found;
    bool at_once;

    pthread_mutex_lock(&replay->lock);
    found = find_context(job);
    at_once = found && overtakes(job);
    if (found && !at_once)
        code = hand_over(job);
    pthread_mutex_unlock(&replay->lock);
    if (at_once)
        replay_job_run(job);
    else if (code != REPLAY_LATER)
        replay_job_finish(job, code);
}
