/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "ndr.h"
#include "sample.h"
#include "suite.h"

static uint8_t wire[512];
static _Alignas(16) uint8_t memory[512];
static struct ndr_error error;

static enum ndr_status encode(const struct sample *in, size_t capacity, size_t *length)
{
    return ndr_encode(&sample_type, in, wire, capacity, length, &error);
}

/* Encoding fails so and names the field. */
static void expect(const struct sample *in, enum ndr_status status, const char *field)
{
    size_t length = 1;

    CU_ASSERT(encode(in, sizeof wire, &length) == status);
    CU_ASSERT(error.status == status);
    CU_ASSERT_STRING_EQUAL(error.field, field);
    CU_ASSERT(length == 0);
}

static void a_full_value_decodes_to_itself(void)
{
    const struct sample in = sample_full();
    struct ndr_arena arena = { memory, sizeof memory, 0 };
    struct sample out;
    size_t length;

    CU_ASSERT(encode(&in, sizeof wire, &length) == NDR_OK);
    CU_ASSERT(ndr_decode(&sample_type, (struct ndr_bytes){ wire, (uint32_t)length }, &out, &arena,
                         &error) == NDR_OK);
    CU_ASSERT(ndr_equal(&sample_type, &in, &out));
}

static void every_strict_prefix_of_a_full_value_is_refused(void)
{
    const struct sample in = sample_full();
    size_t length;

    CU_ASSERT(encode(&in, sizeof wire, &length) == NDR_OK);
    for (uint32_t cut = 0; cut < length; cut++) {
        struct ndr_arena arena = { memory, sizeof memory, 0 };
        struct sample out;

        CU_ASSERT(ndr_decode(&sample_type, (struct ndr_bytes){ wire, cut }, &out, &arena, NULL) !=
                  NDR_OK);
        CU_ASSERT(arena.used == 0 && out.pointer == NULL);
    }
}

static void every_arena_that_is_too_small_is_refused(void)
{
    const struct sample in = sample_full();
    struct sample out;
    size_t length;
    size_t needed = 2 * sizeof(struct sample_inner) + 32;

    CU_ASSERT(encode(&in, sizeof wire, &length) == NDR_OK);
    for (size_t size = 0; size < needed; size++) {
        struct ndr_arena arena = { memory, size, 0 };

        CU_ASSERT(ndr_decode(&sample_type, (struct ndr_bytes){ wire, (uint32_t)length }, &out,
                             &arena, &error) == NDR_NO_ARENA);
        CU_ASSERT(arena.used == 0);
    }
}

static void every_buffer_that_is_too_small_is_refused_and_kept_past_its_size(void)
{
    const struct sample in = sample_full();
    size_t needed;
    size_t length;

    CU_ASSERT(ndr_encode(&sample_type, &in, NULL, 0, &needed, NULL) == NDR_OK);
    for (size_t capacity = 0; capacity < needed; capacity++) {
        memset(wire, 0xEE, sizeof wire);
        CU_ASSERT(encode(&in, capacity, &length) == NDR_NO_SPACE);
        CU_ASSERT(length == 0 && error.offset <= capacity);
        for (size_t i = capacity; i < sizeof wire; i++)
            CU_ASSERT_FATAL(wire[i] == 0xEE);
    }
    CU_ASSERT(encode(&in, needed, &length) == NDR_OK && length == needed);
}

static void null_pointers_take_their_inline_part_only(void)
{
    const struct sample in = { .small = 1 };
    size_t length;

    CU_ASSERT(encode(&in, sizeof wire, &length) == NDR_OK);
    CU_ASSERT(length == sample_type.wire);
}

static void referents_are_numbered_in_the_order_of_the_stream(void)
{
    const struct sample in = { .bytes = { wire, 0 }, .array = { sample_elements, 0 } };
    size_t length;

    CU_ASSERT(encode(&in, sizeof wire, &length) == NDR_OK);
    CU_ASSERT(memcmp(wire + 13, "\0\0\2\0", 4) == 0);
    CU_ASSERT(memcmp(wire + sample_type.wire - 4, "\4\0\2\0", 4) == 0);
}

static void each_number_and_count_above_its_limit_is_refused(void)
{
    struct sample in = sample_full();
    struct sample_inner pointed = sample_pointed;
    struct sample_inner elements[2] = { sample_elements[0], sample_elements[1] };

    in.small = SAMPLE_SMALL_MAX + 1;
    expect(&in, NDR_RANGE, "small");
    in = sample_full();
    in.bytes.len = SAMPLE_BYTES_MAX + 1;
    expect(&in, NDR_RANGE, "cbBytes");
    in = sample_full();
    in.array.len = SAMPLE_ELEMENTS_MAX + 1;
    expect(&in, NDR_RANGE, "cArray");
    in = sample_full();
    in.inside.bytes.len = SAMPLE_BYTES_MAX + 1;
    expect(&in, NDR_RANGE, "cb");
    in = sample_full();
    in.pointer = &pointed;
    pointed.bytes.len = SAMPLE_BYTES_MAX + 1;
    expect(&in, NDR_RANGE, "cb");
    in = sample_full();
    in.array.at = elements;
    elements[1].bytes.len = SAMPLE_BYTES_MAX + 1;
    expect(&in, NDR_RANGE, "cb");
}

static void null_with_a_count_is_refused_where_it_means_nothing(void)
{
    struct sample in = sample_full();

    in.bytes.data = NULL;
    expect(&in, NDR_NULL_POINTER, "bytes");
    in = sample_full();
    in.array.at = NULL;
    expect(&in, NDR_NULL_POINTER, "array");
}

static void a_string_of_half_a_character_or_of_two_gigabytes_is_refused(void)
{
    struct sample in = sample_full();

    in.wide.len = 5;
    expect(&in, NDR_RANGE, "wide");
    in = sample_full();
    in.narrow.len = 0x80000000;
    expect(&in, NDR_RANGE, "narrow");
}

static void a_value_deeper_than_the_engine_goes_is_refused_both_ways(void)
{
    struct sample_node nodes[NDR_DEPTH_MAX + 1] = { { NULL } };
    struct ndr_arena arena = { memory, sizeof memory, 0 };
    size_t length;

    for (size_t i = 0; i < NDR_DEPTH_MAX; i++)
        nodes[i].next = &nodes[i + 1];
    CU_ASSERT(ndr_encode(&sample_node_type, nodes, wire, sizeof wire, &length, &error) ==
              NDR_DEPTH);
    CU_ASSERT_STRING_EQUAL(error.field, "node");
    CU_ASSERT(ndr_encode(&sample_node_type, nodes + 1, wire, sizeof wire, &length, &error) ==
              NDR_OK);
    CU_ASSERT(ndr_decode(&sample_node_type, (struct ndr_bytes){ wire, (uint32_t)length }, nodes,
                         &arena, &error) == NDR_OK);
    memset(wire, 1, sizeof wire);
    CU_ASSERT(ndr_decode(&sample_node_type, (struct ndr_bytes){ wire, sizeof wire }, nodes, &arena,
                         &error) == NDR_DEPTH);
}

static CU_TestInfo encode_tests[] = {
    SUITE_TEST(a_full_value_decodes_to_itself),
    SUITE_TEST(every_strict_prefix_of_a_full_value_is_refused),
    SUITE_TEST(every_arena_that_is_too_small_is_refused),
    SUITE_TEST(every_buffer_that_is_too_small_is_refused_and_kept_past_its_size),
    SUITE_TEST(null_pointers_take_their_inline_part_only),
    SUITE_TEST(referents_are_numbered_in_the_order_of_the_stream),
    SUITE_TEST(each_number_and_count_above_its_limit_is_refused),
    SUITE_TEST(null_with_a_count_is_refused_where_it_means_nothing),
    SUITE_TEST(a_string_of_half_a_character_or_of_two_gigabytes_is_refused),
    SUITE_TEST(a_value_deeper_than_the_engine_goes_is_refused_both_ways),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "encode", NULL, NULL, NULL, NULL, encode_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
