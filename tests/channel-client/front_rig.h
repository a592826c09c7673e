/* SPDX-License-Identifier: Apache-2.0
 *
 * A front on a fake session, with a real mirror that shows "Reader" with a card in it, and programs
 * that speak the pcscd protocol octet by octet from the same thread. For the files front*_test.c.
 */
#ifndef RDPESC_TESTS_FRONT_RIG_H
#define RDPESC_TESTS_FRONT_RIG_H

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "fake_session.h"
#include "front.h"
#include "pcscd_protocol.h"

#define SLOTS           16
#define CONNECTIONS_MAX 20
#define ATR             "\x3b\x7a\x18"
#define CARD            (RDPESC_STATE_CHANGED | RDPESC_STATE_PRESENT)
#define NO_CARD         (RDPESC_STATE_CHANGED | RDPESC_STATE_EMPTY)
#define COUNT(n)        ((uint32_t)(n) << 16)
/* Turns of the loop that are more than enough for what is on its way. */
#define TURNS 12

static struct {
    uv_loop_t loop;
    struct mirror *mirror;
    struct front *front;
    char folder[64];
    char path[96];
    unsigned notices;
    char last_notice[256];
} rig;

static void rig_changed(void *self)
{
    (void)self;
    if (rig.front != NULL)
        front_readers_changed(rig.front);
}

static void rig_notice(void *self, const char *line)
{
    (void)self;
    rig.notices++;
    snprintf(rig.last_notice, sizeof rig.last_notice, "%s", line);
}

static inline void rig_turn(void)
{
    for (unsigned i = 0; i < TURNS; i++)
        uv_run(&rig.loop, UV_RUN_NOWAIT);
}

static inline void rig_link_comes(void)
{
    fake.link = SESSION_UP;
    mirror_link(rig.mirror, SESSION_UP);
    front_link(rig.front, SESSION_UP);
    fake_answer_context("MIRROR");
    fake_answer_list("Reader");
    fake_answer_state(COUNT(1) | CARD, ATR);
}

static inline void rig_link_goes(void)
{
    fake_lose_link();
    mirror_link(rig.mirror, SESSION_DOWN);
    front_link(rig.front, SESSION_DOWN);
}

static void rig_start(void)
{
    const struct mirror_observer observer = { .changed = rig_changed };
    const struct front_options options = {
        .path = rig.path,
        .reader_slots = SLOTS,
        .max_connections = CONNECTIONS_MAX,
        .notice = rig_notice,
    };
    const char *problem = NULL;

    memset(&rig, 0, sizeof rig);
    snprintf(rig.folder, sizeof rig.folder, "/tmp/rdpesc-front-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(rig.folder));
    snprintf(rig.path, sizeof rig.path, "%s/pcscd.comm", rig.folder);
    uv_loop_init(&rig.loop);
    fake_reset(SESSION_DOWN);
    rig.mirror = mirror_new(fake_session(), &observer);
    rig.front = front_new(&rig.loop, fake_session(), rig.mirror, &options, &problem);
    CU_ASSERT_PTR_NULL(problem);
    CU_ASSERT_PTR_NOT_NULL_FATAL(rig.front);
    rig_link_comes();
}

/* The front's memory and the socket must be gone when the loop has run, late answers or not. */
static void rig_stop(void)
{
    front_free(rig.front);
    rig.front = NULL;
    CU_ASSERT_EQUAL(uv_run(&rig.loop, UV_RUN_DEFAULT), 0);
    CU_ASSERT_EQUAL(uv_loop_close(&rig.loop), 0);
    mirror_free(rig.mirror);
    fake_reset(SESSION_DOWN);
    CU_ASSERT_EQUAL(rmdir(rig.folder), 0);
}

/* ---- programs ---- */

static inline int program_open(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int program = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    memcpy(address.sun_path, rig.path, sizeof rig.path);
    CU_ASSERT_EQUAL_FATAL(connect(program, (const struct sockaddr *)&address, sizeof address), 0);
    rig_turn();
    return program;
}

static inline void program_close(int program)
{
    close(program);
    rig_turn();
}

static inline void program_send_octets(int program, const void *octets, size_t length)
{
    size_t sent = 0;

    for (unsigned i = 0; i < 1000 && sent < length; i++) {
        ssize_t n = send(program, (const uint8_t *)octets + sent, length - sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN)
            return; /* closed: what follows will see it */
        sent += n > 0 ? (size_t)n : 0;
        rig_turn();
    }
}

static inline void program_send(int program, uint32_t command, const void *body, uint32_t size)
{
    struct pcscd_header header = { size, command };
    uint8_t request[sizeof header + sizeof(union pcscd_body)];

    memcpy(request, &header, sizeof header);
    if (size > 0)
        memcpy(request + sizeof header, body, size);
    program_send_octets(program, request, sizeof header + size);
}

/* True when exactly length octets came and no more are there. */
static inline bool program_receives(int program, void *octets, size_t length)
{
    size_t got = 0;
    char more;

    rig_turn();
    for (unsigned i = 0; i < 1000 && got < length; i++) {
        ssize_t n = recv(program, (uint8_t *)octets + got, length - got, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN))
            return false;
        got += n > 0 ? (size_t)n : 0;
        rig_turn();
    }
    return got == length && recv(program, &more, 1, MSG_PEEK) < 0;
}

static inline bool program_hears_nothing(int program)
{
    char octet;

    rig_turn();
    return recv(program, &octet, 1, MSG_PEEK) < 0 && errno == EAGAIN;
}

static inline bool program_is_cut_off(int program)
{
    uint8_t octets[4096];
    ssize_t n;

    rig_turn();
    do
        n = recv(program, octets, sizeof octets, 0);
    while (n > 0);
    return n == 0 || errno == ECONNRESET;
}

/* Sends the request and fills the body with the reply, which must come at once. */
static inline bool program_asks(int program, uint32_t command, void *body, uint32_t size)
{
    program_send(program, command, body, size);
    return program_receives(program, body, size);
}

static inline void program_greets(int program, int32_t minor)
{
    struct pcscd_version version = { 4, minor, 77 };

    CU_ASSERT_TRUE(program_asks(program, PCSCD_VERSION, &version, sizeof version));
    CU_ASSERT_EQUAL(version.major, 4);
    CU_ASSERT_EQUAL(version.minor, minor);
    CU_ASSERT_EQUAL(version.rv, 0);
}

/* A program of 4:4 with a context, whose far side is "CONTEXT" when the link is up. */
static inline int program_start(int32_t minor, uint32_t *hContext)
{
    struct pcscd_establish establish = { RDPESC_SCOPE_SYSTEM, 0, 77 };
    int program = program_open();

    program_greets(program, minor);
    program_send(program, PCSCD_ESTABLISH_CONTEXT, &establish, sizeof establish);
    if (fake.link == SESSION_UP)
        fake_answer_context("CONTEXT");
    CU_ASSERT_TRUE_FATAL(program_receives(program, &establish, sizeof establish));
    CU_ASSERT_EQUAL(establish.rv, 0);
    *hContext = establish.hContext;
    return program;
}

static inline struct pcscd_connect connect_to(uint32_t hContext, const char *reader)
{
    struct pcscd_connect connect = {
        .hContext = hContext,
        .dwShareMode = RDPESC_SHARE_SHARED,
        .dwPreferredProtocols = PCSCD_PROTOCOL_T0 | PCSCD_PROTOCOL_T1,
        .rv = 77,
    };

    memcpy(connect.szReader, reader, strlen(reader));
    return connect;
}

static inline void answer_connect(const char *card, uint32_t protocol)
{
    union rdpesc_return ret = { 0 };

    ret.ConnectW.hCard.Context.pbContext = FAKE_BYTES("CONTEXT");
    ret.ConnectW.hCard.pbHandle =
        (struct ndr_bytes){ (const uint8_t *)card, (uint32_t)strlen(card) };
    ret.ConnectW.dwActiveProtocol = protocol;
    fake_answer(fake_waiting(RDPESC_ConnectW), &ret);
}

/* Connects to "Reader" with T=0; the far side names the handle card. */
static inline int32_t program_connects(int program, uint32_t hContext, const char *card)
{
    struct pcscd_connect connect = connect_to(hContext, "Reader");

    program_send(program, PCSCD_CONNECT, &connect, sizeof connect);
    answer_connect(card, RDPESC_PROTOCOL_T0);
    CU_ASSERT_TRUE_FATAL(program_receives(program, &connect, sizeof connect));
    CU_ASSERT_EQUAL(connect.rv, 0);
    return connect.hCard;
}

static inline bool bytes_are(struct ndr_bytes bytes, const char *text)
{
    return bytes.len == strlen(text) && memcmp(bytes.data, text, bytes.len) == 0;
}

#endif
