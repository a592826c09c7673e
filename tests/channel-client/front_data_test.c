/* SPDX-License-Identifier: Apache-2.0 */
#include "front_rig.h"
#include "front_values.h"

#define REMOTE_MAX 66560u

struct reply {
    union pcscd_body body;
    uint8_t data[REMOTE_MAX];
};

static int program;
static int32_t hCard;

static void start(void)
{
    uint32_t hContext;

    rig_start();
    program = program_start(4, &hContext);
    hCard = program_connects(program, hContext, "CARD");
}

static void stop(void)
{
    program_close(program);
    rig_stop();
}

/* One request with its data, written at once. */
static void send_with_data(uint32_t command, const void *body, uint32_t size, const void *data,
                           uint32_t length)
{
    struct pcscd_header header = { size, command };
    uint8_t *request = malloc(sizeof header + size + length);

    memcpy(request, &header, sizeof header);
    memcpy(request + sizeof header, body, size);
    if (length > 0)
        memcpy(request + sizeof header + size, data, length);
    program_send_octets(program, request, sizeof header + size + length);
    free(request);
}

static struct fake_call *transmit(const char *apdu, uint32_t room)
{
    struct pcscd_transmit body = {
        .hCard = hCard,
        .ioSendPciProtocol = PCSCD_PROTOCOL_T0,
        .ioSendPciLength = 16,
        .cbSendLength = (uint32_t)strlen(apdu),
        .ioRecvPciProtocol = 3,
        .ioRecvPciLength = 16,
        .pcbRecvLength = room,
        .rv = 77,
    };

    send_with_data(PCSCD_TRANSMIT, &body, sizeof body, apdu, body.cbSendLength);
    return fake_waiting(RDPESC_Transmit);
}

static void answer_transmit(struct fake_call *call, struct ndr_bytes answer)
{
    union rdpesc_return ret = { 0 };

    ret.Transmit.pbRecvBuffer = answer;
    fake_answer(call, &ret);
}

static void a_transmit_carries_the_apdu_there_and_the_answer_back(void)
{
    struct fake_call *call = transmit("SELECT", 258);
    struct reply reply;

    CU_ASSERT_TRUE(bytes_are(call->call.Transmit.hCard.pbHandle, "CARD"));
    CU_ASSERT_TRUE(bytes_are(call->call.Transmit.pbSendBuffer, "SELECT"));
    CU_ASSERT_EQUAL(call->call.Transmit.ioSendPci.dwProtocol, RDPESC_PROTOCOL_T0);
    CU_ASSERT_EQUAL(call->call.Transmit.cbRecvLength, 258);
    answer_transmit(call, FAKE_BYTES("\x61\x0d"));
    CU_ASSERT_TRUE(program_receives(program, &reply, sizeof reply.body.transmit + 2));
    CU_ASSERT_EQUAL(reply.body.transmit.rv, 0);
    CU_ASSERT_EQUAL(reply.body.transmit.pcbRecvLength, 2);
    CU_ASSERT_EQUAL(reply.body.transmit.ioRecvPciProtocol, PCSCD_PROTOCOL_T0);
    CU_ASSERT_EQUAL(reply.body.transmit.ioRecvPciLength, 16);
    CU_ASSERT_NSTRING_EQUAL((char *)&reply + sizeof reply.body.transmit, "\x61\x0d", 2);
    CU_ASSERT_EQUAL(front_counters(rig.front).transmits, 1);
}

static void the_far_sides_protocol_is_translated_back(void)
{
    struct fake_call *call = transmit("SELECT", 258);
    const struct SCardIO_Request pci = { .dwProtocol = RDPESC_PROTOCOL_RAW };
    union rdpesc_return ret = { 0 };
    struct reply reply;

    ret.Transmit.pioRecvPci = &pci;
    ret.Transmit.pbRecvBuffer = FAKE_BYTES("\x90\x00");
    fake_answer(call, &ret);
    CU_ASSERT_TRUE(program_receives(program, &reply, sizeof reply.body.transmit + 2));
    CU_ASSERT_EQUAL(reply.body.transmit.ioRecvPciProtocol, PCSCD_PROTOCOL_RAW);
}

static void an_answer_longer_than_its_room_is_told_by_length_only(void)
{
    struct reply reply;

    answer_transmit(transmit("SELECT", 4), FAKE_BYTES("12345"));
    CU_ASSERT_TRUE(program_receives(program, &reply, sizeof reply.body.transmit));
    CU_ASSERT_EQUAL(reply.body.transmit.rv, RDPESC_E_INSUFFICIENT_BUFFER);
    CU_ASSERT_EQUAL(reply.body.transmit.pcbRecvLength, 5);
    answer_transmit(transmit("SELECT", 5), FAKE_BYTES("12345"));
    CU_ASSERT_TRUE(program_receives(program, &reply, sizeof reply.body.transmit + 5));
    CU_ASSERT_EQUAL(reply.body.transmit.rv, 0);
}

static void an_answer_of_length_only_is_no_answer(void)
{
    struct reply reply;

    answer_transmit(transmit("SELECT", 258), (struct ndr_bytes){ NULL, 20 });
    CU_ASSERT_TRUE(program_receives(program, &reply, sizeof reply.body.transmit));
    CU_ASSERT_EQUAL(reply.body.transmit.rv, RDPESC_F_COMM_ERROR);
}

static void a_transmit_that_fails_brings_no_octets(void)
{
    union rdpesc_return ret = { 0 };
    struct reply reply;
    struct fake_call *call = transmit("SELECT", 258);

    ret.Transmit.ReturnCode = RDPESC_W_RESET_CARD;
    ret.Transmit.pbRecvBuffer = FAKE_BYTES("left over");
    fake_answer(call, &ret);
    CU_ASSERT_TRUE(program_receives(program, &reply, sizeof reply.body.transmit));
    CU_ASSERT_EQUAL(reply.body.transmit.rv, RDPESC_W_RESET_CARD);
    fake_fail(transmit("SELECT", 258), RDPESC_F_COMM_ERROR);
    CU_ASSERT_TRUE(program_receives(program, &reply, sizeof reply.body.transmit));
    CU_ASSERT_EQUAL(reply.body.transmit.rv, RDPESC_F_COMM_ERROR);
    CU_ASSERT_EQUAL(reply.body.transmit.pcbRecvLength, 0);
}

static void the_largest_apdu_and_the_largest_answer_pass(void)
{
    static uint8_t octets[REMOTE_MAX];
    static struct reply reply;
    struct pcscd_transmit body = { .hCard = hCard,
                                   .cbSendLength = PCSCD_DATA_MAX,
                                   .pcbRecvLength = 0xFFFFFFFF };

    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)(i * 7);
    send_with_data(PCSCD_TRANSMIT, &body, sizeof body, octets, PCSCD_DATA_MAX);
    struct fake_call *call = fake_waiting(RDPESC_Transmit);
    CU_ASSERT_EQUAL(call->call.Transmit.cbRecvLength, REMOTE_MAX);
    CU_ASSERT_EQUAL(call->call.Transmit.pbSendBuffer.len, PCSCD_DATA_MAX);
    CU_ASSERT_EQUAL(memcmp(call->call.Transmit.pbSendBuffer.data, octets, PCSCD_DATA_MAX), 0);
    answer_transmit(call, (struct ndr_bytes){ octets, REMOTE_MAX });
    CU_ASSERT_TRUE(program_receives(program, &reply, sizeof reply.body.transmit + REMOTE_MAX));
    CU_ASSERT_EQUAL(reply.body.transmit.pcbRecvLength, REMOTE_MAX);
    CU_ASSERT_EQUAL(memcmp((uint8_t *)&reply + sizeof reply.body.transmit, octets, REMOTE_MAX), 0);
}

static void an_apdu_that_comes_in_pieces_is_put_together(void)
{
    const struct pcscd_header header = { sizeof(struct pcscd_transmit), PCSCD_TRANSMIT };
    const struct pcscd_transmit body = { .hCard = hCard, .cbSendLength = 6, .pcbRecvLength = 9 };
    static const uint8_t apdu[] = { 'S', 'E', 'L', 'E', 'C', 'T' };
    uint8_t request[sizeof header + sizeof body + sizeof apdu];

    memcpy(request, &header, sizeof header);
    memcpy(request + sizeof header, &body, sizeof body);
    memcpy(request + sizeof header + sizeof body, apdu, sizeof apdu);
    for (size_t i = 0; i < sizeof request; i++) {
        CU_ASSERT_EQUAL(fake_made(RDPESC_Transmit), 0);
        program_send_octets(program, request + i, 1);
    }
    CU_ASSERT_TRUE(bytes_are(fake_waiting(RDPESC_Transmit)->call.Transmit.pbSendBuffer, "SELECT"));
}

static void a_control_code_becomes_that_of_windows(void)
{
    struct pcscd_control body = {
        .hCard = hCard, .dwControlCode = 0x42000000 + 3400, .cbSendLength = 3, .cbRecvLength = 200
    };
    union rdpesc_return ret = { 0 };
    struct reply reply;

    send_with_data(PCSCD_CONTROL, &body, sizeof body, "abc", 3);
    struct fake_call *call = fake_waiting(RDPESC_Control);
    CU_ASSERT_EQUAL(call->call.Control.dwControlCode, 0x00313520);
    CU_ASSERT_TRUE(bytes_are(call->call.Control.pvInBuffer, "abc"));
    CU_ASSERT_EQUAL(call->call.Control.cbOutBufferSize, 200);
    ret.Control.pvOutBuffer = FAKE_BYTES("\x06\x04\x42\x33\x00\x06");
    fake_answer(call, &ret);
    CU_ASSERT_TRUE(program_receives(program, &reply, sizeof reply.body.control + 6));
    CU_ASSERT_EQUAL(reply.body.control.rv, 0);
    CU_ASSERT_EQUAL(reply.body.control.dwBytesReturned, 6);
    CU_ASSERT_NSTRING_EQUAL((char *)&reply + sizeof reply.body.control, "\x06\x04\x42\x33\x00\x06",
                            6);
}

static void a_control_answer_longer_than_its_room_is_told_by_length_only(void)
{
    struct pcscd_control body = { .hCard = hCard, .dwControlCode = 1, .cbRecvLength = 2 };
    union rdpesc_return ret = { 0 };
    struct reply reply;

    send_with_data(PCSCD_CONTROL, &body, sizeof body, NULL, 0);
    ret.Control.pvOutBuffer = FAKE_BYTES("123");
    fake_answer(fake_waiting(RDPESC_Control), &ret);
    CU_ASSERT_TRUE(program_receives(program, &reply, sizeof reply.body.control));
    CU_ASSERT_EQUAL(reply.body.control.rv, RDPESC_E_INSUFFICIENT_BUFFER);
    CU_ASSERT_EQUAL(reply.body.control.dwBytesReturned, 3);
}

static void an_attribute_is_asked_for_at_its_largest(void)
{
    struct pcscd_attribute body = { .hCard = hCard, .dwAttrId = 0x00090303, .cbAttrLen = 264 };
    union rdpesc_return ret = { 0 };

    program_send(program, PCSCD_GET_ATTRIB, &body, sizeof body);
    struct fake_call *call = fake_waiting(RDPESC_GetAttrib);
    CU_ASSERT_EQUAL(call->call.GetAttrib.dwAttrId, 0x00090303);
    CU_ASSERT_EQUAL(call->call.GetAttrib.fpbAttrIsNULL, 0);
    CU_ASSERT_EQUAL(call->call.GetAttrib.cbAttrLen, 264);
    ret.GetAttrib.pbAttr = FAKE_BYTES(ATR);
    fake_answer(call, &ret);
    CU_ASSERT_TRUE(program_receives(program, &body, sizeof body));
    CU_ASSERT_EQUAL(body.rv, 0);
    CU_ASSERT_EQUAL(body.cbAttrLen, 3);
    CU_ASSERT_NSTRING_EQUAL(body.pbAttr, ATR, 3);
}

static void an_attribute_that_does_not_fit_or_exist_is_an_error(void)
{
    static const uint8_t octets[265];
    struct pcscd_attribute body = { .hCard = hCard, .cbAttrLen = 264 };
    union rdpesc_return ret = { 0 };

    program_send(program, PCSCD_GET_ATTRIB, &body, sizeof body);
    ret.GetAttrib.pbAttr = (struct ndr_bytes){ octets, sizeof octets };
    fake_answer(fake_waiting(RDPESC_GetAttrib), &ret);
    CU_ASSERT_TRUE(program_receives(program, &body, sizeof body));
    CU_ASSERT_EQUAL(body.rv, RDPESC_E_INSUFFICIENT_BUFFER);
    CU_ASSERT_EQUAL(body.cbAttrLen, 265);
    body.cbAttrLen = 264;
    program_send(program, PCSCD_GET_ATTRIB, &body, sizeof body);
    fake_answer_code(fake_waiting(RDPESC_GetAttrib), RDPESC_E_UNSUPPORTED_FEATURE);
    CU_ASSERT_TRUE(program_receives(program, &body, sizeof body));
    CU_ASSERT_EQUAL(body.rv, PCSCD_E_UNSUPPORTED_FEATURE);
}

static void an_attribute_is_set_with_its_own_octets(void)
{
    struct pcscd_attribute body = { .hCard = hCard, .dwAttrId = 7, .cbAttrLen = 2 };

    memcpy(body.pbAttr, "ok not sent", 11);
    program_send(program, PCSCD_SET_ATTRIB, &body, sizeof body);
    struct fake_call *call = fake_waiting(RDPESC_SetAttrib);
    CU_ASSERT_TRUE(bytes_are(call->call.SetAttrib.pbAttr, "ok"));
    fake_answer_code(call, 0);
    CU_ASSERT_TRUE(program_receives(program, &body, sizeof body));
    CU_ASSERT_EQUAL(body.rv, 0);
}

/* ---- values ---- */

static void control_codes_of_drivers_stay_as_they_are(void)
{
    CU_ASSERT_EQUAL(front_control_to_remote(0x42000001), 0x00310004);
    CU_ASSERT_EQUAL(front_control_to_remote(0x42000FFF), 0x00313FFC);
    CU_ASSERT_EQUAL(front_control_to_remote(0x42001000), 0x42001000);
    CU_ASSERT_EQUAL(front_control_to_remote(0x42330006), 0x42330006);
    CU_ASSERT_EQUAL(front_control_to_remote(0x41FFFFFF), 0x41FFFFFF);
    CU_ASSERT_EQUAL(front_control_to_remote(0x00313520), 0x00313520);
}

static void reader_states_become_those_of_pcscd(void)
{
    static const struct {
        uint32_t remote, state;
        int32_t sharing;
    } cases[] = {
        { RDPESC_STATE_EMPTY, 2, 0 },
        { RDPESC_STATE_PRESENT, 0x34, 0 },
        { RDPESC_STATE_PRESENT | RDPESC_STATE_INUSE, 0x34, 1 },
        { RDPESC_STATE_PRESENT | RDPESC_STATE_INUSE | RDPESC_STATE_EXCLUSIVE, 0x34, -1 },
        { RDPESC_STATE_PRESENT | RDPESC_STATE_MUTE, 0x0C, 0 },
        { RDPESC_STATE_PRESENT | RDPESC_STATE_UNPOWERED, 0x04, 0 },
        { RDPESC_STATE_UNAVAILABLE, 1, 0 },
        { RDPESC_STATE_UNKNOWN, 1, 0 },
        { 0, 1, 0 },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mirror_reader remote = { .name = "R", .state = cases[i].remote };
        struct pcscd_reader local;
        front_reader_to_local(&remote, &local);
        CU_ASSERT_EQUAL(local.readerState, cases[i].state);
        CU_ASSERT_EQUAL(local.readerSharing, cases[i].sharing);
    }
}

static void counters_stay_in_the_sixteen_bits_that_programs_compare(void)
{
    static const uint32_t cases[][2] = {
        { 0, 0 }, { 1, 1 }, { 0xFFFF, 0xFFFF }, { 0x10000, 1 }, { 0x1FFFE, 0xFFFF }
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mirror_reader remote = { .counter = cases[i][0], .atr_len = RDPESC_ATR_MAX };
        struct pcscd_reader local;
        front_reader_to_local(&remote, &local);
        CU_ASSERT_EQUAL(local.eventCounter, cases[i][1]);
        CU_ASSERT_EQUAL(local.cardAtrLength, PCSCD_ATR_SIZE);
    }
}

static void codes_that_differ_are_renumbered(void)
{
    CU_ASSERT_EQUAL(front_code_to_local(RDPESC_E_UNSUPPORTED_FEATURE), 0x8010001F);
    CU_ASSERT_EQUAL(front_code_to_local(6), RDPESC_E_INVALID_HANDLE);
    CU_ASSERT_EQUAL(front_code_to_local(RDPESC_W_REMOVED_CARD), RDPESC_W_REMOVED_CARD);
    CU_ASSERT_EQUAL(front_code_to_local(0), 0);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(a_transmit_carries_the_apdu_there_and_the_answer_back),
    SUITE_TEST(the_far_sides_protocol_is_translated_back),
    SUITE_TEST(an_answer_longer_than_its_room_is_told_by_length_only),
    SUITE_TEST(an_answer_of_length_only_is_no_answer),
    SUITE_TEST(a_transmit_that_fails_brings_no_octets),
    SUITE_TEST(the_largest_apdu_and_the_largest_answer_pass),
    SUITE_TEST(an_apdu_that_comes_in_pieces_is_put_together),
    SUITE_TEST(a_control_code_becomes_that_of_windows),
    SUITE_TEST(a_control_answer_longer_than_its_room_is_told_by_length_only),
    SUITE_TEST(an_attribute_is_asked_for_at_its_largest),
    SUITE_TEST(an_attribute_that_does_not_fit_or_exist_is_an_error),
    SUITE_TEST(an_attribute_is_set_with_its_own_octets),
    CU_TEST_INFO_NULL,
};
static CU_TestInfo values[] = {
    SUITE_TEST(control_codes_of_drivers_stay_as_they_are),
    SUITE_TEST(reader_states_become_those_of_pcscd),
    SUITE_TEST(counters_stay_in_the_sixteen_bits_that_programs_compare),
    SUITE_TEST(codes_that_differ_are_renumbered),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "front_data", NULL, NULL, start, stop, tests },
    { "front_values", NULL, NULL, NULL, NULL, values },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
