/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "engine.h"

/* What is promised, milliseconds. */
#define RESET_LIMIT 1000

static struct engine engine;
static struct replay_id context;
static struct replay_id card;

static void help_open(void)
{
    engine_open(&engine, NULL);
    context = engine_establish(&engine);
    card = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
}

static struct Transmit_Call transmit_call(void)
{
    return engine_transmit(&context, &card, engine_command, 258);
}

static struct engine_reply *send_transmit(uint32_t limit)
{
    struct Transmit_Call call = transmit_call();

    return engine_send(&engine, RDPESC_Transmit, limit, &call);
}

static uint64_t reset_takes(void)
{
    uint64_t start = engine_ms();

    replay_reset(engine.replay);
    return engine_ms() - start;
}

/* ---- calls ---- */

static void a_session_runs_from_establish_to_release(void)
{
    struct engine_reply *reply;

    help_open();
    CU_ASSERT_EQUAL(engine_on_card(&engine, RDPESC_BeginTransaction, &context, &card, 0), 0);
    reply = engine_wait(send_transmit(ENGINE_LIMIT));
    CU_ASSERT_EQUAL_FATAL(reply->ret.Transmit.pbRecvBuffer.len, engine_answer.len);
    CU_ASSERT_EQUAL(
        memcmp(reply->ret.Transmit.pbRecvBuffer.data, engine_answer.data, engine_answer.len), 0);
    CU_ASSERT_EQUAL(engine_on_card(&engine, RDPESC_EndTransaction, &context, &card, 0), 0);
    CU_ASSERT_EQUAL(engine_on_card(&engine, RDPESC_Disconnect, &context, &card, 0), 0);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_ReleaseContext, &context), 0);
    CU_ASSERT_EQUAL(rm_script_resets(engine.script), 0);
    engine_close(&engine);
}

static void an_unknown_control_code_is_completed_as_unsuccessful(void)
{
    struct engine_reply *reply;

    engine_open(&engine, NULL);
    reply = engine_wait(engine_submit(&engine, 0x000900E4, 256, engine_command));
    CU_ASSERT_EQUAL(reply->end, ENGINE_COMPLETED);
    CU_ASSERT_EQUAL(reply->io_status, RDPESC_STATUS_UNSUCCESSFUL);
    CU_ASSERT_EQUAL(reply->output.len, 0);
    CU_ASSERT_EQUAL(replay_counters(engine.replay).malformed, 1);
    CU_ASSERT(engine_noticed(&engine, "0x000900E4"));
    engine_close(&engine);
}

static void a_call_that_does_not_decode_is_completed_as_unsuccessful(void)
{
    struct engine_reply *reply;

    engine_open(&engine, NULL);
    for (uint32_t len = 0; len <= engine_command.len; len++) {
        reply = engine_submit(&engine, RDPESC_Transmit, 2048,
                              (struct ndr_bytes){ engine_command.data, len });
        CU_ASSERT_EQUAL(engine_wait(reply)->io_status, RDPESC_STATUS_UNSUCCESSFUL);
        CU_ASSERT_EQUAL(reply->output.len, 0);
    }
    CU_ASSERT(engine_noticed(&engine, "refused a call: Transmit"));
    engine_close(&engine);
}

static void a_hostile_host_does_not_fill_the_log(void)
{
    int lines = 0;

    engine_open(&engine, NULL);
    for (int i = 0; i < 100; i++)
        (void)engine_submit(&engine, 0x000900E4, 256, engine_command);
    for (int i = 0; i < 100; i++)
        (void)engine_submit(&engine, RDPESC_Transmit, 256, engine_command);
    engine_free_replay(&engine);
    for (const char *at = engine.notices; (at = strstr(at, "refused")) != NULL; at++)
        lines++;
    CU_ASSERT_EQUAL(lines, 10);
    engine_close(&engine);
}

static void on_request_malformed_calls_are_dropped(void)
{
    struct replay_options options = { .malformed_drops = true };

    engine_open(&engine, &options);
    CU_ASSERT_EQUAL(engine_wait(engine_submit(&engine, 1, 256, engine_command))->end,
                    ENGINE_DISCARDED);
    CU_ASSERT_EQUAL(engine_wait(engine_submit(&engine, RDPESC_Transmit, 256, engine_command))->end,
                    ENGINE_DISCARDED);
    engine_close(&engine);
}

static void an_input_of_unreasonable_length_is_refused(void)
{
    uint8_t *octets = calloc(1, 300000);
    struct engine_reply *reply;

    engine_open(&engine, NULL);
    reply = engine_submit(&engine, RDPESC_AccessStartedEvent, 256,
                          (struct ndr_bytes){ octets, 300000 });
    CU_ASSERT_EQUAL(engine_wait(reply)->io_status, RDPESC_STATUS_UNSUCCESSFUL);
    reply = engine_submit(&engine, RDPESC_AccessStartedEvent, 256,
                          (struct ndr_bytes){ octets, 262144 });
    CU_ASSERT_EQUAL(engine_wait(reply)->io_status, RDPESC_STATUS_SUCCESS);
    engine_close(&engine);
    free(octets);
}

static void access_started_takes_any_octets(void)
{
    engine_open(&engine, NULL);
    for (uint32_t len = 0; len <= 5; len++) {
        struct ndr_bytes octets = { engine_command.data, len };
        struct engine_reply *reply = engine_submit(&engine, RDPESC_AccessStartedEvent, 256, octets);
        CU_ASSERT_EQUAL(engine_wait(reply)->io_status, RDPESC_STATUS_SUCCESS);
        CU_ASSERT_EQUAL(reply->output.len, 24);
    }
    engine_close(&engine);
}

static void calls_in_flight_are_capped(void)
{
    struct replay_options options = { .max_calls = 3 };
    struct engine_reply *replies[4];

    engine_open(&engine, &options);
    context = engine_establish(&engine);
    for (int i = 0; i < 4; i++)
        replies[i] = engine_send_wait(&engine, &context, ENGINE_READER, RDPESC_STATE_PRESENT,
                                      RDPESC_INFINITE);
    CU_ASSERT_EQUAL(engine_wait(replies[3])->io_status, RDPESC_STATUS_SUCCESS);
    CU_ASSERT_EQUAL(replies[3]->ret.ReturnCode, RDPESC_E_SERVER_TOO_BUSY);
    rm_script_pull(engine.script, ENGINE_READER);
    for (int i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(engine_wait(replies[i])->ret.ReturnCode, 0);
    engine_close(&engine);
}

/* ---- OutputBufferLength ---- */

static void a_return_that_does_not_fit_is_kept_and_the_card_not_asked_again(void)
{
    struct engine_reply *reply;

    help_open();
    reply = engine_wait(send_transmit(39));
    CU_ASSERT_EQUAL(reply->io_status, RDPESC_STATUS_BUFFER_TOO_SMALL);
    CU_ASSERT_EQUAL(reply->output.len, 0);
    reply = engine_wait(send_transmit(40));
    CU_ASSERT_EQUAL(reply->io_status, RDPESC_STATUS_SUCCESS);
    CU_ASSERT_EQUAL(reply->output.len, 40);
    CU_ASSERT_EQUAL(reply->ret.Transmit.pbRecvBuffer.len, engine_answer.len);
    CU_ASSERT_EQUAL(rm_script_calls(engine.script, RM_SCRIPT_transmit), 1);
    engine_close(&engine);
}

static void a_retry_may_be_too_small_again(void)
{
    help_open();
    CU_ASSERT_EQUAL(engine_wait(send_transmit(0))->io_status, RDPESC_STATUS_BUFFER_TOO_SMALL);
    CU_ASSERT_EQUAL(engine_wait(send_transmit(20))->io_status, RDPESC_STATUS_BUFFER_TOO_SMALL);
    CU_ASSERT_EQUAL(engine_wait(send_transmit(38))->io_status, RDPESC_STATUS_BUFFER_TOO_SMALL);
    CU_ASSERT_EQUAL(engine_wait(send_transmit(2048))->io_status, RDPESC_STATUS_SUCCESS);
    CU_ASSERT_EQUAL(rm_script_calls(engine.script, RM_SCRIPT_transmit), 1);
    engine_close(&engine);
}

static void the_same_call_without_more_room_is_a_new_call(void)
{
    help_open();
    CU_ASSERT_EQUAL(engine_wait(send_transmit(20))->io_status, RDPESC_STATUS_BUFFER_TOO_SMALL);
    CU_ASSERT_EQUAL(engine_wait(send_transmit(20))->io_status, RDPESC_STATUS_BUFFER_TOO_SMALL);
    CU_ASSERT_EQUAL(rm_script_calls(engine.script, RM_SCRIPT_transmit), 2);
    engine_close(&engine);
}

static void a_handle_that_did_not_fit_is_not_made_twice(void)
{
    struct ConnectA_Call call = { engine_text(ENGINE_READER),
                                  { .dwShareMode = 2, .dwPreferredProtocols = 3 } };
    struct engine_reply *reply;

    engine_open(&engine, NULL);
    context = engine_establish(&engine);
    call.Common.Context = engine_context(&context);
    reply = engine_wait(engine_send(&engine, RDPESC_ConnectA, 32, &call));
    CU_ASSERT_EQUAL(reply->io_status, RDPESC_STATUS_BUFFER_TOO_SMALL);
    reply = engine_wait(engine_send(&engine, RDPESC_ConnectA, 64, &call));
    CU_ASSERT_EQUAL_FATAL(reply->io_status, RDPESC_STATUS_SUCCESS);
    memcpy(card.octets, reply->ret.ConnectA.hCard.pbHandle.data, REPLAY_ID_LENGTH);
    CU_ASSERT_EQUAL(engine_on_card(&engine, RDPESC_Disconnect, &context, &card, 0), 0);
    CU_ASSERT_EQUAL(rm_script_calls(engine.script, RM_SCRIPT_connect), 1);
    engine_close(&engine);
}

/* ---- the end of a life ---- */

static void reset_forgets_everything_and_resets_cards(void)
{
    struct engine_reply *waiting;

    help_open();
    waiting = engine_send_wait(&engine, &context, ENGINE_SECOND_READER, RDPESC_STATE_EMPTY,
                               RDPESC_INFINITE);
    engine_await_parked(&engine, 1);
    CU_ASSERT(reset_takes() <= RESET_LIMIT);
    CU_ASSERT_EQUAL(waiting->end, ENGINE_DISCARDED);
    CU_ASSERT_EQUAL(rm_script_cards(engine.script), 0);
    CU_ASSERT_EQUAL(rm_script_resets(engine.script), 1);
    CU_ASSERT_EQUAL(replay_counters(engine.replay).contexts, 0);
    CU_ASSERT_EQUAL(replay_counters(engine.replay).handles, 0);
    CU_ASSERT_EQUAL(replay_counters(engine.replay).waiting, 0);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_IsValidContext, &context),
                    RDPESC_E_INVALID_HANDLE);
    context = engine_establish(&engine);
    card = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    CU_ASSERT_EQUAL(engine_wait(send_transmit(2048))->ret.ReturnCode, 0);
    engine_close(&engine);
}

static void reset_leaves_a_card_to_a_program_in_a_transaction(void)
{
    help_open();
    rm_script_hold(engine.script, ENGINE_READER, true);
    CU_ASSERT(reset_takes() <= RESET_LIMIT);
    CU_ASSERT_EQUAL(rm_script_resets(engine.script), 0);
    CU_ASSERT_EQUAL(rm_script_cards(engine.script), 0);
    engine_close(&engine);
}

static void reset_ends_the_waiting_for_a_transaction(void)
{
    struct engine_reply *waiting;

    help_open();
    rm_script_hold(engine.script, ENGINE_READER, true);
    waiting = send_transmit(2048);
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_transmit, 1));
    CU_ASSERT(reset_takes() <= RESET_LIMIT);
    CU_ASSERT_EQUAL(waiting->end, ENGINE_DISCARDED);
    engine_close(&engine);
}

static void reset_drops_replies_that_were_kept(void)
{
    help_open();
    (void)engine_wait(send_transmit(20));
    CU_ASSERT(reset_takes() <= RESET_LIMIT);
    CU_ASSERT_EQUAL(engine_wait(send_transmit(2048))->ret.ReturnCode, RDPESC_E_INVALID_HANDLE);
    engine_close(&engine);
}

static void reset_does_not_wait_for_a_card_that_hangs(void)
{
    struct engine_reply *hanging;
    struct engine_reply *behind;
    struct replay_id old_context;

    help_open();
    rm_script_close_gate(engine.script, RM_SCRIPT_transmit, NULL);
    hanging = send_transmit(2048);
    behind = send_transmit(2048);
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_transmit, 1));
    CU_ASSERT(reset_takes() <= RESET_LIMIT);
    CU_ASSERT_EQUAL(hanging->end, ENGINE_DISCARDED);
    CU_ASSERT_EQUAL(behind->end, ENGINE_DISCARDED);
    old_context = context;
    context = engine_establish(&engine);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_IsValidContext, &old_context),
                    RDPESC_E_INVALID_HANDLE);
    CU_ASSERT_EQUAL(rm_script_cards(engine.script), 1);
    rm_script_open_gate(engine.script, RM_SCRIPT_transmit);
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_disconnect, 1));
    card = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    CU_ASSERT_EQUAL(replay_counters(engine.replay).handles, 1);
    engine_close(&engine);
}

static void reset_does_not_wait_for_a_connect_that_hangs(void)
{
    struct ConnectA_Call call = { engine_text(ENGINE_READER),
                                  { .dwShareMode = 2, .dwPreferredProtocols = 3 } };
    struct engine_reply *hanging;

    engine_open(&engine, NULL);
    context = engine_establish(&engine);
    call.Common.Context = engine_context(&context);
    rm_script_close_gate(engine.script, RM_SCRIPT_connect, NULL);
    hanging = engine_send(&engine, RDPESC_ConnectA, 2048, &call);
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_connect, 1));
    CU_ASSERT(reset_takes() <= RESET_LIMIT);
    CU_ASSERT_EQUAL(hanging->end, ENGINE_DISCARDED);
    rm_script_open_gate(engine.script, RM_SCRIPT_connect);
    /* What it connected after all is let go of. */
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_disconnect, 1));
    CU_ASSERT_EQUAL(replay_counters(engine.replay).handles, 0);
    engine_close(&engine);
}

static void reset_does_not_wait_for_a_service_that_hangs(void)
{
    struct Context_Call call;
    struct engine_reply *hanging;
    unsigned asked;

    help_open();
    call = (struct Context_Call){ engine_context(&context) };
    asked = rm_script_calls(engine.script, RM_SCRIPT_list_readers);
    rm_script_close_gate(engine.script, RM_SCRIPT_list_readers, NULL);
    hanging = engine_send(&engine, RDPESC_IsValidContext, 2048, &call);
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_list_readers, asked + 1));
    CU_ASSERT(reset_takes() <= RESET_LIMIT);
    CU_ASSERT_EQUAL(hanging->end, ENGINE_DISCARDED);
    rm_script_open_gate(engine.script, RM_SCRIPT_list_readers);
    (void)engine_establish(&engine);
    engine_close(&engine);
}

static void reset_does_not_wait_for_a_watcher_that_cannot_be_cancelled(void)
{
    struct engine_reply *waiting;

    help_open();
    waiting =
        engine_send_wait(&engine, &context, ENGINE_READER, RDPESC_STATE_PRESENT, RDPESC_INFINITE);
    engine_await_parked(&engine, 1);
    rm_script_close_gate(engine.script, RM_SCRIPT_cancel, NULL);
    CU_ASSERT(reset_takes() <= RESET_LIMIT);
    CU_ASSERT_EQUAL(waiting->end, ENGINE_DISCARDED);
    context = engine_establish(&engine);
    waiting =
        engine_send_wait(&engine, &context, ENGINE_READER, RDPESC_STATE_PRESENT, RDPESC_INFINITE);
    engine_await_parked(&engine, 1);
    rm_script_pull(engine.script, ENGINE_READER);
    CU_ASSERT_EQUAL(engine_wait(waiting)->ret.ReturnCode, 0);
    engine_close(&engine);
}

static void free_does_not_wait_for_a_card_that_hangs(void)
{
    struct engine_reply *hanging;
    uint64_t start;

    help_open();
    rm_script_close_gate(engine.script, RM_SCRIPT_transmit, NULL);
    hanging = send_transmit(2048);
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_transmit, 1));
    start = engine_ms();
    engine_free_replay(&engine);
    CU_ASSERT(engine_ms() - start <= RESET_LIMIT);
    CU_ASSERT_EQUAL(hanging->end, ENGINE_DISCARDED);
    /* engine_close opens the gate and waits until the thread is gone, with all it had. */
    engine_close(&engine);
}

static void free_in_the_midst_of_everything_leaves_nothing(void)
{
    for (int i = 0; i < 30; i++) {
        help_open();
        for (int j = 0; j < 20; j++) {
            (void)send_transmit(j % 3 ? 2048 : 20);
            (void)engine_send_wait(&engine, &context, ENGINE_READER,
                                   j % 2 ? RDPESC_STATE_PRESENT : 0, 5);
        }
        if (i % 2)
            rm_script_pull(engine.script, ENGINE_READER);
        engine_close(&engine);
    }
}

static void resets_one_after_another_are_harmless(void)
{
    engine_open(&engine, NULL);
    for (int i = 0; i < 50; i++) {
        replay_reset(engine.replay);
        if (i % 3 == 0)
            (void)engine_establish(&engine);
    }
    engine_close(&engine);
    replay_free(NULL);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(a_session_runs_from_establish_to_release),
    SUITE_TEST(an_unknown_control_code_is_completed_as_unsuccessful),
    SUITE_TEST(a_call_that_does_not_decode_is_completed_as_unsuccessful),
    SUITE_TEST(a_hostile_host_does_not_fill_the_log),
    SUITE_TEST(on_request_malformed_calls_are_dropped),
    SUITE_TEST(an_input_of_unreasonable_length_is_refused),
    SUITE_TEST(access_started_takes_any_octets),
    SUITE_TEST(calls_in_flight_are_capped),
    SUITE_TEST(a_return_that_does_not_fit_is_kept_and_the_card_not_asked_again),
    SUITE_TEST(a_retry_may_be_too_small_again),
    SUITE_TEST(the_same_call_without_more_room_is_a_new_call),
    SUITE_TEST(a_handle_that_did_not_fit_is_not_made_twice),
    SUITE_TEST(reset_forgets_everything_and_resets_cards),
    SUITE_TEST(reset_leaves_a_card_to_a_program_in_a_transaction),
    SUITE_TEST(reset_ends_the_waiting_for_a_transaction),
    SUITE_TEST(reset_drops_replies_that_were_kept),
    SUITE_TEST(reset_does_not_wait_for_a_card_that_hangs),
    SUITE_TEST(reset_does_not_wait_for_a_connect_that_hangs),
    SUITE_TEST(reset_does_not_wait_for_a_service_that_hangs),
    SUITE_TEST(reset_does_not_wait_for_a_watcher_that_cannot_be_cancelled),
    SUITE_TEST(free_does_not_wait_for_a_card_that_hangs),
    SUITE_TEST(free_in_the_midst_of_everything_leaves_nothing),
    SUITE_TEST(resets_one_after_another_are_harmless),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "replay", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
