/* SPDX-License-Identifier: Apache-2.0
 *
 * A test program whose tests fail on purpose, one way each. suite_test.c runs it; it is no test by
 * itself. */
#include "suite.h"

#include <stdlib.h>

static int init_fails(void)
{
    return 1;
}

static void holds(void)
{
    CU_ASSERT_TRUE(1);
}

static void does_not_hold(void)
{
    CU_ASSERT_EQUAL(1, 2);
}

static void asserts_nothing(void)
{
}

static void aborts(void)
{
    abort();
}

static CU_TestInfo good[] = { SUITE_TEST(holds), CU_TEST_INFO_NULL };
static CU_TestInfo bad[] = {
    SUITE_TEST(holds),
    SUITE_TEST(does_not_hold),
    SUITE_TEST(asserts_nothing),
    CU_TEST_INFO_NULL,
};
static CU_TestInfo crash[] = { SUITE_TEST(aborts), CU_TEST_INFO_NULL };
static const CU_SuiteInfo suites[] = {
    { "good", NULL, NULL, NULL, NULL, good },
    { "bad", NULL, NULL, NULL, NULL, bad },
    { "init", init_fails, NULL, NULL, NULL, good },
    { "cleanup", NULL, init_fails, NULL, NULL, good },
    { "crash", NULL, NULL, NULL, NULL, crash },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
