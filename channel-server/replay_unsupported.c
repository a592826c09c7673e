/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_calls.h"

/* pcsc-lite has no equivalent: the answer says so, and the caller goes on without. */
#define UNSUPPORTED(name, Call, Return)                                                            \
    scard_code replay_##name(struct replay_job *job, const struct Call *call, struct Return *ret)  \
    {                                                                                              \
        (void)job;                                                                                 \
        (void)call;                                                                                \
        (void)ret;                                                                                 \
        return RDPESC_E_UNSUPPORTED_FEATURE;                                                       \
    }

UNSUPPORTED(IntroduceReaderGroupA, ContextAndStringA_Call, Long_Return)
UNSUPPORTED(IntroduceReaderGroupW, ContextAndStringW_Call, Long_Return)
UNSUPPORTED(ForgetReaderGroupA, ContextAndStringA_Call, Long_Return)
UNSUPPORTED(ForgetReaderGroupW, ContextAndStringW_Call, Long_Return)
UNSUPPORTED(IntroduceReaderA, ContextAndTwoStringA_Call, Long_Return)
UNSUPPORTED(IntroduceReaderW, ContextAndTwoStringW_Call, Long_Return)
UNSUPPORTED(ForgetReaderA, ContextAndStringA_Call, Long_Return)
UNSUPPORTED(ForgetReaderW, ContextAndStringW_Call, Long_Return)
UNSUPPORTED(AddReaderToGroupA, ContextAndTwoStringA_Call, Long_Return)
UNSUPPORTED(AddReaderToGroupW, ContextAndTwoStringW_Call, Long_Return)
UNSUPPORTED(RemoveReaderFromGroupA, ContextAndTwoStringA_Call, Long_Return)
UNSUPPORTED(RemoveReaderFromGroupW, ContextAndTwoStringW_Call, Long_Return)
UNSUPPORTED(LocateCardsA, LocateCardsA_Call, LocateCards_Return)
UNSUPPORTED(LocateCardsW, LocateCardsW_Call, LocateCards_Return)
UNSUPPORTED(LocateCardsByATRA, LocateCardsByATRA_Call, LocateCards_Return)
UNSUPPORTED(LocateCardsByATRW, LocateCardsByATRW_Call, LocateCards_Return)
UNSUPPORTED(GetReaderIcon, GetReaderIcon_Call, GetReaderIcon_Return)
UNSUPPORTED(GetDeviceTypeId, GetDeviceTypeId_Call, GetDeviceTypeId_Return)

/* Nothing is cached: each item is missing, and one that is written is forgotten at once. */
#define MISSING(name, Call, Return)                                                                \
    scard_code replay_##name(struct replay_job *job, const struct Call *call, struct Return *ret)  \
    {                                                                                              \
        (void)job;                                                                                 \
        (void)call;                                                                                \
        (void)ret;                                                                                 \
        return RDPESC_W_CACHE_ITEM_NOT_FOUND;                                                      \
    }
#define FORGOTTEN(name, Call, Return)                                                              \
    scard_code replay_##name(struct replay_job *job, const struct Call *call, struct Return *ret)  \
    {                                                                                              \
        (void)job;                                                                                 \
        (void)call;                                                                                \
        (void)ret;                                                                                 \
        return RDPESC_S_SUCCESS;                                                                   \
    }

MISSING(ReadCacheA, ReadCacheA_Call, ReadCache_Return)
MISSING(ReadCacheW, ReadCacheW_Call, ReadCache_Return)
FORGOTTEN(WriteCacheA, WriteCacheA_Call, Long_Return)
FORGOTTEN(WriteCacheW, WriteCacheW_Call, Long_Return)
