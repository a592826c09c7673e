/* SPDX-License-Identifier: Apache-2.0
 *
 * Each limit that a row sets, at the limit and one above it, in a value and in octets: every row of
 * every type, the rows of inner structures where they stand.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rdpesc.h"
#include "suite.h"

#define OBJECT_MAX (1u << 12)
#define ARENA_SIZE (1u << 18)
#define LARGEST    4194304u /* octets of an icon, the largest limit */

/* A value with every pointer set, and what stands for the row that is looked at. */
static struct {
    const struct ndr_type *type;
    _Alignas(16) uint8_t value[OBJECT_MAX];
    _Alignas(16) uint8_t memory[ARENA_SIZE];
    struct ndr_arena arena;
    uint8_t *octets;
    size_t room;
    size_t length;
    size_t limits; /* seen */
} full;

static _Alignas(16) uint8_t zeroes[LARGEST + 16];

static void check(bool ok, const struct ndr_row *row, const char *what)
{
    CU_ASSERT(ok);
    if (!ok)
        fprintf(stderr, "    %s, %s: %s\n", full.type->name, row->name, what);
}

/* ---- a value with every pointer set ---- */

static void fill(const struct ndr_type *type, uint8_t *out);

static void *fill_inner(const struct ndr_row *row)
{
    void *inner = ndr_arena_take(&full.arena, row->type->size);

    CU_ASSERT(inner != NULL);
    if (inner)
        fill(row->type, inner);
    return inner;
}

static void fill_row(const struct ndr_row *row, uint8_t *member)
{
    struct ndr_bytes view = { zeroes, 0 };
    struct ndr_array array = { NULL, 1 };

    switch (row->kind) {
    case NDR_BYTES:
    case NDR_STRING: memcpy(member, &view, sizeof view); break;
    case NDR_STRUCT: fill(row->type, member); break;
    case NDR_POINTER:
        array.at = fill_inner(row);
        memcpy(member, &array.at, sizeof array.at);
        break;
    case NDR_ARRAY:
        array.at = fill_inner(row);
        memcpy(member, &array, sizeof array);
        break;
    default: break;
    }
}

static void fill(const struct ndr_type *type, uint8_t *out)
{
    memset(out, 0, type->size);
    for (size_t i = 0; i < type->row_count; i++)
        fill_row(&type->rows[i], out + type->rows[i].offset);
}

/* ---- one row at a limit ---- */

static void set(const struct ndr_row *row, uint8_t *member, const void *at, uint32_t number)
{
    struct ndr_array array = { at, number };

    if (row->kind == NDR_U32)
        memcpy(member, &number, sizeof number);
    else
        memcpy(member, &array, sizeof array);
}

static enum ndr_status encode(struct ndr_error *error)
{
    return ndr_encode(full.type, full.value, full.octets, full.room, &full.length, error);
}

static enum ndr_status decode(struct ndr_error *error, struct ndr_arena *arena)
{
    static _Alignas(16) uint8_t value[OBJECT_MAX];
    static _Alignas(16) uint8_t memory[ARENA_SIZE];
    enum ndr_status status;

    *arena = (struct ndr_arena){ memory, sizeof memory, 0 };
    status = ndr_decode(full.type, (struct ndr_bytes){ full.octets, (uint32_t)full.length }, value,
                        arena, error);
    if (status == NDR_OK)
        CU_ASSERT(ndr_equal(full.type, full.value, value));
    return status;
}

/* Where the row's number stands: nothing before it changes with it. */
static size_t offset_of(const struct ndr_row *row, uint8_t *member)
{
    uint8_t *before;
    size_t length;
    size_t at = 0;

    set(row, member, zeroes, 0);
    CU_ASSERT(encode(NULL) == NDR_OK);
    length = full.length;
    before = malloc(length);
    CU_ASSERT(before != NULL);
    if (!before)
        return 0;
    memcpy(before, full.octets, length);
    set(row, member, zeroes, 1);
    CU_ASSERT(encode(NULL) == NDR_OK);
    while (at < length && before[at] == full.octets[at])
        at++;
    free(before);
    return at;
}

static void patch(size_t at, uint32_t number)
{
    for (size_t i = 0; i < 4; i++)
        full.octets[at + i] = (uint8_t)(number >> (8 * i));
}

static void expect_range(const struct ndr_row *row, enum ndr_status status,
                         const struct ndr_error *error, size_t offset)
{
    const char *field = row->kind == NDR_U32 ? row->name : row->count_name;

    check(status == NDR_RANGE && error->status == NDR_RANGE, row, ndr_status_name(status));
    check(strcmp(error->field, field) == 0, row, error->field);
    check(error->offset == offset, row, "another offset");
}

static void check_limit(const struct ndr_row *row, uint8_t *member)
{
    struct ndr_error error = { NDR_OK, 0, "" };
    struct ndr_arena arena;
    size_t at = offset_of(row, member);

    set(row, member, zeroes, row->max);
    check(encode(&error) == NDR_OK, row, "the limit does not encode");
    check(full.length <= ndr_size_bound(full.type), row, "longer than the bound");
    check(decode(&error, &arena) == NDR_OK, row, "the limit does not decode");
    patch(at, row->max + 1);
    expect_range(row, decode(&error, &arena), &error, at);
    check(arena.used == 0, row, "memory was taken");
    patch(at, UINT32_MAX);
    expect_range(row, decode(&error, &arena), &error, at);
    set(row, member, zeroes, row->max + 1);
    expect_range(row, encode(&error), &error, at);
    CU_ASSERT(full.length == 0);
}

/* A count with nothing behind it: refused, unless it answers a size query. */
static void check_null(const struct ndr_row *row, uint8_t *member)
{
    bool allowed = row->flags & NDR_LENGTH_ONLY;
    struct ndr_error error = { NDR_OK, 0, "" };
    struct ndr_arena arena;
    size_t at = offset_of(row, member);
    size_t length = full.length;
    enum ndr_status expected = allowed ? NDR_OK : NDR_NULL_POINTER;

    set(row, member, NULL, 1);
    check(encode(&error) == expected, row, "a count alone, encoding");
    if (allowed) {
        check(decode(&error, &arena) == NDR_OK, row, "a count alone, decoding");
        return;
    }
    set(row, member, zeroes, 1);
    CU_ASSERT(encode(NULL) == NDR_OK && full.length == length);
    patch(at + 4, 0);
    check(decode(&error, &arena) == NDR_NULL_POINTER, row, "a count alone, decoding");
    check(strcmp(error.field, row->name) == 0 && error.offset == at + 4, row, "another place");
}

/* ---- every row ---- */

static void walk(const struct ndr_type *type, uint8_t *object,
                 void (*run)(const struct ndr_row *row, uint8_t *member));

static void walk_row(const struct ndr_row *row, uint8_t *member,
                     void (*run)(const struct ndr_row *row, uint8_t *member))
{
    _Alignas(16) uint8_t kept[sizeof(struct ndr_array)];
    size_t size = row->kind == NDR_U32 ? sizeof(uint32_t) : sizeof kept;
    uint8_t *inner = NULL;

    if (row->kind == NDR_POINTER || row->kind == NDR_ARRAY)
        memcpy(&inner, member, sizeof inner);
    if (row->kind == NDR_STRUCT)
        inner = member;
    if (inner)
        walk(row->type, inner, run);
    if ((row->kind == NDR_U32 && row->max < UINT32_MAX) || row->kind == NDR_BYTES ||
        row->kind == NDR_ARRAY) {
        memcpy(kept, member, size);
        run(row, member);
        memcpy(member, kept, size);
        full.limits++;
    }
}

static void walk(const struct ndr_type *type, uint8_t *object,
                 void (*run)(const struct ndr_row *row, uint8_t *member))
{
    for (size_t i = 0; i < type->row_count; i++)
        walk_row(&type->rows[i], object + type->rows[i].offset, run);
}

static void each_limit(void (*run)(const struct ndr_row *row, uint8_t *member))
{
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);

    full.limits = 0;
    for (size_t i = 0; i < count; i++) {
        full.type = types[i];
        full.arena = (struct ndr_arena){ full.memory, sizeof full.memory, 0 };
        full.room = ndr_size_bound(types[i]);
        full.octets = malloc(full.room);
        CU_ASSERT_FATAL(types[i]->size <= OBJECT_MAX && full.octets != NULL);
        fill(types[i], full.value);
        walk(types[i], full.value, run);
        free(full.octets);
    }
    CU_ASSERT(full.limits > 90);
}

static void each_limit_is_kept_and_one_more_is_refused(void)
{
    each_limit(check_limit);
}

static void check_null_unless_number(const struct ndr_row *row, uint8_t *member)
{
    if (row->kind != NDR_U32)
        check_null(row, member);
}

static void a_count_without_data_is_refused_unless_it_answers_a_query(void)
{
    each_limit(check_null_unless_number);
}

static CU_TestInfo limit_tests[] = {
    SUITE_TEST(each_limit_is_kept_and_one_more_is_refused),
    SUITE_TEST(a_count_without_data_is_refused_unless_it_answers_a_query),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "limits", NULL, NULL, NULL, NULL, limit_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
