/* SPDX-License-Identifier: Apache-2.0 */
#include "front_client.h"
#include "front_values.h"

void front_version(struct front_client *client, struct ndr_bytes data)
{
    struct pcscd_version *version = &client->body.version;

    (void)data;
    if (version->major == PCSCD_VERSION_MAJOR && version->minor >= PCSCD_VERSION_MINOR_FIRST &&
        version->minor <= PCSCD_VERSION_MINOR_LAST) {
        /* Its own version back: a library that is told an older one than its own falls over it. */
        client->minor = version->minor;
        front_reply(client, RDPESC_S_SUCCESS);
        return;
    }
    version->major = PCSCD_VERSION_MAJOR;
    version->minor = PCSCD_VERSION_MINOR_LAST;
    front_reply(client, RDPESC_E_SERVICE_STOPPED);
}

void front_context_open(struct front_client *client, front_done *done)
{
    struct EstablishContext_Call call = { .dwScope = client->context.scope };

    front_remote_call(client, RDPESC_EstablishContext, &call, done);
}

void front_context_opened(struct front_client *client, const union rdpesc_return *ret)
{
    client->context.remote = front_opaque_from(ret->EstablishContext.Context.pbContext);
    client->context.open = true;
}

static void give_context(struct front_client *client)
{
    client->context.id = front_new_id(client->front);
    client->front->counters.contexts++;
    client->body.establish.hContext = client->context.id;
    front_reply(client, RDPESC_S_SUCCESS);
}

static void established(struct front_client *client, scard_code code,
                        const union rdpesc_return *ret)
{
    if (code == RDPESC_S_SUCCESS)
        front_context_opened(client, ret);
    /* When the link goes right now, the program gets what it would get a moment later. */
    if (code == RDPESC_S_SUCCESS || (ret == NULL && code == RDPESC_E_READER_UNAVAILABLE))
        give_context(client);
    else
        front_reply(client, front_code_to_local(code));
}

void front_establish(struct front_client *client, struct ndr_bytes data)
{
    (void)data;
    if (client->context.id != 0) {
        front_client_refuse(client, "a second context on one connection");
        return;
    }
    if (client->body.establish.dwScope > PCSCD_SCOPE_GLOBAL) {
        front_reply(client, RDPESC_E_INVALID_VALUE);
        return;
    }
    client->context.scope = front_scope_to_remote(client->body.establish.dwScope);
    mirror_refresh(client->front->mirror);
    if (front_remote_is_up(client->front))
        front_context_open(client, established);
    else
        give_context(client);
}

static void forget_context(struct front_client *client)
{
    front_handles_free(&client->context);
    client->context = (struct front_context){ 0 };
    client->front->counters.contexts--;
}

static void released(struct front_client *client, scard_code code, const union rdpesc_return *ret)
{
    /* Without the link the context is gone as the program wished. */
    if (ret == NULL && code == RDPESC_E_READER_UNAVAILABLE)
        code = RDPESC_S_SUCCESS;
    forget_context(client);
    front_reply(client, front_code_to_local(code));
}

void front_release(struct front_client *client, struct ndr_bytes data)
{
    struct Context_Call call = { .Context = front_remote_context(&client->context.remote) };

    (void)data;
    if (client->body.release.hContext != client->context.id) {
        front_client_refuse(client, "a context that is not its own");
        return;
    }
    client->wait = (struct front_wait){ 0 };
    if (client->context.open) {
        front_remote_call(client, RDPESC_ReleaseContext, &call, released);
        return;
    }
    forget_context(client);
    front_reply(client, RDPESC_S_SUCCESS);
}

/* SCardCancel comes on a connection of its own, without a version and a context. */
void front_cancel(struct front_client *client, struct ndr_bytes data)
{
    struct front_client *target =
        front_find_context(client->front, (uint32_t)client->body.cancel.hContext);

    (void)data;
    if (target == NULL) {
        front_reply(client, RDPESC_E_INVALID_HANDLE);
        return;
    }
    if (!front_wait_end(target, RDPESC_E_CANCELLED) && target->call != NULL &&
        target->context.open) {
        struct Context_Call call = { .Context = front_remote_context(&target->context.remote) };
        front_remote_tell(client->front->session, RDPESC_Cancel, &call);
    }
    front_reply(client, RDPESC_S_SUCCESS);
}

/* The handle that the call under way ends or waits for: ReleaseContext deals with it. */
static bool is_being_ended(const struct front_client *client, const struct front_handle *handle)
{
    uint32_t pending = front_remote_pending(client);

    if (pending == RDPESC_Disconnect)
        return client->body.disposition.hCard == handle->id;
    return pending == RDPESC_BeginTransaction && client->body.card.hCard == handle->id;
}

void front_context_abandon(struct front_client *client)
{
    struct session *session = client->front->session;
    struct Context_Call call = { .Context = front_remote_context(&client->context.remote) };
    uint32_t pending = front_remote_pending(client);

    if (!client->context.open || pending == RDPESC_ReleaseContext)
        return;
    if (pending != 0)
        front_remote_tell(session, RDPESC_Cancel, &call);
    for (const struct front_handle *h = client->context.handles; h != NULL; h = h->next) {
        struct HCardAndDisposition_Call disconnect = {
            .hCard = front_remote_handle(h),
            .dwDisposition = h->transactions > 0 ? RDPESC_RESET_CARD : RDPESC_LEAVE_CARD,
        };
        if (!h->dead && !is_being_ended(client, h))
            front_remote_tell(session, RDPESC_Disconnect, &disconnect);
    }
    front_remote_tell(session, RDPESC_ReleaseContext, &call);
    client->context.open = false;
}

void front_context_link_lost(struct front_client *client)
{
    client->context.open = false;
    for (struct front_handle *h = client->context.handles; h != NULL; h = h->next) {
        h->dead = true;
        h->transactions = 0;
    }
}
