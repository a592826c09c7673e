/* SPDX-License-Identifier: Apache-2.0
 *
 * The thread that blocks in the resource manager until something happens to a reader, once for all
 * waits there are. It counts replay->generation up and wakes the manager. Internal to
 * channel-server/.
 */
#ifndef RDPESC_REPLAY_WATCHER_H
#define RDPESC_REPLAY_WATCHER_H

#include "replay_core.h"

/* Starts the watcher unless it runs. It counts once when it has begun to watch: what happened
 * before must be looked at then. When the service dies it counts and ends. False: no thread. Under
 * the lock. */
NDR_NODISCARD bool replay_watcher_start(struct replay *replay);

/* Ends the watcher that worker's engine has, asking as often as it takes while worker is not left
 * alone. Without the lock; on worker's thread, as asking may block. */
void replay_watcher_end(struct replay_worker *worker);

#endif
