/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_memory.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

/* "55e0-5600 rw-p ...": true when the address lies in it. Lines of another form are about the last
 * such. */
static bool begins_at(const char *line, uintptr_t address, bool inside)
{
    char *end;
    uintptr_t from = (uintptr_t)strtoull(line, &end, 16);
    uintptr_t to;

    if (end == line || *end != '-')
        return inside;
    to = (uintptr_t)strtoull(end + 1, NULL, 16);
    return from <= address && address < to;
}

/* True when the pages at address are marked "dd": core dumps leave them out. */
static bool is_left_out_of_dumps(const void *address)
{
    FILE *maps = fopen("/proc/self/smaps", "r");
    char line[512];
    bool inside = false;
    bool left_out = false;

    while (maps && fgets(line, sizeof line, maps)) {
        inside = begins_at(line, (uintptr_t)address, inside);
        if (inside && strncmp(line, "VmFlags:", 8) == 0)
            left_out = strstr(line, " dd") != NULL;
    }
    if (maps)
        (void)fclose(maps);
    return left_out;
}

static void a_block_is_zeroed_and_aligned(void)
{
    struct replay_block block;

    for (int secret = 0; secret < 2; secret++) {
        CU_ASSERT_FATAL(replay_block_take(&block, 1000, secret != 0));
        CU_ASSERT_EQUAL(block.size, 1000);
        CU_ASSERT_EQUAL((uintptr_t)block.at % alignof(max_align_t), 0);
        for (size_t i = 0; i < block.size; i++)
            CU_ASSERT_EQUAL(block.at[i], 0);
        memset(block.at, 0xAA, block.size);
        replay_block_give(&block, block.size);
        CU_ASSERT_PTR_NULL(block.at);
    }
}

static void a_block_of_nothing_is_a_block(void)
{
    struct replay_block block;

    CU_ASSERT_FATAL(replay_block_take(&block, 0, false));
    CU_ASSERT_PTR_NOT_NULL(block.at);
    replay_block_give(&block, 0);
    replay_block_give(&block, 0);
}

static void a_secret_block_is_left_out_of_core_dumps(void)
{
    struct replay_block secret;
    struct replay_block open;

    CU_ASSERT_FATAL(replay_block_take(&secret, 100, true));
    CU_ASSERT_FATAL(replay_block_take(&open, 100, false));
    CU_ASSERT(is_left_out_of_dumps(secret.at));
    CU_ASSERT_FALSE(is_left_out_of_dumps(&open));
    replay_block_give(&secret, 100);
    replay_block_give(&open, 100);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(a_block_is_zeroed_and_aligned),
    SUITE_TEST(a_block_of_nothing_is_a_block),
    SUITE_TEST(a_secret_block_is_left_out_of_core_dumps),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "replay_memory", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
