/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "rm_script_world.h"

#define STRANGER_CODES 0x42000000u

void script_drop_card(struct rm_script *script, rm_card value)
{
    struct script_card *card = &script->cards[value - 1];
    struct script_reader *reader = card->reader;

    if (reader->holder == value)
        reader->holder = 0;
    reader->users--;
    reader->exclusive = false;
    memset(card, 0, sizeof *card);
}

static scard_code put(struct rm_buffer *buffer, const void *octets, uint32_t len)
{
    if (len > buffer->room)
        return RDPESC_E_INSUFFICIENT_BUFFER;
    if (len)
        memcpy(buffer->data, octets, len);
    buffer->len = len;
    return RDPESC_S_SUCCESS;
}

static scard_code check_share(const struct script_reader *reader, uint32_t share_mode)
{
    if (reader->exclusive || (share_mode == RDPESC_SHARE_EXCLUSIVE && reader->users))
        return RDPESC_E_SHARING_VIOLATION;
    if (!reader->present && share_mode != RDPESC_SHARE_DIRECT)
        return RDPESC_E_NO_SMARTCARD;
    return RDPESC_S_SUCCESS;
}

static scard_code add_card(struct rm_script *script, struct script_card made, rm_card *card)
{
    for (intptr_t i = 0; i < SCRIPT_CARDS; i++) {
        if (script->cards[i].reader)
            continue;
        script->cards[i] = made;
        *card = i + 1;
        return RDPESC_S_SUCCESS;
    }
    return RDPESC_E_NO_MEMORY;
}

static scard_code connect_reader(struct rm_script *script, struct script_card made,
                                 uint32_t share_mode, uint32_t protocols, rm_card *card)
{
    struct script_reader *reader = made.reader;
    scard_code code = check_share(reader, share_mode);

    if (code == RDPESC_S_SUCCESS && made.protocol && !(protocols & made.protocol))
        code = RDPESC_E_PROTO_MISMATCH;
    if (code == RDPESC_S_SUCCESS)
        code = add_card(script, made, card);
    if (code != RDPESC_S_SUCCESS)
        return code;
    reader->users++;
    reader->exclusive = share_mode == RDPESC_SHARE_EXCLUSIVE;
    return RDPESC_S_SUCCESS;
}

static scard_code connect_(void *self, rm_context context, const char *name, uint32_t share_mode,
                           uint32_t protocols, rm_card *card, uint32_t *active_protocol)
{
    struct rm_script *script = self;
    scard_code code = script_enter(script, RM_SCRIPT_connect, name);
    struct script_card made = { script_reader(script, name), context, 0, false, false };

    if (code == RDPESC_S_SUCCESS && !script_context(script, context))
        code = RDPESC_E_INVALID_HANDLE;
    if (code == RDPESC_S_SUCCESS && !made.reader)
        code = RDPESC_E_UNKNOWN_READER;
    if (code != RDPESC_S_SUCCESS)
        return script_leave(script, code);
    if (share_mode != RDPESC_SHARE_DIRECT)
        made.protocol = made.reader->protocol;
    code = connect_reader(script, made, share_mode, protocols, card);
    if (code == RDPESC_S_SUCCESS)
        *active_protocol = made.protocol;
    return script_leave(script, code);
}

static scard_code reconnect(void *self, rm_card value, uint32_t share_mode, uint32_t protocols,
                            uint32_t initialization, uint32_t *active_protocol)
{
    struct rm_script *script = self;
    struct script_card *card;
    scard_code code = script_enter_card(script, RM_SCRIPT_reconnect, value, &card);

    (void)share_mode;
    (void)protocols;
    if (code == RDPESC_W_REMOVED_CARD || code == RDPESC_W_RESET_CARD)
        code = card->reader->present ? RDPESC_S_SUCCESS : RDPESC_E_NO_SMARTCARD;
    if (code != RDPESC_S_SUCCESS)
        return script_leave(script, code);
    if (initialization != RDPESC_LEAVE_CARD)
        script_mark(script, card->reader, value, false);
    card->reset = false;
    card->removed = false;
    card->protocol = card->reader->protocol;
    *active_protocol = card->protocol;
    return script_leave(script, RDPESC_S_SUCCESS);
}

static scard_code disconnect(void *self, rm_card value, uint32_t disposition)
{
    struct rm_script *script = self;
    struct script_card *card;
    scard_code code = script_enter_card(script, RM_SCRIPT_disconnect, value, &card);

    if (!card)
        return script_leave(script, code);
    if (disposition == RDPESC_RESET_CARD || disposition == RDPESC_UNPOWER_CARD) {
        script->resets++;
        script_mark(script, card->reader, value, false);
    }
    script_drop_card(script, value);
    return script_leave(script, RDPESC_S_SUCCESS);
}

static scard_code begin(void *self, rm_card value)
{
    struct rm_script *script = self;
    struct script_card *card;
    scard_code code = script_enter_card(script, RM_SCRIPT_begin, value, &card);

    if (code == RDPESC_S_SUCCESS) {
        card->reader->holder = value;
        card->reader->depth++;
    }
    return script_leave(script, code);
}

static scard_code end(void *self, rm_card value, uint32_t disposition)
{
    struct rm_script *script = self;
    struct script_card *card;
    scard_code code = script_enter_card(script, RM_SCRIPT_end, value, &card);

    if (code == RDPESC_S_SUCCESS && card->reader->holder != value)
        code = RDPESC_E_NOT_TRANSACTED;
    if (code != RDPESC_S_SUCCESS)
        return script_leave(script, code);
    if (--card->reader->depth == 0)
        card->reader->holder = 0;
    if (disposition == RDPESC_RESET_CARD || disposition == RDPESC_UNPOWER_CARD)
        script_mark(script, card->reader, value, false);
    return script_leave(script, code);
}

static scard_code status(void *self, rm_card value, struct rm_buffer *reader, uint32_t *state,
                         uint32_t *protocol, struct rm_buffer *atr)
{
    struct rm_script *script = self;
    struct script_card *card;
    scard_code code = script_enter_card(script, RM_SCRIPT_status, value, &card);

    if (code == RDPESC_S_SUCCESS)
        code = put(reader, card->reader->name, (uint32_t)strlen(card->reader->name) + 1);
    if (code == RDPESC_S_SUCCESS)
        code = put(atr, card->reader->atr, card->reader->atr_len);
    if (code != RDPESC_S_SUCCESS)
        return script_leave(script, code);
    *state = card->reader->present ? RDPESC_CARD_SPECIFICMODE : RDPESC_CARD_ABSENT;
    *protocol = card->protocol;
    return script_leave(script, code);
}

static scard_code answer_to(const struct script_reader *reader, struct ndr_bytes command,
                            struct rm_buffer *recv)
{
    static const uint8_t unknown[] = { 0x6D, 0x00 };

    for (unsigned i = 0; i < SCRIPT_ANSWERS; i++) {
        const struct script_answer *pair = &reader->answers[i];
        if (!pair->octets || pair->command != command.len)
            continue;
        if (command.len == 0 || memcmp(pair->octets, command.data, command.len) == 0)
            return put(recv, pair->octets + pair->command, pair->answer);
    }
    return put(recv, unknown, sizeof unknown);
}

static scard_code transmit(void *self, rm_card value, uint32_t send_protocol, struct ndr_bytes send,
                           uint32_t *recv_protocol, struct rm_buffer *recv)
{
    struct rm_script *script = self;
    struct script_card *card;
    scard_code code = script_enter_card(script, RM_SCRIPT_transmit, value, &card);

    if (code == RDPESC_S_SUCCESS && send_protocol != card->protocol)
        code = RDPESC_E_PROTO_MISMATCH;
    if (code == RDPESC_S_SUCCESS)
        code = answer_to(card->reader, send, recv);
    if (code == RDPESC_S_SUCCESS && recv_protocol)
        *recv_protocol = send_protocol;
    return script_leave(script, code);
}

/* Echoes; a code that no Windows program sends is not known. */
static scard_code control(void *self, rm_card value, uint32_t control_code, struct ndr_bytes in,
                          struct rm_buffer *out)
{
    struct rm_script *script = self;
    struct script_card *card;
    scard_code code = script_enter_card(script, RM_SCRIPT_control, value, &card);

    if (code == RDPESC_S_SUCCESS && (control_code & STRANGER_CODES) == STRANGER_CODES)
        code = RDPESC_E_UNSUPPORTED_FEATURE;
    if (code == RDPESC_S_SUCCESS)
        code = put(out, in.data, in.len);
    return script_leave(script, code);
}

/* Each attribute has its own number as value, little-endian. */
static scard_code get_attrib(void *self, rm_card value, uint32_t attribute, struct rm_buffer *out)
{
    struct rm_script *script = self;
    struct script_card *card;
    scard_code code = script_enter_card(script, RM_SCRIPT_get_attrib, value, &card);
    const uint8_t octets[] = { (uint8_t)attribute, (uint8_t)(attribute >> 8),
                               (uint8_t)(attribute >> 16), (uint8_t)(attribute >> 24) };

    if (code == RDPESC_S_SUCCESS)
        code = put(out, octets, sizeof octets);
    return script_leave(script, code);
}

static scard_code set_attrib(void *self, rm_card value, uint32_t attribute, struct ndr_bytes octets)
{
    struct rm_script *script = self;
    struct script_card *card;
    scard_code code = script_enter_card(script, RM_SCRIPT_set_attrib, value, &card);

    (void)attribute;
    (void)octets;
    return script_leave(script, code);
}

void script_card_functions(struct resource_manager *manager)
{
    manager->connect = connect_;
    manager->reconnect = reconnect;
    manager->disconnect = disconnect;
    manager->begin = begin;
    manager->end = end;
    manager->status = status;
    manager->transmit = transmit;
    manager->control = control;
    manager->get_attrib = get_attrib;
    manager->set_attrib = set_attrib;
}
