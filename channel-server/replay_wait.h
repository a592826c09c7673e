/* SPDX-License-Identifier: Apache-2.0
 *
 * Parked GetStatusChange calls: entries in the manager's list. A call compares once when it comes,
 * and again only when the watcher has news. Internal to channel-server/.
 */
#ifndef RDPESC_REPLAY_WAIT_H
#define RDPESC_REPLAY_WAIT_H

#include "replay_manager.h"

/* What a call waits for. */
struct replay_wait {
    uint64_t deadline; /* of replay_clock; UINT64_MAX: none */
    uint64_t mark;     /* of the set of readers when it was first compared */
    uint32_t count;
    struct replay_wanted readers[];
};

/* ---- for the manager; under the lock ---- */

/* The earliest deadline; UINT64_MAX: none. */
uint64_t replay_waits_deadline(const struct replay_manager *manager);

/* True when there is news to compare with, or a deadline has passed. */
bool replay_waits_due(const struct replay_manager *manager);

/* Compares all waits with the readers as they are, if there is news, and finishes those that are
 * over. Lets go of the lock meanwhile. */
void replay_waits_attend(struct replay_manager *manager);

/* ---- for Cancel and ReleaseContext ---- */

/* Takes the waits of a context out of the list, as a list for replay_jobs_finish. Under the lock.
 */
struct replay_job *replay_waits_cancel(struct replay *replay, const struct replay_context *context);

#endif
