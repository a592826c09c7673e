/* SPDX-License-Identifier: Apache-2.0
 *
 * NDR as MS-RDPESC needs it: octets in, C structures out, and back. [MS-RPCE] 2.2.6, [C706] 14.
 *
 * A message is described by rows (struct ndr_row), one a field; a small engine walks them to
 * decode, encode, print and compare. The engine knows nothing of smart cards or RDP. It allocates
 * nothing, logs nothing and keeps no state: memory comes from the caller's arena, octets are views
 * into the caller's input, an error names field and offset.
 *
 *     struct ndr_arena arena = { memory, sizeof memory, 0 };
 *     struct Transmit_Call call;
 *     if (ndr_decode(&Transmit_Call_type, object, &call, &arena, &error) != NDR_OK)
 *         report(ndr_status_name(error.status), error.offset, error.field);
 *
 * Not here: RPCE headers (protocol/rpce.h), the messages themselves (protocol/messages.h).
 */
#ifndef RDPESC_NDR_H
#define RDPESC_NDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define NDR_NODISCARD __attribute__((warn_unused_result))
#else
#define NDR_NODISCARD
#endif

/* Deepest nesting of STRUCT, POINTER and ARRAY rows that the engine follows; a test checks every
 * type against it. */
#define NDR_DEPTH_MAX 8

/* A view: octets that somebody else owns. data NULL is an NDR null pointer; data set with len 0 is
 * an empty array. A null pointer may keep a length: the answer to a size query. */
struct ndr_bytes {
    const uint8_t *data;
    uint32_t len; /* octets */
};

/* The untyped form of an ARR member: elements of the row's type, in an arena or in the caller's
 * memory. */
struct ndr_array {
    const void *at;
    uint32_t len; /* elements */
};

enum ndr_status {
    NDR_OK = 0,
    NDR_TRUNCATED,    /* the octets end before the field does */
    NDR_RANGE,        /* a number is above the largest value that its row allows */
    NDR_CONFORMANCE,  /* the array's max_count is not the value of its count field */
    NDR_NULL_POINTER, /* a null pointer where the count says that there is data */
    NDR_OFFSET,       /* a string's offset is not 0 */
    NDR_ACTUAL,       /* a string's actual_count is above its max_count */
    NDR_TERMINATOR,   /* a string does not end in a NUL */
    NDR_NO_ARENA,     /* the arena is too small for the arrays and structures */
    NDR_NO_SPACE,     /* the output buffer is too small */
    NDR_DEPTH,        /* a type is nested deeper than NDR_DEPTH_MAX */
    NDR_HEADER,       /* an RPCE or RDPDR header is not what the specification says */
    NDR_UNKNOWN       /* no such message */
};

/* The first thing that was wrong. field is the specification's name, a constant string. offset is
 * in octets from the start of the view that was given. */
struct ndr_error {
    enum ndr_status status;
    uint32_t offset;
    const char *field;
};

/* Memory for arrays and pointed-to structures, owned by the caller. base must be aligned for any
 * object. Everything taken from it lives until the caller resets used to 0 or gives the memory
 * away. */
struct ndr_arena {
    uint8_t *base;
    size_t size; /* octets */
    size_t used; /* octets */
};

enum ndr_kind {
    NDR_U32,     /* an unsigned number of four octets with a largest value */
    NDR_FIXED,   /* octets inline, no count */
    NDR_BYTES,   /* count, then a unique pointer to a conformant array of octets */
    NDR_STRING,  /* a unique pointer to a conformant varying string with a NUL */
    NDR_STRUCT,  /* a structure inline */
    NDR_POINTER, /* a unique pointer to a structure */
    NDR_ARRAY    /* count, then a unique pointer to a conformant array of structures */
};

enum ndr_flag {
    NDR_SECRET = 1,     /* printed as a length only, unless the caller asks otherwise */
    NDR_LENGTH_ONLY = 2 /* a null pointer may stand behind a count: the answer to a size query */
};

struct ndr_type;

struct ndr_row {
    const char *name;            /* the specification's name of the field */
    const char *count_name;      /* BYTES and ARRAY: the name of the count before it */
    const struct ndr_type *type; /* STRUCT, POINTER, ARRAY: what is inside */
    uint32_t max;    /* U32: largest value; BYTES: octets; ARRAY: elements; FIXED: octets */
    uint16_t offset; /* of the member in the C structure */
    uint8_t kind;    /* enum ndr_kind */
    uint8_t flags;   /* enum ndr_flag, or-ed */
    uint8_t unit;    /* STRING: octets of one character, 1 or 2 */
};

struct ndr_type {
    const char *name;    /* the specification's name of the structure */
    const char *section; /* where [MS-RDPESC] defines it */
    const struct ndr_row *rows;
    uint16_t row_count;
    uint16_t size; /* sizeof of the C structure */
    uint16_t wire; /* octets of the inline part */
};

/* Decodes one object of the given type.
 * wire: the object, without RPCE headers; octets behind it are ignored. out: type->size octets,
 * aligned for the structure. On success *out is filled; its views point into wire and its arrays
 * and structures into arena, so it lives as long as both. Strings are views without their NUL, cut
 * at the first NUL; a string's len is in octets whatever its unit. On failure *out is zeroed,
 * arena->used is what it was, and *error (may be NULL) says what, where and which field:
 * NDR_TRUNCATED, NDR_RANGE, NDR_CONFORMANCE, NDR_NULL_POINTER, NDR_OFFSET, NDR_ACTUAL,
 * NDR_TERMINATOR, NDR_NO_ARENA, NDR_DEPTH. Referent ids, padding and surplus octets are not looked
 * at; a missing tail padding is accepted. */
NDR_NODISCARD enum ndr_status ndr_decode(const struct ndr_type *type, struct ndr_bytes wire,
                                         void *out, struct ndr_arena *arena,
                                         struct ndr_error *error);

/* Encodes one object of the given type, without tail padding.
 * buffer NULL: nothing is written, *length is what it would take. Otherwise at most capacity octets
 * are written. On success *length is the object's size in octets. On failure *length is 0, octets
 * up to capacity are unspecified, and *error (may be NULL) says why: NDR_RANGE (a count above its
 * limit), NDR_NULL_POINTER (NULL data with a count where that has no meaning), NDR_NO_SPACE,
 * NDR_DEPTH. Referents are numbered 0x00020000, 0x00020004 ... in stream order, as Windows does.
 * Padding is zero. Equal input gives equal octets. */
NDR_NODISCARD enum ndr_status ndr_encode(const struct ndr_type *type, const void *in,
                                         uint8_t *buffer, size_t capacity, size_t *length,
                                         struct ndr_error *error);

/* The most arena octets that decoding an object of wire_size octets can take: a caller reserves
 * them once. */
size_t ndr_arena_bound(const struct ndr_type *type, size_t wire_size);

/* The characters of a string, without its NUL, that ndr_size_bound reckons with and that
 * ndr_generate makes at most. MS-RDPESC sets strings no limit, and neither does the engine. */
#define NDR_STRING_CAP 260u

/* The most octets that an object of the type takes, without tail padding: every pointer set, every
 * count at its limit, every string NDR_STRING_CAP characters long. */
size_t ndr_size_bound(const struct ndr_type *type);

/* Takes size octets, aligned for any object and zeroed. NULL when the arena has not that many left.
 */
void *ndr_arena_take(struct ndr_arena *arena, size_t size);

/* True when a and b, both decoded or built for type, hold the same values: views by content,
 * pointers by what they point at. */
bool ndr_equal(const struct ndr_type *type, const void *a, const void *b);

/* Makes up a value of the given type, for tests: *out (type->size octets) is filled and what it
 * points at comes from arena, so that the arena's size bounds the value. It is one that ndr_encode
 * takes. Over many seeds all shapes appear: NULL and not, empty, one, few, odd lengths and the
 * limit of each row, a limit above 64 seldom, and as much of it as the arena has room for.
 * Equal seed, type and room give an equal value. */
void ndr_generate(const struct ndr_type *type, uint64_t seed, void *out, struct ndr_arena *arena);

/* Where text goes: called with pieces of text in order, each NUL-terminated and valid during the
 * call only. */
struct ndr_sink {
    void *self;
    void (*text)(void *self, const char *text);
};

/* Prints a decoded structure, one field a line, nested ones indented by two blanks:
 * "dwScope = 0x2 (2)", "pbContext = [8] 0102030405060708", "szReader = 'Reader 00'", NULL pointers
 * as "None". A structure of nothing but octets (a UUID) prints as these. Rows marked NDR_SECRET
 * print as "[N] (not shown)" unless secrets is true. In strings everything but printable ASCII is
 * escaped, \\xNN for an octet and \\uNNNN for a UTF-16 unit, so a hostile name cannot steer a
 * terminal. */
void ndr_dump(const struct ndr_type *type, const void *in, bool secrets,
              const struct ndr_sink *sink);

/* A short constant name for a status: "ok", "truncated", "out of range" ... never NULL. */
const char *ndr_status_name(enum ndr_status status);

#endif
