/* SPDX-License-Identifier: Apache-2.0
 *
 * The headers in front of every object, and the ways in and out of whole streams.
 */
#include <string.h>

#include "rdpesc.h"
#include "suite.h"

static const uint8_t id[4] = { 1, 2, 3, 4 };
static uint8_t octets[128];
static uint32_t length;
static struct ndr_error error;

static struct ndr_bytes stream(uint32_t len)
{
    return (struct ndr_bytes){ octets, len };
}

/* A valid ReleaseContext call in octets. */
static void encode_sample(void)
{
    const struct Context_Call call = { { { id, sizeof id } } };
    size_t written;

    CU_ASSERT(rpce_encode(&Context_Call_type, &call, octets, sizeof octets, &written, &error) ==
              NDR_OK);
    length = (uint32_t)written;
}

static void expect(enum ndr_status status, const char *field, uint32_t offset)
{
    struct ndr_bytes object = { octets, 1 };

    CU_ASSERT(rpce_unwrap(stream(length), &object, &error) == status);
    CU_ASSERT(rpce_unwrap(stream(length), &object, NULL) == status);
    CU_ASSERT(object.data == NULL && object.len == 0);
    CU_ASSERT(error.status == status && error.offset == offset);
    CU_ASSERT_STRING_EQUAL(error.field, field);
}

static void each_spoiled_octet_of_the_common_header_is_named(void)
{
    encode_sample();
    octets[0] = 2;
    expect(NDR_HEADER, "Version", 0);
    encode_sample();
    octets[1] = 0;
    expect(NDR_HEADER, "Endianness", 1);
    encode_sample();
    octets[2] = 16;
    expect(NDR_HEADER, "CommonHeaderLength", 2);
    encode_sample();
    octets[3] = 8;
    expect(NDR_HEADER, "CommonHeaderLength", 2);
}

static void every_cut_inside_the_headers_is_refused(void)
{
    encode_sample();
    for (length = 0; length < 8; length++)
        expect(NDR_TRUNCATED, "CommonHeader", length);
    for (; length < RPCE_HEADERS; length++)
        expect(NDR_TRUNCATED, "PrivateHeader", length);
}

static void an_object_longer_than_its_stream_is_refused(void)
{
    encode_sample();
    length--;
    expect(NDR_TRUNCATED, "ObjectBufferLength", 8);
}

static void a_length_that_counts_the_headers_is_understood(void)
{
    struct ndr_bytes object;

    encode_sample();
    octets[8] = (uint8_t)length;
    CU_ASSERT(rpce_unwrap(stream(length), &object, &error) == NDR_OK);
    CU_ASSERT(object.data == octets + RPCE_HEADERS && object.len == length - RPCE_HEADERS);
}

static void every_buffer_that_is_too_small_is_refused_and_kept_past_its_size(void)
{
    const struct Transmit_Call call = { .pbSendBuffer = { id, 3 } };
    size_t needed;
    size_t written;

    CU_ASSERT(rpce_encode(&Transmit_Call_type, &call, NULL, 0, &needed, NULL) == NDR_OK);
    CU_ASSERT(needed % 8 == 0 && needed < sizeof octets);
    for (size_t capacity = 0; capacity < needed; capacity++) {
        struct ndr_error *wanted = capacity % 2 ? &error : NULL;

        memset(octets, 0xEE, sizeof octets);
        CU_ASSERT(rpce_encode(&Transmit_Call_type, &call, octets, capacity, &written, wanted) ==
                  NDR_NO_SPACE);
        CU_ASSERT(written == 0);
        for (size_t i = capacity; i < sizeof octets; i++)
            CU_ASSERT_FATAL(octets[i] == 0xEE);
    }
    CU_ASSERT(rpce_encode(&Transmit_Call_type, &call, octets, needed, &written, NULL) == NDR_OK);
    CU_ASSERT(written == needed);
}

static void an_error_may_be_left_unasked_for(void)
{
    const struct rdpesc_call_info *info = rdpesc_call_by_code(RDPESC_EstablishContext);
    struct ndr_arena arena = { NULL, 0, 0 };
    union rdpesc_call call;
    union rdpesc_return ret;

    encode_sample();
    octets[RPCE_HEADERS] = 17;
    CU_ASSERT(rdpesc_decode_call(rdpesc_call_by_code(RDPESC_Cancel), stream(length), &call, &arena,
                                 NULL) == NDR_RANGE);
    CU_ASSERT(rdpesc_decode_call(info, stream(15), &call, &arena, NULL) == NDR_TRUNCATED);
    CU_ASSERT(rdpesc_decode_return(info, stream(15), &ret, &arena, NULL) == NDR_TRUNCATED);
    octets[RPCE_HEADERS + 4] = 17;
    CU_ASSERT(rdpesc_decode_return(info, stream(length), &ret, &arena, NULL) == NDR_RANGE);
}

static void the_offset_of_a_return_counts_from_the_start_of_its_stream(void)
{
    const struct EstablishContext_Return in = { 0, { { id, sizeof id } } };
    const struct rdpesc_call_info *info = rdpesc_call_by_code(RDPESC_EstablishContext);
    struct ndr_arena arena = { NULL, 0, 0 };
    union rdpesc_return ret;
    size_t written;

    CU_ASSERT(rpce_encode(info->ret, &in, octets, sizeof octets, &written, NULL) == NDR_OK);
    octets[RPCE_HEADERS + 4] = 17;
    CU_ASSERT(rdpesc_decode_return(info, stream((uint32_t)written), &ret, &arena, &error) ==
              NDR_RANGE);
    CU_ASSERT(error.offset == RPCE_HEADERS + 4);
    CU_ASSERT_STRING_EQUAL(error.field, "cbContext");
}

/* What a failure that was cut at len octets decodes to; its octets are all set. */
static enum ndr_status decode_cut(uint32_t code, uint32_t len)
{
    struct ndr_arena arena = { NULL, 0, 0 };
    union rdpesc_return ret;

    memset(octets, 0x80, sizeof octets);
    return rdpesc_decode_return_object(rdpesc_call_by_code(code), stream(len), &ret, &arena, NULL);
}

static void a_failure_is_cut_behind_its_return_code_and_nowhere_else(void)
{
    CU_ASSERT(decode_cut(RDPESC_StatusW, 3) == NDR_TRUNCATED);
    CU_ASSERT(decode_cut(RDPESC_StatusW, 4) == NDR_OK);
    CU_ASSERT(decode_cut(RDPESC_State, 8) == NDR_OK);
    CU_ASSERT(decode_cut(RDPESC_State, 9) == NDR_TRUNCATED);
}

static CU_TestInfo rpce_tests[] = {
    SUITE_TEST(each_spoiled_octet_of_the_common_header_is_named),
    SUITE_TEST(every_cut_inside_the_headers_is_refused),
    SUITE_TEST(an_object_longer_than_its_stream_is_refused),
    SUITE_TEST(a_length_that_counts_the_headers_is_understood),
    SUITE_TEST(every_buffer_that_is_too_small_is_refused_and_kept_past_its_size),
    SUITE_TEST(an_error_may_be_left_unasked_for),
    SUITE_TEST(the_offset_of_a_return_counts_from_the_start_of_its_stream),
    SUITE_TEST(a_failure_is_cut_behind_its_return_code_and_nowhere_else),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "rpce", NULL, NULL, NULL, NULL, rpce_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
