/* SPDX-License-Identifier: Apache-2.0
 *
 * A type of the tests' own with every kind of row, and a value of it in which every pointer is set.
 */
#ifndef RDPESC_TESTS_SAMPLE_H
#define RDPESC_TESTS_SAMPLE_H

#include "ndr.h"

struct sample_inner {
    uint32_t number;
    struct ndr_bytes bytes;
};
struct sample_array {
    const struct sample_inner *at;
    uint32_t len;
};
struct sample {
    uint32_t small;
    uint8_t fixed[5];
    struct ndr_bytes bytes;
    struct ndr_bytes query;
    struct ndr_bytes narrow;
    struct ndr_bytes wide;
    struct sample_inner inside;
    const struct sample_inner *pointer;
    struct sample_array array;
};

#define SAMPLE_SMALL_MAX    9
#define SAMPLE_BYTES_MAX    8
#define SAMPLE_ELEMENTS_MAX 3

static const struct ndr_row sample_inner_rows[] = {
    { "number", NULL, NULL, UINT32_MAX, offsetof(struct sample_inner, number), NDR_U32, 0, 0 },
    { "bytes", "cb", NULL, SAMPLE_BYTES_MAX, offsetof(struct sample_inner, bytes), NDR_BYTES,
      NDR_SECRET, 0 },
};
static const struct ndr_type sample_inner_type = {
    "inner", "0", sample_inner_rows, 2, sizeof(struct sample_inner), 12
};
static const struct ndr_row sample_rows[] = {
    { "small", NULL, NULL, SAMPLE_SMALL_MAX, offsetof(struct sample, small), NDR_U32, 0, 0 },
    { "fixed", NULL, NULL, 5, offsetof(struct sample, fixed), NDR_FIXED, 0, 0 },
    { "bytes", "cbBytes", NULL, SAMPLE_BYTES_MAX, offsetof(struct sample, bytes), NDR_BYTES, 0, 0 },
    { "query", "cbQuery", NULL, SAMPLE_BYTES_MAX, offsetof(struct sample, query), NDR_BYTES,
      NDR_LENGTH_ONLY, 0 },
    { "narrow", NULL, NULL, 0, offsetof(struct sample, narrow), NDR_STRING, 0, 1 },
    { "wide", NULL, NULL, 0, offsetof(struct sample, wide), NDR_STRING, 0, 2 },
    { "inside", NULL, &sample_inner_type, 0, offsetof(struct sample, inside), NDR_STRUCT, 0, 0 },
    { "pointer", NULL, &sample_inner_type, 0, offsetof(struct sample, pointer), NDR_POINTER, 0, 0 },
    { "array", "cArray", &sample_inner_type, SAMPLE_ELEMENTS_MAX, offsetof(struct sample, array),
      NDR_ARRAY, 0, 0 },
};
static const struct ndr_type sample_type = { "sample", "0", sample_rows, 9, sizeof(struct sample),
                                             57 };

static const struct sample_inner sample_pointed = { 7, { (const uint8_t *)"seven", 5 } };
static const struct sample_inner sample_elements[2] = { { 1, { (const uint8_t *)"one", 3 } },
                                                        { 2, { (const uint8_t *)"", 0 } } };

static inline struct sample sample_full(void)
{
    return (struct sample){ .small = 5,
                            .fixed = { 1, 2, 3, 4, 5 },
                            .bytes = { (const uint8_t *)"bytes", 5 },
                            .query = { NULL, 6 },
                            .narrow = { (const uint8_t *)"abc", 3 },
                            .wide = { (const uint8_t *)"A\0b\0C", 6 },
                            .inside = { 3, { (const uint8_t *)"in", 2 } },
                            .pointer = &sample_pointed,
                            .array = { sample_elements, 2 } };
}

/* A type that holds itself by pointer: as deep as its value. */
struct sample_node {
    const struct sample_node *next;
};
static const struct ndr_type sample_node_type;
static const struct ndr_row sample_node_rows[] = {
    { "next", NULL, &sample_node_type, 0, offsetof(struct sample_node, next), NDR_POINTER, 0, 0 },
};
static const struct ndr_type sample_node_type = {
    "node", "0", sample_node_rows, 1, sizeof(struct sample_node), 4
};

#endif
