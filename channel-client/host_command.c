/* SPDX-License-Identifier: Apache-2.0 */
#include "host_command.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host_log.h"

#define VARIABLE "PCSCLITE_CSOCK_NAME="

/* As shells have them. */
#define EXIT_CANNOT_RUN 126
#define EXIT_NOT_FOUND  127

static void process_ended(uv_process_t *process, int64_t exit_status, int signal)
{
    struct host_command *command = process->data;
    command->running = false;
    uv_close((uv_handle_t *)process, NULL);
    uv_close((uv_handle_t *)&command->timer, NULL);
    command->ended(command->self, signal != 0 ? 128 + signal : (int)exit_status);
}

/* A copy of the environment with one more variable; only the array is to be freed. */
static char **environment_with(char *variable)
{
    size_t count = 0;
    size_t used = 0;
    while (environ[count])
        count++;
    char **copy = calloc(count + 2, sizeof *copy);
    if (!copy)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(environ[i], VARIABLE, strlen(VARIABLE)) != 0)
            copy[used++] = environ[i];
    }
    copy[used] = variable;
    return copy;
}

static int spawn(struct host_command *command, uv_loop_t *loop, char **argv, char **environment)
{
    uv_stdio_container_t inherited[3];
    for (int i = 0; i < 3; i++) {
        inherited[i].flags = UV_INHERIT_FD;
        inherited[i].data.fd = i;
    }
    const uv_process_options_t options = { .exit_cb = process_ended,
                                           .file = argv[0],
                                           .args = argv,
                                           .env = environment,
                                           .stdio_count = 3,
                                           .stdio = inherited };
    /* FreeRDP's descriptors are not closed on exec by themselves. */
    close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
    command->process.data = command;
    return uv_spawn(loop, &command->process, &options);
}

int host_command_start(struct host_command *command, uv_loop_t *loop, char **argv,
                       const char *socket_path)
{
    char variable[256];
    char *shell = getenv("SHELL");
    char default_shell[] = "/bin/sh";
    char *shell_argv[] = { shell && shell[0] ? shell : default_shell, NULL };
    snprintf(variable, sizeof variable, VARIABLE "%s", socket_path);
    char **environment = environment_with(variable);
    command->shell = !argv;
    if (!argv)
        argv = shell_argv;
    if (!environment) {
        host_say("no memory to run %s", argv[0]);
        return EXIT_CANNOT_RUN;
    }
    int status = spawn(command, loop, argv, environment);
    free(environment);
    if (status != 0) {
        host_say("cannot run %s: %s", argv[0], uv_strerror(status));
        uv_close((uv_handle_t *)&command->process, NULL);
        return status == UV_ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
    }
    uv_timer_init(loop, &command->timer);
    command->timer.data = command;
    command->running = true;
    return 0;
}

static void out_of_patience(uv_timer_t *timer)
{
    struct host_command *command = timer->data;
    uv_process_kill(&command->process, SIGKILL);
}

void host_command_stop(struct host_command *command)
{
    if (uv_is_active((uv_handle_t *)&command->timer)) {
        out_of_patience(&command->timer);
        return;
    }
    uv_process_kill(&command->process, command->shell ? SIGHUP : SIGTERM);
    uv_timer_start(&command->timer, out_of_patience, HOST_COMMAND_PATIENCE, 0);
}
