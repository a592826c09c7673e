/* SPDX-License-Identifier: Apache-2.0 */
#include "replay_core.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "names.h"

#define LINE_MAX_OCTETS 256

void replay_unreference(struct replay *replay)
{
    bool last;

    pthread_mutex_lock(&replay->lock);
    last = --replay->references == 0;
    pthread_mutex_unlock(&replay->lock);
    if (!last)
        return;
    pthread_cond_destroy(&replay->quiet);
    pthread_mutex_destroy(&replay->lock);
    free(replay);
}

void replay_notice(struct replay *replay, const char *format, ...)
{
    char line[LINE_MAX_OCTETS];
    va_list arguments;

    if (!replay->options.notice)
        return;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    replay->options.notice(replay->options.self, line);
}

void replay_note_service(struct replay *replay, scard_code code, uint32_t readers)
{
    enum replay_service now = code == RDPESC_S_SUCCESS ? REPLAY_SERVICE_UP : REPLAY_SERVICE_DOWN;

    if (now == replay->service)
        return;
    replay->service = now;
    if (now == REPLAY_SERVICE_UP)
        replay_notice(replay, "the smart card service runs, readers seen: %u", readers);
    else
        replay_notice(replay, "the smart card service cannot be reached; does pcscd run? (%s)",
                      rdpesc_scard_name(code));
}
