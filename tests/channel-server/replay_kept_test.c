/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_kept.h"

#include <string.h>

#include "suite.h"

static struct ndr_bytes text(const char *octets)
{
    return (struct ndr_bytes){ (const uint8_t *)octets, (uint32_t)strlen(octets) };
}

static void a_retry_gets_the_reply_once(void)
{
    struct replay_kept kept = { 0 };
    struct replay_kept_reply reply;

    replay_kept_add(&kept, 1, 10, text("call"), text("answer"));
    CU_ASSERT_FATAL(replay_kept_take(&kept, 1, 20, text("call"), &reply));
    CU_ASSERT_EQUAL(replay_kept_output(&reply).len, 6);
    CU_ASSERT_EQUAL(memcmp(replay_kept_output(&reply).data, "answer", 6), 0);
    replay_kept_give(&reply);
    CU_ASSERT_FALSE(replay_kept_take(&kept, 1, 20, text("call"), &reply));
}

static void another_call_gets_nothing(void)
{
    struct replay_kept kept = { 0 };
    struct replay_kept_reply reply;

    replay_kept_add(&kept, 1, 10, text("call"), text("answer"));
    CU_ASSERT_FALSE(replay_kept_take(&kept, 2, 20, text("call"), &reply));
    CU_ASSERT_FALSE(replay_kept_take(&kept, 1, 20, text("calls"), &reply));
    CU_ASSERT_FALSE(replay_kept_take(&kept, 1, 20, text("Call"), &reply));
    CU_ASSERT_FALSE(replay_kept_take(&kept, 1, 20, text(""), &reply));
    CU_ASSERT(replay_kept_take(&kept, 1, 20, text("call"), &reply));
    replay_kept_give(&reply);
}

static void the_same_call_with_no_more_room_is_a_new_one(void)
{
    struct replay_kept kept = { 0 };
    struct replay_kept_reply reply;

    replay_kept_add(&kept, 1, 10, text("call"), text("answer"));
    CU_ASSERT_FALSE(replay_kept_take(&kept, 1, 10, text("call"), &reply));
    CU_ASSERT_FALSE(replay_kept_take(&kept, 1, 20, text("call"), &reply));
}

static void the_oldest_reply_makes_room(void)
{
    struct replay_kept kept = { 0 };
    struct replay_kept_reply reply;

    for (uint32_t i = 0; i <= REPLAY_KEPT_MAX; i++)
        replay_kept_add(&kept, i, 10, text("call"), text("answer"));
    CU_ASSERT_FALSE(replay_kept_take(&kept, 0, 20, text("call"), &reply));
    for (uint32_t i = 1; i <= REPLAY_KEPT_MAX; i++) {
        CU_ASSERT_FATAL(replay_kept_take(&kept, i, 20, text("call"), &reply));
        replay_kept_give(&reply);
    }
}

static void nothing_is_left_after_clearing(void)
{
    struct replay_kept kept = { 0 };
    struct replay_kept_reply reply;

    replay_kept_add(&kept, 1, 10, text("call"), text("answer"));
    replay_kept_clear(&kept);
    CU_ASSERT_FALSE(replay_kept_take(&kept, 1, 20, text("call"), &reply));
}

static CU_TestInfo tests[] = {
    SUITE_TEST(a_retry_gets_the_reply_once),
    SUITE_TEST(another_call_gets_nothing),
    SUITE_TEST(the_same_call_with_no_more_room_is_a_new_one),
    SUITE_TEST(the_oldest_reply_makes_room),
    SUITE_TEST(nothing_is_left_after_clearing),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "replay_kept", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
