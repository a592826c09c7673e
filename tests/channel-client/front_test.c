/* SPDX-License-Identifier: Apache-2.0 */
#include "front_rig.h"
#include "utf.h"

static bool name_is(struct ndr_bytes wide, const char *text)
{
    char narrow[256];

    return utf8_from_utf16(wide, narrow, sizeof narrow) && strcmp(narrow, text) == 0;
}

/* ---- versions ---- */

static void each_known_version_is_echoed(void)
{
    for (int32_t minor = 4; minor <= 6; minor++) {
        int program = program_open();
        program_greets(program, minor);
        program_close(program);
    }
}

static void other_versions_are_told_the_newest_known_one(void)
{
    static const struct pcscd_version others[] = {
        { 4, 3, 0 }, { 4, 7, 0 }, { 3, 4, 0 }, { 5, 4, 0 }
    };
    int program = program_open();

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct pcscd_version version = others[i];
        CU_ASSERT_TRUE(program_asks(program, PCSCD_VERSION, &version, sizeof version));
        CU_ASSERT_EQUAL(version.major, 4);
        CU_ASSERT_EQUAL(version.minor, 6);
        CU_ASSERT_EQUAL(version.rv, RDPESC_E_SERVICE_STOPPED);
    }
    program_greets(program, 6);
    program_close(program);
}

/* ---- contexts ---- */

static void a_context_is_established_on_the_far_side(void)
{
    struct pcscd_establish establish = { RDPESC_SCOPE_USER, 0, 77 };
    int program = program_open();

    program_greets(program, 4);
    program_send(program, PCSCD_ESTABLISH_CONTEXT, &establish, sizeof establish);
    CU_ASSERT_TRUE(program_hears_nothing(program));
    CU_ASSERT_EQUAL(fake_waiting(RDPESC_EstablishContext)->call.EstablishContext.dwScope,
                    RDPESC_SCOPE_USER);
    fake_answer_context("CONTEXT");
    CU_ASSERT_TRUE(program_receives(program, &establish, sizeof establish));
    CU_ASSERT_EQUAL(establish.rv, 0);
    CU_ASSERT_EQUAL(establish.dwScope, RDPESC_SCOPE_USER);
    CU_ASSERT_TRUE(establish.hContext > 0 && establish.hContext <= 0x7FFFFFFF);
    CU_ASSERT_EQUAL(front_counters(rig.front).contexts, 1);
    program_close(program);
    CU_ASSERT_EQUAL(front_counters(rig.front).contexts, 0);
    CU_ASSERT_EQUAL(front_counters(rig.front).clients, 0);
}

static void the_far_sides_refusal_of_a_context_reaches_the_program(void)
{
    struct pcscd_establish establish = { RDPESC_SCOPE_SYSTEM, 0, 77 };
    int program = program_open();

    program_greets(program, 4);
    program_send(program, PCSCD_ESTABLISH_CONTEXT, &establish, sizeof establish);
    fake_answer_code(fake_waiting(RDPESC_EstablishContext), RDPESC_E_NO_SERVICE);
    CU_ASSERT_TRUE(program_receives(program, &establish, sizeof establish));
    CU_ASSERT_EQUAL(establish.rv, RDPESC_E_NO_SERVICE);
    establish.dwScope = 4;
    CU_ASSERT_TRUE(program_asks(program, PCSCD_ESTABLISH_CONTEXT, &establish, sizeof establish));
    CU_ASSERT_EQUAL(establish.rv, RDPESC_E_INVALID_VALUE);
    CU_ASSERT_EQUAL(front_counters(rig.front).contexts, 0);
    program_close(program);
}

static void a_release_waits_for_the_far_side(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_release release = { hContext, 77 };

    program_send(program, PCSCD_RELEASE_CONTEXT, &release, sizeof release);
    CU_ASSERT_TRUE(program_hears_nothing(program));
    struct fake_call *call = fake_waiting(RDPESC_ReleaseContext);
    CU_ASSERT_TRUE(bytes_are(call->call.ReleaseContext.Context.pbContext, "CONTEXT"));
    fake_answer_code(call, 0);
    CU_ASSERT_TRUE(program_receives(program, &release, sizeof release));
    CU_ASSERT_EQUAL(release.rv, 0);
    CU_ASSERT_EQUAL(front_counters(rig.front).contexts, 0);
    program_close(program);
    CU_ASSERT_EQUAL(fake_made(RDPESC_ReleaseContext), 1);
}

static void names_of_contexts_and_handles_are_unique(void)
{
    uint32_t hContexts[CONNECTIONS_MAX];
    int programs[CONNECTIONS_MAX];
    uint32_t seen[2 * CONNECTIONS_MAX];

    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        programs[i] = program_start(4, &hContexts[i]);
        seen[2 * i] = hContexts[i];
        seen[2 * i + 1] = (uint32_t)program_connects(programs[i], hContexts[i], "C");
    }
    for (size_t i = 0; i < 2 * CONNECTIONS_MAX; i++)
        for (size_t k = 0; k < i; k++)
            CU_ASSERT_NOT_EQUAL(seen[i], seen[k]);
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        program_close(programs[i]);
}

/* ---- cards ---- */

static void a_connect_is_translated_both_ways(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_connect connect = connect_to(hContext, "Caf\xc3\xa9");
    size_t count;

    connect.dwShareMode = RDPESC_SHARE_EXCLUSIVE;
    connect.dwPreferredProtocols =
        0x80000000u | PCSCD_PROTOCOL_T15 | PCSCD_PROTOCOL_RAW | PCSCD_PROTOCOL_T1;
    program_send(program, PCSCD_CONNECT, &connect, sizeof connect);
    const struct ConnectW_Call *call = &fake_waiting(RDPESC_ConnectW)->call.ConnectW;
    CU_ASSERT_TRUE(name_is(call->szReader, "Caf\xc3\xa9"));
    CU_ASSERT_EQUAL(call->szReader.len, 8);
    CU_ASSERT_TRUE(bytes_are(call->Common.Context.pbContext, "CONTEXT"));
    CU_ASSERT_EQUAL(call->Common.dwShareMode, RDPESC_SHARE_EXCLUSIVE);
    CU_ASSERT_EQUAL(call->Common.dwPreferredProtocols, RDPESC_PROTOCOL_RAW | RDPESC_PROTOCOL_T1);
    answer_connect("CARD", RDPESC_PROTOCOL_RAW);
    CU_ASSERT_TRUE(program_receives(program, &connect, sizeof connect));
    CU_ASSERT_EQUAL(connect.rv, 0);
    CU_ASSERT_EQUAL(connect.dwActiveProtocol, PCSCD_PROTOCOL_RAW);
    CU_ASSERT_TRUE(connect.hCard > 0);
    (void)program_connects(program, hContext, "OTHER");
    CU_ASSERT_EQUAL(mirror_readers(rig.mirror, &count)->active_protocol, RDPESC_PROTOCOL_T0);
    program_close(program);
}

static void a_connect_that_fails_gives_no_handle(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_connect connect = connect_to(hContext, "Reader");

    connect.hCard = 4711;
    program_send(program, PCSCD_CONNECT, &connect, sizeof connect);
    fake_answer_code(fake_waiting(RDPESC_ConnectW), RDPESC_E_NO_SMARTCARD);
    CU_ASSERT_TRUE(program_receives(program, &connect, sizeof connect));
    CU_ASSERT_EQUAL(connect.rv, RDPESC_E_NO_SMARTCARD);
    CU_ASSERT_EQUAL(connect.hCard, 0);
    connect = connect_to(hContext, "not \xff utf-8");
    CU_ASSERT_TRUE(program_asks(program, PCSCD_CONNECT, &connect, sizeof connect));
    CU_ASSERT_EQUAL(connect.rv, RDPESC_E_UNKNOWN_READER);
    program_close(program);
}

static void a_context_holds_two_hundred_handles(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_connect connect;

    for (unsigned i = 0; i < PCSCD_CONTEXT_HANDLES_MAX; i++)
        (void)program_connects(program, hContext, "CARD");
    connect = connect_to(hContext, "Reader");
    CU_ASSERT_TRUE(program_asks(program, PCSCD_CONNECT, &connect, sizeof connect));
    CU_ASSERT_EQUAL(connect.rv, RDPESC_E_NO_MEMORY);
    rig_link_goes();
    rig_link_comes();
    connect = connect_to(hContext, "Reader");
    program_send(program, PCSCD_CONNECT, &connect, sizeof connect);
    fake_answer_context("CONTEXT");
    answer_connect("CARD", RDPESC_PROTOCOL_T0);
    CU_ASSERT_TRUE(program_receives(program, &connect, sizeof connect));
    CU_ASSERT_EQUAL(connect.rv, 0);
    program_close(program);
}

static void a_transaction_goes_there_and_back(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_card begin = { program_connects(program, hContext, "CARD"), 77 };
    struct pcscd_disposition end = { begin.hCard, RDPESC_RESET_CARD, 77 };

    program_send(program, PCSCD_BEGIN_TRANSACTION, &begin, sizeof begin);
    CU_ASSERT_TRUE(program_hears_nothing(program));
    struct fake_call *call = fake_waiting(RDPESC_BeginTransaction);
    CU_ASSERT_TRUE(bytes_are(call->call.BeginTransaction.hCard.pbHandle, "CARD"));
    CU_ASSERT_TRUE(bytes_are(call->call.BeginTransaction.hCard.Context.pbContext, "CONTEXT"));
    fake_answer_code(call, 0);
    CU_ASSERT_TRUE(program_receives(program, &begin, sizeof begin));
    CU_ASSERT_EQUAL(begin.rv, 0);
    program_send(program, PCSCD_END_TRANSACTION, &end, sizeof end);
    call = fake_waiting(RDPESC_EndTransaction);
    CU_ASSERT_EQUAL(call->call.EndTransaction.dwDisposition, RDPESC_RESET_CARD);
    fake_answer_code(call, RDPESC_E_NOT_TRANSACTED);
    CU_ASSERT_TRUE(program_receives(program, &end, sizeof end));
    CU_ASSERT_EQUAL(end.rv, RDPESC_E_NOT_TRANSACTED);
    program_close(program);
}

static void a_reconnect_brings_the_new_protocol(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_reconnect reconnect = {
        .hCard = program_connects(program, hContext, "CARD"),
        .dwShareMode = RDPESC_SHARE_EXCLUSIVE,
        .dwPreferredProtocols = PCSCD_PROTOCOL_RAW,
        .dwInitialization = RDPESC_UNPOWER_CARD,
    };
    union rdpesc_return ret = { 0 };
    size_t count;

    program_send(program, PCSCD_RECONNECT, &reconnect, sizeof reconnect);
    struct fake_call *call = fake_waiting(RDPESC_Reconnect);
    CU_ASSERT_EQUAL(call->call.Reconnect.dwShareMode, RDPESC_SHARE_EXCLUSIVE);
    CU_ASSERT_EQUAL(call->call.Reconnect.dwPreferredProtocols, RDPESC_PROTOCOL_RAW);
    CU_ASSERT_EQUAL(call->call.Reconnect.dwInitialization, RDPESC_UNPOWER_CARD);
    ret.Reconnect.dwActiveProtocol = RDPESC_PROTOCOL_RAW;
    fake_answer(call, &ret);
    CU_ASSERT_TRUE(program_receives(program, &reconnect, sizeof reconnect));
    CU_ASSERT_EQUAL(reconnect.rv, 0);
    CU_ASSERT_EQUAL(reconnect.dwActiveProtocol, PCSCD_PROTOCOL_RAW);
    CU_ASSERT_EQUAL(mirror_readers(rig.mirror, &count)->active_protocol, RDPESC_PROTOCOL_RAW);
    program_close(program);
}

static void a_disconnect_ends_the_handle(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_disposition disconnect = { program_connects(program, hContext, "CARD"),
                                            RDPESC_EJECT_CARD, 77 };
    struct pcscd_disposition again = disconnect;

    program_send(program, PCSCD_DISCONNECT, &disconnect, sizeof disconnect);
    struct fake_call *call = fake_waiting(RDPESC_Disconnect);
    CU_ASSERT_EQUAL(call->call.Disconnect.dwDisposition, RDPESC_EJECT_CARD);
    fake_answer_code(call, 0);
    CU_ASSERT_TRUE(program_receives(program, &disconnect, sizeof disconnect));
    CU_ASSERT_EQUAL(disconnect.rv, 0);
    program_send(program, PCSCD_DISCONNECT, &again, sizeof again);
    CU_ASSERT_TRUE(program_is_cut_off(program));
    CU_ASSERT_EQUAL(fake_made(RDPESC_Disconnect), 1);
    program_close(program);
}

static void a_status_asks_the_far_side_for_its_code(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_card status = { program_connects(program, hContext, "CARD"), 77 };

    program_send(program, PCSCD_STATUS, &status, sizeof status);
    struct fake_call *call = fake_waiting(RDPESC_StatusW);
    CU_ASSERT_EQUAL(call->call.StatusW.cchReaderLen, RDPESC_AUTOALLOCATE);
    fake_answer_code(call, RDPESC_W_REMOVED_CARD);
    CU_ASSERT_TRUE(program_receives(program, &status, sizeof status));
    CU_ASSERT_EQUAL(status.rv, RDPESC_W_REMOVED_CARD);
    program_close(program);
}

/* ---- the link ---- */

static void without_a_link_a_context_is_local_and_a_reader_unknown(void)
{
    uint32_t hContext;

    rig_link_goes();
    int program = program_start(4, &hContext);
    struct pcscd_connect connect = connect_to(hContext, "Reader");
    CU_ASSERT_TRUE(program_asks(program, PCSCD_CONNECT, &connect, sizeof connect));
    CU_ASSERT_EQUAL(connect.rv, RDPESC_E_UNKNOWN_READER);
    rig_link_comes();
    connect = connect_to(hContext, "Reader");
    program_send(program, PCSCD_CONNECT, &connect, sizeof connect);
    fake_answer_context("CONTEXT");
    CU_ASSERT_TRUE(program_hears_nothing(program));
    answer_connect("CARD", RDPESC_PROTOCOL_T1);
    CU_ASSERT_TRUE(program_receives(program, &connect, sizeof connect));
    CU_ASSERT_EQUAL(connect.rv, 0);
    program_close(program);
}

static void a_context_that_cannot_be_opened_later_fails_the_call_that_needs_it(void)
{
    uint32_t hContext;

    rig_link_goes();
    int program = program_start(4, &hContext);
    rig_link_comes();
    struct pcscd_connect connect = connect_to(hContext, "Reader");
    program_send(program, PCSCD_CONNECT, &connect, sizeof connect);
    fake_answer_code(fake_waiting(RDPESC_EstablishContext), RDPESC_E_NO_SERVICE);
    CU_ASSERT_TRUE(program_receives(program, &connect, sizeof connect));
    CU_ASSERT_EQUAL(connect.rv, RDPESC_E_NO_SERVICE);
    program_close(program);
}

static void a_link_that_goes_ends_the_call_under_way_and_the_handles(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_card begin = { program_connects(program, hContext, "CARD"), 77 };
    struct pcscd_card status = { begin.hCard, 77 };

    program_send(program, PCSCD_BEGIN_TRANSACTION, &begin, sizeof begin);
    rig_link_goes();
    CU_ASSERT_TRUE(program_receives(program, &begin, sizeof begin));
    CU_ASSERT_EQUAL(begin.rv, RDPESC_E_READER_UNAVAILABLE);
    rig_link_comes();
    size_t made = fake.count;
    CU_ASSERT_TRUE(program_asks(program, PCSCD_STATUS, &status, sizeof status));
    CU_ASSERT_EQUAL(status.rv, RDPESC_E_READER_UNAVAILABLE);
    CU_ASSERT_EQUAL(fake.count, made);
    struct pcscd_release release = { hContext, 77 };
    CU_ASSERT_TRUE(program_asks(program, PCSCD_RELEASE_CONTEXT, &release, sizeof release));
    CU_ASSERT_EQUAL(release.rv, 0);
    program_close(program);
    CU_ASSERT_EQUAL(fake.count, made);
}

static void a_link_that_goes_while_a_context_is_made_leaves_a_local_one(void)
{
    struct pcscd_establish establish = { RDPESC_SCOPE_SYSTEM, 0, 77 };
    int program = program_open();

    program_greets(program, 4);
    program_send(program, PCSCD_ESTABLISH_CONTEXT, &establish, sizeof establish);
    rig_link_goes();
    CU_ASSERT_TRUE(program_receives(program, &establish, sizeof establish));
    CU_ASSERT_EQUAL(establish.rv, 0);
    CU_ASSERT_TRUE(establish.hContext > 0);
    program_close(program);
}

/* ---- counters ---- */

static void calls_of_programs_are_counted_once(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_card status = { program_connects(program, hContext, "CARD"), 77 };
    struct pcscd_reader array[SLOTS];
    struct pcscd_wait wait;

    CU_ASSERT_EQUAL(front_counters(rig.front).scard_calls, 2);
    program_send(program, PCSCD_GET_READERS_STATE, NULL, 0);
    CU_ASSERT_TRUE(program_receives(program, array, sizeof array));
    CU_ASSERT_EQUAL(front_counters(rig.front).scard_calls, 3);
    program_send(program, PCSCD_STATUS, &status, sizeof status);
    CU_ASSERT_EQUAL(front_counters(rig.front).scard_calls, 3);
    fake_answer_code(fake_waiting(RDPESC_StatusW), 0);
    CU_ASSERT_TRUE(program_receives(program, &status, sizeof status));
    for (unsigned i = 0; i < 3; i++) {
        program_send(program, PCSCD_WAIT_READER_STATE_CHANGE, NULL, 0);
        CU_ASSERT_TRUE(program_receives(program, array, sizeof array));
        front_readers_changed(rig.front);
        CU_ASSERT_TRUE(program_receives(program, &wait, sizeof wait));
    }
    program_send(program, PCSCD_STOP_WAITING, NULL, 0);
    CU_ASSERT_EQUAL(front_counters(rig.front).scard_calls, 4);
    program_send(program, PCSCD_WAIT_READER_STATE_CHANGE, NULL, 0);
    CU_ASSERT_TRUE(program_receives(program, array, sizeof array));
    CU_ASSERT_EQUAL(front_counters(rig.front).scard_calls, 5);
    CU_ASSERT_EQUAL(front_counters(rig.front).transmits, 0);
    program_close(program);
}

static void what_the_library_repeats_by_itself_is_one_call(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    int32_t hCard = program_connects(program, hContext, "CARD");
    uint64_t before = front_counters(rig.front).scard_calls;

    for (unsigned i = 0; i < 4; i++) {
        struct pcscd_card begin = { hCard, 77 };
        program_send(program, PCSCD_BEGIN_TRANSACTION, &begin, sizeof begin);
        fake_answer_code(fake_waiting(RDPESC_BeginTransaction),
                         i < 3 ? RDPESC_E_SHARING_VIOLATION : 0);
        CU_ASSERT_TRUE(program_receives(program, &begin, sizeof begin));
    }
    CU_ASSERT_EQUAL(front_counters(rig.front).scard_calls, before + 1);
    program_close(program);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(each_known_version_is_echoed),
    SUITE_TEST(other_versions_are_told_the_newest_known_one),
    SUITE_TEST(a_context_is_established_on_the_far_side),
    SUITE_TEST(the_far_sides_refusal_of_a_context_reaches_the_program),
    SUITE_TEST(a_release_waits_for_the_far_side),
    SUITE_TEST(names_of_contexts_and_handles_are_unique),
    SUITE_TEST(a_connect_is_translated_both_ways),
    SUITE_TEST(a_connect_that_fails_gives_no_handle),
    SUITE_TEST(a_context_holds_two_hundred_handles),
    SUITE_TEST(a_transaction_goes_there_and_back),
    SUITE_TEST(a_reconnect_brings_the_new_protocol),
    SUITE_TEST(a_disconnect_ends_the_handle),
    SUITE_TEST(a_status_asks_the_far_side_for_its_code),
    SUITE_TEST(without_a_link_a_context_is_local_and_a_reader_unknown),
    SUITE_TEST(a_context_that_cannot_be_opened_later_fails_the_call_that_needs_it),
    SUITE_TEST(a_link_that_goes_ends_the_call_under_way_and_the_handles),
    SUITE_TEST(a_link_that_goes_while_a_context_is_made_leaves_a_local_one),
    SUITE_TEST(calls_of_programs_are_counted_once),
    SUITE_TEST(what_the_library_repeats_by_itself_is_one_call),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "front", NULL, NULL, rig_start, rig_stop, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
