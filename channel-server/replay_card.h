/* SPDX-License-Identifier: Apache-2.0
 *
 * A card handle of the session host and the thread that runs its calls, in the order they came, on
 * a native context of its own: so no card waits for another. Internal to channel-server/.
 *
 *   state       entered by                          left by
 *   spare       a thread that has let go of a card  the next Connect
 *   connecting  Connect                             its success: open; its failure: over
 *   open        Connect                             Disconnect, ReleaseContext: over
 *   over        the above                           the card let go: spare, or the thread ends
 * A reset ends the thread from each state, and resets a card that is open.
 */
#ifndef RDPESC_REPLAY_CARD_H
#define RDPESC_REPLAY_CARD_H

#include "replay_job.h"

struct replay_card {
    struct replay_worker worker;
    struct replay_id id;
    struct replay_context *context; /* referenced; NULL: spare */
    struct replay_queue queue;
    bool open; /* the session host has the handle; under the lock */
    bool over; /* to be let go of; its thread's own, as all below */
    bool established;
    bool connected;
    rm_context native;
    rm_card card;
    uint32_t transactions; /* begun and not ended */
    uint32_t transmits;    /* since Connect */
};

/* ---- under the lock; the code to finish the job with, or REPLAY_LATER ---- */

/* Queues a call for the card of this handle: RDPESC_E_INVALID_HANDLE if there is none, or it is not
 * of the job's context. */
scard_code replay_card_submit(struct replay_job *job, struct ndr_bytes handle);
/* Queues Connect for a thread with no card: RDPESC_E_NO_MEMORY if there cannot be one more. */
scard_code replay_card_connect(struct replay_job *job);

/* ---- under the lock ---- */

/* Wakes all cards, as something they may wait for has happened. */
void replay_cards_wake(struct replay *replay);
/* Lets go of all cards of a released context. */
void replay_cards_release(struct replay *replay, const struct replay_context *context);

/* ---- for handlers, on the card's thread, without the lock ---- */

/* Connects the card; the native context is made if needed, and once more if the service died. */
scard_code replay_card_open(struct replay_card *card, const char *reader,
                            const struct Connect_Common *common, uint32_t *active_protocol);
/* Disconnects it; the handle is gone whatever the resource manager says. */
scard_code replay_card_close(struct replay_card *card, uint32_t disposition);

/* For calls that another program's transaction keeps out: the code to return, or REPLAY_LATER: ask
 * again. Waits a little if code is RDPESC_E_SHARING_VIOLATION; RDPESC_E_CANCELLED if the call was
 * cancelled meanwhile. *turns is replay_card_turns before the question. */
scard_code replay_card_turn(struct replay_job *job, scard_code code, uint64_t *turns);
uint64_t replay_card_turns(struct replay *replay);
/* A transaction of ours may have ended: who waits for a turn asks again. */
void replay_card_pass_turn(struct replay *replay);

#endif
