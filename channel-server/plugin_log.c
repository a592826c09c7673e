/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin_log.h"

#include <stdarg.h>

#define TAG         "com.rdpesc"
#define LINE_OCTETS 256

void plugin_log(DWORD level, const char *format, ...)
{
    char line[LINE_OCTETS];
    wLog *log = WLog_Get(TAG);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (log && WLog_IsLevelActive(log, level))
        (void)WLog_PrintMessage(log, WLOG_MESSAGE_TEXT, level, __LINE__, __FILE__, __func__, "%s",
                                line);
}
