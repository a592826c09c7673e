/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin_device.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "plugin_log.h"
#include "replay.h"
#include "rm_pcsclite.h"

/* DR_CONTROL_REQ behind the IRP header: OutputBufferLength, InputBufferLength, IoControlCode,
 * padding. [MS-RDPEFS] 2.2.1.4.5 */
#define CONTROL_PADDING 20u
#define CONTROL_HEADER  (3 * 4 + CONTROL_PADDING)

/* Lines about requests that were refused; a hostile session host shall not fill the log. */
#define REFUSALS_TOLD 10u

struct plugin_device {
    DEVICE device; /* first: FreeRDP knows us by it */
    struct replay *replay;
    uint64_t refused; /* requests that were no calls */
};

static struct plugin_device *plugin_of(DEVICE *device)
{
    return (struct plugin_device *)(void *)device;
}

/* ---- from the engine ---- */

static void complete(void *self, void *tag, uint32_t io_status, struct ndr_bytes output)
{
    IRP *irp = tag;

    (void)self;
    if (!Stream_EnsureRemainingCapacity(irp->output, sizeof output.len + output.len)) {
        (void)irp->Discard(irp);
        return;
    }
    COMPAT_SET_IO_STATUS(irp, io_status);
    Stream_Write_UINT32(irp->output, output.len);
    if (output.len)
        Stream_Write(irp->output, output.data, output.len);
    (void)irp->Complete(irp);
}

static void discard(void *self, void *tag)
{
    IRP *irp = tag;

    (void)self;
    (void)irp->Discard(irp);
}

static void notice(void *self, const char *line)
{
    (void)self;
    plugin_log(WLOG_INFO, "%s", line);
}

/* ---- from FreeRDP, on the thread of rdpdr, which must not block; an error would end the whole
 * session ---- */

static uint32_t read_u32(const uint8_t *octets)
{
    return octets[0] | (uint32_t)octets[1] << 8 | (uint32_t)octets[2] << 16 |
           (uint32_t)octets[3] << 24;
}

static void refuse(struct plugin_device *plugin, IRP *irp, uint32_t io_status, const char *reason)
{
    if (++plugin->refused <= REFUSALS_TOLD)
        plugin_log(WLOG_WARN, "refused a request: %s", reason);
    complete(plugin, irp, io_status, (struct ndr_bytes){ NULL, 0 });
}

static UINT request(DEVICE *device, IRP *irp)
{
    struct plugin_device *plugin = plugin_of(device);
    const uint8_t *header = Stream_Pointer(irp->input);
    size_t length = Stream_GetRemainingLength(irp->input);
    uint32_t input_length;

    if (irp->MajorFunction != IRP_MJ_DEVICE_CONTROL) {
        refuse(plugin, irp, RDPESC_STATUS_NOT_SUPPORTED, "not a device control");
        return CHANNEL_RC_OK;
    }
    if (length < CONTROL_HEADER) {
        refuse(plugin, irp, RDPESC_STATUS_UNSUCCESSFUL, "it ends in its header");
        return CHANNEL_RC_OK;
    }
    input_length = read_u32(header + 4);
    if (input_length > length - CONTROL_HEADER) {
        refuse(plugin, irp, RDPESC_STATUS_UNSUCCESSFUL, "InputBufferLength is above what came");
        return CHANNEL_RC_OK;
    }
    replay_submit(plugin->replay, read_u32(header + 8), read_u32(header),
                  (struct ndr_bytes){ header + CONTROL_HEADER, input_length }, irp);
    return CHANNEL_RC_OK;
}

/* Server Announce: the session host starts over. */
static UINT init(DEVICE *device)
{
    replay_reset(plugin_of(device)->replay);
    plugin_log(WLOG_INFO, "smart card device %" PRIu32 " is announced to the session host",
               device->id);
    return CHANNEL_RC_OK;
}

static UINT free_device(DEVICE *device)
{
    struct plugin_device *plugin = plugin_of(device);
    struct replay_counters counters = replay_counters(plugin->replay);

    replay_free(plugin->replay);
    plugin_log(WLOG_INFO, "smart card redirection ends: %" PRIu64 " calls, %" PRIu64 " refused",
               counters.calls, counters.malformed + plugin->refused);
    free(plugin);
    return CHANNEL_RC_OK;
}

static struct plugin_device *new_device(void)
{
    struct replay_options options = { .complete = complete, .discard = discard, .notice = notice };
    struct plugin_device *plugin = calloc(1, sizeof *plugin);

    if (!plugin)
        return NULL;
    plugin->device.type = RDPDR_DTYP_SMARTCARD;
    plugin->device.name = "SCARD";
    plugin->device.IRPRequest = request;
    plugin->device.Init = init;
    plugin->device.Free = free_device;
    options.self = plugin;
    plugin->replay = replay_new(rm_pcsclite(), &options);
    if (plugin->replay)
        return plugin;
    free(plugin);
    return NULL;
}

UINT plugin_device_register(PDEVICE_SERVICE_ENTRY_POINTS entry_points)
{
    struct plugin_device *plugin = new_device();
    UINT error;

    if (!plugin) {
        plugin_log(WLOG_ERROR, "no memory or no thread: smart cards are not redirected");
        return CHANNEL_RC_NO_MEMORY;
    }
    error = entry_points->RegisterDevice(entry_points->devman, &plugin->device);
    if (error != CHANNEL_RC_OK) {
        plugin_log(WLOG_ERROR, "the device is refused by FreeRDP: error %u", error);
        (void)free_device(&plugin->device);
    }
    return error;
}
