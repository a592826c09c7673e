/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_kept.h"

#include <string.h>

void replay_kept_give(struct replay_kept_reply *reply)
{
    replay_block_give(&reply->block, reply->block.size);
    memset(reply, 0, sizeof *reply);
}

void replay_kept_add(struct replay_kept *kept, uint32_t code, uint32_t limit,
                     struct ndr_bytes input, struct ndr_bytes output)
{
    struct replay_kept_reply *reply = &kept->replies[kept->next];

    kept->next = (kept->next + 1) % REPLAY_KEPT_MAX;
    replay_kept_give(reply);
    if (!replay_block_take(&reply->block, (size_t)input.len + output.len, true))
        return;
    reply->code = code;
    reply->limit = limit;
    reply->input_length = input.len;
    reply->output_length = output.len;
    if (input.len)
        memcpy(reply->block.at, input.data, input.len);
    memcpy(reply->block.at + input.len, output.data, output.len);
}

static bool is_reply_to(const struct replay_kept_reply *reply, uint32_t code,
                        struct ndr_bytes input)
{
    if (!reply->block.at || reply->code != code || reply->input_length != input.len)
        return false;
    return input.len == 0 || memcmp(reply->block.at, input.data, input.len) == 0;
}

bool replay_kept_take(struct replay_kept *kept, uint32_t code, uint32_t limit,
                      struct ndr_bytes input, struct replay_kept_reply *reply)
{
    for (uint32_t i = 0; i < REPLAY_KEPT_MAX; i++) {
        struct replay_kept_reply *found = &kept->replies[i];
        if (!is_reply_to(found, code, input))
            continue;
        if (limit <= found->limit) {
            replay_kept_give(found);
            return false;
        }
        *reply = *found;
        memset(found, 0, sizeof *found);
        return true;
    }
    return false;
}

struct ndr_bytes replay_kept_output(const struct replay_kept_reply *reply)
{
    return (struct ndr_bytes){ reply->block.at + reply->input_length, reply->output_length };
}

void replay_kept_clear(struct replay_kept *kept)
{
    for (uint32_t i = 0; i < REPLAY_KEPT_MAX; i++)
        replay_kept_give(&kept->replies[i]);
}
