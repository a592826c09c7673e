/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct capture_block {
    struct capture_block *before;
    size_t size;
    max_align_t start[];
};

void *capture_memory_take(struct capture_memory *memory, size_t size)
{
    struct capture_block *block;

    if (size > SIZE_MAX / 2)
        return NULL;
    size = size ? size : 1;
    block = calloc(1, sizeof *block + size);
    if (!block)
        return NULL;
    block->before = memory->last;
    block->size = size;
    memory->last = block;
    return block->start;
}

void capture_memory_free(struct capture_memory *memory)
{
    while (memory->last) {
        struct capture_block *block = memory->last;

        memory->last = block->before;
        explicit_bzero(block->start, block->size);
        free(block);
    }
}
