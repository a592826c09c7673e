/* SPDX-License-Identifier: Apache-2.0
 *
 * Where pcsc-lite has other values than MS-RDPESC, one function a value. Pure. "Native" is
 * pcsc-lite's.
 */
#ifndef RDPESC_RM_PCSCLITE_VALUES_H
#define RDPESC_RM_PCSCLITE_VALUES_H

#include "resource_manager.h"

/* A return code; those above 32 bits by sign extension are cut. */
scard_code pcsclite_code(long native);

/* The same for Control and attributes, where pcsc-lite's SCARD_E_UNEXPECTED is its
 * SCARD_E_UNSUPPORTED_FEATURE. */
scard_code pcsclite_code_of_feature(long native);

/* dwPreferredProtocols, dwProtocol of a PCI: RAW has another number, and there is no DEFAULT. */
unsigned long pcsclite_protocol_to_native(uint32_t protocol);
uint32_t pcsclite_protocol(unsigned long native);

/* dwState of State and Status: the highest bit that is set becomes a number; the event count above
 * is left out. */
uint32_t pcsclite_card_state(unsigned long native);

/* Control codes of device type 0x31: CTL_CODE(0x31, n, 0, 0) is 0x42000000 + n there. Others stay.
 */
unsigned long pcsclite_control_to_native(uint32_t code);

/* True for the code, native or not, that asks for the features of a reader. */
bool pcsclite_asks_features(uint32_t code);

/* Control codes in the answer to it, in place: what pcsclite_control_to_native will turn round
 * again. Codes of the driver's own stay, and so does an answer that is no list of features. */
void pcsclite_features(struct rm_buffer *features);

#endif
