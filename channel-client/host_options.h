/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line of rdpesc-host.
 */
#ifndef RDPESC_HOST_OPTIONS_H
#define RDPESC_HOST_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* wait_seconds when there is no bound. */
#define HOST_WAIT_FOR_EVER (-1)

struct host_options {
    char address[64];        /* to listen on: a number or a name, without brackets */
    uint16_t port;           /* 0: the system chooses */
    const char *runtime_dir; /* NULL: host_runtime_dir chooses */
    const char *certificate; /* PEM files; both or none */
    const char *key;
    int wait_seconds;
    bool serve;
    bool status;
    bool json;
    char **command; /* NULL-terminated; NULL: the user's shell */
};

enum host_parsed {
    HOST_PARSED_RUN,  /* go on */
    HOST_PARSED_DONE, /* help or version was printed: exit 0 */
    HOST_PARSED_WRONG /* the mistake was printed: exit 2 */
};

/* Reads the arguments. *options points into argv afterwards. */
enum host_parsed host_options_parse(struct host_options *options, int argc, char **argv);

#endif
