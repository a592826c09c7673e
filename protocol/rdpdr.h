/* SPDX-License-Identifier: Apache-2.0
 *
 * RDPDR framing, [MS-RDPEFS] 2.2: the packets that carry smart card calls and the handshake before
 * them. Each packet's fixed part is described once, as rows of numbers; what varies in length
 * behind it is read by the small functions below.
 *
 *     struct ndr_reader in;
 *     if (rdpdr_open(pdu, &in, &header, &error) == NDR_OK && header.PacketId == RDPDR_DEVICE_REPLY)
 *         status = rdpdr_read(&DR_DEVICE_REPLY_layout, &in, &reply, &error);
 *
 * Pure: allocates nothing, keeps nothing. Views live as long as the packet. Reading never passes
 * the packet's end: NDR_TRUNCATED with the field that did not fit. Not here: who answers what
 * (channel-client/rdpdr_server.h), chunks of the virtual channel.
 */
#ifndef RDPESC_RDPDR_H
#define RDPESC_RDPDR_H

#include "cursor.h"

#define RDPDR_CTYP_CORE 0x4472u
#define RDPDR_CTYP_PRN  0x5052u

/* Every packet of component CORE: name, PacketId, section. */
#define RDPDR_PACKETS(P)                                                                           \
    P(SERVER_ANNOUNCE, 0x496E, "2.2.2.2")                                                          \
    P(CLIENTID_CONFIRM, 0x4343, "2.2.2.3, 2.2.2.6") /* Announce Reply and Client ID Confirm */     \
    P(CLIENT_NAME, 0x434E, "2.2.2.4")                                                              \
    P(SERVER_CAPABILITY, 0x5350, "2.2.2.7")                                                        \
    P(CLIENT_CAPABILITY, 0x4350, "2.2.2.8")                                                        \
    P(DEVICELIST_ANNOUNCE, 0x4441, "2.2.2.9")                                                      \
    P(DEVICE_REPLY, 0x6472, "2.2.2.1")                                                             \
    P(DEVICELIST_REMOVE, 0x444D, "2.2.3.2")                                                        \
    P(USER_LOGGEDON, 0x554C, "2.2.2.5")                                                            \
    P(DEVICE_IOREQUEST, 0x4952, "2.2.1.4")                                                         \
    P(DEVICE_IOCOMPLETION, 0x4943, "2.2.1.5")

enum rdpdr_packet_id {
#define RDPDR_PACKET_ID(name, id, section) RDPDR_##name = id,
    RDPDR_PACKETS(RDPDR_PACKET_ID)
#undef RDPDR_PACKET_ID
};

enum rdpdr_capability_type {
    RDPDR_CAP_GENERAL = 1,
    RDPDR_CAP_PRINTER = 2,
    RDPDR_CAP_PORT = 3,
    RDPDR_CAP_DRIVE = 4,
    RDPDR_CAP_SMARTCARD = 5
};

#define RDPDR_DTYP_FILE_SYSTEM      0x08u
#define RDPDR_DTYP_SMART_CARD       0x20u
#define RDPDR_IRP_MJ_DEVICE_CONTROL 0x0Eu
#define RDPDR_VERSION_MAJOR         1u
#define RDPDR_VERSION_MINOR         0x000Du /* Windows 10 1607 and later */

/* clang-format off */
#define RDPDR_HEADER_FIELDS(X, M)              X(M, U16, Component) X(M, U16, PacketId)
/* Server Announce 2.2.2.2, Client Announce Reply 2.2.2.3, Server Client ID Confirm 2.2.2.6 */
#define DR_CORE_VERSION_FIELDS(X, M)           X(M, U16, VersionMajor) X(M, U16, VersionMinor) X(M, U32, ClientId)
#define DR_CORE_CLIENT_NAME_FIELDS(X, M)       X(M, U32, UnicodeFlag) X(M, U32, CodePage) X(M, U32, ComputerNameLen)
#define DR_CORE_CAPABILITY_FIELDS(X, M)        X(M, U16, numCapabilities) X(M, U16, Padding)
#define CAPABILITY_HEADER_FIELDS(X, M)         X(M, U16, CapabilityType) X(M, U16, CapabilityLength) X(M, U32, Version)
#define GENERAL_CAPS_SET_FIELDS(X, M)          X(M, U32, osType) X(M, U32, osVersion) X(M, U16, protocolMajorVersion) \
                                               X(M, U16, protocolMinorVersion) X(M, U32, ioCode1) X(M, U32, ioCode2) \
                                               X(M, U32, extendedPDU) X(M, U32, extraFlags1) X(M, U32, extraFlags2)
#define GENERAL_CAPS_SET_2_FIELDS(X, M)        X(M, U32, SpecialTypeDeviceCap) /* behind, in version 2 */
#define DR_DEVICELIST_REMOVE_FIELDS(X, M)      X(M, U32, DeviceId) /* DeviceCount times */
#define DR_DEVICELIST_FIELDS(X, M)             X(M, U32, DeviceCount)
#define DEVICE_ANNOUNCE_FIELDS(X, M)           X(M, U32, DeviceType) X(M, U32, DeviceId) X(M, NAM, PreferredDosName) \
                                               X(M, U32, DeviceDataLength)
#define DR_DEVICE_REPLY_FIELDS(X, M)           X(M, U32, DeviceId) X(M, U32, ResultCode)
#define DR_DEVICE_IOREQUEST_FIELDS(X, M)       X(M, U32, DeviceId) X(M, U32, FileId) X(M, U32, CompletionId) \
                                               X(M, U32, MajorFunction) X(M, U32, MinorFunction)
#define DR_CONTROL_REQ_FIELDS(X, M)            X(M, U32, OutputBufferLength) X(M, U32, InputBufferLength) \
                                               X(M, U32, IoControlCode)
#define DR_DEVICE_IOCOMPLETION_FIELDS(X, M)    X(M, U32, DeviceId) X(M, U32, CompletionId) X(M, U32, IoStatus)
#define DR_CONTROL_RSP_FIELDS(X, M)            X(M, U32, OutputBufferLength)

#define RDPDR_LAYOUTS(L)                                                                              \
    L(RDPDR_HEADER, "2.2.1.1") L(DR_CORE_VERSION, "2.2.2.2") L(DR_CORE_CLIENT_NAME, "2.2.2.4")        \
    L(DR_CORE_CAPABILITY, "2.2.2.7") L(CAPABILITY_HEADER, "2.2.1.2") L(GENERAL_CAPS_SET, "2.2.2.7.1") \
    L(DR_DEVICELIST, "2.2.2.9") L(DEVICE_ANNOUNCE, "2.2.1.3") L(DR_DEVICE_REPLY, "2.2.2.1")           \
    L(DR_DEVICE_IOREQUEST, "2.2.1.4") L(DR_CONTROL_REQ, "2.2.1.4.5")                                  \
    L(DR_DEVICE_IOCOMPLETION, "2.2.1.5") L(DR_CONTROL_RSP, "2.2.1.5.5")                                \
    L(GENERAL_CAPS_SET_2, "2.2.2.7.1") L(DR_DEVICELIST_REMOVE, "2.2.3.2")
/* clang-format on */

#define RDPDR_NAME_OCTETS     8  /* PreferredDosName */
#define RDPDR_CONTROL_PADDING 20 /* between DR_CONTROL_REQ's numbers and its InputBuffer */

/* The C structures: struct DR_DEVICE_REPLY and so on. */
#define RDPDR_MEMBER(M, kind, field) RDPDR_MEMBER_##kind(field)
#define RDPDR_MEMBER_U16(field)      uint16_t field;
#define RDPDR_MEMBER_U32(field)      uint32_t field;
#define RDPDR_MEMBER_NAM(field)      uint8_t field[RDPDR_NAME_OCTETS];
#define RDPDR_DEFINE_STRUCT(Layout, section)                                                       \
    struct Layout {                                                                                \
        Layout##_FIELDS(RDPDR_MEMBER, Layout)                                                      \
    };
RDPDR_LAYOUTS(RDPDR_DEFINE_STRUCT)
#undef RDPDR_DEFINE_STRUCT

/* One fixed part as a table. */
struct rdpdr_row {
    const char *name;
    uint16_t offset; /* in the C structure */
    uint16_t octets; /* 2 or 4: a number; 8: a name */
};
struct rdpdr_layout {
    const char *name;
    const char *section; /* of [MS-RDPEFS] */
    const struct rdpdr_row *rows;
    uint16_t row_count;
    uint16_t size; /* sizeof of the C structure */
};
#define RDPDR_DECLARE_LAYOUT(Layout, section) extern const struct rdpdr_layout Layout##_layout;
RDPDR_LAYOUTS(RDPDR_DECLARE_LAYOUT)
#undef RDPDR_DECLARE_LAYOUT

/* All fixed parts in the order of RDPDR_LAYOUTS; *count is their number. */
const struct rdpdr_layout *const *rdpdr_layouts(size_t *count);

/* Starts to read a packet: its header, and a reader that stands behind it. */
NDR_NODISCARD enum ndr_status rdpdr_open(struct ndr_bytes pdu, struct ndr_reader *in,
                                         struct RDPDR_HEADER *header, struct ndr_error *error);
/* Reads a fixed part into *out, zeroed on failure. */
NDR_NODISCARD enum ndr_status rdpdr_read(const struct rdpdr_layout *layout, struct ndr_reader *in,
                                         void *out, struct ndr_error *error);
/* Writes a fixed part; false: no room, then nothing more should be written. */
NDR_NODISCARD bool rdpdr_write(const struct rdpdr_layout *layout, struct ndr_writer *out,
                               const void *in);
/* Writes a packet's header. */
NDR_NODISCARD bool rdpdr_write_header(struct ndr_writer *out, enum rdpdr_packet_id packet);

/* Client Name Request, 2.2.2.4. *name is its text without NUL; *unicode tells UTF-16LE from ASCII.
 */
NDR_NODISCARD enum ndr_status rdpdr_read_client_name(struct ndr_reader *in, struct ndr_bytes *name,
                                                     bool *unicode, struct ndr_error *error);

/* What the capability sets of a request or response say, 2.2.2.7 and 2.2.2.8. Unknown sets are
 * skipped by their length. */
struct rdpdr_capabilities {
    bool has_general;
    bool has_smartcard;
    struct GENERAL_CAPS_SET general;
};
/* Errors: NDR_TRUNCATED, NDR_HEADER (a set shorter than its own header or than its layout). */
NDR_NODISCARD enum ndr_status rdpdr_read_capabilities(struct ndr_reader *in,
                                                      struct rdpdr_capabilities *capabilities,
                                                      struct ndr_error *error);
/* Writes Server Core Capability Request: general and smart card sets, header included. */
NDR_NODISCARD bool rdpdr_write_capabilities(struct ndr_writer *out, enum rdpdr_packet_id packet,
                                            const struct GENERAL_CAPS_SET *general);

/* The next DEVICE_ANNOUNCE of a device list, whose DeviceCount was read before; *data is its
 * DeviceData. */
NDR_NODISCARD enum ndr_status rdpdr_read_device(struct ndr_reader *in,
                                                struct DEVICE_ANNOUNCE *device,
                                                struct ndr_bytes *data, struct ndr_error *error);

/* DR_CONTROL_REQ behind a DR_DEVICE_IOREQUEST: numbers, padding, InputBuffer. */
NDR_NODISCARD enum ndr_status rdpdr_read_control_request(struct ndr_reader *in,
                                                         struct DR_CONTROL_REQ *request,
                                                         struct ndr_bytes *input,
                                                         struct ndr_error *error);
/* Everything of a control request in front of its InputBuffer, header included. MajorFunction is
 * set here. */
NDR_NODISCARD bool rdpdr_write_control_request(struct ndr_writer *out,
                                               const struct DR_DEVICE_IOREQUEST *io,
                                               const struct DR_CONTROL_REQ *request);
/* Octets that rdpdr_write_control_request writes. */
#define RDPDR_CONTROL_REQUEST_OCTETS 56

/* DR_CONTROL_RSP behind a DR_DEVICE_IOCOMPLETION: OutputBufferLength and as many octets; what
 * follows is ignored. */
NDR_NODISCARD enum ndr_status rdpdr_read_control_response(struct ndr_reader *in,
                                                          struct ndr_bytes *output,
                                                          struct ndr_error *error);

#endif
