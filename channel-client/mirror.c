/* SPDX-License-Identifier: Apache-2.0 */
#include "mirror.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mirror_table.h"
#include "utf.h"

/* How many answers in a row may bring nothing new before the client is left alone. */
#define FRUITLESS_MAX 8
/* From then on a client that knows no PnP reader is asked without it. */
#define FRUITLESS_WITH_PNP_MAX 2

#define COUNT_SHIFT 16
#define COUNT_MASK  0xFFFF0000u
#define CONTEXT_MAX 16

enum notice_bit { NOTICE_GAVE_UP = 1, NOTICE_SERVICE = 2, NOTICE_NAME = 4, NOTICE_MANY = 8 };

/* A call under way. It outlives a mirror that is freed or a link that goes before the answer comes.
 */
struct mirror_call {
    struct mirror *mirror; /* NULL: nobody waits for the answer any more */
    struct session *session;
    uint32_t code;
};

struct mirror {
    struct session *session;
    struct mirror_observer observer;
    struct mirror_table table;
    struct mirror_call *call; /* NULL: none under way */
    uint8_t context[CONTEXT_MAX];
    uint32_t context_len;
    bool has_context;
    bool ready;
    bool at_rest; /* nothing is asked until the next link or mirror_refresh */
    bool asked_pnp;
    bool no_pnp; /* this client knows no PnP reader */
    uint32_t pnp_state;
    unsigned fruitless;
    unsigned noticed; /* enum notice_bit, what was said on this link */
    scard_code service;
};

static void notice(struct mirror *mirror, enum notice_bit bit, const char *line)
{
    if ((mirror->noticed & bit) != 0 || mirror->observer.notice == NULL)
        return;
    mirror->noticed |= bit;
    mirror->observer.notice(mirror->observer.self, line);
}

static void tell(struct mirror *mirror)
{
    mirror_table_publish(&mirror->table);
    mirror->observer.changed(mirror->observer.self);
}

static struct REDIR_SCARDCONTEXT context_of(const struct mirror *mirror)
{
    return (struct REDIR_SCARDCONTEXT){ .pbContext = { mirror->context, mirror->context_len } };
}

/* False: the answers lead nowhere, no more calls. */
static bool is_worth_asking(struct mirror *mirror)
{
    if (++mirror->fruitless <= FRUITLESS_MAX)
        return true;
    mirror->at_rest = true;
    notice(mirror, NOTICE_GAVE_UP,
           "readers: the client answers again and again and nothing changes; it is asked no more "
           "until a program asks");
    if (!mirror->ready) {
        mirror->ready = true;
        tell(mirror);
    }
    return false;
}

static session_done answered;

static void ask(struct mirror *mirror, uint32_t code, const void *call)
{
    struct mirror_call *under_way = malloc(sizeof *under_way);

    if (under_way != NULL) {
        *under_way = (struct mirror_call){ mirror, mirror->session, code };
        if (session_call(mirror->session, code, call, answered, under_way)) {
            mirror->call = under_way;
            return;
        }
    }
    free(under_way);
    mirror->at_rest = true;
}

static void ask_context(struct mirror *mirror)
{
    struct EstablishContext_Call call = { .dwScope = RDPESC_SCOPE_SYSTEM };

    ask(mirror, RDPESC_EstablishContext, &call);
}

static void ask_list(struct mirror *mirror)
{
    struct ListReaders_Call call = {
        .Context = context_of(mirror),
        .cchReaders = RDPESC_AUTOALLOCATE,
    };

    ask(mirror, RDPESC_ListReadersW, &call);
}

static uint32_t pnp_current_state(const struct mirror *mirror)
{
    /* Windows counts readers, newer pcsc-lite counts events: what the client said last fits both.
     */
    if (mirror->pnp_state != 0)
        return mirror->pnp_state;
    return (uint32_t)mirror->table.watched_count << COUNT_SHIFT;
}

static void ask_states(struct mirror *mirror)
{
    struct ReaderStateW states[MIRROR_READERS_MAX + 1] = { 0 };
    uint8_t pnp[2 * sizeof RDPESC_PNP_READER];
    struct ndr_bytes pnp_name = { pnp, 0 };
    uint32_t count = 0;

    for (; count < mirror->table.watched_count; count++) {
        const struct mirror_watched *watched = &mirror->table.watched[count];
        states[count].szReader = (struct ndr_bytes){ watched->wire_name, watched->wire_name_len };
        states[count].Common.dwCurrentState = watched->wire_state;
    }
    /* Last, so that a client which answers ten readers only leaves out the one that matters least.
     */
    mirror->asked_pnp =
        !mirror->no_pnp && utf16_from_utf8(RDPESC_PNP_READER, strlen(RDPESC_PNP_READER), pnp,
                                           sizeof pnp, &pnp_name.len);
    if (mirror->asked_pnp) {
        states[count].szReader = pnp_name;
        states[count].Common.dwCurrentState = pnp_current_state(mirror);
        count++;
    }
    if (count == 0) {
        mirror->at_rest = true;
        return;
    }
    struct GetStatusChangeW_Call call = {
        .Context = context_of(mirror),
        .dwTimeOut = RDPESC_INFINITE,
        .rgReaderStates = { states, count },
    };
    ask(mirror, RDPESC_GetStatusChangeW, &call);
}

/* An answer that is none: asks on in the way that may help. */
static void on_error(struct mirror *mirror, scard_code code)
{
    if (!is_worth_asking(mirror))
        return;
    switch (code) {
    case RDPESC_E_INVALID_HANDLE:
    case RDPESC_E_NO_SERVICE:
    case RDPESC_E_SERVICE_STOPPED:
        mirror->has_context = false;
        ask_context(mirror);
        return;
    case RDPESC_E_TIMEOUT:
    case RDPESC_E_CANCELLED: ask_states(mirror); return;
    case RDPESC_E_UNKNOWN_READER:
        if (mirror->fruitless > FRUITLESS_WITH_PNP_MAX)
            mirror->no_pnp = true;
        break;
    default: break;
    }
    ask_list(mirror);
}

static void on_no_context(struct mirror *mirror, scard_code code)
{
    char line[96];

    snprintf(line, sizeof line, "readers: the client's smart card service gives no context, 0x%08X",
             code);
    /* That no service runs is an everyday state: mirror_service tells it. */
    if (code != RDPESC_E_NO_SERVICE)
        notice(mirror, NOTICE_SERVICE, line);
    mirror_table_clear(&mirror->table);
    mirror->service = code;
    mirror->ready = true;
    mirror->at_rest = true;
    tell(mirror);
}

static void on_context(struct mirror *mirror, scard_code code, const union rdpesc_return *ret)
{
    struct ndr_bytes context = { NULL, 0 };

    if (code == RDPESC_S_SUCCESS)
        context = ret->EstablishContext.Context.pbContext;
    if (context.len > CONTEXT_MAX)
        code = RDPESC_F_COMM_ERROR;
    if (code != RDPESC_S_SUCCESS) {
        on_no_context(mirror, code);
        return;
    }
    mirror->context_len = context.len;
    if (context.len > 0)
        memcpy(mirror->context, context.data, context.len);
    mirror->has_context = true;
    mirror->service = RDPESC_S_SUCCESS;
    ask_list(mirror);
}

static void on_list(struct mirror *mirror, scard_code code, const union rdpesc_return *ret)
{
    struct ndr_bytes readers = { NULL, 0 };
    unsigned left_out = 0;

    if (code != RDPESC_S_SUCCESS && code != RDPESC_E_NO_READERS_AVAILABLE) {
        on_error(mirror, code);
        return;
    }
    if (code == RDPESC_S_SUCCESS && ret->ListReadersW.msz.data != NULL)
        readers = ret->ListReadersW.msz;
    bool gone = mirror_table_list(&mirror->table, readers, &left_out);
    bool none = mirror->table.watched_count == 0;
    if ((left_out & MIRROR_LEFT_OUT_NAME) != 0)
        notice(mirror, NOTICE_NAME,
               "readers: a reader is left out, its name is too long or not printable");
    if ((left_out & MIRROR_LEFT_OUT_MANY) != 0)
        notice(mirror, NOTICE_MANY,
               "readers: the client has more than 10, the others are left out");
    if (gone)
        mirror->fruitless = 0;
    if (gone || (none && !mirror->ready)) {
        mirror->ready = mirror->ready || none;
        tell(mirror);
    }
    ask_states(mirror);
}

static void on_states(struct mirror *mirror, const struct GetStatusChange_Return *states)
{
    size_t watched = mirror->table.watched_count;
    bool visible = !mirror->ready;
    bool list_again = false;

    for (size_t i = 0; i < watched && i < states->rgReaderStates.len; i++) {
        const struct ReaderState_Return *state = &states->rgReaderStates.at[i];
        visible = mirror_table_apply(&mirror->table, i, state) || visible;
        list_again = list_again ||
                     (state->dwEventState & (RDPESC_STATE_UNKNOWN | RDPESC_STATE_UNAVAILABLE)) != 0;
    }
    if (mirror->asked_pnp && states->rgReaderStates.len > watched) {
        uint32_t state = states->rgReaderStates.at[watched].dwEventState;
        list_again = list_again || (state & RDPESC_STATE_CHANGED) != 0;
        mirror->pnp_state = state & COUNT_MASK;
    }
    if (visible) {
        mirror->fruitless = 0;
        mirror->ready = true;
        tell(mirror);
    } else if (!is_worth_asking(mirror)) {
        return;
    }
    if (list_again)
        ask_list(mirror);
    else
        ask_states(mirror);
}

/* A context that arrives too late is of no use to anybody. */
static void answered_late(const struct mirror_call *call, scard_code code,
                          const union rdpesc_return *ret)
{
    if (call->code != RDPESC_EstablishContext || code != RDPESC_S_SUCCESS)
        return;
    struct Context_Call release = { .Context = ret->EstablishContext.Context };
    if (!session_call(call->session, RDPESC_ReleaseContext, &release, NULL, NULL))
        return; /* the link went, and the context with it */
}

static void answered(void *user, scard_code code, const void *answer)
{
    const union rdpesc_return *ret = answer;
    struct mirror_call call = *(struct mirror_call *)user;
    struct mirror *mirror = call.mirror;

    free(user);
    bool link_lost = code == RDPESC_E_READER_UNAVAILABLE;
    if (code == RDPESC_S_SUCCESS)
        code = ret->ReturnCode;
    if (mirror == NULL) {
        answered_late(&call, code, ret);
        return;
    }
    mirror->call = NULL;
    if (link_lost) {
        mirror->at_rest = true;
        return;
    }
    switch (call.code) {
    case RDPESC_EstablishContext: on_context(mirror, code, ret); break;
    case RDPESC_ListReadersW: on_list(mirror, code, ret); break;
    default:
        if (code == RDPESC_S_SUCCESS)
            on_states(mirror, &ret->GetStatusChangeW);
        else
            on_error(mirror, code);
        break;
    }
}

struct mirror *mirror_new(struct session *session, const struct mirror_observer *observer)
{
    struct mirror *mirror = calloc(1, sizeof *mirror);

    if (mirror == NULL)
        return NULL;
    mirror->session = session;
    mirror->observer = *observer;
    mirror->at_rest = true;
    return mirror;
}

static void abandon_call(struct mirror *mirror)
{
    if (mirror->call != NULL)
        mirror->call->mirror = NULL;
    mirror->call = NULL;
}

/* When the link is gone there is nothing to end. */
static void tell_session(struct mirror *mirror, uint32_t code)
{
    struct Context_Call call = { .Context = context_of(mirror) };

    if (!session_call(mirror->session, code, &call, NULL, NULL))
        return;
}

void mirror_free(struct mirror *mirror)
{
    if (mirror == NULL)
        return;
    if (mirror->has_context && mirror->call != NULL)
        tell_session(mirror, RDPESC_Cancel);
    abandon_call(mirror);
    if (mirror->has_context)
        tell_session(mirror, RDPESC_ReleaseContext);
    free(mirror);
}

void mirror_link(struct mirror *mirror, enum session_link link)
{
    bool was_ready = mirror->ready;

    abandon_call(mirror);
    mirror->has_context = false;
    mirror->ready = false;
    mirror->service = RDPESC_S_SUCCESS;
    mirror->fruitless = 0;
    mirror->noticed = 0;
    mirror->pnp_state = 0;
    mirror->no_pnp = false;
    mirror->at_rest = link != SESSION_UP;
    if (mirror_table_clear(&mirror->table) || was_ready)
        tell(mirror);
    if (link == SESSION_UP)
        ask_context(mirror);
}

void mirror_refresh(struct mirror *mirror)
{
    if (!mirror->at_rest || session_link_state(mirror->session) != SESSION_UP)
        return;
    mirror->at_rest = false;
    mirror->fruitless = FRUITLESS_MAX - 1;
    if (mirror->has_context)
        ask_list(mirror);
    else
        ask_context(mirror);
}

const struct mirror_reader *mirror_readers(const struct mirror *mirror, size_t *count)
{
    *count = mirror->table.published_count;
    return mirror->table.published;
}

bool mirror_is_ready(const struct mirror *mirror)
{
    return mirror->ready;
}

scard_code mirror_service(const struct mirror *mirror)
{
    return mirror->service;
}

void mirror_note_protocol(struct mirror *mirror, const char *reader, uint32_t protocol)
{
    mirror_table_note(&mirror->table, reader, protocol);
}
