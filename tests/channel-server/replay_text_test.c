/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_text.h"

#include <string.h>

#include "suite.h"

struct pair {
    const char *utf8;
    const char *utf16;
    uint32_t octets; /* of utf16 */
};

static const struct pair pairs[] = {
    { "", "", 0 },
    { "Reader 0",
      "R\0e\0a\0d\0e\0r\0 \0"
      "0\0",
      16 },
    { "\xC3\xA4", "\xE4\0", 2 },
    { "\xE2\x82\xAC", "\xAC\x20", 2 },
    { "\xF0\x9F\x98\x80", "\x3D\xD8\x00\xDE", 4 },
};

static struct ndr_bytes octets(const char *text, uint32_t len)
{
    return (struct ndr_bytes){ (const uint8_t *)text, len };
}

static void utf16_is_read_as_utf8(void)
{
    char text[32];

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        CU_ASSERT(
            replay_text_read(octets(pairs[i].utf16, pairs[i].octets), REPLAY_W, text, sizeof text));
        CU_ASSERT_STRING_EQUAL(text, pairs[i].utf8);
    }
}

static void utf8_is_written_as_utf16(void)
{
    uint8_t wide[32];

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        size_t len = strlen(pairs[i].utf8);
        CU_ASSERT_EQUAL(replay_text_write(pairs[i].utf8, len, REPLAY_W, NULL), pairs[i].octets);
        CU_ASSERT_EQUAL(replay_text_write(pairs[i].utf8, len, REPLAY_W, wide), pairs[i].octets);
        CU_ASSERT_EQUAL(memcmp(wide, pairs[i].utf16, pairs[i].octets), 0);
    }
}

static void octets_stay_octets(void)
{
    char text[8];
    uint8_t out[8];

    CU_ASSERT(replay_text_read(octets("\xC3\xA4x", 3), REPLAY_A, text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "\xC3\xA4x");
    CU_ASSERT_EQUAL(replay_text_write("\xC3\xA4x", 3, REPLAY_A, out), 3);
    CU_ASSERT_EQUAL(memcmp(out, "\xC3\xA4x", 3), 0);
}

static void reading_ends_at_a_nul(void)
{
    char text[8];

    CU_ASSERT(replay_text_read(octets("ab\0cd", 5), REPLAY_A, text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "ab");
    CU_ASSERT(replay_text_read(octets("a\0\0\0b\0", 6), REPLAY_W, text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "a");
}

static void what_does_not_fit_is_not_read(void)
{
    char text[4];

    CU_ASSERT(replay_text_read(octets("abc", 3), REPLAY_A, text, sizeof text));
    CU_ASSERT_FALSE(replay_text_read(octets("abcd", 4), REPLAY_A, text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "");
    CU_ASSERT(replay_text_read(octets("\xAC\x20", 2), REPLAY_W, text, sizeof text));
    CU_ASSERT_FALSE(replay_text_read(octets("a\0\xAC\x20", 4), REPLAY_W, text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "");
}

static void a_null_string_and_half_a_pair_are_not_read(void)
{
    char text[8];

    CU_ASSERT_FALSE(replay_text_read((struct ndr_bytes){ NULL, 0 }, REPLAY_A, text, sizeof text));
    CU_ASSERT_FALSE(replay_text_read(octets("\x3D\xD8", 2), REPLAY_W, text, sizeof text));
    CU_ASSERT_FALSE(replay_text_read(octets("\x3D\xD8x\0", 4), REPLAY_W, text, sizeof text));
    CU_ASSERT_FALSE(replay_text_read(octets("\x00\xDE", 2), REPLAY_W, text, sizeof text));
}

static void half_a_character_at_the_end_is_left_out(void)
{
    char text[8];

    CU_ASSERT(replay_text_read(octets("a\0b", 3), REPLAY_W, text, sizeof text));
    CU_ASSERT_STRING_EQUAL(text, "a");
}

static void what_is_no_utf8_is_written_as_replacement(void)
{
    static const char *const wrong[] = { "\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xE2\x82" };
    uint8_t wide[16];

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        size_t len = replay_text_write(wrong[i], strlen(wrong[i]), REPLAY_W, wide);
        CU_ASSERT(len >= 2);
        CU_ASSERT_EQUAL(memcmp(wide, "\xFD\xFF", 2), 0);
        CU_ASSERT_EQUAL(replay_text_write(wrong[i], strlen(wrong[i]), REPLAY_W, NULL), len);
    }
}

static void nuls_between_names_are_written(void)
{
    uint8_t wide[8];

    CU_ASSERT_EQUAL(replay_text_write("a\0b", 4, REPLAY_W, wide), 8);
    CU_ASSERT_EQUAL(memcmp(wide, "a\0\0\0b\0\0\0", 8), 0);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(utf16_is_read_as_utf8),
    SUITE_TEST(utf8_is_written_as_utf16),
    SUITE_TEST(octets_stay_octets),
    SUITE_TEST(reading_ends_at_a_nul),
    SUITE_TEST(what_does_not_fit_is_not_read),
    SUITE_TEST(a_null_string_and_half_a_pair_are_not_read),
    SUITE_TEST(half_a_character_at_the_end_is_left_out),
    SUITE_TEST(what_is_no_utf8_is_written_as_replacement),
    SUITE_TEST(nuls_between_names_are_written),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "replay_text", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
