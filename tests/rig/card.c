/* SPDX-License-Identifier: Apache-2.0
 *
 * rig-card: a libcacard software card, its keys in an NSS database, in a slot of vsmartcard's
 * reader driver (vpcd). SIGUSR2 puts it in, SIGUSR1 pulls it out; see --help.
 *
 * The driver listens, the card connects. Both ways a frame is a length (16 bits, big endian) and so
 * many octets. A frame of one octet from the driver is a control: 0 power off, 1 power on, 2 reset,
 * 4 tell the ATR. All others are APDUs.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <libcacard.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    PORT_DEFAULT = 35963, /* the first slot of Debian's reader configuration for vpcd */
    FRAME_MAX = 65535,
    CERTIFICATES_MAX = 10, /* as many as a CAC has */
    RETRY_FIRST_MS = 5,
    RETRY_LAST_MS = 200,
    INS_SIGN = 0x42, /* CAC: sign or decrypt; P1 bit 7 says that more data follows */
    P1_MORE = 0x80
};

enum control { CONTROL_OFF = 0, CONTROL_ON = 1, CONTROL_RESET = 2, CONTROL_ATR = 4 };

struct options {
    const char *database;
    const char *certificates[CERTIFICATES_MAX];
    int certificate_count;
    uint16_t port;
    int slow_ms;
    bool absent;
};

struct card {
    VReader *reader;
    uint16_t port;
    int slow_ms; /* how long the next signature takes */
    int driver;  /* socket to the reader driver, -1 while the card is out */
    int signals; /* signalfd */
    int retry_ms;
    bool wanted; /* in the slot, if the driver lets us */
    bool ending;
    uint8_t atr[64];
    int atr_len;
    size_t have; /* octets in frame */
    uint8_t frame[2 + FRAME_MAX];
};

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fputs("rig-card: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

static void usage(FILE *out)
{
    fputs(
        "usage: rig-card --db DIR [option...]\n"
        "Puts a software card into a virtual reader of vsmartcard-vpcd.\n"
        "  --db DIR      NSS database with the card's keys and certificates; its password is the PIN\n"
        "  --cert NICK   a certificate of it, may be repeated (default: cert1 cert2 cert3)\n"
        "  --port N      port on 127.0.0.1 where the reader driver listens (default: 35963)\n"
        "  --slow MS     answer the first signature only after MS milliseconds\n"
        "  --absent      begin with the card out of the slot\n"
        "  --help        this text\n"
        "Signals: SIGUSR2 puts the card in, SIGUSR1 pulls it out, SIGTERM and SIGINT end.\n",
        out);
}

static bool read_number(const char *text, int last, int *number)
{
    char *end = NULL;

    errno = 0;
    const long value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < 0 || value > last)
        return false;
    *number = (int)value;
    return true;
}

static bool take_option(struct options *options, int option)
{
    int number = 0;

    switch (option) {
    case 'd': options->database = optarg; return true;
    case 'c':
        if (options->certificate_count == CERTIFICATES_MAX)
            return false;
        options->certificates[options->certificate_count++] = optarg;
        return true;
    case 'p':
        if (!read_number(optarg, UINT16_MAX, &number))
            return false;
        options->port = (uint16_t)number;
        return true;
    case 's': return read_number(optarg, INT_MAX, &options->slow_ms);
    case 'a': options->absent = true; return true;
    default: return false;
    }
}

/* False when the command line is wrong; *help is set when only the help text was asked for. */
static bool read_options(int argc, char **argv, struct options *options, bool *help)
{
    static const struct option names[] = {
        { "db", required_argument, NULL, 'd' },
        { "cert", required_argument, NULL, 'c' },
        { "port", required_argument, NULL, 'p' },
        { "slow", required_argument, NULL, 's' },
        { "absent", no_argument, NULL, 'a' },
        { "help", no_argument, NULL, 'h' },
        { NULL, 0, NULL, 0 },
    };
    int option = 0;

    *options = (struct options){ .port = PORT_DEFAULT };
    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        *help = option == 'h';
        if (*help)
            return true;
        if (!take_option(options, option))
            return false;
    }
    if (options->certificate_count == 0) {
        static const char *const usual[] = { "cert1", "cert2", "cert3" };
        memcpy(options->certificates, usual, sizeof usual);
        options->certificate_count = 3;
    }
    return options->database && optind == argc;
}

/* libcacard takes one string of options, in its own small language. */
static VReader *open_reader(const struct options *options)
{
    char text[4096];
    int used = snprintf(text, sizeof text, "db=\"sql:%s\" use_hw=no soft=(,Virtual CAC,CAC,",
                        options->database);

    for (int i = 0; i < options->certificate_count && used < (int)sizeof text; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, ",%s", options->certificates[i]);
    if (used < (int)sizeof text)
        used += snprintf(text + used, sizeof text - (size_t)used, ")");
    if (used >= (int)sizeof text)
        return NULL;
    if (vcard_emul_init(vcard_emul_options(text)) != VCARD_EMUL_OK)
        return NULL;

    VReaderList *list = vreader_get_reader_list();
    VReaderListEntry *first = list ? vreader_list_get_first(list) : NULL;
    VReader *reader = first ? vreader_reference(vreader_list_get_reader(first)) : NULL;
    vreader_list_delete(list);
    return reader && vreader_card_is_present(reader) == VREADER_OK ? reader : NULL;
}

static void power_on(struct card *card)
{
    card->atr_len = (int)sizeof card->atr;
    vreader_power_on(card->reader, card->atr, &card->atr_len);
}

static void pull(struct card *card)
{
    if (card->driver < 0)
        return;
    close(card->driver);
    card->driver = -1;
    explicit_bzero(card->frame, sizeof card->frame);
    card->have = 0;
    vreader_power_off(card->reader);
    say("out of the slot");
}

/* False when the driver does not listen (yet). */
static bool put_in(struct card *card)
{
    const struct sockaddr_in slot = { .sin_family = AF_INET,
                                      .sin_port = htons(card->port),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const int one = 1;
    const int driver = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (driver < 0)
        return false;
    if (connect(driver, (const struct sockaddr *)&slot, sizeof slot)) {
        close(driver);
        return false;
    }
    setsockopt(driver, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    power_on(card);
    card->driver = driver;
    say("in the slot of port %u", (unsigned)card->port);
    return true;
}

static void take_signal(struct card *card)
{
    struct signalfd_siginfo signal;

    if (read(card->signals, &signal, sizeof signal) != (ssize_t)sizeof signal)
        return;
    switch (signal.ssi_signo) {
    case SIGUSR1:
        card->wanted = false;
        pull(card);
        break;
    case SIGUSR2:
        card->wanted = true;
        card->retry_ms = RETRY_FIRST_MS;
        break;
    default: card->ending = true; pull(card);
    }
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Signals are still obeyed, so it can be pulled while it works. */
static void work_slowly(struct card *card)
{
    const int64_t end = now_ms() + card->slow_ms;

    say("signing, takes %d ms", card->slow_ms);
    for (int64_t left = card->slow_ms; left > 0 && card->driver >= 0; left = end - now_ms()) {
        struct pollfd wait = { .fd = card->signals, .events = POLLIN };
        if (poll(&wait, 1, (int)left) > 0)
            take_signal(card);
    }
    card->slow_ms = 0;
}

/* One write per frame: two would meet Nagle's algorithm. */
static bool send_frame(const struct card *card, const uint8_t *octets, size_t count)
{
    static uint8_t frame[2 + FRAME_MAX];
    size_t sent = 0;

    frame[0] = (uint8_t)(count >> 8);
    frame[1] = (uint8_t)count;
    memcpy(frame + 2, octets, count);
    while (sent < count + 2) {
        const ssize_t n = send(card->driver, frame + sent, count + 2 - sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        sent += (size_t)n;
    }
    explicit_bzero(frame, count + 2);
    return true;
}

static bool answer_control(struct card *card, enum control control)
{
    switch (control) {
    case CONTROL_OFF: vreader_power_off(card->reader); return true;
    case CONTROL_RESET:
        vreader_power_off(card->reader);
        power_on(card);
        return true;
    case CONTROL_ON: power_on(card); return true;
    case CONTROL_ATR:
        /* The driver asks this also only to see whether the card is there: powering on here would
         * reset the card. */
        return send_frame(card, card->atr, (size_t)card->atr_len);
    default: return true;
    }
}

static bool answer_apdu(struct card *card, uint8_t *apdu, size_t count)
{
    static uint8_t reply[FRAME_MAX];
    int reply_len = (int)sizeof reply;

    if (card->slow_ms && count >= 4 && apdu[1] == INS_SIGN && !(apdu[2] & P1_MORE)) {
        work_slowly(card);
        if (card->driver < 0)
            return false;
    }
    if (vreader_xfr_bytes(card->reader, apdu, (int)count, reply, &reply_len) != VREADER_OK) {
        reply[0] = 0x6F; /* no precise diagnosis, [ISO 7816-4] 5.6 */
        reply[1] = 0x00;
        reply_len = 2;
    }
    const bool sent = send_frame(card, reply, (size_t)reply_len);
    explicit_bzero(reply, (size_t)reply_len);
    return sent;
}

/* Answers the whole frames that have arrived; false when the driver is gone or the card was pulled.
 */
static bool answer_frames(struct card *card)
{
    while (card->have >= 2) {
        const size_t count = (size_t)card->frame[0] << 8 | card->frame[1];
        uint8_t *octets = card->frame + 2;
        if (card->have < 2 + count)
            return true;
        if (!(count == 1 ? answer_control(card, octets[0]) : answer_apdu(card, octets, count)))
            return false;
        card->have -= 2 + count;
        memmove(card->frame, octets + count, card->have);
        explicit_bzero(card->frame + card->have, 2 + count);
    }
    return true;
}

static void take_octets(struct card *card)
{
    const int one = 1;
    const ssize_t n =
        recv(card->driver, card->frame + card->have, sizeof card->frame - card->have, MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0) {
        card->have += (size_t)n;
        /* The driver writes length and octets apart, with Nagle's algorithm on: a delayed
         * acknowledgement of the first would hold back the second for 40 ms. The kernel forgets
         * this option, so it is set each time. */
        setsockopt(card->driver, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
        if (answer_frames(card))
            return;
    }
    pull(card);
    card->retry_ms = RETRY_FIRST_MS;
}

/* How long to wait for events: for ever, but while the driver does not listen until the next try.
 */
static int put_in_or_wait_ms(struct card *card)
{
    if (!card->wanted || card->driver >= 0)
        return -1;
    if (put_in(card))
        return -1;
    card->retry_ms = card->retry_ms * 2 < RETRY_LAST_MS ? card->retry_ms * 2 : RETRY_LAST_MS;
    return card->retry_ms;
}

static void run(struct card *card)
{
    while (!card->ending) {
        const int wait_ms = put_in_or_wait_ms(card);
        struct pollfd waits[] = { { .fd = card->signals, .events = POLLIN },
                                  { .fd = card->driver, .events = POLLIN } };

        if (poll(waits, 2, wait_ms) <= 0)
            continue;
        if (waits[0].revents)
            take_signal(card);
        if (waits[1].revents && card->driver >= 0)
            take_octets(card);
    }
    pull(card);
}

/* Blocked before libcacard starts threads, so that they inherit it and only the signalfd sees
 * these. */
static int open_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    if (sigprocmask(SIG_BLOCK, &set, NULL))
        return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int main(int argc, char **argv)
{
    static struct card card = { .driver = -1, .retry_ms = RETRY_FIRST_MS };
    struct options options;
    bool help = false;

    if (!read_options(argc, argv, &options, &help)) {
        usage(stderr);
        return 2;
    }
    if (help) {
        usage(stdout);
        return 0;
    }
    card.port = options.port;
    card.slow_ms = options.slow_ms;
    card.wanted = !options.absent;
    card.signals = open_signals();
    card.reader = open_reader(&options);
    if (card.signals < 0 || !card.reader) {
        say("no card could be made from %s: is it an NSS database with these certificates?",
            options.database);
        return 1;
    }
    say("ready");
    run(&card);
    vreader_free(card.reader);
    return 0;
}
