/* SPDX-License-Identifier: Apache-2.0
 *
 * Any value of any structure as JSON and back; what JSON is refused, and by which name.
 */
#include "json.h"

#include <stdlib.h>
#include <string.h>

#include "rdpesc.h"
#include "suite.h"

#define ROUNDS 200

union value {
    union rdpesc_call call;
    union rdpesc_return ret;
    struct LocateCards_ATRMask mask;
    uint8_t room[1024];
};

/* ---- values of any type, from its rows ---- */

static uint32_t seed;

static uint32_t roll(uint32_t sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

static struct ndr_bytes some_octets(struct capture_memory *memory, uint32_t len)
{
    uint8_t *octets = capture_memory_take(memory, len);

    for (uint32_t i = 0; i < len; i++)
        octets[i] = (uint8_t)roll(256);
    return (struct ndr_bytes){ octets, len };
}

/* Any octets without a NUL, and often letters: both are names that a peer can send. */
static struct ndr_bytes some_string(struct capture_memory *memory, uint8_t unit)
{
    struct ndr_bytes text = some_octets(memory, roll(12) * unit);
    bool plain = roll(2) == 0;
    uint8_t *octets = capture_memory_take(memory, text.len);

    for (uint32_t i = 0; i < text.len; i++) {
        octets[i] = (uint8_t)(plain ? 'a' + text.data[i] % 26 : text.data[i] | 1);
        if (plain && unit == 2 && i % 2)
            octets[i] = (uint8_t)roll(2);
    }
    return (struct ndr_bytes){ octets, text.len };
}

static void fill(const struct ndr_type *type, uint8_t *out, struct capture_memory *memory);

static void fill_array(const struct ndr_row *row, uint8_t *member, struct capture_memory *memory)
{
    uint32_t len = roll(row->max < 4 ? row->max + 1 : 4);
    uint8_t *elements = capture_memory_take(memory, (size_t)len * row->type->size);
    struct ndr_array array = { elements, len };

    for (uint32_t i = 0; i < len; i++)
        fill(row->type, elements + (size_t)i * row->type->size, memory);
    if (len == 0 && roll(2))
        array.at = NULL;
    memcpy(member + offsetof(struct ndr_array, at), &array.at, sizeof array.at);
    memcpy(member + offsetof(struct ndr_array, len), &array.len, sizeof array.len);
}

static void fill_view(const struct ndr_row *row, uint8_t *member, struct capture_memory *memory)
{
    struct ndr_bytes view = { NULL, 0 };

    if (roll(4) && row->kind == NDR_STRING)
        view = some_string(memory, row->unit);
    else if (row->kind == NDR_BYTES)
        view = some_octets(memory, roll(row->max < 40 ? row->max + 1 : 40));
    if (row->kind == NDR_BYTES && roll(4) == 0) {
        view.data = NULL;
        view.len = row->flags & NDR_LENGTH_ONLY ? view.len : 0;
    }
    memcpy(member, &view, sizeof view);
}

static void fill_pointer(const struct ndr_row *row, uint8_t *member, struct capture_memory *memory)
{
    uint8_t *inner = roll(3) ? capture_memory_take(memory, row->type->size) : NULL;

    if (inner)
        fill(row->type, inner, memory);
    memcpy(member, &inner, sizeof inner);
}

static void fill(const struct ndr_type *type, uint8_t *out, struct capture_memory *memory)
{
    for (size_t i = 0; i < type->row_count; i++) {
        const struct ndr_row *row = &type->rows[i];
        uint8_t *member = out + row->offset;
        uint32_t number = roll(3) ? roll(1u << 24) << 8 : UINT32_MAX;

        number = number > row->max ? number % (row->max + 1) : number;
        switch (row->kind) {
        case NDR_U32: memcpy(member, &number, sizeof number); break;
        case NDR_FIXED: memcpy(member, some_octets(memory, row->max).data, row->max); break;
        case NDR_STRUCT: fill(row->type, member, memory); break;
        case NDR_POINTER: fill_pointer(row, member, memory); break;
        case NDR_ARRAY: fill_array(row, member, memory); break;
        default: fill_view(row, member, memory); break;
        }
    }
}

/* ---- both ways ---- */

/* Through text, as a file would have it. */
static json_t *as_text_and_back(json_t *object)
{
    char *text = json_dumps(object, 0);
    json_t *again = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

    free(text);
    json_decref(object);
    return again;
}

static bool comes_back(const struct ndr_type *type)
{
    struct capture_memory memory = { NULL };
    struct capture_fault fault;
    union value first;
    union value second;
    json_t *object = json_object();
    bool ok;

    memset(&first, 0, sizeof first);
    fill(type, (uint8_t *)&first, &memory);
    ok = capture_json_write(type, &first, true, object);
    object = as_text_and_back(object);
    ok = ok && object && capture_json_read_all(type, object, &second, &memory, &fault) &&
         ndr_equal(type, &first, &second);
    json_decref(object);
    capture_memory_free(&memory);
    return ok;
}

static void every_value_of_every_type_comes_back_from_json(void)
{
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);

    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_FATAL(types[i]->size <= sizeof(union value));
        /* A UUID is octets in whatever holds it, and no object. */
        for (seed = 0; seed < ROUNDS; seed++)
            CU_ASSERT(comes_back(types[i]));
    }
}

static const struct ReaderStateW *reader_from(const char *text, struct ReaderStateW *state,
                                              struct capture_memory *memory)
{
    struct capture_fault fault;
    json_t *object =
        json_pack("{s:o,s:{s:i,s:i,s:i,s:s}}", "szReader", json_loads(text, 4, NULL), "Common",
                  "dwCurrentState", 0, "dwEventState", 0, "cbAtr", 0, "rgbAtr",
                  "00000000000000000000000000000000000000000000000000000000000000000"
                  "0000000");
    bool ok = capture_json_read_all(&ReaderStateW_type, object, state, memory, &fault);

    json_decref(object);
    return ok ? state : NULL;
}

static void expect_name(const char *text, const char *octets, uint32_t len)
{
    struct capture_memory memory = { NULL };
    struct ReaderStateW state;

    CU_ASSERT_FATAL(reader_from(text, &state, &memory) != NULL);
    CU_ASSERT_EQUAL(state.szReader.len, len);
    CU_ASSERT(memcmp(state.szReader.data, octets, len) == 0);
    capture_memory_free(&memory);
}

static void strings_are_utf8_outside_and_utf16_inside(void)
{
    expect_name("\"\"", "", 0);
    expect_name("\"\\\\\\\\?PnP?\"", "\\\0\\\0?\0P\0n\0P\0?\0", 14);
    expect_name("\"\\u00e9\"", "\xe9\0", 2);
    expect_name("\"\\ud83d\\ude00\"", "\x3d\xd8\x00\xde", 4);
    expect_name("\"\\ufeffA\"",
                "\xff\xfe"
                "A\0",
                4);
    expect_name("\"\\uffff\"", "\xff\xff", 2);
    expect_name("{\"octets\": \"00D8\"}", "\x00\xd8", 2);
}

static void strings_with_a_nul_or_half_a_character_are_refused(void)
{
    static const char *const texts[] = { "{\"octets\": \"41\"}",
                                         "{\"octets\": \"41000000\"}",
                                         "{\"octets\": \"4\"}",
                                         "{\"octets\": 1}",
                                         "{\"octets\": \"\", \"more\": 1}",
                                         "{}",
                                         "[]",
                                         "true" };
    struct capture_memory memory = { NULL };
    struct ReaderStateW state;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        CU_ASSERT(reader_from(texts[i], &state, &memory) == NULL);
    capture_memory_free(&memory);
}

/* ---- what is refused ---- */

static void expect_fault(const struct ndr_type *type, const char *text, const char *path,
                         const char *reason)
{
    struct capture_memory memory = { NULL };
    struct capture_fault fault = { "", "" };
    union value value;
    static const union value zero;
    json_t *object = json_loads(text, JSON_DECODE_ANY, NULL);

    CU_ASSERT_FATAL(object != NULL);
    memset(&value, 0xA5, sizeof value);
    CU_ASSERT_FALSE(capture_json_read_all(type, object, &value, &memory, &fault));
    CU_ASSERT_STRING_EQUAL(fault.path, path);
    CU_ASSERT_STRING_EQUAL(fault.reason, reason);
    CU_ASSERT(memcmp(&value, &zero, type->size) == 0);
    json_decref(object);
    capture_memory_free(&memory);
}

static void numbers_out_of_range_are_refused(void)
{
    const struct ndr_type *type = &EstablishContext_Call_type;

    expect_fault(type, "{\"dwScope\": 4294967296}", "dwScope", "out of range");
    expect_fault(type, "{\"dwScope\": -1}", "dwScope", "out of range");
    expect_fault(type, "{\"dwScope\": 1.5}", "dwScope", "no whole number");
    expect_fault(type, "{\"dwScope\": null}", "dwScope", "no whole number");
    expect_fault(type, "{}", "dwScope", "missing");
    expect_fault(type, "{\"dwScope\": 1, \"more\": 1}", "more", "no such field");
    expect_fault(type, "[]", "", "no object");
}

static void counts_that_contradict_their_data_are_refused(void)
{
    const struct ndr_type *type = &REDIR_SCARDCONTEXT_type;

    expect_fault(type, "{\"cbContext\": 3, \"pbContext\": \"00000000\"}", "cbContext",
                 "contradicts its data");
    expect_fault(type, "{\"cbContext\": 17, \"pbContext\": null}", "cbContext", "out of range");
    expect_fault(type, "{\"cbContext\": 4, \"pbContext\": null}", "pbContext", "null pointer");
    expect_fault(type, "{\"cbContext\": 4}", "pbContext", "missing");
    expect_fault(type, "{\"pbContext\": \"0000000000000000000000000000000000\"}", "cbContext",
                 "out of range");
    expect_fault(type, "{\"pbContext\": \"0g\"}", "pbContext", "no hex digits, two an octet");
    expect_fault(type, "{\"pbContext\": \"0\"}", "pbContext", "no hex digits, two an octet");
}

static void faults_name_the_way_to_the_field(void)
{
    const struct ndr_type *type = &LocateCards_Return_type;

    expect_fault(type, "{\"ReturnCode\": 0, \"rgReaderStates\": [[]]}", "rgReaderStates[0]",
                 "no object");
    expect_fault(type, "{\"ReturnCode\": 0, \"rgReaderStates\": {}}", "rgReaderStates", "no array");
    expect_fault(type, "{\"ReturnCode\": 0}", "rgReaderStates", "missing");
    expect_fault(type, "{\"ReturnCode\": 0, \"cReaders\": 12, \"rgReaderStates\": null}",
                 "cReaders", "out of range");
    expect_fault(type,
                 "{\"ReturnCode\": 0, \"rgReaderStates\": [{\"dwCurrentState\": 0, "
                 "\"dwEventState\": 0, \"cbAtr\": 37}]}",
                 "rgReaderStates[0].cbAtr", "out of range");
    expect_fault(type,
                 "{\"ReturnCode\": 0, \"rgReaderStates\": [{\"dwCurrentState\": 0, "
                 "\"dwEventState\": 0, \"cbAtr\": 36, \"rgbAtr\": \"3b\"}]}",
                 "rgReaderStates[0].rgbAtr", "another number of octets");
}

static void a_count_stays_beside_null_where_it_answers_a_size_query(void)
{
    struct capture_memory memory = { NULL };
    struct capture_fault fault;
    struct ListReaders_Return ret;
    json_t *object = json_loads("{\"ReturnCode\": 0, \"cBytes\": 26, \"msz\": null}", 0, NULL);

    CU_ASSERT(capture_json_read_all(&ListReaders_Return_type, object, &ret, &memory, &fault));
    CU_ASSERT_EQUAL(ret.msz.len, 26);
    CU_ASSERT_PTR_NULL(ret.msz.data);
    json_decref(object);
    capture_memory_free(&memory);
}

static void secrets_are_hidden_and_hidden_ones_are_no_value(void)
{
    const struct SetAttrib_Call call = { .pbAttr = { (const uint8_t *)"PIN", 3 } };
    json_t *object = json_object();
    char *text;

    CU_ASSERT(capture_json_write(&SetAttrib_Call_type, &call, false, object));
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(object, "pbAttr")), "(not shown)");
    CU_ASSERT_EQUAL(json_integer_value(json_object_get(object, "cbAttrLen")), 3);
    text = json_dumps(object, 0);
    expect_fault(&SetAttrib_Call_type, text, "pbAttr",
                 "not shown in this JSON; decode with --show-secrets");
    free(text);
    json_decref(object);
}

static void a_path_that_is_too_long_is_cut(void)
{
    struct capture_memory memory = { NULL };
    struct capture_fault fault;
    struct Long_Return ret;
    char name[2 * CAPTURE_PATH_MAX];
    json_t *object = json_pack("{s:i}", "ReturnCode", 0);

    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    (void)json_object_set_new(object, name, json_true());
    CU_ASSERT_FALSE(capture_json_read_all(&Long_Return_type, object, &ret, &memory, &fault));
    CU_ASSERT_EQUAL(strlen(fault.path), CAPTURE_PATH_MAX - 1);
    json_decref(object);
    capture_memory_free(&memory);
}

static CU_TestInfo round_trip_tests[] = {
    SUITE_TEST(every_value_of_every_type_comes_back_from_json),
    SUITE_TEST(strings_are_utf8_outside_and_utf16_inside),
    SUITE_TEST(a_count_stays_beside_null_where_it_answers_a_size_query),
    CU_TEST_INFO_NULL,
};

static CU_TestInfo refusal_tests[] = {
    SUITE_TEST(strings_with_a_nul_or_half_a_character_are_refused),
    SUITE_TEST(numbers_out_of_range_are_refused),
    SUITE_TEST(counts_that_contradict_their_data_are_refused),
    SUITE_TEST(faults_name_the_way_to_the_field),
    SUITE_TEST(secrets_are_hidden_and_hidden_ones_are_no_value),
    SUITE_TEST(a_path_that_is_too_long_is_cut),
    CU_TEST_INFO_NULL,
};

static const CU_SuiteInfo suites[] = {
    { "json", NULL, NULL, NULL, NULL, round_trip_tests },
    { "json_refusals", NULL, NULL, NULL, NULL, refusal_tests },
    CU_SUITE_INFO_NULL,
};

int main(int argc, char **argv)
{
    return suite_main(argc, argv, suites);
}
