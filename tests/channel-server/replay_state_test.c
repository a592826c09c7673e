/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_state.h"

#include <stdio.h>
#include <string.h>

#include "suite.h"

#define EMPTY       RDPESC_STATE_EMPTY
#define PRESENT     RDPESC_STATE_PRESENT
#define INUSE       RDPESC_STATE_INUSE
#define EXCLUSIVE   RDPESC_STATE_EXCLUSIVE
#define MUTE        RDPESC_STATE_MUTE
#define CHANGED     RDPESC_STATE_CHANGED
#define UNKNOWN     RDPESC_STATE_UNKNOWN
#define UNAVAILABLE RDPESC_STATE_UNAVAILABLE
#define IGNORE      RDPESC_STATE_IGNORE

static struct replay_snapshot snapshot;

static void see(const char *names, uint32_t len, uint32_t event)
{
    memset(&snapshot, 0, sizeof snapshot);
    memcpy(snapshot.names, names, len);
    replay_snapshot_index(&snapshot, len);
    for (uint32_t i = 0; i < snapshot.count; i++) {
        snapshot.readers[i].event = event;
        snapshot.readers[i].atr_len = 2;
        snapshot.readers[i].atr[0] = 0x3B;
    }
}

static bool compare(const char *name, uint32_t current, uint64_t then,
                    struct ReaderState_Return *out)
{
    struct replay_wanted wanted = { .current = current };

    (void)snprintf(wanted.name, sizeof wanted.name, "%s", name);
    return replay_state_compare(&snapshot, &wanted, then, out);
}

struct rule {
    uint32_t event;   /* what is */
    uint32_t current; /* what is believed */
    bool news;
};

static const struct rule rules[] = {
    { EMPTY, 0, true },
    { EMPTY, EMPTY, false },
    { EMPTY, EMPTY | CHANGED, false },
    { EMPTY, CHANGED, true },
    { EMPTY, PRESENT, true },
    { PRESENT, EMPTY, true },
    { PRESENT, PRESENT, false },
    { PRESENT, PRESENT | CHANGED, false },
    { PRESENT | INUSE, PRESENT, false },
    { PRESENT, PRESENT | INUSE, true },
    { PRESENT | INUSE, PRESENT | INUSE, false },
    { PRESENT | INUSE, PRESENT | EXCLUSIVE, true },
    { PRESENT | EXCLUSIVE, PRESENT | INUSE, true },
    { PRESENT | EXCLUSIVE, PRESENT | EXCLUSIVE, false },
    { PRESENT | MUTE, PRESENT, true },
    { PRESENT | MUTE, PRESENT | MUTE, false },
    { PRESENT, PRESENT | MUTE, true },
    { PRESENT, UNKNOWN | UNAVAILABLE, true },
    { PRESENT, UNAVAILABLE, true },
    { UNAVAILABLE, PRESENT, true },
    { UNAVAILABLE, UNAVAILABLE, false },
    { 0x00030000 | PRESENT, 0x00030000 | PRESENT, false },
    { 0x00030000 | PRESENT, 0x00020000 | PRESENT, true },
    { 0x00030000 | PRESENT, PRESENT, false },
    { 0x00030000 | EMPTY, 0x00010000 | EMPTY | CHANGED, true },
};

static void each_rule_decides_what_is_news(void)
{
    struct ReaderState_Return out;

    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const struct rule *rule = &rules[i];
        see("R", 2, rule->event | CHANGED);
        CU_ASSERT_EQUAL(compare("R", rule->current, snapshot.mark, &out), rule->news);
        CU_ASSERT_EQUAL(out.dwEventState, rule->event | (rule->news ? CHANGED : 0));
        CU_ASSERT_EQUAL(out.dwCurrentState, rule->current);
    }
}

static void the_atr_is_told_of_a_card_only(void)
{
    struct ReaderState_Return out;

    see("R", 2, PRESENT);
    (void)compare("R", 0, snapshot.mark, &out);
    CU_ASSERT_EQUAL(out.cbAtr, 2);
    CU_ASSERT_EQUAL(out.rgbAtr[0], 0x3B);
    see("R", 2, EMPTY);
    (void)compare("R", 0, snapshot.mark, &out);
    CU_ASSERT_EQUAL(out.cbAtr, 0);
    CU_ASSERT_EQUAL(out.rgbAtr[0], 0);
}

static void an_ignored_reader_is_never_news(void)
{
    struct ReaderState_Return out;

    see("R", 2, PRESENT);
    CU_ASSERT_FALSE(compare("R", IGNORE, snapshot.mark, &out));
    CU_ASSERT_EQUAL(out.dwEventState, 0);
    CU_ASSERT_FALSE(compare("elsewhere", IGNORE, snapshot.mark, &out));
    CU_ASSERT_EQUAL(out.dwEventState, 0);
}

static void a_reader_that_is_gone_is_news_once(void)
{
    struct ReaderState_Return out;

    see("R", 2, PRESENT);
    CU_ASSERT(compare("gone", PRESENT, snapshot.mark, &out));
    CU_ASSERT_EQUAL(out.dwEventState, UNKNOWN | UNAVAILABLE | CHANGED);
    CU_ASSERT_FALSE(compare("gone", out.dwEventState, snapshot.mark, &out));
}

static void the_pseudo_reader_counts_readers(void)
{
    struct ReaderState_Return out;

    see("A\0B", 4, EMPTY);
    CU_ASSERT_FALSE(compare(RDPESC_PNP_READER, 0x00020000, snapshot.mark, &out));
    CU_ASSERT_EQUAL(out.dwEventState, 0x00020000);
    CU_ASSERT_EQUAL(out.cbAtr, 0);
    CU_ASSERT(compare(RDPESC_PNP_READER, 0x00010000, snapshot.mark, &out));
    CU_ASSERT_EQUAL(out.dwEventState, 0x00020000 | CHANGED);
    CU_ASSERT(compare("\\\\?pnp?\\notification", 0x00030000, snapshot.mark, &out));
}

static void the_pseudo_reader_waits_when_nothing_is_believed(void)
{
    struct ReaderState_Return out;

    see("A\0B", 4, EMPTY);
    CU_ASSERT_FALSE(compare(RDPESC_PNP_READER, 0, snapshot.mark, &out));
    /* An empty set that the caller has been told of. */
    CU_ASSERT(compare(RDPESC_PNP_READER, CHANGED, snapshot.mark, &out));
}

static void another_set_of_as_many_readers_is_news(void)
{
    struct ReaderState_Return out;
    uint64_t then;

    see("A\0B", 4, EMPTY);
    then = snapshot.mark;
    see("B\0A", 4, EMPTY);
    CU_ASSERT_FALSE(compare(RDPESC_PNP_READER, 0x00020000, then, &out));
    see("A\0C", 4, EMPTY);
    CU_ASSERT(compare(RDPESC_PNP_READER, 0x00020000, then, &out));
    CU_ASSERT(compare(RDPESC_PNP_READER, 0, then, &out));
}

static void a_snapshot_has_no_more_readers_than_it_can_hold(void)
{
    static char names[(REPLAY_READERS_MAX + 6) * 2];

    for (size_t i = 0; i < sizeof names; i += 2)
        names[i] = 'x';
    memset(&snapshot, 0, sizeof snapshot);
    memcpy(snapshot.names, names, sizeof names);
    replay_snapshot_index(&snapshot, sizeof names);
    CU_ASSERT_EQUAL(snapshot.count, REPLAY_READERS_MAX);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(each_rule_decides_what_is_news),
    SUITE_TEST(the_atr_is_told_of_a_card_only),
    SUITE_TEST(an_ignored_reader_is_never_news),
    SUITE_TEST(a_reader_that_is_gone_is_news_once),
    SUITE_TEST(the_pseudo_reader_counts_readers),
    SUITE_TEST(the_pseudo_reader_waits_when_nothing_is_believed),
    SUITE_TEST(another_set_of_as_many_readers_is_news),
    SUITE_TEST(a_snapshot_has_no_more_readers_than_it_can_hold),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "replay_state", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
