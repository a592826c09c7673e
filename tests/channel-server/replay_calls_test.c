/* SPDX-License-Identifier: Apache-2.0 */
#include "engine.h"

static struct engine engine;

static void every_call_of_the_list_is_answered(void)
{
    static const union rdpesc_call zeroed;
    struct engine_reply *reply;
    size_t count;
    const struct rdpesc_call_info *calls = rdpesc_calls(&count);

    engine_open(&engine, NULL);
    for (size_t i = 0; i < count; i++) {
        reply = engine_call(&engine, calls[i].code, &zeroed);
        CU_ASSERT_EQUAL(reply->end, ENGINE_COMPLETED);
        CU_ASSERT_EQUAL(reply->io_status, RDPESC_STATUS_SUCCESS);
        CU_ASSERT(reply->output.len >= RPCE_HEADERS + 8);
    }
    engine_close(&engine);
}

static void a_call_without_a_context_is_refused_before_its_handler(void)
{
    static const union rdpesc_call zeroed;
    size_t count;
    const struct rdpesc_call_info *calls = rdpesc_calls(&count);

    engine_open(&engine, NULL);
    for (size_t i = 0; i < count; i++) {
        if (calls[i].code == RDPESC_EstablishContext || calls[i].code == RDPESC_AccessStartedEvent)
            continue;
        CU_ASSERT_EQUAL(engine_call(&engine, calls[i].code, &zeroed)->ret.ReturnCode,
                        RDPESC_E_INVALID_HANDLE);
    }
    engine_close(&engine);
}

static void calls_that_pcsc_lite_has_not_say_so(void)
{
    static const uint8_t name[] = { 'x', 0 };
    struct ContextAndStringW_Call call = { .sz = { name, sizeof name } };
    struct ReadCacheW_Call read = { .szLookupName = { name, sizeof name } };
    struct WriteCacheW_Call written = { .szLookupName = { name, sizeof name } };
    struct replay_id context;
    struct engine_reply *reply;

    engine_open(&engine, NULL);
    context = engine_establish(&engine);
    call.Context = engine_context(&context);
    reply = engine_call(&engine, RDPESC_IntroduceReaderGroupW, &call);
    CU_ASSERT_EQUAL(reply->ret.ReturnCode, RDPESC_E_UNSUPPORTED_FEATURE);
    read.Common.Context = engine_context(&context);
    CU_ASSERT_EQUAL(engine_call(&engine, RDPESC_ReadCacheW, &read)->ret.ReturnCode,
                    RDPESC_W_CACHE_ITEM_NOT_FOUND);
    written.Common.Context = engine_context(&context);
    CU_ASSERT_EQUAL(engine_call(&engine, RDPESC_WriteCacheW, &written)->ret.ReturnCode, 0);
    engine_close(&engine);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(every_call_of_the_list_is_answered),
    SUITE_TEST(a_call_without_a_context_is_refused_before_its_handler),
    SUITE_TEST(calls_that_pcsc_lite_has_not_say_so),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "replay_calls", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
