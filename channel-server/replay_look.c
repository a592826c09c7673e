/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_look.h"

/* How often the readers are asked for before they are given up. */
#define TRIES 3

bool replay_service_gone(scard_code code)
{
    return code == RDPESC_E_NO_SERVICE || code == RDPESC_E_SERVICE_STOPPED ||
           code == RDPESC_F_COMM_ERROR || code == RDPESC_E_INVALID_HANDLE;
}

static scard_code establish(struct replay_look *look, const struct resource_manager *manager)
{
    scard_code code;

    if (look->established)
        return RDPESC_S_SUCCESS;
    code = manager->establish(manager->self, RDPESC_SCOPE_SYSTEM, &look->context);
    look->established = code == RDPESC_S_SUCCESS;
    return code;
}

static scard_code list(struct replay_look *look, const struct resource_manager *manager)
{
    /* One octet less, so that names always ends in a NUL. */
    struct rm_buffer names = { (uint8_t *)look->seen.names, sizeof look->seen.names - 1, 0 };
    scard_code code = establish(look, manager);

    if (code == RDPESC_S_SUCCESS)
        code = manager->list_readers(manager->self, look->context, &names);
    if (code == RDPESC_E_NO_READERS_AVAILABLE) {
        names.len = 0;
        code = RDPESC_S_SUCCESS;
    }
    look->seen.names[names.len] = '\0';
    replay_snapshot_index(&look->seen, code == RDPESC_S_SUCCESS ? names.len : 0);
    return code;
}

scard_code replay_look_names(struct replay_look *look, const struct resource_manager *manager)
{
    scard_code code = list(look, manager);

    if (!replay_service_gone(code))
        return code;
    replay_look_end(look, manager);
    code = list(look, manager);
    if (!replay_service_gone(code))
        return code;
    replay_look_end(look, manager);
    return RDPESC_E_NO_SERVICE;
}

static scard_code states(struct replay_look *look, const struct resource_manager *manager)
{
    scard_code code = replay_look_names(look, manager);

    if (code != RDPESC_S_SUCCESS || look->seen.count == 0)
        return code;
    code = manager->status_change(manager->self, look->context, 0, look->seen.readers,
                                  look->seen.count);
    return code == RDPESC_E_TIMEOUT ? RDPESC_S_SUCCESS : code;
}

scard_code replay_look_states(struct replay_look *look, const struct resource_manager *manager)
{
    scard_code code = RDPESC_E_UNKNOWN_READER;

    /* Readers may leave between the two questions, or the service die there. */
    for (int i = 0; i < TRIES && (code == RDPESC_E_UNKNOWN_READER || replay_service_gone(code));
         i++)
        code = states(look, manager);
    return replay_service_gone(code) ? RDPESC_E_NO_SERVICE : code;
}

void replay_look_end(struct replay_look *look, const struct resource_manager *manager)
{
    if (look->established)
        (void)manager->release(manager->self, look->context);
    look->established = false;
}
