/* SPDX-License-Identifier: Apache-2.0 */
#include "session.h"

#include <inttypes.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "rdpdr_server.h"

#define OUTPUT_LENGTH_FIRST 2048u      /* [MS-RDPESC] 3.2.5.1: SHOULD */
#define OUTPUT_LENGTH_LAST  (8u << 20) /* no legal return is longer */
#define OUTPUT_OVERHEAD     128u       /* headers and fixed part around an answer's octets */
#define APDU_MAX            66560u     /* limit of cbRecvLength and cbOutBufferSize */
#define FILE_ID             1u         /* what Windows sends; nobody opens the device */
#define NOTICE_MAX          256
#define NOTICES_TOLD        10   /* a link: a client that errs on purpose does not fill the log */
#define PENDING_MAX         4096 /* calls in flight: a client that answers nothing holds no more */
/* Room to decode any return; session_test checks it against every type. */
#define ARENA_OCTETS 2048

struct pending {
    struct pending *next;
    const struct rdpesc_call_info *info;
    session_done *done;
    void *user;
    uint32_t completion_id;
    uint32_t output_length;
    uint32_t packet_length;
    uint8_t packet[]; /* kept for the retry; may hold an APDU */
};

struct session {
    struct session_observer observer;
    struct session_channel channel;
    struct rdpdr_server server;
    enum session_link link;
    bool broken; /* the client broke the protocol: deaf until the next channel */
    struct pending *pending;
    uint32_t pending_count;
    uint32_t notices;
    uint32_t next_completion_id;
    struct session_counters counters;
    alignas(max_align_t) uint8_t arena[ARENA_OCTETS];
};

__attribute__((format(printf, 2, 3))) static void notice(struct session *session,
                                                         const char *format, ...)
{
    char line[NOTICE_MAX];
    va_list arguments;

    if (session->notices == NOTICES_TOLD)
        return;
    session->notices++;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    session->observer.notice(session->observer.self, line);
}

struct session *session_new(const struct session_observer *observer)
{
    struct session *session = calloc(1, sizeof *session);

    if (session)
        session->observer = *observer;
    return session;
}

void session_free(struct session *session)
{
    if (!session)
        return;
    session_detach(session);
    explicit_bzero(session, sizeof *session);
    free(session);
}

static void pending_free(struct pending *pending)
{
    explicit_bzero(pending->packet, pending->packet_length);
    free(pending);
}

static void set_link(struct session *session, enum session_link link)
{
    if (session->link == link)
        return;
    session->link = link;
    session->observer.link(session->observer.self, link);
}

/* Ends every call in flight. The link is down already, so what done does cannot add another. */
static void end_pending(struct session *session)
{
    struct pending *pending;

    while ((pending = session->pending)) {
        session->pending = pending->next;
        session->pending_count--;
        if (pending->done)
            pending->done(pending->user, RDPESC_E_READER_UNAVAILABLE, NULL);
        pending_free(pending);
    }
}

static void lose_link(struct session *session, enum session_link link)
{
    bool was_up = session->link == SESSION_UP;
    enum session_link before = session->link;

    session->link = link;
    if (was_up)
        end_pending(session);
    if (link != before)
        session->observer.link(session->observer.self, link);
}

void session_attach(struct session *session, const struct session_channel *channel)
{
    session_detach(session);
    session->channel = *channel;
    session->broken = false;
    session->notices = 0;
    session->counters.links++;
    set_link(session, SESSION_CONNECTING);
    if (!rdpdr_server_start(&session->server, &session->channel, &session->counters.bytes_sent,
                            (uint32_t)session->counters.links))
        session->broken = true;
}

void session_detach(struct session *session)
{
    lose_link(session, SESSION_DOWN);
    session->server.has_device = false;
    session->server.name[0] = '\0';
}

enum session_link session_link_state(const struct session *session)
{
    return session->link;
}

const char *session_peer_name(const struct session *session)
{
    return session->server.name;
}

struct session_counters session_counters(const struct session *session)
{
    return session->counters;
}

/* An answer of known size fits at once; the rest starts at the usual length and doubles. */
static uint32_t first_output_length(uint32_t code, const void *call)
{
    uint32_t wanted = 0;

    if (code == RDPESC_Transmit)
        wanted = ((const struct Transmit_Call *)call)->cbRecvLength;
    if (code == RDPESC_Control)
        wanted = ((const struct Control_Call *)call)->cbOutBufferSize;
    wanted = (wanted < APDU_MAX ? wanted : APDU_MAX) + OUTPUT_OVERHEAD;
    return wanted > OUTPUT_LENGTH_FIRST ? wanted : OUTPUT_LENGTH_FIRST;
}

static struct pending *pending_new(const struct rdpesc_call_info *info, const void *call)
{
    struct pending *pending;
    size_t input;
    size_t written;

    if (rdpesc_encode_call(info, call, NULL, 0, &input, NULL) != NDR_OK)
        return NULL;
    pending = calloc(1, sizeof *pending + RDPDR_CONTROL_REQUEST_OCTETS + input);
    if (!pending)
        return NULL;
    pending->info = info;
    pending->packet_length = (uint32_t)(RDPDR_CONTROL_REQUEST_OCTETS + input);
    pending->output_length = first_output_length(info->code, call);
    if (rdpesc_encode_call(info, call, pending->packet + RDPDR_CONTROL_REQUEST_OCTETS, input,
                           &written, NULL) != NDR_OK) {
        pending_free(pending);
        return NULL;
    }
    return pending;
}

static void put_in_flight(struct session *session, struct pending *pending)
{
    pending->next = session->pending;
    session->pending = pending;
    session->pending_count++;
}

static bool is_in_flight(const struct session *session, uint32_t completion_id)
{
    for (const struct pending *p = session->pending; p; p = p->next) {
        if (p->completion_id == completion_id)
            return true;
    }
    return false;
}

static uint32_t new_completion_id(struct session *session)
{
    while (is_in_flight(session, session->next_completion_id))
        session->next_completion_id++;
    return session->next_completion_id++;
}

/* Puts the call in flight; on failure it is freed and nothing more is heard of it. */
static bool send_pending(struct session *session, struct pending *pending)
{
    struct ndr_writer out = { pending->packet, RDPDR_CONTROL_REQUEST_OCTETS, 0 };
    const struct DR_CONTROL_REQ request = { pending->output_length,
                                            pending->packet_length - RDPDR_CONTROL_REQUEST_OCTETS,
                                            pending->info->code };
    struct DR_DEVICE_IOREQUEST io = { .DeviceId = session->server.device_id, .FileId = FILE_ID };

    pending->completion_id = new_completion_id(session);
    io.CompletionId = pending->completion_id;
    if (!rdpdr_write_control_request(&out, &io, &request) ||
        !rdpdr_server_send(&session->server,
                           (struct ndr_bytes){ pending->packet, pending->packet_length })) {
        pending_free(pending);
        return false;
    }
    put_in_flight(session, pending);
    session->counters.ioctls++;
    return true;
}

bool session_call(struct session *session, uint32_t code, const void *call, session_done *done,
                  void *user)
{
    const struct rdpesc_call_info *info = rdpesc_call_by_code(code);
    struct pending *pending;

    if (session->link != SESSION_UP || !info || session->pending_count >= PENDING_MAX)
        return false;
    pending = pending_new(info, call);
    if (!pending)
        return false;
    pending->done = done;
    pending->user = user;
    return send_pending(session, pending);
}

static struct pending *take_pending(struct session *session, uint32_t completion_id)
{
    for (struct pending **at = &session->pending; *at; at = &(*at)->next) {
        struct pending *found = *at;

        if (found->completion_id != completion_id)
            continue;
        *at = found->next;
        session->pending_count--;
        found->next = NULL;
        return found;
    }
    return NULL;
}

static void end_call(struct session *session, struct pending *pending, scard_code code,
                     const union rdpesc_return *ret)
{
    if (pending->done)
        pending->done(pending->user, code, ret);
    else if (ret && ret->ReturnCode != RDPESC_S_SUCCESS)
        notice(session, "%s failed: %s (%s)", pending->info->name,
               rdpesc_scard_text(ret->ReturnCode), rdpesc_scard_name(ret->ReturnCode));
    pending_free(pending);
}

static void end_with_return(struct session *session, struct pending *pending,
                            struct ndr_bytes output)
{
    union rdpesc_return ret;
    struct ndr_arena arena = { session->arena, sizeof session->arena, 0 };
    struct ndr_error error;

    memset(&ret, 0, sizeof ret);
    if (rdpesc_decode_return(pending->info, output, &ret, &arena, &error) != NDR_OK) {
        notice(session, "the client's answer to %s is malformed: %s at offset %" PRIu32 " in %s",
               pending->info->name, ndr_status_name(error.status), error.offset, error.field);
        end_call(session, pending, RDPESC_F_COMM_ERROR, NULL);
        return;
    }
    end_call(session, pending, RDPESC_S_SUCCESS, &ret);
    explicit_bzero(session->arena, arena.used);
}

static void retry_with_more(struct session *session, struct pending *pending)
{
    session_done *done = pending->done;
    void *user = pending->user;

    pending->output_length *= 2;
    if (!send_pending(session, pending) && done)
        done(user, RDPESC_E_READER_UNAVAILABLE, NULL);
}

static bool is_error_status(uint32_t io_status)
{
    return io_status >> 30 == 3; /* NTSTATUS severity */
}

static void complete(struct session *session, struct pending *pending, uint32_t io_status,
                     struct ndr_reader *in)
{
    struct ndr_bytes output;
    struct ndr_error error;

    if (io_status == RDPESC_STATUS_BUFFER_TOO_SMALL &&
        pending->output_length < OUTPUT_LENGTH_LAST) {
        retry_with_more(session, pending);
        return;
    }
    if (is_error_status(io_status)) {
        notice(session, "the client refused %s: IoStatus 0x%08" PRIx32, pending->info->name,
               io_status);
        end_call(session, pending, RDPESC_F_COMM_ERROR, NULL);
        return;
    }
    if (rdpdr_read_control_response(in, &output, &error) != NDR_OK) {
        notice(session, "the client's answer to %s is cut short", pending->info->name);
        end_call(session, pending, RDPESC_F_COMM_ERROR, NULL);
        return;
    }
    end_with_return(session, pending, output);
}

static enum ndr_status receive_completion(struct session *session, struct ndr_reader *in,
                                          struct ndr_error *error)
{
    struct DR_DEVICE_IOCOMPLETION completion;
    struct pending *pending;
    enum ndr_status status = rdpdr_read(&DR_DEVICE_IOCOMPLETION_layout, in, &completion, error);

    if (status != NDR_OK)
        return status;
    pending = take_pending(session, completion.CompletionId);
    if (!pending || completion.DeviceId != session->server.device_id) {
        if (pending)
            put_in_flight(session, pending);
        notice(session, "the client answered a call that nobody made (CompletionId %" PRIu32 ")",
               completion.CompletionId);
        return NDR_OK;
    }
    complete(session, pending, completion.IoStatus, in);
    return NDR_OK;
}

/* After a packet of the handshake: is there a smart card device now, or no longer? */
static void follow_server(struct session *session)
{
    if (session->server.has_device)
        set_link(session, SESSION_UP);
    else if (session->server.has_device_list)
        lose_link(session, SESSION_NO_DEVICE);
}

static enum ndr_status dispatch(struct session *session, struct ndr_bytes pdu,
                                struct ndr_error *error)
{
    struct RDPDR_HEADER header;
    struct ndr_reader in;
    enum ndr_status status = rdpdr_open(pdu, &in, &header, error);

    if (status != NDR_OK || header.Component != RDPDR_CTYP_CORE)
        return status;
    if (header.PacketId == RDPDR_DEVICE_IOCOMPLETION)
        return receive_completion(session, &in, error);
    status = rdpdr_server_receive(&session->server, header.PacketId, &in, error);
    if (status == NDR_OK)
        follow_server(session);
    return status;
}

bool session_receive(struct session *session, struct ndr_bytes pdu)
{
    struct ndr_error error = { NDR_OK, 0, "" };

    if (session->link == SESSION_DOWN || session->broken)
        return false;
    session->counters.bytes_received += pdu.len;
    if (dispatch(session, pdu, &error) == NDR_OK)
        return true;
    notice(session, "the client sent a malformed packet: %s at offset %" PRIu32 " in %s",
           ndr_status_name(error.status), error.offset, error.field);
    session->broken = true;
    return false;
}
