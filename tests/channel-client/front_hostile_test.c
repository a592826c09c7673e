/* SPDX-License-Identifier: Apache-2.0 */
#include "front_rig.h"

static int program;
static uint32_t hContext;

static void start(void)
{
    rig_start();
    program = program_start(4, &hContext);
}

static void stop(void)
{
    close(program);
    rig_turn();
    CU_ASSERT_EQUAL(front_counters(rig.front).clients, 0);
    rig_stop();
}

/* Cut off with one notice, its context released. */
static bool is_refused(void)
{
    return program_is_cut_off(program) && rig.notices == 1 &&
           front_counters(rig.front).clients == 0 && fake_made(RDPESC_ReleaseContext) == 1;
}

static void unknown_commands_are_refused(void)
{
    static const uint32_t commands[] = { 0, 0x03, 0x0C, 0x0E, 0x18, 0xFFFFFFFF };

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        program_send(program, commands[i], NULL, 0);
        CU_ASSERT_TRUE(program_is_cut_off(program));
        CU_ASSERT_EQUAL(rig.notices, i + 1);
        close(program);
        program = program_start(4, &hContext);
    }
}

static void commands_of_a_later_version_are_refused(void)
{
    static const struct {
        int32_t minor;
        uint32_t command;
    } cases[] = { { 4, PCSCD_GET_READER_EVENTS },
                  { 4, PCSCD_GET_READERS_STATE_SIZE },
                  { 5, PCSCD_GET_READERS_STATE_ARRAY } };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        close(program);
        program = program_start(cases[i].minor, &hContext);
        program_send(program, cases[i].command, NULL, 0);
        CU_ASSERT_TRUE(program_is_cut_off(program));
        CU_ASSERT_EQUAL(rig.notices, i + 1);
    }
}

static void a_body_of_another_size_is_refused_for_every_command(void)
{
    static const uint32_t sizes[] = { 1, 279, 281 };
    uint8_t body[512] = { 0 };

    for (uint32_t i = 0; i < 3 * 0x14; i++) {
        struct pcscd_header header = { sizes[i % 3], i / 3 + 1 };
        program_send_octets(program, &header, sizeof header);
        CU_ASSERT_TRUE(program_is_cut_off(program));
        CU_ASSERT_EQUAL(rig.notices, i + 1);
        close(program);
        program = program_start(4, &hContext);
    }
    /* what programs up to 4:3 send */
    program_send(program, PCSCD_WAIT_READER_STATE_CHANGE, body, 8);
    CU_ASSERT_TRUE(program_is_cut_off(program));
}

static void a_huge_size_takes_no_memory_and_is_refused(void)
{
    const struct pcscd_header header = { 0xFFFFFFFF, PCSCD_CONNECT };

    program_send_octets(program, &header, sizeof header);
    CU_ASSERT_TRUE(is_refused());
}

static void garbage_is_refused(void)
{
    uint8_t garbage[4096];

    for (size_t i = 0; i < sizeof garbage; i++)
        garbage[i] = (uint8_t)(i * 131 + 7);
    program_send_octets(program, garbage, sizeof garbage);
    CU_ASSERT_TRUE(is_refused());
}

static void half_a_request_and_the_end_is_just_the_end(void)
{
    struct {
        struct pcscd_header header;
        struct pcscd_connect body;
    } request = { { sizeof(struct pcscd_connect), PCSCD_CONNECT }, connect_to(hContext, "Reader") };

    program_send_octets(program, &request, sizeof request / 2);
    CU_ASSERT_TRUE(program_hears_nothing(program));
    shutdown(program, SHUT_WR);
    CU_ASSERT_TRUE(program_is_cut_off(program));
    CU_ASSERT_EQUAL(rig.notices, 0);
    CU_ASSERT_EQUAL(fake_made(RDPESC_ConnectW), 0);
    CU_ASSERT_EQUAL(fake_made(RDPESC_ReleaseContext), 1);
}

static void an_apdu_longer_than_any_is_refused_before_it_comes(void)
{
    const struct pcscd_transmit transmit = {
        .hCard = program_connects(program, hContext, "CARD"),
        .cbSendLength = PCSCD_DATA_MAX + 1,
    };

    program_send(program, PCSCD_TRANSMIT, &transmit, sizeof transmit);
    CU_ASSERT_TRUE(is_refused());
    CU_ASSERT_EQUAL(fake_made(RDPESC_Transmit), 0);
}

static void control_data_longer_than_any_is_refused(void)
{
    const struct pcscd_control control = {
        .hCard = program_connects(program, hContext, "CARD"),
        .cbSendLength = 0xFFFFFFFF,
    };

    program_send(program, PCSCD_CONTROL, &control, sizeof control);
    CU_ASSERT_TRUE(is_refused());
}

static void an_attribute_longer_than_its_field_is_refused(void)
{
    const struct pcscd_attribute attribute = {
        .hCard = program_connects(program, hContext, "CARD"),
        .cbAttrLen = 265,
    };

    program_send(program, PCSCD_SET_ATTRIB, &attribute, sizeof attribute);
    CU_ASSERT_TRUE(is_refused());
    CU_ASSERT_EQUAL(fake_made(RDPESC_SetAttrib), 0);
}

static void a_handle_of_another_program_is_refused_for_every_command(void)
{
    static const struct {
        uint32_t command, size;
    } cases[] = {
        { PCSCD_RECONNECT, sizeof(struct pcscd_reconnect) },
        { PCSCD_DISCONNECT, sizeof(struct pcscd_disposition) },
        { PCSCD_BEGIN_TRANSACTION, sizeof(struct pcscd_card) },
        { PCSCD_END_TRANSACTION, sizeof(struct pcscd_disposition) },
        { PCSCD_TRANSMIT, sizeof(struct pcscd_transmit) },
        { PCSCD_CONTROL, sizeof(struct pcscd_control) },
        { PCSCD_STATUS, sizeof(struct pcscd_card) },
        { PCSCD_GET_ATTRIB, sizeof(struct pcscd_attribute) },
        { PCSCD_SET_ATTRIB, sizeof(struct pcscd_attribute) },
    };
    uint32_t other_context;
    int other = program_start(4, &other_context);
    int32_t foreign = program_connects(other, other_context, "CARD");

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        union pcscd_body body = { .card = { foreign, 0 } };
        size_t made = fake.count;
        program_send(program, cases[i].command, &body, cases[i].size);
        CU_ASSERT_TRUE(program_is_cut_off(program));
        CU_ASSERT_EQUAL(rig.notices, i + 1);
        CU_ASSERT_EQUAL(fake.count, made + 1);
        CU_ASSERT_EQUAL(fake.calls[made].code, RDPESC_ReleaseContext);
        close(program);
        program = program_start(4, &hContext);
    }
    close(other);
}

static void a_context_of_another_program_is_refused(void)
{
    uint32_t other_context;
    int other = program_start(4, &other_context);
    struct pcscd_connect connect = connect_to(other_context, "Reader");
    struct pcscd_release release = { other_context, 0 };

    program_send(program, PCSCD_CONNECT, &connect, sizeof connect);
    CU_ASSERT_TRUE(program_is_cut_off(program));
    close(program);
    program = program_start(4, &hContext);
    program_send(program, PCSCD_RELEASE_CONTEXT, &release, sizeof release);
    CU_ASSERT_TRUE(program_is_cut_off(program));
    CU_ASSERT_EQUAL(rig.notices, 2);
    CU_ASSERT_EQUAL(fake_made(RDPESC_ConnectW), 0);
    CU_ASSERT_TRUE(program_hears_nothing(other));
    close(other);
}

static void requests_before_a_context_are_refused(void)
{
    struct pcscd_establish establish = { 2, 0, 0 };

    close(program);
    program = program_open();
    program_send(program, PCSCD_ESTABLISH_CONTEXT, &establish, sizeof establish);
    CU_ASSERT_TRUE(program_is_cut_off(program));
    close(program);
    program = program_open();
    program_greets(program, 4);
    program_send(program, PCSCD_GET_READERS_STATE, NULL, 0);
    CU_ASSERT_TRUE(program_is_cut_off(program));
    CU_ASSERT_EQUAL(rig.notices, 2);
}

static void a_second_context_on_one_connection_is_refused(void)
{
    struct pcscd_establish establish = { 2, 0, 0 };

    program_send(program, PCSCD_ESTABLISH_CONTEXT, &establish, sizeof establish);
    CU_ASSERT_TRUE(is_refused());
}

static void a_released_context_has_no_handles_left(void)
{
    int32_t hCard = program_connects(program, hContext, "CARD");
    struct pcscd_release release = { hContext, 0 };
    struct pcscd_card status = { hCard, 0 };

    program_send(program, PCSCD_RELEASE_CONTEXT, &release, sizeof release);
    fake_answer_code(fake_waiting(RDPESC_ReleaseContext), 0);
    CU_ASSERT_TRUE(program_receives(program, &release, sizeof release));
    program_send(program, PCSCD_STATUS, &status, sizeof status);
    CU_ASSERT_TRUE(is_refused());
}

static void a_reader_name_without_its_nul_is_no_reader(void)
{
    struct pcscd_connect connect = connect_to(hContext, "");

    memset(connect.szReader, 'x', sizeof connect.szReader);
    CU_ASSERT_TRUE(program_asks(program, PCSCD_CONNECT, &connect, sizeof connect));
    CU_ASSERT_EQUAL(connect.rv, RDPESC_E_UNKNOWN_READER);
    CU_ASSERT_EQUAL(fake_made(RDPESC_ConnectW), 0);
}

static void requests_during_a_call_wait_for_their_turn(void)
{
    struct pcscd_card begin = { program_connects(program, hContext, "CARD"), 0 };
    struct pcscd_disposition end = { begin.hCard, RDPESC_LEAVE_CARD, 0 };
    struct pcscd_reader array[SLOTS];

    program_send(program, PCSCD_BEGIN_TRANSACTION, &begin, sizeof begin);
    program_send(program, PCSCD_GET_READERS_STATE, NULL, 0);
    program_send(program, PCSCD_END_TRANSACTION, &end, sizeof end);
    CU_ASSERT_TRUE(program_hears_nothing(program));
    CU_ASSERT_EQUAL(fake_made(RDPESC_EndTransaction), 0);
    fake_answer_code(fake_waiting(RDPESC_BeginTransaction), 0);
    rig_turn();
    CU_ASSERT_EQUAL(recv(program, &begin, sizeof begin, 0), sizeof begin);
    CU_ASSERT_TRUE(program_receives(program, array, sizeof array));
    fake_answer_code(fake_waiting(RDPESC_EndTransaction), 0);
    CU_ASSERT_TRUE(program_receives(program, &end, sizeof end));
    CU_ASSERT_EQUAL(rig.notices, 0);
}

static void a_flood_during_a_call_is_cut_off(void)
{
    struct pcscd_card begin = { program_connects(program, hContext, "CARD"), 0 };
    const struct pcscd_header header = { 0, PCSCD_GET_READERS_STATE };

    program_send(program, PCSCD_BEGIN_TRANSACTION, &begin, sizeof begin);
    for (unsigned i = 0; i < 20000 && rig.notices == 0; i++)
        program_send_octets(program, &header, sizeof header);
    CU_ASSERT_TRUE(is_refused());
    CU_ASSERT_EQUAL(fake_made(RDPESC_Cancel), 1);
    fake_answer_code(fake_waiting(RDPESC_BeginTransaction), 0);
}

static void a_program_that_never_reads_is_not_served_on_and_on(void)
{
    struct pcscd_header headers[512];
    struct pcscd_reader array[SLOTS];
    size_t replies = 0;

    for (size_t i = 0; i < 512; i++)
        headers[i] = (struct pcscd_header){ 0, PCSCD_GET_READERS_STATE };
    for (unsigned i = 0; i < 8; i++)
        program_send_octets(program, headers, sizeof headers);
    CU_ASSERT_TRUE(front_counters(rig.front).scard_calls < 512);
    for (unsigned i = 0; i < 100000 && replies < 8 * 512; i++) {
        size_t got = 0;
        while (got < sizeof array) {
            ssize_t n = recv(program, (uint8_t *)array + got, sizeof array - got, 0);
            if (n <= 0 && errno != EAGAIN)
                break;
            got += n > 0 ? (size_t)n : 0;
            rig_turn();
        }
        replies += strcmp(array[0].readerName, "Reader") == 0 && got == sizeof array;
    }
    CU_ASSERT_EQUAL(replies, 8 * 512);
    CU_ASSERT_EQUAL(rig.notices, 0);
}

static void random_requests_do_no_harm(void)
{
    uint32_t random = 1;

    for (unsigned round = 0; round < 300; round++) {
        uint8_t octets[600];
        struct pcscd_header header;
        int32_t hCard = program_connects(program, hContext, "CARD");
        for (size_t i = 0; i < sizeof octets; i++) {
            random = random * 1664525 + 1013904223;
            octets[i] = (uint8_t)(random >> 24);
        }
        header = (struct pcscd_header){ (octets[0] & 3) == 0 ? octets[1] : 280, octets[2] % 0x1A };
        memcpy(octets, &header, sizeof header);
        memcpy(octets + sizeof header, (octets[3] & 1) != 0 ? (void *)&hCard : &hContext, 4);
        program_send_octets(program, octets, sizeof header + octets[9]);
        close(program);
        rig_turn();
        program = program_start(4 + (int32_t)(round % 3), &hContext);
        if (fake.count > FAKE_CALLS_MAX / 2) {
            rig_link_goes();
            fake_reset(SESSION_DOWN);
            rig_link_comes();
            close(program);
            program = program_start(4, &hContext);
        }
    }
    CU_ASSERT_EQUAL(front_counters(rig.front).clients, 1);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(unknown_commands_are_refused),
    SUITE_TEST(commands_of_a_later_version_are_refused),
    SUITE_TEST(a_body_of_another_size_is_refused_for_every_command),
    SUITE_TEST(a_huge_size_takes_no_memory_and_is_refused),
    SUITE_TEST(garbage_is_refused),
    SUITE_TEST(half_a_request_and_the_end_is_just_the_end),
    SUITE_TEST(an_apdu_longer_than_any_is_refused_before_it_comes),
    SUITE_TEST(control_data_longer_than_any_is_refused),
    SUITE_TEST(an_attribute_longer_than_its_field_is_refused),
    SUITE_TEST(a_handle_of_another_program_is_refused_for_every_command),
    SUITE_TEST(a_context_of_another_program_is_refused),
    SUITE_TEST(requests_before_a_context_are_refused),
    SUITE_TEST(a_second_context_on_one_connection_is_refused),
    SUITE_TEST(a_released_context_has_no_handles_left),
    SUITE_TEST(a_reader_name_without_its_nul_is_no_reader),
    SUITE_TEST(requests_during_a_call_wait_for_their_turn),
    SUITE_TEST(a_flood_during_a_call_is_cut_off),
    SUITE_TEST(a_program_that_never_reads_is_not_served_on_and_on),
    SUITE_TEST(random_requests_do_no_harm),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "front_hostile", NULL, NULL, start, stop, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
