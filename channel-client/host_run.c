/* SPDX-License-Identifier: Apache-2.0 */
#include "host_run.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "front.h"
#include "host_certificate.h"
#include "host_command.h"
#include "host_listener.h"
#include "host_log.h"
#include "host_runtime.h"
#include "host_status.h"

/* Readers that the front's array has, as Debian's libpcsclite expects; programs at once. */
#define READER_SLOTS    16
#define CONNECTIONS_MAX 200
#define SIGNALS         3

struct host {
    const struct host_options *options;
    char front_path[HOST_PATH_MAX];
    uv_loop_t loop;
    uv_signal_t signals[SIGNALS];
    uv_timer_t wait;
    struct host_certificate own;
    struct session *session;
    struct mirror *mirror;
    struct front *front;
    struct host_status_sources sources;
    struct host_status *status;
    struct host_listener *listener;
    struct host_command command;
    bool started; /* the command was started, or could not be */
    bool ending;
    bool was_ready;
    size_t readers; /* last told */
    int exit_status;
};

/* ---- the end ---- */

static void close_watchers(struct host *host)
{
    uv_close((uv_handle_t *)&host->wait, NULL);
    for (int i = 0; i < SIGNALS; i++)
        uv_close((uv_handle_t *)&host->signals[i], NULL);
}

static void listener_ended(void *self)
{
    struct host *host = self;
    host_listener_free(host->listener);
    host->listener = NULL;
}

/* Programs first, while what they hold on the far side can still be given back; then the client. */
static void end(struct host *host, int exit_status, enum host_peer_reason reason)
{
    if (host->ending)
        return;
    host->ending = true;
    host->exit_status = exit_status;
    front_free(host->front);
    host->front = NULL;
    host->sources.front = NULL;
    host_listener_close(host->listener, reason);
}

static void signal_came(uv_signal_t *handle, int number)
{
    struct host *host = handle->data;
    host_say("ending: %s", strsignal(number));
    if (host->command.running) {
        host_command_stop(&host->command);
        return;
    }
    end(host, host->options->serve ? EXIT_SUCCESS : 128 + number, HOST_PEER_SHUTDOWN);
}

/* ---- the command ---- */

static void command_ended(void *self, int status)
{
    end(self, status, HOST_PEER_LOGOFF);
}

static void nothing_to_run(uv_timer_t *wait)
{
    struct host *host = wait->data;
    end(host, host->exit_status, HOST_PEER_LOGOFF);
}

static void start_command(struct host *host)
{
    if (host->started || host->ending || host->options->serve)
        return;
    host->started = true;
    uv_timer_stop(&host->wait);
    host->command.self = host;
    host->command.ended = command_ended;
    int failed =
        host_command_start(&host->command, &host->loop, host->options->command, host->front_path);
    if (failed == 0)
        return;
    /* From the loop: the front must not go in the middle of a call that it made. */
    host->exit_status = failed;
    uv_timer_start(&host->wait, nothing_to_run, 0, 0);
}

static void waited_enough(uv_timer_t *wait)
{
    struct host *host = wait->data;
    if (host->options->wait_seconds > 0)
        host_say("no readers after %d s: the command starts without", host->options->wait_seconds);
    start_command(host);
}

static void begin_to_wait(struct host *host)
{
    int seconds = host->options->wait_seconds;
    if (host->options->serve)
        return;
    if (seconds < 0)
        host_say("waiting for an RDP client with a smart card reader; then the command starts");
    else if (seconds > 0)
        host_say("waiting at most %d s for an RDP client with a smart card reader", seconds);
    if (seconds >= 0)
        uv_timer_start(&host->wait, waited_enough, (uint64_t)seconds * 1000, 0);
}

/* ---- what session, mirror and listener tell ---- */

static void no_device(void *self)
{
    struct host *host = self;
    host_say("no smart card redirection: client has no /smartcard");
    start_command(host);
}

static void link_changed(void *self, enum session_link link)
{
    struct host *host = self;
    if (host->mirror)
        mirror_link(host->mirror, link);
    if (host->front)
        front_link(host->front, link);
    if (link == SESSION_NO_DEVICE)
        no_device(host);
}

static void notice(void *self, const char *line)
{
    (void)self;
    host_say("%s", line);
}

static void say_readers(struct host *host, size_t count)
{
    scard_code service = mirror_service(host->mirror);
    if (service == RDPESC_E_NO_SERVICE)
        host_say("the smart card resource manager (pcscd) is not running on the user's machine");
    else if (service == RDPESC_S_SUCCESS)
        host_say("%zu reader%s known", count, count == 1 ? "" : "s");
}

static void mirror_changed(void *self)
{
    struct host *host = self;
    size_t count = 0;
    mirror_readers(host->mirror, &count);
    bool ready = mirror_is_ready(host->mirror);
    if (host->front)
        front_readers_changed(host->front);
    if (ready && (!host->was_ready || count != host->readers))
        say_readers(host, count);
    host->was_ready = ready;
    host->readers = count;
    if (ready)
        start_command(host);
}

/* ---- the beginning ---- */

static bool make_session(struct host *host)
{
    const struct session_observer session_observer = { host, link_changed, notice };
    const struct mirror_observer mirror_observer = { host, mirror_changed, notice };
    host->session = session_new(&session_observer);
    host->mirror = host->session ? mirror_new(host->session, &mirror_observer) : NULL;
    if (!host->mirror)
        host_say("no memory for the session");
    return host->mirror;
}

static bool make_front(struct host *host)
{
    const struct front_options options = { host->front_path, READER_SLOTS, CONNECTIONS_MAX, notice,
                                           host };
    const char *problem = NULL;
    host->front = front_new(&host->loop, host->session, host->mirror, &options, &problem);
    if (!host->front)
        host_say("cannot serve programs on %s: %s", host->front_path, problem);
    return host->front;
}

static bool make_status(struct host *host, const char *dir)
{
    char path[HOST_PATH_MAX];
    host_runtime_path(path, dir, "status");
    host->sources = (struct host_status_sources){ host->session, host->mirror, host->front };
    host->status = host_status_new(&host->loop, path, &host->sources);
    return host->status;
}

static bool make_certificate(struct host *host, const char *dir)
{
    const struct host_options *options = host->options;
    return options->certificate
               ? host_certificate_read(&host->own, options->certificate, options->key)
               : host_certificate_own(&host->own, dir);
}

static bool make_listener(struct host *host)
{
    const struct host_options *options = host->options;
    const struct host_listener_observer observer = { host, no_device, listener_ended };
    host->listener = host_listener_new(&host->loop, options->address, options->port, &host->own,
                                       host->session, &observer);
    return host->listener;
}

/* Before anything else: a signal that comes while a key is made is followed as soon as the loop
 * runs. */
static void watch(struct host *host)
{
    static const int numbers[SIGNALS] = { SIGTERM, SIGINT, SIGHUP };
    for (int i = 0; i < SIGNALS; i++) {
        uv_signal_init(&host->loop, &host->signals[i]);
        host->signals[i].data = host;
        uv_signal_start(&host->signals[i], signal_came, numbers[i]);
    }
    uv_timer_init(&host->loop, &host->wait);
    host->wait.data = host;
}

static void serve(struct host *host)
{
    host_say("certificate SHA-256 %s", host->own.fingerprint);
    begin_to_wait(host);
    while (host->listener)
        uv_run(&host->loop, UV_RUN_ONCE);
}

/* The session last: the mirror and programs that go still have something to say to it. */
static void clear(struct host *host)
{
    close_watchers(host);
    front_free(host->front);
    host_status_free(host->status);
    uv_run(&host->loop, UV_RUN_DEFAULT);
    if (host->session)
        session_detach(host->session);
    mirror_free(host->mirror);
    host->mirror = NULL;
    session_free(host->session);
    host_certificate_clear(&host->own);
    uv_loop_close(&host->loop);
}

int host_run(const struct host_options *options, const char *dir)
{
    struct host host = { .options = options, .exit_status = EXIT_FAILURE };
    if (uv_loop_init(&host.loop) != 0) {
        host_say("no memory or no descriptors for an event loop");
        return EXIT_FAILURE;
    }
    watch(&host);
    host_runtime_path(host.front_path, dir, "pcscd.comm");
    /* The front before the rest: its socket is what keeps a second host out of the folder. */
    if (make_session(&host) && make_front(&host) && make_status(&host, dir) &&
        make_certificate(&host, dir) && make_listener(&host))
        serve(&host);
    clear(&host);
    return host.exit_status;
}
