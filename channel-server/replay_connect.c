/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_calls.h"
#include "replay_card.h"
#include "replay_text.h"

static const struct resource_manager *manager_of(const struct replay_job *job)
{
    return job->replay->manager;
}

/* The session host may use the handle from here on. False: nobody is left to be told of it. */
static bool hand_out(struct replay_job *job)
{
    struct replay *replay = job->replay;
    bool wanted;

    pthread_mutex_lock(&replay->lock);
    wanted = !job->dead && !job->context->released;
    job->card->open = wanted;
    if (wanted)
        replay->counters.handles++;
    pthread_mutex_unlock(&replay->lock);
    return wanted;
}

static scard_code connect_card(struct replay_job *job, struct ndr_bytes szReader,
                               const struct Connect_Common *common, struct Connect_Return *ret,
                               enum replay_unit unit)
{
    struct replay_card *card = job->card;
    char reader[RDPESC_READER_NAME_MAX + 1];
    scard_code code = RDPESC_E_UNKNOWN_READER;

    /* Over it is unless all goes well. */
    card->over = true;
    if (replay_text_read(szReader, unit, reader, sizeof reader))
        code = replay_card_open(card, reader, common, &ret->dwActiveProtocol);
    if (code != RDPESC_S_SUCCESS)
        return code;
    card->over = !hand_out(job);
    if (card->over)
        return RDPESC_E_CANCELLED;
    ret->hCard.Context.pbContext = replay_id_view(&job->context->id);
    ret->hCard.pbHandle = replay_id_view(&card->id);
    return RDPESC_S_SUCCESS;
}

scard_code replay_ConnectA(struct replay_job *job, const struct ConnectA_Call *call,
                           struct Connect_Return *ret)
{
    return connect_card(job, call->szReader, &call->Common, ret, REPLAY_A);
}

scard_code replay_ConnectW(struct replay_job *job, const struct ConnectW_Call *call,
                           struct Connect_Return *ret)
{
    return connect_card(job, call->szReader, &call->Common, ret, REPLAY_W);
}

scard_code replay_Reconnect(struct replay_job *job, const struct Reconnect_Call *call,
                            struct Reconnect_Return *ret)
{
    const struct resource_manager *manager = manager_of(job);
    uint64_t turns = replay_card_turns(job->replay);
    scard_code code;

    do {
        code = manager->reconnect(manager->self, job->card->card, call->dwShareMode,
                                  call->dwPreferredProtocols, call->dwInitialization,
                                  &ret->dwActiveProtocol);
        code = replay_card_turn(job, code, &turns);
    } while (code == REPLAY_LATER);
    return code;
}

/* Takes the handle from the session host before it is told so. */
static void take_back(struct replay_job *job)
{
    struct replay *replay = job->replay;

    pthread_mutex_lock(&replay->lock);
    if (job->card->open && !job->dead)
        replay->counters.handles--;
    job->card->open = false;
    pthread_mutex_unlock(&replay->lock);
}

scard_code replay_Disconnect(struct replay_job *job, const struct HCardAndDisposition_Call *call,
                             struct Long_Return *ret)
{
    (void)ret;
    if (call->dwDisposition > RDPESC_EJECT_CARD)
        return RDPESC_E_INVALID_VALUE;
    take_back(job);
    return replay_card_close(job->card, call->dwDisposition);
}

scard_code replay_BeginTransaction(struct replay_job *job,
                                   const struct HCardAndDisposition_Call *call,
                                   struct Long_Return *ret)
{
    const struct resource_manager *manager = manager_of(job);
    uint64_t turns = replay_card_turns(job->replay);
    scard_code code;

    (void)call;
    (void)ret;
    do {
        code = manager->begin(manager->self, job->card->card);
        code = replay_card_turn(job, code, &turns);
    } while (code == REPLAY_LATER);
    if (code == RDPESC_S_SUCCESS)
        job->card->transactions++;
    return code;
}

scard_code replay_EndTransaction(struct replay_job *job,
                                 const struct HCardAndDisposition_Call *call,
                                 struct Long_Return *ret)
{
    const struct resource_manager *manager = manager_of(job);
    scard_code code = manager->end(manager->self, job->card->card, call->dwDisposition);

    (void)ret;
    if (code != RDPESC_S_SUCCESS)
        return code;
    if (job->card->transactions)
        job->card->transactions--;
    replay_card_pass_turn(job->replay);
    return code;
}
