/* SPDX-License-Identifier: Apache-2.0
 *
 * What tests/bench/codec.py runs, as it is and under callgrind: decodes and encodes one message
 * again and again.
 *
 *     bench-codec --list            the cases, one a line
 *     bench-codec NUMBER ROUNDS     one line: nanoseconds of a round, allocations of all rounds
 *
 * A round is one call of bench_decode or bench_encode: RPCE headers included, into memory of the
 * caller.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rdpesc.h"

#define STREAM_MAX  (1u << 17)
#define READERS     11
#define LONGEST     65544
#define NANOSECONDS 1e9

struct bench_case {
    const char *name;
    const struct ndr_type *type;
    const void *in;
    uint32_t code; /* of the call */
    bool is_return;
};

static uint8_t stream[STREAM_MAX];
static size_t stream_length;
static uint8_t written[STREAM_MAX];
static long double memory[1u << 12];
static union rdpesc_call call;
static union rdpesc_return ret;
static const struct rdpesc_call_info *info;

/* ---- allocations: what the codec would call is wrapped by the linker ---- */

static unsigned long allocations;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size)
{
    allocations++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    allocations++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    allocations++;
    return __real_realloc(old, size);
}

/* ---- the messages ---- */

static const uint8_t id[4] = { 1, 2, 3, 4 };
static const uint8_t apdu[LONGEST];
static const uint8_t reader_name[] = { 'V', 0, 'i', 0, 'r', 0, 't', 0, 'u', 0, 'a', 0,
                                       'l', 0, ' ', 0, 'P', 0, 'C', 0, 'D', 0, ' ', 0,
                                       '0', 0, '0', 0, ' ', 0, '0', 0, '0', 0 };
static uint8_t two_readers[2 * (sizeof reader_name + 2) + 2];
static struct ReaderStateW states[READERS];

#define CONTEXT                                                                                    \
    {                                                                                              \
        {                                                                                          \
            id, sizeof id                                                                          \
        }                                                                                          \
    }
#define TRANSMIT(length)                                                                           \
    {                                                                                              \
        .hCard = { CONTEXT, { id, sizeof id } },                                                   \
        .ioSendPci = { .dwProtocol = RDPESC_PROTOCOL_T1 }, .pbSendBuffer = { apdu, length },       \
        .cbRecvLength = LONGEST                                                                    \
    }

static const struct EstablishContext_Call establish = { .dwScope = RDPESC_SCOPE_SYSTEM };
static const struct Transmit_Call transmit_5 = TRANSMIT(5);
static const struct Transmit_Call transmit_261 = TRANSMIT(261);
static const struct Transmit_Call transmit_longest = TRANSMIT(LONGEST);
static const struct GetStatusChangeW_Call wait = { CONTEXT, RDPESC_INFINITE, { states, READERS } };
static const struct ListReaders_Return readers = { RDPESC_S_SUCCESS,
                                                   { two_readers, sizeof two_readers } };

static const struct bench_case cases[] = {
    { "EstablishContext_Call", &EstablishContext_Call_type, &establish, RDPESC_EstablishContext,
      false },
    { "Transmit_Call 5", &Transmit_Call_type, &transmit_5, RDPESC_Transmit, false },
    { "Transmit_Call 261", &Transmit_Call_type, &transmit_261, RDPESC_Transmit, false },
    { "Transmit_Call 65544", &Transmit_Call_type, &transmit_longest, RDPESC_Transmit, false },
    { "GetStatusChangeW_Call 11", &GetStatusChangeW_Call_type, &wait, RDPESC_GetStatusChangeW,
      false },
    { "ListReadersW_Return 2", &ListReaders_Return_type, &readers, RDPESC_ListReadersW, true },
};
#define CASES (sizeof cases / sizeof cases[0])

static void prepare(void)
{
    for (size_t i = 0; i < READERS; i++)
        states[i].szReader = (struct ndr_bytes){ reader_name, sizeof reader_name };
    memcpy(two_readers, reader_name, sizeof reader_name);
    memcpy(two_readers + sizeof reader_name + 2, reader_name, sizeof reader_name);
}

/* ---- the rounds; codec.py counts the instructions inside these two by their names ---- */

__attribute__((noinline)) enum ndr_status bench_decode(const struct bench_case *one);
__attribute__((noinline)) enum ndr_status bench_encode(const struct bench_case *one);

enum ndr_status bench_decode(const struct bench_case *one)
{
    const struct ndr_bytes octets = { stream, (uint32_t)stream_length };
    struct ndr_arena arena = { (uint8_t *)memory, sizeof memory, 0 };
    struct ndr_error error;

    if (one->is_return)
        return rdpesc_decode_return(info, octets, &ret, &arena, &error);
    return rdpesc_decode_call(info, octets, &call, &arena, &error);
}

enum ndr_status bench_encode(const struct bench_case *one)
{
    struct ndr_error error;
    size_t length;

    return rpce_encode(one->type, one->in, written, sizeof written, &length, &error);
}

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / NANOSECONDS;
}

static int run(enum ndr_status (*round)(const struct bench_case *), const struct bench_case *one,
               unsigned long rounds)
{
    unsigned long before;
    double start;

    if (rpce_encode(one->type, one->in, stream, sizeof stream, &stream_length, NULL) != NDR_OK)
        return 1;
    info = rdpesc_call_by_code(one->code);
    before = allocations;
    start = seconds();
    for (unsigned long i = 0; i < rounds; i++) {
        if (round(one) != NDR_OK)
            return 1;
    }
    start = seconds() - start;
    before = allocations - before;
    printf("%.1f %lu\n", start / (double)rounds * NANOSECONDS, before);
    return 0;
}

int main(int argc, char **argv)
{
    unsigned long number = argc == 3 ? strtoul(argv[1], NULL, 10) : 2 * CASES;
    unsigned long rounds = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;

    prepare();
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        for (size_t i = 0; i < 2 * CASES; i++)
            printf("%s %s\n", i % 2 ? "encode" : "decode", cases[i / 2].name);
        return 0;
    }
    if (number >= 2 * CASES || rounds == 0) {
        fputs("usage: bench-codec --list | NUMBER ROUNDS\n", stderr);
        return 2;
    }
    return run(number % 2 ? bench_encode : bench_decode, &cases[number / 2], rounds);
}
