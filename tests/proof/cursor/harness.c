/* SPDX-License-Identifier: Apache-2.0
 *
 * Every function of cursor.c under its contract.
 */
#include "contracts.h"

#include "cursor.c"
