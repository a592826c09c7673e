/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "engine.h"

#define EMPTY    RDPESC_STATE_EMPTY
#define PRESENT  RDPESC_STATE_PRESENT
#define CHANGED  RDPESC_STATE_CHANGED
#define INFINITE RDPESC_INFINITE

static struct engine engine;
static struct replay_id context;

static void help_open(void)
{
    engine_open(&engine, NULL);
    context = engine_establish(&engine);
}

static struct engine_reply *parked(const char *reader, uint32_t current)
{
    uint32_t before = replay_counters(engine.replay).waiting;
    struct engine_reply *reply = engine_send_wait(&engine, &context, reader, current, INFINITE);

    engine_await_parked(&engine, before + 1);
    return reply;
}

static scard_code code_of(struct engine_reply *reply)
{
    return engine_wait(reply)->ret.ReturnCode;
}

static void a_caller_who_is_unaware_is_told_at_once(void)
{
    struct ReaderState_Return state;

    help_open();
    state =
        engine_state(engine_wait(engine_send_wait(&engine, &context, ENGINE_READER, 0, INFINITE)));
    CU_ASSERT_EQUAL(state.dwEventState, 0x00010000 | PRESENT | CHANGED);
    CU_ASSERT_EQUAL(state.cbAtr, engine_atr.len);
    CU_ASSERT_EQUAL(memcmp(state.rgbAtr, engine_atr.data, engine_atr.len), 0);
    CU_ASSERT_EQUAL(engine_look(&engine, &context, ENGINE_SECOND_READER), EMPTY | CHANGED);
    engine_close(&engine);
}

static void nothing_new_within_no_time_is_a_timeout_without_states(void)
{
    struct engine_reply *reply;

    help_open();
    reply = engine_wait(engine_send_wait(&engine, &context, ENGINE_READER, PRESENT, 0));
    CU_ASSERT_EQUAL(reply->ret.ReturnCode, RDPESC_E_TIMEOUT);
    CU_ASSERT_EQUAL(reply->ret.GetStatusChangeA.rgReaderStates.len, 0);
    CU_ASSERT_PTR_NULL(reply->ret.GetStatusChangeA.rgReaderStates.at);
    engine_close(&engine);
}

static void a_state_given_back_verbatim_waits(void)
{
    struct engine_reply *reply;

    help_open();
    reply = parked(ENGINE_READER, engine_look(&engine, &context, ENGINE_READER));
    rm_script_pull(engine.script, ENGINE_READER);
    CU_ASSERT_EQUAL(engine_state(engine_wait(reply)).dwEventState, 0x00020000 | EMPTY | CHANGED);
    engine_close(&engine);
}

static void an_insertion_ends_the_wait(void)
{
    struct engine_reply *reply;
    struct ReaderState_Return state;

    help_open();
    reply = parked(ENGINE_SECOND_READER, EMPTY);
    rm_script_insert(engine.script, ENGINE_SECOND_READER, engine_atr, RDPESC_PROTOCOL_T1);
    state = engine_state(engine_wait(reply));
    CU_ASSERT_EQUAL(state.dwEventState, 0x00010000 | PRESENT | CHANGED);
    CU_ASSERT_EQUAL(state.cbAtr, engine_atr.len);
    CU_ASSERT_EQUAL(replay_counters(engine.replay).waiting, 0);
    engine_close(&engine);
}

static void news_of_another_reader_leaves_the_wait(void)
{
    struct engine_reply *first;
    struct engine_reply *second;

    help_open();
    first = parked(ENGINE_READER, PRESENT);
    second = parked(ENGINE_SECOND_READER, EMPTY);
    rm_script_insert(engine.script, ENGINE_SECOND_READER, engine_atr, RDPESC_PROTOCOL_T1);
    CU_ASSERT_EQUAL(code_of(second), 0);
    CU_ASSERT(engine_pending(first));
    CU_ASSERT_EQUAL(replay_counters(engine.replay).waiting, 1);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_Cancel, &context), 0);
    CU_ASSERT_EQUAL(code_of(first), RDPESC_E_CANCELLED);
    engine_close(&engine);
}

static void a_finite_wait_ends_in_time(void)
{
    uint64_t start;

    help_open();
    start = engine_ms();
    CU_ASSERT_EQUAL(code_of(engine_send_wait(&engine, &context, ENGINE_READER, PRESENT, 50)),
                    RDPESC_E_TIMEOUT);
    CU_ASSERT(engine_ms() - start >= 50);
    CU_ASSERT(engine_ms() - start < 5000);
    engine_close(&engine);
}

static void waits_end_in_the_order_of_their_deadlines(void)
{
    struct engine_reply *later;
    struct engine_reply *sooner;

    help_open();
    later = engine_send_wait(&engine, &context, ENGINE_READER, PRESENT, 400);
    sooner = engine_send_wait(&engine, &context, ENGINE_READER, PRESENT, 30);
    CU_ASSERT_EQUAL(code_of(sooner), RDPESC_E_TIMEOUT);
    CU_ASSERT_EQUAL(code_of(later), RDPESC_E_TIMEOUT);
    CU_ASSERT(sooner->order < later->order);
    engine_close(&engine);
}

static void cancel_ends_the_waits_of_its_context_only(void)
{
    struct replay_id other;
    struct engine_reply *mine;
    struct engine_reply *mine_too;
    struct engine_reply *theirs;

    help_open();
    other = engine_establish(&engine);
    mine = parked(ENGINE_READER, PRESENT);
    mine_too = parked(RDPESC_PNP_READER, 0);
    theirs = engine_send_wait(&engine, &other, ENGINE_READER, PRESENT, INFINITE);
    engine_await_parked(&engine, 3);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_Cancel, &context), 0);
    CU_ASSERT_EQUAL(code_of(mine), RDPESC_E_CANCELLED);
    CU_ASSERT_EQUAL(code_of(mine_too), RDPESC_E_CANCELLED);
    CU_ASSERT(engine_pending(theirs));
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_ReleaseContext, &other), 0);
    CU_ASSERT_EQUAL(code_of(theirs), RDPESC_E_CANCELLED);
    engine_close(&engine);
}

static void cancel_reaches_a_call_that_has_not_been_looked_at(void)
{
    struct Context_Call cancel;
    struct engine_reply *waiting;
    struct engine_reply *cancelling;
    unsigned looks;

    help_open();
    cancel = (struct Context_Call){ engine_context(&context) };
    rm_script_close_gate(engine.script, RM_SCRIPT_status_change, NULL);
    looks = rm_script_calls(engine.script, RM_SCRIPT_status_change);
    waiting = engine_send_wait(&engine, &context, ENGINE_READER, PRESENT, INFINITE);
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_status_change, looks + 1));
    cancelling = engine_wait(engine_send(&engine, RDPESC_Cancel, ENGINE_LIMIT, &cancel));
    CU_ASSERT_EQUAL(cancelling->ret.ReturnCode, 0);
    rm_script_open_gate(engine.script, RM_SCRIPT_status_change);
    CU_ASSERT_EQUAL(code_of(waiting), RDPESC_E_CANCELLED);
    engine_close(&engine);
}

static void a_cancel_of_before_does_not_count(void)
{
    struct engine_reply *reply;

    help_open();
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_Cancel, &context), 0);
    reply = parked(ENGINE_READER, PRESENT);
    rm_script_pull(engine.script, ENGINE_READER);
    CU_ASSERT_EQUAL(code_of(reply), 0);
    engine_close(&engine);
}

static void a_reader_that_nobody_knows_is_refused(void)
{
    help_open();
    CU_ASSERT_EQUAL(code_of(engine_send_wait(&engine, &context, "Reader 9", 0, INFINITE)),
                    RDPESC_E_UNKNOWN_READER);
    CU_ASSERT_EQUAL(code_of(engine_send_wait(&engine, &context, "", 0, INFINITE)),
                    RDPESC_E_UNKNOWN_READER);
    engine_close(&engine);
}

static void a_reader_without_a_name_is_refused(void)
{
    struct ReaderStateW state = { { NULL, 0 }, { .dwCurrentState = 0 } };
    struct GetStatusChangeW_Call call = { .dwTimeOut = 0, .rgReaderStates = { &state, 1 } };

    help_open();
    call.Context = engine_context(&context);
    CU_ASSERT_EQUAL(engine_call(&engine, RDPESC_GetStatusChangeW, &call)->ret.ReturnCode,
                    RDPESC_E_INVALID_VALUE);
    engine_close(&engine);
}

static void a_reader_that_leaves_ends_the_wait(void)
{
    struct engine_reply *reply;

    help_open();
    reply = parked(ENGINE_READER, PRESENT);
    rm_script_remove_reader(engine.script, ENGINE_READER);
    CU_ASSERT_EQUAL(engine_state(engine_wait(reply)).dwEventState,
                    RDPESC_STATE_UNKNOWN | RDPESC_STATE_UNAVAILABLE | CHANGED);
    engine_close(&engine);
}

static void the_pseudo_reader_sees_readers_come_and_go(void)
{
    struct engine_reply *reply;

    help_open();
    reply = parked(RDPESC_PNP_READER, 0x00020000);
    CU_ASSERT(rm_script_add_reader(engine.script, "Reader 2"));
    CU_ASSERT_EQUAL(engine_state(engine_wait(reply)).dwEventState, 0x00030000 | CHANGED);
    reply = parked(RDPESC_PNP_READER, 0x00030000 | CHANGED);
    rm_script_remove_reader(engine.script, "Reader 2");
    CU_ASSERT_EQUAL(engine_state(engine_wait(reply)).dwEventState, 0x00020000 | CHANGED);
    CU_ASSERT_EQUAL(
        code_of(engine_send_wait(&engine, &context, RDPESC_PNP_READER, 0x00050000, INFINITE)), 0);
    engine_close(&engine);
}

static void a_wait_without_any_reader_sees_the_first_one_come(void)
{
    struct engine_reply *reply;

    help_open();
    rm_script_remove_reader(engine.script, ENGINE_READER);
    rm_script_remove_reader(engine.script, ENGINE_SECOND_READER);
    reply = parked(RDPESC_PNP_READER, 0);
    CU_ASSERT(rm_script_add_reader(engine.script, ENGINE_READER));
    CU_ASSERT_EQUAL(engine_state(engine_wait(reply)).dwEventState, 0x00010000 | CHANGED);
    engine_close(&engine);
}

static void ignored_readers_and_no_readers_are_answered_at_once(void)
{
    struct GetStatusChangeA_Call call = { .dwTimeOut = INFINITE };
    struct engine_reply *reply;

    help_open();
    reply = engine_wait(
        engine_send_wait(&engine, &context, ENGINE_READER, RDPESC_STATE_IGNORE, INFINITE));
    CU_ASSERT_EQUAL(engine_state(reply).dwEventState, 0);
    call.Context = engine_context(&context);
    reply = engine_call(&engine, RDPESC_GetStatusChangeA, &call);
    CU_ASSERT_EQUAL(reply->ret.ReturnCode, 0);
    CU_ASSERT_EQUAL(reply->ret.GetStatusChangeA.rgReaderStates.len, 0);
    engine_close(&engine);
}

static void eleven_wide_readers_are_answered_in_their_order(void)
{
    struct ReaderStateW states[11];
    struct GetStatusChangeW_Call call = { .dwTimeOut = 0, .rgReaderStates = { states, 11 } };
    uint8_t names[2][256];
    struct engine_reply *reply;

    help_open();
    memset(states, 0, sizeof states);
    for (int i = 0; i < 11; i++) {
        states[i].szReader = engine_wide(i % 2 ? RDPESC_PNP_READER : ENGINE_READER, names[i % 2]);
        states[i].Common.dwCurrentState = i % 2 ? 0x00010000 : 0;
        states[i].Common.dwEventState = 0x255;
        states[i].Common.cbAtr = 36;
    }
    call.Context = engine_context(&context);
    reply = engine_call(&engine, RDPESC_GetStatusChangeW, &call);
    CU_ASSERT_EQUAL_FATAL(reply->ret.GetStatusChangeW.rgReaderStates.len, 11);
    for (int i = 0; i < 11; i++)
        CU_ASSERT_EQUAL(reply->ret.GetStatusChangeW.rgReaderStates.at[i].dwEventState,
                        i % 2 ? 0x00020000 | CHANGED : 0x00010000 | PRESENT | CHANGED);
    engine_close(&engine);
}

static void a_thousand_waits_cost_no_thread_and_compare_once(void)
{
    static struct engine_reply *replies[1000];
    unsigned threads;
    unsigned looks;

    help_open();
    replies[0] = parked(ENGINE_READER, PRESENT);
    threads = engine_threads();
    looks = rm_script_calls(engine.script, RM_SCRIPT_status_change);
    for (int i = 1; i < 1000; i++)
        replies[i] = engine_send_wait(&engine, &context, ENGINE_READER, PRESENT, INFINITE);
    engine_await_parked(&engine, 1000);
    CU_ASSERT_EQUAL(engine_threads(), threads);
    /* One look a call; the watcher's own second look may come on top. */
    CU_ASSERT(rm_script_calls(engine.script, RM_SCRIPT_status_change) - looks <= 999 + 8);
    rm_script_pull(engine.script, ENGINE_READER);
    for (int i = 0; i < 1000; i++)
        CU_ASSERT_EQUAL(code_of(replies[i]), 0);
    engine_close(&engine);
}

static void no_news_is_lost_however_it_falls(void)
{
    struct engine_reply *reply;

    help_open();
    for (int i = 0; i < 200; i++) {
        reply = engine_send_wait(&engine, &context, ENGINE_READER, PRESENT, INFINITE);
        if (i % 3 == 0)
            engine_await_parked(&engine, 1);
        rm_script_pull(engine.script, ENGINE_READER);
        CU_ASSERT_EQUAL(code_of(reply), 0);
        reply = engine_send_wait(&engine, &context, ENGINE_READER, EMPTY, INFINITE);
        rm_script_insert(engine.script, ENGINE_READER, engine_atr, RDPESC_PROTOCOL_T0);
        CU_ASSERT_EQUAL(code_of(reply), 0);
    }
    engine_close(&engine);
}

static void a_service_that_dies_ends_the_waits(void)
{
    struct engine_reply *reply;

    help_open();
    reply = parked(ENGINE_READER, PRESENT);
    rm_script_service(engine.script, false);
    CU_ASSERT_EQUAL(code_of(reply), RDPESC_E_NO_SERVICE);
    CU_ASSERT_EQUAL(code_of(engine_send_wait(&engine, &context, ENGINE_READER, PRESENT, INFINITE)),
                    RDPESC_E_NO_SERVICE);
    rm_script_service(engine.script, true);
    reply = parked(ENGINE_READER, PRESENT);
    rm_script_pull(engine.script, ENGINE_READER);
    CU_ASSERT_EQUAL(code_of(reply), 0);
    engine_close(&engine);
}

static void a_watcher_that_cannot_be_had_ends_the_waits(void)
{
    struct engine_reply *reply;

    help_open();
    rm_script_fail(engine.script, RM_SCRIPT_establish, RDPESC_E_NO_MEMORY, 1);
    reply = engine_send_wait(&engine, &context, ENGINE_READER, PRESENT, INFINITE);
    CU_ASSERT_EQUAL(code_of(reply), RDPESC_E_NO_MEMORY);
    reply = parked(ENGINE_READER, PRESENT);
    rm_script_pull(engine.script, ENGINE_READER);
    CU_ASSERT_EQUAL(code_of(reply), 0);
    engine_close(&engine);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(a_caller_who_is_unaware_is_told_at_once),
    SUITE_TEST(nothing_new_within_no_time_is_a_timeout_without_states),
    SUITE_TEST(a_state_given_back_verbatim_waits),
    SUITE_TEST(an_insertion_ends_the_wait),
    SUITE_TEST(news_of_another_reader_leaves_the_wait),
    SUITE_TEST(a_finite_wait_ends_in_time),
    SUITE_TEST(waits_end_in_the_order_of_their_deadlines),
    SUITE_TEST(cancel_ends_the_waits_of_its_context_only),
    SUITE_TEST(cancel_reaches_a_call_that_has_not_been_looked_at),
    SUITE_TEST(a_cancel_of_before_does_not_count),
    SUITE_TEST(a_reader_that_nobody_knows_is_refused),
    SUITE_TEST(a_reader_without_a_name_is_refused),
    SUITE_TEST(a_reader_that_leaves_ends_the_wait),
    SUITE_TEST(the_pseudo_reader_sees_readers_come_and_go),
    SUITE_TEST(a_wait_without_any_reader_sees_the_first_one_come),
    SUITE_TEST(ignored_readers_and_no_readers_are_answered_at_once),
    SUITE_TEST(eleven_wide_readers_are_answered_in_their_order),
    SUITE_TEST(a_thousand_waits_cost_no_thread_and_compare_once),
    SUITE_TEST(no_news_is_lost_however_it_falls),
    SUITE_TEST(a_service_that_dies_ends_the_waits),
    SUITE_TEST(a_watcher_that_cannot_be_had_ends_the_waits),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "replay_wait", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
