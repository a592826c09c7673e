/* SPDX-License-Identifier: Apache-2.0
 *
 * ndr_dump of every type, with and without secrets, on anything that any_structure.h builds.
 */
#include "any_structure.h"

#include "dump.c"

static void swallow(void *self, const char *text)
{
    (void)self;
    (void)text;
}

int main(void)
{
    const struct ndr_sink sink = { NULL, swallow };
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);

    for (size_t i = 0; i < count; i++) {
        union any_structure in;

        any_of(types[i], &in, 0);
        ndr_dump(types[i], &in, either(), &sink);
    }
    return 0;
}
