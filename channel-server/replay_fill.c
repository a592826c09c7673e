/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_fill.h"

scard_code replay_fill(struct ndr_bytes answer, const struct replay_limit *limit,
                       struct ndr_bytes *out)
{
    *out = (struct ndr_bytes){ NULL, answer.len };
    if (limit->is_null || limit->room == 0)
        return RDPESC_S_SUCCESS;
    if (limit->room != RDPESC_AUTOALLOCATE && limit->room < answer.len / limit->unit)
        return RDPESC_E_INSUFFICIENT_BUFFER;
    *out = answer;
    return RDPESC_S_SUCCESS;
}

scard_code replay_fill_names(struct replay_job *job, const char *names, size_t len,
                             const struct replay_limit *limit, struct ndr_bytes *out)
{
    /* One NUL more ends the list; scratch is zeroed. */
    size_t size = replay_text_write(names, len, limit->unit, NULL) + limit->unit;
    uint8_t *multi = replay_job_scratch(job, size);

    if (!multi)
        return RDPESC_E_NO_MEMORY;
    (void)replay_text_write(names, len, limit->unit, multi);
    return replay_fill((struct ndr_bytes){ multi, (uint32_t)size }, limit, out);
}
