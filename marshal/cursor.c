/* SPDX-License-Identifier: Apache-2.0 */
#include "cursor.h"

#include <string.h>

struct ndr_reader ndr_reader_over(struct ndr_bytes bytes)
{
    if (!bytes.data)
        return (struct ndr_reader){ NULL, 0, 0 };
    return (struct ndr_reader){ bytes.data + bytes.len, bytes.len, 0 };
}

bool ndr_reader_is_valid(const struct ndr_reader *reader)
{
    return reader && (reader->end || reader->left == 0);
}

bool ndr_read_u8(struct ndr_reader *reader, uint8_t *value)
{
    const uint8_t *octet;

    if (!ndr_read_view(reader, 1, &octet))
        return false;
    *value = *octet;
    return true;
}

bool ndr_read_u16(struct ndr_reader *reader, uint16_t *value)
{
    const uint8_t *octets;

    if (!ndr_read_view(reader, 2, &octets))
        return false;
    *value = (uint16_t)((uint32_t)octets[0] | (uint32_t)octets[1] << 8);
    return true;
}

void ndr_read_align(struct ndr_reader *reader)
{
    size_t left = reader->left;
    size_t gap = (4 - reader->at % 4) % 4;
    size_t step = gap < left ? gap : left;

    reader->left = left - step;
    reader->at += step;
}

bool ndr_writer_is_valid(const struct ndr_writer *writer)
{
    return writer && (!writer->data || writer->at <= writer->capacity);
}

static bool has_room(const struct ndr_writer *writer, size_t len)
{
    if (!writer->data)
        return len <= SIZE_MAX - writer->at;
    return len <= writer->capacity - writer->at;
}

bool ndr_write_bytes(struct ndr_writer *writer, const uint8_t *bytes, size_t len)
{
    if (!has_room(writer, len))
        return false;
    if (writer->data && len)
        memcpy(writer->data + writer->at, bytes, len);
    writer->at += len;
    return true;
}

bool ndr_write_zeroes(struct ndr_writer *writer, size_t len)
{
    if (!has_room(writer, len))
        return false;
    if (writer->data && len)
        memset(writer->data + writer->at, 0, len);
    writer->at += len;
    return true;
}

bool ndr_write_u16(struct ndr_writer *writer, uint16_t value)
{
    const uint8_t octets[2] = { (uint8_t)value, (uint8_t)(value >> 8) };

    return ndr_write_bytes(writer, octets, sizeof octets);
}

bool ndr_write_u32(struct ndr_writer *writer, uint32_t value)
{
    const uint8_t octets[4] = { (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                                (uint8_t)(value >> 24) };

    return ndr_write_bytes(writer, octets, sizeof octets);
}

bool ndr_write_align(struct ndr_writer *writer, size_t boundary)
{
    return ndr_write_zeroes(writer, (boundary - writer->at % boundary) % boundary);
}
