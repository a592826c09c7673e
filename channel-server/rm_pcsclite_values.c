/* SPDX-License-Identifier: Apache-2.0 */
#include "rm_pcsclite_values.h"

#define NATIVE_UNSUPPORTED  0x8010001Fu
#define NATIVE_RAW          0x4u
#define NATIVE_STATES       0x7Fu
#define NATIVE_CONTROL      0x42000000u
#define DEVICE_SMARTCARD    0x31u
#define FUNCTION_MASK       0xFFFu
#define GET_FEATURE_REQUEST 3400u
/* A feature: its tag, the length 4, the control code with its highest octet first. */
#define FEATURE_LENGTH 6u

scard_code pcsclite_code(long native)
{
    return (scard_code)(unsigned long)native;
}

scard_code pcsclite_code_of_feature(long native)
{
    scard_code code = pcsclite_code(native);

    return code == NATIVE_UNSUPPORTED ? RDPESC_E_UNSUPPORTED_FEATURE : code;
}

unsigned long pcsclite_protocol_to_native(uint32_t protocol)
{
    unsigned long native = protocol & (RDPESC_PROTOCOL_T0 | RDPESC_PROTOCOL_T1);

    return protocol & RDPESC_PROTOCOL_RAW ? native | NATIVE_RAW : native;
}

uint32_t pcsclite_protocol(unsigned long native)
{
    uint32_t protocol = (uint32_t)native;

    return protocol & NATIVE_RAW ? (protocol & ~NATIVE_RAW) | RDPESC_PROTOCOL_RAW : protocol;
}

uint32_t pcsclite_card_state(unsigned long native)
{
    uint32_t state = 0;

    for (unsigned long bits = native & NATIVE_STATES; bits > 1; bits >>= 1)
        state++;
    return state;
}

unsigned long pcsclite_control_to_native(uint32_t code)
{
    if (code >> 16 != DEVICE_SMARTCARD)
        return code;
    return NATIVE_CONTROL + (code >> 2 & FUNCTION_MASK);
}

bool pcsclite_asks_features(uint32_t code)
{
    return pcsclite_control_to_native(code) == NATIVE_CONTROL + GET_FEATURE_REQUEST;
}

static bool is_feature_list(const struct rm_buffer *features)
{
    if (features->len % FEATURE_LENGTH != 0)
        return false;
    for (uint32_t at = 0; at < features->len; at += FEATURE_LENGTH) {
        if (features->data[at + 1] != FEATURE_LENGTH - 2)
            return false;
    }
    return true;
}

static void translate_feature(uint8_t *octets)
{
    uint32_t native = (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 |
                      (uint32_t)octets[2] << 8 | octets[3];
    uint32_t code = DEVICE_SMARTCARD << 16 | (native & FUNCTION_MASK) << 2;

    if ((native & ~FUNCTION_MASK) != NATIVE_CONTROL)
        return;
    octets[0] = (uint8_t)(code >> 24);
    octets[1] = (uint8_t)(code >> 16);
    octets[2] = (uint8_t)(code >> 8);
    octets[3] = (uint8_t)code;
}

void pcsclite_features(struct rm_buffer *features)
{
    if (!is_feature_list(features))
        return;
    for (uint32_t at = 0; at < features->len; at += FEATURE_LENGTH)
        translate_feature(features->data + at + 2);
}
