/* SPDX-License-Identifier: Apache-2.0
 *
 * The handlers, one a call, made from the list of calls; and which thread runs which. Internal to
 * channel-server/.
 *
 * A handler has its call decoded and its return zeroed, fills the return and returns the
 * ReturnCode; on any but RDPESC_S_SUCCESS what it filled is zeroed again. What the return points to
 * lives in job->scratch, job->input or the context. REPLAY_LATER: it has given the job away. A new
 * call is its line in RDPESC_CALLS and its handler here; without one the linker says so.
 */
#ifndef RDPESC_REPLAY_CALLS_H
#define RDPESC_REPLAY_CALLS_H

#include "replay_job.h"

#define REPLAY_HANDLER(code, name, Call, Return)                                                   \
    scard_code replay_##name(struct replay_job *job, const struct Call *call, struct Return *ret);
RDPESC_CALLS(REPLAY_HANDLER)
#undef REPLAY_HANDLER

/* Runs the handler of a decoded call and finishes it, unless the handler keeps it. Without the
 * lock. */
void replay_job_run(struct replay_job *job);

/* Sends a decoded call to the thread that runs it, or finishes it at once. Without the lock. */
void replay_job_route(struct replay_job *job);

#endif
