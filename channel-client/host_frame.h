/* SPDX-License-Identifier: Apache-2.0
 *
 * What the RDP client's window shows: there is no desktop, so a calm background with a card on it.
 * A few hundred octets of drawing orders in one packet.
 */
#ifndef RDPESC_HOST_FRAME_H
#define RDPESC_HOST_FRAME_H

#include <freerdp/freerdp.h>

/* Peer thread. Draws the whole frame; draws nothing for a client that does not take rectangles. */
void host_frame_draw(rdpContext *context);

#endif
