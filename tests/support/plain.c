/* SPDX-License-Identifier: Apache-2.0 */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

static struct {
    unsigned passed;
    unsigned failed;
    unsigned asserts; /* of the test that runs */
    bool test_failed;
} run;

void plain_check(bool ok, const char *file, int line, const char *text)
{
    run.asserts++;
    if (ok)
        return;
    run.test_failed = true;
    printf("    %s:%d: %s\n", file, line, text);
}

static void print_closing_line(void)
{
    printf("%u passed, %u failed\n", run.passed, run.failed);
}

void plain_end(const char *file, int line, const char *text)
{
    plain_check(false, file, line, text);
    run.failed++;
    print_closing_line();
    exit(1);
}

static void run_test(const char *suite, const CU_TestInfo *test)
{
    run.asserts = 0;
    run.test_failed = false;
    test->pTestFunc();
    if (!run.test_failed && run.asserts > 0) {
        run.passed++;
        return;
    }
    run.failed++;
    printf("FAIL %s.%s%s\n", suite, test->pName, run.asserts ? "" : ": it asserts nothing");
}

static bool has_functions(const CU_SuiteInfo *suite)
{
    return suite->pInitFunc || suite->pCleanupFunc || suite->pSetUpFunc || suite->pTearDownFunc;
}

static bool is_wanted(const char *suite, const char *test, const char *filter)
{
    char name[256];

    (void)snprintf(name, sizeof name, "%s.%s", suite, test);
    return !filter || strstr(name, filter);
}

int suite_main(int argc, char **argv, const CU_SuiteInfo *suites)
{
    const char *filter = argc == 3 && strcmp(argv[1], "--filter") == 0 ? argv[2] : NULL;

    if (argc != 1 && !filter) {
        fprintf(stderr, "usage: %s [--filter TEXT]\n", argv[0]);
        return 2;
    }
    for (const CU_SuiteInfo *suite = suites; suite->pName; suite++) {
        if (has_functions(suite))
            plain_end(suite->pName, 0, "its set-up functions cannot run");
        for (const CU_TestInfo *test = suite->pTests; test->pName; test++) {
            if (is_wanted(suite->pName, test->pName, filter))
                run_test(suite->pName, test);
        }
    }
    print_closing_line();
    return run.failed > 0 || (run.passed == 0 && !filter) ? 1 : 0;
}
