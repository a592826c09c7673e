/* SPDX-License-Identifier: Apache-2.0 */
#include "transport_wts.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <winpr/synch.h>
#include <winpr/wtsapi.h>

#include "transport_queue.h"

struct transport_wts {
    struct session *session;
    uv_async_t arrived; /* wakes the loop */
    HANDLE departing;   /* wakes the peer thread */
    struct packet_queue in;
    struct packet_queue out;
    atomic_bool opened;  /* set before the first packet comes in */
    atomic_bool closed;  /* set after the last one */
    atomic_bool refused; /* the client is to be disconnected */
    bool attached;       /* loop thread only */
    HANDLE channel;      /* peer thread only, as the next */
    HANDLE receivable;
};

/* ---- the loop's side ---- */

static void refuse(struct transport_wts *transport)
{
    atomic_store(&transport->refused, true);
    SetEvent(transport->departing);
}

static bool channel_write(void *self, struct ndr_bytes pdu)
{
    struct transport_wts *transport = self;
    if (atomic_load(&transport->closed) || atomic_load(&transport->refused))
        return false;
    struct packet *packet = packet_new(pdu.len);
    if (!packet)
        return false;
    if (pdu.len > 0)
        memcpy(packet->octets, pdu.data, pdu.len);
    if (!packet_queue_put(&transport->out, packet)) {
        refuse(transport);
        return false;
    }
    SetEvent(transport->departing);
    return true;
}

static void detach(struct transport_wts *transport)
{
    if (!transport->attached)
        return;
    transport->attached = false;
    session_detach(transport->session);
}

static void deliver(struct transport_wts *transport, struct packet *packet)
{
    const struct ndr_bytes pdu = { packet->octets, packet->len };
    if (transport->attached && !session_receive(transport->session, pdu)) {
        refuse(transport);
        detach(transport);
    }
    packet_free(packet);
}

static void loop_arrived(uv_async_t *arrived)
{
    struct transport_wts *transport = arrived->data;
    /* Before the packets are taken: all that came before the end are then among them. */
    bool closed = atomic_load(&transport->closed);
    if (atomic_exchange(&transport->opened, false)) {
        const struct session_channel channel = { transport, channel_write };
        transport->attached = true;
        session_attach(transport->session, &channel);
    }
    struct packet *packet = packet_queue_take(&transport->in);
    while (packet) {
        struct packet *next = packet->next;
        deliver(transport, packet);
        packet = next;
    }
    if (closed)
        detach(transport);
}

static void release(struct transport_wts *transport)
{
    packet_queue_destroy(&transport->in);
    packet_queue_destroy(&transport->out);
    if (transport->departing)
        CloseHandle(transport->departing);
    free(transport);
}

static void loop_closed(uv_handle_t *arrived)
{
    release(arrived->data);
}

struct transport_wts *transport_wts_new(uv_loop_t *loop, struct session *session)
{
    struct transport_wts *transport = calloc(1, sizeof *transport);
    if (!transport)
        return NULL;
    transport->session = session;
    transport->arrived.data = transport;
    packet_queue_init(&transport->in, TRANSPORT_WTS_HELD_MAX);
    packet_queue_init(&transport->out, TRANSPORT_WTS_HELD_MAX);
    transport->departing = CreateEvent(NULL, TRUE, FALSE, NULL);
    if (transport->departing && uv_async_init(loop, &transport->arrived, loop_arrived) == 0)
        return transport;
    release(transport);
    return NULL;
}

void transport_wts_free(struct transport_wts *transport)
{
    if (!transport)
        return;
    detach(transport);
    uv_close((uv_handle_t *)&transport->arrived, loop_closed);
}

/* ---- the peer thread's side ---- */

bool transport_wts_open(struct transport_wts *transport, HANDLE manager)
{
    char name[] = "rdpdr";
    void *event = NULL;
    DWORD len = 0;
    HANDLE channel = WTSVirtualChannelOpen(manager, WTS_CURRENT_SESSION, name);
    if (!channel)
        return false;
    if (!WTSVirtualChannelQuery(channel, WTSVirtualEventHandle, &event, &len)) {
        WTSVirtualChannelClose(channel);
        return false;
    }
    memcpy(&transport->receivable, event, sizeof transport->receivable);
    WTSFreeMemory(event);
    transport->channel = channel;
    atomic_store(&transport->opened, true);
    uv_async_send(&transport->arrived);
    return true;
}

DWORD transport_wts_events(const struct transport_wts *transport, HANDLE *events)
{
    events[0] = transport->departing;
    events[1] = transport->receivable;
    return TRANSPORT_WTS_EVENTS;
}

static bool send_all(struct transport_wts *transport)
{
    bool good = true;
    ResetEvent(transport->departing);
    struct packet *packet = packet_queue_take(&transport->out);
    while (packet) {
        struct packet *next = packet->next;
        ULONG len = 0;
        good = good &&
               WTSVirtualChannelWrite(transport->channel, (PCHAR)packet->octets, packet->len, &len);
        packet_free(packet);
        packet = next;
    }
    return good && !atomic_load(&transport->refused);
}

/* len is what waits. */
static bool receive(struct transport_wts *transport, ULONG len)
{
    ULONG got = 0;
    if (len > TRANSPORT_WTS_PACKET_MAX)
        return false;
    struct packet *packet = packet_new((uint32_t)len);
    if (!packet)
        return false;
    /* Room for one octet more than there are: else an empty packet would stay where it is. */
    if (!WTSVirtualChannelRead(transport->channel, 0, (PCHAR)packet->octets, len + 1, &got) ||
        got != len) {
        packet_free(packet);
        return false;
    }
    return packet_queue_put(&transport->in, packet);
}

bool transport_wts_run(struct transport_wts *transport)
{
    ULONG len = 0;
    bool good = send_all(transport);
    while (good && WTSVirtualChannelRead(transport->channel, 0, NULL, 0, &len)) {
        good = receive(transport, len);
        uv_async_send(&transport->arrived);
    }
    return good;
}

void transport_wts_close(struct transport_wts *transport)
{
    if (!transport->channel)
        return;
    WTSVirtualChannelClose(transport->channel);
    transport->channel = NULL;
    atomic_store(&transport->closed, true);
    uv_async_send(&transport->arrived);
}
