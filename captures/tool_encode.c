/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet.h"
#include "tool.h"

#define BOUNDARY   8u
#define HEX_A_LINE 16

union value {
    union rdpesc_call call;
    union rdpesc_return ret;
};

/* The object alone, filled up as it is between RPCE headers. */
static enum ndr_status encode_object(const struct ndr_type *type, const void *value,
                                     uint8_t *octets, size_t capacity, size_t *length,
                                     struct ndr_error *error)
{
    enum ndr_status status = ndr_encode(type, value, octets, capacity, length, error);
    size_t padded = (*length + BOUNDARY - 1) / BOUNDARY * BOUNDARY;

    if (status != NDR_OK)
        return status;
    if (octets)
        memset(octets + *length, 0, padded - *length);
    *length = padded;
    return NDR_OK;
}

static enum ndr_status encode_value(const struct tool_options *options, const void *value,
                                    uint8_t *octets, size_t *length, struct ndr_error *error)
{
    const struct rdpesc_call_info *info = options->info;
    const struct ndr_type *type = options->is_return ? info->ret : info->call;
    size_t capacity = *length;

    if (!options->is_return &&
        (info->code == RDPESC_AccessStartedEvent || options->layer == TOOL_RPCE))
        return rdpesc_encode_call(info, value, octets, capacity, length, error);
    if (options->layer == TOOL_RPCE)
        return rpce_encode(type, value, octets, capacity, length, error);
    return encode_object(type, value, octets, capacity, length, error);
}

static bool encode_message(const struct tool_options *options, json_t *json,
                           struct capture_memory *memory, struct ndr_bytes *out,
                           struct capture_fault *fault)
{
    const struct ndr_type *type = options->is_return ? options->info->ret : options->info->call;
    struct ndr_error error = { NDR_OK, 0, "" };
    enum ndr_status status;
    uint8_t *octets = NULL;
    size_t length = 0;
    union value value;

    if (!capture_json_read_all(type, json, &value, memory, fault))
        return false;
    status = encode_value(options, &value, NULL, &length, &error);
    if (status == NDR_OK)
        octets = capture_memory_take(memory, length);
    if (octets)
        status = encode_value(options, &value, octets, &length, &error);
    *out = (struct ndr_bytes){ octets, (uint32_t)length };
    fault->reason = ndr_status_name(octets ? status : NDR_NO_SPACE);
    (void)snprintf(fault->path, sizeof fault->path, "%s", error.field);
    return octets && status == NDR_OK;
}

static bool print_hex(struct ndr_bytes octets)
{
    for (uint32_t i = 0; i < octets.len; i++) {
        bool last = i + 1 == octets.len || (i + 1) % HEX_A_LINE == 0;

        if (printf("%02x%c", octets.data[i], last ? '\n' : ' ') < 0)
            return false;
    }
    return fflush(stdout) == 0;
}

static bool print_octets(const struct tool_options *options, struct ndr_bytes octets)
{
    if (!options->binary)
        return print_hex(octets);
    return fwrite(octets.data, 1, octets.len, stdout) == octets.len && fflush(stdout) == 0;
}

static enum tool_exit encode(const struct tool_options *options, json_t *json)
{
    struct capture_memory memory = { NULL };
    struct capture_fault fault = { "out of memory", "" };
    struct ndr_bytes octets;
    enum tool_exit status = TOOL_OK;
    bool ok = options->layer == TOOL_PDU
                  ? capture_packet_encode(json, options->info, &memory, &octets, &fault)
                  : encode_message(options, json, &memory, &octets, &fault);

    if (!ok)
        status = tool_malformed(fault.reason, 0, fault.path[0] ? fault.path : "JSON");
    else if (!print_octets(options, octets))
        status = TOOL_USAGE;
    capture_memory_free(&memory);
    return status;
}

enum tool_exit tool_encode(const struct tool_options *options)
{
    struct tool_buffer input;
    json_error_t error;
    json_t *json;
    enum tool_exit status;

    if (!tool_read(options, &input)) {
        free(input.data);
        return TOOL_USAGE;
    }
    json = json_loadb(input.data, input.size, JSON_REJECT_DUPLICATES, &error);
    if (json)
        status = encode(options, json);
    else
        status =
            tool_malformed(error.text, (size_t)(error.position > 0 ? error.position : 0), "JSON");
    json_decref(json);
    explicit_bzero(input.data, input.size);
    free(input.data);
    return status;
}
