/* SPDX-License-Identifier: Apache-2.0
 *
 * pcsc-lite as a resource manager: libpcsclite directly, with all values translated to those of
 * MS-RDPESC and back.
 */
#ifndef RDPESC_RM_PCSCLITE_H
#define RDPESC_RM_PCSCLITE_H

#include "resource_manager.h"

/* The one there is; it lives as long as the process and keeps no state. The first call sets
 * PCSCLITE_NO_BLOCKING in the environment, unless it is set, and must come before anything in the
 * process has made a PC/SC context. */
const struct resource_manager *rm_pcsclite(void);

#endif
