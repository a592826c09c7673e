/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "suite.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

struct outcome {
    char text[4096];
    int status; /* exit status, or -1 after a signal */
};

static struct outcome run_sample(const char *arguments)
{
    struct outcome outcome = { "", -1 };
    char command[1024];
    FILE *pipe;
    size_t length;
    int status;

    snprintf(command, sizeof command, "exec %s %s 2>&1", SUITE_SAMPLE, arguments);
    pipe = popen(command, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(pipe);
    length = fread(outcome.text, 1, sizeof outcome.text - 1, pipe);
    outcome.text[length] = '\0';
    status = pclose(pipe);
    if (WIFEXITED(status))
        outcome.status = WEXITSTATUS(status);
    return outcome;
}

static int says(const struct outcome *outcome, const char *text)
{
    return strstr(outcome->text, text) != NULL;
}

static void passing_tests_are_quiet(void)
{
    struct outcome outcome = run_sample("--filter good.");

    CU_ASSERT_EQUAL(outcome.status, 0);
    CU_ASSERT_STRING_EQUAL(outcome.text, "1 passed, 0 failed\n");
}

static void a_failing_assertion_is_named_with_file_and_line(void)
{
    struct outcome outcome = run_sample("--filter bad.does_not_hold");

    CU_ASSERT_EQUAL(outcome.status, 1);
    CU_ASSERT_TRUE(says(&outcome, "FAIL bad.does_not_hold\n    tests/support/suite_sample.c:"));
    CU_ASSERT_TRUE(says(&outcome, "CU_ASSERT_EQUAL(1,2)\n0 passed, 1 failed\n"));
}

static void tests_are_counted_not_assertions(void)
{
    struct outcome outcome = run_sample("--filter bad.");

    CU_ASSERT_EQUAL(outcome.status, 1);
    CU_ASSERT_TRUE(says(&outcome, "\n1 passed, 2 failed\n"));
}

static void a_test_without_assertions_fails(void)
{
    struct outcome outcome = run_sample("--filter asserts_nothing");

    CU_ASSERT_EQUAL(outcome.status, 1);
    CU_ASSERT_TRUE(says(&outcome, "asserts nothing\n0 passed, 1 failed\n"));
}

static void a_failing_init_fails_the_tests_of_its_suite(void)
{
    struct outcome outcome = run_sample("--filter init.");

    CU_ASSERT_EQUAL(outcome.status, 1);
    CU_ASSERT_TRUE(says(&outcome, "\n0 passed, 1 failed\n"));
}

static void a_failing_cleanup_is_a_failure(void)
{
    struct outcome outcome = run_sample("--filter cleanup.");

    CU_ASSERT_EQUAL(outcome.status, 1);
    CU_ASSERT_TRUE(says(&outcome, "\n1 passed, 1 failed\n"));
}

static void a_crash_names_its_test_and_prints_no_sum(void)
{
    struct outcome outcome = run_sample("--filter crash.");

    CU_ASSERT_NOT_EQUAL(outcome.status, 0);
    CU_ASSERT_TRUE(says(&outcome, "crash.aborts") || says(&outcome, "Sanitizer"));
    CU_ASSERT_FALSE(says(&outcome, "passed,"));
}

static void a_filter_that_matches_nothing_runs_nothing(void)
{
    struct outcome outcome = run_sample("--filter no-such-test");

    CU_ASSERT_EQUAL(outcome.status, 0);
    CU_ASSERT_STRING_EQUAL(outcome.text, "0 passed, 0 failed\n");
}

static void list_prints_names_and_runs_nothing(void)
{
    struct outcome outcome = run_sample("--list --filter holds");

    CU_ASSERT_EQUAL(outcome.status, 0);
    CU_ASSERT_STRING_EQUAL(outcome.text, "good.holds\nbad.holds\ninit.holds\ncleanup.holds\n");
}

static void a_wrong_option_is_refused(void)
{
    CU_ASSERT_EQUAL(run_sample("--wrong").status, 2);
    CU_ASSERT_EQUAL(run_sample("surplus").status, 2);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(passing_tests_are_quiet),
    SUITE_TEST(a_failing_assertion_is_named_with_file_and_line),
    SUITE_TEST(tests_are_counted_not_assertions),
    SUITE_TEST(a_test_without_assertions_fails),
    SUITE_TEST(a_failing_init_fails_the_tests_of_its_suite),
    SUITE_TEST(a_failing_cleanup_is_a_failure),
    SUITE_TEST(a_crash_names_its_test_and_prints_no_sum),
    SUITE_TEST(a_filter_that_matches_nothing_runs_nothing),
    SUITE_TEST(list_prints_names_and_runs_nothing),
    SUITE_TEST(a_wrong_option_is_refused),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "suite", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
