/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "front_client.h"
#include "front_values.h"

/* A call under way. It outlives a connection, and the front, that end before the answer comes. */
struct front_call {
    struct front_client *client; /* NULL: the program is gone */
    struct session *session;
    uint32_t code;
    front_done *done;
};

static void ignore(void *user, scard_code code, const void *ret)
{
    (void)user;
    (void)code;
    (void)ret;
}

/* Nobody is left to own what the answer brings, so it is given back. The far side may have done so
 * by itself when the context went: the outcome is not looked at. */
static void give_back(const struct front_call *call, const union rdpesc_return *ret)
{
    bool sent = true;

    if (call->code == RDPESC_EstablishContext) {
        struct Context_Call release = { .Context = ret->EstablishContext.Context };
        sent = session_call(call->session, RDPESC_ReleaseContext, &release, ignore, NULL);
    }
    if (call->code == RDPESC_ConnectW) {
        struct HCardAndDisposition_Call disconnect = { .hCard = ret->ConnectW.hCard,
                                                       .dwDisposition = RDPESC_LEAVE_CARD };
        sent = session_call(call->session, RDPESC_Disconnect, &disconnect, ignore, NULL);
    }
    (void)sent; /* without a link there is nothing to give back */
}

static void answered(void *user, scard_code code, const void *answer)
{
    struct front_call call = *(struct front_call *)user;
    const union rdpesc_return *ret = answer;

    free(user);
    if (code == RDPESC_S_SUCCESS)
        code = ret->ReturnCode;
    if (call.client == NULL) {
        if (code == RDPESC_S_SUCCESS)
            give_back(&call, ret);
        return;
    }
    call.client->call = NULL;
    call.done(call.client, code, ret);
    front_client_serve(call.client);
}

void front_remote_call(struct front_client *client, uint32_t code, const void *call,
                       front_done *done)
{
    struct session *session = client->front->session;
    struct front_call *under_way = malloc(sizeof *under_way);

    if (under_way != NULL) {
        *under_way = (struct front_call){ client, session, code, done };
        if (session_call(session, code, call, answered, under_way)) {
            client->call = under_way;
            client->front->counters.round_trips++;
            return;
        }
    }
    free(under_way);
    front_reply(client, front_remote_is_up(client->front) ? RDPESC_E_NO_MEMORY
                                                          : RDPESC_E_READER_UNAVAILABLE);
}

void front_remote_tell(struct session *session, uint32_t code, const void *call)
{
    if (!session_call(session, code, call, NULL, NULL))
        return; /* the link went, and with it all that there was to end */
}

void front_remote_forget(struct front_client *client)
{
    if (client->call != NULL)
        client->call->client = NULL;
    client->call = NULL;
}

uint32_t front_remote_pending(const struct front_client *client)
{
    return client->call == NULL ? 0 : client->call->code;
}

bool front_remote_is_up(const struct front *front)
{
    return session_link_state(front->session) == SESSION_UP;
}

struct front_opaque front_opaque_from(struct ndr_bytes octets)
{
    struct front_opaque opaque = { .len = octets.len };

    if (opaque.len > FRONT_OPAQUE_MAX)
        opaque.len = FRONT_OPAQUE_MAX; /* the decoder lets no longer one through */
    if (opaque.len > 0)
        memcpy(opaque.octets, octets.data, opaque.len);
    return opaque;
}

static struct ndr_bytes view_of(const struct front_opaque *opaque)
{
    return (struct ndr_bytes){ opaque->len > 0 ? opaque->octets : NULL, opaque->len };
}

struct REDIR_SCARDCONTEXT front_remote_context(const struct front_opaque *context)
{
    return (struct REDIR_SCARDCONTEXT){ .pbContext = view_of(context) };
}

struct REDIR_SCARDHANDLE front_remote_handle(const struct front_handle *handle)
{
    return (struct REDIR_SCARDHANDLE){ .Context = front_remote_context(&handle->context),
                                       .pbHandle = view_of(&handle->card) };
}

void front_remote_answered(struct front_client *client, scard_code code,
                           const union rdpesc_return *ret)
{
    (void)ret;
    front_reply(client, front_code_to_local(code));
}
