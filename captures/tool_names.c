/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "tool.h"

#define FIELD_MAX 63

/* The name of the number in a line "  dwScope = 0x2 (2)". */
static bool name_of(const char *line, char *name)
{
    static const char middle[] = " = 0x";
    char field[FIELD_MAX + 1];
    const char *start = line + strspn(line, " ");
    size_t length = strcspn(start, " \n");
    char *end;
    unsigned long value;

    if (length > FIELD_MAX || strncmp(start + length, middle, strlen(middle)) != 0)
        return false;
    memcpy(field, start, length);
    field[length] = '\0';
    value = strtoul(start + length + strlen(middle), &end, 16);
    return strncmp(end, " (", 2) == 0 && value <= UINT32_MAX &&
           rdpesc_value_name(field, (uint32_t)value, name, RDPESC_VALUE_NAME_MAX);
}

bool tool_print_names(const char *text)
{
    char name[RDPESC_VALUE_NAME_MAX];

    while (*text) {
        int length = (int)strcspn(text, "\n");

        if (printf("%.*s", length, text) < 0)
            return false;
        if (name_of(text, name) && printf("  %s", name) < 0)
            return false;
        if (putchar('\n') == EOF)
            return false;
        text += length + (text[length] == '\n');
    }
    return fflush(stdout) == 0;
}
