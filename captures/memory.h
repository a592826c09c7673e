/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory for values of unknown number that all go at once: what JSON is read into.
 */
#ifndef RDPESC_CAPTURE_MEMORY_H
#define RDPESC_CAPTURE_MEMORY_H

#include <stddef.h>

struct capture_block;

/* Start with { NULL }. */
struct capture_memory {
    struct capture_block *last;
};

/* size octets, aligned for any object and zeroed, valid until capture_memory_free; at least one
 * octet is taken, so that a pointer to nothing is not NULL. NULL: out of memory. */
void *capture_memory_take(struct capture_memory *memory, size_t size);

/* Wipes and frees everything that was taken. */
void capture_memory_free(struct capture_memory *memory);

#endif
