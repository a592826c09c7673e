/* SPDX-License-Identifier: Apache-2.0 */
#include "ndr.h"
#include "sample.h"
#include "suite.h"

static struct sample a;
static struct sample b;

/* Equal to itself, and unlike the full value in both directions. */
static void expect_unlike(void)
{
    CU_ASSERT(!ndr_equal(&sample_type, &a, &b));
    CU_ASSERT(!ndr_equal(&sample_type, &b, &a));
    CU_ASSERT(ndr_equal(&sample_type, &b, &b));
    b = a;
}

static void both_full(void)
{
    a = sample_full();
    b = sample_full();
    CU_ASSERT(ndr_equal(&sample_type, &a, &b));
}

static void numbers_and_fixed_octets_are_compared(void)
{
    both_full();
    b.small++;
    expect_unlike();
    b.fixed[4]++;
    expect_unlike();
    b.inside.number++;
    expect_unlike();
}

static void views_are_compared_by_length_and_content(void)
{
    static const uint8_t other[] = "bytez";
    static const uint8_t same[] = "bytes";

    both_full();
    b.bytes.data = same;
    CU_ASSERT(ndr_equal(&sample_type, &a, &b));
    b.bytes.data = other;
    expect_unlike();
    b.bytes.len--;
    expect_unlike();
    b.wide.len -= 2;
    expect_unlike();
}

static void null_is_unlike_empty_and_keeps_its_length(void)
{
    both_full();
    b.bytes = (struct ndr_bytes){ NULL, a.bytes.len };
    expect_unlike();
    b.query.len++;
    expect_unlike();
    b.array.at = NULL;
    expect_unlike();
    a.bytes = (struct ndr_bytes){ NULL, 0 };
    b.bytes = (struct ndr_bytes){ b.fixed, 0 };
    expect_unlike();
}

static void pointers_are_compared_by_what_they_point_at(void)
{
    struct sample_inner copy = sample_pointed;

    both_full();
    b.pointer = &copy;
    CU_ASSERT(ndr_equal(&sample_type, &a, &b));
    copy.number++;
    expect_unlike();
    b.pointer = NULL;
    expect_unlike();
    a.pointer = NULL;
    b.pointer = NULL;
    CU_ASSERT(ndr_equal(&sample_type, &a, &b));
}

static void arrays_are_compared_element_by_element(void)
{
    struct sample_inner copy[2] = { sample_elements[0], sample_elements[1] };

    both_full();
    b.array.at = copy;
    CU_ASSERT(ndr_equal(&sample_type, &a, &b));
    copy[1].number++;
    expect_unlike();
    b.array.len--;
    expect_unlike();
    a.array = (struct sample_array){ NULL, 0 };
    b.array = (struct sample_array){ NULL, 0 };
    CU_ASSERT(ndr_equal(&sample_type, &a, &b));
    b.array.len = 1;
    expect_unlike();
}

static CU_TestInfo equal_tests[] = {
    SUITE_TEST(numbers_and_fixed_octets_are_compared),
    SUITE_TEST(views_are_compared_by_length_and_content),
    SUITE_TEST(null_is_unlike_empty_and_keeps_its_length),
    SUITE_TEST(pointers_are_compared_by_what_they_point_at),
    SUITE_TEST(arrays_are_compared_element_by_element),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "equal", NULL, NULL, NULL, NULL, equal_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
