/* SPDX-License-Identifier: Apache-2.0
 *
 * Octets made elsewhere, tests/vectors: each one is decoded, compared with the values in its header
 * and, where the verdict says so, encoded again to the same octets.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rdpdr.h"
#include "suite.h"
#include "vector.h"

#define ARENA_OCTETS (1u << 18)

static struct vector current;
static void (*run_current)(struct vector *vector);
static size_t seen;

/* ---- reading ---- */

static void take_key(struct vector *vector, const char *line)
{
    char direction[16] = "";
    static const char iocode[] = "# iocode: ";

    (void)sscanf(line, "# layer: %15s", vector->layer);
    (void)sscanf(line, "# verdict: %15s", vector->verdict);
    if (sscanf(line, "# direction: %15s", direction) == 1)
        vector->is_return = strcmp(direction, "return") == 0;
    if (strncmp(line, iocode, sizeof iocode - 1) == 0)
        vector->call = rdpesc_call_by_code((uint32_t)strtoul(line + sizeof iocode - 1, NULL, 16));
}

/* The values as ndr_dump prints them: without the readable form of a multistring behind its octets.
 */
static void take_value(struct vector *vector, const char *line)
{
    const char *note = strstr(line, "  '");
    size_t used = strlen(vector->values);
    int length = (int)(note ? (size_t)(note - line) : strcspn(line, "\n"));

    if (line[0] == '!')
        return;
    (void)snprintf(vector->values + used, sizeof vector->values - used, "%.*s\n", length, line);
}

static bool take_octets(struct vector *vector, const char *line)
{
    char *end;

    for (unsigned long octet = strtoul(line, &end, 16); end != line;
         octet = strtoul(line, &end, 16)) {
        if (vector->length == VECTOR_OCTETS_MAX || octet > UINT8_MAX)
            return false;
        vector->octets[vector->length++] = (uint8_t)octet;
        line = end;
    }
    return true;
}

bool vector_read(struct vector *vector, const char *path)
{
    static char line[VECTOR_TEXT_MAX];
    FILE *file = fopen(path, "r");
    bool ok = file != NULL;

    memset(vector, 0, sizeof *vector);
    (void)snprintf(vector->path, sizeof vector->path, "%s", path);
    while (ok && fgets(line, sizeof line, file)) {
        if (strncmp(line, "# > ", 4) == 0)
            take_value(vector, line + 4);
        else if (line[0] == '#')
            take_key(vector, line);
        else
            ok = take_octets(vector, line);
    }
    if (file)
        (void)fclose(file);
    return ok;
}

static bool visit(const char *path)
{
    if (!strstr(path, ".hex"))
        return true;
    seen++;
    if (!vector_read(&current, path))
        return false;
    run_current(&current);
    return true;
}

/* Not by nftw, whose paths MemorySanitizer takes for uninitialised. */
static bool walk(const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    bool ok = count >= 0;
    char path[512];

    for (int i = 0; i < count; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (ok && entries[i]->d_name[0] != '.')
            ok = entries[i]->d_type == DT_DIR ? walk(path) : visit(path);
        free(entries[i]);
    }
    free(entries);
    return ok;
}

size_t vectors_each(const char *folder, void (*run)(struct vector *vector))
{
    run_current = run;
    seen = 0;
    return walk(folder) ? seen : 0;
}

/* ---- decoding whatever layer a vector is of ---- */

struct decoded {
    enum ndr_status status;
    struct ndr_error error;
    const struct ndr_type *type;
    union {
        union rdpesc_call call;
        union rdpesc_return ret;
    } value;
    _Alignas(max_align_t) uint8_t memory[ARENA_OCTETS];
    struct ndr_arena arena;
};

static enum ndr_status strip_packet(const struct vector *vector, struct ndr_bytes *stream,
                                    const struct rdpesc_call_info **call, struct ndr_error *error)
{
    struct RDPDR_HEADER header;
    struct DR_DEVICE_IOREQUEST io;
    struct DR_CONTROL_REQ request;
    struct DR_DEVICE_IOCOMPLETION completion;
    struct ndr_reader in;
    enum ndr_status status = rdpdr_open(*stream, &in, &header, error);

    *call = vector->call;
    if (status == NDR_OK && header.PacketId == RDPDR_DEVICE_IOCOMPLETION) {
        status = rdpdr_read(&DR_DEVICE_IOCOMPLETION_layout, &in, &completion, error);
        return status == NDR_OK ? rdpdr_read_control_response(&in, stream, error) : status;
    }
    if (status == NDR_OK)
        status = rdpdr_read(&DR_DEVICE_IOREQUEST_layout, &in, &io, error);
    if (status == NDR_OK)
        status = rdpdr_read_control_request(&in, &request, stream, error);
    if (status != NDR_OK)
        return status;
    *call = rdpesc_call_by_code(request.IoControlCode);
    if (*call)
        return NDR_OK;
    *error = (struct ndr_error){ NDR_UNKNOWN, 32, "IoControlCode" };
    return NDR_UNKNOWN;
}

static struct decoded *decode(const struct vector *vector)
{
    static struct decoded decoded;
    struct ndr_bytes stream = { vector->octets, vector->length };
    const struct rdpesc_call_info *call = vector->call;

    memset(&decoded, 0, sizeof decoded);
    decoded.arena = (struct ndr_arena){ decoded.memory, sizeof decoded.memory, 0 };
    if (strcmp(vector->layer, "pdu") == 0)
        decoded.status = strip_packet(vector, &stream, &call, &decoded.error);
    if (decoded.status != NDR_OK)
        return &decoded;
    decoded.type = vector->is_return ? call->ret : call->call;
    if (strcmp(vector->layer, "ndr") == 0 && vector->is_return)
        decoded.status = rdpesc_decode_return_object(call, stream, &decoded.value, &decoded.arena,
                                                     &decoded.error);
    else if (strcmp(vector->layer, "ndr") == 0)
        decoded.status =
            ndr_decode(decoded.type, stream, &decoded.value, &decoded.arena, &decoded.error);
    else if (vector->is_return)
        decoded.status =
            rdpesc_decode_return(call, stream, &decoded.value, &decoded.arena, &decoded.error);
    else
        decoded.status =
            rdpesc_decode_call(call, stream, &decoded.value, &decoded.arena, &decoded.error);
    return &decoded;
}

/* Vectors that hold a call or return, not a packet of the handshake nor a completion that carries
 * none. */
static bool holds_message(const struct vector *vector)
{
    return strcmp(vector->layer, "channel") != 0 &&
           (vector->call || strcmp(vector->verdict, "reject") == 0) &&
           !strstr(vector->path, "buffer_too_small") && !strstr(vector->path, "rdpefs_");
}

static void check(bool ok, const struct vector *vector, const char *what)
{
    CU_ASSERT(ok);
    if (!ok)
        fprintf(stderr, "    %s: %s\n", vector->path, what);
}

/* ---- every verdict ---- */

static size_t checked;

static void expect_verdict(struct vector *vector)
{
    struct decoded *decoded;
    bool reject = strcmp(vector->verdict, "reject") == 0;
    bool big_endian = strstr(vector->path, "big_endian") != NULL; /* optional, and not supported */

    if (!holds_message(vector))
        return;
    checked++;
    decoded = decode(vector);
    check((decoded->status != NDR_OK) == (reject || big_endian), vector,
          ndr_status_name(decoded->status));
    if (decoded->status != NDR_OK) {
        check(decoded->error.status == decoded->status, vector, "the error has another status");
        check(decoded->error.field[0] != '\0', vector, "the error names no field");
        check(decoded->error.offset <= vector->length, vector, "the error points behind the end");
    }
}

static void every_vector_gets_its_verdict(void)
{
    checked = 0;
    CU_ASSERT(vectors_each(VECTORS, expect_verdict) >= 300);
    CU_ASSERT(checked > 250);
}

/* ---- values ---- */

static char text[VECTOR_TEXT_MAX];

static void append(void *self, const char *piece)
{
    (void)self;
    (void)strncat(text, piece, sizeof text - strlen(text) - 1);
}

/* Headers print letters beyond ASCII as UTF-8; the only one in the vectors is this. */
static void spell_e_acute(char *values)
{
    static const char escape[6] = { '\\', 'u', '0', '0', 'e', '9' };
    char *found = strstr(values, "\xc3\xa9");

    while (found) {
        memmove(found + 6, found + 2, strlen(found + 2) + 1);
        memcpy(found, escape, sizeof escape);
        found = strstr(found, "\xc3\xa9");
    }
}

/* What stands in the header of a packet before the values of the message. */
static const char *message_values(const struct vector *vector)
{
    static const char *const starts[] = { "\nInputBuffer:\n", "\nOutputBuffer:\n" };

    for (size_t i = 0; i < 2; i++) {
        const char *found = strstr(vector->values, starts[i]);

        if (found)
            return found + strlen(starts[i]);
    }
    return vector->values;
}

static void expect_values(struct vector *vector)
{
    const struct ndr_sink sink = { NULL, append };
    struct decoded *decoded;

    if (strcmp(vector->verdict, "ok") != 0 || !holds_message(vector) ||
        strcmp(vector->layer, "pdu") == 0 || vector->call->code == RDPESC_AccessStartedEvent ||
        !vector->values[0])
        return;
    checked++;
    decoded = decode(vector);
    text[0] = '\0';
    ndr_dump(decoded->type, &decoded->value, true, &sink);
    spell_e_acute(vector->values);
    check(strcmp(text, message_values(vector)) == 0, vector, text);
}

static void every_good_vector_holds_the_values_of_its_header(void)
{
    checked = 0;
    CU_ASSERT(vectors_each(VECTORS, expect_values) >= 300);
    CU_ASSERT(checked > 150);
}

/* ---- encoding ---- */

static void expect_same_octets(struct vector *vector)
{
    static uint8_t octets[VECTOR_OCTETS_MAX];
    size_t length = 0;
    struct decoded *decoded;
    enum ndr_status status;
    bool ndr = strcmp(vector->layer, "ndr") == 0;

    if (strcmp(vector->verdict, "ok") != 0 || !holds_message(vector) ||
        strcmp(vector->layer, "pdu") == 0 ||
        (vector->call->code == RDPESC_AccessStartedEvent && !vector->is_return) ||
        strstr(vector->path, "unpadded_object"))
        return;
    checked++;
    decoded = decode(vector);
    memset(octets, 0, sizeof octets);
    status = (ndr ? ndr_encode : rpce_encode)(decoded->type, &decoded->value, octets, sizeof octets,
                                              &length, NULL);
    check(status == NDR_OK, vector, "does not encode");
    check(length == vector->length || (ndr && (length + 7) / 8 * 8 == vector->length), vector,
          "another length");
    check(memcmp(octets, vector->octets, vector->length) == 0, vector, "other octets");
}

static void every_good_vector_encodes_to_the_same_octets(void)
{
    checked = 0;
    CU_ASSERT(vectors_each(VECTORS, expect_same_octets) >= 300);
    CU_ASSERT(checked > 150);
}

/* ---- prefixes ---- */

static void expect_prefixes_refused(struct vector *vector)
{
    struct decoded *whole;
    uint32_t full = vector->length;
    uint32_t needed;

    if (strcmp(vector->verdict, "ok") != 0 || strcmp(vector->layer, "rpce") != 0 ||
        vector->call->code == RDPESC_AccessStartedEvent || full > 4096)
        return;
    checked++;
    whole = decode(vector);
    CU_ASSERT(whole->status == NDR_OK);
    /* A failure may be cut behind its ReturnCode, so some of its prefixes are legal. */
    if (vector->is_return && whole->value.ret.ReturnCode != RDPESC_S_SUCCESS)
        return;
    needed = full;
    for (vector->length = 0; vector->length < needed; vector->length++)
        check(decode(vector)->status != NDR_OK, vector, "a prefix decodes");
}

static void every_prefix_of_a_good_vector_is_refused(void)
{
    checked = 0;
    CU_ASSERT(vectors_each(VECTORS, expect_prefixes_refused) >= 300);
    CU_ASSERT(checked > 100);
}

static CU_TestInfo vector_tests[] = {
    SUITE_TEST(every_vector_gets_its_verdict),
    SUITE_TEST(every_good_vector_holds_the_values_of_its_header),
    SUITE_TEST(every_good_vector_encodes_to_the_same_octets),
    SUITE_TEST(every_prefix_of_a_good_vector_is_refused),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "vectors", NULL, NULL, NULL, NULL, vector_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
