/* SPDX-License-Identifier: Apache-2.0 */
#include "front.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "front_client.h"

#define BACKLOG          128
#define ID_MAX           0x7FFFFFFFu
#define READER_SLOTS_MAX 1024
#define PRIVATE_SOCKET   0600
#define NOT_PRIVATE      0077

/* ---- names of contexts and handles ---- */

struct front_client *front_find_context(const struct front *front, uint32_t id)
{
    for (struct front_client *client = front->clients; client != NULL; client = client->next)
        if (id != 0 && client->context.id == id)
            return client;
    return NULL;
}

static bool is_id_taken(const struct front *front, uint32_t id)
{
    if (front_find_context(front, id) != NULL)
        return true;
    for (const struct front_client *client = front->clients; client != NULL; client = client->next)
        if (front_handle_find(client, (int32_t)id) != NULL)
            return true;
    return false;
}

uint32_t front_new_id(struct front *front)
{
    do
        front->last_id = front->last_id % ID_MAX + 1;
    while (is_id_taken(front, front->last_id));
    return front->last_id;
}

/* ---- the socket ---- */

static bool is_served(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool served;

    if (descriptor < 0)
        return false;
    memcpy(address.sun_path, path, strlen(path));
    served = connect(descriptor, (const struct sockaddr *)&address, sizeof address) == 0;
    close(descriptor);
    return served;
}

static const char *check_folder(const char *path)
{
    char folder[FRONT_PATH_SIZE];
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - path);
    struct stat status;

    memcpy(folder, slash == NULL ? "." : "/", 2);
    if (length > 0) {
        memcpy(folder, path, length);
        folder[length] = '\0';
    }
    if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode))
        return "the folder of the socket does not exist";
    if (status.st_uid != geteuid() || (status.st_mode & NOT_PRIVATE) != 0)
        return "the folder of the socket must be the user's own and closed to others (0700)";
    return NULL;
}

static const char *clear_path(const char *path)
{
    struct stat status;

    if (lstat(path, &status) != 0)
        return NULL;
    if (!S_ISSOCK(status.st_mode))
        return "the path of the socket is taken by a file";
    if (is_served(path))
        return "the socket is in use by another process";
    return unlink(path) == 0 ? NULL : "the old socket cannot be removed";
}

static const char *check(const struct front_options *options)
{
    const char *problem;

    if (options->path[0] == '\0' || strlen(options->path) >= FRONT_PATH_SIZE)
        return "the path of the socket is too long";
    if (options->reader_slots == 0 || options->reader_slots > READER_SLOTS_MAX)
        return "the reader array must have 1 to 1024 elements";
    problem = check_folder(options->path);
    return problem != NULL ? problem : clear_path(options->path);
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct front *front = listener->data;

    if (status == 0 && !front->closing)
        front_client_accept(front);
}

static void on_listener_closed(uv_handle_t *handle)
{
    front_handle_closed(handle->data);
}

/* The listener is a handle of the loop from here on, whatever this returns. */
static const char *listen_on_path(struct front *front)
{
    if (uv_pipe_bind(&front->listener, front->path) != 0)
        return "the socket cannot be bound";
    if (chmod(front->path, PRIVATE_SOCKET) != 0 ||
        uv_listen((uv_stream_t *)&front->listener, BACKLOG, on_connection) != 0)
        return "the socket cannot be listened on";
    return NULL;
}

static void ignore_sigpipe(void)
{
    struct sigaction action;

    if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
}

static struct front *front_alloc(const struct front_options *options)
{
    struct front *front = calloc(1, sizeof *front);

    if (front == NULL)
        return NULL;
    front->array = calloc(options->reader_slots, sizeof *front->array);
    if (front->array == NULL) {
        free(front);
        return NULL;
    }
    front->options = *options;
    memcpy(front->path, options->path, strlen(options->path));
    front->options.path = front->path;
    return front;
}

struct front *front_new(uv_loop_t *loop, struct session *session, struct mirror *mirror,
                        const struct front_options *options, const char **problem)
{
    const char *unused = NULL;
    struct front *front;

    problem = problem != NULL ? problem : &unused;
    *problem = check(options);
    if (*problem != NULL)
        return NULL;
    *problem = "there is no memory for the socket";
    front = front_alloc(options);
    if (front == NULL)
        return NULL;
    front->loop = loop;
    front->session = session;
    front->mirror = mirror;
    front->listener.data = front;
    uv_pipe_init(loop, &front->listener, 0);
    front->open_handles = 1;
    ignore_sigpipe();
    *problem = listen_on_path(front);
    if (*problem == NULL)
        return front;
    front_free(front);
    return NULL;
}

void front_free(struct front *front)
{
    if (front == NULL)
        return;
    front->closing = true;
    while (front->clients != NULL)
        front_client_close(front->clients);
    uv_close((uv_handle_t *)&front->listener, on_listener_closed);
}

void front_handle_closed(struct front *front)
{
    if (--front->open_handles > 0)
        return;
    free(front->array);
    free(front);
}

/* ---- news ---- */

/* Programs of 4:5 and later want to know how often readers came or went. */
static void count_reader_events(struct front *front)
{
    size_t count;
    const struct mirror_reader *readers = mirror_readers(front->mirror, &count);
    bool changed = count != front->name_count;

    for (size_t i = 0; i < count; i++) {
        if (strcmp(front->names[i], readers[i].name) != 0)
            changed = true;
        memcpy(front->names[i], readers[i].name, sizeof front->names[i]);
    }
    front->name_count = count;
    if (changed)
        front->reader_events++;
}

void front_readers_changed(struct front *front)
{
    struct front_client *next;

    count_reader_events(front);
    for (struct front_client *client = front->clients; client != NULL; client = next) {
        next = client->next;
        (void)front_wait_end(client, RDPESC_S_SUCCESS);
    }
}

void front_link(struct front *front, enum session_link link)
{
    if (link == SESSION_UP)
        return;
    for (struct front_client *client = front->clients; client != NULL; client = client->next)
        front_context_link_lost(client);
}

struct front_counters front_counters(const struct front *front)
{
    return front->counters;
}
