/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "front_client.h"
#include "front_values.h"
#include "utf.h"

/* ---- handles ---- */

struct front_handle *front_handle_find(const struct front_client *client, int32_t hCard)
{
    struct front_handle *handle = client->context.handles;

    while (handle != NULL && handle->id != hCard)
        handle = handle->next;
    return handle;
}

struct front_handle *front_handle_for(struct front_client *client, int32_t hCard)
{
    struct front_handle *handle = front_handle_find(client, hCard);

    if (handle == NULL) {
        front_client_refuse(client, "a card handle that is not its own");
        return NULL;
    }
    if (handle->dead) {
        front_reply(client, RDPESC_E_READER_UNAVAILABLE);
        return NULL;
    }
    return handle;
}

static void handle_free(struct front_context *context, struct front_handle *handle)
{
    struct front_handle **at = &context->handles;

    while (*at != handle)
        at = &(*at)->next;
    *at = handle->next;
    context->handle_count--;
    explicit_bzero(handle, sizeof *handle);
    free(handle);
}

void front_handles_free(struct front_context *context)
{
    while (context->handles != NULL)
        handle_free(context, context->handles);
}

/* A program that lives through many links never gets rid of its dead handles: the oldest makes
 * room. */
static bool has_room(struct front_context *context)
{
    struct front_handle *oldest = NULL;

    if (context->handle_count < PCSCD_CONTEXT_HANDLES_MAX)
        return true;
    for (struct front_handle *handle = context->handles; handle != NULL; handle = handle->next)
        if (handle->dead)
            oldest = handle;
    if (oldest == NULL)
        return false;
    handle_free(context, oldest);
    return true;
}

/* ---- connect ---- */

static struct front_handle *handle_new(struct front_client *client,
                                       const struct Connect_Return *ret)
{
    struct front_handle *handle = calloc(1, sizeof *handle);

    if (handle == NULL)
        return NULL;
    handle->id = (int32_t)front_new_id(client->front);
    handle->card = front_opaque_from(ret->hCard.pbHandle);
    handle->context = front_opaque_from(ret->hCard.Context.pbContext);
    if (handle->context.len == 0)
        handle->context = client->context.remote;
    memcpy(handle->reader, client->body.connect.szReader, sizeof handle->reader);
    handle->next = client->context.handles;
    client->context.handles = handle;
    client->context.handle_count++;
    return handle;
}

/* A direct connection has no protocol, and says nothing of the card's. */
static void note_protocol(struct front_client *client, struct front_handle *handle, uint32_t remote)
{
    uint32_t protocol = front_protocols_to_local(remote);

    if (protocol == 0)
        return;
    handle->protocol = protocol;
    mirror_note_protocol(client->front->mirror, handle->reader, remote);
}

static void connected(struct front_client *client, scard_code code, const union rdpesc_return *ret)
{
    struct HCardAndDisposition_Call undo = { .dwDisposition = RDPESC_LEAVE_CARD };
    struct front_handle *handle;

    if (code != RDPESC_S_SUCCESS) {
        front_reply(client, front_code_to_local(code));
        return;
    }
    handle = handle_new(client, &ret->ConnectW);
    if (handle == NULL) {
        undo.hCard = ret->ConnectW.hCard;
        front_remote_tell(client->front->session, RDPESC_Disconnect, &undo);
        front_reply(client, RDPESC_E_NO_MEMORY);
        return;
    }
    note_protocol(client, handle, ret->ConnectW.dwActiveProtocol);
    client->body.connect.hCard = handle->id;
    client->body.connect.dwActiveProtocol = handle->protocol;
    front_reply(client, RDPESC_S_SUCCESS);
}

static void connect_reader(struct front_client *client)
{
    const struct pcscd_connect *connect = &client->body.connect;
    uint8_t name[2 * PCSCD_READER_NAME_SIZE];
    struct ConnectW_Call call = {
        .szReader = { name, 0 },
        .Common = { .Context = front_remote_context(&client->context.remote),
                    .dwShareMode = connect->dwShareMode,
                    .dwPreferredProtocols =
                        front_protocols_to_remote(connect->dwPreferredProtocols) },
    };

    if (!utf16_from_utf8(connect->szReader, strlen(connect->szReader), name, sizeof name,
                         &call.szReader.len)) {
        front_reply(client, RDPESC_E_UNKNOWN_READER);
        return;
    }
    front_remote_call(client, RDPESC_ConnectW, &call, connected);
}

static void reopened(struct front_client *client, scard_code code, const union rdpesc_return *ret)
{
    if (code != RDPESC_S_SUCCESS) {
        front_reply(client, front_code_to_local(code));
        return;
    }
    front_context_opened(client, ret);
    connect_reader(client);
}

static uint32_t code_without_link(const struct front_client *client)
{
    size_t count;
    const struct mirror_reader *readers = mirror_readers(client->front->mirror, &count);

    for (size_t i = 0; i < count; i++)
        if (strcmp(readers[i].name, client->body.connect.szReader) == 0)
            return RDPESC_E_READER_UNAVAILABLE;
    return RDPESC_E_UNKNOWN_READER;
}

void front_connect(struct front_client *client, struct ndr_bytes data)
{
    struct pcscd_connect *connect = &client->body.connect;

    (void)data;
    if (connect->hContext != client->context.id) {
        front_client_refuse(client, "a context that is not its own");
        return;
    }
    connect->hCard = 0;
    connect->dwActiveProtocol = 0;
    if (memchr(connect->szReader, '\0', sizeof connect->szReader) == NULL)
        front_reply(client, RDPESC_E_UNKNOWN_READER);
    else if (!front_remote_is_up(client->front))
        front_reply(client, code_without_link(client));
    else if (!has_room(&client->context))
        front_reply(client, RDPESC_E_NO_MEMORY);
    else if (!client->context.open)
        front_context_open(client, reopened);
    else
        connect_reader(client);
}

/* ---- what needs a handle ---- */

static void reconnected(struct front_client *client, scard_code code,
                        const union rdpesc_return *ret)
{
    struct front_handle *handle = front_handle_find(client, client->body.reconnect.hCard);

    if (code == RDPESC_S_SUCCESS && handle != NULL) {
        handle->protocol = 0;
        note_protocol(client, handle, ret->Reconnect.dwActiveProtocol);
        client->body.reconnect.dwActiveProtocol = handle->protocol;
    }
    front_reply(client, front_code_to_local(code));
}

void front_reconnect(struct front_client *client, struct ndr_bytes data)
{
    struct pcscd_reconnect *reconnect = &client->body.reconnect;
    const struct front_handle *handle = front_handle_for(client, reconnect->hCard);

    (void)data;
    if (handle == NULL)
        return;
    struct Reconnect_Call call = {
        .hCard = front_remote_handle(handle),
        .dwShareMode = reconnect->dwShareMode,
        .dwPreferredProtocols = front_protocols_to_remote(reconnect->dwPreferredProtocols),
        .dwInitialization = reconnect->dwInitialization,
    };
    reconnect->dwActiveProtocol = 0;
    front_remote_call(client, RDPESC_Reconnect, &call, reconnected);
}

/* Makes the call code with a handle and a disposition. */
static void call_with_handle(struct front_client *client, uint32_t code, int32_t hCard,
                             uint32_t disposition, front_done *done)
{
    const struct front_handle *handle = front_handle_for(client, hCard);

    if (handle == NULL)
        return;
    struct HCardAndDisposition_Call call = { .hCard = front_remote_handle(handle),
                                             .dwDisposition = disposition };
    front_remote_call(client, code, &call, done);
}

static void disconnected(struct front_client *client, scard_code code,
                         const union rdpesc_return *ret)
{
    struct front_handle *handle = front_handle_find(client, client->body.disposition.hCard);

    (void)ret;
    if (code == RDPESC_S_SUCCESS && handle != NULL)
        handle_free(&client->context, handle);
    front_reply(client, front_code_to_local(code));
}

void front_disconnect(struct front_client *client, struct ndr_bytes data)
{
    (void)data;
    call_with_handle(client, RDPESC_Disconnect, client->body.disposition.hCard,
                     client->body.disposition.dwDisposition, disconnected);
}

static void begun(struct front_client *client, scard_code code, const union rdpesc_return *ret)
{
    struct front_handle *handle = front_handle_find(client, client->body.card.hCard);

    (void)ret;
    if (code == RDPESC_S_SUCCESS && handle != NULL)
        handle->transactions++;
    front_reply(client, front_code_to_local(code));
}

void front_begin(struct front_client *client, struct ndr_bytes data)
{
    (void)data;
    call_with_handle(client, RDPESC_BeginTransaction, client->body.card.hCard, RDPESC_LEAVE_CARD,
                     begun);
}

static void ended(struct front_client *client, scard_code code, const union rdpesc_return *ret)
{
    struct front_handle *handle = front_handle_find(client, client->body.disposition.hCard);

    (void)ret;
    if (code == RDPESC_S_SUCCESS && handle != NULL && handle->transactions > 0)
        handle->transactions--;
    front_reply(client, front_code_to_local(code));
}

void front_end(struct front_client *client, struct ndr_bytes data)
{
    (void)data;
    call_with_handle(client, RDPESC_EndTransaction, client->body.disposition.hCard,
                     client->body.disposition.dwDisposition, ended);
}

static void status_told(struct front_client *client, scard_code code,
                        const union rdpesc_return *ret)
{
    struct front_handle *handle = front_handle_find(client, client->body.card.hCard);

    if (code == RDPESC_S_SUCCESS && handle != NULL)
        note_protocol(client, handle, ret->StatusW.dwProtocol);
    front_reply(client, front_code_to_local(code));
}

/* The program takes name, state and ATR from the reader array; what counts here is the code. */
void front_status(struct front_client *client, struct ndr_bytes data)
{
    const struct front_handle *handle = front_handle_for(client, client->body.card.hCard);

    (void)data;
    if (handle == NULL)
        return;
    struct Status_Call call = { .hCard = front_remote_handle(handle),
                                .cchReaderLen = RDPESC_AUTOALLOCATE,
                                .cbAtrLen = RDPESC_ATR_MAX };
    front_remote_call(client, RDPESC_StatusW, &call, status_told);
}
