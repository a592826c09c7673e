/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

static struct engine engine;
static struct replay_id context;
static struct replay_id card;

static void help_open(void)
{
    engine_open(&engine, NULL);
    context = engine_establish(&engine);
    card = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
}

static struct engine_reply *send_transmit(void)
{
    struct Transmit_Call call = engine_transmit(&context, &card, engine_command, 258);

    return engine_send(&engine, RDPESC_Transmit, ENGINE_LIMIT, &call);
}

static struct engine_reply *send_on(uint32_t code, const struct replay_id *handle)
{
    struct HCardAndDisposition_Call call = { engine_handle(&context, handle), RDPESC_LEAVE_CARD };

    return engine_send(&engine, code, ENGINE_LIMIT, &call);
}

static scard_code code_of(struct engine_reply *reply)
{
    return engine_wait(reply)->ret.ReturnCode;
}

static void calls_of_a_handle_run_in_the_order_they_came(void)
{
    struct engine_reply *replies[8];

    help_open();
    rm_script_close_gate(engine.script, RM_SCRIPT_transmit, NULL);
    for (int i = 0; i < 7; i++)
        replies[i] = i % 2 ? send_on(RDPESC_BeginTransaction, &card) : send_transmit();
    replies[7] = send_on(RDPESC_Disconnect, &card);
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_transmit, 1));
    CU_ASSERT_EQUAL(rm_script_calls(engine.script, RM_SCRIPT_begin), 0);
    rm_script_open_gate(engine.script, RM_SCRIPT_transmit);
    for (int i = 0; i < 8; i++) {
        CU_ASSERT_EQUAL(code_of(replies[i]), 0);
        CU_ASSERT(i == 0 || replies[i]->order > replies[i - 1]->order);
    }
    engine_close(&engine);
}

static void a_reader_that_hangs_holds_up_no_other(void)
{
    struct replay_id second;
    struct engine_reply *hanging;

    help_open();
    rm_script_insert(engine.script, ENGINE_SECOND_READER, engine_atr, RDPESC_PROTOCOL_T1);
    rm_script_close_gate(engine.script, RM_SCRIPT_transmit, ENGINE_READER);
    hanging = send_transmit();
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_transmit, 1));
    second = engine_connect(&engine, &context, ENGINE_SECOND_READER, RDPESC_SHARE_SHARED);
    CU_ASSERT_EQUAL(code_of(send_on(RDPESC_BeginTransaction, &second)), 0);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_IsValidContext, &context), 0);
    CU_ASSERT(engine_look(&engine, &context, ENGINE_READER) != 0);
    CU_ASSERT(engine_pending(hanging));
    rm_script_open_gate(engine.script, RM_SCRIPT_transmit);
    CU_ASSERT_EQUAL(code_of(hanging), 0);
    engine_close(&engine);
}

static void begin_waits_for_the_end_of_anothers_transaction(void)
{
    struct replay_id second;
    struct engine_reply *begin;
    unsigned asked;

    help_open();
    second = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    CU_ASSERT_EQUAL(code_of(send_on(RDPESC_BeginTransaction, &card)), 0);
    asked = rm_script_calls(engine.script, RM_SCRIPT_begin);
    begin = send_on(RDPESC_BeginTransaction, &second);
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_begin, asked + 2));
    CU_ASSERT(engine_pending(begin));
    CU_ASSERT_EQUAL(code_of(send_on(RDPESC_EndTransaction, &card)), 0);
    CU_ASSERT_EQUAL(code_of(begin), 0);
    engine_close(&engine);
}

static void a_turn_comes_when_another_handle_is_disconnected(void)
{
    struct replay_id second;
    struct engine_reply *begin;

    help_open();
    second = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    CU_ASSERT_EQUAL(code_of(send_on(RDPESC_BeginTransaction, &card)), 0);
    begin = send_on(RDPESC_BeginTransaction, &second);
    CU_ASSERT_EQUAL(code_of(send_on(RDPESC_Disconnect, &card)), 0);
    CU_ASSERT_EQUAL(code_of(begin), 0);
    engine_close(&engine);
}

static void calls_wait_while_another_program_is_in_a_transaction(void)
{
    struct Status_Call status = { .cchReaderLen = RDPESC_AUTOALLOCATE };
    struct Reconnect_Call reconnect = { .dwShareMode = RDPESC_SHARE_SHARED,
                                        .dwPreferredProtocols = 3 };
    struct engine_reply *replies[3];
    struct replay_id second;
    struct replay_id third;

    help_open();
    second = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    third = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    rm_script_hold(engine.script, ENGINE_READER, true);
    status.hCard = engine_handle(&context, &second);
    reconnect.hCard = engine_handle(&context, &third);
    replies[0] = send_transmit();
    replies[1] = engine_send(&engine, RDPESC_StatusA, ENGINE_LIMIT, &status);
    replies[2] = engine_send(&engine, RDPESC_Reconnect, ENGINE_LIMIT, &reconnect);
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_transmit, 2));
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_status, 2));
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_reconnect, 2));
    for (int i = 0; i < 3; i++)
        CU_ASSERT(engine_pending(replies[i]));
    rm_script_hold(engine.script, ENGINE_READER, false);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(code_of(replies[i]), 0);
    engine_close(&engine);
}

static void cancel_ends_the_waiting_for_a_transaction(void)
{
    struct engine_reply *begin;

    help_open();
    rm_script_hold(engine.script, ENGINE_READER, true);
    begin = send_on(RDPESC_BeginTransaction, &card);
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_begin, 1));
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_Cancel, &context), 0);
    CU_ASSERT_EQUAL(code_of(begin), RDPESC_E_CANCELLED);
    rm_script_hold(engine.script, ENGINE_READER, false);
    CU_ASSERT_EQUAL(code_of(send_on(RDPESC_BeginTransaction, &card)), 0);
    engine_close(&engine);
}

static void release_ends_the_waiting_for_a_transaction(void)
{
    struct engine_reply *begin;

    help_open();
    rm_script_hold(engine.script, ENGINE_READER, true);
    begin = send_on(RDPESC_BeginTransaction, &card);
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_begin, 1));
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_ReleaseContext, &context), 0);
    CU_ASSERT_EQUAL(code_of(begin), RDPESC_E_CANCELLED);
    engine_close(&engine);
}

static void connecting_again_and_again_costs_nothing(void)
{
    unsigned threads;
    unsigned contexts;

    help_open();
    CU_ASSERT_EQUAL(code_of(send_on(RDPESC_Disconnect, &card)), 0);
    card = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    threads = engine_threads();
    contexts = rm_script_contexts(engine.script);
    for (int i = 0; i < 200; i++) {
        CU_ASSERT_EQUAL(code_of(send_on(RDPESC_Disconnect, &card)), 0);
        card = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    }
    /* One that ends while the next begins. */
    CU_ASSERT(engine_threads() <= threads + 1);
    CU_ASSERT(rm_script_contexts(engine.script) <= contexts + 1);
    CU_ASSERT_EQUAL(replay_counters(engine.replay).handles, 1);
    engine_close(&engine);
}

static void a_handle_belongs_to_its_context(void)
{
    struct replay_id other;
    const struct replay_id invented = { { 0, 0, 1, 0, 9, 9, 9, 9 } };

    help_open();
    other = engine_establish(&engine);
    CU_ASSERT_EQUAL(engine_on_card(&engine, RDPESC_BeginTransaction, &other, &card, 0),
                    RDPESC_E_INVALID_HANDLE);
    CU_ASSERT_EQUAL(engine_on_card(&engine, RDPESC_BeginTransaction, &context, &invented, 0),
                    RDPESC_E_INVALID_HANDLE);
    CU_ASSERT_EQUAL(engine_on_card(&engine, RDPESC_BeginTransaction, &context, &context, 0),
                    RDPESC_E_INVALID_HANDLE);
    CU_ASSERT_EQUAL(rm_script_calls(engine.script, RM_SCRIPT_begin), 0);
    engine_close(&engine);
}

static void a_card_that_was_pulled_says_so_until_reconnect(void)
{
    struct Reconnect_Call reconnect = { .dwShareMode = RDPESC_SHARE_SHARED,
                                        .dwPreferredProtocols = 3 };

    help_open();
    rm_script_pull(engine.script, ENGINE_READER);
    CU_ASSERT_EQUAL(code_of(send_transmit()), RDPESC_W_REMOVED_CARD);
    rm_script_insert(engine.script, ENGINE_READER, engine_atr, RDPESC_PROTOCOL_T0);
    CU_ASSERT_EQUAL(code_of(send_transmit()), RDPESC_W_REMOVED_CARD);
    reconnect.hCard = engine_handle(&context, &card);
    CU_ASSERT_EQUAL(
        engine_call(&engine, RDPESC_Reconnect, &reconnect)->ret.Reconnect.dwActiveProtocol,
        RDPESC_PROTOCOL_T0);
    CU_ASSERT_EQUAL(code_of(send_transmit()), 0);
    engine_close(&engine);
}

static void a_service_that_died_gives_a_new_connection_when_it_is_back(void)
{
    help_open();
    rm_script_service(engine.script, false);
    CU_ASSERT_EQUAL(code_of(send_transmit()), RDPESC_E_NO_SERVICE);
    CU_ASSERT_EQUAL(code_of(send_on(RDPESC_Disconnect, &card)), RDPESC_E_NO_SERVICE);
    CU_ASSERT_EQUAL(code_of(send_on(RDPESC_Disconnect, &card)), RDPESC_E_INVALID_HANDLE);
    rm_script_service(engine.script, true);
    card = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    CU_ASSERT_EQUAL(code_of(send_transmit()), 0);
    engine_close(&engine);
}

static void an_idle_connection_that_died_unseen_is_made_again(void)
{
    help_open();
    CU_ASSERT_EQUAL(code_of(send_on(RDPESC_Disconnect, &card)), 0);
    rm_script_service(engine.script, false);
    rm_script_service(engine.script, true);
    card = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    CU_ASSERT_EQUAL(code_of(send_transmit()), 0);
    engine_close(&engine);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(calls_of_a_handle_run_in_the_order_they_came),
    SUITE_TEST(a_reader_that_hangs_holds_up_no_other),
    SUITE_TEST(begin_waits_for_the_end_of_anothers_transaction),
    SUITE_TEST(a_turn_comes_when_another_handle_is_disconnected),
    SUITE_TEST(calls_wait_while_another_program_is_in_a_transaction),
    SUITE_TEST(cancel_ends_the_waiting_for_a_transaction),
    SUITE_TEST(release_ends_the_waiting_for_a_transaction),
    SUITE_TEST(connecting_again_and_again_costs_nothing),
    SUITE_TEST(a_handle_belongs_to_its_context),
    SUITE_TEST(a_card_that_was_pulled_says_so_until_reconnect),
    SUITE_TEST(a_service_that_died_gives_a_new_connection_when_it_is_back),
    SUITE_TEST(an_idle_connection_that_died_unseen_is_made_again),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "replay_card", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
