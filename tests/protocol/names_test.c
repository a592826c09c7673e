/* SPDX-License-Identifier: Apache-2.0
 *
 * What people read instead of numbers.
 */
#include "names.h"

#include <string.h>

#include "suite.h"

static void expect(const char *field, uint32_t value, const char *name)
{
    char text[RDPESC_VALUE_NAME_MAX];

    CU_ASSERT(rdpesc_value_name(field, value, text, sizeof text) == (name[0] != '\0'));
    CU_ASSERT_STRING_EQUAL(text, name);
}

static void values_have_the_names_of_their_field(void)
{
    expect("dwScope", 2, "SCARD_SCOPE_SYSTEM");
    expect("dwShareMode", 2, "SCARD_SHARE_SHARED");
    expect("dwDisposition", 2, "SCARD_UNPOWER_CARD");
    expect("dwState", 6, "SCARD_SPECIFICMODE");
    expect("dwAttrId", 0x00090303, "SCARD_ATTR_ATR_STRING");
    expect("dwTimeOut", RDPESC_INFINITE, "INFINITE");
    expect("ReturnCode", RDPESC_E_NO_SERVICE, "SCARD_E_NO_SERVICE");
    expect("IoStatus", RDPESC_STATUS_BUFFER_TOO_SMALL, "STATUS_BUFFER_TOO_SMALL");
    expect("DeviceType", 0x20, "RDPDR_DTYP_SMARTCARD");
    expect("MajorFunction", 14, "IRP_MJ_DEVICE_CONTROL");
    expect("CapabilityType", 5, "CAP_SMARTCARD_TYPE");
    expect("IoControlCode", RDPESC_Transmit, "Transmit");
}

static void values_and_fields_without_a_name_have_none(void)
{
    expect("dwShareMode", 77, "");
    expect("IoControlCode", 0x00090034, "");
    expect("cbSendLength", 1, "");
}

static void bits_are_joined_and_unknown_ones_kept_as_a_number(void)
{
    expect("dwPreferredProtocols", 3, "SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1");
    expect("dwProtocol", 0, "SCARD_PROTOCOL_UNDEFINED");
    expect("dwProtocol", 8, "0x8");
    expect("dwEventState", 0x0122, "SCARD_STATE_CHANGED | SCARD_STATE_PRESENT | SCARD_STATE_INUSE");
    expect("dwEventState", 0x8010, "SCARD_STATE_EMPTY | 0x8000");
}

static void the_high_half_of_a_reader_state_is_a_count(void)
{
    expect("dwCurrentState", 0x00010000, "SCARD_STATE_UNAWARE, count 1");
    expect("dwEventState", 0x00030020, "SCARD_STATE_PRESENT, count 3");
}

static void every_bit_at_once_has_room(void)
{
    char text[RDPESC_VALUE_NAME_MAX];

    CU_ASSERT(rdpesc_value_name("dwEventState", UINT32_MAX, text, sizeof text));
    CU_ASSERT(strstr(text, ", count 65535") != NULL);
}

static void the_code_that_nobody_may_call_has_a_name(void)
{
    CU_ASSERT_STRING_EQUAL(rdpesc_code_name(0x000900E4), "ReleaseTartedEvent");
    CU_ASSERT_PTR_NULL(rdpesc_call_by_code(0x000900E4));
    CU_ASSERT_PTR_NULL(rdpesc_code_name(0x00090034));
}

static CU_TestInfo names_tests[] = {
    SUITE_TEST(values_have_the_names_of_their_field),
    SUITE_TEST(values_and_fields_without_a_name_have_none),
    SUITE_TEST(bits_are_joined_and_unknown_ones_kept_as_a_number),
    SUITE_TEST(the_high_half_of_a_reader_state_is_a_count),
    SUITE_TEST(every_bit_at_once_has_room),
    SUITE_TEST(the_code_that_nobody_may_call_has_a_name),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "names", NULL, NULL, NULL, NULL, names_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
