/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking at the readers: a native context of one thread's own, and what was seen last. The context
 * is made when it is first needed, and once more when the service has died in between.
 */
#ifndef RDPESC_REPLAY_LOOK_H
#define RDPESC_REPLAY_LOOK_H

#include "replay_state.h"

/* Zeroed it has no context and has seen nothing. */
struct replay_look {
    rm_context context;
    bool established;
    struct replay_snapshot seen;
};

/* True for a code that says that the resource manager is not there (any more), and the context with
 * it. */
bool replay_service_gone(scard_code code);

/* Fills look->seen with the readers there are, of unknown state. RDPESC_S_SUCCESS also when there
 * is none; RDPESC_E_NO_SERVICE; what the resource manager says. */
scard_code replay_look_names(struct replay_look *look, const struct resource_manager *manager);

/* replay_look_names, and their states. */
scard_code replay_look_states(struct replay_look *look, const struct resource_manager *manager);

/* Releases the context, if there is one. */
void replay_look_end(struct replay_look *look, const struct resource_manager *manager);

#endif
