/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_job.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT alignof(max_align_t)

void replay_queue_put(struct replay_queue *queue, struct replay_job *job)
{
    job->next = NULL;
    if (queue->last)
        queue->last->next = job;
    else
        queue->first = job;
    queue->last = job;
}

struct replay_job *replay_queue_take(struct replay_queue *queue)
{
    struct replay_job *job = queue->first;

    if (!job)
        return NULL;
    queue->first = job->next;
    if (!queue->first)
        queue->last = NULL;
    job->next = NULL;
    return job;
}

struct replay_job *replay_queue_drain(struct replay_queue *queue, scard_code code)
{
    struct replay_job *first = queue->first;

    for (struct replay_job *job = first; job; job = job->next)
        job->code = code;
    *queue = (struct replay_queue){ NULL, NULL };
    return first;
}

void replay_jobs_finish(struct replay_job *job)
{
    while (job) {
        struct replay_job *next = job->next;
        replay_job_finish(job, job->code);
        job = next;
    }
}

/* True when the type, or one inside it, has a row marked as secret. */
static bool holds_secrets(const struct ndr_type *type)
{
    for (size_t i = 0; i < type->row_count; i++) {
        const struct ndr_row *row = &type->rows[i];
        if ((row->flags & NDR_SECRET) || (row->type && holds_secrets(row->type)))
            return true;
    }
    return false;
}

static size_t round_up(size_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

struct replay_job *replay_job_new(struct replay *replay, const struct rdpesc_call_info *info,
                                  struct ndr_bytes input)
{
    size_t arena = ndr_arena_bound(info->call, input.len);
    size_t head = round_up(sizeof(struct replay_job));
    size_t body = round_up(input.len);
    struct replay_block block;
    struct replay_job *job;

    if (!replay_block_take(&block, head + body + arena, holds_secrets(info->call)))
        return NULL;
    job = (struct replay_job *)(void *)block.at;
    job->block = block;
    job->replay = replay;
    job->info = info;
    if (input.len)
        memcpy(block.at + head, input.data, input.len);
    job->input = (struct ndr_bytes){ block.at + head, input.len };
    job->arena = (struct ndr_arena){ block.at + head + body, arena, 0 };
    return job;
}

void replay_job_free(struct replay_job *job)
{
    struct replay_block block = job->block;

    if (job->context)
        replay_context_unreference(job->context);
    free(job->wait);
    replay_block_give(&job->scratch, job->scratch.size);
    replay_block_give(&block, block.size);
}

uint8_t *replay_job_scratch(struct replay_job *job, size_t size)
{
    return replay_block_take(&job->scratch, size, job->block.secret) ? job->scratch.at : NULL;
}

bool replay_job_cancelled(const struct replay_job *job)
{
    return job->dead ||
           (job->context && (job->context->released || job->context->cancels != job->cancels));
}

void replay_job_begin(struct replay_job *job)
{
    struct replay *replay = job->replay;

    job->older = replay->jobs;
    if (job->older)
        job->older->newer = job;
    replay->jobs = job;
    replay->jobs_count++;
    replay->jobs_octets += job->block.size;
}

/* The tag is spent, whatever becomes of the job. */
static void leave_flight(struct replay_job *job)
{
    struct replay *replay = job->replay;

    if (job->newer)
        job->newer->older = job->older;
    else
        replay->jobs = job->older;
    if (job->older)
        job->older->newer = job->newer;
    job->older = NULL;
    job->newer = NULL;
    job->dead = true;
    replay->jobs_count--;
    replay->jobs_octets -= job->block.size;
}

void replay_jobs_discard(struct replay *replay)
{
    while (replay->jobs) {
        struct replay_job *job = replay->jobs;
        leave_flight(job);
        replay->options.discard(replay->options.self, job->tag);
    }
}

void replay_complete(struct replay *replay, void *tag, uint32_t io_status, struct ndr_bytes output)
{
    replay->options.complete(replay->options.self, tag, io_status, output);
}

/* The encoded return; *output lies in *block. False: it cannot be encoded. */
static bool encode(struct replay_job *job, struct replay_block *block, struct ndr_bytes *output)
{
    const struct ndr_type *type = job->info->ret;
    size_t length;

    *block = (struct replay_block){ NULL, 0, false };
    if (rpce_encode(type, &job->ret, NULL, 0, &length, NULL) != NDR_OK)
        return false;
    if (!replay_block_take(block, length, job->block.secret))
        return false;
    if (rpce_encode(type, &job->ret, block->at, block->size, &length, NULL) != NDR_OK)
        return false;
    *output = (struct ndr_bytes){ block->at, (uint32_t)length };
    return true;
}

static void answer(struct replay_job *job, uint32_t io_status, struct ndr_bytes output)
{
    struct replay *replay = job->replay;

    if (job->dead)
        return;
    leave_flight(job);
    if (io_status == RDPESC_STATUS_SUCCESS && output.len > job->output_limit) {
        replay_kept_add(&replay->kept, job->info->code, job->output_limit, job->input, output);
        io_status = RDPESC_STATUS_BUFFER_TOO_SMALL;
        output = (struct ndr_bytes){ NULL, 0 };
    }
    replay_complete(replay, job->tag, io_status, output);
}

void replay_job_finish(struct replay_job *job, scard_code code)
{
    struct replay *replay = job->replay;
    struct ndr_bytes output = { NULL, 0 };
    struct replay_block block;
    bool encoded;

    if (code != RDPESC_S_SUCCESS)
        memset(&job->ret, 0, sizeof job->ret);
    job->ret.ReturnCode = code;
    encoded = encode(job, &block, &output);
    pthread_mutex_lock(&replay->lock);
    answer(job, encoded ? RDPESC_STATUS_SUCCESS : RDPESC_STATUS_UNSUCCESSFUL, output);
    replay_job_free(job);
    pthread_mutex_unlock(&replay->lock);
    replay_block_give(&block, block.size);
}
