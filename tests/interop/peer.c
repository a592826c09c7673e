/* SPDX-License-Identifier: Apache-2.0
 *
 * The codec behind a pipe, for a test in another language. One request a line:
 *
 *   types                  the names of all types, one a line
 *   make TYPE SEED ROOM    a made-up value with at most ROOM octets behind its pointers
 *   read TYPE HEX          the value of a stream with both RPCE headers
 *
 * The answer to the last two is "octets HEX" (the value encoded, with both headers) and its printed
 * form, or "error STATUS at OFFSET in FIELD". Each answer ends in a line ".".
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rdpesc.h"

#define OCTETS_MAX 4300000u
#define ARENA_MAX  (OCTETS_MAX + 65536)
#define OBJECT_MAX 4096

static _Alignas(16) uint8_t value[OBJECT_MAX];
static _Alignas(16) uint8_t memory[ARENA_MAX];
static uint8_t octets[OCTETS_MAX];
static char line[2 * OCTETS_MAX + 128];

static const struct ndr_type *type_by_name(const char *name)
{
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);

    for (size_t i = 0; i < count; i++) {
        if (strcmp(types[i]->name, name) == 0)
            return types[i];
    }
    return NULL;
}

static void put(void *self, const char *text)
{
    (void)self;
    (void)fputs(text, stdout);
}

static void answer_value(const struct ndr_type *type)
{
    const struct ndr_sink sink = { NULL, put };
    struct ndr_error error;
    size_t length;

    if (rpce_encode(type, value, octets, sizeof octets, &length, &error) != NDR_OK) {
        printf("error %s at %" PRIu32 " in %s\n", ndr_status_name(error.status), error.offset,
               error.field);
        return;
    }
    (void)fputs("octets ", stdout);
    for (size_t i = 0; i < length; i++)
        printf("%02x", octets[i]);
    (void)fputs("\n", stdout);
    ndr_dump(type, value, true, &sink);
}

static void answer_make(const struct ndr_type *type, const char *rest)
{
    char *end;
    uint64_t seed = strtoull(rest, &end, 10);
    size_t room = strtoull(end, NULL, 10);
    struct ndr_arena arena = { memory, room < sizeof memory ? room : sizeof memory, 0 };

    ndr_generate(type, seed, value, &arena);
    answer_value(type);
}

static uint32_t take_hex(const char *hex)
{
    uint32_t length = 0;
    char pair[3] = "";

    for (; length < OCTETS_MAX && hex[0] > ' ' && hex[1] > ' '; hex += 2) {
        memcpy(pair, hex, 2);
        octets[length++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return length;
}

static void answer_read(const struct ndr_type *type, const char *rest)
{
    static uint8_t stream[OCTETS_MAX]; /* the views of the value point into it */
    struct ndr_bytes wire = { stream, take_hex(rest) };
    struct ndr_arena arena = { memory, sizeof memory, 0 };
    struct ndr_error error;
    struct ndr_bytes object;

    memcpy(stream, octets, wire.len);
    if (rpce_unwrap(wire, &object, &error) == NDR_OK &&
        ndr_decode(type, object, value, &arena, &error) == NDR_OK) {
        answer_value(type);
        return;
    }
    printf("error %s at %" PRIu32 " in %s\n", ndr_status_name(error.status), error.offset,
           error.field);
}

static void answer_types(void)
{
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);

    for (size_t i = 0; i < count; i++)
        puts(types[i]->name);
}

static bool answer(void)
{
    char name[64] = "";
    int step = 0;
    const struct ndr_type *type = NULL;

    if (strncmp(line, "types", 5) == 0) {
        answer_types();
        return true;
    }
    if (sscanf(line, "%*s %63s %n", name, &step) == 1)
        type = type_by_name(name);
    if (!type)
        return false;
    if (strncmp(line, "make ", 5) == 0)
        answer_make(type, line + step);
    else
        answer_read(type, line + step);
    return true;
}

int main(void)
{
    while (fgets(line, sizeof line, stdin)) {
        if (!answer()) {
            fprintf(stderr, "no such request: %.80s\n", line);
            return 2;
        }
        puts(".");
    }
    return 0;
}
