/* SPDX-License-Identifier: Apache-2.0
 *
 * The device of type smart card that FreeRDP's rdpdr channel announces: its IRPs go into a replay
 * engine over pcsc-lite.
 */
#ifndef RDPESC_PLUGIN_DEVICE_H
#define RDPESC_PLUGIN_DEVICE_H

#include "freerdp_compat.h"

/* Makes one device for one connection and registers it; FreeRDP frees it through its Free.
 * CHANNEL_RC_OK, or CHANNEL_RC_NO_MEMORY, or what RegisterDevice says. */
UINT plugin_device_register(PDEVICE_SERVICE_ENTRY_POINTS entry_points);

#endif
