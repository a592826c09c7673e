/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "tool.h"

#define INPUT_MAX  ((size_t)64 << 20)
#define FIRST_ROOM 65536

enum tool_exit tool_malformed(const char *status, size_t offset, const char *field)
{
    (void)fprintf(stderr, "malformed: %s at offset %zu in %s\n", status, offset, field);
    return TOOL_MALFORMED;
}

static bool read_stream(FILE *stream, struct tool_buffer *input)
{
    size_t room = FIRST_ROOM;
    size_t got = 1;

    input->data = malloc(room);
    while (input->data && got > 0 && input->size < INPUT_MAX) {
        got = fread(input->data + input->size, 1, room - input->size - 1, stream);
        input->size += got;
        if (input->size == room - 1) {
            char *larger = realloc(input->data, 2 * room);

            if (!larger)
                return false;
            input->data = larger;
            room *= 2;
        }
    }
    if (!input->data)
        return false;
    input->data[input->size] = '\0';
    return !ferror(stream);
}

bool tool_read(const struct tool_options *options, struct tool_buffer *input)
{
    bool is_stdin = !options->file || strcmp(options->file, "-") == 0;
    const char *name = is_stdin ? "standard input" : options->file;
    FILE *stream = is_stdin ? stdin : fopen(options->file, "rb");
    bool ok;

    *input = (struct tool_buffer){ NULL, 0 };
    if (!stream) {
        (void)fprintf(stderr, "rdpesc: %s: %s\n", name, strerror(errno));
        return false;
    }
    errno = 0;
    ok = read_stream(stream, input) && input->size < INPUT_MAX;
    if (!ok)
        (void)fprintf(stderr, "rdpesc: %s: %s\n", name, errno ? strerror(errno) : "too large");
    if (!is_stdin)
        (void)fclose(stream);
    return ok;
}

/* An RDPDR packet begins with a letter that is no hex digit; all other messages have octets that no
 * text has. */
static bool is_binary(const struct tool_buffer *input)
{
    if (input->size > 1 && (memcmp(input->data, "rD", 2) == 0 || memcmp(input->data, "RP", 2) == 0))
        return true;
    for (size_t i = 0; i < input->size; i++) {
        unsigned char character = (unsigned char)input->data[i];

        if (iscntrl(character) && !isspace(character))
            return true;
    }
    return false;
}

static size_t line_end(const struct tool_buffer *input, size_t at)
{
    while (at < input->size && input->data[at] != '\n')
        at++;
    return at;
}

static bool refuse(const char *why, size_t offset)
{
    (void)tool_malformed(why, offset, "hex input");
    return false;
}

bool tool_octets(const struct tool_options *options, struct tool_buffer *input)
{
    size_t digits = 0;
    bool line_start = true;
    int value;

    if (options->binary || is_binary(input))
        return true;
    for (size_t i = 0; i < input->size; i++) {
        char character = input->data[i];

        if (character == '#' && line_start) {
            i = line_end(input, i);
            continue;
        }
        line_start = character == '\n' || (line_start && isspace((unsigned char)character));
        if (isspace((unsigned char)character))
            continue;
        value = capture_hex_digit(character);
        if (value < 0)
            return refuse("no hex digit", i);
        if (digits % 2 == 0)
            input->data[digits / 2] = 0;
        input->data[digits / 2] =
            (char)((unsigned)input->data[digits / 2] | (unsigned)value << (digits % 2 ? 0 : 4));
        digits++;
    }
    if (digits % 2)
        return refuse("half an octet", input->size);
    input->size = digits / 2;
    return true;
}
