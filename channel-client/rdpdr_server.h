/* SPDX-License-Identifier: Apache-2.0
 *
 * The RDPDR server role up to the smart card device, [MS-RDPEFS] 3.3: announce, capabilities,
 * client id, device list. A state machine over packets; the session owns it and sends what it
 * writes. No I/O, no memory of its own.
 *
 *   state      | Announce Reply | Client Name        | Capability | Device List       | Device
 * Remove
 *   -----------+----------------+--------------------+------------+-------------------+--------------
 *   ANNOUNCED  | keep version   | caps, id confirm,  | keep       | reply, maybe      | -
 *              |                | -> NAMED           |            | device            |
 *   NAMED      | keep version   | keep name          | keep       | reply, maybe      | device gone
 *              |                |                    |            | device            |
 *
 * Clients differ in the order of their packets, so each is taken in every state; what is out of
 * turn does no harm.
 */
#ifndef RDPESC_RDPDR_SERVER_H
#define RDPESC_RDPDR_SERVER_H

#include "rdpdr.h"
#include "session.h"

#define RDPDR_SERVER_NAME_MAX 64

struct rdpdr_server {
    const struct session_channel *channel; /* the session's */
    uint64_t *bytes_sent;                  /* the session's counter */
    uint32_t client_id;
    uint32_t device_id;   /* valid while has_device */
    bool has_device;      /* a smart card device is announced and accepted */
    bool has_device_list; /* the client has announced its devices */
    bool named;           /* capabilities and confirm were sent */
    char name[RDPDR_SERVER_NAME_MAX];
};

/* Starts the handshake: sends Server Announce. False: the channel is gone. */
NDR_NODISCARD bool rdpdr_server_start(struct rdpdr_server *server,
                                      const struct session_channel *channel, uint64_t *bytes_sent,
                                      uint32_t client_id);

/* One packet of the handshake, reader behind its header. Packets that are none of it are ignored.
 * NDR_TRUNCATED or NDR_HEADER: the packet is malformed. NDR_NO_SPACE: an answer could not be sent.
 */
NDR_NODISCARD enum ndr_status rdpdr_server_receive(struct rdpdr_server *server, uint16_t packet_id,
                                                   struct ndr_reader *in, struct ndr_error *error);

/* Sends a packet over the channel and counts it. */
NDR_NODISCARD bool rdpdr_server_send(struct rdpdr_server *server, struct ndr_bytes pdu);

#endif
