/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_calls.h"
#include "replay_fill.h"
#include "replay_manager.h"
#include "replay_text.h"

/* pcsc-lite knows no groups; each of its readers is in this one. */
static const char default_group[] = "SCard$DefaultReaders";

static scard_code list_groups(struct replay_job *job, const struct ListReaderGroups_Call *call,
                              struct ListReaderGroups_Return *ret, enum replay_unit unit)
{
    struct replay_limit limit = { call->fmszGroupsIsNULL != 0, call->cchGroups, unit };

    return replay_fill_names(job, default_group, sizeof default_group, &limit, &ret->msz);
}

scard_code replay_ListReaderGroupsA(struct replay_job *job,
                                    const struct ListReaderGroups_Call *call,
                                    struct ListReaderGroups_Return *ret)
{
    return list_groups(job, call, ret, REPLAY_A);
}

scard_code replay_ListReaderGroupsW(struct replay_job *job,
                                    const struct ListReaderGroups_Call *call,
                                    struct ListReaderGroups_Return *ret)
{
    return list_groups(job, call, ret, REPLAY_W);
}

/* mszGroups is not looked at: there is one group, and names of others are to be ignored. */
static scard_code list_readers(struct replay_job *job, const struct ListReaders_Call *call,
                               struct ListReaders_Return *ret, enum replay_unit unit)
{
    struct replay_limit limit = { call->fmszReadersIsNULL != 0, call->cchReaders, unit };
    const struct replay_snapshot *seen = &job->manager->look.seen;
    scard_code code = replay_manager_names(job->manager);

    if (code != RDPESC_S_SUCCESS)
        return code;
    if (seen->count == 0)
        return RDPESC_E_NO_READERS_AVAILABLE;
    return replay_fill_names(job, seen->names, seen->len, &limit, &ret->msz);
}

scard_code replay_ListReadersA(struct replay_job *job, const struct ListReaders_Call *call,
                               struct ListReaders_Return *ret)
{
    return list_readers(job, call, ret, REPLAY_A);
}

scard_code replay_ListReadersW(struct replay_job *job, const struct ListReaders_Call *call,
                               struct ListReaders_Return *ret)
{
    return list_readers(job, call, ret, REPLAY_W);
}
