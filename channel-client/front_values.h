/* SPDX-License-Identifier: Apache-2.0
 *
 * The values that pcsc-lite and [MS-RDPESC] (which has those of Windows) number differently.
 * "remote" is the wire to the client, "local" is the socket to the program. What is not named here
 * is the same on both sides.
 *
 * Control codes that a client names in its answer to GET_FEATURE_REQUEST are values of its own
 * making: they pass unchanged both ways, so that they come back to it as it gave them.
 */
#ifndef RDPESC_FRONT_VALUES_H
#define RDPESC_FRONT_VALUES_H

#include "mirror.h"
#include "pcscd_protocol.h"

/* One protocol or a set of them. RAW is renumbered; T=15 and unknown bits are dropped, [MS-RDPESC]
 * has none. */
uint32_t front_protocols_to_remote(uint32_t local);
uint32_t front_protocols_to_local(uint32_t remote);

/* A ReturnCode. UNSUPPORTED_FEATURE is renumbered, and so is Windows' own ERROR_INVALID_HANDLE. */
uint32_t front_code_to_local(scard_code remote);

/* SCARD_CTL_CODE(n) of pcsc-lite becomes that of Windows; everything else stays. */
uint32_t front_control_to_remote(uint32_t local);

/* Scope: pcsc-lite's own GLOBAL is the system. */
uint32_t front_scope_to_remote(uint32_t local);

/* The array element of a reader: state, sharing, counter, ATR and protocol as pcscd would give
 * them. */
void front_reader_to_local(const struct mirror_reader *remote, struct pcscd_reader *local);

#endif
