/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "engine.h"

static struct engine engine;
static struct replay_id context;
static struct replay_id card;

static void help_open(void)
{
    engine_open(&engine, NULL);
    context = engine_establish(&engine);
    card = engine_connect(&engine, &context, ENGINE_READER, RDPESC_SHARE_SHARED);
}

static struct engine_reply *status(uint32_t code, uint32_t is_null, uint32_t cch)
{
    struct Status_Call call = { engine_handle(&context, &card), is_null, cch, 0 };

    return engine_call(&engine, code, &call);
}

static void status_tells_all_of_a_card(void)
{
    const struct Status_Return *ret;

    help_open();
    ret = &status(RDPESC_StatusW, 0, RDPESC_AUTOALLOCATE)->ret.StatusW;
    CU_ASSERT_EQUAL(ret->dwState, RDPESC_CARD_SPECIFICMODE);
    CU_ASSERT_EQUAL(ret->dwProtocol, RDPESC_PROTOCOL_T0);
    CU_ASSERT_EQUAL(ret->cbAtrLen, engine_atr.len);
    CU_ASSERT_EQUAL(memcmp(ret->pbAtr, engine_atr.data, engine_atr.len), 0);
    CU_ASSERT_EQUAL_FATAL(ret->mszReaderNames.len, 2 * (sizeof ENGINE_READER + 1));
    CU_ASSERT_EQUAL(memcmp(ret->mszReaderNames.data, "R\0e\0a\0", 6), 0);
    ret = &status(RDPESC_StatusA, 0, RDPESC_AUTOALLOCATE)->ret.StatusA;
    CU_ASSERT_EQUAL_FATAL(ret->mszReaderNames.len, sizeof ENGINE_READER + 1);
    CU_ASSERT_EQUAL(memcmp(ret->mszReaderNames.data, ENGINE_READER "\0", sizeof ENGINE_READER + 1),
                    0);
    engine_close(&engine);
}

static void a_size_query_of_status_still_tells_the_state(void)
{
    const struct Status_Return *ret;

    help_open();
    ret = &status(RDPESC_StatusA, 1, 0)->ret.StatusA;
    CU_ASSERT_EQUAL(ret->mszReaderNames.len, sizeof ENGINE_READER + 1);
    CU_ASSERT_PTR_NULL(ret->mszReaderNames.data);
    CU_ASSERT_EQUAL(ret->cbAtrLen, engine_atr.len);
    CU_ASSERT_EQUAL(status(RDPESC_StatusA, 0, sizeof ENGINE_READER)->ret.ReturnCode,
                    RDPESC_E_INSUFFICIENT_BUFFER);
    CU_ASSERT_EQUAL(status(RDPESC_StatusA, 0, sizeof ENGINE_READER + 1)->ret.ReturnCode, 0);
    engine_close(&engine);
}

static void state_is_status_without_names(void)
{
    struct State_Call call = { .cbAtrLen = RDPESC_AUTOALLOCATE };
    const struct State_Return *ret;

    help_open();
    call.hCard = engine_handle(&context, &card);
    ret = &engine_call(&engine, RDPESC_State, &call)->ret.State;
    CU_ASSERT_EQUAL(ret->dwState, RDPESC_CARD_SPECIFICMODE);
    CU_ASSERT_EQUAL(ret->dwProtocol, RDPESC_PROTOCOL_T0);
    CU_ASSERT_EQUAL_FATAL(ret->rgAtr.len, engine_atr.len);
    CU_ASSERT_EQUAL(memcmp(ret->rgAtr.data, engine_atr.data, engine_atr.len), 0);
    call.fpbAtrIsNULL = 1;
    ret = &engine_call(&engine, RDPESC_State, &call)->ret.State;
    CU_ASSERT_EQUAL(ret->rgAtr.len, engine_atr.len);
    CU_ASSERT_PTR_NULL(ret->rgAtr.data);
    call = (struct State_Call){ engine_handle(&context, &card), 0, engine_atr.len - 1 };
    CU_ASSERT_EQUAL(engine_call(&engine, RDPESC_State, &call)->ret.ReturnCode,
                    RDPESC_E_INSUFFICIENT_BUFFER);
    engine_close(&engine);
}

static void attributes_obey_the_size_rules(void)
{
    struct GetAttrib_Call call = { .dwAttrId = 0x00090303, .cbAttrLen = RDPESC_AUTOALLOCATE };
    struct engine_reply *reply;

    help_open();
    call.hCard = engine_handle(&context, &card);
    reply = engine_call(&engine, RDPESC_GetAttrib, &call);
    CU_ASSERT_EQUAL_FATAL(reply->ret.GetAttrib.pbAttr.len, 4);
    CU_ASSERT_EQUAL(memcmp(reply->ret.GetAttrib.pbAttr.data, "\x03\x03\x09\x00", 4), 0);
    call.cbAttrLen = 3;
    CU_ASSERT_EQUAL(engine_call(&engine, RDPESC_GetAttrib, &call)->ret.ReturnCode,
                    RDPESC_E_INSUFFICIENT_BUFFER);
    call.cbAttrLen = 0;
    reply = engine_call(&engine, RDPESC_GetAttrib, &call);
    CU_ASSERT_EQUAL(reply->ret.GetAttrib.pbAttr.len, 4);
    CU_ASSERT_PTR_NULL(reply->ret.GetAttrib.pbAttr.data);
    engine_close(&engine);
}

static void an_attribute_is_set(void)
{
    struct SetAttrib_Call call = { .dwAttrId = 0x0007A000 };

    help_open();
    call.hCard = engine_handle(&context, &card);
    call.pbAttr = engine_command;
    CU_ASSERT_EQUAL(engine_call(&engine, RDPESC_SetAttrib, &call)->ret.ReturnCode, 0);
    CU_ASSERT_EQUAL(rm_script_calls(engine.script, RM_SCRIPT_set_attrib), 1);
    engine_close(&engine);
}

static void an_error_of_the_resource_manager_is_handed_on(void)
{
    help_open();
    rm_script_fail(engine.script, RM_SCRIPT_status, 0x80100014, 1);
    CU_ASSERT_EQUAL(status(RDPESC_StatusW, 0, RDPESC_AUTOALLOCATE)->ret.ReturnCode, 0x80100014);
    engine_close(&engine);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(status_tells_all_of_a_card),
    SUITE_TEST(a_size_query_of_status_still_tells_the_state),
    SUITE_TEST(state_is_status_without_names),
    SUITE_TEST(attributes_obey_the_size_rules),
    SUITE_TEST(an_attribute_is_set),
    SUITE_TEST(an_error_of_the_resource_manager_is_handed_on),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "replay_status", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
