/* SPDX-License-Identifier: Apache-2.0
 *
 * Framing at its edges: every packet cut at every octet, every buffer that is too small.
 */
#include <string.h>

#include "rdpdr.h"
#include "suite.h"

static uint8_t octets[256];
static struct ndr_error error;

static struct ndr_writer over(size_t capacity)
{
    return (struct ndr_writer){ octets, capacity, 0 };
}

static struct ndr_reader cut(size_t len)
{
    return ndr_reader_over((struct ndr_bytes){ octets, (uint32_t)len });
}

/* Reads a part from the first len octets. */
typedef enum ndr_status reads(struct ndr_reader *in, struct ndr_error *wanted);

/* The part reads from size octets and from no fewer; a failure names a field inside them. */
static void expect_no_prefix(reads *read, size_t size)
{
    for (size_t len = 0; len <= size; len++) {
        enum ndr_status status = len < size ? NDR_TRUNCATED : NDR_OK;
        struct ndr_reader in = cut(len);

        CU_ASSERT(read(&in, NULL) == status);
        in = cut(len);
        error.field = NULL;
        CU_ASSERT(read(&in, &error) == status);
        CU_ASSERT(len == size || (error.field && error.offset <= len));
    }
}

static enum ndr_status read_name(struct ndr_reader *in, struct ndr_error *wanted)
{
    struct ndr_bytes name;
    bool unicode;
    enum ndr_status status = rdpdr_read_client_name(in, &name, &unicode, wanted);

    CU_ASSERT(status == NDR_OK || (name.data == NULL && name.len == 0));
    return status;
}

static void a_client_name_is_refused_when_it_is_cut(void)
{
    const struct DR_CORE_CLIENT_NAME fixed = { 1, 0, 7 };
    struct ndr_writer out = over(sizeof octets);

    CU_ASSERT(rdpdr_write(&DR_CORE_CLIENT_NAME_layout, &out, &fixed));
    CU_ASSERT(ndr_write_bytes(&out, (const uint8_t *)"P\0\0\1C\0D", 7));
    expect_no_prefix(read_name, out.at);
}

static void a_client_name_without_nul_is_taken_whole(void)
{
    const struct DR_CORE_CLIENT_NAME wide = { 1, 0, 5 };
    const struct DR_CORE_CLIENT_NAME narrow = { 0, 0, 2 };
    struct ndr_writer out = over(sizeof octets);
    struct ndr_reader in;
    struct ndr_bytes name;
    bool unicode;

    CU_ASSERT(rdpdr_write(&DR_CORE_CLIENT_NAME_layout, &out, &wide));
    CU_ASSERT(ndr_write_bytes(&out, (const uint8_t *)"P\0\0\1C", 5));
    in = cut(out.at);
    CU_ASSERT(rdpdr_read_client_name(&in, &name, &unicode, &error) == NDR_OK);
    CU_ASSERT(unicode && name.len == 4);
    out = over(sizeof octets);
    CU_ASSERT(rdpdr_write(&DR_CORE_CLIENT_NAME_layout, &out, &narrow));
    CU_ASSERT(ndr_write_bytes(&out, (const uint8_t *)"PC", 2));
    in = cut(out.at);
    CU_ASSERT(rdpdr_read_client_name(&in, &name, &unicode, &error) == NDR_OK);
    CU_ASSERT(!unicode && name.len == 2);
}

static enum ndr_status read_capabilities(struct ndr_reader *in, struct ndr_error *wanted)
{
    struct rdpdr_capabilities capabilities;

    return rdpdr_read_capabilities(in, &capabilities, wanted);
}

static void capabilities_are_refused_when_they_are_cut(void)
{
    const struct GENERAL_CAPS_SET general = { .extendedPDU = 7 };
    struct ndr_writer out = over(sizeof octets);

    CU_ASSERT(rdpdr_write_capabilities(&out, RDPDR_SERVER_CAPABILITY, &general));
    memmove(octets, octets + 4, out.at - 4);
    expect_no_prefix(read_capabilities, out.at - 4);
}

static void capabilities_say_which_sets_are_there(void)
{
    const struct GENERAL_CAPS_SET general = { .ioCode1 = 9 };
    struct ndr_writer out = over(sizeof octets);
    struct rdpdr_capabilities read;
    struct ndr_reader in;

    CU_ASSERT(rdpdr_write_capabilities(&out, RDPDR_SERVER_CAPABILITY, &general));
    memmove(octets, octets + 4, out.at - 4);
    in = cut(out.at - 4);
    CU_ASSERT(rdpdr_read_capabilities(&in, &read, &error) == NDR_OK);
    CU_ASSERT(read.has_general && read.has_smartcard && read.general.ioCode1 == 9);
    CU_ASSERT(in.left == 0);
}

static void a_general_set_shorter_than_its_layout_is_refused(void)
{
    const struct DR_CORE_CAPABILITY one = { 1, 0 };
    const struct CAPABILITY_HEADER set = { RDPDR_CAP_GENERAL, 39, 1 };
    struct ndr_writer out = over(sizeof octets);
    struct ndr_reader in;

    CU_ASSERT(rdpdr_write(&DR_CORE_CAPABILITY_layout, &out, &one));
    CU_ASSERT(rdpdr_write(&CAPABILITY_HEADER_layout, &out, &set));
    CU_ASSERT(ndr_write_zeroes(&out, 64));
    in = cut(out.at);
    CU_ASSERT(read_capabilities(&in, &error) == NDR_HEADER);
    CU_ASSERT_STRING_EQUAL(error.field, "CapabilityLength");
    CU_ASSERT(error.offset == 6);
}

static enum ndr_status read_device(struct ndr_reader *in, struct ndr_error *wanted)
{
    struct DEVICE_ANNOUNCE device;
    struct ndr_bytes data;

    return rdpdr_read_device(in, &device, &data, wanted);
}

static void a_device_is_refused_when_it_is_cut(void)
{
    const struct DEVICE_ANNOUNCE scard = { RDPDR_DTYP_SMART_CARD, 3, "SCARD", 6 };
    struct ndr_writer out = over(sizeof octets);
    struct DEVICE_ANNOUNCE device;
    struct ndr_bytes data;
    struct ndr_reader in;

    CU_ASSERT(rdpdr_write(&DEVICE_ANNOUNCE_layout, &out, &scard));
    CU_ASSERT(ndr_write_zeroes(&out, 6));
    expect_no_prefix(read_device, out.at);
    in = cut(out.at);
    CU_ASSERT(rdpdr_read_device(&in, &device, &data, &error) == NDR_OK);
    CU_ASSERT(device.DeviceId == 3 && data.len == 6);
    CU_ASSERT_STRING_EQUAL((const char *)device.PreferredDosName, "SCARD");
}

static enum ndr_status read_request(struct ndr_reader *in, struct ndr_error *wanted)
{
    struct DR_CONTROL_REQ request;
    struct ndr_bytes input;

    return rdpdr_read_control_request(in, &request, &input, wanted);
}

static void a_control_request_is_refused_when_it_is_cut(void)
{
    const struct DR_CONTROL_REQ request = { 2048, 4, 0x000900E0 };
    struct ndr_writer out = over(sizeof octets);

    CU_ASSERT(rdpdr_write(&DR_CONTROL_REQ_layout, &out, &request));
    CU_ASSERT(ndr_write_zeroes(&out, RDPDR_CONTROL_PADDING + 4));
    expect_no_prefix(read_request, out.at);
}

static enum ndr_status read_response(struct ndr_reader *in, struct ndr_error *wanted)
{
    struct ndr_bytes output;
    enum ndr_status status = rdpdr_read_control_response(in, &output, wanted);

    CU_ASSERT(output.len == (status == NDR_OK ? 3 : 0));
    return status;
}

static void a_control_response_is_refused_when_it_is_cut(void)
{
    const struct DR_CONTROL_RSP response = { 3 };
    struct ndr_writer out = over(sizeof octets);

    CU_ASSERT(rdpdr_write(&DR_CONTROL_RSP_layout, &out, &response));
    CU_ASSERT(ndr_write_zeroes(&out, 3));
    expect_no_prefix(read_response, out.at);
}

/* Writes a whole packet, or as much as fits. */
typedef bool writes(struct ndr_writer *out);

static void expect_no_small_buffer(writes *write)
{
    struct ndr_writer counted = { NULL, 0, 0 };

    CU_ASSERT(write(&counted));
    for (size_t capacity = 0; capacity < counted.at; capacity++) {
        struct ndr_writer out = over(capacity);

        memset(octets, 0xEE, sizeof octets);
        CU_ASSERT(!write(&out));
        CU_ASSERT(out.at <= capacity && octets[capacity] == 0xEE);
    }
}

static bool write_request(struct ndr_writer *out)
{
    static const struct DR_DEVICE_IOREQUEST io = { .DeviceId = 7, .CompletionId = 9 };
    static const struct DR_CONTROL_REQ request = { 2048, 4, 0x000900E0 };

    return rdpdr_write_control_request(out, &io, &request);
}

static bool write_capabilities(struct ndr_writer *out)
{
    static const struct GENERAL_CAPS_SET general = { .extendedPDU = 7 };

    return rdpdr_write_capabilities(out, RDPDR_SERVER_CAPABILITY, &general);
}

static void a_packet_that_does_not_fit_is_not_written_past_its_buffer(void)
{
    expect_no_small_buffer(write_request);
    expect_no_small_buffer(write_capabilities);
}

static CU_TestInfo read_tests[] = {
    SUITE_TEST(a_client_name_is_refused_when_it_is_cut),
    SUITE_TEST(a_client_name_without_nul_is_taken_whole),
    SUITE_TEST(capabilities_are_refused_when_they_are_cut),
    SUITE_TEST(capabilities_say_which_sets_are_there),
    SUITE_TEST(a_general_set_shorter_than_its_layout_is_refused),
    SUITE_TEST(a_device_is_refused_when_it_is_cut),
    SUITE_TEST(a_control_request_is_refused_when_it_is_cut),
    SUITE_TEST(a_control_response_is_refused_when_it_is_cut),
    CU_TEST_INFO_NULL,
};
static CU_TestInfo write_tests[] = {
    SUITE_TEST(a_packet_that_does_not_fit_is_not_written_past_its_buffer),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "read", NULL, NULL, NULL, NULL, read_tests },
    { "write", NULL, NULL, NULL, NULL, write_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
