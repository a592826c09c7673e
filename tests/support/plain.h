/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of CUnit's interface that the tests of marshal/ and protocol/ use, for builds without
 * CUnit: MemorySanitizer takes what a library wrote that was not built with it for uninitialised,
 * and Debian has no CUnit for a foreign machine. suite.h picks this header when SUITE_PLAIN is
 * defined; plain.c is its suite_main.
 *
 * Suites have no functions for set-up here: a table that names one does not run.
 */
#ifndef RDPESC_TESTS_PLAIN_H
#define RDPESC_TESTS_PLAIN_H

#include <stdbool.h>
#include <string.h>

typedef struct {
    const char *pName;
    void (*pTestFunc)(void);
} CU_TestInfo;

typedef struct {
    const char *pName;
    int (*pInitFunc)(void);
    int (*pCleanupFunc)(void);
    void (*pSetUpFunc)(void);
    void (*pTearDownFunc)(void);
    CU_TestInfo *pTests;
} CU_SuiteInfo;

/* clang-format off */
#define CU_TEST_INFO_NULL { NULL, NULL }
#define CU_SUITE_INFO_NULL { NULL, NULL, NULL, NULL, NULL, NULL }
/* clang-format on */

/* Counts one assertion; a false one is printed and fails the test that runs. */
void plain_check(bool ok, const char *file, int line, const char *text);
/* A false assertion after which nothing makes sense: ends the program, its closing line printed. */
_Noreturn void plain_end(const char *file, int line, const char *text);

#define CU_ASSERT(value)                    plain_check((value), __FILE__, __LINE__, #value)
#define CU_ASSERT_TRUE(value)               CU_ASSERT(value)
#define CU_ASSERT_FALSE(value)              CU_ASSERT(!(value))
#define CU_ASSERT_EQUAL(actual, expected)   CU_ASSERT((actual) == (expected))
#define CU_ASSERT_NOT_EQUAL(actual, other)  CU_ASSERT((actual) != (other))
#define CU_ASSERT_PTR_EQUAL(actual, other)  CU_ASSERT((actual) == (other))
#define CU_ASSERT_PTR_NULL(value)           CU_ASSERT((value) == NULL)
#define CU_ASSERT_PTR_NOT_NULL(value)       CU_ASSERT((value) != NULL)
#define CU_ASSERT_STRING_EQUAL(one, other)  CU_ASSERT(strcmp((one), (other)) == 0)
#define CU_ASSERT_FATAL(value)              ((value) ? CU_ASSERT(true) : plain_end(__FILE__, __LINE__, #value))
#define CU_ASSERT_PTR_NOT_NULL_FATAL(value) CU_ASSERT_FATAL((value) != NULL)

#endif
