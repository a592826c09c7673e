/* SPDX-License-Identifier: Apache-2.0
 *
 * The system's own libpcsclite in a child process, on the front of this process, whose far side is
 * scripted. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "front_rig.h"

/* ---- libpcsclite, as its manual declares it; loaded at run time, so that nothing else here is
 * linked with it ---- */

typedef long api_code;
typedef unsigned long api_word;

struct api_reader_state {
    const char *szReader;
    void *pvUserData;
    api_word dwCurrentState;
    api_word dwEventState;
    api_word cbAtr;
    unsigned char rgbAtr[33];
};

struct api_pci {
    api_word dwProtocol;
    api_word cbPciLength;
};

static struct {
    api_code (*establish)(api_word, const void *, const void *, long *);
    api_code (*release)(long);
    api_code (*cancel)(long);
    api_code (*list_readers)(long, const char *, char *, api_word *);
    api_code (*get_status_change)(long, api_word, struct api_reader_state *, api_word);
    api_code (*connect)(long, const char *, api_word, api_word, long *, api_word *);
    api_code (*reconnect)(long, api_word, api_word, api_word, api_word *);
    api_code (*disconnect)(long, api_word);
    api_code (*begin)(long);
    api_code (*end)(long, api_word);
    api_code (*status)(long, char *, api_word *, api_word *, api_word *, unsigned char *,
                       api_word *);
    api_code (*transmit)(long, const struct api_pci *, const unsigned char *, api_word,
                         struct api_pci *, unsigned char *, api_word *);
    api_code (*control)(long, api_word, const void *, api_word, void *, api_word, api_word *);
    api_code (*get_attrib)(long, api_word, unsigned char *, api_word *);
} api;

static bool load_api(void)
{
    static const char *const names[] = {
        "SCardEstablishContext", "SCardReleaseContext", "SCardCancel",    "SCardListReaders",
        "SCardGetStatusChange",  "SCardConnect",        "SCardReconnect", "SCardDisconnect",
        "SCardBeginTransaction", "SCardEndTransaction", "SCardStatus",    "SCardTransmit",
        "SCardControl",          "SCardGetAttrib",
    };
    void *library = dlopen("libpcsclite.so.1", RTLD_NOW);

    _Static_assert(sizeof api == sizeof names, "one name a function");
    for (size_t i = 0; library != NULL && i < sizeof names / sizeof names[0]; i++) {
        void *function = dlsym(library, names[i]);
        if (function == NULL)
            return false;
        memcpy((char *)&api + i * sizeof function, &function, sizeof function);
    }
    return library != NULL;
}

/* ---- both processes ---- */

#define CHILD_OK   0x600D
#define NO_TIMEOUT 20000 /* ms: far more than a test takes */

/* What the child found; the first line that was not as expected stands in failed_line. */
static struct shared {
    int outcome;
    int failed_line;
    uint32_t got;
} * shared;

/* The child waits here for the parent to see that its call waits. */
static int wait_seen[2];

static void expect(unsigned long actual, unsigned long expected, int line)
{
    if ((uint32_t)actual == (uint32_t)expected)
        return;
    shared->failed_line = line;
    shared->got = (uint32_t)actual;
    _exit(1);
}

#define EXPECT(actual, expected)                                                                   \
    expect((unsigned long)(actual), (unsigned long)(expected), __LINE__)

static void answer_bytes(struct fake_call *call, struct ndr_bytes bytes)
{
    union rdpesc_return ret = { 0 };

    if (call->code == RDPESC_Transmit)
        ret.Transmit.pbRecvBuffer = bytes;
    else
        ret.GetAttrib.pbAttr = bytes;
    fake_answer(call, &ret);
}

static void answer_one(struct fake_call *call)
{
    switch (call->code) {
    case RDPESC_GetStatusChangeW: return; /* the mirror's; tests answer it */
    case RDPESC_EstablishContext: fake_answer_context("CONTEXT"); return;
    case RDPESC_ConnectW: answer_connect("CARD", RDPESC_PROTOCOL_T1); return;
    case RDPESC_Transmit: answer_bytes(call, FAKE_BYTES("12345678\x90\x00")); return;
    case RDPESC_GetAttrib: answer_bytes(call, FAKE_BYTES(ATR)); return;
    case RDPESC_Control: fake_answer_code(call, RDPESC_E_UNSUPPORTED_FEATURE); return;
    default: fake_answer_code(call, 0); return;
    }
}

static void answer_all(void)
{
    for (size_t i = 0; i < fake.count; i++)
        if (fake.calls[i].waiting)
            answer_one(&fake.calls[i]);
}

static void on_tick(uv_timer_t *timer)
{
    (void)timer;
}

/* Runs program in a child and its far side here; step is called again and again, to bring news. */
static void run(void (*program)(void), void (*step)(void))
{
    uv_timer_t tick;
    int status = 0;

    *shared = (struct shared){ 0 };
    CU_ASSERT_EQUAL_FATAL(pipe(wait_seen), 0);
    pid_t child = fork();
    if (child == 0) {
        setenv("PCSCLITE_CSOCK_NAME", rig.path, 1);
        EXPECT(load_api(), true);
        program();
        shared->outcome = CHILD_OK;
        _exit(0);
    }
    uv_timer_init(&rig.loop, &tick);
    uv_timer_start(&tick, on_tick, 1, 1);
    while (waitpid(child, &status, WNOHANG) == 0) {
        uv_run(&rig.loop, UV_RUN_ONCE);
        answer_all();
        if (step != NULL)
            step();
    }
    uv_close((uv_handle_t *)&tick, NULL);
    rig_turn();
    close(wait_seen[0]);
    close(wait_seen[1]);
    CU_ASSERT_EQUAL(shared->outcome, CHILD_OK);
    if (shared->outcome != CHILD_OK)
        printf("    line %d: 0x%X\n", shared->failed_line, (unsigned)shared->got);
}

/* ---- programs and what happens meanwhile ---- */

static struct api_reader_state watch(const char *reader, api_word current)
{
    return (struct api_reader_state){ .szReader = reader, .dwCurrentState = current };
}

static void use_card(long context)
{
    const struct api_pci t1 = { PCSCD_PROTOCOL_T1, sizeof t1 };
    unsigned char octets[264];
    char name[128];
    struct api_pci pci = { 0, sizeof pci };
    api_word protocol = 0, state = 0, length = sizeof name, atr_length = 33;
    long card = 0;

    EXPECT(api.connect(context, "Reader", 2, 3, &card, &protocol), 0);
    EXPECT(protocol, PCSCD_PROTOCOL_T1);
    EXPECT(api.status(card, name, &length, &state, &protocol, octets, &atr_length), 0);
    EXPECT(strcmp(name, "Reader"), 0);
    EXPECT(state & 0xFFFF, 0x34);
    EXPECT(protocol, PCSCD_PROTOCOL_T1);
    EXPECT(atr_length, 3);
    EXPECT(memcmp(octets, ATR, 3), 0);
    EXPECT(api.begin(card), 0);
    length = sizeof octets;
    EXPECT(api.transmit(card, &t1, (const unsigned char *)"APDU", 4, &pci, octets, &length), 0);
    EXPECT(length, 10);
    EXPECT(memcmp(octets, "12345678\x90", 9), 0);
    EXPECT(pci.dwProtocol, PCSCD_PROTOCOL_T1);
    length = 9;
    EXPECT(api.transmit(card, &t1, (const unsigned char *)"APDU", 4, NULL, octets, &length),
           RDPESC_E_INSUFFICIENT_BUFFER);
    EXPECT(length, 10);
    EXPECT(api.end(card, 0), 0);
    length = sizeof octets;
    EXPECT(api.get_attrib(card, 0x00090303, octets, &length), 0);
    EXPECT(length, 3);
    EXPECT(api.control(card, 0x42000000 + 3400, NULL, 0, octets, sizeof octets, &length),
           PCSCD_E_UNSUPPORTED_FEATURE);
    EXPECT(api.reconnect(card, 2, 3, 1, &protocol), 0);
    EXPECT(api.disconnect(card, 0), 0);
}

static void everything_once(void)
{
    char readers[64];
    api_word length = sizeof readers;
    struct api_reader_state state = watch("Reader", 0);
    long context = 0;

    EXPECT(api.establish(2, NULL, NULL, &context), 0);
    EXPECT(api.list_readers(context, NULL, readers, &length), 0);
    EXPECT(memcmp(readers, "Reader\0", 8), 0);
    EXPECT(api.get_status_change(context, 0, &state, 1), 0);
    EXPECT(state.dwEventState, 0x00010022);
    use_card(context);
    EXPECT(api.release(context), 0);
}

static void a_program_finds_the_reader_and_talks_to_its_card(void)
{
    run(everything_once, NULL);
    /* establish, list, status change, connect, status, begin, 2 transmits, end, attribute, control,
     * reconnect, disconnect, release */
    CU_ASSERT_EQUAL(front_counters(rig.front).scard_calls, 14);
    CU_ASSERT_EQUAL(front_counters(rig.front).transmits, 2);
    CU_ASSERT_EQUAL(rig.notices, 0);
    CU_ASSERT_EQUAL(front_counters(rig.front).clients, 0);
}

static void wait_for_removal(void)
{
    struct api_reader_state state = watch("Reader", 0x00010022);
    long context = 0;

    EXPECT(api.establish(2, NULL, NULL, &context), 0);
    EXPECT(api.get_status_change(context, 30, &state, 1), RDPESC_E_TIMEOUT);
    EXPECT(api.get_status_change(context, NO_TIMEOUT, &state, 1), 0);
    EXPECT(state.dwEventState, 0x00020012);
    state.dwCurrentState = 0x00020010;
    EXPECT(api.get_status_change(context, NO_TIMEOUT, &state, 1), 0);
    EXPECT(state.dwEventState, 0x00030022);
    EXPECT(state.cbAtr, 3);
    EXPECT(api.release(context), 0);
}

/* The second and the third wait each see their news once they wait. */
static void pull_and_put_back(void)
{
    uint64_t calls = front_counters(rig.front).scard_calls;

    if (calls == 4 && fake_made(RDPESC_GetStatusChangeW) == 2)
        fake_answer_state(COUNT(2) | NO_CARD, "");
    if (calls == 5 && fake_made(RDPESC_GetStatusChangeW) == 3)
        fake_answer_state(COUNT(3) | CARD, ATR);
}

static void a_program_that_waits_sees_the_card_go_and_return(void)
{
    run(wait_for_removal, pull_and_put_back);
    /* establish, the call that times out as two, two status changes, release */
    CU_ASSERT_EQUAL(front_counters(rig.front).scard_calls, 6);
    CU_ASSERT_EQUAL(rig.notices, 0);
}

/* The library lets a cancellation through only from the moment on that it polls: it is tried until
 * it works. */
static atomic_bool cancelled;

static void *cancel_when_seen(void *context)
{
    char octet;

    EXPECT(read(wait_seen[0], &octet, 1), 1);
    while (!atomic_load(&cancelled)) {
        EXPECT(api.cancel(*(long *)context), 0);
        usleep(1000);
    }
    return NULL;
}

static void wait_and_be_cancelled(void)
{
    struct api_reader_state state = watch("Reader", 0x00010022);
    long context = 0;
    pthread_t thread;

    EXPECT(api.establish(2, NULL, NULL, &context), 0);
    EXPECT(pthread_create(&thread, NULL, cancel_when_seen, &context), 0);
    EXPECT(api.get_status_change(context, NO_TIMEOUT, &state, 1), RDPESC_E_CANCELLED);
    atomic_store(&cancelled, true);
    EXPECT(pthread_join(thread, NULL), 0);
    state = watch("Reader", 0);
    EXPECT(api.get_status_change(context, 0, &state, 1), 0);
    EXPECT(api.release(context), 0);
}

static void say_that_it_waits(void)
{
    static bool said;

    if (said || front_counters(rig.front).scard_calls != 2)
        return;
    said = true;
    CU_ASSERT_EQUAL(write(wait_seen[1], "x", 1), 1);
}

static void a_program_that_waits_is_cancelled_by_its_own_thread(void)
{
    run(wait_and_be_cancelled, say_that_it_waits);
    CU_ASSERT_TRUE(front_counters(rig.front).scard_calls >= 5);
    CU_ASSERT_EQUAL(rig.notices, 0);
}

static void wait_for_readers(void)
{
    struct api_reader_state pnp = watch("\\\\?PnP?\\Notification", 0);
    char readers[64];
    api_word length = sizeof readers;
    long context = 0, card = 0;
    api_word protocol = 0;

    EXPECT(api.establish(2, NULL, NULL, &context), 0);
    EXPECT(api.connect(context, "Reader", 2, 3, &card, &protocol), 0);
    EXPECT(api.get_status_change(context, NO_TIMEOUT, &pnp, 1), 0);
    EXPECT(pnp.dwEventState & RDPESC_STATE_CHANGED, RDPESC_STATE_CHANGED);
    EXPECT(api.list_readers(context, NULL, readers, &length), RDPESC_E_NO_READERS_AVAILABLE);
    EXPECT(api.begin(card), RDPESC_E_READER_UNAVAILABLE);
    pnp.dwCurrentState = pnp.dwEventState & 0xFFFF0000;
    EXPECT(api.get_status_change(context, NO_TIMEOUT, &pnp, 1), 0);
    length = sizeof readers;
    EXPECT(api.list_readers(context, NULL, readers, &length), 0);
    EXPECT(api.begin(card), RDPESC_E_READER_UNAVAILABLE);
    EXPECT(api.connect(context, "Reader", 2, 3, &card, &protocol), 0);
    EXPECT(api.begin(card), 0);
    EXPECT(api.release(context), 0);
}

/* A library of 4:6 fetches the array after its wait began: what changes before that is no change to
 * it. */
static bool has_settled(void)
{
    static unsigned turns;
    static uint64_t calls;

    if (calls != front_counters(rig.front).scard_calls)
        turns = 0;
    calls = front_counters(rig.front).scard_calls;
    return ++turns > 50;
}

static void lose_and_restore_the_link(void)
{
    uint64_t calls = front_counters(rig.front).scard_calls;

    if (!has_settled())
        return;
    if (calls == 3 && fake.link == SESSION_UP)
        rig_link_goes();
    if (calls == 6 && fake.link != SESSION_UP)
        rig_link_comes();
}

static void a_program_lives_through_the_loss_of_the_link(void)
{
    run(wait_for_readers, lose_and_restore_the_link);
    CU_ASSERT_EQUAL(front_counters(rig.front).scard_calls, 11);
    CU_ASSERT_EQUAL(rig.notices, 0);
}

static void ask_without_service(void)
{
    long context = 0;

    EXPECT(api.establish(2, NULL, NULL, &context), 0x8010001D);
}

/* Negative control: nobody serves the socket. */
static void without_the_front_a_program_finds_no_service(void)
{
    CU_ASSERT_EQUAL(unlink(rig.path), 0);
    run(ask_without_service, NULL);
    CU_ASSERT_EQUAL(front_counters(rig.front).scard_calls, 0);
}

static CU_TestInfo tests[] = {
    SUITE_TEST(a_program_finds_the_reader_and_talks_to_its_card),
    SUITE_TEST(a_program_that_waits_sees_the_card_go_and_return),
    SUITE_TEST(a_program_that_waits_is_cancelled_by_its_own_thread),
    SUITE_TEST(a_program_lives_through_the_loss_of_the_link),
    SUITE_TEST(without_the_front_a_program_finds_no_service),
    CU_TEST_INFO_NULL,
};
static const CU_SuiteInfo suites[] = {
    { "front_library", NULL, NULL, rig_start, rig_stop, tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 2;
    return suite_main(argc, argv, suites);
}
