/* SPDX-License-Identifier: Apache-2.0
 *
 * How much of an answer its caller wants: one table for all calls that return a buffer. Internal to
 * channel-server/.
 *
 *     f...IsNULL   cch or cb      return
 *     not 0        not looked at  the length, no data
 *     0            0              the length, no data
 *     0            AUTOALLOCATE   data
 *     0            enough         data
 *     0            too little     RDPESC_E_INSUFFICIENT_BUFFER
 */
#ifndef RDPESC_REPLAY_FILL_H
#define RDPESC_REPLAY_FILL_H

#include "replay_job.h"
#include "replay_text.h"

struct replay_limit {
    bool is_null;          /* only the length is wanted */
    uint32_t room;         /* characters, or RDPESC_AUTOALLOCATE */
    enum replay_unit unit; /* octets of a character */
};

/* *out becomes what limit allows of answer. */
scard_code replay_fill(struct ndr_bytes answer, const struct replay_limit *limit,
                       struct ndr_bytes *out);

/* replay_fill with len octets of names, each with its NUL, as a multistring in the job's scratch.
 * RDPESC_E_NO_MEMORY. */
scard_code replay_fill_names(struct replay_job *job, const char *names, size_t len,
                             const struct replay_limit *limit, struct ndr_bytes *out);

#endif
