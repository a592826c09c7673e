/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define AWAIT_SECONDS 10
#define ARENA_SIZE    4096

static const uint8_t atr_octets[] = { 0x3B, 0x7A, 0x18, 0x00, 0x00, 0x73, 0x66,
                                      0x74, 0x65, 0x20, 0x63, 0x64, 0x31, 0x34 };
static const uint8_t command_octets[] = { 0x00, 0xA4, 0x04, 0x00, 0x02, 0x3F, 0x00 };
static const uint8_t answer_octets[] = { 0xCA, 0xFE, 0x90, 0x00 };

const struct ndr_bytes engine_atr = { atr_octets, sizeof atr_octets };
const struct ndr_bytes engine_command = { command_octets, sizeof command_octets };
const struct ndr_bytes engine_answer = { answer_octets, sizeof answer_octets };

uint64_t engine_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- callbacks ---- */

static void decode(struct engine_reply *reply, struct ndr_bytes output)
{
    const struct rdpesc_call_info *info = rdpesc_call_by_code(reply->code);
    uint8_t *copy = malloc(output.len);
    struct ndr_arena arena;

    reply->arena = calloc(1, ARENA_SIZE);
    arena = (struct ndr_arena){ reply->arena, ARENA_SIZE, 0 };
    memcpy(copy, output.data, output.len);
    reply->output = (struct ndr_bytes){ copy, output.len };
    if (!info || rdpesc_decode_return(info, reply->output, &reply->ret, &arena, NULL) != NDR_OK)
        CU_FAIL("a return that cannot be decoded");
}

static void end_reply(struct engine *engine, struct engine_reply *reply, enum engine_end end)
{
    if (engine->freed)
        engine->after_free++;
    CU_ASSERT(reply->end == ENGINE_PENDING);
    reply->end = end;
    reply->order = ++engine->ended_count;
    pthread_cond_broadcast(&engine->ended);
}

static void complete(void *self, void *tag, uint32_t io_status, struct ndr_bytes output)
{
    struct engine *engine = self;
    struct engine_reply *reply = tag;

    pthread_mutex_lock(&engine->lock);
    reply->io_status = io_status;
    if (output.len)
        decode(reply, output);
    end_reply(engine, reply, ENGINE_COMPLETED);
    pthread_mutex_unlock(&engine->lock);
}

static void discard(void *self, void *tag)
{
    struct engine *engine = self;

    pthread_mutex_lock(&engine->lock);
    end_reply(engine, tag, ENGINE_DISCARDED);
    pthread_mutex_unlock(&engine->lock);
}

static void notice(void *self, const char *line)
{
    struct engine *engine = self;
    size_t used;

    pthread_mutex_lock(&engine->lock);
    used = strlen(engine->notices);
    (void)snprintf(engine->notices + used, sizeof engine->notices - used, "%s\n", line);
    pthread_cond_broadcast(&engine->ended);
    pthread_mutex_unlock(&engine->lock);
}

/* ---- the engine ---- */

static void init_lock(struct engine *engine)
{
    pthread_condattr_t attributes;

    pthread_mutex_init(&engine->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&engine->ended, &attributes);
    pthread_condattr_destroy(&attributes);
}

static void *return_at_once(void *argument)
{
    return argument;
}

/* ThreadSanitizer has a thread of its own from the first one on. */
static void make_first_thread(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, return_at_once, NULL) == 0)
        pthread_join(thread, NULL);
}

void engine_open(struct engine *engine, const struct replay_options *options)
{
    struct replay_options mine = { 0 };

    memset(engine, 0, sizeof *engine);
    init_lock(engine);
    make_first_thread();
    engine->threads = engine_threads();
    if (options)
        mine = *options;
    mine.self = engine;
    mine.complete = complete;
    mine.discard = discard;
    mine.notice = notice;
    engine->script = rm_script_new();
    CU_ASSERT_FATAL(rm_script_add_reader(engine->script, ENGINE_READER));
    CU_ASSERT_FATAL(rm_script_add_reader(engine->script, ENGINE_SECOND_READER));
    rm_script_insert(engine->script, ENGINE_READER, engine_atr, RDPESC_PROTOCOL_T0);
    CU_ASSERT_FATAL(rm_script_answer(engine->script, ENGINE_READER, engine_command, engine_answer));
    engine->replay = replay_new(rm_script_manager(engine->script), &mine);
    CU_ASSERT_FATAL(engine->replay != NULL);
}

void engine_free_replay(struct engine *engine)
{
    replay_free(engine->replay);
    pthread_mutex_lock(&engine->lock);
    engine->freed = true;
    pthread_mutex_unlock(&engine->lock);
}

unsigned engine_threads(void)
{
    struct stat tasks;

    /* A directory each, besides "." and "..". */
    return stat("/proc/self/task", &tasks) == 0 ? (unsigned)tasks.st_nlink - 2 : 0;
}

static void rest(void)
{
    const struct timespec millisecond = { 0, 1000000 };

    nanosleep(&millisecond, NULL);
}

void engine_await_parked(struct engine *engine, uint32_t count)
{
    uint64_t end = engine_ms() + AWAIT_SECONDS * 1000;

    while (replay_counters(engine->replay).waiting != count && engine_ms() < end)
        rest();
    CU_ASSERT_EQUAL_FATAL(replay_counters(engine->replay).waiting, count);
}

/* Workers that were left alone come back when their gates are open. */
static void await_threads(const struct engine *engine)
{
    uint64_t end = engine_ms() + AWAIT_SECONDS * 1000;

    while (engine_threads() > engine->threads && engine_ms() < end)
        rest();
    CU_ASSERT(engine_threads() <= engine->threads);
}

void engine_close(struct engine *engine)
{
    if (!engine->freed)
        engine_free_replay(engine);
    for (int i = 0; i < RM_SCRIPT_COUNT; i++)
        rm_script_open_gate(engine->script, (enum rm_script_function)i);
    await_threads(engine);
    CU_ASSERT_EQUAL(rm_script_contexts(engine->script), 0);
    CU_ASSERT_EQUAL(rm_script_cards(engine->script), 0);
    CU_ASSERT_EQUAL(engine->after_free, 0);
    for (uint32_t i = 0; i < engine->count; i++) {
        CU_ASSERT(engine->replies[i].end != ENGINE_PENDING);
        free((void *)(uintptr_t)engine->replies[i].output.data);
        free(engine->replies[i].arena);
    }
    rm_script_free(engine->script);
    pthread_cond_destroy(&engine->ended);
    pthread_mutex_destroy(&engine->lock);
}

struct engine_reply *engine_submit(struct engine *engine, uint32_t code, uint32_t limit,
                                   struct ndr_bytes input)
{
    struct engine_reply *reply = &engine->replies[engine->count++];

    CU_ASSERT_FATAL(engine->count <= ENGINE_REPLIES);
    reply->engine = engine;
    reply->code = code;
    replay_submit(engine->replay, code, limit, input, reply);
    return reply;
}

struct engine_reply *engine_send(struct engine *engine, uint32_t code, uint32_t limit,
                                 const void *call)
{
    const struct rdpesc_call_info *info = rdpesc_call_by_code(code);
    struct engine_reply *reply;
    size_t length;
    uint8_t *input;

    CU_ASSERT_FATAL(info != NULL);
    CU_ASSERT_FATAL(rdpesc_encode_call(info, call, NULL, 0, &length, NULL) == NDR_OK);
    input = malloc(length);
    CU_ASSERT_FATAL(rdpesc_encode_call(info, call, input, length, &length, NULL) == NDR_OK);
    reply = engine_submit(engine, code, limit, (struct ndr_bytes){ input, (uint32_t)length });
    free(input);
    return reply;
}

struct engine_reply *engine_wait(struct engine_reply *reply)
{
    struct engine *engine = reply->engine;
    struct timespec at;
    int error = 0;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += AWAIT_SECONDS;
    pthread_mutex_lock(&engine->lock);
    while (reply->end == ENGINE_PENDING && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&engine->ended, &engine->lock, &at);
    pthread_mutex_unlock(&engine->lock);
    CU_ASSERT_FATAL(reply->end != ENGINE_PENDING);
    return reply;
}

struct engine_reply *engine_call(struct engine *engine, uint32_t code, const void *call)
{
    return engine_wait(engine_send(engine, code, ENGINE_LIMIT, call));
}

bool engine_pending(struct engine_reply *reply)
{
    bool pending;

    pthread_mutex_lock(&reply->engine->lock);
    pending = reply->end == ENGINE_PENDING;
    pthread_mutex_unlock(&reply->engine->lock);
    return pending;
}

bool engine_noticed(struct engine *engine, const char *text)
{
    bool noticed;

    pthread_mutex_lock(&engine->lock);
    noticed = strstr(engine->notices, text) != NULL;
    pthread_mutex_unlock(&engine->lock);
    return noticed;
}

/* ---- calls ---- */

struct REDIR_SCARDCONTEXT engine_context(const struct replay_id *context)
{
    return (struct REDIR_SCARDCONTEXT){ replay_id_view(context) };
}

struct REDIR_SCARDHANDLE engine_handle(const struct replay_id *context,
                                       const struct replay_id *card)
{
    return (struct REDIR_SCARDHANDLE){ engine_context(context), replay_id_view(card) };
}

struct ndr_bytes engine_text(const char *text)
{
    return (struct ndr_bytes){ (const uint8_t *)text, (uint32_t)strlen(text) };
}

struct ndr_bytes engine_wide(const char *text, uint8_t room[256])
{
    uint32_t length = 0;

    for (; *text && length < 254; text++) {
        room[length++] = (uint8_t)*text;
        room[length++] = 0;
    }
    return (struct ndr_bytes){ room, length };
}

struct Transmit_Call engine_transmit(const struct replay_id *context, const struct replay_id *card,
                                     struct ndr_bytes command, uint32_t room)
{
    return (struct Transmit_Call){
        .hCard = engine_handle(context, card),
        .ioSendPci = { .dwProtocol = RDPESC_PROTOCOL_T0 },
        .pbSendBuffer = command,
        .cbRecvLength = room,
    };
}

struct engine_reply *engine_send_wait(struct engine *engine, const struct replay_id *context,
                                      const char *reader, uint32_t current, uint32_t timeout)
{
    struct ReaderStateA state = { engine_text(reader), { .dwCurrentState = current } };
    struct GetStatusChangeA_Call call = { engine_context(context), timeout, { &state, 1 } };

    return engine_send(engine, RDPESC_GetStatusChangeA, ENGINE_LIMIT, &call);
}

struct ReaderState_Return engine_state(const struct engine_reply *reply)
{
    CU_ASSERT_EQUAL_FATAL(reply->ret.ReturnCode, RDPESC_S_SUCCESS);
    CU_ASSERT_EQUAL_FATAL(reply->ret.GetStatusChangeA.rgReaderStates.len, 1);
    return reply->ret.GetStatusChangeA.rgReaderStates.at[0];
}

uint32_t engine_look(struct engine *engine, const struct replay_id *context, const char *reader)
{
    return engine_state(engine_wait(engine_send_wait(engine, context, reader, 0, 0))).dwEventState;
}

static struct replay_id id_from(struct ndr_bytes octets)
{
    struct replay_id id;

    CU_ASSERT_EQUAL_FATAL(octets.len, REPLAY_ID_LENGTH);
    memcpy(id.octets, octets.data, REPLAY_ID_LENGTH);
    return id;
}

struct replay_id engine_establish(struct engine *engine)
{
    struct EstablishContext_Call call = { RDPESC_SCOPE_SYSTEM };
    struct engine_reply *reply = engine_call(engine, RDPESC_EstablishContext, &call);

    CU_ASSERT_EQUAL_FATAL(reply->ret.ReturnCode, RDPESC_S_SUCCESS);
    return id_from(reply->ret.EstablishContext.Context.pbContext);
}

struct replay_id engine_connect(struct engine *engine, const struct replay_id *context,
                                const char *reader, uint32_t share_mode)
{
    struct ConnectA_Call call = {
        .szReader = engine_text(reader),
        .Common = { engine_context(context), share_mode, RDPESC_PROTOCOL_T0 | RDPESC_PROTOCOL_T1 },
    };
    struct engine_reply *reply = engine_call(engine, RDPESC_ConnectA, &call);

    CU_ASSERT_EQUAL_FATAL(reply->ret.ReturnCode, RDPESC_S_SUCCESS);
    return id_from(reply->ret.ConnectA.hCard.pbHandle);
}

scard_code engine_on_context(struct engine *engine, uint32_t code, const struct replay_id *context)
{
    struct Context_Call call = { engine_context(context) };

    return engine_call(engine, code, &call)->ret.ReturnCode;
}

scard_code engine_on_card(struct engine *engine, uint32_t code, const struct replay_id *context,
                          const struct replay_id *card, uint32_t disposition)
{
    struct HCardAndDisposition_Call call = { engine_handle(context, card), disposition };

    return engine_call(engine, code, &call)->ret.ReturnCode;
}
