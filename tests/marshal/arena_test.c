/* SPDX-License-Identifier: Apache-2.0 */
#include <stdalign.h>
#include <string.h>

#include "ndr.h"
#include "sample.h"
#include "suite.h"

static _Alignas(16) uint8_t memory[256];

static void what_is_taken_is_zeroed_aligned_and_apart(void)
{
    struct ndr_arena arena = { memory, sizeof memory, 0 };
    uint8_t *one;
    uint8_t *other;

    memset(memory, 0xEE, sizeof memory);
    one = ndr_arena_take(&arena, 3);
    other = ndr_arena_take(&arena, 20);
    CU_ASSERT((uintptr_t)one % alignof(max_align_t) == 0);
    CU_ASSERT((uintptr_t)other % alignof(max_align_t) == 0);
    CU_ASSERT(one && other && one + 3 <= other);
    CU_ASSERT(one && memcmp(one, "\0\0\0", 3) == 0);
    CU_ASSERT(other && other[0] == 0 && other[19] == 0);
}

static void a_request_that_does_not_fit_leaves_the_arena_as_it_was(void)
{
    struct ndr_arena arena = { memory, 32, 16 };

    CU_ASSERT_PTR_NULL(ndr_arena_take(&arena, 17));
    CU_ASSERT_PTR_NULL(ndr_arena_take(&arena, SIZE_MAX));
    CU_ASSERT_PTR_NULL(ndr_arena_take(&arena, SIZE_MAX - 15));
    CU_ASSERT(arena.used == 16);
    CU_ASSERT_PTR_NOT_NULL(ndr_arena_take(&arena, 16));
    CU_ASSERT(arena.used == 32);
}

static void the_rounding_up_must_fit_too(void)
{
    struct ndr_arena arena = { memory, 20, 0 };

    CU_ASSERT_PTR_NULL(ndr_arena_take(&arena, 17));
    CU_ASSERT(arena.used == 0);
}

static void an_arena_without_memory_gives_nothing(void)
{
    struct ndr_arena arena = { NULL, 0, 0 };

    CU_ASSERT_PTR_NULL(ndr_arena_take(&arena, 1));
    arena.size = 64;
    CU_ASSERT_PTR_NULL(ndr_arena_take(&arena, 1));
}

static void the_bound_grows_with_the_object_up_to_the_row_limit(void)
{
    size_t pointer = ndr_arena_bound(&sample_type, 0);
    size_t two = ndr_arena_bound(&sample_type, 2 * sample_inner_type.wire);
    size_t limit = ndr_arena_bound(&sample_type, SAMPLE_ELEMENTS_MAX * sample_inner_type.wire);

    CU_ASSERT(pointer >= sizeof(struct sample_inner));
    CU_ASSERT(two >= pointer + 2 * sizeof(struct sample_inner));
    CU_ASSERT(limit > two);
    CU_ASSERT(ndr_arena_bound(&sample_type, SIZE_MAX) == limit);
    CU_ASSERT(ndr_arena_bound(&sample_inner_type, SIZE_MAX) == 0);
}

static CU_TestInfo arena_tests[] = {
    SUITE_TEST(what_is_taken_is_zeroed_aligned_and_apart),
    SUITE_TEST(a_request_that_does_not_fit_leaves_the_arena_as_it_was),
    SUITE_TEST(the_rounding_up_must_fit_too),
    SUITE_TEST(an_arena_without_memory_gives_nothing),
    SUITE_TEST(the_bound_grows_with_the_object_up_to_the_row_limit),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "arena", NULL, NULL, NULL, NULL, arena_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
