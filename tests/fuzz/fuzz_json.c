/* SPDX-License-Identifier: Apache-2.0
 *
 * Any text as the JSON of any structure or packet: what can be encoded decodes to JSON that encodes
 * to the same octets. The first octet picks the structure; one above the last means a packet.
 */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

union value {
    union rdpesc_call call;
    union rdpesc_return ret;
    uint8_t room[256];
};

static void structure(const struct ndr_type *type, json_t *json, struct capture_memory *memory)
{
    struct capture_fault fault;
    union value first;
    union value second;
    json_t *again = json_object();

    if (type->size > sizeof first)
        abort();
    if (capture_json_read_all(type, json, &first, memory, &fault)) {
        size_t length;

        if (ndr_encode(type, &first, NULL, 0, &length, NULL) != NDR_OK ||
            !capture_json_write(type, &first, true, again) ||
            !capture_json_read_all(type, again, &second, memory, &fault) ||
            !ndr_equal(type, &first, &second))
            abort();
    }
    json_decref(again);
}

static void whole_packet(json_t *json, struct capture_memory *memory)
{
    struct capture_fault fault;
    struct ndr_error error;
    struct ndr_bytes first;
    struct ndr_bytes second;
    json_t *again = json_object();
    const struct capture_packet how = { rdpesc_call_by_code(RDPESC_Transmit), true, again, NULL };

    /* What is encoded need not decode: any octets may stand in a surplus. */
    if (capture_packet_encode(json, how.ret, memory, &first, &fault) &&
        capture_packet_print(&how, first, &error) == NDR_OK &&
        capture_packet_encode(again, how.ret, memory, &second, &fault) &&
        (first.len != second.len || memcmp(first.data, second.data, first.len) != 0))
        abort();
    json_decref(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct capture_memory memory = { NULL };
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);
    json_t *json;

    if (size < 1)
        return 0;
    json = json_loadb((const char *)data + 1, size - 1, JSON_REJECT_DUPLICATES, NULL);
    if (json && data[0] % (count + 1) < count)
        structure(types[data[0] % (count + 1)], json, &memory);
    else if (json)
        whole_packet(json, &memory);
    json_decref(json);
    capture_memory_free(&memory);
    return 0;
}
