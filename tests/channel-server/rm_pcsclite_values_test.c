/* SPDX-License-Identifier: Apache-2.0 */
#include "rm_pcsclite_values.h"

#include <string.h>

#include "suite.h"

static void codes_lose_what_sign_extension_added(void)
{
    CU_ASSERT_EQUAL(pcsclite_code(0), RDPESC_S_SUCCESS);
    CU_ASSERT_EQUAL(pcsclite_code((long)0x80100009u), RDPESC_E_UNKNOWN_READER);
    CU_ASSERT_EQUAL(pcsclite_code((long)(int32_t)0x80100009u), RDPESC_E_UNKNOWN_READER);
}

static void only_a_feature_makes_unexpected_unsupported(void)
{
    CU_ASSERT_EQUAL(pcsclite_code((long)0x8010001Fu), RDPESC_E_UNEXPECTED);
    CU_ASSERT_EQUAL(pcsclite_code_of_feature((long)0x8010001Fu), RDPESC_E_UNSUPPORTED_FEATURE);
    CU_ASSERT_EQUAL(pcsclite_code_of_feature((long)0x80100016u), RDPESC_E_NOT_TRANSACTED);
}

static void raw_has_another_number(void)
{
    CU_ASSERT_EQUAL(pcsclite_protocol_to_native(RDPESC_PROTOCOL_RAW), 4);
    CU_ASSERT_EQUAL(pcsclite_protocol(4), RDPESC_PROTOCOL_RAW);
    CU_ASSERT_EQUAL(pcsclite_protocol_to_native(RDPESC_PROTOCOL_T0 | RDPESC_PROTOCOL_T1), 3);
    CU_ASSERT_EQUAL(pcsclite_protocol(1), RDPESC_PROTOCOL_T0);
    CU_ASSERT_EQUAL(pcsclite_protocol(0), 0);
}

static void the_default_flag_is_not_handed_on(void)
{
    CU_ASSERT_EQUAL(pcsclite_protocol_to_native(RDPESC_PROTOCOL_DEFAULT | RDPESC_PROTOCOL_T1), 2);
    /* What is T=15 there is nothing here. */
    CU_ASSERT_EQUAL(pcsclite_protocol_to_native(8), 0);
}

static void state_bits_become_a_number(void)
{
    CU_ASSERT_EQUAL(pcsclite_card_state(0x00), RDPESC_CARD_UNKNOWN);
    CU_ASSERT_EQUAL(pcsclite_card_state(0x01), RDPESC_CARD_UNKNOWN);
    CU_ASSERT_EQUAL(pcsclite_card_state(0x02), RDPESC_CARD_ABSENT);
    CU_ASSERT_EQUAL(pcsclite_card_state(0x04), RDPESC_CARD_PRESENT);
    CU_ASSERT_EQUAL(pcsclite_card_state(0x0C), RDPESC_CARD_SWALLOWED);
    CU_ASSERT_EQUAL(pcsclite_card_state(0x14), RDPESC_CARD_POWERED);
    CU_ASSERT_EQUAL(pcsclite_card_state(0x34), RDPESC_CARD_NEGOTIABLE);
    CU_ASSERT_EQUAL(pcsclite_card_state(0x54), RDPESC_CARD_SPECIFICMODE);
    CU_ASSERT_EQUAL(pcsclite_card_state(0x00070034), RDPESC_CARD_NEGOTIABLE);
}

static void control_codes_of_smart_card_devices_are_turned_round(void)
{
    CU_ASSERT_EQUAL(pcsclite_control_to_native(0x00313520), 0x42000D48);
    CU_ASSERT_EQUAL(pcsclite_control_to_native(0x00312000), 0x42000800);
    CU_ASSERT_EQUAL(pcsclite_control_to_native(0x42330006), 0x42330006);
    CU_ASSERT_EQUAL(pcsclite_control_to_native(0x00090014), 0x00090014);
    CU_ASSERT(pcsclite_asks_features(0x00313520));
    CU_ASSERT(pcsclite_asks_features(0x42000D48));
    CU_ASSERT_FALSE(pcsclite_asks_features(0x00312000));
}

static void codes_in_a_list_of_features_come_back_as_they_were_given(void)
{
    uint8_t list[] = { 0x06, 4, 0x42, 0x33, 0x00, 0x06, 0x12, 4, 0x42, 0x00, 0x0D, 0x49 };
    const uint8_t wanted[] = { 0x06, 4, 0x42, 0x33, 0x00, 0x06, 0x12, 4, 0x00, 0x31, 0x35, 0x24 };
    struct rm_buffer features = { list, sizeof list, sizeof list };

    pcsclite_features(&features);
    CU_ASSERT_EQUAL(memcmp(list, wanted, sizeof wanted), 0);
    CU_ASSERT_EQUAL(pcsclite_control_to_native(0x00313524), 0x42000D49);
}

static void what_is_no_list_of_features_stays(void)
{
    uint8_t odd[] = { 0x12, 4, 0x42, 0x00, 0x0D };
    uint8_t other[] = { 0x12, 3, 0x42, 0x00, 0x0D, 0x49 };
    struct rm_buffer features = { odd, sizeof odd, sizeof odd };

    pcsclite_features(&features);
    CU_ASSERT_EQUAL(odd[2], 0x42);
    features = (struct rm_buffer){ other, sizeof other, sizeof other };
    pcsclite_features(&features);
    CU_ASSERT_EQUAL(other[2], 0x42);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(codes_lose_what_sign_extension_added),
    SUITE_TEST(only_a_feature_makes_unexpected_unsupported),
    SUITE_TEST(raw_has_another_number),
    SUITE_TEST(the_default_flag_is_not_handed_on),
    SUITE_TEST(state_bits_become_a_number),
    SUITE_TEST(control_codes_of_smart_card_devices_are_turned_round),
    SUITE_TEST(codes_in_a_list_of_features_come_back_as_they_were_given),
    SUITE_TEST(what_is_no_list_of_features_stays),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "rm_pcsclite_values", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
