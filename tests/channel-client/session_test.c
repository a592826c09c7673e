/* SPDX-License-Identifier: Apache-2.0
 *
 * The session engine against a client played by the test: packets go into an array, answers are
 * written by hand of the framing functions.
 */
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "rdpdr.h"
#include "suite.h"

#define SENT_MAX 64

static struct session *session;
static struct {
    uint8_t octets[4096];
    uint32_t len;
} sent[SENT_MAX];
static size_t sent_count;
static bool channel_works;
static enum session_link last_link;
static size_t notices;

static struct {
    size_t count;
    scard_code code;
    uint32_t return_code;
    void *user;
} done;

static bool channel_write(void *self, struct ndr_bytes pdu)
{
    (void)self;
    if (!channel_works || sent_count == SENT_MAX || pdu.len > sizeof sent[0].octets)
        return false;
    memcpy(sent[sent_count].octets, pdu.data, pdu.len);
    sent[sent_count++].len = pdu.len;
    return true;
}

static void on_link(void *self, enum session_link link)
{
    (void)self;
    last_link = link;
}

static void on_notice(void *self, const char *line)
{
    (void)self;
    (void)line;
    notices++;
}

static void on_done(void *user, scard_code code, const void *ret)
{
    done.count++;
    done.code = code;
    done.user = user;
    done.return_code = ret ? *(const uint32_t *)ret : 0;
}

static int begin(void)
{
    const struct session_observer observer = { NULL, on_link, on_notice };

    session = session_new(&observer);
    return session ? 0 : 1;
}

static int end(void)
{
    session_free(session);
    session = NULL;
    return 0;
}

static void attach(void)
{
    const struct session_channel channel = { NULL, channel_write };

    sent_count = 0;
    channel_works = true;
    notices = 0;
    memset(&done, 0, sizeof done);
    session_attach(session, &channel);
}

static uint16_t packet_id(size_t i)
{
    return (uint16_t)(sent[i].octets[2] | sent[i].octets[3] << 8);
}

static uint32_t number_at(size_t i, size_t at)
{
    const uint8_t *o = sent[i].octets + at;

    return (uint32_t)o[0] | (uint32_t)o[1] << 8 | (uint32_t)o[2] << 16 | (uint32_t)o[3] << 24;
}

static uint8_t packet[4096];

static bool receive(const struct ndr_writer *out)
{
    return session_receive(session, (struct ndr_bytes){ out->data, (uint32_t)out->at });
}

static bool client_names_itself(void)
{
    const struct DR_CORE_CLIENT_NAME name = { 0, 0, 5 };
    struct ndr_writer out = { packet, sizeof packet, 0 };

    return rdpdr_write_header(&out, RDPDR_CLIENT_NAME) &&
           rdpdr_write(&DR_CORE_CLIENT_NAME_layout, &out, &name) &&
           ndr_write_bytes(&out, (const uint8_t *)"DESK\0", 5) && receive(&out);
}

static bool client_announces(uint32_t type, uint32_t device_id)
{
    const struct DR_DEVICELIST list = { type ? 1 : 0 };
    const struct DEVICE_ANNOUNCE device = { type, device_id, "SCARD", 6 };
    struct ndr_writer out = { packet, sizeof packet, 0 };

    if (!rdpdr_write_header(&out, RDPDR_DEVICELIST_ANNOUNCE) ||
        !rdpdr_write(&DR_DEVICELIST_layout, &out, &list))
        return false;
    if (type && (!rdpdr_write(&DEVICE_ANNOUNCE_layout, &out, &device) ||
                 !ndr_write_bytes(&out, (const uint8_t *)"SCARD\0", 6)))
        return false;
    return receive(&out);
}

static void bring_up(void)
{
    attach();
    CU_ASSERT(client_names_itself());
    CU_ASSERT(client_announces(RDPDR_DTYP_SMART_CARD, 3));
    CU_ASSERT(session_link_state(session) == SESSION_UP);
    sent_count = 0;
}

static bool call(void)
{
    const struct EstablishContext_Call establish = { RDPESC_SCOPE_SYSTEM };

    return session_call(session, RDPESC_EstablishContext, &establish, on_done, &done);
}

static bool complete(uint32_t device_id, uint32_t completion_id, uint32_t io_status,
                     const struct ndr_type *type, const void *ret)
{
    const struct DR_DEVICE_IOCOMPLETION completion = { device_id, completion_id, io_status };
    uint8_t output[1024];
    size_t length = 0;
    struct ndr_writer out = { packet, sizeof packet, 0 };

    if (type && rpce_encode(type, ret, output, sizeof output, &length, NULL) != NDR_OK)
        return false;
    return rdpdr_write_header(&out, RDPDR_DEVICE_IOCOMPLETION) &&
           rdpdr_write(&DR_DEVICE_IOCOMPLETION_layout, &out, &completion) &&
           ndr_write_u32(&out, (uint32_t)length) && ndr_write_bytes(&out, output, length) &&
           receive(&out);
}

#define AT_COMPLETION_ID 12
#define AT_OUTPUT_LENGTH 24

/* ---- handshake ---- */

static void handshake_follows_the_specification(void)
{
    attach();
    CU_ASSERT(sent_count == 1 && packet_id(0) == RDPDR_SERVER_ANNOUNCE && sent[0].len == 12);
    CU_ASSERT(last_link == SESSION_CONNECTING);
    CU_ASSERT(client_names_itself());
    CU_ASSERT(sent_count == 3);
    CU_ASSERT(packet_id(1) == RDPDR_SERVER_CAPABILITY && packet_id(2) == RDPDR_CLIENTID_CONFIRM);
    CU_ASSERT_STRING_EQUAL(session_peer_name(session), "DESK");
    CU_ASSERT(client_announces(RDPDR_DTYP_SMART_CARD, 3));
    CU_ASSERT(sent_count == 4 && packet_id(3) == RDPDR_DEVICE_REPLY);
    CU_ASSERT(number_at(3, 4) == 3 && number_at(3, 8) == RDPESC_STATUS_SUCCESS);
    CU_ASSERT(last_link == SESSION_UP);
}

static void other_devices_and_a_second_card_device_are_refused(void)
{
    bring_up();
    CU_ASSERT(client_announces(RDPDR_DTYP_FILE_SYSTEM, 4));
    CU_ASSERT(number_at(0, 4) == 4 && number_at(0, 8) == RDPESC_STATUS_NOT_SUPPORTED);
    CU_ASSERT(client_announces(RDPDR_DTYP_SMART_CARD, 5));
    CU_ASSERT(number_at(1, 4) == 5 && number_at(1, 8) == RDPESC_STATUS_NOT_SUPPORTED);
    CU_ASSERT(session_link_state(session) == SESSION_UP);
}

static void a_client_without_card_device_is_seen_as_such(void)
{
    attach();
    CU_ASSERT(client_names_itself());
    CU_ASSERT(client_announces(0, 0));
    CU_ASSERT(last_link == SESSION_NO_DEVICE);
    CU_ASSERT(!call());
}

static void a_removed_device_ends_its_calls(void)
{
    const uint8_t remove[] = { 0x72, 0x44, 0x4D, 0x44, 1, 0, 0, 0, 3, 0, 0, 0 };

    bring_up();
    CU_ASSERT(call());
    CU_ASSERT(session_receive(session, (struct ndr_bytes){ remove, sizeof remove }));
    CU_ASSERT(done.count == 1 && done.code == RDPESC_E_READER_UNAVAILABLE);
    CU_ASSERT(last_link == SESSION_NO_DEVICE);
}

static void every_truncated_packet_closes_the_channel(void)
{
    static uint8_t whole[256];
    static uint32_t len;

    attach();
    CU_ASSERT(client_names_itself());
    CU_ASSERT(client_announces(RDPDR_DTYP_SMART_CARD, 3));
    len = 8 + 20 + 6;
    memcpy(whole, packet, len);
    for (uint32_t cut = 0; cut < len; cut++) {
        attach();
        CU_ASSERT(!session_receive(session, (struct ndr_bytes){ whole, cut }));
        CU_ASSERT(notices == 1);
        CU_ASSERT(!session_receive(session, (struct ndr_bytes){ whole, len }));
    }
}

static void a_device_count_beyond_the_packet_is_refused(void)
{
    const uint8_t liar[] = { 0x72, 0x44, 0x41, 0x44, 0xFF, 0xFF, 0xFF, 0xFF };

    attach();
    CU_ASSERT(!session_receive(session, (struct ndr_bytes){ liar, sizeof liar }));
}

/* ---- calls ---- */

static void a_call_gets_its_return(void)
{
    const struct EstablishContext_Return ret = { RDPESC_E_NO_SERVICE, { { NULL, 0 } } };

    bring_up();
    CU_ASSERT(call());
    CU_ASSERT(sent_count == 1 && packet_id(0) == RDPDR_DEVICE_IOREQUEST);
    CU_ASSERT(number_at(0, 4) == 3 && number_at(0, AT_OUTPUT_LENGTH) == 2048);
    CU_ASSERT(number_at(0, 32) == RDPESC_EstablishContext);
    CU_ASSERT(done.count == 0);
    CU_ASSERT(complete(3, number_at(0, AT_COMPLETION_ID), 0, &EstablishContext_Return_type, &ret));
    CU_ASSERT(done.count == 1 && done.code == RDPESC_S_SUCCESS && done.user == &done);
    CU_ASSERT(done.return_code == RDPESC_E_NO_SERVICE);
}

static void returns_find_their_calls_in_any_order(void)
{
    const struct EstablishContext_Return ret = { 1, { { NULL, 0 } } };

    bring_up();
    CU_ASSERT(call() && call());
    CU_ASSERT(number_at(0, AT_COMPLETION_ID) != number_at(1, AT_COMPLETION_ID));
    CU_ASSERT(complete(3, number_at(1, AT_COMPLETION_ID), 0, &EstablishContext_Return_type, &ret));
    CU_ASSERT(complete(3, number_at(0, AT_COMPLETION_ID), 0, &EstablishContext_Return_type, &ret));
    CU_ASSERT(done.count == 2);
}

static void an_answer_nobody_asked_for_changes_nothing(void)
{
    const struct EstablishContext_Return ret = { 1, { { NULL, 0 } } };

    bring_up();
    CU_ASSERT(call());
    CU_ASSERT(complete(3, 12345, 0, &EstablishContext_Return_type, &ret));
    CU_ASSERT(complete(4, number_at(0, AT_COMPLETION_ID), 0, &EstablishContext_Return_type, &ret));
    CU_ASSERT(done.count == 0 && notices == 2);
    CU_ASSERT(complete(3, number_at(0, AT_COMPLETION_ID), 0, &EstablishContext_Return_type, &ret));
    CU_ASSERT(done.count == 1);
}

static void too_small_a_buffer_doubles_until_it_fits(void)
{
    const struct EstablishContext_Return ret = { 1, { { NULL, 0 } } };

    bring_up();
    CU_ASSERT(call());
    CU_ASSERT(
        complete(3, number_at(0, AT_COMPLETION_ID), RDPESC_STATUS_BUFFER_TOO_SMALL, NULL, NULL));
    CU_ASSERT(sent_count == 2 && number_at(1, AT_OUTPUT_LENGTH) == 4096);
    CU_ASSERT(sent[0].len == sent[1].len && number_at(1, 32) == number_at(0, 32));
    CU_ASSERT(
        complete(3, number_at(1, AT_COMPLETION_ID), RDPESC_STATUS_BUFFER_TOO_SMALL, NULL, NULL));
    CU_ASSERT(number_at(2, AT_OUTPUT_LENGTH) == 8192);
    CU_ASSERT(complete(3, number_at(2, AT_COMPLETION_ID), 0, &EstablishContext_Return_type, &ret));
    CU_ASSERT(done.count == 1 && done.code == RDPESC_S_SUCCESS);
}

static void too_small_a_buffer_for_ever_ends_in_an_error(void)
{
    bring_up();
    CU_ASSERT(call());
    for (size_t i = 0; done.count == 0 && i < SENT_MAX; i++)
        CU_ASSERT(complete(3, number_at(sent_count - 1, AT_COMPLETION_ID),
                           RDPESC_STATUS_BUFFER_TOO_SMALL, NULL, NULL));
    CU_ASSERT(done.count == 1 && done.code == RDPESC_F_COMM_ERROR);
}

static void a_refused_or_garbled_call_is_a_communication_error(void)
{
    const uint8_t garbage[] = { 1, 2, 3 };
    struct ndr_writer out = { packet, sizeof packet, 0 };
    struct DR_DEVICE_IOCOMPLETION completion = { 3, 0, 0 };

    bring_up();
    CU_ASSERT(call());
    CU_ASSERT(complete(3, number_at(0, AT_COMPLETION_ID), RDPESC_STATUS_UNSUCCESSFUL, NULL, NULL));
    CU_ASSERT(done.count == 1 && done.code == RDPESC_F_COMM_ERROR);
    CU_ASSERT(call());
    completion.CompletionId = number_at(1, AT_COMPLETION_ID);
    CU_ASSERT(rdpdr_write_header(&out, RDPDR_DEVICE_IOCOMPLETION) &&
              rdpdr_write(&DR_DEVICE_IOCOMPLETION_layout, &out, &completion) &&
              ndr_write_u32(&out, sizeof garbage) &&
              ndr_write_bytes(&out, garbage, sizeof garbage) && receive(&out));
    CU_ASSERT(done.count == 2 && done.code == RDPESC_F_COMM_ERROR);
}

/* Deployed clients answer what they could not decode with 16 octets. */
static void a_failed_completion_without_length_is_understood(void)
{
    struct ndr_writer out = { packet, sizeof packet, 0 };
    struct DR_DEVICE_IOCOMPLETION completion = { 3, 0, RDPESC_STATUS_UNSUCCESSFUL };

    bring_up();
    CU_ASSERT(call());
    completion.CompletionId = number_at(0, AT_COMPLETION_ID);
    CU_ASSERT(rdpdr_write_header(&out, RDPDR_DEVICE_IOCOMPLETION) &&
              rdpdr_write(&DR_DEVICE_IOCOMPLETION_layout, &out, &completion) && receive(&out));
    CU_ASSERT(done.count == 1 && done.code == RDPESC_F_COMM_ERROR);
}

static void a_lost_link_ends_every_call_once(void)
{
    bring_up();
    CU_ASSERT(call() && call() && call());
    session_detach(session);
    CU_ASSERT(done.count == 3 && done.code == RDPESC_E_READER_UNAVAILABLE);
    CU_ASSERT(last_link == SESSION_DOWN);
    CU_ASSERT(!call());
    bring_up();
    CU_ASSERT(call());
}

static void a_new_channel_replaces_the_old_one(void)
{
    bring_up();
    CU_ASSERT(call());
    bring_up();
    CU_ASSERT(session_counters(session).links >= 2);
}

static void counters_tell_what_went_over_the_link(void)
{
    const struct Context_Call release = { { { (const uint8_t *)"abcd", 4 } } };
    struct session_counters before = session_counters(session);
    struct session_counters after;

    bring_up();
    CU_ASSERT(call());
    CU_ASSERT(session_call(session, RDPESC_ReleaseContext, &release, NULL, NULL));
    after = session_counters(session);
    CU_ASSERT(after.ioctls == before.ioctls + 2);
    CU_ASSERT(after.bytes_sent > before.bytes_sent && after.bytes_received > before.bytes_received);
}

/* The answer is told as long as it will be, so that no APDU travels twice. */
static void a_long_answer_is_asked_for_at_once(void)
{
    struct Transmit_Call transmit = { .cbRecvLength = 65548 };

    bring_up();
    CU_ASSERT(session_call(session, RDPESC_Transmit, &transmit, on_done, NULL));
    CU_ASSERT(number_at(0, AT_OUTPUT_LENGTH) >= 65548 + 36);
    transmit.cbRecvLength = 0xFFFFFFFF;
    CU_ASSERT(session_call(session, RDPESC_Transmit, &transmit, on_done, NULL));
    CU_ASSERT(number_at(1, AT_OUTPUT_LENGTH) < 70000);
}

static void a_client_that_errs_on_purpose_does_not_fill_the_log(void)
{
    const struct EstablishContext_Return ret = { 1, { { NULL, 0 } } };

    bring_up();
    for (uint32_t i = 0; i < 100; i++)
        CU_ASSERT(complete(3, i + 12345, 0, &EstablishContext_Return_type, &ret));
    CU_ASSERT(notices == 10);
}

static bool swallow(void *self, struct ndr_bytes pdu)
{
    (void)self;
    return pdu.len > 0;
}

static void a_client_that_answers_nothing_holds_no_more_than_so_many_calls(void)
{
    const struct session_channel silent = { NULL, swallow };
    size_t made = 0;

    attach();
    session_attach(session, &silent);
    CU_ASSERT(client_names_itself());
    CU_ASSERT(client_announces(RDPDR_DTYP_SMART_CARD, 3));
    while (made < 10000 && call())
        made++;
    CU_ASSERT(made == 4096);
    session_detach(session);
    CU_ASSERT(done.count == made);
}

static void every_return_fits_the_arena(void)
{
    size_t count;
    const struct rdpesc_call_info *calls = rdpesc_calls(&count);

    for (size_t i = 0; i < count; i++)
        CU_ASSERT(ndr_arena_bound(calls[i].ret, SIZE_MAX / 1024) <= 2048);
}

static CU_TestInfo handshake_tests[] = {
    SUITE_TEST(handshake_follows_the_specification),
    SUITE_TEST(other_devices_and_a_second_card_device_are_refused),
    SUITE_TEST(a_client_without_card_device_is_seen_as_such),
    SUITE_TEST(a_removed_device_ends_its_calls),
    SUITE_TEST(every_truncated_packet_closes_the_channel),
    SUITE_TEST(a_device_count_beyond_the_packet_is_refused),
    CU_TEST_INFO_NULL,
};
static CU_TestInfo call_tests[] = {
    SUITE_TEST(a_call_gets_its_return),
    SUITE_TEST(returns_find_their_calls_in_any_order),
    SUITE_TEST(an_answer_nobody_asked_for_changes_nothing),
    SUITE_TEST(too_small_a_buffer_doubles_until_it_fits),
    SUITE_TEST(too_small_a_buffer_for_ever_ends_in_an_error),
    SUITE_TEST(a_refused_or_garbled_call_is_a_communication_error),
    SUITE_TEST(a_failed_completion_without_length_is_understood),
    SUITE_TEST(a_lost_link_ends_every_call_once),
    SUITE_TEST(a_new_channel_replaces_the_old_one),
    SUITE_TEST(counters_tell_what_went_over_the_link),
    SUITE_TEST(a_long_answer_is_asked_for_at_once),
    SUITE_TEST(a_client_that_errs_on_purpose_does_not_fill_the_log),
    SUITE_TEST(a_client_that_answers_nothing_holds_no_more_than_so_many_calls),
    SUITE_TEST(every_return_fits_the_arena),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "handshake", begin, end, NULL, NULL, handshake_tests },
    { "calls", begin, end, NULL, NULL, call_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
