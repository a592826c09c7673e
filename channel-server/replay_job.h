/* SPDX-License-Identifier: Apache-2.0
 *
 * One call on its way: from the octets of an InputBuffer through a handler to the octets of an
 * OutputBuffer. Internal to channel-server/.
 */
#ifndef RDPESC_REPLAY_JOB_H
#define RDPESC_REPLAY_JOB_H

#include "replay_core.h"
#include "replay_memory.h"

/* What a handler returns that has given its job away, to be finished later. No ReturnCode. */
#define REPLAY_LATER 0xFFFFFFFFu

/* Longest InputBuffer that is taken, octets: three times the largest call. */
#define REPLAY_INPUT_MAX (256u * 1024)

struct replay_wait;

struct replay_job {
    struct replay_job *next;  /* in the list it stands in */
    struct replay_job *older; /* in flight */
    struct replay_job *newer;
    struct replay *replay;
    const struct rdpesc_call_info *info;
    void *tag;
    struct replay_context *context; /* referenced; NULL: the call has none */
    struct replay_card *card;       /* the worker that runs it, or NULL */
    struct replay_manager *manager; /* the same */
    struct replay_wait *wait;       /* GetStatusChange: what it waits for; freed with the job */
    struct ndr_bytes input;         /* own copy */
    struct ndr_arena arena;
    struct replay_block block;   /* the job itself, its input and its arena */
    struct replay_block scratch; /* what the return points to */
    uint32_t output_limit;       /* OutputBufferLength, octets */
    uint32_t cancels;            /* context->cancels when it came */
    scard_code code;             /* in a list of calls to be finished */
    bool dead;                   /* completed or discarded */
    union rdpesc_call call;
    union rdpesc_return ret;
};

/* First in, first out. */
struct replay_queue {
    struct replay_job *first;
    struct replay_job *last;
};

void replay_queue_put(struct replay_queue *queue, struct replay_job *job);
/* NULL: it is empty. */
struct replay_job *replay_queue_take(struct replay_queue *queue);
/* Finishes all jobs of the list that begins with job, each with its code. Without the lock. */
void replay_jobs_finish(struct replay_job *job);
/* Takes all jobs out of the queue, each with this code, as a list for replay_jobs_finish. */
struct replay_job *replay_queue_drain(struct replay_queue *queue, scard_code code);

/* A job with a copy of input, not yet decoded. NULL: no memory. */
struct replay_job *replay_job_new(struct replay *replay, const struct rdpesc_call_info *info,
                                  struct ndr_bytes input);
/* Wipes and frees it. Under the lock. */
void replay_job_free(struct replay_job *job);

/* size octets, zeroed, for what the return points to; once a job. NULL: no memory. */
uint8_t *replay_job_scratch(struct replay_job *job, size_t size);

/* True when its context was cancelled or released after the call had come, or its tag is gone. */
bool replay_job_cancelled(const struct replay_job *job);

/* Encodes the return with this ReturnCode (all else zero unless it is RDPESC_S_SUCCESS), completes
 * the call unless it is dead, and frees the job. Without the lock. */
void replay_job_finish(struct replay_job *job, scard_code code);

/* A job is in flight from here on. Under the lock. */
void replay_job_begin(struct replay_job *job);

/* Discards all calls in flight: their tags are gone, their jobs dead. Under the lock. */
void replay_jobs_discard(struct replay *replay);

/* Ends the call tagged tag. Under the lock. */
void replay_complete(struct replay *replay, void *tag, uint32_t io_status, struct ndr_bytes output);

#endif
