/* SPDX-License-Identifier: Apache-2.0
 *
 * A made-up value of any type, encoded, spoiled in a few places and decoded: reaches what lies
 * behind counts and pointers that random octets seldom get right.
 *
 * The first octet picks the type, the next eight are the value's seed, little-endian. Then come
 * changes of four octets: where (two, little-endian), how, and with what.
 */
#include <stdlib.h>
#include <string.h>

#include "rdpesc.h"

#define ROOM          2048 /* octets behind the pointers of a value */
#define OBJECT_MAX    4096
#define HEADER_OCTETS 9
#define CHANGE_OCTETS 4
#define OCTETS_MAX    (1u << 16)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum how { SET_OCTET, FLIP_BITS, ADD, SET_NUMBER, COPY, CUT, GROW, HOWS };

/* Octets of their own memory, so that AddressSanitizer sees a read one past them. */
struct object {
    uint8_t *octets;
    size_t length;
};

static _Alignas(16) uint8_t value[OBJECT_MAX];
static _Alignas(16) uint8_t decoded[OBJECT_MAX];
static _Alignas(16) uint8_t memory[ROOM];

static void expect(bool ok)
{
    if (!ok)
        abort();
}

static void resize(struct object *object, size_t length)
{
    uint8_t *octets = realloc(object->octets, length ? length : 1);

    expect(octets != NULL);
    if (length > object->length)
        memset(octets + object->length, 0, length - object->length);
    object->octets = octets;
    object->length = length;
}

static void set_number(struct object *object, size_t at, uint8_t with)
{
    static const uint32_t numbers[] = { 0,     1,      2,          4,          8,         16,
                                        17,    36,     37,         1000,       1024,      65536,
                                        66560, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF };
    uint32_t number = numbers[with % (sizeof numbers / sizeof numbers[0])];

    at = at / 4 * 4;
    for (size_t i = 0; i < 4 && at + i < object->length; i++)
        object->octets[at + i] = (uint8_t)(number >> (8 * i));
}

static void change(struct object *object, size_t where, uint8_t how, uint8_t with)
{
    size_t at = object->length ? where % object->length : 0;

    if (object->length == 0)
        return;
    switch (how % HOWS) {
    case SET_OCTET: object->octets[at] = with; break;
    case FLIP_BITS: object->octets[at] ^= with; break;
    case ADD: object->octets[at] = (uint8_t)(object->octets[at] + with); break;
    case SET_NUMBER: set_number(object, at, with); break;
    case COPY: object->octets[at] = object->octets[with % object->length]; break;
    case CUT: resize(object, at); break;
    default: resize(object, object->length + with); break;
    }
}

static struct object encode(const struct ndr_type *type, const void *in)
{
    struct object object = { NULL, 0 };
    size_t length;

    expect(ndr_encode(type, in, NULL, 0, &length, NULL) == NDR_OK);
    resize(&object, length);
    expect(ndr_encode(type, in, object.octets, object.length, &length, NULL) == NDR_OK);
    expect(length == object.length);
    return object;
}

/* With exactly the arena that the bound promises to be enough; the caller frees it. */
static enum ndr_status decode(const struct ndr_type *type, const struct object *object, void *out,
                              void **taken)
{
    size_t bound = ndr_arena_bound(type, object->length);
    struct ndr_arena arena = { malloc(bound + 1), bound, 0 };
    struct ndr_error error;
    enum ndr_status status;

    expect(arena.base != NULL);
    *taken = arena.base;
    status = ndr_decode(type, (struct ndr_bytes){ object->octets, (uint32_t)object->length }, out,
                        &arena, &error);
    expect(status != NDR_NO_ARENA && status == error.status && error.offset <= object->length);
    expect(status == NDR_OK || (arena.used == 0 && error.field[0] != '\0'));
    return status;
}

/* What decodes is a value: encoded, it decodes to the same. */
static void expect_value(const struct ndr_type *type)
{
    static _Alignas(16) uint8_t again[OBJECT_MAX];
    struct object object = encode(type, decoded);
    void *taken;

    expect(decode(type, &object, again, &taken) == NDR_OK);
    expect(ndr_equal(type, decoded, again));
    free(taken);
    free(object.octets);
}

static void run(const struct ndr_type *type, uint64_t seed, const uint8_t *changes, size_t count)
{
    struct ndr_arena arena = { memory, sizeof memory, 0 };
    struct object object;
    void *taken;

    expect(type->size <= OBJECT_MAX);
    ndr_generate(type, seed, value, &arena);
    object = encode(type, value);
    expect(object.length <= ndr_size_bound(type));
    expect(decode(type, &object, decoded, &taken) == NDR_OK);
    expect(ndr_equal(type, value, decoded));
    free(taken);
    for (size_t i = 0; i < count && object.length < OCTETS_MAX; i++, changes += CHANGE_OCTETS)
        change(&object, (size_t)(changes[0] | changes[1] << 8), changes[2], changes[3]);
    if (decode(type, &object, decoded, &taken) == NDR_OK)
        expect_value(type);
    free(taken);
    free(object.octets);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);
    uint64_t seed = 0;

    if (size < HEADER_OCTETS)
        return 0;
    for (size_t i = 0; i < 8; i++)
        seed |= (uint64_t)data[1 + i] << (8 * i);
    run(types[data[0] % count], seed, data + HEADER_OCTETS, (size - HEADER_OCTETS) / CHANGE_OCTETS);
    return 0;
}
