/* SPDX-License-Identifier: Apache-2.0
 *
 * A replay engine over a scripted resource manager, and the session host's part: calls go in as
 * octets, come back decoded.
 *
 *     struct engine engine;
 *     engine_open(&engine, NULL);
 *     struct replay_id context = engine_establish(&engine);
 *     ... engine_call(&engine, RDPESC_ListReadersW, &call)->ret.ListReadersW.msz ...
 *     engine_close(&engine);
 */
#ifndef RDPESC_TESTS_ENGINE_H
#define RDPESC_TESTS_ENGINE_H

#include <pthread.h>

#include "replay.h"
#include "replay_table.h"
#include "rm_script.h"
#include "suite.h"

#define ENGINE_REPLIES       2048
#define ENGINE_READER        "Reader 0"
#define ENGINE_SECOND_READER "Zweiter Leser \xC3\xA4"
#define ENGINE_LIMIT         200000u

enum engine_end { ENGINE_PENDING, ENGINE_COMPLETED, ENGINE_DISCARDED };

/* What became of one call. */
struct engine_reply {
    struct engine *engine;
    uint32_t code;
    enum engine_end end;
    uint32_t order; /* of its end among all */
    uint32_t io_status;
    struct ndr_bytes output; /* own copy */
    union rdpesc_return ret; /* decoded; zeroed if there was no output */
    uint8_t *arena;
};

struct engine {
    struct rm_script *script;
    struct replay *replay;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    uint32_t count; /* calls sent */
    struct engine_reply replies[ENGINE_REPLIES];
    uint32_t ended_count;
    unsigned after_free; /* callbacks that came when none may */
    bool freed;
    unsigned threads;   /* of the process before it was opened */
    char notices[4096]; /* one behind the other, each with a line feed */
};

/* Two readers, a card in the first. options: caps and malformed_drops are taken from it; NULL:
 * none. */
void engine_open(struct engine *engine, const struct replay_options *options);
/* Frees the engine; fails the test if a callback ran afterwards, or a context, card or thread was
 * left. */
void engine_close(struct engine *engine);
/* The first half of engine_close. */
void engine_free_replay(struct engine *engine);
/* Threads of the process. */
unsigned engine_threads(void);
/* Waits until that many GetStatusChange calls are parked; fails the test after 10 seconds. */
void engine_await_parked(struct engine *engine, uint32_t count);

/* Submits octets. */
struct engine_reply *engine_submit(struct engine *engine, uint32_t code, uint32_t limit,
                                   struct ndr_bytes input);
/* Encodes a call and submits it. */
struct engine_reply *engine_send(struct engine *engine, uint32_t code, uint32_t limit,
                                 const void *call);
/* Waits until it has come to an end, for at most 10 seconds; fails the test if it has not. */
struct engine_reply *engine_wait(struct engine_reply *reply);
/* engine_send with much room, then engine_wait. */
struct engine_reply *engine_call(struct engine *engine, uint32_t code, const void *call);
/* True: it has not ended yet. */
bool engine_pending(struct engine_reply *reply);
/* The notices so far. */
bool engine_noticed(struct engine *engine, const char *text);

/* ---- common calls; they fail the test if the call fails ---- */

struct replay_id engine_establish(struct engine *engine);
struct replay_id engine_connect(struct engine *engine, const struct replay_id *context,
                                const char *reader, uint32_t share_mode);
/* The decoded ReturnCode of a call on a context, a handle, or a handle with a disposition. */
scard_code engine_on_context(struct engine *engine, uint32_t code, const struct replay_id *context);
scard_code engine_on_card(struct engine *engine, uint32_t code, const struct replay_id *context,
                          const struct replay_id *card, uint32_t disposition);

/* ---- parts of calls; views of what they are given ---- */

struct REDIR_SCARDCONTEXT engine_context(const struct replay_id *context);
struct REDIR_SCARDHANDLE engine_handle(const struct replay_id *context,
                                       const struct replay_id *card);
/* Octets of a C string without its NUL. */
struct ndr_bytes engine_text(const char *text);
/* The same in UTF-16LE, ASCII only, in room. */
struct ndr_bytes engine_wide(const char *text, uint8_t room[256]);
/* Submits GetStatusChangeA for one reader. */
struct engine_reply *engine_send_wait(struct engine *engine, const struct replay_id *context,
                                      const char *reader, uint32_t current, uint32_t timeout);
/* The one reader of its return; fails the test if there is not one. */
struct ReaderState_Return engine_state(const struct engine_reply *reply);
/* What a snapshot says of the reader. */
uint32_t engine_look(struct engine *engine, const struct replay_id *context, const char *reader);
struct Transmit_Call engine_transmit(const struct replay_id *context, const struct replay_id *card,
                                     struct ndr_bytes command, uint32_t room);

/* The card's ATR, a command and its answer. */
extern const struct ndr_bytes engine_atr;
extern const struct ndr_bytes engine_command;
extern const struct ndr_bytes engine_answer;

/* Milliseconds of a steady clock. */
uint64_t engine_ms(void);

#endif
