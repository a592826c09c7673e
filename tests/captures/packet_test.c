/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole RDPDR packets: octets to JSON and text, and back. The packets of tests/vectors are looked
 * at by rdpesc_cli_test.py; here stands what these have none of.
 */
#include "packet.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"

static void append(void *self, const char *piece)
{
    char *text = self;

    (void)strncat(text, piece, 1023 - strlen(text));
}

/* Encodes JSON text; the octets live in memory. */
static bool encode(const char *text, struct capture_memory *memory, struct ndr_bytes *pdu,
                   struct capture_fault *fault)
{
    json_t *json = json_loads(text, 0, NULL);
    bool ok;

    CU_ASSERT_FATAL(json != NULL);
    ok = capture_packet_encode(json, NULL, memory, pdu, fault);
    json_decref(json);
    return ok;
}

static void expect_octets(const char *text, const char *octets, uint32_t len)
{
    struct capture_memory memory = { NULL };
    struct capture_fault fault = { "", "" };
    struct ndr_bytes pdu;
    struct ndr_bytes again;
    struct ndr_error error;
    json_t *json = json_object();
    const struct capture_packet how = { NULL, true, json, NULL };

    CU_ASSERT(encode(text, &memory, &pdu, &fault));
    CU_ASSERT_STRING_EQUAL(fault.path, "");
    CU_ASSERT_EQUAL(pdu.len, len);
    CU_ASSERT(pdu.len == len && memcmp(pdu.data, octets, len) == 0);
    CU_ASSERT_EQUAL(capture_packet_print(&how, pdu, &error), NDR_OK);
    CU_ASSERT(capture_packet_encode(json, NULL, &memory, &again, &fault));
    CU_ASSERT(again.len == len && memcmp(again.data, octets, len) == 0);
    json_decref(json);
    capture_memory_free(&memory);
}

#define OCTETS(literal) literal, sizeof(literal) - 1

static void a_removal_lists_device_ids(void)
{
    expect_octets("{\"packet\": \"DEVICELIST_REMOVE\", \"DeviceIds\": [{\"DeviceId\": 1}, "
                  "{\"DeviceId\": 258}]}",
                  OCTETS("rDMD\2\0\0\0\1\0\0\0\2\1\0\0"));
    expect_octets("{\"packet\": \"DEVICELIST_REMOVE\", \"DeviceIds\": []}", OCTETS("rDMD\0\0\0\0"));
}

static void a_device_may_have_data_and_any_name(void)
{
    expect_octets("{\"packet\": \"DEVICELIST_ANNOUNCE\", \"DeviceList\": [{\"DeviceType\": 32, "
                  "\"DeviceId\": 0, \"PreferredDosName\": \"SCARD\", \"DeviceData\": \"aabb\"}]}",
                  OCTETS("rDAD\1\0\0\0\x20\0\0\0\0\0\0\0SCARD\0\0\0\2\0\0\0\xaa\xbb"));
    expect_octets("{\"packet\": \"DEVICELIST_ANNOUNCE\", \"DeviceList\": [{\"DeviceType\": 8, "
                  "\"DeviceId\": 1, \"PreferredDosName\": {\"octets\": \"4100ff4200000043\"}}]}",
                  OCTETS("rDAD\1\0\0\0\x08\0\0\0\1\0\0\0A\0\xff\x42\0\0\0C\0\0\0\0"));
}

static void a_computer_name_may_lack_its_nul_or_have_many(void)
{
    expect_octets("{\"packet\": \"CLIENT_NAME\", \"UnicodeFlag\": 1, \"CodePage\": 0, "
                  "\"ComputerName\": \"AB\"}",
                  OCTETS("rDNC\1\0\0\0\0\0\0\0\6\0\0\0A\0B\0\0\0"));
    expect_octets("{\"packet\": \"CLIENT_NAME\", \"UnicodeFlag\": 1, \"CodePage\": 0, "
                  "\"ComputerNameLen\": 4, \"ComputerName\": \"AB\"}",
                  OCTETS("rDNC\1\0\0\0\0\0\0\0\4\0\0\0A\0B\0"));
    expect_octets("{\"packet\": \"CLIENT_NAME\", \"UnicodeFlag\": 0, \"CodePage\": 0, "
                  "\"ComputerNameLen\": 5, \"ComputerName\": \"AB\"}",
                  OCTETS("rDNC\0\0\0\0\0\0\0\0\5\0\0\0AB\0\0\0"));
    expect_octets("{\"packet\": \"CLIENT_NAME\", \"UnicodeFlag\": 1, \"CodePage\": 0, "
                  "\"ComputerNameLen\": 3, \"ComputerName\": {\"octets\": \"410042\"}}",
                  OCTETS("rDNC\1\0\0\0\0\0\0\0\3\0\0\0A\0B"));
}

static void capability_sets_of_any_type_keep_their_octets(void)
{
    expect_octets("{\"packet\": \"CLIENT_CAPABILITY\", \"CapabilityMessage\": [{"
                  "\"CapabilityType\": 9, \"CapabilityLength\": 11, \"Version\": 1, "
                  "\"capabilityData\": \"010203\"}]}",
                  OCTETS("rDPC\1\0\0\0\x09\0\x0b\0\1\0\0\0\1\2\3"));
}

static void padding_and_surplus_come_back(void)
{
    expect_octets("{\"packet\": \"USER_LOGGEDON\", \"rest\": \"00ff\"}", OCTETS("rDLU\0\xff"));
    expect_octets(
        "{\"packet\": \"DEVICE_IOREQUEST\", \"DeviceId\": 1, \"FileId\": 1, "
        "\"CompletionId\": 2, \"MajorFunction\": 14, \"MinorFunction\": 0, "
        "\"OutputBufferLength\": 256, \"IoControlCode\": 590048, "
        "\"Padding\": \"0100000000000000000000000000000000000002\", "
        "\"call\": {\"Unused\": \"01020304\"}}",
        OCTETS("rDRI\1\0\0\0\1\0\0\0\2\0\0\0\x0e\0\0\0\0\0\0\0\0\1\0\0\4\0\0\0\xe0\0\x09\0"
               "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2\1\2\3\4"));
}

static void expect_fault(const char *text, const char *path)
{
    struct capture_memory memory = { NULL };
    struct capture_fault fault = { "", "" };
    struct ndr_bytes pdu;

    CU_ASSERT_FALSE(encode(text, &memory, &pdu, &fault));
    CU_ASSERT_STRING_EQUAL(fault.path, path);
    CU_ASSERT_PTR_NULL(pdu.data);
    capture_memory_free(&memory);
}

static void json_that_contradicts_itself_is_refused(void)
{
    expect_fault("{\"packet\": \"DEVICELIST_REMOVE\", \"DeviceCount\": 2, \"DeviceIds\": "
                 "[{\"DeviceId\": 1}]}",
                 "DeviceCount");
    expect_fault("{\"packet\": \"DEVICELIST_REMOVE\", \"DeviceCount\": 0, \"DeviceIds\": "
                 "[{\"DeviceId\": 1}]}",
                 "DeviceCount");
    expect_fault(
        "{\"packet\": \"DEVICELIST_REMOVE\", \"DeviceIds\": [{\"DeviceId\": 1, \"x\": 1}]}",
        "DeviceIds[0].x");
    expect_fault("{\"packet\": \"DEVICELIST_REMOVE\", \"DeviceIds\": [1]}", "DeviceIds[0]");
    expect_fault("{\"packet\": \"CLIENT_NAME\", \"UnicodeFlag\": 1, \"CodePage\": 0, "
                 "\"ComputerNameLen\": 4000000000, \"ComputerName\": \"AB\"}",
                 "ComputerName");
    expect_fault("{\"packet\": \"CLIENT_CAPABILITY\", \"CapabilityMessage\": [{"
                 "\"CapabilityType\": 9, \"CapabilityLength\": 8, \"Version\": 1, "
                 "\"capabilityData\": \"01\"}]}",
                 "CapabilityMessage[0].CapabilityLength");
    expect_fault("{\"packet\": \"DEVICELIST_ANNOUNCE\", \"DeviceList\": [{\"DeviceType\": 8, "
                 "\"DeviceId\": 1, \"PreferredDosName\": \"NINE CHARS\"}]}",
                 "DeviceList[0].PreferredDosName");
}

static void expect_error(const char *octets, uint32_t len, enum ndr_status status, uint32_t offset,
                         const char *field)
{
    struct ndr_error error;
    char text[1024] = "";
    const struct ndr_sink sink = { text, append };
    const struct capture_packet how = { NULL, true, NULL, &sink };
    const struct ndr_bytes pdu = { (const uint8_t *)octets, len };

    CU_ASSERT_EQUAL(capture_packet_print(&how, pdu, &error), status);
    CU_ASSERT_EQUAL(error.offset, offset);
    CU_ASSERT_STRING_EQUAL(error.field, field);
}

static void malformed_packets_are_refused_with_offset_and_field(void)
{
    expect_error(OCTETS(""), NDR_TRUNCATED, 0, "Component");
    expect_error(OCTETS("rD"), NDR_TRUNCATED, 2, "PacketId");
    expect_error(OCTETS("RPCP"), NDR_UNKNOWN, 0, "Component");
    expect_error(OCTETS("rDxx"), NDR_UNKNOWN, 2, "PacketId");
    expect_error(OCTETS("rDMD\2\0\0\0\1\0\0\0\1\0"), NDR_TRUNCATED, 12, "DeviceId");
    expect_error(OCTETS("rDNC\1\0\0\0\0\0\0\0\6\0\0\0A"), NDR_TRUNCATED, 16, "ComputerNameLen");
    expect_error(OCTETS("rDPS\1\0\0\0\5\0\7\0\1\0\0\0"), NDR_HEADER, 10, "CapabilityLength");
    expect_error(OCTETS("rDPS\1\0\0\0\1\0\x27\0\1\0\0\0"), NDR_HEADER, 10, "CapabilityLength");
    expect_error(OCTETS("rDPS\1\0\0\0\5\0\x09\0\1\0\0\0"), NDR_TRUNCATED, 10, "CapabilityLength");
}

static CU_TestInfo packet_tests[] = {
    SUITE_TEST(a_removal_lists_device_ids),
    SUITE_TEST(a_device_may_have_data_and_any_name),
    SUITE_TEST(a_computer_name_may_lack_its_nul_or_have_many),
    SUITE_TEST(capability_sets_of_any_type_keep_their_octets),
    SUITE_TEST(padding_and_surplus_come_back),
    SUITE_TEST(json_that_contradicts_itself_is_refused),
    SUITE_TEST(malformed_packets_are_refused_with_offset_and_field),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "packet", NULL, NULL, NULL, NULL, packet_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
