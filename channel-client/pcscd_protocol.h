/* SPDX-License-Identifier: Apache-2.0
 *
 * The octets between libpcsclite and pcscd on the UNIX socket, protocol 4:4 to 4:6: commands,
 * structures and limits.
 *
 * A request is a header and a body; a reply is the same body filled in, without a header. Numbers
 * are in the machine's own order. Field names are those of PC/SC, and rv is the return code. Values
 * are pcsc-lite's, which differ here and there from those of [MS-RDPESC]: front_values.h knows
 * both.
 */
#ifndef RDPESC_PCSCD_PROTOCOL_H
#define RDPESC_PCSCD_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#define PCSCD_VERSION_MAJOR        4
#define PCSCD_VERSION_MINOR_FIRST  4 /* pcsc-lite 1.8.24 to 2.2 */
#define PCSCD_VERSION_MINOR_EVENTS 5 /* 2.3: PCSCD_GET_READER_EVENTS */
#define PCSCD_VERSION_MINOR_ARRAY  6 /* 2.5: an array whose length is asked for */
#define PCSCD_VERSION_MINOR_LAST   6

#define PCSCD_READER_NAME_SIZE    128 /* octets with the NUL */
#define PCSCD_ATR_SIZE            33
#define PCSCD_ATTRIBUTE_SIZE      264
#define PCSCD_DATA_MAX            65548 /* octets that follow a Transmit or Control */
#define PCSCD_CONTEXT_HANDLES_MAX 200

enum pcscd_command {
    PCSCD_ESTABLISH_CONTEXT = 0x01,
    PCSCD_RELEASE_CONTEXT = 0x02,
    PCSCD_CONNECT = 0x04,
    PCSCD_RECONNECT = 0x05,
    PCSCD_DISCONNECT = 0x06,
    PCSCD_BEGIN_TRANSACTION = 0x07,
    PCSCD_END_TRANSACTION = 0x08,
    PCSCD_TRANSMIT = 0x09,
    PCSCD_CONTROL = 0x0A,
    PCSCD_STATUS = 0x0B,
    PCSCD_CANCEL = 0x0D,
    PCSCD_GET_ATTRIB = 0x0F,
    PCSCD_SET_ATTRIB = 0x10,
    PCSCD_VERSION = 0x11,
    PCSCD_GET_READERS_STATE = 0x12,
    PCSCD_WAIT_READER_STATE_CHANGE = 0x13,
    PCSCD_STOP_WAITING = 0x14,
    PCSCD_GET_READER_EVENTS = 0x15,
    PCSCD_GET_READERS_STATE_SIZE = 0x16,
    PCSCD_GET_READERS_STATE_ARRAY = 0x17
};

struct pcscd_header {
    uint32_t size; /* octets of the body alone, without the data of a Transmit or Control */
    uint32_t command;
};

struct pcscd_version {
    int32_t major;
    int32_t minor;
    uint32_t rv;
};

struct pcscd_establish {
    uint32_t dwScope;
    uint32_t hContext;
    uint32_t rv;
};

struct pcscd_release {
    uint32_t hContext;
    uint32_t rv;
};

struct pcscd_connect {
    uint32_t hContext;
    char szReader[PCSCD_READER_NAME_SIZE];
    uint32_t dwShareMode;
    uint32_t dwPreferredProtocols;
    int32_t hCard;
    uint32_t dwActiveProtocol;
    uint32_t rv;
};

struct pcscd_reconnect {
    int32_t hCard;
    uint32_t dwShareMode;
    uint32_t dwPreferredProtocols;
    uint32_t dwInitialization;
    uint32_t dwActiveProtocol;
    uint32_t rv;
};

/* Disconnect and EndTransaction. */
struct pcscd_disposition {
    int32_t hCard;
    uint32_t dwDisposition;
    uint32_t rv;
};

/* BeginTransaction and Status. */
struct pcscd_card {
    int32_t hCard;
    uint32_t rv;
};

/* cbSendLength octets follow the request; pcbRecvLength octets follow the reply when rv is 0. */
struct pcscd_transmit {
    int32_t hCard;
    uint32_t ioSendPciProtocol;
    uint32_t ioSendPciLength;
    uint32_t cbSendLength;
    uint32_t ioRecvPciProtocol;
    uint32_t ioRecvPciLength;
    uint32_t pcbRecvLength;
    uint32_t rv;
};

/* cbSendLength octets follow the request; dwBytesReturned octets follow the reply when rv is 0. */
struct pcscd_control {
    int32_t hCard;
    uint32_t dwControlCode;
    uint32_t cbSendLength;
    uint32_t cbRecvLength;
    uint32_t dwBytesReturned;
    uint32_t rv;
};

/* GetAttrib and SetAttrib. */
struct pcscd_attribute {
    int32_t hCard;
    uint32_t dwAttrId;
    uint8_t pbAttr[PCSCD_ATTRIBUTE_SIZE];
    uint32_t cbAttrLen;
    uint32_t rv;
};

struct pcscd_cancel {
    int32_t hContext;
    uint32_t rv;
};

/* The one message that ends a wait: an event, a cancellation or the answer to PCSCD_STOP_WAITING.
 */
struct pcscd_wait {
    uint32_t timeOut;
    uint32_t rv;
};

struct pcscd_reader_events {
    uint32_t readerEvents;
    uint32_t rv;
};

/* One element of the reader array; a free one has an empty name. */
struct pcscd_reader {
    char readerName[PCSCD_READER_NAME_SIZE];
    uint32_t eventCounter;
    uint32_t readerState;  /* PCSCD_STATE_ bits */
    int32_t readerSharing; /* -1: exclusive, 0: nobody, else how many */
    uint8_t cardAtr[PCSCD_ATR_SIZE];
    uint32_t cardAtrLength;
    uint32_t cardProtocol; /* PCSCD_PROTOCOL_ */
};

/* Room for any body. */
union pcscd_body {
    struct pcscd_version version;
    struct pcscd_establish establish;
    struct pcscd_release release;
    struct pcscd_connect connect;
    struct pcscd_reconnect reconnect;
    struct pcscd_disposition disposition;
    struct pcscd_card card;
    struct pcscd_transmit transmit;
    struct pcscd_control control;
    struct pcscd_attribute attribute;
    struct pcscd_cancel cancel;
    struct pcscd_wait wait;
    struct pcscd_reader_events events;
    int32_t count;
};

#define PCSCD_STATE_UNKNOWN    0x01u
#define PCSCD_STATE_ABSENT     0x02u
#define PCSCD_STATE_PRESENT    0x04u
#define PCSCD_STATE_SWALLOWED  0x08u
#define PCSCD_STATE_POWERED    0x10u
#define PCSCD_STATE_NEGOTIABLE 0x20u
#define PCSCD_STATE_SPECIFIC   0x40u

#define PCSCD_PROTOCOL_T0  0x1u
#define PCSCD_PROTOCOL_T1  0x2u
#define PCSCD_PROTOCOL_RAW 0x4u
#define PCSCD_PROTOCOL_T15 0x8u

#define PCSCD_SCOPE_GLOBAL          3u
#define PCSCD_E_UNSUPPORTED_FEATURE 0x8010001Fu

/* Any compiler that lays a structure out differently stops here. */
#define PCSCD_SIZE(type, octets) _Static_assert(sizeof(struct type) == (octets), #type)
#define PCSCD_AT(type, field, octets)                                                              \
    _Static_assert(offsetof(struct type, field) == (octets), #type "." #field)

PCSCD_SIZE(pcscd_header, 8);
PCSCD_AT(pcscd_header, command, 4);
PCSCD_SIZE(pcscd_version, 12);
PCSCD_AT(pcscd_version, minor, 4);
PCSCD_AT(pcscd_version, rv, 8);
PCSCD_SIZE(pcscd_establish, 12);
PCSCD_AT(pcscd_establish, hContext, 4);
PCSCD_AT(pcscd_establish, rv, 8);
PCSCD_SIZE(pcscd_release, 8);
PCSCD_AT(pcscd_release, rv, 4);
PCSCD_SIZE(pcscd_connect, 152);
PCSCD_AT(pcscd_connect, szReader, 4);
PCSCD_AT(pcscd_connect, dwShareMode, 132);
PCSCD_AT(pcscd_connect, dwPreferredProtocols, 136);
PCSCD_AT(pcscd_connect, hCard, 140);
PCSCD_AT(pcscd_connect, dwActiveProtocol, 144);
PCSCD_AT(pcscd_connect, rv, 148);
PCSCD_SIZE(pcscd_reconnect, 24);
PCSCD_AT(pcscd_reconnect, dwShareMode, 4);
PCSCD_AT(pcscd_reconnect, dwPreferredProtocols, 8);
PCSCD_AT(pcscd_reconnect, dwInitialization, 12);
PCSCD_AT(pcscd_reconnect, dwActiveProtocol, 16);
PCSCD_AT(pcscd_reconnect, rv, 20);
PCSCD_SIZE(pcscd_disposition, 12);
PCSCD_AT(pcscd_disposition, dwDisposition, 4);
PCSCD_AT(pcscd_disposition, rv, 8);
PCSCD_SIZE(pcscd_card, 8);
PCSCD_AT(pcscd_card, rv, 4);
PCSCD_SIZE(pcscd_transmit, 32);
PCSCD_AT(pcscd_transmit, ioSendPciProtocol, 4);
PCSCD_AT(pcscd_transmit, ioSendPciLength, 8);
PCSCD_AT(pcscd_transmit, cbSendLength, 12);
PCSCD_AT(pcscd_transmit, ioRecvPciProtocol, 16);
PCSCD_AT(pcscd_transmit, ioRecvPciLength, 20);
PCSCD_AT(pcscd_transmit, pcbRecvLength, 24);
PCSCD_AT(pcscd_transmit, rv, 28);
PCSCD_SIZE(pcscd_control, 24);
PCSCD_AT(pcscd_control, dwControlCode, 4);
PCSCD_AT(pcscd_control, cbSendLength, 8);
PCSCD_AT(pcscd_control, cbRecvLength, 12);
PCSCD_AT(pcscd_control, dwBytesReturned, 16);
PCSCD_AT(pcscd_control, rv, 20);
PCSCD_SIZE(pcscd_attribute, 280);
PCSCD_AT(pcscd_attribute, dwAttrId, 4);
PCSCD_AT(pcscd_attribute, pbAttr, 8);
PCSCD_AT(pcscd_attribute, cbAttrLen, 272);
PCSCD_AT(pcscd_attribute, rv, 276);
PCSCD_SIZE(pcscd_cancel, 8);
PCSCD_AT(pcscd_cancel, rv, 4);
PCSCD_SIZE(pcscd_wait, 8);
PCSCD_AT(pcscd_wait, rv, 4);
PCSCD_SIZE(pcscd_reader_events, 8);
PCSCD_AT(pcscd_reader_events, rv, 4);
PCSCD_SIZE(pcscd_reader, 184);
PCSCD_AT(pcscd_reader, eventCounter, 128);
PCSCD_AT(pcscd_reader, readerState, 132);
PCSCD_AT(pcscd_reader, readerSharing, 136);
PCSCD_AT(pcscd_reader, cardAtr, 140);
PCSCD_AT(pcscd_reader, cardAtrLength, 176);
PCSCD_AT(pcscd_reader, cardProtocol, 180);
_Static_assert(sizeof(union pcscd_body) == 280, "union pcscd_body");

#undef PCSCD_SIZE
#undef PCSCD_AT

#endif
