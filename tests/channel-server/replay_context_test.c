/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

static struct engine engine;

static void contexts_are_distinct_and_opaque(void)
{
    struct replay_id first;
    struct replay_id second;

    engine_open(&engine, NULL);
    first = engine_establish(&engine);
    second = engine_establish(&engine);
    CU_ASSERT(replay_id_view(&first).len == 8);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_IsValidContext, &first), 0);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_ReleaseContext, &first), 0);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_IsValidContext, &first),
                    RDPESC_E_INVALID_HANDLE);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_IsValidContext, &second), 0);
    CU_ASSERT_EQUAL(replay_counters(engine.replay).contexts, 1);
    engine_close(&engine);
}

static void a_context_that_was_never_given_out_is_refused(void)
{
    const struct replay_id invented = { { 0, 0, 1, 0, 1, 2, 3, 4 } };

    engine_open(&engine, NULL);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_IsValidContext, &invented),
                    RDPESC_E_INVALID_HANDLE);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_Cancel, &invented), RDPESC_E_INVALID_HANDLE);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_ReleaseContext, &invented),
                    RDPESC_E_INVALID_HANDLE);
    engine_close(&engine);
}

static void a_context_without_octets_is_refused(void)
{
    struct Context_Call call = { { { NULL, 0 } } };

    engine_open(&engine, NULL);
    CU_ASSERT_EQUAL(engine_call(&engine, RDPESC_IsValidContext, &call)->ret.ReturnCode,
                    RDPESC_E_INVALID_HANDLE);
    engine_close(&engine);
}

static void remote_contexts_cost_no_native_one(void)
{
    engine_open(&engine, NULL);
    for (int i = 0; i < 300; i++)
        (void)engine_establish(&engine);
    CU_ASSERT_EQUAL(rm_script_contexts(engine.script), 1);
    CU_ASSERT_EQUAL(replay_counters(engine.replay).contexts, 300);
    engine_close(&engine);
}

static void contexts_are_capped(void)
{
    struct replay_options options = { .max_contexts = 2 };
    struct EstablishContext_Call call = { RDPESC_SCOPE_USER };
    struct replay_id first;

    engine_open(&engine, &options);
    first = engine_establish(&engine);
    (void)engine_establish(&engine);
    CU_ASSERT_EQUAL(engine_call(&engine, RDPESC_EstablishContext, &call)->ret.ReturnCode,
                    RDPESC_E_NO_MEMORY);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_ReleaseContext, &first), 0);
    (void)engine_establish(&engine);
    engine_close(&engine);
}

static void a_scope_that_is_none_is_refused(void)
{
    struct EstablishContext_Call call = { 4 };

    engine_open(&engine, NULL);
    CU_ASSERT_EQUAL(engine_call(&engine, RDPESC_EstablishContext, &call)->ret.ReturnCode,
                    RDPESC_E_INVALID_VALUE);
    engine_close(&engine);
}

static void without_a_service_there_is_no_context(void)
{
    struct EstablishContext_Call call = { RDPESC_SCOPE_SYSTEM };
    struct ScardAccessStartedEvent_Call started = { { 7 } };
    struct engine_reply *reply;

    engine_open(&engine, NULL);
    rm_script_service(engine.script, false);
    reply = engine_call(&engine, RDPESC_EstablishContext, &call);
    CU_ASSERT_EQUAL(reply->io_status, RDPESC_STATUS_SUCCESS);
    CU_ASSERT_EQUAL(reply->ret.ReturnCode, RDPESC_E_NO_SERVICE);
    CU_ASSERT_PTR_NULL(reply->ret.EstablishContext.Context.pbContext.data);
    CU_ASSERT_EQUAL(engine_call(&engine, RDPESC_AccessStartedEvent, &started)->ret.ReturnCode,
                    RDPESC_E_NO_SERVICE);
    CU_ASSERT(engine_noticed(&engine, "does pcscd run?"));
    engine_close(&engine);
}

static void a_context_outlives_the_service(void)
{
    struct replay_id context;

    engine_open(&engine, NULL);
    context = engine_establish(&engine);
    rm_script_service(engine.script, false);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_IsValidContext, &context),
                    RDPESC_E_NO_SERVICE);
    rm_script_service(engine.script, true);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_IsValidContext, &context), 0);
    CU_ASSERT(engine_noticed(&engine, "the smart card service runs, readers seen: 2"));
    engine_close(&engine);
}

static void cancel_succeeds_when_nothing_waits(void)
{
    struct replay_id context;

    engine_open(&engine, NULL);
    context = engine_establish(&engine);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_Cancel, &context), 0);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_Cancel, &context), 0);
    engine_close(&engine);
}

static void release_lets_go_of_cards(void)
{
    struct replay_id context;
    struct replay_id card;

    engine_open(&engine, NULL);
    context = engine_establish(&engine);
    card = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_ReleaseContext, &context), 0);
    CU_ASSERT_EQUAL(rm_script_cards(engine.script), 0);
    CU_ASSERT_EQUAL(rm_script_resets(engine.script), 0);
    CU_ASSERT_EQUAL(replay_counters(engine.replay).handles, 0);
    CU_ASSERT_EQUAL(engine_on_card(&engine, RDPESC_Disconnect, &context, &card, 0),
                    RDPESC_E_INVALID_HANDLE);
    engine_close(&engine);
}

static void release_resets_a_card_in_a_transaction(void)
{
    struct replay_id context;
    struct replay_id card;

    engine_open(&engine, NULL);
    context = engine_establish(&engine);
    card = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    CU_ASSERT_EQUAL(engine_on_card(&engine, RDPESC_BeginTransaction, &context, &card, 0), 0);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_ReleaseContext, &context), 0);
    CU_ASSERT_EQUAL(rm_script_resets(engine.script), 1);
    engine_close(&engine);
}

static void release_waits_for_a_card_that_is_at_work(void)
{
    struct replay_id context;
    struct replay_id card;
    struct Transmit_Call transmit;
    struct Context_Call release;
    struct engine_reply *working;
    struct engine_reply *releasing;

    engine_open(&engine, NULL);
    context = engine_establish(&engine);
    card = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    transmit = engine_transmit(&context, &card, engine_command, 258);
    release = (struct Context_Call){ engine_context(&context) };
    rm_script_close_gate(engine.script, RM_SCRIPT_transmit, NULL);
    working = engine_send(&engine, RDPESC_Transmit, ENGINE_LIMIT, &transmit);
    CU_ASSERT(rm_script_await(engine.script, RM_SCRIPT_transmit, 1));
    releasing = engine_send(&engine, RDPESC_ReleaseContext, ENGINE_LIMIT, &release);
    CU_ASSERT_EQUAL(engine_on_context(&engine, RDPESC_IsValidContext, &context),
                    RDPESC_E_INVALID_HANDLE);
    CU_ASSERT(engine_pending(releasing));
    rm_script_open_gate(engine.script, RM_SCRIPT_transmit);
    CU_ASSERT_EQUAL(engine_wait(working)->ret.ReturnCode, 0);
    CU_ASSERT_EQUAL(engine_wait(releasing)->ret.ReturnCode, 0);
    CU_ASSERT_EQUAL(rm_script_cards(engine.script), 0);
    engine_close(&engine);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(contexts_are_distinct_and_opaque),
    SUITE_TEST(a_context_that_was_never_given_out_is_refused),
    SUITE_TEST(a_context_without_octets_is_refused),
    SUITE_TEST(remote_contexts_cost_no_native_one),
    SUITE_TEST(contexts_are_capped),
    SUITE_TEST(a_scope_that_is_none_is_refused),
    SUITE_TEST(without_a_service_there_is_no_context),
    SUITE_TEST(a_context_outlives_the_service),
    SUITE_TEST(cancel_succeeds_when_nothing_waits),
    SUITE_TEST(release_lets_go_of_cards),
    SUITE_TEST(release_resets_a_card_in_a_transaction),
    SUITE_TEST(release_waits_for_a_card_that_is_at_work),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "replay_context", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
