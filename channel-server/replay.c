/* SPDX-License-Identifier: Apache-2.0 */
#include "replay.h"

#include <stdlib.h>

#include "replay_calls.h"
#include "replay_card.h"
#include "replay_manager.h"

#define DEFAULT_CONTEXTS 1024u
#define DEFAULT_HANDLES  64u
#define DEFAULT_CALLS    4096u
/* Ids have a slot of 16 bits. */
#define SLOTS_MAX 65536u
/* Memory for calls in flight, octets, however many there may be. */
#define IN_FLIGHT_MAX ((size_t)64 * 1024 * 1024)
/* How long a reset waits for native calls to come back; a second is promised. */
#define END_MS 800
/* Lines about calls that were refused; a hostile session host shall not fill the log. */
#define REFUSALS_TOLD 10

static uint32_t or_default(uint32_t value, uint32_t fallback)
{
    return value ? value : fallback;
}

static uint32_t slots(uint32_t value, uint32_t fallback)
{
    value = or_default(value, fallback);
    return value < SLOTS_MAX ? value : SLOTS_MAX;
}

struct replay *replay_new(const struct resource_manager *manager,
                          const struct replay_options *options)
{
    struct replay *replay = calloc(1, sizeof *replay);
    bool started;

    if (!replay)
        return NULL;
    replay->manager = manager;
    replay->options = *options;
    replay->options.max_calls = or_default(options->max_calls, DEFAULT_CALLS);
    replay->contexts.max = slots(options->max_contexts, DEFAULT_CONTEXTS);
    replay->cards.max = slots(options->max_handles, DEFAULT_HANDLES);
    replay->references = 1;
    pthread_mutex_init(&replay->lock, NULL);
    replay_cond_init(&replay->quiet);
    pthread_mutex_lock(&replay->lock);
    started = replay_manager_start(replay);
    pthread_mutex_unlock(&replay->lock);
    if (started)
        return replay;
    replay_unreference(replay);
    return NULL;
}

/* ---- calls ---- */

/* Under the lock. */
static void tell_refusal(struct replay *replay, uint32_t code, const struct ndr_error *error)
{
    const struct rdpesc_call_info *info = rdpesc_call_by_code(code);

    if (replay->counters.malformed > REFUSALS_TOLD)
        return;
    if (info)
        replay_notice(replay, "refused a call: %s, %s at octet %u, %s", info->name,
                      ndr_status_name(error->status), error->offset, error->field);
    else
        replay_notice(replay, "refused a call: unknown control code 0x%08X", code);
}

/* Under the lock. */
static void refuse(struct replay *replay, uint32_t code, const struct ndr_error *error, void *tag)
{
    replay->counters.malformed++;
    tell_refusal(replay, code, error);
    if (replay->options.malformed_drops)
        replay->options.discard(replay->options.self, tag);
    else
        replay_complete(replay, tag, RDPESC_STATUS_UNSUCCESSFUL, (struct ndr_bytes){ NULL, 0 });
}

/* Completes a retry with the reply that was kept for it. Under the lock. False: there is none. */
static bool answer_retry(struct replay *replay, uint32_t code, uint32_t limit,
                         struct ndr_bytes input, void *tag)
{
    struct replay_kept_reply reply;
    struct ndr_bytes output;

    if (!replay_kept_take(&replay->kept, code, limit, input, &reply))
        return false;
    output = replay_kept_output(&reply);
    if (output.len <= limit) {
        replay_complete(replay, tag, RDPESC_STATUS_SUCCESS, output);
    } else {
        replay_kept_add(&replay->kept, code, limit, input, output);
        replay_complete(replay, tag, RDPESC_STATUS_BUFFER_TOO_SMALL, (struct ndr_bytes){ NULL, 0 });
    }
    replay_kept_give(&reply);
    return true;
}

/* Counts the call, and ends it if it needs no job: one that cannot be right, or a retry. Under the
 * lock. */
static bool ends_early(struct replay *replay, uint32_t code, uint32_t limit, struct ndr_bytes input,
                       void *tag)
{
    struct ndr_error error = { NDR_UNKNOWN, 0, "IoControlCode" };

    replay->counters.calls++;
    if (!rdpesc_call_by_code(code)) {
        refuse(replay, code, &error, tag);
        return true;
    }
    if (input.len > REPLAY_INPUT_MAX) {
        error = (struct ndr_error){ NDR_RANGE, 0, "InputBufferLength" };
        refuse(replay, code, &error, tag);
        return true;
    }
    return answer_retry(replay, code, limit, input, tag);
}

/* A decoded job in flight, or NULL: the call has been ended. *busy: there are too many already.
 * Under the lock. */
static struct replay_job *admit(struct replay *replay, uint32_t code, struct ndr_bytes input,
                                void *tag, bool *busy)
{
    const struct rdpesc_call_info *info = rdpesc_call_by_code(code);
    struct replay_job *job = replay_job_new(replay, info, input);
    struct ndr_error error;

    if (!job) {
        replay_complete(replay, tag, RDPESC_STATUS_NO_MEMORY, (struct ndr_bytes){ NULL, 0 });
        return NULL;
    }
    job->tag = tag;
    if (rdpesc_decode_call(info, job->input, &job->call, &job->arena, &error) != NDR_OK) {
        replay_job_free(job);
        refuse(replay, code, &error, tag);
        return NULL;
    }
    replay_job_begin(job);
    *busy = replay->jobs_count > replay->options.max_calls || replay->jobs_octets > IN_FLIGHT_MAX;
    return job;
}

void replay_submit(struct replay *replay, uint32_t code, uint32_t output_limit,
                   struct ndr_bytes input, void *tag)
{
    struct replay_job *job = NULL;
    bool busy = false;

    pthread_mutex_lock(&replay->lock);
    if (!ends_early(replay, code, output_limit, input, tag))
        job = admit(replay, code, input, tag, &busy);
    pthread_mutex_unlock(&replay->lock);
    if (!job)
        return;
    job->output_limit = output_limit;
    if (busy)
        replay_job_finish(job, RDPESC_E_SERVER_TOO_BUSY);
    else
        replay_job_route(job);
}

/* ---- the end of a life ---- */

static void forget_contexts(struct replay *replay)
{
    for (uint32_t i = 0; i < replay->contexts.size; i++) {
        struct replay_context *context = replay->contexts.slots[i].object;
        if (context)
            replay_context_unreference(context);
    }
    replay_table_clear(&replay->contexts);
    replay_table_clear(&replay->cards);
}

/* Under the lock, but lets go of it to wait. */
static void end_life(struct replay *replay)
{
    replay_jobs_discard(replay);
    replay_kept_clear(&replay->kept);
    replay_workers_end(replay, END_MS);
    forget_contexts(replay);
    replay->managing = NULL;
    replay->watching = NULL;
    replay->spare = NULL;
    replay->card_threads = 0;
    replay->counters.contexts = 0;
    replay->counters.handles = 0;
    replay->counters.waiting = 0;
}

void replay_reset(struct replay *replay)
{
    pthread_mutex_lock(&replay->lock);
    end_life(replay);
    /* Without it the next call says so. */
    (void)!replay_manager_start(replay);
    pthread_mutex_unlock(&replay->lock);
}

void replay_free(struct replay *replay)
{
    if (!replay)
        return;
    pthread_mutex_lock(&replay->lock);
    end_life(replay);
    replay->options.notice = NULL;
    pthread_mutex_unlock(&replay->lock);
    replay_unreference(replay);
}

struct replay_counters replay_counters(struct replay *replay)
{
    struct replay_counters counters;

    pthread_mutex_lock(&replay->lock);
    counters = replay->counters;
    pthread_mutex_unlock(&replay->lock);
    return counters;
}
