/* SPDX-License-Identifier: Apache-2.0 */
#include "host_peer.h"

#include <fcntl.h>
#include <freerdp/channels/wtsvc.h>
#include <freerdp/error.h>
#include <freerdp/peer.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <winpr/synch.h>

#include "host_compat.h"
#include "host_frame.h"
#include "host_log.h"

/* FreeRDP's handles, the manager's, the wake-up and the channel's. */
#define EVENTS_MAX 32
/* [MS-RDPBCGR] 2.2.1.3.4: static channels of a client; their numbers follow each other. */
#define CHANNELS_MAX 32
#define TLS_1_2      0x0303

enum order { ORDER_NONE, ORDER_ADMIT, ORDER_DISMISS };

struct host_peer {
    uv_thread_t thread;
    uv_async_t *changed;
    const struct host_certificate *own;
    int socket;  /* a second descriptor of the connection: to break it from outside */
    HANDLE wake; /* there is an order */
    pthread_mutex_t lock;
    enum order order; /* guarded, as the next three */
    enum host_peer_reason reason;
    struct transport_wts *transport;
    struct host_peer_state state;
    /* The thread's own: */
    freerdp_peer *rdp;
    HANDLE manager;
    struct transport_wts *channel; /* the transport while it is open */
    psPeerReceiveChannelData receive;
    size_t held[CHANNELS_MAX]; /* octets of the unfinished packet on each channel */
    bool admitted;
    bool dismissed;
};

/* FreeRDP numbers sessions and fills in tables of its own without a lock when a context is made. */
static pthread_mutex_t library = PTHREAD_MUTEX_INITIALIZER;

/* ---- the peer's thread ---- */

static struct host_peer *peer_of(const freerdp_peer *rdp)
{
    return rdp->ContextExtra;
}

static void tell(struct host_peer *peer, const struct host_peer_state *state)
{
    pthread_mutex_lock(&peer->lock);
    peer->state = *state;
    pthread_mutex_unlock(&peer->lock);
    uv_async_send(peer->changed);
}

/* FreeRDP activates no client that nobody has welcomed here. */
static BOOL on_connect(freerdp_peer *rdp)
{
    (void)rdp;
    return TRUE;
}

static BOOL on_activate(freerdp_peer *rdp)
{
    struct host_peer *peer = peer_of(rdp);
    struct host_peer_state state = host_peer_state(peer);
    const char *name = freerdp_settings_get_string(rdp->context->settings, FreeRDP_ClientHostname);
    if (state.activated) {
        /* Again, after a change of the desktop. */
        if (peer->admitted)
            host_frame_draw(rdp->context);
        return TRUE;
    }
    strncpy(state.name, name ? name : "", sizeof state.name - 1);
    host_make_printable(state.name);
    state.activated = true;
    tell(peer, &state);
    return TRUE;
}

static BOOL on_refresh(rdpContext *context, BYTE count, const RECTANGLE_16 *areas)
{
    (void)count, (void)areas;
    if (peer_of(context->peer)->admitted)
        host_frame_draw(context);
    return TRUE;
}

static BOOL on_suppress(rdpContext *context, BYTE allow, const RECTANGLE_16 *area)
{
    return allow ? on_refresh(context, 1, area) : TRUE;
}

/* FreeRDP gathers the pieces of a packet without a limit. */
static BOOL on_piece(freerdp_peer *rdp, UINT16 channel, const BYTE *data, size_t len, UINT32 flags,
                     size_t total)
{
    struct host_peer *peer = peer_of(rdp);
    size_t *held = &peer->held[channel % CHANNELS_MAX];
    if (flags & CHANNEL_FLAG_FIRST)
        *held = 0;
    *held += len;
    if (*held > TRANSPORT_WTS_PACKET_MAX)
        return FALSE;
    return peer->receive(rdp, channel, data, len, flags, total);
}

static bool configure(struct host_peer *peer)
{
    rdpSettings *settings = peer->rdp->context->settings;
    return host_compat_set_certificate(settings, peer->own) &&
           freerdp_settings_set_bool(settings, FreeRDP_RdpSecurity, FALSE) &&
           freerdp_settings_set_bool(settings, FreeRDP_NlaSecurity, FALSE) &&
           freerdp_settings_set_bool(settings, FreeRDP_TlsSecurity, TRUE) &&
           freerdp_settings_set_uint16(settings, FreeRDP_TLSMinVersion, TLS_1_2) &&
           freerdp_settings_set_bool(settings, FreeRDP_RefreshRect, TRUE) &&
           freerdp_settings_set_bool(settings, FreeRDP_SuppressOutput, TRUE) &&
           freerdp_settings_set_uint32(settings, FreeRDP_ColorDepth, 32);
}

static bool make_context(struct host_peer *peer)
{
    pthread_mutex_lock(&library);
    bool made = freerdp_peer_context_new(peer->rdp);
    if (made)
        peer->manager = WTSOpenServerA((LPSTR)peer->rdp->context);
    pthread_mutex_unlock(&library);
    if (peer->manager == INVALID_HANDLE_VALUE)
        peer->manager = NULL;
    return made && peer->manager;
}

static bool begin(struct host_peer *peer)
{
    freerdp_peer *rdp = peer->rdp;
    if (!make_context(peer) || !configure(peer))
        return false;
    peer->receive = rdp->ReceiveChannelData;
    rdp->ReceiveChannelData = on_piece;
    rdp->PostConnect = on_connect;
    rdp->Activate = on_activate;
    rdp->context->update->RefreshRect = on_refresh;
    rdp->context->update->SuppressOutput = on_suppress;
    return rdp->Initialize(rdp);
}

static void admit(struct host_peer *peer, struct transport_wts *transport)
{
    struct host_peer_state state = host_peer_state(peer);
    peer->admitted = true;
    if (transport_wts_open(transport, peer->manager))
        peer->channel = transport;
    state.admitted = true;
    state.channel = peer->channel != NULL;
    tell(peer, &state);
    host_frame_draw(peer->rdp->context);
}

static void run_channel(struct host_peer *peer)
{
    if (!peer->channel || transport_wts_run(peer->channel))
        return;
    struct host_peer_state state = host_peer_state(peer);
    transport_wts_close(peer->channel);
    peer->channel = NULL;
    state.broken = true;
    tell(peer, &state);
}

static bool dismiss(struct host_peer *peer, enum host_peer_reason reason)
{
    freerdp_peer *rdp = peer->rdp;
    if (!host_peer_state(peer).activated)
        return false;
    peer->dismissed = true;
    run_channel(peer);
    if (!WTSVirtualChannelManagerCheckFileDescriptor(peer->manager))
        return false;
    freerdp_set_error_info(rdp->context->rdp, reason);
    return rdp->Close(rdp);
}

/* False when there is nothing left to do for this client. */
static bool follow_order(struct host_peer *peer)
{
    ResetEvent(peer->wake);
    pthread_mutex_lock(&peer->lock);
    enum order order = peer->order;
    enum host_peer_reason reason = peer->reason;
    struct transport_wts *transport = peer->transport;
    peer->order = ORDER_NONE;
    pthread_mutex_unlock(&peer->lock);
    if (order == ORDER_ADMIT)
        admit(peer, transport);
    return order != ORDER_DISMISS || dismiss(peer, reason);
}

static DWORD collect_events(struct host_peer *peer, HANDLE events[EVENTS_MAX])
{
    const DWORD own = 2 + TRANSPORT_WTS_EVENTS;
    DWORD count = peer->rdp->GetEventHandles(peer->rdp, events, EVENTS_MAX - own);
    if (count == 0)
        return 0;
    events[count++] = peer->wake;
    events[count++] = WTSVirtualChannelManagerGetEventHandle(peer->manager);
    if (peer->channel)
        count += transport_wts_events(peer->channel, events + count);
    return count;
}

static void serve(struct host_peer *peer)
{
    HANDLE events[EVENTS_MAX];
    bool going = true;
    while (going) {
        DWORD count = collect_events(peer, events);
        if (count == 0 || WaitForMultipleObjects(count, events, FALSE, INFINITE) == WAIT_FAILED)
            return;
        if (!follow_order(peer))
            return;
        run_channel(peer);
        going = WTSVirtualChannelManagerCheckFileDescriptor(peer->manager) &&
                peer->rdp->CheckFileDescriptor(peer->rdp);
        run_channel(peer);
    }
}

static void end(struct host_peer *peer)
{
    freerdp_peer *rdp = peer->rdp;
    if (peer->channel)
        transport_wts_close(peer->channel);
    if (rdp->context)
        rdp->Disconnect(rdp);
    pthread_mutex_lock(&library);
    if (peer->manager)
        WTSCloseServer(peer->manager);
    if (rdp->context)
        freerdp_peer_context_free(rdp);
    pthread_mutex_unlock(&library);
    freerdp_peer_free(rdp);
}

static void run(void *self)
{
    struct host_peer *peer = self;
    if (begin(peer))
        serve(peer);
    struct host_peer_state state = host_peer_state(peer);
    state.lost =
        peer->rdp->context && !peer->dismissed &&
        freerdp_get_last_error(peer->rdp->context) == FREERDP_ERROR_CONNECT_TRANSPORT_FAILED;
    state.gone = true;
    end(peer);
    tell(peer, &state);
}

/* ---- the loop's thread ---- */

static struct host_peer *peer_new(int socket)
{
    struct host_peer *peer = calloc(1, sizeof *peer);
    if (!peer)
        return NULL;
    pthread_mutex_init(&peer->lock, NULL);
    peer->wake = CreateEvent(NULL, TRUE, FALSE, NULL);
    peer->rdp = freerdp_peer_new(socket);
    peer->socket = fcntl(socket, F_DUPFD_CLOEXEC, 0);
    if (peer->wake && peer->rdp && peer->socket >= 0) {
        peer->rdp->ContextExtra = peer;
        return peer;
    }
    if (peer->wake)
        CloseHandle(peer->wake);
    if (peer->rdp)
        freerdp_peer_free(peer->rdp);
    if (peer->socket >= 0)
        close(peer->socket);
    free(peer);
    return NULL;
}

struct host_peer *host_peer_start(int socket, const struct host_certificate *own,
                                  uv_async_t *changed)
{
    struct host_peer *peer = peer_new(socket);
    if (!peer) {
        close(socket);
        return NULL;
    }
    peer->own = own;
    peer->changed = changed;
    if (uv_thread_create(&peer->thread, run, peer) == 0)
        return peer;
    freerdp_peer_free(peer->rdp);
    CloseHandle(peer->wake);
    close(peer->socket);
    close(socket);
    free(peer);
    return NULL;
}

struct host_peer_state host_peer_state(struct host_peer *peer)
{
    pthread_mutex_lock(&peer->lock);
    struct host_peer_state state = peer->state;
    pthread_mutex_unlock(&peer->lock);
    return state;
}

static void give_order(struct host_peer *peer, enum order order)
{
    peer->order = order;
    pthread_mutex_unlock(&peer->lock);
    SetEvent(peer->wake);
}

void host_peer_admit(struct host_peer *peer, struct transport_wts *transport)
{
    pthread_mutex_lock(&peer->lock);
    peer->transport = transport;
    give_order(peer, ORDER_ADMIT);
}

void host_peer_dismiss(struct host_peer *peer, enum host_peer_reason reason)
{
    pthread_mutex_lock(&peer->lock);
    peer->reason = reason;
    give_order(peer, ORDER_DISMISS);
}

void host_peer_abort(struct host_peer *peer)
{
    shutdown(peer->socket, SHUT_RDWR);
}

void host_peer_free(struct host_peer *peer)
{
    uv_thread_join(&peer->thread);
    CloseHandle(peer->wake);
    close(peer->socket);
    pthread_mutex_destroy(&peer->lock);
    free(peer);
}
