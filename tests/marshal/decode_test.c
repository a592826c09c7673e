/* SPDX-License-Identifier: Apache-2.0 */
#include "ndr.h"

#include <string.h>

#include "suite.h"

/* A type of the test's own with every kind of row. */
struct inner {
    uint32_t number;
    struct ndr_bytes bytes;
};
struct outer {
    uint32_t small;
    uint8_t fixed[4];
    struct ndr_bytes bytes;
    struct ndr_bytes query;
    struct ndr_bytes string;
    struct inner inside;
    const struct inner *pointer;
    struct {
        const struct inner *at;
        uint32_t len;
    } array;
};

static const struct ndr_row inner_rows[] = {
    { "number", NULL, NULL, UINT32_MAX, offsetof(struct inner, number), NDR_U32, 0, 0 },
    { "bytes", "cb", NULL, 16, offsetof(struct inner, bytes), NDR_BYTES, 0, 0 },
};
static const struct ndr_type inner_type = { "inner", "0", inner_rows, 2, sizeof(struct inner), 12 };
static const struct ndr_row outer_rows[] = {
    { "small", NULL, NULL, 9, offsetof(struct outer, small), NDR_U32, 0, 0 },
    { "fixed", NULL, NULL, 4, offsetof(struct outer, fixed), NDR_FIXED, 0, 0 },
    { "bytes", "cbBytes", NULL, 8, offsetof(struct outer, bytes), NDR_BYTES, NDR_SECRET, 0 },
    { "query", "cbQuery", NULL, 8, offsetof(struct outer, query), NDR_BYTES, NDR_LENGTH_ONLY, 0 },
    { "string", NULL, NULL, 0, offsetof(struct outer, string), NDR_STRING, 0, 2 },
    { "inside", NULL, &inner_type, 0, offsetof(struct outer, inside), NDR_STRUCT, 0, 0 },
    { "pointer", NULL, &inner_type, 0, offsetof(struct outer, pointer), NDR_POINTER, 0, 0 },
    { "array", "cArray", &inner_type, 3, offsetof(struct outer, array), NDR_ARRAY, 0, 0 },
};
static const struct ndr_type outer_type = { "outer", "0", outer_rows, 8, sizeof(struct outer), 56 };

/* Where the inline numbers of an encoded outer stand. */
#define AT_SMALL       0
#define AT_CB_BYTES    8
#define AT_BYTES       12
#define AT_STRING      24
#define AT_ARRAY_COUNT 44
#define AT_DEFERRED    52

static uint8_t wire[512];
static size_t wire_length;
static _Alignas(16) uint8_t memory[1024];
static struct ndr_arena arena;
static struct ndr_error error;
static struct outer decoded;

static struct ndr_bytes view(const char *text)
{
    return (struct ndr_bytes){ (const uint8_t *)text, (uint32_t)strlen(text) };
}

static void put_u32(size_t at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        wire[at + i] = (uint8_t)(value >> 8 * i);
}

/* A valid object in wire; tests then spoil one number of it. */
static void encode_sample(void)
{
    static const uint8_t name[] = { 'A', 0, 'b', 0, 'C', 0 };
    const struct inner elements[2] = { { 1, view("one") }, { 2, view("two!") } };
    const struct inner pointed = { 7, view("seven") };
    struct outer in = { .small = 5,
                        .fixed = { 1, 2, 3, 4 },
                        .bytes = view("bytes"),
                        .query = { NULL, 6 },
                        .string = { name, sizeof name },
                        .inside = { 3, view("in") },
                        .pointer = &pointed };

    in.array.at = elements;
    in.array.len = 2;
    memset(wire, 0xEE, sizeof wire);
    CU_ASSERT(ndr_encode(&outer_type, &in, wire, sizeof wire, &wire_length, &error) == NDR_OK);
}

static enum ndr_status decode(size_t length)
{
    arena = (struct ndr_arena){ memory, sizeof memory, 0 };
    memset(&decoded, 0xAA, sizeof decoded);
    return ndr_decode(&outer_type, (struct ndr_bytes){ wire, (uint32_t)length }, &decoded, &arena,
                      &error);
}

/* Decoding fails so, names the field, and leaves nothing behind. */
static void expect(enum ndr_status status, const char *field, uint32_t offset)
{
    static const struct outer zero;

    CU_ASSERT(decode(wire_length) == status);
    CU_ASSERT(error.status == status);
    CU_ASSERT_STRING_EQUAL(error.field, field);
    CU_ASSERT(error.offset == offset);
    CU_ASSERT(memcmp(&decoded, &zero, sizeof zero) == 0);
    CU_ASSERT(arena.used == 0);
}

static void decode_gives_back_what_was_encoded(void)
{
    encode_sample();
    CU_ASSERT(decode(wire_length) == NDR_OK);
    CU_ASSERT(decoded.small == 5 && decoded.inside.number == 3 && decoded.pointer->number == 7);
    CU_ASSERT(decoded.query.data == NULL && decoded.query.len == 6);
    CU_ASSERT(decoded.string.len == 6 && memcmp(decoded.string.data, "A\0b\0C", 6) == 0);
    CU_ASSERT(decoded.array.len == 2 && decoded.array.at[1].number == 2);
    CU_ASSERT(memcmp(decoded.array.at[1].bytes.data, "two!", 4) == 0);
    CU_ASSERT(memcmp(decoded.pointer->bytes.data, "seven", 5) == 0);
}

static void decode_takes_views_not_copies(void)
{
    encode_sample();
    CU_ASSERT(decode(wire_length) == NDR_OK);
    CU_ASSERT(decoded.bytes.data > wire && decoded.bytes.data < wire + wire_length);
}

static void decode_rejects_a_number_above_its_range(void)
{
    encode_sample();
    put_u32(AT_SMALL, 10);
    expect(NDR_RANGE, "small", AT_SMALL);
}

static void decode_rejects_a_count_above_its_range_before_looking_further(void)
{
    encode_sample();
    put_u32(AT_CB_BYTES, 0xFFFFFFFF);
    expect(NDR_RANGE, "cbBytes", AT_CB_BYTES);
}

static void decode_rejects_a_count_unlike_the_conformance(void)
{
    encode_sample();
    put_u32(AT_CB_BYTES, 4);
    expect(NDR_CONFORMANCE, "bytes", AT_DEFERRED);
}

static void decode_rejects_null_data_with_a_count(void)
{
    encode_sample();
    put_u32(AT_BYTES, 0);
    expect(NDR_NULL_POINTER, "bytes", AT_BYTES);
}

/* The string's counts follow the five octets of bytes and their padding. */
#define AT_STRING_COUNTS (AT_DEFERRED + 4 + 8)

static void decode_rejects_a_string_with_an_offset(void)
{
    encode_sample();
    put_u32(AT_STRING_COUNTS + 4, 1);
    expect(NDR_OFFSET, "string", AT_STRING_COUNTS + 4);
}

static void decode_rejects_a_string_longer_than_its_maximum(void)
{
    encode_sample();
    put_u32(AT_STRING_COUNTS + 8, 5);
    expect(NDR_ACTUAL, "string", AT_STRING_COUNTS + 8);
}

static void decode_rejects_a_string_that_would_pass_the_end(void)
{
    encode_sample();
    put_u32(AT_STRING_COUNTS, 0x80000001);
    put_u32(AT_STRING_COUNTS + 8, 0x80000001);
    expect(NDR_TRUNCATED, "string", AT_STRING_COUNTS + 8);
}

static void decode_rejects_a_string_without_terminator(void)
{
    encode_sample();
    wire[AT_STRING_COUNTS + 12 + 6] = 'x';
    CU_ASSERT(decode(wire_length) == NDR_TERMINATOR);
    encode_sample();
    put_u32(AT_STRING_COUNTS, 0);
    put_u32(AT_STRING_COUNTS + 8, 0);
    expect(NDR_TERMINATOR, "string", AT_STRING_COUNTS + 8);
}

static void decode_cuts_a_string_at_its_first_nul(void)
{
    encode_sample();
    wire[AT_STRING_COUNTS + 12 + 2] = 0;
    CU_ASSERT(decode(wire_length) == NDR_OK);
    CU_ASSERT(decoded.string.len == 2);
}

static void decode_accepts_a_maximum_above_the_actual_count(void)
{
    encode_sample();
    put_u32(AT_STRING_COUNTS, 0xFFFFFFFF);
    CU_ASSERT(decode(wire_length) == NDR_OK);
}

static void decode_accepts_any_referent_id_and_padding(void)
{
    encode_sample();
    put_u32(AT_BYTES, 1);
    put_u32(AT_STRING, 1);
    memset(wire + AT_DEFERRED + 4 + 5, 0xFF, 3);
    memset(wire + wire_length, 0, 8);
    wire_length += 8;
    CU_ASSERT(decode(wire_length) == NDR_OK);
}

static void decode_rejects_every_strict_prefix(void)
{
    encode_sample();
    for (size_t length = 0; length < wire_length; length++)
        CU_ASSERT(decode(length) != NDR_OK);
}

static void decode_asks_the_arena_for_no_more_than_its_bound(void)
{
    size_t bound;

    encode_sample();
    bound = ndr_arena_bound(&outer_type, wire_length);
    CU_ASSERT(decode(wire_length) == NDR_OK);
    CU_ASSERT(arena.used <= bound);
    arena = (struct ndr_arena){ memory, bound, 0 };
    CU_ASSERT(ndr_decode(&outer_type, (struct ndr_bytes){ wire, (uint32_t)wire_length }, &decoded,
                         &arena, &error) == NDR_OK);
    arena = (struct ndr_arena){ memory, 16, 0 };
    CU_ASSERT(ndr_decode(&outer_type, (struct ndr_bytes){ wire, (uint32_t)wire_length }, &decoded,
                         &arena, &error) == NDR_NO_ARENA);
}

static void encode_refuses_what_decode_would_refuse(void)
{
    struct outer in = { .small = 10 };
    size_t length = 1;

    CU_ASSERT(ndr_encode(&outer_type, &in, wire, sizeof wire, &length, &error) == NDR_RANGE);
    CU_ASSERT(length == 0);
    in = (struct outer){ .bytes = { NULL, 1 } };
    CU_ASSERT(ndr_encode(&outer_type, &in, wire, sizeof wire, &length, &error) == NDR_NULL_POINTER);
    in = (struct outer){ .bytes = view("ninebytes") };
    CU_ASSERT(ndr_encode(&outer_type, &in, wire, sizeof wire, &length, &error) == NDR_RANGE);
}

static void encode_leaves_a_small_buffer_untouched_past_its_size(void)
{
    struct outer in = { .bytes = view("bytes"), .string = view("abcd") };
    size_t needed = 0;
    size_t length;

    CU_ASSERT(ndr_encode(&outer_type, &in, NULL, 0, &needed, &error) == NDR_OK);
    for (size_t capacity = 0; capacity < needed; capacity++) {
        memset(wire, 0xEE, sizeof wire);
        CU_ASSERT(ndr_encode(&outer_type, &in, wire, capacity, &length, &error) == NDR_NO_SPACE);
        for (size_t i = capacity; i < needed + 8; i++)
            CU_ASSERT(wire[i] == 0xEE);
    }
    CU_ASSERT(ndr_encode(&outer_type, &in, wire, needed, &length, &error) == NDR_OK);
    CU_ASSERT(length == needed);
}

static void equal_sees_every_member(void)
{
    struct outer a = { .bytes = view("one"), .string = view("ab") };
    struct outer b = { .bytes = view("one"), .string = view("ab") };

    CU_ASSERT(ndr_equal(&outer_type, &a, &b));
    b.bytes = view("two");
    CU_ASSERT(!ndr_equal(&outer_type, &a, &b));
    b = a;
    b.query.len = 1;
    CU_ASSERT(!ndr_equal(&outer_type, &a, &b));
    b = a;
    b.pointer = &a.inside;
    CU_ASSERT(!ndr_equal(&outer_type, &a, &b));
}

static char printed[2048];

static void append(void *self, const char *piece)
{
    (void)self;
    (void)strncat(printed, piece, sizeof printed - strlen(printed) - 1);
}

static void dump_hides_secrets_unless_asked(void)
{
    const struct ndr_sink sink = { NULL, append };

    encode_sample();
    CU_ASSERT(decode(wire_length) == NDR_OK);
    printed[0] = '\0';
    ndr_dump(&outer_type, &decoded, false, &sink);
    CU_ASSERT(strstr(printed, "bytes = [5] (not shown)\n") != NULL);
    CU_ASSERT(strstr(printed, "6279746573") == NULL);
    printed[0] = '\0';
    ndr_dump(&outer_type, &decoded, true, &sink);
    CU_ASSERT(strstr(printed, "bytes = [5] 6279746573\n") != NULL);
}

static void dump_escapes_what_could_steer_a_terminal(void)
{
    static const uint8_t name[] = { 0x1B, 0, '[', 0, 0xE9, 0 };
    struct outer in = { .string = { name, sizeof name } };
    const struct ndr_sink sink = { NULL, append };

    printed[0] = '\0';
    ndr_dump(&outer_type, &in, false, &sink);
    CU_ASSERT(strstr(printed, "string = '\\u001b[\\u00e9'\n") != NULL);
}

static CU_TestInfo decode_tests[] = {
    SUITE_TEST(decode_gives_back_what_was_encoded),
    SUITE_TEST(decode_takes_views_not_copies),
    SUITE_TEST(decode_rejects_a_number_above_its_range),
    SUITE_TEST(decode_rejects_a_count_above_its_range_before_looking_further),
    SUITE_TEST(decode_rejects_a_count_unlike_the_conformance),
    SUITE_TEST(decode_rejects_null_data_with_a_count),
    SUITE_TEST(decode_rejects_a_string_with_an_offset),
    SUITE_TEST(decode_rejects_a_string_longer_than_its_maximum),
    SUITE_TEST(decode_rejects_a_string_that_would_pass_the_end),
    SUITE_TEST(decode_rejects_a_string_without_terminator),
    SUITE_TEST(decode_cuts_a_string_at_its_first_nul),
    SUITE_TEST(decode_accepts_a_maximum_above_the_actual_count),
    SUITE_TEST(decode_accepts_any_referent_id_and_padding),
    SUITE_TEST(decode_rejects_every_strict_prefix),
    SUITE_TEST(decode_asks_the_arena_for_no_more_than_its_bound),
    CU_TEST_INFO_NULL,
};
static CU_TestInfo encode_tests[] = {
    SUITE_TEST(encode_refuses_what_decode_would_refuse),
    SUITE_TEST(encode_leaves_a_small_buffer_untouched_past_its_size),
    CU_TEST_INFO_NULL,
};
static CU_TestInfo print_tests[] = {
    SUITE_TEST(equal_sees_every_member),
    SUITE_TEST(dump_hides_secrets_unless_asked),
    SUITE_TEST(dump_escapes_what_could_steer_a_terminal),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "decode", NULL, NULL, NULL, NULL, decode_tests },
    { "encode", NULL, NULL, NULL, NULL, encode_tests },
    { "print", NULL, NULL, NULL, NULL, print_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
