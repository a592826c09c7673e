/* SPDX-License-Identifier: Apache-2.0 */
#include "front_client.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NOTICE_SIZE 160

/* Octets of a reply that the socket did not take at once. */
struct front_write {
    uv_write_t request;
    struct front_client *client;
    size_t length;
    uint8_t octets[];
};

__attribute__((format(printf, 2, 0))) static void notice(const struct front_client *client,
                                                         const char *format, va_list arguments)
{
    const struct front_options *options = &client->front->options;
    char line[NOTICE_SIZE];
    int length = snprintf(line, sizeof line, "program %ld is refused: ", (long)client->pid);

    if (options->notice == NULL || length < 0)
        return;
    (void)vsnprintf(line + length, sizeof line - (size_t)length, format, arguments);
    options->notice(options->self, line);
}

/* ---- the end ---- */

static void on_closed(uv_handle_t *handle)
{
    struct front_client *client = handle->data;
    struct front *front = client->front;

    front_handles_free(&client->context);
    explicit_bzero(client, sizeof *client);
    free(client);
    front_handle_closed(front);
}

static void unlist(struct front_client *client)
{
    struct front *front = client->front;

    if (!client->listed)
        return;
    client->listed = false;
    if (client->previous != NULL)
        client->previous->next = client->next;
    else
        front->clients = client->next;
    if (client->next != NULL)
        client->next->previous = client->previous;
    front->counters.clients--;
    if (client->context.id != 0)
        front->counters.contexts--;
}

void front_client_close(struct front_client *client)
{
    if (client->closing)
        return;
    client->closing = true;
    client->wait = (struct front_wait){ 0 };
    unlist(client);
    front_context_abandon(client);
    front_remote_forget(client);
    uv_close((uv_handle_t *)&client->pipe, on_closed);
}

void front_client_refuse(struct front_client *client, const char *format, ...)
{
    va_list arguments;

    if (client->closing)
        return;
    va_start(arguments, format);
    notice(client, format, arguments);
    va_end(arguments);
    front_client_close(client);
}

/* ---- out ---- */

static void on_written(uv_write_t *request, int status)
{
    struct front_write *write = request->data;
    struct front_client *client = write->client;

    explicit_bzero(write->octets, write->length);
    free(write);
    client->writes--;
    if (client->closing)
        return;
    if (status != 0)
        front_client_close(client);
    else
        front_client_serve(client);
}

/* Copies what comes after the first skip octets of the buffers. */
static void gather(struct front_write *write, const uv_buf_t *buffers, unsigned count, size_t skip)
{
    for (unsigned i = 0; i < count; i++) {
        size_t skipped = skip < buffers[i].len ? skip : buffers[i].len;
        skip -= skipped;
        memcpy(write->octets + write->length, buffers[i].base + skipped, buffers[i].len - skipped);
        write->length += buffers[i].len - skipped;
    }
}

static void write_later(struct front_client *client, const uv_buf_t *buffers, unsigned count,
                        size_t sent, size_t left)
{
    struct front_write *write = malloc(sizeof *write + left);
    uv_buf_t rest;

    if (write == NULL) {
        front_client_close(client);
        return;
    }
    write->request.data = write;
    write->client = client;
    write->length = 0;
    gather(write, buffers, count, sent);
    rest = uv_buf_init((char *)write->octets, (unsigned)write->length);
    client->writes++;
    if (uv_write(&write->request, (uv_stream_t *)&client->pipe, &rest, 1, on_written) == 0)
        return;
    client->writes--;
    explicit_bzero(write->octets, write->length);
    free(write);
    front_client_close(client);
}

void front_client_write(struct front_client *client, const uv_buf_t *buffers, unsigned count)
{
    size_t total = 0;
    int sent;

    if (client->closing)
        return;
    for (unsigned i = 0; i < count; i++)
        total += buffers[i].len;
    sent = uv_try_write((uv_stream_t *)&client->pipe, buffers, count);
    if (sent < 0 && sent != UV_EAGAIN) {
        front_client_close(client);
        return;
    }
    if (sent < 0)
        sent = 0;
    if ((size_t)sent < total)
        write_later(client, buffers, count, (size_t)sent, total - (size_t)sent);
}

/* ---- in ---- */

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room)
{
    struct front_client *client = handle->data;

    (void)suggested;
    *room = uv_buf_init((char *)client->input + client->input_len,
                        (unsigned)(sizeof client->input - client->input_len));
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *room)
{
    struct front_client *client = stream->data;

    (void)room;
    if (client->closing || length == 0)
        return;
    if (length == UV_ENOBUFS) {
        front_client_refuse(client, "it sends on and on while its call is under way");
        return;
    }
    if (length < 0) {
        front_client_close(client);
        return;
    }
    client->input_len += (size_t)length;
    front_client_serve(client);
}

void front_client_serve(struct front_client *client)
{
    while (!client->closing && client->call == NULL && client->writes == 0 &&
           front_request_take(client))
        continue;
}

/* ---- the beginning ---- */

static bool is_own_program(struct front_client *client)
{
    struct ucred peer = { 0 };
    socklen_t size = sizeof peer;
    uv_os_fd_t descriptor;

    if (uv_fileno((uv_handle_t *)&client->pipe, &descriptor) != 0 ||
        getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return false;
    client->pid = peer.pid;
    return peer.uid == geteuid();
}

static void list(struct front_client *client)
{
    struct front *front = client->front;

    client->listed = true;
    client->next = front->clients;
    if (client->next != NULL)
        client->next->previous = client;
    front->clients = client;
    front->counters.clients++;
}

void front_client_accept(struct front *front)
{
    struct front_client *client = calloc(1, sizeof *client);

    if (client == NULL)
        return;
    client->front = front;
    client->pipe.data = client;
    uv_pipe_init(front->loop, &client->pipe, 0);
    front->open_handles++;
    if (uv_accept((uv_stream_t *)&front->listener, (uv_stream_t *)&client->pipe) != 0) {
        front_client_close(client);
        return;
    }
    if (!is_own_program(client)) {
        front_client_refuse(client, "it belongs to another user");
        return;
    }
    if (front->counters.clients >= front->options.max_connections) {
        front_client_refuse(client, "there are %u connections already",
                            (unsigned)front->options.max_connections);
        return;
    }
    list(client);
    if (uv_read_start((uv_stream_t *)&client->pipe, on_room, on_read) != 0)
        front_client_close(client);
}
