/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_calls.h"
#include "replay_card.h"

/* The longest answer that the returns of Transmit and Control can carry, octets. */
#define ANSWER_MAX 66560u

/* Room for an answer in the job's scratch, behind a PCI: what the caller has, or all there may be
 * if only the length is wanted. */
static bool take_room(struct replay_job *job, bool is_null, uint32_t wanted,
                      struct rm_buffer *buffer)
{
    uint32_t room = is_null || wanted > ANSWER_MAX ? ANSWER_MAX : wanted;
    uint8_t *scratch = replay_job_scratch(job, sizeof(struct SCardIO_Request) + room);

    if (!scratch)
        return false;
    *buffer = (struct rm_buffer){ scratch + sizeof(struct SCardIO_Request), room, 0 };
    return true;
}

static struct ndr_bytes filled(const struct rm_buffer *buffer, bool is_null)
{
    return (struct ndr_bytes){ is_null ? NULL : buffer->data, buffer->len };
}

static scard_code transmit(struct replay_job *job, const struct Transmit_Call *call,
                           uint32_t *protocol, struct rm_buffer *answer)
{
    const struct resource_manager *manager = job->replay->manager;
    uint64_t turns = replay_card_turns(job->replay);
    scard_code code;

    do {
        code = manager->transmit(manager->self, job->card->card, call->ioSendPci.dwProtocol,
                                 call->pbSendBuffer, protocol, answer);
        code = replay_card_turn(job, code, &turns);
    } while (code == REPLAY_LATER);
    return code;
}

static const struct SCardIO_Request *return_pci(struct replay_job *job,
                                                const struct SCardIO_Request *wanted,
                                                uint32_t protocol)
{
    struct SCardIO_Request *pci = (struct SCardIO_Request *)(void *)job->scratch.at;

    *pci = *wanted;
    pci->dwProtocol = protocol;
    return pci;
}

scard_code replay_Transmit(struct replay_job *job, const struct Transmit_Call *call,
                           struct Transmit_Return *ret)
{
    bool is_null = call->fpbRecvBufferIsNULL != 0;
    uint32_t protocol = call->ioSendPci.dwProtocol;
    struct rm_buffer answer;
    scard_code code;

    if (!take_room(job, is_null, call->cbRecvLength, &answer))
        return RDPESC_E_NO_MEMORY;
    code = transmit(job, call, &protocol, &answer);
    if (code != RDPESC_S_SUCCESS)
        return code;
    job->card->transmits++;
    if (call->pioRecvPci)
        ret->pioRecvPci = return_pci(job, call->pioRecvPci, protocol);
    ret->pbRecvBuffer = filled(&answer, is_null);
    return RDPESC_S_SUCCESS;
}

scard_code replay_GetTransmitCount(struct replay_job *job, const struct GetTransmitCount_Call *call,
                                   struct GetTransmitCount_Return *ret)
{
    (void)call;
    ret->cTransmitCount = job->card->transmits;
    return RDPESC_S_SUCCESS;
}

scard_code replay_Control(struct replay_job *job, const struct Control_Call *call,
                          struct Control_Return *ret)
{
    const struct resource_manager *manager = job->replay->manager;
    bool is_null = call->fpvOutBufferIsNULL != 0;
    struct rm_buffer answer;
    scard_code code;

    if (!take_room(job, is_null, call->cbOutBufferSize, &answer))
        return RDPESC_E_NO_MEMORY;
    code = manager->control(manager->self, job->card->card, call->dwControlCode, call->pvInBuffer,
                            &answer);
    if (code == RDPESC_S_SUCCESS)
        ret->pvOutBuffer = filled(&answer, is_null);
    return code;
}
