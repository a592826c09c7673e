/* SPDX-License-Identifier: Apache-2.0 */
#include "host_listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "host_address.h"
#include "host_log.h"

/* Handshakes, the one session, and clients that are on their way out. */
#define PLACES_MAX (HOST_HANDSHAKES_MAX + 8)
/* A machine that vanished, or that takes nothing any more, is given up after some 20 seconds. */
#define IDLE_SECONDS        10
#define PROBE_SECONDS       5
#define PROBES              2
#define UNACKNOWLEDGED_TIME 20000

enum phase { PHASE_FREE, PHASE_HANDSHAKE, PHASE_SESSION, PHASE_LEAVING };

struct place {
    struct host_listener *listener;
    struct host_peer *peer;
    struct transport_wts *transport;
    uv_timer_t timer;
    enum phase phase;
    bool admitted; /* said that it has the session */
    bool late;     /* the timer has run out */
    char address[HOST_ADDRESS_MAX];
    char name[HOST_PEER_NAME_MAX];
};

struct host_listener {
    uv_loop_t *loop;
    const struct host_certificate *own;
    struct session *session;
    struct host_listener_observer observer;
    uv_tcp_t socket;
    uv_async_t changed; /* a peer's state */
    struct place places[PLACES_MAX];
    int users; /* of this memory: its owner, and handles that close */
    bool crowded;
    bool ending;
    bool ended;
};

static int count_phase(const struct host_listener *listener, enum phase phase)
{
    int count = 0;
    for (int i = 0; i < PLACES_MAX; i++)
        count += listener->places[i].phase == phase;
    return count;
}

/* ---- what becomes of a client ---- */

static void time_is_up(uv_timer_t *timer)
{
    struct place *place = timer->data;
    place->late = true;
    host_peer_abort(place->peer);
}

static void dismiss(struct place *place, enum host_peer_reason reason)
{
    place->phase = PHASE_LEAVING;
    host_peer_dismiss(place->peer, reason);
    uv_timer_start(&place->timer, time_is_up, HOST_FAREWELL_TIMEOUT, 0);
}

static void refuse(struct place *place)
{
    host_say("refused a second client, %s (%s): this session already has one", place->address,
             place->name);
    dismiss(place, HOST_PEER_REFUSED);
}

static void admit(struct place *place)
{
    struct host_listener *listener = place->listener;
    uv_timer_stop(&place->timer);
    place->transport = transport_wts_new(listener->loop, listener->session);
    if (!place->transport) {
        host_say("no memory for a client: %s is sent away", place->address);
        dismiss(place, HOST_PEER_REFUSED);
        return;
    }
    place->phase = PHASE_SESSION;
    host_say("client connected: %s (%s)", place->address, place->name);
    host_peer_admit(place->peer, place->transport);
}

static void say_gone(const struct place *place, const struct host_peer_state *state)
{
    if (place->listener->ending)
        return;
    if (place->phase == PHASE_HANDSHAKE)
        host_say("%s is gone before its RDP handshake was done%s", place->address,
                 place->late ? ": it took too long" : "");
    else if (place->phase == PHASE_SESSION && state->lost)
        host_say("link lost: the connection to %s (%s) broke", place->address, place->name);
    else if (place->phase == PHASE_SESSION)
        host_say("client gone: %s (%s) ended the session", place->address, place->name);
}

static void remove_peer(struct place *place)
{
    uv_timer_stop(&place->timer);
    host_peer_free(place->peer);
    /* After the thread: it may have used it to the end. */
    transport_wts_free(place->transport);
    place->peer = NULL;
    place->transport = NULL;
    place->phase = PHASE_FREE;
}

static void meet(struct place *place, const struct host_peer_state *state)
{
    memcpy(place->name, state->name, sizeof place->name);
    if (count_phase(place->listener, PHASE_SESSION) > 0)
        refuse(place);
    else
        admit(place);
}

static void look_at(struct place *place)
{
    struct host_listener *listener = place->listener;
    const struct host_peer_state state = host_peer_state(place->peer);
    if (state.gone) {
        say_gone(place, &state);
        remove_peer(place);
        return;
    }
    if (place->phase == PHASE_HANDSHAKE && state.activated)
        meet(place, &state);
    if (place->phase != PHASE_SESSION)
        return;
    if (state.admitted && !place->admitted) {
        place->admitted = true;
        if (!state.channel)
            listener->observer.no_device(listener->observer.self);
    }
    if (state.broken) {
        host_say("client sent away: %s (%s) broke the rules of the device channel", place->address,
                 place->name);
        dismiss(place, HOST_PEER_BROKE_RULES);
    }
}

static void tell_ended(struct host_listener *listener)
{
    if (!listener->ending || listener->ended || count_phase(listener, PHASE_FREE) != PLACES_MAX)
        return;
    listener->ended = true;
    listener->observer.ended(listener->observer.self);
}

static void peers_changed(uv_async_t *changed)
{
    struct host_listener *listener = changed->data;
    for (int i = 0; i < PLACES_MAX; i++) {
        if (listener->places[i].phase != PHASE_FREE)
            look_at(&listener->places[i]);
    }
    tell_ended(listener);
}

/* ---- accepting ---- */

static struct place *find_place(struct host_listener *listener)
{
    if (count_phase(listener, PHASE_HANDSHAKE) >= HOST_HANDSHAKES_MAX)
        return NULL;
    for (int i = 0; i < PLACES_MAX; i++) {
        if (listener->places[i].phase == PHASE_FREE)
            return &listener->places[i];
    }
    return NULL;
}

static void say_crowded(struct host_listener *listener, const char *address)
{
    /* Once until there is room again: a flood of connections is not to become a flood of lines. */
    if (!listener->crowded)
        host_say(
            "turned %s and perhaps more away: %d connections have not finished their handshake",
            address, count_phase(listener, PHASE_HANDSHAKE));
    listener->crowded = true;
}

static void set_option(int socket, int level, int option, int value)
{
    /* What fails costs speed or patience, not the connection. */
    setsockopt(socket, level, option, &value, sizeof value);
}

/* The descriptor that FreeRDP will close: libuv keeps and closes its own. */
static int own_socket(uv_tcp_t *client)
{
    int socket;
    if (uv_fileno((uv_handle_t *)client, &socket) != 0)
        return -1;
    set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, IDLE_SECONDS);
    set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, PROBE_SECONDS);
    set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, PROBES);
    set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, UNACKNOWLEDGED_TIME);
    return fcntl(socket, F_DUPFD_CLOEXEC, 0);
}

static void welcome(struct host_listener *listener, uv_tcp_t *client)
{
    char address[HOST_ADDRESS_MAX];
    host_address_of_peer(address, client);
    struct place *place = find_place(listener);
    if (!place) {
        say_crowded(listener, address);
        return;
    }
    listener->crowded = false;
    int socket = own_socket(client);
    if (socket >= 0)
        place->peer = host_peer_start(socket, listener->own, &listener->changed);
    if (!place->peer) {
        host_say("no memory or no descriptors for a client: %s is turned away", address);
        return;
    }
    memcpy(place->address, address, sizeof place->address);
    place->name[0] = '\0';
    place->admitted = false;
    place->late = false;
    place->phase = PHASE_HANDSHAKE;
    uv_timer_start(&place->timer, time_is_up, HOST_HANDSHAKE_TIMEOUT, 0);
}

static void client_closed(uv_handle_t *client)
{
    free(client);
}

static void someone_connects(uv_stream_t *socket, int status)
{
    struct host_listener *listener = socket->data;
    uv_tcp_t *client = status == 0 ? malloc(sizeof *client) : NULL;
    if (!client)
        return;
    if (uv_tcp_init(listener->loop, client) != 0) {
        free(client);
        return;
    }
    if (uv_accept(socket, (uv_stream_t *)client) == 0)
        welcome(listener, client);
    uv_close((uv_handle_t *)client, client_closed);
}

/* ---- beginning and end ---- */

static void drop(struct host_listener *listener)
{
    if (--listener->users == 0)
        free(listener);
}

static void handle_closed(uv_handle_t *handle)
{
    drop(handle->data);
}

static void timer_closed(uv_handle_t *timer)
{
    const struct place *place = timer->data;
    drop(place->listener);
}

static void close_handle(struct host_listener *listener, uv_handle_t *handle, uv_close_cb closed)
{
    listener->users++;
    uv_close(handle, closed);
}

static bool start(struct host_listener *listener, const char *address, uint16_t port)
{
    struct sockaddr_storage where;
    char text[HOST_ADDRESS_MAX];
    if (!host_address_resolve(&where, address, port))
        return false;
    int status = uv_tcp_bind(&listener->socket, (const struct sockaddr *)&where, 0);
    if (status == 0)
        status =
            uv_listen((uv_stream_t *)&listener->socket, HOST_HANDSHAKES_MAX * 2, someone_connects);
    if (status != 0) {
        host_address_say_failure(address, port, status);
        return false;
    }
    host_address_of_socket(text, &listener->socket);
    host_say("listening on %s", text);
    if (!host_address_is_loopback(&where))
        host_say("warning: nobody is asked for a password; whoever connects to %s lends their card "
                 "to this session",
                 text);
    return true;
}

static bool init_handles(struct host_listener *listener)
{
    if (uv_async_init(listener->loop, &listener->changed, peers_changed) != 0)
        return false;
    listener->changed.data = listener;
    uv_tcp_init(listener->loop, &listener->socket);
    listener->socket.data = listener;
    for (int i = 0; i < PLACES_MAX; i++) {
        listener->places[i].listener = listener;
        uv_timer_init(listener->loop, &listener->places[i].timer);
        listener->places[i].timer.data = &listener->places[i];
    }
    return true;
}

struct host_listener *host_listener_new(uv_loop_t *loop, const char *address, uint16_t port,
                                        const struct host_certificate *own, struct session *session,
                                        const struct host_listener_observer *observer)
{
    struct host_listener *listener = calloc(1, sizeof *listener);
    if (listener) {
        listener->users = 1;
        listener->loop = loop;
        listener->own = own;
        listener->session = session;
        listener->observer = *observer;
    }
    if (!listener || !init_handles(listener)) {
        host_say("no memory or no descriptors to listen");
        free(listener);
        return NULL;
    }
    if (start(listener, address, port))
        return listener;
    close_handle(listener, (uv_handle_t *)&listener->socket, handle_closed);
    host_listener_free(listener);
    return NULL;
}

void host_listener_close(struct host_listener *listener, enum host_peer_reason reason)
{
    listener->ending = true;
    close_handle(listener, (uv_handle_t *)&listener->socket, handle_closed);
    for (int i = 0; i < PLACES_MAX; i++) {
        struct place *place = &listener->places[i];
        if (place->phase == PHASE_HANDSHAKE)
            host_peer_abort(place->peer);
        else if (place->phase == PHASE_SESSION)
            dismiss(place, reason);
    }
    uv_async_send(&listener->changed);
}

void host_listener_free(struct host_listener *listener)
{
    close_handle(listener, (uv_handle_t *)&listener->changed, handle_closed);
    for (int i = 0; i < PLACES_MAX; i++)
        close_handle(listener, (uv_handle_t *)&listener->places[i].timer, timer_closed);
    drop(listener);
}
