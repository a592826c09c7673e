/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads one file of tests/vectors: the header keys that tests need, the expected values and the
 * octets.
 */
#ifndef RDPESC_TESTS_VECTOR_H
#define RDPESC_TESTS_VECTOR_H

#include "rdpesc.h"

#define VECTOR_OCTETS_MAX (1u << 18)
#define VECTOR_TEXT_MAX   (1u << 18)

struct vector {
    char path[512];
    char layer[16];                      /* ndr, rpce, pdu, channel */
    char verdict[16];                    /* ok, accept, reject */
    bool is_return;                      /* direction: return */
    const struct rdpesc_call_info *call; /* by iocode; NULL for others */
    char values[VECTOR_TEXT_MAX]; /* the "# > " lines without the multistring notes in them */
    uint8_t octets[VECTOR_OCTETS_MAX];
    uint32_t length;
};

/* False: the file cannot be read or holds more than there is room for. */
bool vector_read(struct vector *vector, const char *path);

/* Calls run for every vector in the folder, its subfolders included; returns how many there were.
 */
size_t vectors_each(const char *folder, void (*run)(struct vector *vector));

#endif
