/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "front_client.h"
#include "front_values.h"

static void send_octets(struct front_client *client, const void *octets, size_t length)
{
    union {
        const void *octets;
        char *base;
    } view = { octets };
    uv_buf_t buffer = uv_buf_init(view.base, (unsigned)length);

    front_client_write(client, &buffer, 1);
}

static void send_array(struct front_client *client)
{
    struct front *front = client->front;
    uint32_t slots = front->options.reader_slots;
    size_t count;
    const struct mirror_reader *readers = mirror_readers(front->mirror, &count);

    memset(front->array, 0, slots * sizeof *front->array);
    for (size_t i = 0; i < count && i < slots; i++)
        front_reader_to_local(&readers[i], &front->array[i]);
    send_octets(client, front->array, slots * sizeof *front->array);
}

static void send_wait_message(struct front_client *client, uint32_t rv)
{
    struct pcscd_wait message = { .rv = rv };

    client->wait.registered = false;
    client->wait.array_due = false;
    client->wait.held = false;
    if (rv == RDPESC_E_CANCELLED)
        client->wait.in_sequence = false;
    send_octets(client, &message, sizeof message);
}

void front_get_readers(struct front_client *client, struct ndr_bytes data)
{
    struct front_wait *wait = &client->wait;

    (void)data;
    mirror_refresh(client->front->mirror);
    send_array(client);
    if (client->closing || !wait->array_due ||
        client->last_command != PCSCD_GET_READERS_STATE_ARRAY)
        return;
    wait->array_due = false;
    if (wait->held)
        send_wait_message(client, wait->held_rv);
}

void front_get_readers_size(struct front_client *client, struct ndr_bytes data)
{
    int32_t count = (int32_t)client->front->options.reader_slots;

    (void)data;
    send_octets(client, &count, sizeof count);
}

void front_get_reader_events(struct front_client *client, struct ndr_bytes data)
{
    struct pcscd_reader_events events = { .readerEvents = client->front->reader_events };

    (void)data;
    send_octets(client, &events, sizeof events);
}

void front_wait_start(struct front_client *client, struct ndr_bytes data)
{
    (void)data;
    mirror_refresh(client->front->mirror);
    client->wait.registered = true;
    if (client->minor >= PCSCD_VERSION_MINOR_ARRAY)
        client->wait.array_due = true;
    else
        send_array(client);
}

/* A program whose event is out already has the one message of its wait. */
void front_wait_stop(struct front_client *client, struct ndr_bytes data)
{
    (void)data;
    if (client->wait.registered)
        send_wait_message(client, client->wait.held ? client->wait.held_rv : RDPESC_S_SUCCESS);
}

bool front_wait_end(struct front_client *client, uint32_t rv)
{
    struct front_wait *wait = &client->wait;

    if (!wait->registered)
        return false;
    if (!wait->array_due) {
        send_wait_message(client, rv);
        return true;
    }
    /* A cancellation is not undone by an event that comes after it. */
    if (!wait->held || rv != RDPESC_S_SUCCESS)
        wait->held_rv = rv;
    wait->held = true;
    return true;
}
