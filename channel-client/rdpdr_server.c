/* SPDX-License-Identifier: Apache-2.0 */
#include "rdpdr_server.h"

#include "rdpesc.h"

#define PACKET_MAX    128     /* octets of the longest handshake packet that we send */
#define IO_CODES_ALL  0xFFFFu /* ioCode1: what Windows servers offer */
#define EXTENDED_PDUS 0x7u    /* device remove, client display name, user logged on */

bool rdpdr_server_send(struct rdpdr_server *server, struct ndr_bytes pdu)
{
    if (!server->channel->write(server->channel->self, pdu))
        return false;
    *server->bytes_sent += pdu.len;
    return true;
}

static bool send_written(struct rdpdr_server *server, const struct ndr_writer *out)
{
    return rdpdr_server_send(server, (struct ndr_bytes){ out->data, (uint32_t)out->at });
}

static bool send_version(struct rdpdr_server *server, enum rdpdr_packet_id packet)
{
    const struct DR_CORE_VERSION version = { RDPDR_VERSION_MAJOR, RDPDR_VERSION_MINOR,
                                             server->client_id };
    uint8_t octets[PACKET_MAX];
    struct ndr_writer out = { octets, sizeof octets, 0 };

    return rdpdr_write_header(&out, packet) &&
           rdpdr_write(&DR_CORE_VERSION_layout, &out, &version) && send_written(server, &out);
}

static bool send_capabilities(struct rdpdr_server *server)
{
    const struct GENERAL_CAPS_SET general = { .protocolMajorVersion = RDPDR_VERSION_MAJOR,
                                              .protocolMinorVersion = RDPDR_VERSION_MINOR,
                                              .ioCode1 = IO_CODES_ALL,
                                              .extendedPDU = EXTENDED_PDUS };
    uint8_t octets[PACKET_MAX];
    struct ndr_writer out = { octets, sizeof octets, 0 };

    return rdpdr_write_capabilities(&out, RDPDR_SERVER_CAPABILITY, &general) &&
           send_written(server, &out);
}

static bool send_device_reply(struct rdpdr_server *server, uint32_t device_id, uint32_t result)
{
    const struct DR_DEVICE_REPLY reply = { device_id, result };
    uint8_t octets[PACKET_MAX];
    struct ndr_writer out = { octets, sizeof octets, 0 };

    return rdpdr_write_header(&out, RDPDR_DEVICE_REPLY) &&
           rdpdr_write(&DR_DEVICE_REPLY_layout, &out, &reply) && send_written(server, &out);
}

bool rdpdr_server_start(struct rdpdr_server *server, const struct session_channel *channel,
                        uint64_t *bytes_sent, uint32_t client_id)
{
    *server = (struct rdpdr_server){ .channel = channel,
                                     .bytes_sent = bytes_sent,
                                     .client_id = client_id };
    return send_version(server, RDPDR_SERVER_ANNOUNCE);
}

/* Another version or id than ours is the client's choice; only what it names later is used. */
static enum ndr_status take_announce_reply(struct rdpdr_server *server, struct ndr_reader *in,
                                           struct ndr_error *error)
{
    struct DR_CORE_VERSION version;
    enum ndr_status status = rdpdr_read(&DR_CORE_VERSION_layout, in, &version, error);

    if (status == NDR_OK)
        server->client_id = version.ClientId;
    return status;
}

/* The name goes into logs and status lines: printable ASCII, anything else a question mark. */
static void keep_name(struct rdpdr_server *server, struct ndr_bytes name, bool unicode)
{
    uint32_t unit = unicode ? 2 : 1;
    size_t at = 0;

    for (uint32_t i = 0; i + unit <= name.len && at + 1 < sizeof server->name; i += unit) {
        bool plain = name.data[i] >= ' ' && name.data[i] <= '~' && (!unicode || !name.data[i + 1]);

        server->name[at++] = plain ? (char)name.data[i] : '?';
    }
    server->name[at] = '\0';
}

static enum ndr_status take_client_name(struct rdpdr_server *server, struct ndr_reader *in,
                                        struct ndr_error *error)
{
    struct ndr_bytes name;
    bool unicode;
    enum ndr_status status = rdpdr_read_client_name(in, &name, &unicode, error);

    if (status != NDR_OK)
        return status;
    keep_name(server, name, unicode);
    if (server->named)
        return NDR_OK;
    server->named = true;
    if (!send_capabilities(server) || !send_version(server, RDPDR_CLIENTID_CONFIRM))
        return NDR_NO_SPACE;
    return NDR_OK;
}

static enum ndr_status take_device(struct rdpdr_server *server, struct ndr_reader *in,
                                   struct ndr_error *error)
{
    struct DEVICE_ANNOUNCE device;
    struct ndr_bytes data;
    enum ndr_status status = rdpdr_read_device(in, &device, &data, error);
    bool wanted = device.DeviceType == RDPDR_DTYP_SMART_CARD && !server->has_device;

    if (status != NDR_OK)
        return status;
    if (!send_device_reply(server, device.DeviceId,
                           wanted ? RDPESC_STATUS_SUCCESS : RDPESC_STATUS_NOT_SUPPORTED))
        return NDR_NO_SPACE;
    if (wanted) {
        server->device_id = device.DeviceId;
        server->has_device = true;
    }
    return NDR_OK;
}

static enum ndr_status take_device_list(struct rdpdr_server *server, struct ndr_reader *in,
                                        struct ndr_error *error)
{
    struct DR_DEVICELIST list;
    enum ndr_status status = rdpdr_read(&DR_DEVICELIST_layout, in, &list, error);

    for (uint32_t i = 0; status == NDR_OK && i < list.DeviceCount; i++)
        status = take_device(server, in, error);
    if (status == NDR_OK)
        server->has_device_list = true;
    return status;
}

static enum ndr_status take_device_remove(struct rdpdr_server *server, struct ndr_reader *in,
                                          struct ndr_error *error)
{
    struct DR_DEVICELIST list;
    uint32_t device_id;
    enum ndr_status status = rdpdr_read(&DR_DEVICELIST_layout, in, &list, error);

    for (uint32_t i = 0; status == NDR_OK && i < list.DeviceCount; i++) {
        if (!ndr_read_u32(in, &device_id)) {
            if (error)
                *error = (struct ndr_error){ NDR_TRUNCATED, (uint32_t)in->at, "DeviceIds" };
            return NDR_TRUNCATED;
        }
        if (server->has_device && device_id == server->device_id)
            server->has_device = false;
    }
    return status;
}

enum ndr_status rdpdr_server_receive(struct rdpdr_server *server, uint16_t packet_id,
                                     struct ndr_reader *in, struct ndr_error *error)
{
    struct rdpdr_capabilities capabilities;

    switch (packet_id) {
    case RDPDR_CLIENTID_CONFIRM: return take_announce_reply(server, in, error);
    case RDPDR_CLIENT_NAME: return take_client_name(server, in, error);
    case RDPDR_CLIENT_CAPABILITY: return rdpdr_read_capabilities(in, &capabilities, error);
    case RDPDR_DEVICELIST_ANNOUNCE: return take_device_list(server, in, error);
    case RDPDR_DEVICELIST_REMOVE: return take_device_remove(server, in, error);
    default: return NDR_OK;
    }
}
