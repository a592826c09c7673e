/* SPDX-License-Identifier: Apache-2.0
 *
 * ndr_equal of every type, on any two structures that any_structure.h builds.
 */
#include "any_structure.h"

#include "equal.c"

int main(void)
{
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);

    for (size_t i = 0; i < count; i++) {
        union any_structure a;
        union any_structure b;

        any_of(types[i], &a, 0);
        any_of(types[i], &b, 1);
        (void)ndr_equal(types[i], &a, &b);
    }
    return 0;
}
