/* SPDX-License-Identifier: Apache-2.0
 *
 * Any octets as any call or return: what decodes, encodes again, and to the same values. The first
 * octet picks the call, its top bit the return.
 */
#include <stdlib.h>
#include <string.h>

#include "rdpesc.h"

#define ARENA_OCTETS  (1u << 18)
#define STREAM_OCTETS (1u << 20)

union message {
    union rdpesc_call call;
    union rdpesc_return ret;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum ndr_status decode(const struct rdpesc_call_info *info, bool is_return,
                              struct ndr_bytes stream, union message *out, struct ndr_arena *arena)
{
    struct ndr_error error;

    return (is_return ? rdpesc_decode_return : rdpesc_decode_call)(info, stream, out, arena,
                                                                   &error);
}

static void round_trip(const struct rdpesc_call_info *info, bool is_return, struct ndr_bytes stream)
{
    static _Alignas(max_align_t) uint8_t memory[2][ARENA_OCTETS];
    static uint8_t octets[STREAM_OCTETS];
    struct ndr_arena arena = { memory[0], ARENA_OCTETS, 0 };
    struct ndr_arena again = { memory[1], ARENA_OCTETS, 0 };
    const struct ndr_type *type = is_return ? info->ret : info->call;
    union message first;
    union message second;
    size_t length;

    memset(&first, 0, sizeof first);
    memset(&second, 0, sizeof second);
    if (decode(info, is_return, stream, &first, &arena) != NDR_OK ||
        info->code == RDPESC_AccessStartedEvent)
        return;
    if (rpce_encode(type, &first, octets, sizeof octets, &length, NULL) != NDR_OK)
        abort();
    stream = (struct ndr_bytes){ octets, (uint32_t)length };
    if (decode(info, is_return, stream, &second, &again) != NDR_OK ||
        !ndr_equal(type, &first, &second))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count;
    const struct rdpesc_call_info *calls = rdpesc_calls(&count);

    if (size < 1 || size > STREAM_OCTETS / 2)
        return 0;
    round_trip(&calls[(data[0] & 0x7F) % count], data[0] & 0x80,
               (struct ndr_bytes){ data + 1, (uint32_t)size - 1 });
    return 0;
}
