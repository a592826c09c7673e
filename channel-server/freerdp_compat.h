/* SPDX-License-Identifier: Apache-2.0
 *
 * What differs between FreeRDP 2 and FreeRDP 3, so that the plug-in's source is one. Includes all
 * of FreeRDP that it needs.
 */
#ifndef RDPESC_FREERDP_COMPAT_H
#define RDPESC_FREERDP_COMPAT_H

/* First: headers of WinPR 2 use FILE without it. */
#include <stdio.h>
#include <string.h>

#include <freerdp/addin.h>
#include <freerdp/channels/rdpdr.h>
#include <freerdp/client/channels.h>
#include <freerdp/freerdp.h>
#include <freerdp/settings.h>
#include <freerdp/svc.h>
#include <freerdp/version.h>
#include <winpr/stream.h>
#include <winpr/wlog.h>

/* Unsigned in FreeRDP 2, signed from 3.11 on. */
#define COMPAT_SET_IO_STATUS(irp, status)                                                          \
    do {                                                                                           \
        uint32_t compat_status = (status);                                                         \
        memcpy(&(irp)->IoStatus, &compat_status, sizeof compat_status);                            \
    } while (0)

/* Whoever is asked for add-ins now. FreeRDP 2 cannot tell; it is always this one there. */
static inline FREERDP_LOAD_CHANNEL_ADDIN_ENTRY_FN compat_addin_provider(void)
{
#if FREERDP_VERSION_MAJOR >= 3
    return freerdp_get_current_addin_provider();
#else
    return freerdp_channels_load_static_addin_entry;
#endif
}

#endif
