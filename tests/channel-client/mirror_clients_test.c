/* SPDX-License-Identifier: Apache-2.0 */
#include "mirror_rig.h"

/* ---- hostile and odd clients ---- */

static void a_client_that_answers_at_once_with_nothing_new_is_left_alone(void)
{
    unsigned answers = 0;

    show_reader(COUNT(1) | CARD, ATR);
    unsigned before = changes;
    while (fake.calls[fake.count - 1].waiting && ++answers < 100)
        fake_answer_state(COUNT(1) | CARD, ATR);
    CU_ASSERT_EQUAL(answers, 9);
    CU_ASSERT_EQUAL(notices, 1);
    CU_ASSERT_EQUAL(changes, before);
    CU_ASSERT_EQUAL(reader_count(), 1);
    size_t made = fake.count;
    mirror_refresh(mirror);
    fake_answer_list("Reader");
    fake_answer_state(COUNT(1) | CARD, ATR);
    fake_answer_state(COUNT(1) | CARD, ATR);
    CU_ASSERT_EQUAL(fake.count, made + 3);
    CU_ASSERT_FALSE(fake.calls[fake.count - 1].waiting);
    CU_ASSERT_EQUAL(notices, 1);
}

static void a_client_that_fails_again_and_again_is_left_alone(void)
{
    static const scard_code codes[] = { RDPESC_E_TIMEOUT,         RDPESC_E_CANCELLED,
                                        RDPESC_E_UNKNOWN_READER,  RDPESC_F_INTERNAL_ERROR,
                                        RDPESC_E_INVALID_HANDLE,  RDPESC_E_READER_UNAVAILABLE,
                                        RDPESC_E_SERVICE_STOPPED, 0xC0000001 };

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        unsigned answers = 0;
        link_goes();
        notices = 0;
        link_comes();
        show_reader(COUNT(1) | CARD, ATR);
        while (fake.calls[fake.count - 1].waiting && ++answers < 100) {
            struct fake_call *call = &fake.calls[fake.count - 1];
            if (call->code == RDPESC_EstablishContext)
                fake_answer_context("MIRROR");
            else
                fake_answer_code(call, codes[i]);
        }
        CU_ASSERT_TRUE(answers < 30);
        CU_ASSERT_EQUAL(notices, 1);
    }
}

static void a_client_that_refuses_every_call_is_left_alone_and_ready(void)
{
    unsigned answers = 0;

    fake_answer_context("MIRROR");
    while (fake.calls[fake.count - 1].waiting && ++answers < 100)
        fake_fail(&fake.calls[fake.count - 1], RDPESC_F_COMM_ERROR);
    CU_ASSERT_EQUAL(answers, 9);
    CU_ASSERT_TRUE(mirror_is_ready(mirror));
    CU_ASSERT_EQUAL(notices, 1);
}

static void a_client_that_knows_no_pnp_reader_is_asked_without_it(void)
{
    fake_answer_context("MIRROR");
    for (unsigned i = 0; i < 3; i++) {
        fake_answer_list("Reader");
        fake_answer_code(fake_waiting(RDPESC_GetStatusChangeW), RDPESC_E_UNKNOWN_READER);
    }
    fake_answer_list("Reader");
    const struct GetStatusChangeW_Call *call =
        &fake_waiting(RDPESC_GetStatusChangeW)->call.GetStatusChangeW;
    CU_ASSERT_EQUAL(call->rgReaderStates.len, 1);
    struct ReaderState_Return state = fake_state(COUNT(1) | CARD, ATR);
    fake_answer_states(&state, 1);
    CU_ASSERT_EQUAL(reader_count(), 1);
}

static void a_context_that_is_lost_is_made_anew(void)
{
    show_reader(COUNT(1) | CARD, ATR);
    fake_answer_code(fake_waiting(RDPESC_GetStatusChangeW), RDPESC_E_SERVICE_STOPPED);
    fake_answer_context("SECOND");
    const struct ListReaders_Call *call = &fake_waiting(RDPESC_ListReadersW)->call.ListReadersW;
    CU_ASSERT_NSTRING_EQUAL(call->Context.pbContext.data, "SECOND", 6);
    CU_ASSERT_EQUAL(reader_count(), 1);
}

static void a_service_that_stops_takes_the_readers_along(void)
{
    show_reader(COUNT(1) | CARD, ATR);
    fake_answer_code(fake_waiting(RDPESC_GetStatusChangeW), RDPESC_E_SERVICE_STOPPED);
    fake_answer_code(fake_waiting(RDPESC_EstablishContext), RDPESC_E_NO_SERVICE);
    CU_ASSERT_EQUAL(reader_count(), 0);
    CU_ASSERT_EQUAL(mirror_service(mirror), RDPESC_E_NO_SERVICE);
}

static void duplicates_and_empty_names_are_left_out_silently(void)
{
    fake_answer_context("MIRROR");
    fake_answer_list("|Reader||Reader|\\\\?PnP?\\Notification|Other|");
    const struct GetStatusChangeW_Call *call =
        &fake_waiting(RDPESC_GetStatusChangeW)->call.GetStatusChangeW;
    CU_ASSERT_EQUAL_FATAL(call->rgReaderStates.len, 3);
    CU_ASSERT_TRUE(name_is(call->rgReaderStates.at[1].szReader, "Other"));
    CU_ASSERT_EQUAL(notices, 0);
}

static void names_that_do_not_fit_or_print_are_left_out_with_a_notice(void)
{
    char names[512];

    snprintf(names, sizeof names, "%0127d|%0128d|bad\x1b[2Jname|Good", 1, 1);
    fake_answer_context("MIRROR");
    fake_answer_list(names);
    const struct GetStatusChangeW_Call *call =
        &fake_waiting(RDPESC_GetStatusChangeW)->call.GetStatusChangeW;
    CU_ASSERT_EQUAL_FATAL(call->rgReaderStates.len, 3);
    CU_ASSERT_EQUAL(call->rgReaderStates.at[0].szReader.len, 2 * 127);
    CU_ASSERT_TRUE(name_is(call->rgReaderStates.at[1].szReader, "Good"));
    CU_ASSERT_EQUAL(notices, 1);
}

static void a_name_that_is_not_utf16_is_left_out(void)
{
    static const uint8_t list[] = { 0x00, 0xD8, 'x', 0, 0, 0, 'A', 0, 0, 0, 0, 0, 'B' };
    union rdpesc_return ret = { .ListReadersW = { .msz = { list, sizeof list } } };

    fake_answer_context("MIRROR");
    fake_answer(fake_waiting(RDPESC_ListReadersW), &ret);
    const struct GetStatusChangeW_Call *call =
        &fake_waiting(RDPESC_GetStatusChangeW)->call.GetStatusChangeW;
    CU_ASSERT_EQUAL_FATAL(call->rgReaderStates.len, 2);
    CU_ASSERT_TRUE(name_is(call->rgReaderStates.at[0].szReader, "A"));
    CU_ASSERT_EQUAL(notices, 1);
}

static void the_first_ten_readers_are_kept(void)
{
    fake_answer_context("MIRROR");
    fake_answer_list("1|2|3|4|5|6|7|8|9|10|11|12");
    const struct GetStatusChangeW_Call *call =
        &fake_waiting(RDPESC_GetStatusChangeW)->call.GetStatusChangeW;
    CU_ASSERT_EQUAL_FATAL(call->rgReaderStates.len, 11);
    CU_ASSERT_TRUE(name_is(call->rgReaderStates.at[9].szReader, "10"));
    CU_ASSERT_EQUAL(notices, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(last_notice, "10"));
}

static void fewer_and_more_states_than_asked_for_do_no_harm(void)
{
    struct ReaderState_Return states[11];

    for (size_t i = 0; i < 11; i++)
        states[i] = fake_state(COUNT(1) | CARD, ATR);
    fake_answer_context("MIRROR");
    fake_answer_list("First|Second");
    fake_answer_states(states, 1);
    CU_ASSERT_EQUAL(reader_count(), 1);
    fake_answer_states(states, 11);
    CU_ASSERT_EQUAL(reader_count(), 2);
    fake_answer_list("First|Second");
    fake_answer_states(NULL, 0);
    CU_ASSERT_EQUAL(reader_count(), 2);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(a_client_that_answers_at_once_with_nothing_new_is_left_alone),
    SUITE_TEST(a_client_that_fails_again_and_again_is_left_alone),
    SUITE_TEST(a_client_that_refuses_every_call_is_left_alone_and_ready),
    SUITE_TEST(a_client_that_knows_no_pnp_reader_is_asked_without_it),
    SUITE_TEST(a_context_that_is_lost_is_made_anew),
    SUITE_TEST(a_service_that_stops_takes_the_readers_along),
    SUITE_TEST(duplicates_and_empty_names_are_left_out_silently),
    SUITE_TEST(names_that_do_not_fit_or_print_are_left_out_with_a_notice),
    SUITE_TEST(a_name_that_is_not_utf16_is_left_out),
    SUITE_TEST(the_first_ten_readers_are_kept),
    SUITE_TEST(fewer_and_more_states_than_asked_for_do_no_harm),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "mirror_clients", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
