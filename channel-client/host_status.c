/* SPDX-License-Identifier: Apache-2.0 */
#include "host_status.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host_log.h"
#include "host_report.h"

struct host_status {
    uv_loop_t *loop;
    uv_pipe_t socket;
    const struct host_status_sources *sources;
};

struct answer {
    uv_pipe_t connection;
    uv_write_t request;
    char *text;
};

static void answer_closed(uv_handle_t *connection)
{
    struct answer *answer = connection->data;
    free(answer->text);
    free(answer);
}

static void answer_written(uv_write_t *request, int status)
{
    struct answer *answer = request->data;
    (void)status;
    uv_close((uv_handle_t *)&answer->connection, answer_closed);
}

static bool is_same_user(const struct answer *answer)
{
    struct ucred who;
    socklen_t len = sizeof who;
    int socket;
    return uv_fileno((const uv_handle_t *)&answer->connection, &socket) == 0 &&
           getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 && who.uid == geteuid();
}

static bool give_answer(struct host_status *status, struct answer *answer)
{
    if (uv_accept((uv_stream_t *)&status->socket, (uv_stream_t *)&answer->connection) != 0 ||
        !is_same_user(answer))
        return false;
    answer->text = host_report(status->sources);
    if (!answer->text)
        return false;
    const uv_buf_t buffer = uv_buf_init(answer->text, (unsigned)strlen(answer->text));
    answer->request.data = answer;
    return uv_write(&answer->request, (uv_stream_t *)&answer->connection, &buffer, 1,
                    answer_written) == 0;
}

static void someone_asks(uv_stream_t *socket, int error)
{
    struct host_status *status = socket->data;
    struct answer *answer = error == 0 ? calloc(1, sizeof *answer) : NULL;
    if (!answer)
        return;
    uv_pipe_init(status->loop, &answer->connection, 0);
    answer->connection.data = answer;
    if (!give_answer(status, answer))
        uv_close((uv_handle_t *)&answer->connection, answer_closed);
}

static void status_closed(uv_handle_t *socket)
{
    free(socket->data);
}

struct host_status *host_status_new(uv_loop_t *loop, const char *path,
                                    const struct host_status_sources *sources)
{
    struct host_status *status = calloc(1, sizeof *status);
    if (!status) {
        host_say("no memory for the status socket");
        return NULL;
    }
    status->loop = loop;
    status->sources = sources;
    uv_pipe_init(loop, &status->socket, 0);
    status->socket.data = status;
    unlink(path);
    int error = uv_pipe_bind(&status->socket, path);
    if (error == 0)
        error = uv_listen((uv_stream_t *)&status->socket, 8, someone_asks);
    if (error == 0)
        return status;
    host_say("cannot serve the status on %s: %s", path, uv_strerror(error));
    host_status_free(status);
    return NULL;
}

void host_status_free(struct host_status *status)
{
    if (status)
        uv_close((uv_handle_t *)&status->socket, status_closed);
}
