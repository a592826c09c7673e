/* SPDX-License-Identifier: Apache-2.0 */
#include "rdpdr.h"

#include <string.h>

#include "suite.h"

static uint8_t octets[512];
static struct ndr_error error;

static struct ndr_bytes written(const struct ndr_writer *out)
{
    return (struct ndr_bytes){ out->data, (uint32_t)out->at };
}

static void a_control_request_reads_back(void)
{
    const struct DR_DEVICE_IOREQUEST io = { .DeviceId = 7, .FileId = 1, .CompletionId = 9 };
    const struct DR_CONTROL_REQ request = { 2048, 4, 0x000900E0 };
    struct ndr_writer out = { octets, sizeof octets, 0 };
    struct RDPDR_HEADER header;
    struct DR_DEVICE_IOREQUEST io_read;
    struct DR_CONTROL_REQ read;
    struct ndr_bytes input;
    struct ndr_reader in;

    CU_ASSERT(rdpdr_write_control_request(&out, &io, &request));
    CU_ASSERT(out.at == RDPDR_CONTROL_REQUEST_OCTETS);
    CU_ASSERT(ndr_write_u32(&out, 0x01020304));
    CU_ASSERT(rdpdr_open(written(&out), &in, &header, &error) == NDR_OK);
    CU_ASSERT(header.PacketId == RDPDR_DEVICE_IOREQUEST);
    CU_ASSERT(rdpdr_read(&DR_DEVICE_IOREQUEST_layout, &in, &io_read, &error) == NDR_OK);
    CU_ASSERT(io_read.DeviceId == 7 && io_read.MajorFunction == RDPDR_IRP_MJ_DEVICE_CONTROL);
    CU_ASSERT(rdpdr_read_control_request(&in, &read, &input, &error) == NDR_OK);
    CU_ASSERT(read.IoControlCode == 0x000900E0 && input.len == 4 && input.data[0] == 4);
}

static void a_control_request_longer_than_its_packet_is_refused(void)
{
    const struct DR_CONTROL_REQ request = { 2048, 5, 0x000900E0 };
    struct ndr_writer out = { octets, sizeof octets, 0 };
    struct DR_CONTROL_REQ read;
    struct ndr_bytes input;
    struct ndr_reader in;

    CU_ASSERT(rdpdr_write(&DR_CONTROL_REQ_layout, &out, &request));
    CU_ASSERT(ndr_write_zeroes(&out, RDPDR_CONTROL_PADDING + 4));
    in = ndr_reader_over(written(&out));
    CU_ASSERT(rdpdr_read_control_request(&in, &read, &input, &error) == NDR_TRUNCATED);
    CU_ASSERT_STRING_EQUAL(error.field, "InputBuffer");
    CU_ASSERT(input.data == NULL && input.len == 0);
}

static void every_layout_refuses_every_strict_prefix(void)
{
#define ONE_LAYOUT(Layout, section) &Layout##_layout,
    static const struct rdpdr_layout *const layouts[] = { RDPDR_LAYOUTS(ONE_LAYOUT) };
    static const uint8_t zeroes[64];
    uint8_t out[64];

    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        struct ndr_writer size = { NULL, 0, 0 };

        CU_ASSERT(rdpdr_write(layouts[i], &size, zeroes));
        for (uint32_t len = 0; len <= size.at; len++) {
            struct ndr_reader in = ndr_reader_over((struct ndr_bytes){ zeroes, len });
            enum ndr_status wanted = len == size.at ? NDR_OK : NDR_TRUNCATED;

            CU_ASSERT(rdpdr_read(layouts[i], &in, out, &error) == wanted);
        }
    }
}

static void capabilities_read_back_and_skip_unknown_sets(void)
{
    const struct GENERAL_CAPS_SET general = { .extendedPDU = 7 };
    struct ndr_writer out = { octets, sizeof octets, 0 };
    struct rdpdr_capabilities read;
    struct RDPDR_HEADER header;
    struct ndr_reader in;

    CU_ASSERT(rdpdr_write_capabilities(&out, RDPDR_SERVER_CAPABILITY, &general));
    octets[out.at - 8] = 99; /* the smart card set becomes one that nobody knows */
    CU_ASSERT(rdpdr_open(written(&out), &in, &header, &error) == NDR_OK);
    CU_ASSERT(rdpdr_read_capabilities(&in, &read, &error) == NDR_OK);
    CU_ASSERT(read.has_general && read.general.extendedPDU == 7 && !read.has_smartcard);
}

static void a_capability_set_shorter_than_its_header_is_refused(void)
{
    const struct DR_CORE_CAPABILITY one = { 1, 0 };
    const struct CAPABILITY_HEADER set = { RDPDR_CAP_SMARTCARD, 7, 1 };
    struct ndr_writer out = { octets, sizeof octets, 0 };
    struct rdpdr_capabilities read;
    struct ndr_reader in;

    CU_ASSERT(rdpdr_write(&DR_CORE_CAPABILITY_layout, &out, &one));
    CU_ASSERT(rdpdr_write(&CAPABILITY_HEADER_layout, &out, &set));
    in = ndr_reader_over(written(&out));
    CU_ASSERT(rdpdr_read_capabilities(&in, &read, &error) == NDR_HEADER);
    CU_ASSERT_STRING_EQUAL(error.field, "CapabilityLength");
}

static void a_client_name_ends_at_its_nul_in_either_encoding(void)
{
    const struct DR_CORE_CLIENT_NAME unicode = { 1, 0, 6 };
    const struct DR_CORE_CLIENT_NAME ascii = { 0, 0, 3 };
    struct ndr_writer out = { octets, sizeof octets, 0 };
    struct ndr_bytes name;
    struct ndr_reader in;
    bool is_unicode;

    CU_ASSERT(rdpdr_write(&DR_CORE_CLIENT_NAME_layout, &out, &unicode));
    CU_ASSERT(ndr_write_bytes(&out, (const uint8_t *)"P\0C\0\0\0", 6));
    in = ndr_reader_over(written(&out));
    CU_ASSERT(rdpdr_read_client_name(&in, &name, &is_unicode, &error) == NDR_OK);
    CU_ASSERT(is_unicode && name.len == 4);
    out.at = 0;
    CU_ASSERT(rdpdr_write(&DR_CORE_CLIENT_NAME_layout, &out, &ascii));
    CU_ASSERT(ndr_write_bytes(&out, (const uint8_t *)"PC\0", 3));
    in = ndr_reader_over(written(&out));
    CU_ASSERT(rdpdr_read_client_name(&in, &name, &is_unicode, &error) == NDR_OK);
    CU_ASSERT(!is_unicode && name.len == 2);
}

static CU_TestInfo rdpdr_tests[] = {
    SUITE_TEST(a_control_request_reads_back),
    SUITE_TEST(a_control_request_longer_than_its_packet_is_refused),
    SUITE_TEST(every_layout_refuses_every_strict_prefix),
    SUITE_TEST(capabilities_read_back_and_skip_unknown_sets),
    SUITE_TEST(a_capability_set_shorter_than_its_header_is_refused),
    SUITE_TEST(a_client_name_ends_at_its_nul_in_either_encoding),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "rdpdr", NULL, NULL, NULL, NULL, rdpdr_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
