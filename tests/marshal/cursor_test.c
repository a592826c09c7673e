/* SPDX-License-Identifier: Apache-2.0 */
#include "cursor.h"

#include <string.h>

#include "suite.h"

static const uint8_t octets[] = { 1, 2, 3, 4, 5, 6, 7 };

static struct ndr_reader reader_of(uint32_t len)
{
    return ndr_reader_over((struct ndr_bytes){ octets, len });
}

static void a_reader_over_null_has_nothing_to_read(void)
{
    struct ndr_reader in = ndr_reader_over((struct ndr_bytes){ NULL, 9 });
    const uint8_t *view = octets;

    CU_ASSERT(ndr_reader_is_valid(&in));
    CU_ASSERT(in.left == 0);
    CU_ASSERT(!ndr_read_view(&in, 0, &view));
    CU_ASSERT(view == octets);
}

static void a_reader_that_has_octets_but_no_place_is_not_valid(void)
{
    const struct ndr_reader broken = { NULL, 1, 0 };

    CU_ASSERT(!ndr_reader_is_valid(&broken));
    CU_ASSERT(!ndr_reader_is_valid(NULL));
}

static void numbers_are_little_endian(void)
{
    struct ndr_reader in = reader_of(7);
    uint8_t one = 0;
    uint16_t two = 0;
    uint32_t four = 0;

    CU_ASSERT(ndr_read_u8(&in, &one) && one == 1);
    CU_ASSERT(ndr_read_u16(&in, &two) && two == 0x0302);
    CU_ASSERT(ndr_read_u32(&in, &four) && four == 0x07060504);
    CU_ASSERT(in.at == 7 && in.left == 0);
}

static void a_read_past_the_end_moves_nothing(void)
{
    struct ndr_reader in = reader_of(1);
    uint8_t one = 9;
    uint16_t two = 9;
    uint32_t four = 9;

    CU_ASSERT(!ndr_read_u16(&in, &two) && two == 9);
    CU_ASSERT(!ndr_read_u32(&in, &four) && four == 9);
    CU_ASSERT(in.at == 0 && in.left == 1);
    CU_ASSERT(ndr_read_u8(&in, &one));
    CU_ASSERT(!ndr_read_u8(&in, &one) && one == 1);
}

static void a_view_may_be_as_long_as_what_is_left_and_no_longer(void)
{
    struct ndr_reader in = reader_of(7);
    const uint8_t *view = NULL;

    CU_ASSERT(!ndr_read_view(&in, 8, &view) && view == NULL);
    CU_ASSERT(!ndr_read_view(&in, SIZE_MAX, &view) && view == NULL);
    CU_ASSERT(ndr_read_view(&in, 7, &view) && view == octets);
    CU_ASSERT(ndr_read_view(&in, 0, &view) && view == octets + 7);
}

static void aligning_steps_to_the_next_multiple_or_to_the_end(void)
{
    for (uint32_t len = 0; len <= 7; len++) {
        struct ndr_reader in = reader_of(len);
        uint8_t one;

        ndr_read_align(&in);
        CU_ASSERT(in.at == 0);
        if (!ndr_read_u8(&in, &one))
            continue;
        ndr_read_align(&in);
        CU_ASSERT(in.at == (len < 4 ? len : 4));
        CU_ASSERT(in.at + in.left == len);
    }
}

static void a_writer_without_memory_only_counts(void)
{
    struct ndr_writer out = { NULL, 0, 0 };

    CU_ASSERT(ndr_write_u16(&out, 1) && ndr_write_align(&out, 4) && ndr_write_u32(&out, 2));
    CU_ASSERT(ndr_write_bytes(&out, octets, 7) && ndr_write_zeroes(&out, 3));
    CU_ASSERT(out.at == 18);
    CU_ASSERT(ndr_writer_is_valid(&out));
}

static void a_count_that_would_wrap_is_refused(void)
{
    struct ndr_writer out = { NULL, 0, 3 };

    CU_ASSERT(!ndr_write_zeroes(&out, SIZE_MAX));
    CU_ASSERT(!ndr_write_bytes(&out, octets, SIZE_MAX - 2));
    CU_ASSERT(out.at == 3);
}

static void a_write_past_the_capacity_moves_and_writes_nothing(void)
{
    uint8_t memory[4] = { 0xEE, 0xEE, 0xEE, 0xEE };
    struct ndr_writer out = { memory, 3, 1 };

    CU_ASSERT(!ndr_write_u32(&out, 0) && !ndr_write_bytes(&out, octets, 3));
    CU_ASSERT(!ndr_write_zeroes(&out, 3) && !ndr_write_align(&out, 4));
    CU_ASSERT(out.at == 1 && memory[1] == 0xEE);
    CU_ASSERT(ndr_write_u16(&out, 0x0201));
    CU_ASSERT(memory[1] == 1 && memory[2] == 2 && memory[3] == 0xEE);
    CU_ASSERT(!ndr_write_u16(&out, 0) && out.at == 3);
}

static void a_write_of_nothing_may_come_from_nowhere(void)
{
    uint8_t memory[1] = { 0xEE };
    struct ndr_writer out = { memory, sizeof memory, 0 };

    CU_ASSERT(ndr_write_bytes(&out, NULL, 0) && ndr_write_zeroes(&out, 0));
    CU_ASSERT(out.at == 0 && memory[0] == 0xEE);
}

static void a_writer_behind_its_capacity_is_not_valid(void)
{
    uint8_t memory[1];
    const struct ndr_writer full = { memory, 1, 1 };
    const struct ndr_writer broken = { memory, 1, 2 };

    CU_ASSERT(ndr_writer_is_valid(&full));
    CU_ASSERT(!ndr_writer_is_valid(&broken));
    CU_ASSERT(!ndr_writer_is_valid(NULL));
}

static CU_TestInfo reader_tests[] = {
    SUITE_TEST(a_reader_over_null_has_nothing_to_read),
    SUITE_TEST(a_reader_that_has_octets_but_no_place_is_not_valid),
    SUITE_TEST(numbers_are_little_endian),
    SUITE_TEST(a_read_past_the_end_moves_nothing),
    SUITE_TEST(a_view_may_be_as_long_as_what_is_left_and_no_longer),
    SUITE_TEST(aligning_steps_to_the_next_multiple_or_to_the_end),
    CU_TEST_INFO_NULL,
};
static CU_TestInfo writer_tests[] = {
    SUITE_TEST(a_writer_without_memory_only_counts),
    SUITE_TEST(a_count_that_would_wrap_is_refused),
    SUITE_TEST(a_write_past_the_capacity_moves_and_writes_nothing),
    SUITE_TEST(a_write_of_nothing_may_come_from_nowhere),
    SUITE_TEST(a_writer_behind_its_capacity_is_not_valid),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "reader", NULL, NULL, NULL, NULL, reader_tests },
    { "writer", NULL, NULL, NULL, NULL, writer_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
