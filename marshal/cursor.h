/* SPDX-License-Identifier: Apache-2.0
 *
 * Cursors over octets: little-endian numbers and views, each access checked. Shared by the NDR
 * engine and by RDPDR framing, which has no NDR in it but the same needs. Every function is one
 * check and one step; on failure nothing moves.
 */
#ifndef RDPESC_CURSOR_H
#define RDPESC_CURSOR_H

#include "ndr.h"

/* Reads from octets that somebody else owns. It counts down to their end: a read is inside them
 * when it takes no more than what is left, whatever was read before. */
struct ndr_reader {
    const uint8_t *end;
    size_t left; /* octets in front of end that are not read yet */
    size_t at;   /* octets read */
};

/* Writes into octets that somebody else owns. data NULL: nothing is written, at counts what would
 * be. */
struct ndr_writer {
    uint8_t *data;
    size_t capacity; /* octets; not looked at while data is NULL */
    size_t at;       /* octets written; never above capacity unless data is NULL */
};

struct ndr_reader ndr_reader_over(struct ndr_bytes bytes);
/* Holds before and after every call on a reader. */
bool ndr_reader_is_valid(const struct ndr_reader *reader);
/* Where the next octet to read stands. */
static inline const uint8_t *ndr_reader_next(const struct ndr_reader *reader)
{
    return reader->end - reader->left;
}

/* A view of the next len octets; it lives as long as the reader's data. False: fewer octets are
 * left than asked for; the reader and *view are untouched. Like ndr_read_u32 it stands here to be
 * inlined: the engine spends its time in these two. */
NDR_NODISCARD static inline bool ndr_read_view(struct ndr_reader *reader, size_t len,
                                               const uint8_t **view)
{
    size_t left = reader->left;

    if (len > left || !reader->end)
        return false;
    *view = reader->end - left;
    reader->left = left - len;
    reader->at += len;
    return true;
}

/* Numbers. False: fewer octets are left than asked for; the reader and *value are untouched. */
NDR_NODISCARD bool ndr_read_u8(struct ndr_reader *reader, uint8_t *value);
NDR_NODISCARD bool ndr_read_u16(struct ndr_reader *reader, uint16_t *value);
NDR_NODISCARD static inline bool ndr_read_u32(struct ndr_reader *reader, uint32_t *value)
{
    const uint8_t *octets;

    if (!ndr_read_view(reader, 4, &octets))
        return false;
    *value = (uint32_t)octets[0] | (uint32_t)octets[1] << 8 | (uint32_t)octets[2] << 16 |
             (uint32_t)octets[3] << 24;
    return true;
}

/* Steps to the next multiple of 4, or to the end when that is nearer (a missing padding). */
void ndr_read_align(struct ndr_reader *reader);

/* Holds before and after every call on a writer. */
bool ndr_writer_is_valid(const struct ndr_writer *writer);
/* False: there is no room; the writer and its octets are untouched. */
NDR_NODISCARD bool ndr_write_u16(struct ndr_writer *writer, uint16_t value);
NDR_NODISCARD bool ndr_write_u32(struct ndr_writer *writer, uint32_t value);
NDR_NODISCARD bool ndr_write_bytes(struct ndr_writer *writer, const uint8_t *bytes, size_t len);
NDR_NODISCARD bool ndr_write_zeroes(struct ndr_writer *writer, size_t len);
/* Zeroes up to the next multiple of boundary, a power of two. */
NDR_NODISCARD bool ndr_write_align(struct ndr_writer *writer, size_t boundary);

#endif
