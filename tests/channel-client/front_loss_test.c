/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/stat.h>
#include <sys/wait.h>

#include "front_rig.h"

static struct fake_call *made(size_t i)
{
    CU_ASSERT_TRUE_FATAL(i < fake.count);
    return &fake.calls[i];
}

/* ---- programs that go ---- */

static void a_program_that_goes_leaves_its_cards_and_resets_the_one_it_held(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_card begin;

    (void)program_connects(program, hContext, "FREE");
    begin = (struct pcscd_card){ program_connects(program, hContext, "HELD"), 0 };
    program_send(program, PCSCD_BEGIN_TRANSACTION, &begin, sizeof begin);
    fake_answer_code(fake_waiting(RDPESC_BeginTransaction), 0);
    size_t before = fake.count;
    program_close(program);
    CU_ASSERT_EQUAL_FATAL(fake.count, before + 3);
    CU_ASSERT_EQUAL(made(before)->code, RDPESC_Disconnect);
    CU_ASSERT_TRUE(bytes_are(made(before)->call.Disconnect.hCard.pbHandle, "HELD"));
    CU_ASSERT_EQUAL(made(before)->call.Disconnect.dwDisposition, RDPESC_RESET_CARD);
    CU_ASSERT_TRUE(bytes_are(made(before + 1)->call.Disconnect.hCard.pbHandle, "FREE"));
    CU_ASSERT_EQUAL(made(before + 1)->call.Disconnect.dwDisposition, RDPESC_LEAVE_CARD);
    CU_ASSERT_EQUAL(made(before + 2)->code, RDPESC_ReleaseContext);
    for (size_t i = before; i < fake.count; i++)
        CU_ASSERT_PTR_NULL(made(i)->done);
    CU_ASSERT_EQUAL(front_counters(rig.front).clients, 0);
}

static void a_transaction_that_ended_does_not_reset_the_card(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_card begin = { program_connects(program, hContext, "CARD"), 0 };
    struct pcscd_disposition end = { begin.hCard, 0, 0 };

    program_send(program, PCSCD_BEGIN_TRANSACTION, &begin, sizeof begin);
    fake_answer_code(fake_waiting(RDPESC_BeginTransaction), 0);
    program_send(program, PCSCD_END_TRANSACTION, &end, sizeof end);
    fake_answer_code(fake_waiting(RDPESC_EndTransaction), 0);
    program_close(program);
    CU_ASSERT_EQUAL(fake_nth(RDPESC_Disconnect, 0)->call.Disconnect.dwDisposition,
                    RDPESC_LEAVE_CARD);
}

static void a_begin_that_still_waits_is_cancelled_and_its_context_released(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_card begin = { program_connects(program, hContext, "CARD"), 0 };

    program_send(program, PCSCD_BEGIN_TRANSACTION, &begin, sizeof begin);
    size_t before = fake.count;
    program_close(program);
    CU_ASSERT_EQUAL_FATAL(fake.count, before + 2);
    CU_ASSERT_EQUAL(made(before)->code, RDPESC_Cancel);
    CU_ASSERT_EQUAL(made(before + 1)->code, RDPESC_ReleaseContext);
    fake_answer_code(fake_waiting(RDPESC_BeginTransaction), 0);
    CU_ASSERT_EQUAL(fake.count, before + 2);
}

static void an_answer_for_a_program_that_went_is_dropped(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_card status = { program_connects(program, hContext, "CARD"), 0 };

    program_send(program, PCSCD_STATUS, &status, sizeof status);
    program_close(program);
    size_t before = fake.count;
    fake_answer_code(fake_waiting(RDPESC_StatusW), 0);
    CU_ASSERT_EQUAL(fake.count, before);
    CU_ASSERT_EQUAL(fake_made(RDPESC_Disconnect), 1);
}

static void a_context_that_comes_too_late_is_released(void)
{
    struct pcscd_establish establish = { 2, 0, 0 };
    int program = program_open();

    program_greets(program, 4);
    program_send(program, PCSCD_ESTABLISH_CONTEXT, &establish, sizeof establish);
    program_close(program);
    CU_ASSERT_EQUAL(fake_made(RDPESC_ReleaseContext), 0);
    fake_answer_context("LATE");
    CU_ASSERT_EQUAL_FATAL(fake_made(RDPESC_ReleaseContext), 1);
    CU_ASSERT_TRUE(bytes_are(
        fake_nth(RDPESC_ReleaseContext, 0)->call.ReleaseContext.Context.pbContext, "LATE"));
}

static void a_card_that_is_connected_too_late_is_disconnected(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_connect connect = connect_to(hContext, "Reader");

    program_send(program, PCSCD_CONNECT, &connect, sizeof connect);
    program_close(program);
    CU_ASSERT_EQUAL(fake_made(RDPESC_Disconnect), 0);
    answer_connect("LATE", 1);
    CU_ASSERT_EQUAL_FATAL(fake_made(RDPESC_Disconnect), 1);
    CU_ASSERT_TRUE(
        bytes_are(fake_nth(RDPESC_Disconnect, 0)->call.Disconnect.hCard.pbHandle, "LATE"));
}

static void a_call_that_fails_too_late_gives_nothing_back(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_connect connect = connect_to(hContext, "Reader");

    program_send(program, PCSCD_CONNECT, &connect, sizeof connect);
    program_close(program);
    fake_answer_code(fake_waiting(RDPESC_ConnectW), RDPESC_E_NO_SMARTCARD);
    CU_ASSERT_EQUAL(fake_made(RDPESC_Disconnect), 0);
}

static void a_program_that_goes_without_a_link_costs_no_call(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);

    (void)program_connects(program, hContext, "CARD");
    rig_link_goes();
    rig_link_comes();
    size_t before = fake.count;
    program_close(program);
    CU_ASSERT_EQUAL(fake.count, before);
}

static void a_waiting_program_that_goes_is_not_woken(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);

    program_send(program, PCSCD_WAIT_READER_STATE_CHANGE, NULL, 0);
    program_close(program);
    fake_answer_state(COUNT(2) | NO_CARD, "");
    CU_ASSERT_EQUAL(front_counters(rig.front).clients, 0);
}

static void a_front_that_ends_cuts_programs_off_and_survives_late_answers(void)
{
    uint32_t hContext;
    int program = program_start(4, &hContext);
    struct pcscd_card begin = { program_connects(program, hContext, "CARD"), 0 };

    program_send(program, PCSCD_BEGIN_TRANSACTION, &begin, sizeof begin);
    front_free(rig.front);
    rig.front = NULL;
    rig_turn();
    CU_ASSERT_TRUE(program_is_cut_off(program));
    CU_ASSERT_NOT_EQUAL(access(rig.path, F_OK), 0);
    /* under AddressSanitizer: this touches nothing that is gone */
    fake_answer_code(fake_waiting(RDPESC_BeginTransaction), 0);
    close(program);
}

/* ---- who may connect ---- */

static void connections_beyond_the_limit_are_refused(void)
{
    int programs[CONNECTIONS_MAX];

    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        programs[i] = program_open();
    int surplus = program_open();
    CU_ASSERT_TRUE(program_is_cut_off(surplus));
    CU_ASSERT_EQUAL(rig.notices, 1);
    close(surplus);
    CU_ASSERT_TRUE(program_hears_nothing(programs[0]));
    program_close(programs[0]);
    programs[0] = program_open();
    program_greets(programs[0], 4);
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        close(programs[i]);
}

/* In a child: another user connects and waits for what comes. 0: it was cut off. */
static int connect_as_another_user(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int program = socket(AF_UNIX, SOCK_STREAM, 0);
    const struct timeval limit = { .tv_sec = 10 };
    char octet;

    memcpy(address.sun_path, rig.path, sizeof rig.path);
    setsockopt(program, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (setgid(65534) != 0 || setuid(65534) != 0 ||
        connect(program, (const struct sockaddr *)&address, sizeof address) != 0)
        return 2;
    return recv(program, &octet, 1, 0) == 0 ? 0 : 1;
}

static void another_user_is_refused(void)
{
    int status = 0;

    CU_ASSERT_EQUAL(chmod(rig.folder, 0755), 0);
    CU_ASSERT_EQUAL(chmod(rig.path, 0666), 0);
    pid_t child = fork();
    if (child == 0)
        _exit(connect_as_another_user());
    while (waitpid(child, &status, WNOHANG) == 0)
        uv_run(&rig.loop, UV_RUN_NOWAIT);
    CU_ASSERT_TRUE(WIFEXITED(status));
    CU_ASSERT_EQUAL(WEXITSTATUS(status), 0);
    CU_ASSERT_EQUAL(rig.notices, 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(rig.last_notice, "another user"));
}

static void the_socket_is_the_users_alone(void)
{
    struct stat status;

    CU_ASSERT_EQUAL(stat(rig.path, &status), 0);
    CU_ASSERT_EQUAL(status.st_mode & 0777, 0600);
}

/* ---- where it may stand ---- */

static struct front *start_at(const char *path, const char **problem)
{
    const struct front_options options = { .path = path, .reader_slots = 16 };
    struct front *front = front_new(&rig.loop, fake_session(), rig.mirror, &options, problem);

    rig_turn();
    return front;
}

static void a_socket_in_use_is_not_taken_over(void)
{
    const char *problem = "";
    int program;

    CU_ASSERT_PTR_NULL(start_at(rig.path, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem, "in use"));
    program = program_open();
    program_greets(program, 4);
    close(program);
}

static void a_socket_that_nobody_serves_is_replaced(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int stale = socket(AF_UNIX, SOCK_STREAM, 0);
    char path[sizeof rig.path];
    const char *problem = NULL;

    snprintf(path, sizeof path, "%s/stale", rig.folder);
    memcpy(address.sun_path, path, sizeof path);
    CU_ASSERT_EQUAL(bind(stale, (const struct sockaddr *)&address, sizeof address), 0);
    close(stale);
    struct front *front = start_at(path, &problem);
    CU_ASSERT_PTR_NOT_NULL(front);
    CU_ASSERT_PTR_NULL(problem);
    front_free(front);
    rig_turn();
    CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
}

static void places_that_do_not_do_are_named(void)
{
    char path[256];
    const char *problem = "";

    snprintf(path, sizeof path, "%s/%0120d", rig.folder, 1);
    CU_ASSERT_PTR_NULL(start_at(path, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem, "too long"));
    snprintf(path, sizeof path, "%s/nowhere/socket", rig.folder);
    CU_ASSERT_PTR_NULL(start_at(path, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem, "does not exist"));
    CU_ASSERT_PTR_NULL(start_at("/tmp/rdpesc-no-private-folder", &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem, "0700"));
    snprintf(path, sizeof path, "%s/file", rig.folder);
    CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
    CU_ASSERT_PTR_NULL(start_at(path, &problem));
    CU_ASSERT_PTR_NOT_NULL(strstr(problem, "taken by a file"));
    CU_ASSERT_EQUAL(unlink(path), 0);
}

static CU_TestInfo loss[] = {
    SUITE_TEST(a_program_that_goes_leaves_its_cards_and_resets_the_one_it_held),
    SUITE_TEST(a_transaction_that_ended_does_not_reset_the_card),
    SUITE_TEST(a_begin_that_still_waits_is_cancelled_and_its_context_released),
    SUITE_TEST(an_answer_for_a_program_that_went_is_dropped),
    SUITE_TEST(a_context_that_comes_too_late_is_released),
    SUITE_TEST(a_card_that_is_connected_too_late_is_disconnected),
    SUITE_TEST(a_call_that_fails_too_late_gives_nothing_back),
    SUITE_TEST(a_program_that_goes_without_a_link_costs_no_call),
    SUITE_TEST(a_waiting_program_that_goes_is_not_woken),
    SUITE_TEST(a_front_that_ends_cuts_programs_off_and_survives_late_answers),
    CU_TEST_INFO_NULL,
};
static CU_TestInfo place[] = {
    SUITE_TEST(connections_beyond_the_limit_are_refused),
    SUITE_TEST(the_socket_is_the_users_alone),
    SUITE_TEST(a_socket_in_use_is_not_taken_over),
    SUITE_TEST(a_socket_that_nobody_serves_is_replaced),
    SUITE_TEST(places_that_do_not_do_are_named),
    CU_TEST_INFO_NULL,
};
static CU_TestInfo root_place[] = {
    SUITE_TEST(another_user_is_refused),
    CU_TEST_INFO_NULL,
};
static CU_SuiteInfo suites[] = {
    { "front_loss", NULL, NULL, rig_start, rig_stop, loss },
    { "front_place", NULL, NULL, rig_start, rig_stop, place },
    /* only root can become another user */
    { "front_place_as_root", NULL, NULL, rig_start, rig_stop, root_place },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    if (geteuid() != 0)
        suites[2] = (CU_SuiteInfo)CU_SUITE_INFO_NULL;
    return suite_main(argc, argv, suites);
}
