/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "front_client.h"

/* How a command shows a call of a program. */
enum count_as {
    COUNT_NOTHING,
    COUNT_CALL,
    COUNT_TRANSMIT,
    COUNT_ARRAY,  /* SCardListReaders, or the first half of SCardStatus, or a part of a wait */
    COUNT_STATUS, /* the second half of SCardStatus */
    COUNT_WAIT,   /* SCardGetStatusChange: repeated until it stops */
    COUNT_STOP
};

struct front_request {
    uint32_t command;
    uint32_t size;    /* octets of the body */
    uint32_t rv_at;   /* offset of rv in the body */
    uint32_t data_at; /* offset of cbSendLength in the body, 0: no data follows */
    int32_t minor;    /* first protocol version that has it, 0: also without a version */
    bool needs_context;
    enum count_as count;
    void (*serve)(struct front_client *client, struct ndr_bytes data);
};

#define AT(member, field) offsetof(union pcscd_body, member.field)

/* clang-format off */
/* size and rv_at */
#define BODY(member) sizeof(((union pcscd_body *)NULL)->member), AT(member, rv)
#define NO_BODY 0, 0

static const struct front_request requests[] = {
    { PCSCD_VERSION, BODY(version), 0, 0, false, COUNT_NOTHING, front_version },
    { PCSCD_ESTABLISH_CONTEXT, BODY(establish), 0, 4, false, COUNT_CALL, front_establish },
    { PCSCD_RELEASE_CONTEXT, BODY(release), 0, 4, true, COUNT_CALL, front_release },
    { PCSCD_CANCEL, BODY(cancel), 0, 0, false, COUNT_CALL, front_cancel },
    { PCSCD_CONNECT, BODY(connect), 0, 4, true, COUNT_CALL, front_connect },
    { PCSCD_RECONNECT, BODY(reconnect), 0, 4, true, COUNT_CALL, front_reconnect },
    { PCSCD_DISCONNECT, BODY(disposition), 0, 4, true, COUNT_CALL, front_disconnect },
    { PCSCD_BEGIN_TRANSACTION, BODY(card), 0, 4, true, COUNT_CALL, front_begin },
    { PCSCD_END_TRANSACTION, BODY(disposition), 0, 4, true, COUNT_CALL, front_end },
    { PCSCD_TRANSMIT, BODY(transmit), AT(transmit, cbSendLength), 4, true, COUNT_TRANSMIT,
      front_transmit },
    { PCSCD_CONTROL, BODY(control), AT(control, cbSendLength), 4, true, COUNT_CALL, front_control },
    { PCSCD_STATUS, BODY(card), 0, 4, true, COUNT_STATUS, front_status },
    { PCSCD_GET_ATTRIB, BODY(attribute), 0, 4, true, COUNT_CALL, front_get_attrib },
    { PCSCD_SET_ATTRIB, BODY(attribute), 0, 4, true, COUNT_CALL, front_set_attrib },
    { PCSCD_GET_READERS_STATE, NO_BODY, 0, 4, true, COUNT_ARRAY, front_get_readers },
    { PCSCD_WAIT_READER_STATE_CHANGE, NO_BODY, 0, 4, true, COUNT_WAIT, front_wait_start },
    { PCSCD_STOP_WAITING, NO_BODY, 0, 4, true, COUNT_STOP, front_wait_stop },
    { PCSCD_GET_READER_EVENTS, NO_BODY, 0, 5, true, COUNT_NOTHING, front_get_reader_events },
    { PCSCD_GET_READERS_STATE_SIZE, NO_BODY, 0, 6, true, COUNT_NOTHING, front_get_readers_size },
    { PCSCD_GET_READERS_STATE_ARRAY, NO_BODY, 0, 6, true, COUNT_ARRAY, front_get_readers },
};
/* clang-format on */

static const struct front_request *find(uint32_t command)
{
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
        if (requests[i].command == command)
            return &requests[i];
    return NULL;
}

/* True when the program may ask this; otherwise it is refused. */
static bool is_allowed(struct front_client *client, const struct pcscd_header *header,
                       const struct front_request *request)
{
    if (request == NULL || (client->minor != 0 && request->minor > client->minor))
        front_client_refuse(client, "unknown command 0x%02X", (unsigned)header->command);
    else if (header->size != request->size)
        front_client_refuse(client, "%u octets in a request that has %u", (unsigned)header->size,
                            (unsigned)request->size);
    else if (request->minor > client->minor)
        front_client_refuse(client, "a request before the protocol version");
    else if (request->needs_context && client->context.id == 0)
        front_client_refuse(client, "a request without a context");
    return !client->closing;
}

/* libpcsclite asks again on its own while a card is used by somebody else. */
static bool is_retry(const struct front_client *client, const struct front_request *request)
{
    if (client->last_rv != RDPESC_E_SHARING_VIOLATION)
        return false;
    return request->command == client->last_command ||
           (request->count == COUNT_ARRAY && client->last_command == PCSCD_STATUS);
}

static bool is_array(uint32_t command)
{
    return command == PCSCD_GET_READERS_STATE || command == PCSCD_GET_READERS_STATE_ARRAY;
}

/* What the request adds to the number of calls that the program made. */
static bool is_new_call(const struct front_client *client, const struct front_request *request)
{
    if (is_retry(client, request))
        return false;
    switch (request->count) {
    case COUNT_CALL:
    case COUNT_TRANSMIT: return true;
    case COUNT_ARRAY: return !client->wait.array_due;
    case COUNT_STATUS: return !is_array(client->last_command);
    case COUNT_WAIT: return !client->wait.in_sequence;
    case COUNT_NOTHING:
    case COUNT_STOP: break;
    }
    return false;
}

static void count(struct front_client *client, const struct front_request *request)
{
    struct front_counters *counters = &client->front->counters;

    if (is_new_call(client, request)) {
        counters->scard_calls++;
        if (request->count == COUNT_TRANSMIT)
            counters->transmits++;
        client->wait.in_sequence = false;
    }
    if (request->count == COUNT_WAIT)
        client->wait.in_sequence = true;
    if (request->count == COUNT_STOP)
        client->wait.in_sequence = false;
}

/* Drops the first octets of the input and leaves no copy of them. */
static void consume(struct front_client *client, size_t octets)
{
    client->input_len -= octets;
    memmove(client->input, client->input + octets, client->input_len);
    explicit_bzero(client->input + client->input_len, octets);
}

static uint32_t data_length(const struct front_client *client, const struct front_request *request)
{
    uint32_t length = 0;

    if (request->data_at != 0)
        memcpy(&length, (const uint8_t *)&client->body + request->data_at, sizeof length);
    return length;
}

bool front_request_take(struct front_client *client)
{
    struct pcscd_header header;
    const struct front_request *request;
    struct ndr_bytes data = { NULL, 0 };
    size_t taken = sizeof header;

    if (client->input_len < taken)
        return false;
    memcpy(&header, client->input, sizeof header);
    request = find(header.command);
    if (!is_allowed(client, &header, request) || client->input_len < taken + request->size)
        return false;
    memcpy(&client->body, client->input + taken, request->size);
    taken += request->size;
    data = (struct ndr_bytes){ client->input + taken, data_length(client, request) };
    if (data.len > PCSCD_DATA_MAX) {
        front_client_refuse(client, "%u octets of data", (unsigned)data.len);
        return false;
    }
    if (client->input_len < taken + data.len)
        return false;
    count(client, request);
    client->request = request;
    client->last_command = request->command;
    client->last_rv = RDPESC_S_SUCCESS;
    request->serve(client, data);
    consume(client, taken + data.len);
    return true;
}

void front_reply_data(struct front_client *client, uint32_t rv, struct ndr_bytes data)
{
    uint8_t reply[sizeof(union pcscd_body)];
    uv_buf_t buffers[2] = { uv_buf_init((char *)reply, (unsigned)client->request->size) };
    union {
        const uint8_t *octets;
        char *base;
    } view = { data.data };

    memcpy(reply, &client->body, sizeof reply);
    memcpy(reply + client->request->rv_at, &rv, sizeof rv);
    client->last_rv = rv;
    buffers[1] = uv_buf_init(view.base, data.len);
    front_client_write(client, buffers, data.len > 0 ? 2 : 1);
    explicit_bzero(&client->body, sizeof client->body);
    explicit_bzero(reply, sizeof reply);
}

void front_reply(struct front_client *client, uint32_t rv)
{
    front_reply_data(client, rv, (struct ndr_bytes){ NULL, 0 });
}
