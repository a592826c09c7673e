/* SPDX-License-Identifier: Apache-2.0
 *
 * A session whose far side is the test: session_call and session_link_state of session.h, which
 * record calls and leave it to the test to complete them. To be included by one file of a test
 * program, which is then linked without session.c.
 *
 *     fake_reset(SESSION_UP);
 *     ... the code under test calls ConnectW ...
 *     struct fake_call *connect = fake_waiting(RDPESC_ConnectW);
 *     CU_ASSERT_EQUAL(connect->call.ConnectW.Common.dwShareMode, RDPESC_SHARE_SHARED);
 *     fake_answer(connect, &(union rdpesc_return){ .ConnectW = { .dwActiveProtocol = 1 } });
 */
#ifndef RDPESC_TESTS_FAKE_SESSION_H
#define RDPESC_TESTS_FAKE_SESSION_H

#include <stdlib.h>
#include <string.h>

#include "session.h"
#include "suite.h"

#define FAKE_CALLS_MAX 1024

struct fake_call {
    uint32_t code;
    union rdpesc_call call; /* its own copy, through the codec; lives until the next fake_reset */
    uint8_t *wire;
    uint8_t *memory;
    session_done *done; /* NULL: nobody waits */
    void *user;
    bool waiting; /* done has not run yet */
};

static struct {
    enum session_link link;
    struct fake_call calls[FAKE_CALLS_MAX];
    size_t count;
} fake;

static inline struct session *fake_session(void)
{
    return (struct session *)&fake;
}

enum session_link session_link_state(const struct session *session)
{
    (void)session;
    return fake.link;
}

bool session_call(struct session *session, uint32_t code, const void *call, session_done *done,
                  void *user)
{
    const struct rdpesc_call_info *info = rdpesc_call_by_code(code);
    struct fake_call *record = &fake.calls[fake.count];
    struct ndr_arena arena = { NULL, 0, 0 };
    size_t length = 0;

    (void)session;
    if (fake.link != SESSION_UP)
        return false;
    CU_ASSERT_FATAL(info != NULL && fake.count < FAKE_CALLS_MAX);
    CU_ASSERT_EQUAL_FATAL(rdpesc_encode_call(info, call, NULL, 0, &length, NULL), NDR_OK);
    record->wire = malloc(length);
    arena.size = ndr_arena_bound(info->call, length);
    arena.base = record->memory = malloc(arena.size + 1);
    CU_ASSERT_EQUAL_FATAL(rdpesc_encode_call(info, call, record->wire, length, &length, NULL),
                          NDR_OK);
    CU_ASSERT_EQUAL_FATAL(rdpesc_decode_call(info,
                                             (struct ndr_bytes){ record->wire, (uint32_t)length },
                                             &record->call, &arena, NULL),
                          NDR_OK);
    record->code = code;
    record->done = done;
    record->user = user;
    record->waiting = done != NULL;
    fake.count++;
    return true;
}

/* Ends the waiting calls as session_detach does and forgets all records. */
static inline void fake_reset(enum session_link link)
{
    fake.link = SESSION_DOWN;
    for (size_t i = 0; i < fake.count; i++) {
        if (fake.calls[i].waiting)
            fake.calls[i].done(fake.calls[i].user, RDPESC_E_READER_UNAVAILABLE, NULL);
        free(fake.calls[i].wire);
        free(fake.calls[i].memory);
    }
    memset(&fake, 0, sizeof fake);
    fake.link = link;
}

static inline void fake_fail(struct fake_call *call, scard_code code)
{
    CU_ASSERT_TRUE_FATAL(call->waiting);
    call->waiting = false;
    call->done(call->user, code, NULL);
}

static inline void fake_answer(struct fake_call *call, const union rdpesc_return *ret)
{
    CU_ASSERT_TRUE_FATAL(call->waiting);
    call->waiting = false;
    call->done(call->user, RDPESC_S_SUCCESS, ret);
}

static inline void fake_answer_code(struct fake_call *call, scard_code code)
{
    union rdpesc_return ret;

    memset(&ret, 0, sizeof ret);
    ret.ReturnCode = code;
    fake_answer(call, &ret);
}

/* The link goes: calls end first, as in session.c. */
static inline void fake_lose_link(void)
{
    fake.link = SESSION_DOWN;
    for (size_t i = 0; i < fake.count; i++)
        if (fake.calls[i].waiting)
            fake_fail(&fake.calls[i], RDPESC_E_READER_UNAVAILABLE);
}

/* The newest call of this code that waits; the test ends when there is none. */
static inline struct fake_call *fake_waiting(uint32_t code)
{
    for (size_t i = fake.count; i > 0; i--)
        if (fake.calls[i - 1].waiting && fake.calls[i - 1].code == code)
            return &fake.calls[i - 1];
    CU_FAIL_FATAL("no such call waits");
    return NULL;
}

/* How many calls of this code were made, waiting or not. */
static inline size_t fake_made(uint32_t code)
{
    size_t made = 0;

    for (size_t i = 0; i < fake.count; i++)
        made += fake.calls[i].code == code;
    return made;
}

/* The number n, from 0, of the calls of this code. */
static inline struct fake_call *fake_nth(uint32_t code, size_t n)
{
    for (size_t i = 0; i < fake.count; i++)
        if (fake.calls[i].code == code && n-- == 0)
            return &fake.calls[i];
    CU_FAIL_FATAL("no such call was made");
    return NULL;
}

/* ---- the far side's readers, as the mirror asks for them ---- */

/* The octets of a string literal without its NUL. */
#define FAKE_BYTES(text) ((struct ndr_bytes){ (const uint8_t *)(text), sizeof(text) - 1 })

static inline void fake_answer_context(const char *octets)
{
    union rdpesc_return ret = { 0 };

    ret.EstablishContext.Context.pbContext =
        (struct ndr_bytes){ (const uint8_t *)octets, (uint32_t)strlen(octets) };
    fake_answer(fake_waiting(RDPESC_EstablishContext), &ret);
}

/* names: ASCII, separated by '|'. */
static inline void fake_answer_list(const char *names)
{
    static uint8_t list[65536];
    union rdpesc_return ret = { 0 };
    uint32_t length = 0;

    memset(list, 0, sizeof list);
    for (const char *c = names; *c != '\0'; c++, length += 2)
        list[length] = *c == '|' ? 0 : (uint8_t)*c;
    ret.ListReadersW.msz = (struct ndr_bytes){ list, length + 4 };
    fake_answer(fake_waiting(RDPESC_ListReadersW), &ret);
}

static inline struct ReaderState_Return fake_state(uint32_t state, const char *atr)
{
    struct ReaderState_Return reader = { .dwEventState = state, .cbAtr = (uint32_t)strlen(atr) };

    memcpy(reader.rgbAtr, atr, strlen(atr));
    return reader;
}

static inline void fake_answer_states(const struct ReaderState_Return *states, uint32_t count)
{
    union rdpesc_return ret = { 0 };

    ret.GetStatusChangeW.rgReaderStates.at = states;
    ret.GetStatusChangeW.rgReaderStates.len = count;
    fake_answer(fake_waiting(RDPESC_GetStatusChangeW), &ret);
}

/* One reader and the PnP reader answer. */
static inline void fake_answer_state(uint32_t state, const char *atr)
{
    struct ReaderState_Return states[2] = { fake_state(state, atr), fake_state(0x00010000, "") };

    fake_answer_states(states, 2);
}

#endif
