/* SPDX-License-Identifier: Apache-2.0
 *
 * The command that runs in the session: one child process whose PC/SC programs find the session's
 * readers.
 */
#ifndef RDPESC_HOST_COMMAND_H
#define RDPESC_HOST_COMMAND_H

#include <stdbool.h>
#include <uv.h>

/* How long the command may take to end after it was asked to, in milliseconds. */
#define HOST_COMMAND_PATIENCE 5000

struct host_command {
    uv_process_t process;
    uv_timer_t timer;
    bool running;
    bool shell;
    void *self;
    /* status is the exit status as a shell gives it: 128 + N when signal N ended the command. */
    void (*ended)(void *self, int status);
};

/* Starts argv, or the user's shell where it is NULL, with PCSCLITE_CSOCK_NAME=socket_path; standard
 * input, output and error are those of this process. self and ended must have been set, the rest
 * zeroed. 0, or the exit status of a shell that finds no such command (127) or may not run it
 * (126); the reason was said then and ended is never called. *command must stay where it is until
 * the loop has run its closing callbacks. */
int host_command_start(struct host_command *command, uv_loop_t *loop, char **argv,
                       const char *socket_path);
/* Asks the command to end, SIGHUP for a shell and SIGTERM else, and kills it when it does not.
 * ended follows. */
void host_command_stop(struct host_command *command);

#endif
