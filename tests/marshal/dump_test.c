/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "ndr.h"
#include "sample.h"
#include "suite.h"

static char printed[2048];

static void append(void *self, const char *piece)
{
    CU_ASSERT(self == printed);
    (void)strncat(printed, piece, sizeof printed - strlen(printed) - 1);
}

static void print(const struct sample *in, bool secrets)
{
    const struct ndr_sink sink = { printed, append };

    printed[0] = '\0';
    ndr_dump(&sample_type, in, secrets, &sink);
}

static void a_full_value_prints_one_field_a_line(void)
{
    const struct sample in = sample_full();

    print(&in, true);
    CU_ASSERT_STRING_EQUAL(printed, "small = 0x5 (5)\n"
                                    "fixed = [5] 0102030405\n"
                                    "cbBytes = 0x5 (5)\n"
                                    "bytes = [5] 6279746573\n"
                                    "cbQuery = 0x6 (6)\n"
                                    "query = None\n"
                                    "narrow = 'abc'\n"
                                    "wide = 'AbC'\n"
                                    "inside:\n"
                                    "  number = 0x3 (3)\n"
                                    "  cb = 0x2 (2)\n"
                                    "  bytes = [2] 696e\n"
                                    "pointer:\n"
                                    "  number = 0x7 (7)\n"
                                    "  cb = 0x5 (5)\n"
                                    "  bytes = [5] 736576656e\n"
                                    "cArray = 0x2 (2)\n"
                                    "array[0]:\n"
                                    "  number = 0x1 (1)\n"
                                    "  cb = 0x3 (3)\n"
                                    "  bytes = [3] 6f6e65\n"
                                    "array[1]:\n"
                                    "  number = 0x2 (2)\n"
                                    "  cb = 0x0 (0)\n"
                                    "  bytes = [0] \n");
}

static void null_pointers_print_as_none(void)
{
    const struct sample in = { .small = 1 };

    print(&in, true);
    CU_ASSERT(strstr(printed, "\nbytes = None\n") != NULL);
    CU_ASSERT(strstr(printed, "\nwide = None\n") != NULL);
    CU_ASSERT(strstr(printed, "\npointer = None\n") != NULL);
    CU_ASSERT(strstr(printed, "\narray = None\n") != NULL);
}

static void a_secret_prints_as_its_length_wherever_it_stands(void)
{
    const struct sample in = sample_full();

    print(&in, false);
    CU_ASSERT(strstr(printed, "  bytes = [2] (not shown)\n") != NULL);
    CU_ASSERT(strstr(printed, "  bytes = [5] (not shown)\n") != NULL);
    CU_ASSERT(strstr(printed, "  bytes = [3] (not shown)\n") != NULL);
    CU_ASSERT(strstr(printed, "\nbytes = [5] 6279746573\n") != NULL);
}

static void quotes_backslashes_and_control_characters_are_escaped(void)
{
    struct sample in = sample_full();

    in.narrow = (struct ndr_bytes){ (const uint8_t *)"'\\\x1b\x7f~ ", 6 };
    in.wide = (struct ndr_bytes){ (const uint8_t *)"'\0\n\0\xAC\x20", 6 };
    print(&in, false);
    CU_ASSERT(strstr(printed, "narrow = '\\'\\\\\\x1b\\x7f~ '\n") != NULL);
    CU_ASSERT(strstr(printed, "wide = '\\'\\u000a\\u20ac'\n") != NULL);
}

static void half_a_character_is_not_printed(void)
{
    struct sample in = sample_full();

    in.wide.len = 3;
    print(&in, false);
    CU_ASSERT(strstr(printed, "wide = 'A'\n") != NULL);
}

static void every_status_has_a_name_of_its_own(void)
{
    for (int one = NDR_OK; one <= NDR_UNKNOWN + 1; one++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(ndr_status_name((enum ndr_status)one));
        for (int other = NDR_OK; other < one; other++)
            CU_ASSERT(strcmp(ndr_status_name((enum ndr_status)one),
                             ndr_status_name((enum ndr_status)other)) != 0);
    }
}

static CU_TestInfo dump_tests[] = {
    SUITE_TEST(a_full_value_prints_one_field_a_line),
    SUITE_TEST(null_pointers_print_as_none),
    SUITE_TEST(a_secret_prints_as_its_length_wherever_it_stands),
    SUITE_TEST(quotes_backslashes_and_control_characters_are_escaped),
    SUITE_TEST(half_a_character_is_not_printed),
    SUITE_TEST(every_status_has_a_name_of_its_own),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "dump", NULL, NULL, NULL, NULL, dump_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
