/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static bool map(struct replay_block *block, size_t size)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED)
        return false;
    /* Where the kernel cannot do this the block is still good for its purpose. */
    (void)madvise(at, size, MADV_DONTDUMP);
    *block = (struct replay_block){ at, size, true };
    return true;
}

bool replay_block_take(struct replay_block *block, size_t size, bool secret)
{
    *block = (struct replay_block){ NULL, 0, false };
    size = size ? size : 1;
    if (secret)
        return map(block, size);
    block->at = calloc(1, size);
    if (!block->at)
        return false;
    block->size = size;
    return true;
}

void replay_block_give(struct replay_block *block, size_t used)
{
    struct replay_block given = *block;

    *block = (struct replay_block){ NULL, 0, false };
    if (!given.at)
        return;
    explicit_bzero(given.at, used < given.size ? used : given.size);
    if (given.secret)
        (void)munmap(given.at, given.size);
    else
        free(given.at);
}
