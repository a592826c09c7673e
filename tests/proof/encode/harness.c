/* SPDX-License-Identifier: Apache-2.0
 *
 * ndr_encode of every type, from anything that any_structure.h builds, into a buffer of any size or
 * none. The writer is replaced by what it promises: it takes octets that can be read, and moves
 * inside its capacity or not at all. The proof cursor shows that it keeps that.
 */
#include "any_structure.h"

static uint8_t buffer[OCTETS];

static bool any_advance(struct ndr_writer *writer, size_t len)
{
    if (either())
        return false;
    if (writer->data) {
        /*@ assert writer_is_valid: writer->at <= writer->capacity; */
        writer->at = Frama_C_unsigned_long_interval(0, OCTETS);
        return true;
    }
    writer->at += len;
    return true;
}

static bool any_write_bytes(struct ndr_writer *writer, const uint8_t *bytes, size_t len)
{
    /*@ assert readable: len == 0 || \valid_read(bytes + (0 .. len - 1)); */
    return any_advance(writer, len);
}

static bool any_write_u32(struct ndr_writer *writer, uint32_t value)
{
    (void)value;
    return any_advance(writer, 4);
}

#define ndr_write_bytes         any_write_bytes
#define ndr_write_u32           any_write_u32
#define ndr_write_zeroes        any_advance
#define ndr_write_align(w, len) any_advance(w, Frama_C_unsigned_long_interval(0, (len)-1))
#include "encode.c"

static void prove(const struct ndr_type *type, uint8_t *into, struct ndr_error *error)
{
    union any_structure in;
    size_t length;

    any_of(type, &in, 0);
    (void)ndr_encode(type, &in, into, sizeof buffer, &length, error);
}

int main(void)
{
    struct ndr_error error;
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);

    for (size_t i = 0; i < count; i++) {
        prove(types[i], buffer, &error);
        prove(types[i], NULL, NULL);
    }
    return 0;
}
