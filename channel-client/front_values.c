/* SPDX-License-Identifier: Apache-2.0 */
#include "front_values.h"

#include <string.h>

#define LOCAL_CONTROL_BASE           0x42000000u
#define REMOTE_CONTROL_BASE          0x00310000u
#define CONTROL_FUNCTION_MAX         0xFFFu
#define CONTROL_FUNCTION_SHIFT       2
#define WINDOWS_ERROR_INVALID_HANDLE 6u
#define COUNTER_MAX                  0xFFFFu

uint32_t front_protocols_to_remote(uint32_t local)
{
    uint32_t remote = local & (RDPESC_PROTOCOL_T0 | RDPESC_PROTOCOL_T1);

    if ((local & PCSCD_PROTOCOL_RAW) != 0)
        remote |= RDPESC_PROTOCOL_RAW;
    return remote;
}

uint32_t front_protocols_to_local(uint32_t remote)
{
    uint32_t local = remote & (PCSCD_PROTOCOL_T0 | PCSCD_PROTOCOL_T1);

    if ((remote & RDPESC_PROTOCOL_RAW) != 0)
        local |= PCSCD_PROTOCOL_RAW;
    return local;
}

uint32_t front_code_to_local(scard_code remote)
{
    if (remote == RDPESC_E_UNSUPPORTED_FEATURE)
        return PCSCD_E_UNSUPPORTED_FEATURE;
    if (remote == WINDOWS_ERROR_INVALID_HANDLE)
        return RDPESC_E_INVALID_HANDLE;
    return remote;
}

uint32_t front_control_to_remote(uint32_t local)
{
    uint32_t function = local - LOCAL_CONTROL_BASE;

    if (local < LOCAL_CONTROL_BASE || function > CONTROL_FUNCTION_MAX)
        return local;
    return REMOTE_CONTROL_BASE | function << CONTROL_FUNCTION_SHIFT;
}

uint32_t front_scope_to_remote(uint32_t local)
{
    return local == PCSCD_SCOPE_GLOBAL ? RDPESC_SCOPE_SYSTEM : local;
}

static uint32_t state_to_local(uint32_t remote)
{
    if ((remote & RDPESC_STATE_PRESENT) != 0) {
        if ((remote & RDPESC_STATE_MUTE) != 0)
            return PCSCD_STATE_PRESENT | PCSCD_STATE_SWALLOWED;
        if ((remote & RDPESC_STATE_UNPOWERED) != 0)
            return PCSCD_STATE_PRESENT;
        return PCSCD_STATE_PRESENT | PCSCD_STATE_POWERED | PCSCD_STATE_NEGOTIABLE;
    }
    if ((remote & RDPESC_STATE_EMPTY) != 0)
        return PCSCD_STATE_ABSENT;
    return PCSCD_STATE_UNKNOWN;
}

static int32_t sharing_to_local(uint32_t remote)
{
    if ((remote & RDPESC_STATE_EXCLUSIVE) != 0)
        return -1;
    return (remote & RDPESC_STATE_INUSE) != 0 ? 1 : 0;
}

/* libpcsclite compares with 16 bits, and does not compare at all with 0. */
static uint32_t counter_to_local(uint32_t counter)
{
    return counter == 0 ? 0 : (counter - 1) % COUNTER_MAX + 1;
}

void front_reader_to_local(const struct mirror_reader *remote, struct pcscd_reader *local)
{
    *local = (struct pcscd_reader){ 0 };
    memcpy(local->readerName, remote->name, strlen(remote->name));
    local->eventCounter = counter_to_local(remote->counter);
    local->readerState = state_to_local(remote->state);
    local->readerSharing = sharing_to_local(remote->state);
    local->cardAtrLength = remote->atr_len < PCSCD_ATR_SIZE ? remote->atr_len : PCSCD_ATR_SIZE;
    memcpy(local->cardAtr, remote->atr, local->cardAtrLength);
    local->cardProtocol = front_protocols_to_local(remote->active_protocol);
}
