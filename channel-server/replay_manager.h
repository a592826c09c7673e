/* SPDX-License-Identifier: Apache-2.0
 *
 * The thread that runs the calls without a card and looks after the parked waits. Internal to
 * channel-server/.
 */
#ifndef RDPESC_REPLAY_MANAGER_H
#define RDPESC_REPLAY_MANAGER_H

#include "replay_job.h"
#include "replay_look.h"

struct replay_manager {
    struct replay_worker worker;
    struct replay_queue queue; /* calls to be run */
    struct replay_job *waits;  /* parked GetStatusChange calls */
    uint64_t compared;         /* generation at which all waits were last compared */
    struct replay_look look;   /* its thread's own */
};

/* Starts the manager unless it runs. False: no thread. Under the lock. */
NDR_NODISCARD bool replay_manager_start(struct replay *replay);

/* Queues a call for the manager: REPLAY_LATER, or RDPESC_E_NO_MEMORY. Under the lock. */
scard_code replay_manager_submit(struct replay_job *job);

/* Wakes it, if it runs. Under the lock. */
void replay_manager_wake(struct replay *replay);

/* Looks at the names of the readers, or their states too: in manager->look.seen afterwards. On the
 * manager's thread, without the lock. */
scard_code replay_manager_names(struct replay_manager *manager);
scard_code replay_manager_states(struct replay_manager *manager);

#endif
