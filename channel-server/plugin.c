/* SPDX-License-Identifier: Apache-2.0
 *
 * The two doors by which FreeRDP comes in. A stock client opens the first with /vc:rdpesc, where we
 * offer ourselves for the smart card device that /smartcard asks for; a client without smart card
 * code of its own opens the second by itself.
 */
#include <string.h>

#include "plugin_device.h"
#include "plugin_log.h"
#include "rm_pcsclite.h"

#define EXPORTED __attribute__((visibility("default")))

EXPORTED UINT DeviceServiceEntry(PDEVICE_SERVICE_ENTRY_POINTS entry_points);
EXPORTED BOOL VCAPITYPE VirtualChannelEntryEx(PCHANNEL_ENTRY_POINTS_EX entry_points,
                                              PVOID init_handle);

UINT DeviceServiceEntry(PDEVICE_SERVICE_ENTRY_POINTS entry_points)
{
    return plugin_device_register(entry_points);
}

/* Who was asked for add-ins before us. FreeRDP has one provider in a process, so one is enough. */
static FREERDP_LOAD_CHANNEL_ADDIN_ENTRY_FN others = freerdp_channels_load_static_addin_entry;

static PVIRTUALCHANNELENTRY provide(LPCSTR name, LPCSTR subsystem, LPCSTR type, DWORD flags)
{
    if (name && type && strcmp(name, "smartcard") == 0 && strcmp(type, "DeviceServiceEntry") == 0)
        return (PVIRTUALCHANNELENTRY)(void *)DeviceServiceEntry;
    return others(name, subsystem, type, flags);
}

/* A client makes FreeRDP forget us with each context that it makes, so each connection offers us
 * anew. */
static BOOL offer(void)
{
    FREERDP_LOAD_CHANNEL_ADDIN_ENTRY_FN before = compat_addin_provider();

    if (before && before != provide)
        others = before;
    return freerdp_register_addin_provider(provide, 0) == CHANNEL_RC_OK;
}

static BOOL has_no_arguments(const ADDIN_ARGV *arguments)
{
    if (!arguments || arguments->argc <= 1)
        return TRUE;
    plugin_log(WLOG_ERROR, "/vc:rdpesc takes no argument, but was given '%s'", arguments->argv[1]);
    return FALSE;
}

BOOL VCAPITYPE VirtualChannelEntryEx(PCHANNEL_ENTRY_POINTS_EX entry_points, PVOID init_handle)
{
    const CHANNEL_ENTRY_POINTS_FREERDP_EX *freerdp =
        (const CHANNEL_ENTRY_POINTS_FREERDP_EX *)(const void *)entry_points;

    (void)init_handle;
    if (entry_points->cbSize < sizeof *freerdp ||
        freerdp->MagicNumber != FREERDP_CHANNEL_MAGIC_NUMBER)
        return FALSE;
    if (!has_no_arguments(freerdp->pExtendedData))
        return FALSE;
    /* Before any thread of this connection has looked into the environment that this sets. */
    (void)rm_pcsclite();
    if (!freerdp_device_collection_find_type(freerdp->context->settings, RDPDR_DTYP_SMARTCARD)) {
        plugin_log(WLOG_WARN, "/smartcard is missing: no smart card will be redirected");
        return TRUE;
    }
    if (!offer())
        return FALSE;
    plugin_log(WLOG_INFO, "rdpesc %s redirects smart cards for FreeRDP %s", RDPESC_VERSION,
               FREERDP_VERSION_FULL);
    return TRUE;
}
