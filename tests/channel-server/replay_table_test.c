/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "replay_table.h"
#include "suite.h"

static int objects[8];

static void an_id_finds_its_object_until_it_is_removed(void)
{
    struct replay_table table = { .max = 8 };
    struct replay_id first;
    struct replay_id second;

    CU_ASSERT(replay_table_add(&table, &objects[0], &first));
    CU_ASSERT(replay_table_add(&table, &objects[1], &second));
    CU_ASSERT_PTR_EQUAL(replay_table_find(&table, replay_id_view(&first)), &objects[0]);
    CU_ASSERT_PTR_EQUAL(replay_table_find(&table, replay_id_view(&second)), &objects[1]);
    replay_table_remove(&table, &first);
    CU_ASSERT_PTR_NULL(replay_table_find(&table, replay_id_view(&first)));
    CU_ASSERT_PTR_EQUAL(replay_table_find(&table, replay_id_view(&second)), &objects[1]);
    CU_ASSERT_EQUAL(table.used, 1);
    replay_table_clear(&table);
}

static void an_id_that_was_removed_does_not_find_who_took_its_place(void)
{
    struct replay_table table = { .max = 1 };
    struct replay_id old;
    struct replay_id fresh;

    CU_ASSERT(replay_table_add(&table, &objects[0], &old));
    replay_table_remove(&table, &old);
    CU_ASSERT(replay_table_add(&table, &objects[1], &fresh));
    CU_ASSERT(memcmp(old.octets, fresh.octets, sizeof old.octets) != 0);
    CU_ASSERT_PTR_NULL(replay_table_find(&table, replay_id_view(&old)));
    replay_table_remove(&table, &old);
    CU_ASSERT_PTR_EQUAL(replay_table_find(&table, replay_id_view(&fresh)), &objects[1]);
    replay_table_clear(&table);
}

static void a_full_table_takes_no_more(void)
{
    struct replay_table table = { .max = 3 };
    struct replay_id id;

    for (int i = 0; i < 3; i++)
        CU_ASSERT(replay_table_add(&table, &objects[i], &id));
    CU_ASSERT_FALSE(replay_table_add(&table, &objects[3], &id));
    CU_ASSERT_EQUAL(id.octets[7] | id.octets[0], 0);
    replay_table_clear(&table);
    CU_ASSERT(replay_table_add(&table, &objects[3], &id));
    replay_table_clear(&table);
}

static void an_id_with_any_other_octet_finds_nothing(void)
{
    struct replay_table table = { .max = 8 };
    struct replay_id id;

    CU_ASSERT(replay_table_add(&table, &objects[0], &id));
    for (int i = 0; i < REPLAY_ID_LENGTH; i++) {
        struct replay_id wrong = id;
        wrong.octets[i] ^= 1;
        CU_ASSERT_PTR_NULL(replay_table_find(&table, replay_id_view(&wrong)));
    }
    replay_table_clear(&table);
}

static void an_id_of_another_length_finds_nothing(void)
{
    struct replay_table table = { .max = 8 };
    const uint8_t zeroes[17] = { 0 };
    struct replay_id id;

    CU_ASSERT(replay_table_add(&table, &objects[0], &id));
    CU_ASSERT_PTR_NULL(replay_table_find(&table, (struct ndr_bytes){ id.octets, 4 }));
    CU_ASSERT_PTR_NULL(replay_table_find(&table, (struct ndr_bytes){ NULL, 8 }));
    CU_ASSERT_PTR_NULL(replay_table_find(&table, (struct ndr_bytes){ NULL, 0 }));
    CU_ASSERT_PTR_NULL(replay_table_find(&table, (struct ndr_bytes){ zeroes, sizeof zeroes }));
    CU_ASSERT_PTR_NULL(replay_table_find(&table, (struct ndr_bytes){ zeroes, 8 }));
    replay_table_clear(&table);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(an_id_finds_its_object_until_it_is_removed),
    SUITE_TEST(an_id_that_was_removed_does_not_find_who_took_its_place),
    SUITE_TEST(a_full_table_takes_no_more),
    SUITE_TEST(an_id_with_any_other_octet_finds_nothing),
    SUITE_TEST(an_id_of_another_length_finds_nothing),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "replay_table", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
