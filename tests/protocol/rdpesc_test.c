/* SPDX-License-Identifier: Apache-2.0 */
#include "rdpesc.h"

#include <string.h>

#include "names.h"
#include "suite.h"

static uint32_t depth_of(const struct ndr_type *type)
{
    uint32_t deepest = 0;

    for (size_t i = 0; i < type->row_count; i++) {
        uint32_t depth = type->rows[i].type ? depth_of(type->rows[i].type) : 0;

        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

static void every_type_is_shallow_enough_for_the_engine(void)
{
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);

    CU_ASSERT(count > 50);
    for (size_t i = 0; i < count; i++)
        CU_ASSERT(depth_of(types[i]) < NDR_DEPTH_MAX);
}

/* What a zeroed structure takes: its inline part and nothing else. */
static void every_type_knows_the_size_of_its_inline_part(void)
{
    static _Alignas(16) uint8_t zeroes[4096];
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);

    for (size_t i = 0; i < count; i++) {
        size_t length = 0;

        CU_ASSERT_FATAL(types[i]->size <= sizeof zeroes);
        CU_ASSERT(ndr_encode(types[i], zeroes, NULL, 0, &length, NULL) == NDR_OK);
        CU_ASSERT(length == types[i]->wire);
    }
}

static void every_return_begins_with_its_return_code(void)
{
    size_t count;
    const struct rdpesc_call_info *calls = rdpesc_calls(&count);

    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_STRING_EQUAL(calls[i].ret->rows[0].name, "ReturnCode");
        CU_ASSERT(calls[i].ret->rows[0].offset == 0);
    }
}

static void calls_are_found_by_code_and_by_name(void)
{
    const struct rdpesc_call_info *transmit = rdpesc_call_by_code(0x000900D0);

    CU_ASSERT_PTR_NOT_NULL(transmit);
    if (!transmit)
        return;
    CU_ASSERT_STRING_EQUAL(transmit->name, "Transmit");
    CU_ASSERT_PTR_EQUAL(transmit->call, &Transmit_Call_type);
    CU_ASSERT_PTR_EQUAL(rdpesc_call_by_name("tRANSMIT"), transmit);
    CU_ASSERT_PTR_NULL(rdpesc_call_by_code(0x00090034));
    CU_ASSERT_PTR_NULL(rdpesc_call_by_name("transmi"));
}

static void codes_are_unique_and_ascending(void)
{
    size_t count;
    const struct rdpesc_call_info *calls = rdpesc_calls(&count);

    for (size_t i = 1; i < count; i++)
        CU_ASSERT(calls[i - 1].code < calls[i].code);
}

static void access_started_event_goes_without_headers(void)
{
    const struct rdpesc_call_info *info = rdpesc_call_by_code(RDPESC_AccessStartedEvent);
    struct ScardAccessStartedEvent_Call call = { 0 };
    struct ndr_arena arena = { NULL, 0, 0 };
    uint8_t octets[32];
    size_t length;

    CU_ASSERT(rdpesc_encode_call(info, &call, octets, sizeof octets, &length, NULL) == NDR_OK);
    CU_ASSERT(length == 4);
    for (uint32_t len = 0; len < 8; len++)
        CU_ASSERT(rdpesc_decode_call(info, (struct ndr_bytes){ octets, len }, &call, &arena,
                                     NULL) == NDR_OK);
}

static void a_failure_cut_behind_its_return_code_decodes(void)
{
    const struct rdpesc_call_info *info = rdpesc_call_by_code(RDPESC_ListReadersW);
    struct Long_Return cut = { RDPESC_E_NO_SERVICE };
    struct ListReaders_Return ret;
    struct ndr_arena arena = { NULL, 0, 0 };
    uint8_t octets[64];
    size_t length;

    CU_ASSERT(rpce_encode(&Long_Return_type, &cut, octets, sizeof octets, &length, NULL) == NDR_OK);
    CU_ASSERT(rdpesc_decode_return(info, (struct ndr_bytes){ octets, (uint32_t)length }, &ret,
                                   &arena, NULL) == NDR_OK);
    CU_ASSERT(ret.ReturnCode == RDPESC_E_NO_SERVICE && ret.msz.data == NULL && ret.msz.len == 0);
    cut.ReturnCode = RDPESC_S_SUCCESS;
    CU_ASSERT(rpce_encode(&Long_Return_type, &cut, octets, sizeof octets, &length, NULL) == NDR_OK);
    CU_ASSERT(rdpesc_decode_return(info, (struct ndr_bytes){ octets, (uint32_t)length }, &ret,
                                   &arena, NULL) == NDR_TRUNCATED);
}

static void errors_count_from_the_start_of_the_stream(void)
{
    const struct rdpesc_call_info *info = rdpesc_call_by_code(RDPESC_ReleaseContext);
    static const uint8_t context[4] = { 1, 2, 3, 4 };
    struct Context_Call call = { { { context, sizeof context } } };
    struct ndr_arena arena = { NULL, 0, 0 };
    struct ndr_error error;
    uint8_t octets[64];
    size_t length;

    CU_ASSERT(rdpesc_encode_call(info, &call, octets, sizeof octets, &length, NULL) == NDR_OK);
    octets[RPCE_HEADERS] = 17;
    CU_ASSERT(rdpesc_decode_call(info, (struct ndr_bytes){ octets, (uint32_t)length }, &call,
                                 &arena, &error) == NDR_RANGE);
    CU_ASSERT(error.offset == RPCE_HEADERS);
    CU_ASSERT_STRING_EQUAL(error.field, "cbContext");
}

static void codes_have_names_for_people(void)
{
    CU_ASSERT_STRING_EQUAL(rdpesc_scard_name(RDPESC_E_NO_SERVICE), "SCARD_E_NO_SERVICE");
    CU_ASSERT_STRING_EQUAL(rdpesc_scard_text(RDPESC_W_REMOVED_CARD), "the card was removed");
    CU_ASSERT_STRING_EQUAL(rdpesc_scard_name(0x12345678), "unknown code");
}

static CU_TestInfo rdpesc_tests[] = {
    SUITE_TEST(every_type_is_shallow_enough_for_the_engine),
    SUITE_TEST(every_type_knows_the_size_of_its_inline_part),
    SUITE_TEST(every_return_begins_with_its_return_code),
    SUITE_TEST(calls_are_found_by_code_and_by_name),
    SUITE_TEST(codes_are_unique_and_ascending),
    SUITE_TEST(access_started_event_goes_without_headers),
    SUITE_TEST(a_failure_cut_behind_its_return_code_decodes),
    SUITE_TEST(errors_count_from_the_start_of_the_stream),
    SUITE_TEST(codes_have_names_for_people),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "rdpesc", NULL, NULL, NULL, NULL, rdpesc_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
