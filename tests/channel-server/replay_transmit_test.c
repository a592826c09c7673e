/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
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

static void an_answer_comes_without_a_pci_unless_it_is_wanted(void)
{
    const uint8_t extra[] = { 1, 2, 3 };
    const struct SCardIO_Request pci = { RDPESC_PROTOCOL_T1, { extra, sizeof extra } };
    struct Transmit_Call call;
    struct engine_reply *reply;

    help_open();
    call = engine_transmit(&context, &card, engine_command, 258);
    reply = engine_call(&engine, RDPESC_Transmit, &call);
    CU_ASSERT_PTR_NULL(reply->ret.Transmit.pioRecvPci);
    CU_ASSERT_EQUAL(reply->ret.Transmit.pbRecvBuffer.len, engine_answer.len);
    call.pioRecvPci = &pci;
    reply = engine_call(&engine, RDPESC_Transmit, &call);
    CU_ASSERT_PTR_NOT_NULL_FATAL(reply->ret.Transmit.pioRecvPci);
    CU_ASSERT_EQUAL(reply->ret.Transmit.pioRecvPci->dwProtocol, RDPESC_PROTOCOL_T0);
    CU_ASSERT_EQUAL(reply->ret.Transmit.pioRecvPci->pbExtraBytes.len, sizeof extra);
    engine_close(&engine);
}

static void without_a_buffer_only_the_length_comes(void)
{
    struct Transmit_Call call;
    struct engine_reply *reply;

    help_open();
    call = engine_transmit(&context, &card, engine_command, 0);
    call.fpbRecvBufferIsNULL = 1;
    reply = engine_call(&engine, RDPESC_Transmit, &call);
    CU_ASSERT_EQUAL(reply->ret.ReturnCode, 0);
    CU_ASSERT_EQUAL(reply->ret.Transmit.pbRecvBuffer.len, engine_answer.len);
    CU_ASSERT_PTR_NULL(reply->ret.Transmit.pbRecvBuffer.data);
    engine_close(&engine);
}

static void an_answer_longer_than_its_room_is_an_error_without_content(void)
{
    struct Transmit_Call call;
    struct engine_reply *reply;

    help_open();
    call = engine_transmit(&context, &card, engine_command, engine_answer.len - 1);
    reply = engine_call(&engine, RDPESC_Transmit, &call);
    CU_ASSERT_EQUAL(reply->ret.ReturnCode, RDPESC_E_INSUFFICIENT_BUFFER);
    CU_ASSERT_EQUAL(reply->ret.Transmit.pbRecvBuffer.len, 0);
    CU_ASSERT_PTR_NULL(reply->ret.Transmit.pbRecvBuffer.data);
    /* RPCE headers and the whole structure, nothing behind it. */
    CU_ASSERT_EQUAL(reply->output.len, 32);
    engine_close(&engine);
}

static void the_longest_command_and_answer_pass(void)
{
    static uint8_t octets[66560];
    struct ndr_bytes longest = { octets, sizeof octets };
    struct Transmit_Call call;
    struct engine_reply *reply;

    for (uint32_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)(i * 7);
    help_open();
    CU_ASSERT(rm_script_answer(engine.script, ENGINE_READER, longest, longest));
    call = engine_transmit(&context, &card, longest, 0xFFFFFFFF);
    reply = engine_call(&engine, RDPESC_Transmit, &call);
    CU_ASSERT_EQUAL_FATAL(reply->ret.Transmit.pbRecvBuffer.len, sizeof octets);
    CU_ASSERT_EQUAL(memcmp(reply->ret.Transmit.pbRecvBuffer.data, octets, sizeof octets), 0);
    engine_close(&engine);
}

static void another_protocol_is_refused(void)
{
    struct Transmit_Call call;

    help_open();
    call = engine_transmit(&context, &card, engine_command, 258);
    call.ioSendPci.dwProtocol = RDPESC_PROTOCOL_T1;
    CU_ASSERT_EQUAL(engine_call(&engine, RDPESC_Transmit, &call)->ret.ReturnCode,
                    RDPESC_E_PROTO_MISMATCH);
    engine_close(&engine);
}

static void transmits_that_succeed_are_counted(void)
{
    struct GetTransmitCount_Call count;
    struct Transmit_Call call;

    help_open();
    count = (struct GetTransmitCount_Call){ engine_handle(&context, &card) };
    call = engine_transmit(&context, &card, engine_command, 258);
    CU_ASSERT_EQUAL(
        engine_call(&engine, RDPESC_GetTransmitCount, &count)->ret.GetTransmitCount.cTransmitCount,
        0);
    (void)engine_call(&engine, RDPESC_Transmit, &call);
    (void)engine_call(&engine, RDPESC_Transmit, &call);
    call.cbRecvLength = 0;
    (void)engine_call(&engine, RDPESC_Transmit, &call);
    CU_ASSERT_EQUAL(
        engine_call(&engine, RDPESC_GetTransmitCount, &count)->ret.GetTransmitCount.cTransmitCount,
        2);
    engine_close(&engine);
}

static void control_carries_octets_both_ways(void)
{
    struct Control_Call call = { .dwControlCode = 0x00313520, .cbOutBufferSize = 100 };
    struct engine_reply *reply;

    help_open();
    call.hCard = engine_handle(&context, &card);
    call.pvInBuffer = engine_command;
    reply = engine_call(&engine, RDPESC_Control, &call);
    CU_ASSERT_EQUAL_FATAL(reply->ret.Control.pvOutBuffer.len, engine_command.len);
    CU_ASSERT_EQUAL(
        memcmp(reply->ret.Control.pvOutBuffer.data, engine_command.data, engine_command.len), 0);
    call.fpvOutBufferIsNULL = 1;
    reply = engine_call(&engine, RDPESC_Control, &call);
    CU_ASSERT_EQUAL(reply->ret.Control.pvOutBuffer.len, engine_command.len);
    CU_ASSERT_PTR_NULL(reply->ret.Control.pvOutBuffer.data);
    call.dwControlCode = 0x42000001;
    CU_ASSERT_EQUAL(engine_call(&engine, RDPESC_Control, &call)->ret.ReturnCode,
                    RDPESC_E_UNSUPPORTED_FEATURE);
    engine_close(&engine);
}

static void control_without_octets_is_a_call(void)
{
    struct Control_Call call = { .dwControlCode = 0x00312000 };

    help_open();
    call.hCard = engine_handle(&context, &card);
    CU_ASSERT_EQUAL(engine_call(&engine, RDPESC_Control, &call)->ret.ReturnCode, 0);
    engine_close(&engine);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(an_answer_comes_without_a_pci_unless_it_is_wanted),
    SUITE_TEST(without_a_buffer_only_the_length_comes),
    SUITE_TEST(an_answer_longer_than_its_room_is_an_error_without_content),
    SUITE_TEST(the_longest_command_and_answer_pass),
    SUITE_TEST(another_protocol_is_refused),
    SUITE_TEST(transmits_that_succeed_are_counted),
    SUITE_TEST(control_carries_octets_both_ways),
    SUITE_TEST(control_without_octets_is_a_call),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "replay_transmit", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
