/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole RDPDR packets as text or JSON, and from JSON back to octets: the handshake of [MS-RDPEFS]
 * and, inside their carriers, the calls and returns of [MS-RDPESC]. Each packet's shape stands once
 * in packet.c and serves both directions; its fixed parts are the rows of protocol/rdpdr.h.
 */
#ifndef RDPESC_CAPTURE_PACKET_H
#define RDPESC_CAPTURE_PACKET_H

#include "json.h"
#include "rdpesc.h"

/* How to read a packet, and where it goes. */
struct capture_packet {
    const struct rdpesc_call_info *ret; /* whose return a completion carries; NULL: not known */
    bool secrets;                       /* show NDR_SECRET fields and surplus octets */
    json_t *json;                       /* an object that gets the fields, or NULL */
    const struct ndr_sink *text;        /* gets the fields as ndr_dump prints them, or NULL */
};

/* Prints a packet to packet->json and packet->text. On failure both may have got some of it, and
 * *error says what is wrong: NDR_TRUNCATED, NDR_HEADER, NDR_UNKNOWN (a packet of another component,
 * PacketId or IoControlCode than the specifications have) or what rdpesc_decode_call and
 * rdpesc_decode_return say, with offsets counted from the packet's start. A control request
 * without InputBuffer holds no call: whether its device is a smart card, only its DeviceId tells.
 * Neither does a failed completion without OutputBuffer hold a return. */
NDR_NODISCARD enum ndr_status capture_packet_print(const struct capture_packet *packet,
                                                   struct ndr_bytes pdu, struct ndr_error *error);

/* True for a completion that has an OutputBuffer, so that packet->ret is needed to print it. */
bool capture_packet_is_return(struct ndr_bytes pdu);

/* Encodes what capture_packet_print wrote; takes the members out of packet. ret: whose return a
 * completion carries; may be NULL when the JSON names it. The octets live in memory. Lengths and
 * counts may be left out where what they count is there. False: *fault says what is wrong. */
NDR_NODISCARD bool capture_packet_encode(json_t *packet, const struct rdpesc_call_info *ret,
                                         struct capture_memory *memory, struct ndr_bytes *pdu,
                                         struct capture_fault *fault);

#endif
