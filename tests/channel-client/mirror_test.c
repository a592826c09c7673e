/* SPDX-License-Identifier: Apache-2.0 */
#include "mirror_rig.h"

/* ---- what is asked ---- */

static void a_link_that_comes_up_is_asked_for_a_context_of_the_system(void)
{
    CU_ASSERT_EQUAL(fake.count, 1);
    CU_ASSERT_EQUAL(fake_waiting(RDPESC_EstablishContext)->call.EstablishContext.dwScope,
                    RDPESC_SCOPE_SYSTEM);
    CU_ASSERT_FALSE(mirror_is_ready(mirror));
}

static void readers_are_listed_at_any_length_and_without_groups(void)
{
    fake_answer_context("MIRROR");
    const struct ListReaders_Call *call = &fake_waiting(RDPESC_ListReadersW)->call.ListReadersW;
    CU_ASSERT_EQUAL(call->Context.pbContext.len, 6);
    CU_ASSERT_NSTRING_EQUAL(call->Context.pbContext.data, "MIRROR", 6);
    CU_ASSERT_PTR_NULL(call->mszGroups.data);
    CU_ASSERT_EQUAL(call->fmszReadersIsNULL, 0);
    CU_ASSERT_EQUAL(call->cchReaders, RDPESC_AUTOALLOCATE);
}

static void one_call_waits_for_all_readers_and_the_pnp_reader(void)
{
    fake_answer_context("MIRROR");
    fake_answer_list("Reader A|Reader B");
    const struct GetStatusChangeW_Call *call =
        &fake_waiting(RDPESC_GetStatusChangeW)->call.GetStatusChangeW;
    CU_ASSERT_EQUAL(call->dwTimeOut, RDPESC_INFINITE);
    CU_ASSERT_EQUAL_FATAL(call->rgReaderStates.len, 3);
    CU_ASSERT_TRUE(name_is(call->rgReaderStates.at[0].szReader, "Reader A"));
    CU_ASSERT_EQUAL(call->rgReaderStates.at[0].Common.dwCurrentState, RDPESC_STATE_UNAWARE);
    CU_ASSERT_TRUE(name_is(call->rgReaderStates.at[1].szReader, "Reader B"));
    CU_ASSERT_TRUE(name_is(call->rgReaderStates.at[2].szReader, RDPESC_PNP_READER));
    CU_ASSERT_EQUAL(call->rgReaderStates.at[2].Common.dwCurrentState, 0x00020000);
    CU_ASSERT_EQUAL(fake_made(RDPESC_GetStatusChangeW), 1);
}

static void the_last_state_goes_back_without_the_changed_bit(void)
{
    show_reader(COUNT(3) | CARD | RDPESC_STATE_INUSE, ATR);
    CU_ASSERT_EQUAL(fake_waiting(RDPESC_GetStatusChangeW)
                        ->call.GetStatusChangeW.rgReaderStates.at[0]
                        .Common.dwCurrentState,
                    COUNT(3) | RDPESC_STATE_PRESENT | RDPESC_STATE_INUSE);
}

static void the_clients_own_count_of_the_pnp_reader_goes_back(void)
{
    struct ReaderState_Return states[2];

    fake_answer_context("MIRROR");
    fake_answer_list("Reader");
    states[0] = fake_state(NO_CARD, "");
    states[1] = fake_state(COUNT(7) | RDPESC_STATE_CHANGED, "");
    fake_answer_states(states, 2);
    fake_answer_list("Reader");
    CU_ASSERT_EQUAL(fake_waiting(RDPESC_GetStatusChangeW)
                        ->call.GetStatusChangeW.rgReaderStates.at[1]
                        .Common.dwCurrentState,
                    COUNT(7));
}

/* ---- what is shown ---- */

static void a_reader_is_shown_once_its_state_is_known(void)
{
    fake_answer_context("MIRROR");
    fake_answer_list("Reader");
    CU_ASSERT_EQUAL(reader_count(), 0);
    CU_ASSERT_FALSE(mirror_is_ready(mirror));
    CU_ASSERT_EQUAL(changes, 0);
    fake_answer_state(COUNT(3) | CARD, ATR);
    CU_ASSERT_TRUE(mirror_is_ready(mirror));
    CU_ASSERT_EQUAL(changes, 1);
    CU_ASSERT_EQUAL(reader_count(), 1);
    CU_ASSERT_STRING_EQUAL(reader(0)->name, "Reader");
    CU_ASSERT_EQUAL(reader(0)->state, RDPESC_STATE_PRESENT);
    CU_ASSERT_EQUAL(reader(0)->counter, 3);
    CU_ASSERT_EQUAL(reader(0)->atr_len, 3);
    CU_ASSERT_NSTRING_EQUAL(reader(0)->atr, ATR, 3);
    CU_ASSERT_EQUAL(mirror_service(mirror), RDPESC_S_SUCCESS);
}

static void a_card_that_goes_takes_its_atr_and_protocol_along(void)
{
    show_reader(COUNT(1) | CARD, ATR);
    mirror_note_protocol(mirror, "Reader", RDPESC_PROTOCOL_T1);
    CU_ASSERT_EQUAL(reader(0)->active_protocol, RDPESC_PROTOCOL_T1);
    fake_answer_state(COUNT(1) | CARD | RDPESC_STATE_INUSE, ATR);
    CU_ASSERT_EQUAL(reader(0)->active_protocol, RDPESC_PROTOCOL_T1);
    fake_answer_state(COUNT(2) | NO_CARD, "");
    CU_ASSERT_EQUAL(reader(0)->active_protocol, 0);
    CU_ASSERT_EQUAL(reader(0)->atr_len, 0);
    CU_ASSERT_EQUAL(reader(0)->counter, 2);
}

static void a_client_without_readers_is_ready(void)
{
    fake_answer_context("MIRROR");
    fake_answer_code(fake_waiting(RDPESC_ListReadersW), RDPESC_E_NO_READERS_AVAILABLE);
    CU_ASSERT_TRUE(mirror_is_ready(mirror));
    CU_ASSERT_EQUAL(changes, 1);
    CU_ASSERT_EQUAL(reader_count(), 0);
    CU_ASSERT_EQUAL(fake_waiting(RDPESC_GetStatusChangeW)->call.GetStatusChangeW.rgReaderStates.len,
                    1);
    CU_ASSERT_EQUAL(notices, 0);
}

static void a_client_without_service_is_ready_and_left_alone(void)
{
    fake_answer_code(fake_waiting(RDPESC_EstablishContext), RDPESC_E_NO_SERVICE);
    CU_ASSERT_TRUE(mirror_is_ready(mirror));
    CU_ASSERT_EQUAL(mirror_service(mirror), RDPESC_E_NO_SERVICE);
    CU_ASSERT_EQUAL(notices, 0);
    CU_ASSERT_EQUAL(fake.count, 1);
    mirror_refresh(mirror);
    CU_ASSERT_EQUAL(fake.count, 2);
    mirror_refresh(mirror);
    CU_ASSERT_EQUAL(fake.count, 2);
    show_reader(COUNT(1) | CARD, ATR);
    CU_ASSERT_EQUAL(mirror_service(mirror), RDPESC_S_SUCCESS);
    CU_ASSERT_EQUAL(reader_count(), 1);
    CU_ASSERT_EQUAL(notices, 0);
}

static void another_refusal_of_a_context_is_told_once(void)
{
    fake_answer_code(fake_waiting(RDPESC_EstablishContext), RDPESC_E_NO_MEMORY);
    CU_ASSERT_TRUE(mirror_is_ready(mirror));
    CU_ASSERT_EQUAL(mirror_service(mirror), RDPESC_E_NO_MEMORY);
    mirror_refresh(mirror);
    fake_answer_code(fake_waiting(RDPESC_EstablishContext), RDPESC_E_NO_MEMORY);
    CU_ASSERT_EQUAL(notices, 1);
}

static void a_reader_that_comes_is_listed_after_news_of_the_pnp_reader(void)
{
    struct ReaderState_Return states[3];

    show_reader(NO_CARD, "");
    states[0] = fake_state(RDPESC_STATE_EMPTY, "");
    states[1] = fake_state(COUNT(2) | RDPESC_STATE_CHANGED, "");
    fake_answer_states(states, 2);
    fake_answer_list("Reader|Second");
    CU_ASSERT_EQUAL(reader_count(), 1);
    states[1] = fake_state(COUNT(1) | CARD, ATR);
    states[2] = fake_state(COUNT(2), "");
    fake_answer_states(states, 3);
    CU_ASSERT_EQUAL(reader_count(), 2);
    CU_ASSERT_STRING_EQUAL(reader(1)->name, "Second");
}

static void a_reader_that_is_no_longer_listed_leaves_at_once(void)
{
    struct ReaderState_Return states[3];

    fake_answer_context("MIRROR");
    fake_answer_list("First|Second");
    states[0] = fake_state(COUNT(1) | CARD, ATR);
    states[1] = fake_state(NO_CARD, "");
    states[2] = fake_state(COUNT(1) | RDPESC_STATE_CHANGED, "");
    fake_answer_states(states, 3);
    unsigned before = changes;
    fake_answer_list("Second");
    CU_ASSERT_EQUAL(changes, before + 1);
    CU_ASSERT_EQUAL(reader_count(), 1);
    CU_ASSERT_STRING_EQUAL(reader(0)->name, "Second");
}

static void a_reader_that_the_client_no_longer_knows_is_looked_for_in_the_list(void)
{
    show_reader(COUNT(1) | CARD, ATR);
    fake_answer_state(RDPESC_STATE_CHANGED | RDPESC_STATE_IGNORE | RDPESC_STATE_UNKNOWN, "");
    fake_answer_list("Reader");
    CU_ASSERT_EQUAL(fake_waiting(RDPESC_GetStatusChangeW)
                        ->call.GetStatusChangeW.rgReaderStates.at[0]
                        .Common.dwCurrentState,
                    RDPESC_STATE_UNAWARE);
    fake_answer_code(fake_waiting(RDPESC_GetStatusChangeW), RDPESC_E_UNKNOWN_READER);
    fake_answer_code(fake_waiting(RDPESC_ListReadersW), RDPESC_E_NO_READERS_AVAILABLE);
    CU_ASSERT_EQUAL(reader_count(), 0);
}

/* ---- counters ---- */

static void counters_follow_a_client_that_counts(void)
{
    show_reader(COUNT(5) | CARD, ATR);
    fake_answer_state(COUNT(7) | CARD, ATR);
    CU_ASSERT_EQUAL(reader(0)->counter, 7);
    fake_answer_state(COUNT(0xFFFF) | CARD, ATR);
    uint32_t before = reader(0)->counter;
    CU_ASSERT_TRUE(before > 7);
    fake_answer_state(COUNT(1) | CARD, ATR);
    CU_ASSERT_EQUAL(reader(0)->counter, before + 2);
    fake_answer_state(COUNT(0xFF00) | CARD, ATR);
    CU_ASSERT_EQUAL(reader(0)->counter, before + 3);
}

static void counters_are_made_for_a_client_that_does_not_count(void)
{
    show_reader(NO_CARD, "");
    CU_ASSERT_EQUAL(reader(0)->counter, 0);
    fake_answer_state(CARD, ATR);
    CU_ASSERT_EQUAL(reader(0)->counter, 1);
    fake_answer_state(CARD | RDPESC_STATE_INUSE, ATR);
    CU_ASSERT_EQUAL(reader(0)->counter, 1);
    fake_answer_state(CARD, OTHER_ATR);
    CU_ASSERT_EQUAL(reader(0)->counter, 3);
    fake_answer_state(NO_CARD, "");
    CU_ASSERT_EQUAL(reader(0)->counter, 4);
}

static void counters_go_up_over_a_link_that_goes_and_returns(void)
{
    show_reader(COUNT(5) | CARD, ATR);
    unsigned before = changes;
    link_goes();
    CU_ASSERT_EQUAL(reader_count(), 0);
    CU_ASSERT_FALSE(mirror_is_ready(mirror));
    CU_ASSERT_EQUAL(changes, before + 1);
    link_comes();
    show_reader(COUNT(1) | CARD, ATR);
    CU_ASSERT_EQUAL(reader(0)->counter, 7);
    link_goes();
    link_comes();
    show_reader(NO_CARD, "");
    CU_ASSERT_EQUAL(reader(0)->counter, 8);
    link_goes();
    link_comes();
    show_reader(NO_CARD, "");
    CU_ASSERT_EQUAL(reader(0)->counter, 8);
}

static void a_client_that_makes_up_readers_does_not_fill_the_memory(void)
{
    char name[16];

    show_reader(COUNT(5) | CARD, ATR);
    for (unsigned i = 0; i < 100; i++) {
        struct ReaderState_Return states[3] = {
            fake_state(COUNT(5) | CARD, ATR),
            fake_state(COUNT(1) | CARD, ATR),
            fake_state(COUNT(2) | RDPESC_STATE_CHANGED, ""),
        };
        fake_answer_states(states, i == 0 ? 2 : 3);
        if (i == 0) {
            mirror_link(mirror, SESSION_UP);
            fake_answer_context("MIRROR");
        }
        snprintf(name, sizeof name, "Reader|%u", i);
        fake_answer_list(name);
    }
    CU_ASSERT_STRING_EQUAL(reader(0)->name, "Reader");
    CU_ASSERT_TRUE(reader(0)->counter >= 5);
}

/* ---- ends ---- */

static void an_answer_after_the_link_went_changes_nothing(void)
{
    show_reader(COUNT(1) | CARD, ATR);
    fake.link = SESSION_DOWN;
    mirror_link(mirror, SESSION_DOWN);
    unsigned before = changes;
    fake_fail(fake_waiting(RDPESC_GetStatusChangeW), RDPESC_E_READER_UNAVAILABLE);
    CU_ASSERT_EQUAL(changes, before);
    CU_ASSERT_EQUAL(reader_count(), 0);
    mirror_refresh(mirror);
    CU_ASSERT_EQUAL(fake_made(RDPESC_EstablishContext), 1);
}

static void a_client_without_device_is_not_asked(void)
{
    link_goes();
    size_t made = fake.count;
    fake.link = SESSION_NO_DEVICE;
    mirror_link(mirror, SESSION_NO_DEVICE);
    mirror_refresh(mirror);
    CU_ASSERT_EQUAL(fake.count, made);
    CU_ASSERT_FALSE(mirror_is_ready(mirror));
}

static void a_mirror_that_is_freed_ends_its_wait_and_its_context(void)
{
    show_reader(COUNT(1) | CARD, ATR);
    mirror_free(mirror);
    mirror = NULL;
    CU_ASSERT_EQUAL(fake_made(RDPESC_Cancel), 1);
    CU_ASSERT_EQUAL(fake_made(RDPESC_ReleaseContext), 1);
    /* under AddressSanitizer: the late answer touches nothing that is gone */
    fake_answer_code(fake_waiting(RDPESC_GetStatusChangeW), RDPESC_E_CANCELLED);
    CU_ASSERT_EQUAL(fake.count, 6);
}

static void a_context_that_comes_after_the_mirror_is_freed_is_released(void)
{
    mirror_free(mirror);
    mirror = NULL;
    fake_answer_context("LATE");
    CU_ASSERT_EQUAL_FATAL(fake_made(RDPESC_ReleaseContext), 1);
    CU_ASSERT_NSTRING_EQUAL(
        fake_nth(RDPESC_ReleaseContext, 0)->call.ReleaseContext.Context.pbContext.data, "LATE", 4);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(a_link_that_comes_up_is_asked_for_a_context_of_the_system),
    SUITE_TEST(readers_are_listed_at_any_length_and_without_groups),
    SUITE_TEST(one_call_waits_for_all_readers_and_the_pnp_reader),
    SUITE_TEST(the_last_state_goes_back_without_the_changed_bit),
    SUITE_TEST(the_clients_own_count_of_the_pnp_reader_goes_back),
    SUITE_TEST(a_reader_is_shown_once_its_state_is_known),
    SUITE_TEST(a_card_that_goes_takes_its_atr_and_protocol_along),
    SUITE_TEST(a_client_without_readers_is_ready),
    SUITE_TEST(a_client_without_service_is_ready_and_left_alone),
    SUITE_TEST(another_refusal_of_a_context_is_told_once),
    SUITE_TEST(a_reader_that_comes_is_listed_after_news_of_the_pnp_reader),
    SUITE_TEST(a_reader_that_is_no_longer_listed_leaves_at_once),
    SUITE_TEST(a_reader_that_the_client_no_longer_knows_is_looked_for_in_the_list),
    SUITE_TEST(counters_follow_a_client_that_counts),
    SUITE_TEST(counters_are_made_for_a_client_that_does_not_count),
    SUITE_TEST(counters_go_up_over_a_link_that_goes_and_returns),
    SUITE_TEST(a_client_that_makes_up_readers_does_not_fill_the_memory),
    SUITE_TEST(an_answer_after_the_link_went_changes_nothing),
    SUITE_TEST(a_client_without_device_is_not_asked),
    SUITE_TEST(a_mirror_that_is_freed_ends_its_wait_and_its_context),
    SUITE_TEST(a_context_that_comes_after_the_mirror_is_freed_is_released),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "mirror", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
