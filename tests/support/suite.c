/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "suite.h"

#include <CUnit/TestRun.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME_MAX_LENGTH 256

enum mode { MODE_RUN, MODE_LIST, MODE_USAGE };

struct options {
    enum mode mode;
    const char *filter;
};

/* CUnit's handlers carry no user pointer. */
static struct {
    unsigned wanted;
    unsigned passed;
    unsigned broken_suites;
    unsigned asserts_before;
    char current[NAME_MAX_LENGTH];
} run;

static void full_name(char *name, const char *suite, const char *test)
{
    snprintf(name, NAME_MAX_LENGTH, "%s.%s", suite, test);
}

static bool is_wanted(const char *name, const char *filter)
{
    return filter == NULL || strstr(name, filter) != NULL;
}

static void on_signal(int number)
{
    static const char text[] = "ended by a signal in ";
    ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);

    written += write(STDERR_FILENO, run.current, strlen(run.current));
    written += write(STDERR_FILENO, "\n", 1);
    (void)written;
    raise(number);
}

/* A sanitizer's own handler says more and stays. */
static void name_the_test_on_signals(void)
{
    static const int numbers[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTERM };
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
    struct sigaction before;

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(numbers[i], &action, NULL);
}

static void on_test_start(CU_pTest test, CU_pSuite suite)
{
    full_name(run.current, suite->pName, test->pName);
    run.asserts_before = CU_get_number_of_asserts();
}

static void on_test_complete(CU_pTest test, CU_pSuite suite, CU_pFailureRecord failures)
{
    (void)test;
    (void)suite;
    if (failures == NULL && CU_get_number_of_asserts() != run.asserts_before) {
        run.passed++;
        return;
    }
    printf("FAIL %s\n", run.current);
    if (failures == NULL)
        printf("    it asserts nothing\n");
    for (CU_pFailureRecord record = failures; record != NULL; record = record->pNext)
        printf("    %s:%u: %s\n", record->strFileName, record->uiLineNumber, record->strCondition);
}

static void on_init_failure(CU_pSuite suite)
{
    printf("FAIL %s: the suite's init function failed, its tests did not run\n", suite->pName);
}

static void on_cleanup_failure(CU_pSuite suite)
{
    run.broken_suites++;
    printf("FAIL %s: the suite's cleanup function failed\n", suite->pName);
}

static bool add_suite(const CU_SuiteInfo *info, const char *filter)
{
    CU_pSuite suite = CU_add_suite_with_setup_and_teardown(
        info->pName, info->pInitFunc, info->pCleanupFunc, info->pSetUpFunc, info->pTearDownFunc);
    char name[NAME_MAX_LENGTH];
    unsigned before = run.wanted;

    if (suite == NULL)
        return false;
    for (const CU_TestInfo *test = info->pTests; test->pName != NULL; test++) {
        CU_pTest added = CU_add_test(suite, test->pName, test->pTestFunc);
        if (added == NULL)
            return false;
        full_name(name, info->pName, test->pName);
        if (is_wanted(name, filter))
            run.wanted++;
        else
            CU_set_test_active(added, CU_FALSE);
    }
    CU_set_suite_active(suite, run.wanted != before);
    return true;
}

static bool add_suites(const CU_SuiteInfo *suites, const char *filter)
{
    for (const CU_SuiteInfo *suite = suites; suite->pName != NULL; suite++) {
        if (!add_suite(suite, filter)) {
            fprintf(stderr, "suite %s: %s\n", suite->pName, CU_get_error_msg());
            return false;
        }
    }
    return true;
}

static int run_suites(const CU_SuiteInfo *suites, const char *filter)
{
    unsigned failed;

    if (CU_initialize_registry() != CUE_SUCCESS || !add_suites(suites, filter))
        return 1;
    CU_set_fail_on_inactive(CU_FALSE);
    CU_set_test_start_handler(on_test_start);
    CU_set_test_complete_handler(on_test_complete);
    CU_set_suite_init_failure_handler(on_init_failure);
    CU_set_suite_cleanup_failure_handler(on_cleanup_failure);
    name_the_test_on_signals();
    CU_run_all_tests();
    CU_cleanup_registry();
    failed = run.wanted - run.passed + run.broken_suites;
    printf("%u passed, %u failed\n", run.passed, failed);
    return failed > 0 || (run.wanted == 0 && filter == NULL) ? 1 : 0;
}

static int list_suites(const CU_SuiteInfo *suites, const char *filter)
{
    char name[NAME_MAX_LENGTH];

    for (const CU_SuiteInfo *suite = suites; suite->pName != NULL; suite++) {
        for (const CU_TestInfo *test = suite->pTests; test->pName != NULL; test++) {
            full_name(name, suite->pName, test->pName);
            if (is_wanted(name, filter))
                puts(name);
        }
    }
    return 0;
}

static struct options parse(int argc, char **argv)
{
    static const struct option known[] = {
        { "filter", required_argument, NULL, 'f' },
        { "list", no_argument, NULL, 'l' },
        { NULL, 0, NULL, 0 },
    };
    struct options options = { MODE_RUN, NULL };
    int letter;

    while ((letter = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (letter == 'f')
            options.filter = optarg;
        else
            options.mode = letter == 'l' ? MODE_LIST : MODE_USAGE;
    }
    if (optind < argc)
        options.mode = MODE_USAGE;
    return options;
}

int suite_main(int argc, char **argv, const CU_SuiteInfo *suites)
{
    struct options options = parse(argc, argv);

    setvbuf(stdout, NULL, _IOLBF, 0);
    switch (options.mode) {
    case MODE_RUN: return run_suites(suites, options.filter);
    case MODE_LIST: return list_suites(suites, options.filter);
    case MODE_USAGE: break;
    }
    fprintf(stderr, "usage: %s [--filter TEXT] [--list]\n", argv[0]);
    return 2;
}
