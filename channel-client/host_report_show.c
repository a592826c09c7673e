/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "host_log.h"
#include "host_report.h"

/* Octets of the longest report that is taken. */
#define REPORT_MAX (256u * 1024)
/* A host that does not answer in this many seconds is stuck. */
#define ANSWER_SECONDS 5

static int connect_to(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const struct timeval patience = { .tv_sec = ANSWER_SECONDS };
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    int host = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (host < 0)
        return -1;
    setsockopt(host, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(host, (const struct sockaddr *)&address, sizeof address) == 0)
        return host;
    int error = errno;
    close(host);
    errno = error;
    return -1;
}

/* The number of octets, or 0 when the host did not send all of its report. */
static size_t read_all(int host, char *text, size_t room)
{
    size_t len = 0;
    ssize_t got;
    do {
        got = read(host, text + len, room - len);
        if (got > 0)
            len += (size_t)got;
    } while (got > 0 && len < room);
    return got == 0 ? len : 0;
}

static const char *text_of(const json_t *report, const char *key)
{
    const char *text = json_string_value(json_object_get(report, key));
    return text ? text : "?";
}

static long long number_of(const json_t *report, const char *key)
{
    return json_integer_value(json_object_get(report, key));
}

/* Names come from the far side: what could steer a terminal is shown as '?'. */
static void put_name(const char *name)
{
    for (const unsigned char *at = (const unsigned char *)name; *at; at++) {
        bool c1 = at[0] == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F;
        if (c1)
            at++;
        putchar(c1 || *at < ' ' || *at == 0x7F ? '?' : *at);
    }
}

static void show_readers(const json_t *readers)
{
    size_t i;
    const json_t *reader;
    const char *label = "readers";
    json_array_foreach(readers, i, reader)
    {
        printf("%-10s ", label);
        put_name(text_of(reader, "name"));
        printf(": %s", text_of(reader, "state"));
        if (json_is_true(json_object_get(reader, "in_use")))
            printf(", in use");
        if (json_is_true(json_object_get(reader, "exclusive")))
            printf(", exclusive");
        if (json_string_length(json_object_get(reader, "atr")) > 0)
            printf(", ATR %s", text_of(reader, "atr"));
        putchar('\n');
        label = "";
    }
    if (json_array_size(readers) == 0)
        printf("%-10s none\n", label);
}

static void show(const json_t *report)
{
    printf("%-10s %s", "link", text_of(report, "link"));
    if (json_string_length(json_object_get(report, "peer")) > 0)
        printf(", client %s", text_of(report, "peer"));
    printf("\n%-10s %s on the user's machine\n", "pcscd", text_of(report, "resource_manager"));
    show_readers(json_object_get(report, "readers"));
    printf("%-10s %lld connected, %lld contexts\n", "programs", number_of(report, "clients"),
           number_of(report, "contexts"));
    printf("%-10s %lld of programs, %lld of them Transmit\n", "calls",
           number_of(report, "scard_calls"), number_of(report, "transmits"));
    printf("%-10s %lld calls sent, %lld waited for, %lld octets sent, %lld received, %lld links\n",
           "traffic", number_of(report, "ioctls"), number_of(report, "round_trips"),
           number_of(report, "bytes_sent"), number_of(report, "bytes_received"),
           number_of(report, "links"));
}

static bool show_text(const char *text, size_t len, bool raw)
{
    json_error_t error;
    json_t *report = json_loadb(text, len, 0, &error);
    if (!json_is_object(report)) {
        host_say("what came is no status report");
        json_decref(report);
        return false;
    }
    if (raw)
        fwrite(text, 1, len, stdout);
    else
        show(report);
    json_decref(report);
    return true;
}

bool host_report_show(const char *path, bool raw)
{
    static char text[REPORT_MAX];
    int host = connect_to(path);
    if (host < 0) {
        host_say("no rdpesc-host serves at %s (%s); is it running, with the same --runtime-dir?",
                 path, strerror(errno));
        return false;
    }
    size_t len = read_all(host, text, sizeof text);
    close(host);
    if (len == 0) {
        host_say("the rdpesc-host at %s does not answer", path);
        return false;
    }
    return show_text(text, len, raw);
}
