/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet.h"
#include "tool.h"

union value {
    union rdpesc_call call;
    union rdpesc_return ret;
};

static void append(void *self, const char *text)
{
    (void)fputs(text, self);
}

static const struct ndr_type *type_of(const struct tool_options *options)
{
    return options->is_return ? options->info->ret : options->info->call;
}

static enum ndr_status decode_value(const struct tool_options *options, struct ndr_bytes octets,
                                    union value *value, struct ndr_arena *arena,
                                    struct ndr_error *error)
{
    bool ndr = options->layer == TOOL_NDR;

    if (ndr && options->is_return)
        return rdpesc_decode_return_object(options->info, octets, value, arena, error);
    if (ndr)
        return ndr_decode(options->info->call, octets, value, arena, error);
    if (options->is_return)
        return rdpesc_decode_return(options->info, octets, value, arena, error);
    return rdpesc_decode_call(options->info, octets, value, arena, error);
}

/* Text goes to sink, JSON to json; one of them is NULL. */
static enum ndr_status print_message(const struct tool_options *options, struct ndr_bytes octets,
                                     const struct ndr_sink *sink, json_t *json,
                                     struct ndr_error *error)
{
    const struct ndr_type *type = type_of(options);
    struct capture_memory memory = { NULL };
    size_t size = ndr_arena_bound(type, octets.len);
    struct ndr_arena arena = { capture_memory_take(&memory, size), size, 0 };
    union value value;
    enum ndr_status status = decode_value(options, octets, &value, &arena, error);

    if (status == NDR_OK && sink)
        ndr_dump(type, &value, options->secrets, sink);
    if (status == NDR_OK && json && !capture_json_write(type, &value, options->secrets, json))
        status = NDR_NO_ARENA;
    capture_memory_free(&memory);
    return status;
}

static enum ndr_status print(const struct tool_options *options, struct ndr_bytes octets,
                             FILE *text, json_t *json, struct ndr_error *error)
{
    const struct ndr_sink sink = { text, append };
    const struct capture_packet packet = { options->info, options->secrets, json,
                                           json ? NULL : &sink };

    if (options->layer == TOOL_PDU)
        return capture_packet_print(&packet, octets, error);
    return print_message(options, octets, packet.text, json, error);
}

/* Printed only when all of it could be decoded: a script must not take half of it for the whole. */
static enum tool_exit decode(const struct tool_options *options, struct ndr_bytes octets)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    json_t *json = options->json ? json_object() : NULL;
    struct ndr_error error = { NDR_NO_ARENA, 0, "memory" };
    enum ndr_status status = stream ? print(options, octets, stream, json, &error) : NDR_NO_ARENA;
    bool ok = status == NDR_OK;

    if (stream && ok && json)
        ok = json_dumpf(json, stream, JSON_INDENT(2)) == 0 && fputc('\n', stream) == '\n';
    if (stream)
        ok = fclose(stream) == 0 && ok;
    if (ok && options->names && !json)
        ok = tool_print_names(text);
    else if (ok)
        ok = fwrite(text, 1, size, stdout) == size && fflush(stdout) == 0;
    json_decref(json);
    if (text)
        explicit_bzero(text, size);
    free(text);
    if (status != NDR_OK)
        return tool_malformed(ndr_status_name(status), error.offset, error.field);
    return ok ? TOOL_OK : TOOL_USAGE;
}

enum tool_exit tool_decode(const struct tool_options *options)
{
    struct tool_buffer input;
    struct ndr_bytes octets;
    enum tool_exit status = TOOL_MALFORMED;

    if (!tool_read(options, &input)) {
        free(input.data);
        return TOOL_USAGE;
    }
    if (tool_octets(options, &input)) {
        octets = (struct ndr_bytes){ (const uint8_t *)input.data, (uint32_t)input.size };
        status = TOOL_USAGE;
        if (options->layer == TOOL_PDU && !options->info && capture_packet_is_return(octets))
            (void)fputs("rdpesc: a completion does not say whose return it carries: it needs "
                        "--return NAME\n",
                        stderr);
        else
            status = decode(options, octets);
    }
    explicit_bzero(input.data, input.size);
    free(input.data);
    return status;
}
