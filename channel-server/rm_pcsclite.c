/* SPDX-License-Identifier: Apache-2.0 */
#include "rm_pcsclite.h"

#include <stdlib.h>
#include <string.h>

#include "replay_text.h"
#include "rm_pcsclite_library.h"
#include "rm_pcsclite_values.h"

/* Attributes that pcsc-lite has only as octets, or not at all. */
#define ATTRIBUTE_CURRENT_PROTOCOL_TYPE 0x00080201u
#define ATTRIBUTE_FRIENDLY_NAME_W       0x7FFF0005u
#define ATTRIBUTE_SYSTEM_NAME_W         0x7FFF0006u

/* A bit that stands for no protocol. */
#define NO_PROTOCOL 0x40u

struct pcsclite_card {
    SCARDCONTEXT context;
    SCARDHANDLE handle;
};

static struct pcsclite_card *card_of(rm_card card)
{
    return (struct pcsclite_card *)card;
}

/* A broken connection to the daemon and a reader that failed have the same code; only the first
 * hits the context too. */
static scard_code of_card(const struct pcsclite_card *card, scard_code code)
{
    DWORD length = 0;
    scard_code context;

    if (code != RDPESC_F_COMM_ERROR)
        return code;
    context =
        pcsclite_code(pcsclite_library()->SCardListReaders(card->context, NULL, NULL, &length));
    return context == RDPESC_F_COMM_ERROR || context == RDPESC_E_NO_SERVICE ? RDPESC_E_NO_SERVICE
                                                                            : code;
}

static DWORD at_most(uint32_t length, DWORD limit)
{
    return length < limit ? length : limit;
}

/* ---- contexts ---- */

static scard_code establish(void *self, uint32_t scope, rm_context *context)
{
    const struct pcsclite_library *library = pcsclite_library();
    SCARDCONTEXT native = 0;
    LONG code;

    (void)self;
    if (!library)
        return RDPESC_E_NO_SERVICE;
    code = library->SCardEstablishContext(scope, NULL, NULL, &native);
    *context = native;
    return pcsclite_code(code);
}

static scard_code release(void *self, rm_context context)
{
    (void)self;
    return pcsclite_code(pcsclite_library()->SCardReleaseContext(context));
}

static scard_code list_readers(void *self, rm_context context, struct rm_buffer *names)
{
    DWORD length = names->room;
    LONG code = pcsclite_library()->SCardListReaders(context, NULL, (LPSTR)names->data, &length);

    (void)self;
    if (code != SCARD_S_SUCCESS)
        return pcsclite_code(code);
    /* Without the NUL that ends the list. */
    names->len = (uint32_t)length - 1;
    return RDPESC_S_SUCCESS;
}

static void to_native(const struct rm_reader_state *states, SCARD_READERSTATE *natives, DWORD count)
{
    memset(natives, 0, count * sizeof *natives);
    for (DWORD i = 0; i < count; i++) {
        natives[i].szReader = states[i].name;
        natives[i].dwCurrentState = states[i].current;
    }
}

static void from_native(struct rm_reader_state *states, const SCARD_READERSTATE *natives,
                        DWORD count)
{
    for (DWORD i = 0; i < count; i++) {
        states[i].event = (uint32_t)natives[i].dwEventState;
        states[i].atr_len = (uint32_t)at_most((uint32_t)natives[i].cbAtr, MAX_ATR_SIZE);
        memset(states[i].atr, 0, sizeof states[i].atr);
        memcpy(states[i].atr, natives[i].rgbAtr, states[i].atr_len);
    }
}

static scard_code status_change(void *self, rm_context context, uint32_t timeout,
                                struct rm_reader_state *states, uint32_t count)
{
    SCARD_READERSTATE natives[PCSCLITE_MAX_READERS_CONTEXTS];
    /* Where all places for readers are taken none can come: the pseudo reader at the end is not
     * missed. */
    DWORD asked = at_most(count, PCSCLITE_MAX_READERS_CONTEXTS);
    LONG code;

    (void)self;
    to_native(states, natives, asked);
    code = pcsclite_library()->SCardGetStatusChange(context, timeout, natives, asked);
    from_native(states, natives, asked);
    return pcsclite_code(code);
}

static scard_code cancel(void *self, rm_context context)
{
    (void)self;
    return pcsclite_code(pcsclite_library()->SCardCancel(context));
}

/* ---- cards ---- */

static scard_code connect_(void *self, rm_context context, const char *reader, uint32_t share_mode,
                           uint32_t protocols, rm_card *card, uint32_t *active_protocol)
{
    struct pcsclite_card *made = calloc(1, sizeof *made);
    DWORD protocol = 0;
    LONG code;

    (void)self;
    if (!made)
        return RDPESC_E_NO_MEMORY;
    made->context = context;
    code = pcsclite_library()->SCardConnect(context, reader, share_mode,
                                            pcsclite_protocol_to_native(protocols), &made->handle,
                                            &protocol);
    if (code != SCARD_S_SUCCESS) {
        free(made);
        return pcsclite_code(code);
    }
    *card = (rm_card)made;
    *active_protocol = pcsclite_protocol(protocol);
    return RDPESC_S_SUCCESS;
}

static scard_code reconnect(void *self, rm_card value, uint32_t share_mode, uint32_t protocols,
                            uint32_t initialization, uint32_t *active_protocol)
{
    const struct pcsclite_card *card = card_of(value);
    DWORD protocol = 0;
    LONG code = pcsclite_library()->SCardReconnect(card->handle, share_mode,
                                                   pcsclite_protocol_to_native(protocols),
                                                   initialization, &protocol);

    (void)self;
    if (code == SCARD_S_SUCCESS)
        *active_protocol = pcsclite_protocol(protocol);
    return of_card(card, pcsclite_code(code));
}

static scard_code disconnect(void *self, rm_card value, uint32_t disposition)
{
    struct pcsclite_card *card = card_of(value);
    scard_code code = of_card(
        card, pcsclite_code(pcsclite_library()->SCardDisconnect(card->handle, disposition)));

    (void)self;
    free(card);
    return code;
}

/* True while another program is in a transaction on the card. A command of a protocol that no card
 * has is refused before it reaches the reader, by the daemon's first reason that applies, and that
 * is this one. (SCardStatus says the same, at twice the cost.) */
static bool is_held(const struct pcsclite_card *card)
{
    const SCARD_IO_REQUEST pci = { NO_PROTOCOL, sizeof pci };
    BYTE octets[2] = { 0 };
    DWORD length = sizeof octets;

    return pcsclite_code(pcsclite_library()->SCardTransmit(
               card->handle, &pci, octets, 0, NULL, octets, &length)) == RDPESC_E_SHARING_VIOLATION;
}

/* SCardBeginTransaction asks the daemon again and again for as long as another program is in a
 * transaction, whatever PCSCLITE_NO_BLOCKING says, and cannot be cancelled; so it is called only
 * when it will not. A program that begins in between has us wait until it ends. */
static scard_code begin(void *self, rm_card value)
{
    const struct pcsclite_card *card = card_of(value);

    (void)self;
    if (is_held(card))
        return RDPESC_E_SHARING_VIOLATION;
    return of_card(card, pcsclite_code(pcsclite_library()->SCardBeginTransaction(card->handle)));
}

static scard_code end(void *self, rm_card value, uint32_t disposition)
{
    const struct pcsclite_card *card = card_of(value);

    (void)self;
    return of_card(
        card, pcsclite_code(pcsclite_library()->SCardEndTransaction(card->handle, disposition)));
}

static scard_code status(void *self, rm_card value, struct rm_buffer *reader, uint32_t *state,
                         uint32_t *protocol, struct rm_buffer *atr)
{
    const struct pcsclite_card *card = card_of(value);
    DWORD reader_length = reader->room;
    DWORD atr_length = atr->room;
    DWORD native_state = 0;
    DWORD native_protocol = 0;
    LONG code =
        pcsclite_library()->SCardStatus(card->handle, (LPSTR)reader->data, &reader_length,
                                        &native_state, &native_protocol, atr->data, &atr_length);

    (void)self;
    if (code != SCARD_S_SUCCESS)
        return of_card(card, pcsclite_code(code));
    reader->len = (uint32_t)reader_length;
    atr->len = (uint32_t)atr_length;
    *state = pcsclite_card_state(native_state);
    *protocol = pcsclite_protocol(native_protocol);
    return RDPESC_S_SUCCESS;
}

static scard_code transmit(void *self, rm_card value, uint32_t send_protocol, struct ndr_bytes send,
                           uint32_t *recv_protocol, struct rm_buffer *recv)
{
    const struct pcsclite_card *card = card_of(value);
    const SCARD_IO_REQUEST pci = { pcsclite_protocol_to_native(send_protocol), sizeof pci };
    /* The daemon hangs up on a caller that has more room. */
    DWORD length = at_most(recv->room, MAX_BUFFER_SIZE_EXTENDED);
    LONG code = pcsclite_library()->SCardTransmit(card->handle, &pci, send.data, send.len, NULL,
                                                  recv->data, &length);

    (void)self;
    if (code != SCARD_S_SUCCESS)
        return of_card(card, pcsclite_code(code));
    recv->len = (uint32_t)length;
    /* What drivers leave in a PCI is a number of their own; the protocol is the one that was asked
     * for. */
    if (recv_protocol)
        *recv_protocol = send_protocol;
    return RDPESC_S_SUCCESS;
}

static scard_code control(void *self, rm_card value, uint32_t control_code, struct ndr_bytes in,
                          struct rm_buffer *out)
{
    const struct pcsclite_card *card = card_of(value);
    DWORD returned = 0;
    LONG code = pcsclite_library()->SCardControl(
        card->handle, pcsclite_control_to_native(control_code), in.data, in.len, out->data,
        at_most(out->room, MAX_BUFFER_SIZE_EXTENDED), &returned);

    (void)self;
    if (code != SCARD_S_SUCCESS)
        return of_card(card, pcsclite_code_of_feature(code));
    out->len = (uint32_t)returned;
    if (pcsclite_asks_features(control_code))
        pcsclite_features(out);
    return RDPESC_S_SUCCESS;
}

/* ---- attributes ---- */

static scard_code ask_attribute(const struct pcsclite_card *card, uint32_t attribute,
                                struct rm_buffer *value)
{
    DWORD length = at_most(value->room, MAX_BUFFER_SIZE);
    LONG code = pcsclite_library()->SCardGetAttrib(card->handle, attribute, value->data, &length);

    if (code == SCARD_S_SUCCESS)
        value->len = (uint32_t)length;
    return of_card(card, pcsclite_code_of_feature(code));
}

/* Friendly and system name are the reader's name there, and have no wide form. */
static scard_code ask_wide_name(const struct pcsclite_card *card, struct rm_buffer *value)
{
    char name[MAX_READERNAME];
    DWORD length = sizeof name;
    LONG code =
        pcsclite_library()->SCardStatus(card->handle, name, &length, NULL, NULL, NULL, NULL);
    size_t wide;

    if (code != SCARD_S_SUCCESS)
        return of_card(card, pcsclite_code(code));
    wide = replay_text_write(name, length, REPLAY_W, NULL);
    if (wide > value->room)
        return RDPESC_E_INSUFFICIENT_BUFFER;
    value->len = (uint32_t)wide;
    (void)replay_text_write(name, length, REPLAY_W, value->data);
    return RDPESC_S_SUCCESS;
}

/* Where the driver does not know, the daemon does. */
static scard_code ask_protocol(const struct pcsclite_card *card, struct rm_buffer *value)
{
    scard_code code = ask_attribute(card, ATTRIBUTE_CURRENT_PROTOCOL_TYPE, value);
    DWORD native = 0;
    uint32_t protocol;

    if (code != RDPESC_E_UNSUPPORTED_FEATURE)
        return code;
    code = pcsclite_code(
        pcsclite_library()->SCardStatus(card->handle, NULL, NULL, NULL, &native, NULL, NULL));
    if (code != RDPESC_S_SUCCESS)
        return of_card(card, code);
    protocol = pcsclite_protocol(native);
    if (value->room < sizeof protocol)
        return RDPESC_E_INSUFFICIENT_BUFFER;
    for (unsigned i = 0; i < sizeof protocol; i++)
        value->data[i] = (uint8_t)(protocol >> 8 * i);
    value->len = sizeof protocol;
    return RDPESC_S_SUCCESS;
}

static scard_code get_attrib(void *self, rm_card value, uint32_t attribute, struct rm_buffer *out)
{
    const struct pcsclite_card *card = card_of(value);

    (void)self;
    switch (attribute) {
    case ATTRIBUTE_FRIENDLY_NAME_W:
    case ATTRIBUTE_SYSTEM_NAME_W: return ask_wide_name(card, out);
    case ATTRIBUTE_CURRENT_PROTOCOL_TYPE: return ask_protocol(card, out);
    default: return ask_attribute(card, attribute, out);
    }
}

static scard_code set_attrib(void *self, rm_card value, uint32_t attribute, struct ndr_bytes octets)
{
    const struct pcsclite_card *card = card_of(value);

    (void)self;
    return of_card(card, pcsclite_code_of_feature(pcsclite_library()->SCardSetAttrib(
                             card->handle, attribute, octets.data, octets.len)));
}

/* ---- the manager ---- */

const struct resource_manager *rm_pcsclite(void)
{
    static const struct resource_manager manager = {
        .establish = establish,
        .release = release,
        .list_readers = list_readers,
        .status_change = status_change,
        .cancel = cancel,
        .connect = connect_,
        .reconnect = reconnect,
        .disconnect = disconnect,
        .begin = begin,
        .end = end,
        .status = status,
        .transmit = transmit,
        .control = control,
        .get_attrib = get_attrib,
        .set_attrib = set_attrib,
    };

    (void)pcsclite_library();
    return &manager;
}
