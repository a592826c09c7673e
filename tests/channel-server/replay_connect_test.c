/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

static struct engine engine;
static struct replay_id context;

static void help_open(const struct replay_options *options)
{
    engine_open(&engine, options);
    context = engine_establish(&engine);
}

static struct engine_reply *connect_to(struct ndr_bytes reader, uint32_t share_mode,
                                       uint32_t protocols)
{
    struct ConnectA_Call call = { reader, { engine_context(&context), share_mode, protocols } };

    return engine_call(&engine, RDPESC_ConnectA, &call);
}

static void connect_returns_context_handle_and_protocol(void)
{
    struct engine_reply *reply;

    help_open(NULL);
    reply = connect_to(engine_text(ENGINE_READER), RDPESC_SHARE_SHARED, 3);
    CU_ASSERT_EQUAL(reply->ret.ReturnCode, 0);
    CU_ASSERT_EQUAL(reply->ret.ConnectA.dwActiveProtocol, RDPESC_PROTOCOL_T0);
    CU_ASSERT_EQUAL(reply->ret.ConnectA.hCard.Context.pbContext.len, REPLAY_ID_LENGTH);
    CU_ASSERT_EQUAL(reply->ret.ConnectA.hCard.pbHandle.len, REPLAY_ID_LENGTH);
    CU_ASSERT_EQUAL(replay_counters(engine.replay).handles, 1);
    engine_close(&engine);
}

static void a_reader_is_found_by_its_utf16_name(void)
{
    static const char name[] = "Zweiter Leser ";
    uint8_t octets[256];
    struct ConnectW_Call call = { .Common = { .dwShareMode = RDPESC_SHARE_DIRECT } };
    struct ndr_bytes wide = engine_wide(name, octets);

    octets[wide.len] = 0xE4;
    octets[wide.len + 1] = 0;
    wide.len += 2;
    help_open(NULL);
    call.szReader = wide;
    call.Common.Context = engine_context(&context);
    CU_ASSERT_EQUAL(engine_call(&engine, RDPESC_ConnectW, &call)->ret.ReturnCode, 0);
    engine_close(&engine);
}

static void errors_are_the_resource_managers(void)
{
    static char long_name[300];

    for (unsigned i = 0; i + 1 < sizeof long_name; i++)
        long_name[i] = 'x';
    help_open(NULL);
    CU_ASSERT_EQUAL(connect_to(engine_text("Reader 9"), 2, 3)->ret.ReturnCode,
                    RDPESC_E_UNKNOWN_READER);
    CU_ASSERT_EQUAL(connect_to((struct ndr_bytes){ NULL, 0 }, 2, 3)->ret.ReturnCode,
                    RDPESC_E_UNKNOWN_READER);
    CU_ASSERT_EQUAL(connect_to(engine_text(long_name), 2, 3)->ret.ReturnCode,
                    RDPESC_E_UNKNOWN_READER);
    CU_ASSERT_EQUAL(connect_to(engine_text(ENGINE_SECOND_READER), 2, 3)->ret.ReturnCode,
                    RDPESC_E_NO_SMARTCARD);
    CU_ASSERT_EQUAL(connect_to(engine_text(ENGINE_READER), 2, 2)->ret.ReturnCode,
                    RDPESC_E_PROTO_MISMATCH);
    CU_ASSERT_EQUAL(replay_counters(engine.replay).handles, 0);
    engine_close(&engine);
}

static void a_failed_connect_returns_nothing_but_its_code(void)
{
    struct engine_reply *reply;

    help_open(NULL);
    reply = connect_to(engine_text(ENGINE_SECOND_READER), 2, 3);
    CU_ASSERT_PTR_NULL(reply->ret.ConnectA.hCard.Context.pbContext.data);
    CU_ASSERT_PTR_NULL(reply->ret.ConnectA.hCard.pbHandle.data);
    CU_ASSERT_EQUAL(reply->ret.ConnectA.dwActiveProtocol, 0);
    engine_close(&engine);
}

static void a_share_mode_that_is_taken_is_refused_at_once(void)
{
    help_open(NULL);
    (void)engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_EXCLUSIVE);
    CU_ASSERT_EQUAL(connect_to(engine_text(ENGINE_READER), RDPESC_SHARE_SHARED, 3)->ret.ReturnCode,
                    RDPESC_E_SHARING_VIOLATION);
    CU_ASSERT_EQUAL(rm_script_calls(engine.script, RM_SCRIPT_connect), 2);
    engine_close(&engine);
}

static void handles_are_capped(void)
{
    struct replay_options options = { .max_handles = 2 };
    struct replay_id card;

    help_open(&options);
    card = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    (void)engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    CU_ASSERT_EQUAL(connect_to(engine_text(ENGINE_READER), 2, 3)->ret.ReturnCode,
                    RDPESC_E_NO_MEMORY);
    CU_ASSERT_EQUAL(rm_script_calls(engine.script, RM_SCRIPT_connect), 2);
    CU_ASSERT_EQUAL(engine_on_card(&engine, RDPESC_Disconnect, &context, &card, 0), 0);
    engine_close(&engine);
}

static void disconnect_takes_the_handle_whatever_comes_behind(void)
{
    struct HCardAndDisposition_Call call;
    struct engine_reply *first;
    struct engine_reply *second;
    struct replay_id card;

    help_open(NULL);
    card = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    call = (struct HCardAndDisposition_Call){ engine_handle(&context, &card), RDPESC_RESET_CARD };
    rm_script_close_gate(engine.script, RM_SCRIPT_disconnect, NULL);
    first = engine_send(&engine, RDPESC_Disconnect, ENGINE_LIMIT, &call);
    second = engine_send(&engine, RDPESC_Disconnect, ENGINE_LIMIT, &call);
    rm_script_open_gate(engine.script, RM_SCRIPT_disconnect);
    CU_ASSERT_EQUAL(engine_wait(first)->ret.ReturnCode, 0);
    CU_ASSERT_EQUAL(engine_wait(second)->ret.ReturnCode, RDPESC_E_INVALID_HANDLE);
    CU_ASSERT_EQUAL(rm_script_resets(engine.script), 1);
    engine_close(&engine);
}

static void a_disposition_that_is_none_leaves_the_handle(void)
{
    struct replay_id card;

    help_open(NULL);
    card = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    CU_ASSERT_EQUAL(engine_on_card(&engine, RDPESC_Disconnect, &context, &card, 4),
                    RDPESC_E_INVALID_VALUE);
    CU_ASSERT_EQUAL(engine_on_card(&engine, RDPESC_Disconnect, &context, &card, 3), 0);
    engine_close(&engine);
}

static void a_reset_is_seen_by_other_handles(void)
{
    struct replay_id first;
    struct replay_id second;

    help_open(NULL);
    first = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    second = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    CU_ASSERT_EQUAL(engine_on_card(&engine, RDPESC_Disconnect, &context, &first, RDPESC_RESET_CARD),
                    0);
    CU_ASSERT_EQUAL(engine_on_card(&engine, RDPESC_BeginTransaction, &context, &second, 0),
                    RDPESC_W_RESET_CARD);
    engine_close(&engine);
}

static void the_end_of_no_transaction_is_an_error(void)
{
    struct replay_id card;

    help_open(NULL);
    card = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
    CU_ASSERT_EQUAL(engine_on_card(&engine, RDPESC_EndTransaction, &context, &card, 0),
                    RDPESC_E_NOT_TRANSACTED);
    engine_close(&engine);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(connect_returns_context_handle_and_protocol),
    SUITE_TEST(a_reader_is_found_by_its_utf16_name),
    SUITE_TEST(errors_are_the_resource_managers),
    SUITE_TEST(a_failed_connect_returns_nothing_but_its_code),
    SUITE_TEST(a_share_mode_that_is_taken_is_refused_at_once),
    SUITE_TEST(handles_are_capped),
    SUITE_TEST(disconnect_takes_the_handle_whatever_comes_behind),
    SUITE_TEST(a_disposition_that_is_none_leaves_the_handle),
    SUITE_TEST(a_reset_is_seen_by_other_handles),
    SUITE_TEST(the_end_of_no_transaction_is_an_error),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "replay_connect", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
