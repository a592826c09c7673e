/* SPDX-License-Identifier: Apache-2.0 */
#include "front_rig.h"

static struct pcscd_reader array[SLOTS];

static bool hears_array(int program)
{
    memset(array, 0xEE, sizeof array);
    return program_receives(program, array, sizeof array);
}

/* Exactly one message of a wait, with this rv. */
static bool hears_event(int program, uint32_t rv)
{
    struct pcscd_wait wait = { 99, 99 };

    return program_receives(program, &wait, sizeof wait) && wait.timeOut == 0 && wait.rv == rv;
}

static void ask(int program, uint32_t command)
{
    program_send(program, command, NULL, 0);
}

static bool has_waiting_array(int program)
{
    ask(program, PCSCD_WAIT_READER_STATE_CHANGE);
    return hears_array(program);
}

static void card_goes(void)
{
    fake_answer_state(COUNT(2) | NO_CARD, "");
}

/* ---- the array ---- */

static void the_array_shows_the_readers_of_the_mirror(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);

    ask(program, PCSCD_GET_READERS_STATE);
    CU_ASSERT_TRUE(hears_array(program));
    CU_ASSERT_STRING_EQUAL(array[0].readerName, "Reader");
    CU_ASSERT_EQUAL(array[0].readerState, 0x34);
    CU_ASSERT_EQUAL(array[0].eventCounter, 1);
    CU_ASSERT_EQUAL(array[0].cardAtrLength, 3);
    CU_ASSERT_NSTRING_EQUAL(array[0].cardAtr, ATR, 3);
    CU_ASSERT_EQUAL(array[0].cardProtocol, 0);
    CU_ASSERT_STRING_EQUAL(array[1].readerName, "");
    (void)program_connects(program, hContext, "CARD");
    ask(program, PCSCD_GET_READERS_STATE);
    CU_ASSERT_TRUE(hears_array(program));
    CU_ASSERT_EQUAL(array[0].cardProtocol, PCSCD_PROTOCOL_T0);
    rig_link_goes();
    ask(program, PCSCD_GET_READERS_STATE);
    CU_ASSERT_TRUE(hears_array(program));
    CU_ASSERT_STRING_EQUAL(array[0].readerName, "");
    program_close(program);
}

static void a_program_of_4_6_is_told_the_size_first(void)
{
    uint32_t hContext;
    int program = program_start(6, &hContext);
    int32_t size = 0;

    ask(program, PCSCD_GET_READERS_STATE_SIZE);
    CU_ASSERT_TRUE(program_receives(program, &size, sizeof size));
    CU_ASSERT_EQUAL(size, SLOTS);
    ask(program, PCSCD_GET_READERS_STATE_ARRAY);
    CU_ASSERT_TRUE(hears_array(program));
    CU_ASSERT_STRING_EQUAL(array[0].readerName, "Reader");
    program_close(program);
}

static void a_program_of_4_5_hears_how_often_readers_came_and_went(void)
{
    uint32_t hContext;
    int program = program_start(5, &hContext);
    struct pcscd_reader_events before, after;

    ask(program, PCSCD_GET_READER_EVENTS);
    CU_ASSERT_TRUE(program_receives(program, &before, sizeof before));
    CU_ASSERT_EQUAL(before.rv, 0);
    card_goes();
    ask(program, PCSCD_GET_READER_EVENTS);
    CU_ASSERT_TRUE(program_receives(program, &after, sizeof after));
    CU_ASSERT_EQUAL(after.readerEvents, before.readerEvents);
    rig_link_goes();
    ask(program, PCSCD_GET_READER_EVENTS);
    CU_ASSERT_TRUE(program_receives(program, &after, sizeof after));
    CU_ASSERT_EQUAL(after.readerEvents, before.readerEvents + 1);
    program_close(program);
}

static void asking_for_readers_wakes_a_mirror_that_rests(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);

    fake_answer_code(fake_waiting(RDPESC_GetStatusChangeW), RDPESC_E_NO_SERVICE);
    fake_answer_code(fake_waiting(RDPESC_EstablishContext), RDPESC_E_NO_SERVICE);
    size_t made = fake.count;
    ask(program, PCSCD_GET_READERS_STATE);
    CU_ASSERT_TRUE(hears_array(program));
    CU_ASSERT_EQUAL(fake.count, made + 1);
    CU_ASSERT_TRUE(has_waiting_array(program));
    fake_answer_context("MIRROR");
    fake_answer_list("Reader");
    fake_answer_state(COUNT(1) | CARD, ATR);
    CU_ASSERT_TRUE(hears_event(program, 0));
    program_close(program);
}

/* ---- waits ---- */

static void a_wait_ends_with_one_event(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);

    CU_ASSERT_TRUE(has_waiting_array(program));
    CU_ASSERT_EQUAL(array[0].readerState, 0x34);
    CU_ASSERT_TRUE(program_hears_nothing(program));
    card_goes();
    CU_ASSERT_TRUE(hears_event(program, 0));
    fake_answer_state(COUNT(3) | CARD, ATR);
    CU_ASSERT_TRUE(program_hears_nothing(program));
    ask(program, PCSCD_STOP_WAITING);
    CU_ASSERT_TRUE(program_hears_nothing(program));
    program_close(program);
}

static void an_event_goes_to_all_that_wait_and_to_nobody_else(void)
{
    uint32_t hContext;
    int first = program_start(4, &hContext);
    int second = program_start(5, &hContext);
    int other = program_start(4, &hContext);

    CU_ASSERT_TRUE(has_waiting_array(first));
    CU_ASSERT_TRUE(has_waiting_array(second));
    card_goes();
    CU_ASSERT_TRUE(hears_event(first, 0));
    CU_ASSERT_TRUE(hears_event(second, 0));
    CU_ASSERT_TRUE(program_hears_nothing(other));
    program_close(first);
    program_close(second);
    program_close(other);
}

static void stopping_a_wait_is_answered_once(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);

    ask(program, PCSCD_STOP_WAITING);
    CU_ASSERT_TRUE(program_hears_nothing(program));
    CU_ASSERT_TRUE(has_waiting_array(program));
    ask(program, PCSCD_STOP_WAITING);
    CU_ASSERT_TRUE(hears_event(program, 0));
    card_goes();
    CU_ASSERT_TRUE(program_hears_nothing(program));
    ask(program, PCSCD_STOP_WAITING);
    CU_ASSERT_TRUE(program_hears_nothing(program));
    program_close(program);
}

static void a_program_that_waits_again_sees_the_news(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);

    for (unsigned i = 2; i < 10; i++) {
        CU_ASSERT_TRUE(has_waiting_array(program));
        CU_ASSERT_EQUAL(array[0].eventCounter, i - 1);
        fake_answer_state(COUNT(i) | (i % 2 == 0 ? NO_CARD : CARD), i % 2 == 0 ? "" : ATR);
        CU_ASSERT_TRUE(hears_event(program, 0));
    }
    program_close(program);
}

static void a_program_of_4_6_hears_of_an_event_after_its_array(void)
{
    uint32_t hContext;
    int program = program_start(6, &hContext);
    int32_t size = 0;
    struct {
        struct pcscd_reader readers[SLOTS];
        struct pcscd_wait wait;
    } both;

    ask(program, PCSCD_WAIT_READER_STATE_CHANGE);
    CU_ASSERT_TRUE(program_hears_nothing(program));
    card_goes();
    CU_ASSERT_TRUE(program_hears_nothing(program));
    ask(program, PCSCD_GET_READERS_STATE_SIZE);
    CU_ASSERT_TRUE(program_receives(program, &size, sizeof size));
    ask(program, PCSCD_GET_READERS_STATE_ARRAY);
    CU_ASSERT_TRUE(program_receives(program, &both, sizeof both));
    CU_ASSERT_EQUAL(both.readers[0].readerState, 2);
    CU_ASSERT_EQUAL(both.wait.rv, 0);
    fake_answer_state(COUNT(3) | CARD, ATR);
    CU_ASSERT_TRUE(program_hears_nothing(program));
    program_close(program);
}

static void a_program_of_4_6_may_stop_before_its_array(void)
{
    uint32_t hContext;
    int program = program_start(6, &hContext);

    ask(program, PCSCD_WAIT_READER_STATE_CHANGE);
    card_goes();
    ask(program, PCSCD_STOP_WAITING);
    CU_ASSERT_TRUE(hears_event(program, 0));
    ask(program, PCSCD_GET_READERS_STATE_ARRAY);
    CU_ASSERT_TRUE(hears_array(program));
    program_close(program);
}

static void readers_leave_and_wake_who_waits_when_the_link_goes(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);

    CU_ASSERT_TRUE(has_waiting_array(program));
    rig_link_goes();
    CU_ASSERT_TRUE(hears_event(program, 0));
    CU_ASSERT_TRUE(has_waiting_array(program));
    CU_ASSERT_STRING_EQUAL(array[0].readerName, "");
    rig_link_comes();
    CU_ASSERT_TRUE(hears_event(program, 0));
    CU_ASSERT_TRUE(has_waiting_array(program));
    CU_ASSERT_STRING_EQUAL(array[0].readerName, "Reader");
    CU_ASSERT_EQUAL(array[0].eventCounter, 3);
    program_close(program);
}

/* ---- cancel ---- */

static uint32_t cancel(uint32_t hContext)
{
    struct pcscd_cancel body = { (int32_t)hContext, 77 };
    int program = program_open();

    CU_ASSERT_TRUE(program_asks(program, PCSCD_CANCEL, &body, sizeof body));
    program_close(program);
    return body.rv;
}

static void a_wait_is_cancelled_from_another_connection(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);

    CU_ASSERT_TRUE(has_waiting_array(program));
    CU_ASSERT_EQUAL(cancel(hContext), 0);
    CU_ASSERT_TRUE(hears_event(program, RDPESC_E_CANCELLED));
    card_goes();
    CU_ASSERT_TRUE(program_hears_nothing(program));
    CU_ASSERT_EQUAL(cancel(hContext), 0);
    CU_ASSERT_TRUE(program_hears_nothing(program));
    CU_ASSERT_EQUAL(fake_made(RDPESC_Cancel), 0);
    program_close(program);
}

static void a_cancelled_wait_of_4_6_is_told_after_the_array(void)
{
    uint32_t hContext;
    int program = program_start(6, &hContext);
    struct {
        struct pcscd_reader readers[SLOTS];
        struct pcscd_wait wait;
    } both;

    ask(program, PCSCD_WAIT_READER_STATE_CHANGE);
    CU_ASSERT_EQUAL(cancel(hContext), 0);
    card_goes();
    ask(program, PCSCD_GET_READERS_STATE_ARRAY);
    CU_ASSERT_TRUE(program_receives(program, &both, sizeof both));
    CU_ASSERT_EQUAL(both.wait.rv, RDPESC_E_CANCELLED);
    program_close(program);
}

static void a_call_under_way_is_cancelled_on_the_far_side(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_card begin = { program_connects(program, hContext, "CARD"), 77 };

    program_send(program, PCSCD_BEGIN_TRANSACTION, &begin, sizeof begin);
    CU_ASSERT_EQUAL(cancel(hContext), 0);
    CU_ASSERT_EQUAL_FATAL(fake_made(RDPESC_Cancel), 1);
    CU_ASSERT_TRUE(bytes_are(fake_nth(RDPESC_Cancel, 0)->call.Cancel.Context.pbContext, "CONTEXT"));
    CU_ASSERT_TRUE(program_hears_nothing(program));
    fake_answer_code(fake_waiting(RDPESC_BeginTransaction), RDPESC_E_CANCELLED);
    CU_ASSERT_TRUE(program_receives(program, &begin, sizeof begin));
    CU_ASSERT_EQUAL(begin.rv, RDPESC_E_CANCELLED);
    program_close(program);
}

static void cancelling_what_is_not_there_is_an_error(void)
{
    CU_ASSERT_EQUAL(cancel(0), RDPESC_E_INVALID_HANDLE);
    CU_ASSERT_EQUAL(cancel(12345), RDPESC_E_INVALID_HANDLE);
    CU_ASSERT_EQUAL(cancel(0x80000001), RDPESC_E_INVALID_HANDLE);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(the_array_shows_the_readers_of_the_mirror),
    SUITE_TEST(a_program_of_4_6_is_told_the_size_first),
    SUITE_TEST(a_program_of_4_5_hears_how_often_readers_came_and_went),
    SUITE_TEST(asking_for_readers_wakes_a_mirror_that_rests),
    SUITE_TEST(a_wait_ends_with_one_event),
    SUITE_TEST(an_event_goes_to_all_that_wait_and_to_nobody_else),
    SUITE_TEST(stopping_a_wait_is_answered_once),
    SUITE_TEST(a_program_that_waits_again_sees_the_news),
    SUITE_TEST(a_program_of_4_6_hears_of_an_event_after_its_array),
    SUITE_TEST(a_program_of_4_6_may_stop_before_its_array),
    SUITE_TEST(readers_leave_and_wake_who_waits_when_the_link_goes),
    SUITE_TEST(a_wait_is_cancelled_from_another_connection),
    SUITE_TEST(a_cancelled_wait_of_4_6_is_told_after_the_array),
    SUITE_TEST(a_call_under_way_is_cancelled_on_the_far_side),
    SUITE_TEST(cancelling_what_is_not_there_is_an_error),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "front_readers", NULL, NULL, rig_start, rig_stop, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
