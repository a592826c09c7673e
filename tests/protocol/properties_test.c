/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds for every type of the table and every value of it, shown on made-up values: a type
 * that is added is tested without a word here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rdpesc.h"
#include "suite.h"

#define SEEDS        400
#define LARGE_EVERY  50 /* one seed of so many has room for large values */
#define SMALL_ARENA  4096
#define LARGE_ARENA  (1u << 18)
#define OBJECT_MAX   (1u << 12) /* the largest C structure */
#define OCTETS_MAX   (1u << 19)
#define LONG_OBJECT  1024 /* octets; of longer ones not every prefix is tried */
#define LONG_STEP    97
#define UNTOUCHED    0xA5
#define BEHIND       64 /* octets behind a buffer that are watched */
#define SHAPE_SEEDS  3000
#define SHAPES_ROOM  (1u << 17)
#define FEW_SEEDS    12
#define DECODED_ROOM (1u << 20)

struct sample {
    const struct ndr_type *type;
    _Alignas(16) uint8_t value[OBJECT_MAX];
    _Alignas(16) uint8_t memory[LARGE_ARENA];
    uint8_t octets[OCTETS_MAX];
    size_t length;
};

struct outcome {
    enum ndr_status status;
    struct ndr_error error;
    struct ndr_arena arena;
    _Alignas(16) uint8_t value[OBJECT_MAX];
    _Alignas(16) uint8_t memory[DECODED_ROOM];
};

static struct sample sample;
static struct outcome outcome;

/* ---- helpers ---- */

static void check(bool ok, const char *type, uint64_t seed, const char *what)
{
    CU_ASSERT(ok);
    if (!ok)
        fprintf(stderr, "    %s, seed %llu: %s\n", type, (unsigned long long)seed, what);
}

static void generate_in(const struct ndr_type *type, uint64_t seed, size_t room)
{
    struct ndr_arena arena = { sample.memory, room, 0 };

    CU_ASSERT_FATAL(type->size <= OBJECT_MAX);
    sample.type = type;
    ndr_generate(type, seed, sample.value, &arena);
}

/* A value of the type in sample, and its octets. */
static void make(const struct ndr_type *type, uint64_t seed)
{
    enum ndr_status status;

    generate_in(type, seed, seed % LARGE_EVERY == 0 ? LARGE_ARENA : SMALL_ARENA);
    status =
        ndr_encode(type, sample.value, sample.octets, OCTETS_MAX, &sample.length, &outcome.error);
    check(status == NDR_OK, type->name, seed, ndr_status_name(status));
}

static void decode(const uint8_t *octets, size_t length)
{
    outcome.arena = (struct ndr_arena){ outcome.memory, sizeof outcome.memory, 0 };
    outcome.status = ndr_decode(sample.type, (struct ndr_bytes){ octets, (uint32_t)length },
                                outcome.value, &outcome.arena, &outcome.error);
}

static void each_made(uint64_t seeds, void (*run)(uint64_t seed))
{
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);

    CU_ASSERT(count > 50);
    for (size_t i = 0; i < count; i++) {
        for (uint64_t seed = 0; seed < seeds; seed++) {
            make(types[i], seed);
            run(seed);
        }
    }
}

/* ---- round trip ---- */

static void survives(uint64_t seed)
{
    const char *name = sample.type->name;

    decode(sample.octets, sample.length);
    check(outcome.status == NDR_OK, name, seed, ndr_status_name(outcome.status));
    check(ndr_equal(sample.type, sample.value, outcome.value), name, seed, "another value");
    check(outcome.arena.used <= ndr_arena_bound(sample.type, sample.length), name, seed,
          "more arena than the bound");
    check(sample.length <= ndr_size_bound(sample.type), name, seed, "longer than the bound");
}

static void generated_values_survive_encoding_and_decoding(void)
{
    each_made(SEEDS, survives);
}

static void is_the_same_twice(uint64_t seed)
{
    static uint8_t again[OCTETS_MAX];
    const char *name = sample.type->name;
    size_t length;

    memset(again, 0xFF, sample.length);
    survives(seed);
    check(ndr_encode(sample.type, outcome.value, again, OCTETS_MAX, &length, NULL) == NDR_OK, name,
          seed, "does not encode again");
    check(length == sample.length && memcmp(again, sample.octets, length) == 0, name, seed,
          "other octets");
    check(ndr_encode(sample.type, sample.value, NULL, 0, &length, NULL) == NDR_OK, name, seed,
          "has no length");
    check(length == sample.length, name, seed, "its length alone is another");
}

static void equal_values_have_equal_octets(void)
{
    each_made(SEEDS / 4, is_the_same_twice);
}

static void equal_seeds_give_equal_values(void)
{
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);

    for (size_t i = 0; i < count; i++) {
        static uint8_t octets[OCTETS_MAX];
        size_t length;

        make(types[i], 7);
        length = sample.length;
        memcpy(octets, sample.octets, length);
        memset(sample.value, 0xEE, sizeof sample.value);
        memset(sample.memory, 0xEE, SMALL_ARENA);
        make(types[i], 7);
        check(length == sample.length && memcmp(octets, sample.octets, length) == 0, types[i]->name,
              7, "another value");
    }
}

/* ---- prefixes ---- */

static bool all_zero(const uint8_t *octets, size_t length)
{
    while (length && octets[length - 1] == 0)
        length--;
    return length == 0;
}

static void refuse_prefix(uint64_t seed, size_t length)
{
    const char *name = sample.type->name;
    /* Exactly as long as the prefix, so that AddressSanitizer sees a read one past it. */
    uint8_t *prefix = malloc(length ? length : 1);

    CU_ASSERT(prefix != NULL);
    if (!prefix)
        return;
    memcpy(prefix, sample.octets, length);
    decode(prefix, length);
    free(prefix);
    check(outcome.status == NDR_TRUNCATED, name, seed, "a prefix is not truncated");
    check(outcome.error.status == NDR_TRUNCATED && outcome.error.field[0] != '\0' &&
              outcome.error.offset <= length,
          name, seed, "the error names no place in the prefix");
    check(all_zero(outcome.value, sample.type->size), name, seed, "a prefix left a value");
    check(outcome.arena.used == 0, name, seed, "a prefix kept memory");
}

static size_t step_for(size_t length)
{
    return length > LONG_OBJECT ? LONG_STEP : 1;
}

static void refuses_prefixes(uint64_t seed)
{
    for (size_t length = 0; length < sample.length; length += step_for(sample.length))
        refuse_prefix(seed, length);
}

static void every_strict_prefix_is_refused(void)
{
    each_made(FEW_SEEDS, refuses_prefixes);
}

/* Behind its ReturnCode a failure may end, at 4 to 8 octets, and nowhere else. */
static void expect_cuts(const struct rdpesc_call_info *info, uint32_t return_code)
{
    for (size_t length = 0; length < sample.length; length++) {
        bool legal = return_code != RDPESC_S_SUCCESS && length >= 4 && length <= 8;
        enum ndr_status status;

        outcome.arena = (struct ndr_arena){ outcome.memory, sizeof outcome.memory, 0 };
        status =
            rdpesc_decode_return_object(info, (struct ndr_bytes){ sample.octets, (uint32_t)length },
                                        outcome.value, &outcome.arena, &outcome.error);
        check((status == NDR_OK) == legal, info->ret->name, return_code,
              legal ? "a cut failure is refused" : "a cut return decodes");
        if (status != NDR_OK)
            continue;
        check(memcmp(outcome.value, &return_code, 4) == 0 &&
                  all_zero(outcome.value + 4, info->ret->size - 4),
              info->ret->name, return_code, "a cut failure has values");
    }
}

static void only_failures_may_be_cut_behind_the_return_code(void)
{
    static const uint32_t codes[] = { RDPESC_S_SUCCESS, RDPESC_E_NO_SMARTCARD };
    size_t count;
    const struct rdpesc_call_info *calls = rdpesc_calls(&count);

    for (size_t i = 0; i < count * 2; i++) {
        const struct rdpesc_call_info *info = &calls[i / 2];

        generate_in(info->ret, i, SMALL_ARENA);
        memcpy(sample.value, &codes[i % 2], 4);
        CU_ASSERT(ndr_encode(info->ret, sample.value, sample.octets, OCTETS_MAX, &sample.length,
                             NULL) == NDR_OK);
        expect_cuts(info, codes[i % 2]);
    }
}

/* ---- buffers ---- */

typedef enum ndr_status encode_function(const struct ndr_type *type, const void *in,
                                        uint8_t *buffer, size_t capacity, size_t *length,
                                        struct ndr_error *error);

static bool untouched(const uint8_t *octets, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (octets[i] != UNTOUCHED)
            return false;
    }
    return true;
}

static void fit_or_refuse(encode_function *encode, uint64_t seed, size_t capacity, size_t needed)
{
    static uint8_t buffer[OCTETS_MAX];
    const char *name = sample.type->name;
    size_t length = 1;
    enum ndr_status status;

    memset(buffer, UNTOUCHED, needed + BEHIND);
    status = encode(sample.type, sample.value, buffer, capacity, &length, &outcome.error);
    check(status == (capacity < needed ? NDR_NO_SPACE : NDR_OK), name, seed, "not what fits");
    check(length == (capacity < needed ? 0 : needed), name, seed, "another length");
    check(untouched(buffer + capacity, needed + BEHIND - capacity), name, seed,
          "octets behind the buffer are touched");
}

static void keeps_to_buffers(uint64_t seed)
{
    size_t stream = 0;

    CU_ASSERT(rpce_encode(sample.type, sample.value, NULL, 0, &stream, NULL) == NDR_OK);
    CU_ASSERT(stream % 8 == 0 && stream >= RPCE_HEADERS + sample.length);
    for (size_t size = 0; size < sample.length; size += step_for(sample.length))
        fit_or_refuse(ndr_encode, seed, size, sample.length);
    for (size_t size = 0; size < stream; size += step_for(stream))
        fit_or_refuse(rpce_encode, seed, size, stream);
    fit_or_refuse(ndr_encode, seed, sample.length, sample.length);
    fit_or_refuse(ndr_encode, seed, sample.length + BEHIND / 2, sample.length);
    fit_or_refuse(rpce_encode, seed, stream, stream);
}

static void octets_behind_a_buffer_stay_untouched(void)
{
    each_made(FEW_SEEDS, keeps_to_buffers);
}

/* ---- the generator itself ---- */

enum shape { NULL_VIEW = 1, EMPTY = 2, ODD = 4, LIMIT = 8, NULL_WITH_COUNT = 16, ALL_SHAPES = 31 };

static uint32_t shape_of(const struct ndr_row *row)
{
    struct ndr_array seen;
    uint32_t unit = row->kind == NDR_STRING ? row->unit : 1;
    uint32_t limit = row->kind == NDR_STRING ? NDR_STRING_CAP : row->max;
    uint32_t shape = 0;

    /* A view of octets and an array of structures are laid out alike. */
    memcpy(&seen, sample.value + row->offset, sizeof seen);
    if (!seen.at)
        return seen.len ? NULL_WITH_COUNT : NULL_VIEW;
    shape |= seen.len == 0 ? EMPTY : 0;
    shape |= seen.len / unit % 2 ? ODD : 0;
    shape |= seen.len / unit == limit ? LIMIT : 0;
    return shape;
}

static void expect_shapes(const struct ndr_type *type, const struct ndr_row *row)
{
    bool may_count_alone = row->kind == NDR_BYTES && (row->flags & NDR_LENGTH_ONLY);
    uint32_t expected = ALL_SHAPES & ~(may_count_alone ? 0u : (uint32_t)NULL_WITH_COUNT);
    uint32_t seen = 0;

    if (row->kind != NDR_BYTES && row->kind != NDR_STRING && row->kind != NDR_ARRAY)
        return;
    if (ndr_size_bound(type) > SHAPES_ROOM) /* a limit that is seen only when there is room */
        expected &= ~(uint32_t)LIMIT;
    for (uint64_t seed = 0; seed < SHAPE_SEEDS && (seen & expected) != expected; seed++) {
        generate_in(type, seed, 2 * SHAPES_ROOM);
        seen |= shape_of(row);
    }
    check((seen & expected) == expected, type->name, seen, row->name);
    check((seen & ~(uint32_t)ALL_SHAPES) == 0 && (may_count_alone || !(seen & NULL_WITH_COUNT)),
          type->name, seen, row->name);
}

static void every_shape_of_every_row_is_generated(void)
{
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < types[i]->row_count; j++)
            expect_shapes(types[i], &types[i]->rows[j]);
    }
}

static void a_generator_without_room_makes_do(void)
{
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);

    for (size_t i = 0; i < count; i++) {
        for (size_t room = 0; room < 256; room += 16) {
            size_t length;

            generate_in(types[i], i, room);
            CU_ASSERT(ndr_encode(types[i], sample.value, NULL, 0, &length, NULL) == NDR_OK);
        }
    }
}

static void size_bounds_are_those_of_the_specification(void)
{
    CU_ASSERT(ndr_size_bound(&Long_Return_type) == 4);
    CU_ASSERT(ndr_size_bound(&EstablishContext_Return_type) == 12 + 4 + 16);
    CU_ASSERT(ndr_size_bound(&Transmit_Return_type) == 16 + 12 + 4 + 1024 + 4 + 66560);
    CU_ASSERT(ndr_size_bound(&GetReaderIcon_Return_type) == 12 + 4 + 4194304);
    CU_ASSERT(ndr_size_bound(&ContextAndStringA_Call_type) ==
              12 + 4 + 16 + 12 + (NDR_STRING_CAP + 1 + 3) / 4 * 4);
}

static CU_TestInfo property_tests[] = {
    SUITE_TEST(generated_values_survive_encoding_and_decoding),
    SUITE_TEST(equal_values_have_equal_octets),
    SUITE_TEST(equal_seeds_give_equal_values),
    SUITE_TEST(every_strict_prefix_is_refused),
    SUITE_TEST(only_failures_may_be_cut_behind_the_return_code),
    SUITE_TEST(octets_behind_a_buffer_stay_untouched),
    SUITE_TEST(every_shape_of_every_row_is_generated),
    SUITE_TEST(a_generator_without_room_makes_do),
    SUITE_TEST(size_bounds_are_those_of_the_specification),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "properties", NULL, NULL, NULL, NULL, property_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
