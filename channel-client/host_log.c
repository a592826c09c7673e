/* SPDX-License-Identifier: Apache-2.0 */
#include "host_log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winpr/wlog.h>

void host_say(const char *format, ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    fprintf(stderr, "rdpesc-host: %s\n", line);
}

void host_make_printable(char *text)
{
    for (; *text; text++) {
        if (*text < ' ' || *text > '~')
            *text = '?';
    }
}

static DWORD wanted_level(void)
{
    const char *wanted = getenv("RDPESC_LOG");
    if (wanted && strcmp(wanted, "debug") == 0)
        return WLOG_DEBUG;
    if (wanted && strcmp(wanted, "warn") == 0)
        return WLOG_WARN;
    /* FreeRDP has an error to tell for each client that leaves. */
    return WLOG_FATAL;
}

void host_log_setup(void)
{
    char key[] = "outputstream";
    char stream[] = "stderr";
    wLog *root = WLog_GetRoot();
    WLog_SetLogAppenderType(root, WLOG_APPENDER_CONSOLE);
    WLog_ConfigureAppender(WLog_GetLogAppender(root), key, stream);
    WLog_SetLogLevel(root, wanted_level());
}
