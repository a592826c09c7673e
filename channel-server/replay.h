/* SPDX-License-Identifier: Apache-2.0
 *
 * The replay engine: the protocol server of [MS-RDPESC] 3.1. Takes calls from the session host as
 * control code and octets, replays them into a resource manager, and completes each exactly once.
 * Its caller never blocks; no card or daemon can keep it from being closed.
 *
 *     struct replay *replay = replay_new(manager, &options);
 *     replay_submit(replay, IoControlCode, OutputBufferLength, input, irp);     completed later
 * through options.complete replay_reset(replay); Server Announce: forget everything
 *     replay_free(replay);
 *
 * Contexts and handles on the wire are opaque ids of our own; a native value never leaves, one that
 * the peer invents reaches no card.
 */
#ifndef RDPESC_REPLAY_H
#define RDPESC_REPLAY_H

#include "resource_manager.h"

struct replay;

struct replay_options {
    void *self;
    /* The call tagged tag is done: io_status is an RDPESC_STATUS_ value, output the OutputBuffer
     * (empty unless RDPESC_STATUS_SUCCESS), valid during the call. Runs on any thread, also from
     * inside replay_submit; must not block and may not call back into the engine. */
    void (*complete)(void *self, void *tag, uint32_t io_status, struct ndr_bytes output);
    /* The call tagged tag will never be completed: the engine was reset or freed, or
     * malformed_drops is set. The tag's owner lets go of it. */
    void (*discard)(void *self, void *tag);
    /* One line for the operator; no secrets, valid during the call. Any thread. NULL: nobody
     * listens. */
    void (*notice)(void *self, const char *line);
    /* A call that does not decode or is unknown: false completes it with RDPESC_STATUS_UNSUCCESSFUL
     * and no data, true drops it, as [MS-RDPESC] 3.1.4 writes. */
    bool malformed_drops;
    uint32_t max_contexts; /* 0: 1024. Past it EstablishContext returns RDPESC_E_NO_MEMORY */
    uint32_t max_handles;  /* 0: 64. Past it Connect returns RDPESC_E_NO_MEMORY */
    uint32_t max_calls;    /* 0: 4096 in flight. Past it a call returns RDPESC_E_SERVER_TOO_BUSY */
};

struct replay_counters {
    uint64_t calls;     /* submitted */
    uint64_t malformed; /* of which did not decode or were unknown */
    uint32_t contexts;  /* open now */
    uint32_t handles;   /* open now */
    uint32_t waiting;   /* GetStatusChange calls parked now */
};

/* manager and what options point at must outlive the engine, and any call that hangs in the manager
 * beyond replay_free. NULL: no memory or no thread. */
struct replay *replay_new(const struct resource_manager *manager,
                          const struct replay_options *options);

/* One call. input is a view that is not kept. output_limit is OutputBufferLength in octets: a
 * longer return is completed with RDPESC_STATUS_BUFFER_TOO_SMALL, no data, and kept for the
 * caller's retry, so that no APDU reaches a card twice. Never blocks. */
void replay_submit(struct replay *replay, uint32_t code, uint32_t output_limit,
                   struct ndr_bytes input, void *tag);

/* A new Server Announce: discards calls in flight, ends waits, releases contexts, resets cards that
 * were open. Returns within one second whatever a card does; what hangs is left behind.
 * [MS-RDPEFS] 3.2.5.1.2 */
void replay_reset(struct replay *replay);

/* replay_reset, then frees. No callback runs after it returns. NULL is allowed. */
void replay_free(struct replay *replay);

struct replay_counters replay_counters(struct replay *replay);

#endif
