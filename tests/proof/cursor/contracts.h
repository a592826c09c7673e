/* SPDX-License-Identifier: Apache-2.0
 *
 * What the cursor promises, for WP: over a good reader or writer, with any length and any value, no
 * access leaves what the reader or writer stands on, it stays good, and on failure nothing moves.
 * The sizes have no bound but that of memory.
 */
#ifndef RDPESC_PROOF_CONTRACTS_H
#define RDPESC_PROOF_CONTRACTS_H

#include "cursor.h"

/* clang-format off */

/*@ predicate octets_left(struct ndr_reader *r) =
      r->end == \null ? r->left == 0
                      : \valid_read(r->end - r->left + (0 .. r->left - 1));
    predicate good_reader(struct ndr_reader *r) = \valid(r) && octets_left(r);

    predicate good_writer(struct ndr_writer *w) =
      \valid(w) &&
      (w->data != \null ==> (w->at <= w->capacity && w->capacity <= 0x7FFFFFFFFFFFFFFF &&
                             \valid(w->data + (0 .. w->capacity - 1)) &&
                             \separated(w, w->data + (0 .. w->capacity - 1))));
*/

/*@ requires bytes.data != \null ==> \valid_read(bytes.data + (0 .. bytes.len - 1));
    assigns \nothing;
    ensures bytes.data != \null ==> \result.end - \result.left == bytes.data;
    ensures \result.left == (bytes.data == \null ? 0 : bytes.len) && \result.at == 0;
*/
struct ndr_reader ndr_reader_over(struct ndr_bytes bytes);

/*@ requires reader == \null || \valid_read(reader);
    assigns \nothing;
    ensures reader == \null ==> !\result;
*/
bool ndr_reader_is_valid(const struct ndr_reader *reader);

/*@ requires writer == \null || \valid_read(writer);
    assigns \nothing;
    ensures writer == \null ==> !\result;
*/
bool ndr_writer_is_valid(const struct ndr_writer *writer);

/*@ requires good_reader(reader);
    assigns \nothing;
    ensures \result == reader->end - reader->left;
*/
static inline const uint8_t *ndr_reader_next(const struct ndr_reader *reader);

/*@ requires good_reader(reader) && \valid(view) && \separated(reader, view);
    assigns reader->left, reader->at, *view;
    ensures good_reader(reader);
    ensures \result ==> *view == \old(reader->end - reader->left) && len <= \old(reader->left);
    ensures \result ==> \valid_read(*view + (0 .. len - 1));
    ensures \result ==> reader->left == \old(reader->left) - len;
    ensures !\result ==> reader->left == \old(reader->left) && reader->at == \old(reader->at);
*/
static inline bool ndr_read_view(struct ndr_reader *reader, size_t len, const uint8_t **view);

/*@ requires good_reader(reader) && \valid(value) && \separated(reader, value);
    assigns reader->left, reader->at, *value;
    ensures good_reader(reader);
    ensures !\result ==> reader->left == \old(reader->left) && *value == \old(*value);
*/
bool ndr_read_u8(struct ndr_reader *reader, uint8_t *value);

/*@ requires good_reader(reader) && \valid(value) && \separated(reader, value);
    assigns reader->left, reader->at, *value;
    ensures good_reader(reader);
    ensures !\result ==> reader->left == \old(reader->left) && *value == \old(*value);
*/
bool ndr_read_u16(struct ndr_reader *reader, uint16_t *value);

/*@ requires good_reader(reader) && \valid(value) && \separated(reader, value);
    assigns reader->left, reader->at, *value;
    ensures good_reader(reader);
    ensures !\result ==> reader->left == \old(reader->left) && *value == \old(*value);
*/
static inline bool ndr_read_u32(struct ndr_reader *reader, uint32_t *value);

/*@ requires good_reader(reader);
    assigns reader->left, reader->at;
    ensures good_reader(reader) && reader->left <= \old(reader->left);
*/
void ndr_read_align(struct ndr_reader *reader);

/*@ requires good_writer(writer);
    assigns \nothing;
    ensures \result && writer->data != \null ==> len <= writer->capacity - writer->at;
*/
static bool has_room(const struct ndr_writer *writer, size_t len);

/*@ requires good_writer(writer);
    requires \valid_read(bytes + (0 .. len - 1)) && \separated(writer, bytes + (0 .. len - 1));
    requires \separated(bytes + (0 .. len - 1), writer->data + (0 .. writer->capacity - 1));
    assigns writer->at, writer->data[0 .. writer->capacity - 1];
    ensures good_writer(writer);
    ensures !\result ==> writer->at == \old(writer->at);
*/
bool ndr_write_bytes(struct ndr_writer *writer, const uint8_t *bytes, size_t len);

/*@ requires good_writer(writer);
    assigns writer->at, writer->data[0 .. writer->capacity - 1];
    ensures good_writer(writer);
    ensures !\result ==> writer->at == \old(writer->at);
*/
bool ndr_write_zeroes(struct ndr_writer *writer, size_t len);

/*@ requires good_writer(writer);
    assigns writer->at, writer->data[0 .. writer->capacity - 1];
    ensures good_writer(writer);
    ensures !\result ==> writer->at == \old(writer->at);
*/
bool ndr_write_u16(struct ndr_writer *writer, uint16_t value);

/*@ requires good_writer(writer);
    assigns writer->at, writer->data[0 .. writer->capacity - 1];
    ensures good_writer(writer);
    ensures !\result ==> writer->at == \old(writer->at);
*/
bool ndr_write_u32(struct ndr_writer *writer, uint32_t value);

/*@ requires good_writer(writer) && boundary > 0;
    assigns writer->at, writer->data[0 .. writer->capacity - 1];
    ensures good_writer(writer);
    ensures !\result ==> writer->at == \old(writer->at);
*/
bool ndr_write_align(struct ndr_writer *writer, size_t boundary);

/* clang-format on */

#endif
