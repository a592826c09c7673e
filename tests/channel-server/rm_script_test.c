/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "rm_script.h"
#include "suite.h"

static const uint8_t octets[] = { 0x3B, 0x00 };
static const struct ndr_bytes atr = { octets, sizeof octets };

static void a_script_has_the_readers_it_is_given(void)
{
    struct rm_script *script = rm_script_new();
    const struct resource_manager *manager = rm_script_manager(script);
    uint8_t room[64];
    struct rm_buffer names = { room, sizeof room, 0 };
    rm_context context;

    CU_ASSERT_EQUAL(manager->establish(manager->self, RDPESC_SCOPE_USER, &context), 0);
    CU_ASSERT_EQUAL(manager->list_readers(manager->self, context, &names),
                    RDPESC_E_NO_READERS_AVAILABLE);
    CU_ASSERT(rm_script_add_reader(script, "A"));
    CU_ASSERT(rm_script_add_reader(script, "B"));
    CU_ASSERT_EQUAL(manager->list_readers(manager->self, context, &names), 0);
    CU_ASSERT_EQUAL(names.len, 4);
    CU_ASSERT_EQUAL(memcmp(room, "A\0B", 4), 0);
    CU_ASSERT_EQUAL(manager->release(manager->self, context), 0);
    CU_ASSERT_EQUAL(manager->release(manager->self, context), RDPESC_E_INVALID_HANDLE);
    rm_script_free(script);
}

static void a_command_gets_its_answer_and_others_6d00(void)
{
    struct rm_script *script = rm_script_new();
    const struct resource_manager *manager = rm_script_manager(script);
    uint8_t room[64];
    struct rm_buffer answer = { room, sizeof room, 0 };
    uint32_t protocol = 0;
    rm_context context;
    rm_card card;

    CU_ASSERT(rm_script_add_reader(script, "A"));
    rm_script_insert(script, "A", atr, RDPESC_PROTOCOL_T1);
    CU_ASSERT(rm_script_answer(script, "A", atr, (struct ndr_bytes){ octets, 1 }));
    CU_ASSERT_EQUAL(manager->establish(manager->self, RDPESC_SCOPE_USER, &context), 0);
    CU_ASSERT_EQUAL(
        manager->connect(manager->self, context, "A", RDPESC_SHARE_SHARED, 3, &card, &protocol), 0);
    CU_ASSERT_EQUAL(protocol, RDPESC_PROTOCOL_T1);
    CU_ASSERT_EQUAL(manager->transmit(manager->self, card, protocol, atr, NULL, &answer), 0);
    CU_ASSERT_EQUAL(answer.len, 1);
    CU_ASSERT_EQUAL(room[0], 0x3B);
    CU_ASSERT_EQUAL(manager->transmit(manager->self, card, protocol,
                                      (struct ndr_bytes){ octets, 1 }, NULL, &answer),
                    0);
    CU_ASSERT_EQUAL(memcmp(room, "\x6D\x00", 2), 0);
    CU_ASSERT_EQUAL(manager->release(manager->self, context), 0);
    CU_ASSERT_EQUAL(rm_script_cards(script), 0);
    rm_script_free(script);
}

static void a_failure_lasts_as_often_as_it_is_asked_for(void)
{
    struct rm_script *script = rm_script_new();
    const struct resource_manager *manager = rm_script_manager(script);
    rm_context context;

    rm_script_fail(script, RM_SCRIPT_establish, RDPESC_E_NO_MEMORY, 2);
    CU_ASSERT_EQUAL(manager->establish(manager->self, 0, &context), RDPESC_E_NO_MEMORY);
    CU_ASSERT_EQUAL(manager->establish(manager->self, 0, &context), RDPESC_E_NO_MEMORY);
    CU_ASSERT_EQUAL(manager->establish(manager->self, 0, &context), 0);
    CU_ASSERT_EQUAL(rm_script_calls(script, RM_SCRIPT_establish), 3);
    rm_script_free(script);
}

static void a_service_that_ends_takes_contexts_and_handles_with_it(void)
{
    struct rm_script *script = rm_script_new();
    const struct resource_manager *manager = rm_script_manager(script);
    uint32_t protocol;
    rm_context context;
    rm_card card;

    CU_ASSERT(rm_script_add_reader(script, "A"));
    rm_script_insert(script, "A", atr, RDPESC_PROTOCOL_T1);
    CU_ASSERT_EQUAL(manager->establish(manager->self, 0, &context), 0);
    CU_ASSERT_EQUAL(
        manager->connect(manager->self, context, "A", RDPESC_SHARE_EXCLUSIVE, 3, &card, &protocol),
        0);
    rm_script_service(script, false);
    CU_ASSERT_EQUAL(manager->begin(manager->self, card), RDPESC_E_NO_SERVICE);
    rm_script_service(script, true);
    CU_ASSERT_EQUAL(manager->begin(manager->self, card), RDPESC_E_INVALID_HANDLE);
    CU_ASSERT_EQUAL(rm_script_contexts(script), 0);
    CU_ASSERT_EQUAL(rm_script_cards(script), 0);
    rm_script_free(script);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(a_script_has_the_readers_it_is_given),
    SUITE_TEST(a_command_gets_its_answer_and_others_6d00),
    SUITE_TEST(a_failure_lasts_as_often_as_it_is_asked_for),
    SUITE_TEST(a_service_that_ends_takes_contexts_and_handles_with_it),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "rm_script", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
