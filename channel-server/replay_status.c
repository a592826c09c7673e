/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "replay_calls.h"
#include "replay_card.h"
#include "replay_fill.h"

/* Longest attribute that a return can carry, octets. */
#define ATTRIBUTE_MAX 65536u

/* What the resource manager says of a card. */
struct card_status {
    uint8_t name[RDPESC_READER_NAME_MAX + 1];
    uint8_t octets[RDPESC_ATR_MAX];
    struct rm_buffer reader;
    struct rm_buffer atr;
    uint32_t state;
    uint32_t protocol;
};

static scard_code ask(struct replay_job *job, struct card_status *status)
{
    const struct resource_manager *manager = job->replay->manager;
    uint64_t turns = replay_card_turns(job->replay);
    scard_code code;

    memset(status, 0, sizeof *status);
    status->reader = (struct rm_buffer){ status->name, sizeof status->name, 0 };
    status->atr = (struct rm_buffer){ status->octets, sizeof status->octets, 0 };
    do {
        code = manager->status(manager->self, job->card->card, &status->reader, &status->state,
                               &status->protocol, &status->atr);
        code = replay_card_turn(job, code, &turns);
    } while (code == REPLAY_LATER);
    return code;
}

static scard_code card_status(struct replay_job *job, const struct Status_Call *call,
                              struct Status_Return *ret, enum replay_unit unit)
{
    struct replay_limit limit = { call->fmszReaderNamesIsNULL != 0, call->cchReaderLen, unit };
    struct card_status status;
    scard_code code = ask(job, &status);

    if (code != RDPESC_S_SUCCESS)
        return code;
    ret->dwState = status.state;
    ret->dwProtocol = status.protocol;
    ret->cbAtrLen = status.atr.len < sizeof ret->pbAtr ? status.atr.len : sizeof ret->pbAtr;
    memcpy(ret->pbAtr, status.octets, ret->cbAtrLen);
    return replay_fill_names(job, (const char *)status.name, status.reader.len, &limit,
                             &ret->mszReaderNames);
}

scard_code replay_StatusA(struct replay_job *job, const struct Status_Call *call,
                          struct Status_Return *ret)
{
    return card_status(job, call, ret, REPLAY_A);
}

scard_code replay_StatusW(struct replay_job *job, const struct Status_Call *call,
                          struct Status_Return *ret)
{
    return card_status(job, call, ret, REPLAY_W);
}

scard_code replay_State(struct replay_job *job, const struct State_Call *call,
                        struct State_Return *ret)
{
    struct replay_limit limit = { call->fpbAtrIsNULL != 0, call->cbAtrLen, REPLAY_A };
    struct card_status status;
    scard_code code = ask(job, &status);
    uint8_t *atr = replay_job_scratch(job, sizeof status.octets);

    if (code != RDPESC_S_SUCCESS)
        return code;
    if (!atr)
        return RDPESC_E_NO_MEMORY;
    memcpy(atr, status.octets, sizeof status.octets);
    ret->dwState = status.state;
    ret->dwProtocol = status.protocol;
    return replay_fill((struct ndr_bytes){ atr, status.atr.len }, &limit, &ret->rgAtr);
}

scard_code replay_GetAttrib(struct replay_job *job, const struct GetAttrib_Call *call,
                            struct GetAttrib_Return *ret)
{
    const struct resource_manager *manager = job->replay->manager;
    struct replay_limit limit = { call->fpbAttrIsNULL != 0, call->cbAttrLen, REPLAY_A };
    struct rm_buffer value = { replay_job_scratch(job, ATTRIBUTE_MAX), ATTRIBUTE_MAX, 0 };
    scard_code code;

    if (!value.data)
        return RDPESC_E_NO_MEMORY;
    code = manager->get_attrib(manager->self, job->card->card, call->dwAttrId, &value);
    if (code != RDPESC_S_SUCCESS)
        return code;
    return replay_fill((struct ndr_bytes){ value.data, value.len }, &limit, &ret->pbAttr);
}

scard_code replay_SetAttrib(struct replay_job *job, const struct SetAttrib_Call *call,
                            struct Long_Return *ret)
{
    const struct resource_manager *manager = job->replay->manager;

    (void)ret;
    return manager->set_attrib(manager->self, job->card->card, call->dwAttrId, call->pbAttr);
}
