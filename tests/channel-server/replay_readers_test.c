/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "engine.h"

static struct engine engine;
static struct replay_id context;

static void help_open(void)
{
    engine_open(&engine, NULL);
    context = engine_establish(&engine);
}

static struct engine_reply *list(uint32_t code, uint32_t is_null, uint32_t cch)
{
    struct ListReaders_Call call = {
        .Context = engine_context(&context),
        .fmszReadersIsNULL = is_null,
        .cchReaders = cch,
    };

    return engine_call(&engine, code, &call);
}

/* "Reader 0", "Zweiter Leser ae" as octets and as UTF-16, with all their NULs. */
static const char narrow[] = "Reader 0\0Zweiter Leser \xC3\xA4\0";
#define NARROW sizeof narrow
#define WIDE   (2 * (NARROW - 1))

static void readers_are_listed_as_octets(void)
{
    struct ndr_bytes msz;

    help_open();
    msz = list(RDPESC_ListReadersA, 0, RDPESC_AUTOALLOCATE)->ret.ListReadersA.msz;
    CU_ASSERT_EQUAL_FATAL(msz.len, NARROW);
    CU_ASSERT_EQUAL(memcmp(msz.data, narrow, NARROW), 0);
    engine_close(&engine);
}

static void readers_are_listed_as_utf16(void)
{
    struct ndr_bytes msz;

    help_open();
    msz = list(RDPESC_ListReadersW, 0, RDPESC_AUTOALLOCATE)->ret.ListReadersW.msz;
    CU_ASSERT_EQUAL_FATAL(msz.len, WIDE);
    CU_ASSERT_EQUAL(memcmp(msz.data, "R\0e\0", 4), 0);
    CU_ASSERT_EQUAL(memcmp(msz.data + WIDE - 6, "\xE4\0\0\0\0\0", 6), 0);
    engine_close(&engine);
}

static void a_size_query_gets_the_size_in_octets(void)
{
    struct ndr_bytes msz;

    help_open();
    msz = list(RDPESC_ListReadersW, 1, 0)->ret.ListReadersW.msz;
    CU_ASSERT_EQUAL(msz.len, WIDE);
    CU_ASSERT_PTR_NULL(msz.data);
    msz = list(RDPESC_ListReadersW, 1, 1)->ret.ListReadersW.msz;
    CU_ASSERT_EQUAL(msz.len, WIDE);
    msz = list(RDPESC_ListReadersW, 0, 0)->ret.ListReadersW.msz;
    CU_ASSERT_EQUAL(msz.len, WIDE);
    CU_ASSERT_PTR_NULL(msz.data);
    engine_close(&engine);
}

static void room_is_counted_in_characters(void)
{
    struct engine_reply *reply;

    help_open();
    CU_ASSERT_EQUAL(list(RDPESC_ListReadersW, 0, WIDE / 2)->ret.ListReadersW.msz.len, WIDE);
    reply = list(RDPESC_ListReadersW, 0, WIDE / 2 - 1);
    CU_ASSERT_EQUAL(reply->ret.ReturnCode, RDPESC_E_INSUFFICIENT_BUFFER);
    CU_ASSERT_EQUAL(reply->ret.ListReadersW.msz.len, 0);
    CU_ASSERT_PTR_NULL(reply->ret.ListReadersW.msz.data);
    CU_ASSERT_EQUAL(list(RDPESC_ListReadersA, 0, NARROW)->ret.ListReadersA.msz.len, NARROW);
    CU_ASSERT_EQUAL(list(RDPESC_ListReadersA, 0, NARROW - 1)->ret.ReturnCode,
                    RDPESC_E_INSUFFICIENT_BUFFER);
    engine_close(&engine);
}

static void no_reader_is_a_return_code(void)
{
    struct engine_reply *reply;

    help_open();
    rm_script_remove_reader(engine.script, ENGINE_READER);
    rm_script_remove_reader(engine.script, ENGINE_SECOND_READER);
    reply = list(RDPESC_ListReadersW, 0, RDPESC_AUTOALLOCATE);
    CU_ASSERT_EQUAL(reply->io_status, RDPESC_STATUS_SUCCESS);
    CU_ASSERT_EQUAL(reply->ret.ReturnCode, RDPESC_E_NO_READERS_AVAILABLE);
    /* The service is there all the same. */
    (void)engine_establish(&engine);
    engine_close(&engine);
}

static void groups_that_nobody_knows_are_ignored(void)
{
    struct ListReaders_Call call = {
        .mszGroups = { (const uint8_t *)"SCard$MyReaders\0", 17 },
        .cchReaders = RDPESC_AUTOALLOCATE,
    };

    help_open();
    call.Context = engine_context(&context);
    CU_ASSERT_EQUAL(engine_call(&engine, RDPESC_ListReadersA, &call)->ret.ListReadersA.msz.len,
                    NARROW);
    engine_close(&engine);
}

static void there_is_one_group(void)
{
    struct ListReaderGroups_Call call = { .cchGroups = RDPESC_AUTOALLOCATE };
    struct ndr_bytes msz;

    help_open();
    call.Context = engine_context(&context);
    msz = engine_call(&engine, RDPESC_ListReaderGroupsA, &call)->ret.ListReaderGroupsA.msz;
    CU_ASSERT_EQUAL_FATAL(msz.len, sizeof "SCard$DefaultReaders" + 1);
    CU_ASSERT_EQUAL(memcmp(msz.data, "SCard$DefaultReaders\0", msz.len), 0);
    msz = engine_call(&engine, RDPESC_ListReaderGroupsW, &call)->ret.ListReaderGroupsW.msz;
    CU_ASSERT_EQUAL(msz.len, 2 * (sizeof "SCard$DefaultReaders" + 1));
    engine_close(&engine);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(readers_are_listed_as_octets),
    SUITE_TEST(readers_are_listed_as_utf16),
    SUITE_TEST(a_size_query_gets_the_size_in_octets),
    SUITE_TEST(room_is_counted_in_characters),
    SUITE_TEST(no_reader_is_a_return_code),
    SUITE_TEST(groups_that_nobody_knows_are_ignored),
    SUITE_TEST(there_is_one_group),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "replay_readers", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
