/* SPDX-License-Identifier: Apache-2.0
 *
 * The main function of a unit test program: a table of CUnit suites, run quietly.
 *
 *     static CU_TestInfo decode_tests[] = {
 *         SUITE_TEST(decode_rejects_count_above_range),
 *         CU_TEST_INFO_NULL,
 *     };
 *     static const CU_SuiteInfo suites[] = {
 *         { "decode", NULL, NULL, NULL, NULL, decode_tests },
 *         CU_SUITE_INFO_NULL,
 *     };
 *     int main(int argc, char **argv)
 *     {
 *         return suite_main(argc, argv, suites);
 *     }
 *
 * Only failures are printed, each with the file, line and text of its assertions. The last line of
 * the output is "N passed, N failed" and counts tests, not assertions.
 */
#ifndef RDPESC_TESTS_SUITE_H
#define RDPESC_TESTS_SUITE_H

#ifdef SUITE_PLAIN
#include "plain.h" /* the same names where there is no CUnit: MemorySanitizer, other machines */
#else
#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>
#endif

/* One entry of a CU_TestInfo table; the test is named like its function. */
/* clang-format off */
#define SUITE_TEST(function) { #function, function }
/* clang-format on */

/* Runs the suites of a table that ends in CU_SUITE_INFO_NULL and returns the exit status for main:
 * 0 when every test passed, 1 when one failed or the table is empty, 2 for a wrong option.
 *
 *   --filter TEXT   only tests whose "suite.test" contains TEXT; it is no error if none does
 *   --list          print the names "suite.test", one a line, and run nothing
 *
 * A test that makes no assertion is a failure, and so is each test of a suite whose init function
 * fails, and a cleanup function that fails. When a signal ends the program, the name of the test it
 * was in is written to standard error first. */
int suite_main(int argc, char **argv, const CU_SuiteInfo *suites);

#endif
