/* SPDX-License-Identifier: Apache-2.0
 *
 * rdpesc, the tool that shows messages and makes them: options and what its commands share.
 */
#ifndef RDPESC_TOOL_H
#define RDPESC_TOOL_H

#include "rdpesc.h"

/* Exit statuses. */
enum tool_exit {
    TOOL_OK = 0,
    TOOL_MALFORMED = 1, /* the input is not what it should be */
    TOOL_USAGE = 2      /* wrong usage, or a file cannot be read */
};

enum tool_layer {
    TOOL_RPCE, /* both RPCE headers and the object */
    TOOL_NDR,  /* the object alone */
    TOOL_PDU   /* a whole RDPDR packet */
};

struct tool_options {
    enum tool_layer layer;
    const struct rdpesc_call_info *info; /* --call, --return; NULL: not given */
    bool is_return;
    bool json;
    bool secrets;
    bool binary;
    bool names;
    const char *file; /* NULL or "-": standard input */
};

/* Octets or text of a file; data has a NUL behind size and belongs to the caller (free). */
struct tool_buffer {
    char *data;
    size_t size;
};

/* Reads all of the input. False: it cannot be read, or it is larger than 64 MiB; standard error
 * says so. */
bool tool_read(const struct tool_options *options, struct tool_buffer *input);

/* The octets of an input: taken as they are when it begins as an RDPDR packet does or has control
 * characters, as binary data has, or with --binary; otherwise read as hex digits, where blanks and
 * lines that begin with # do not count. False: no hex; standard error says where. */
bool tool_octets(const struct tool_options *options, struct tool_buffer *input);

/* "malformed: STATUS at offset N in FIELD" on standard error; TOOL_MALFORMED. */
enum tool_exit tool_malformed(const char *status, size_t offset, const char *field);

enum tool_exit tool_decode(const struct tool_options *options);
enum tool_exit tool_encode(const struct tool_options *options);
/* Prints what ndr_dump made, with the name of each number that has one behind it. False: the
 * output cannot be written. */
bool tool_print_names(const char *text);

/* Writes docs/messages.md to standard output. */
enum tool_exit tool_messages(void);

#endif
