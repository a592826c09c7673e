/* SPDX-License-Identifier: Apache-2.0 */
#include "host_report.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static const char *link_name(enum session_link link)
{
    switch (link) {
    case SESSION_CONNECTING: return "connecting";
    case SESSION_NO_DEVICE: return "no-device";
    case SESSION_UP: return "up";
    case SESSION_DOWN: break;
    }
    return "down";
}

static const char *state_name(uint32_t state)
{
    if (state & RDPESC_STATE_UNAVAILABLE)
        return "unavailable";
    if (state & RDPESC_STATE_UNKNOWN)
        return "unknown";
    if (state & RDPESC_STATE_MUTE)
        return "mute";
    if (state & RDPESC_STATE_PRESENT)
        return "present";
    return state & RDPESC_STATE_EMPTY ? "empty" : "unknown";
}

static json_t *report_reader(const struct mirror_reader *reader)
{
    char atr[2 * RDPESC_ATR_MAX + 1] = "";
    uint32_t len = reader->atr_len < RDPESC_ATR_MAX ? reader->atr_len : RDPESC_ATR_MAX;
    for (uint32_t i = 0; i < len; i++)
        snprintf(atr + 2 * i, 3, "%02x", reader->atr[i]);
    return json_pack("{s:s, s:s, s:b, s:b, s:s}", "name", reader->name, "state",
                     state_name(reader->state), "in_use", (reader->state & RDPESC_STATE_INUSE) != 0,
                     "exclusive", (reader->state & RDPESC_STATE_EXCLUSIVE) != 0, "atr", atr);
}

static json_t *report_readers(const struct mirror *mirror)
{
    size_t count = 0;
    json_t *list = json_array();
    const struct mirror_reader *readers = mirror_readers(mirror, &count);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, report_reader(&readers[i]));
    return list;
}

static const char *service_name(const struct mirror *mirror)
{
    if (!mirror_is_ready(mirror))
        return "unknown";
    return mirror_service(mirror) == RDPESC_S_SUCCESS ? "running" : "not running";
}

char *host_report(const struct host_status_sources *sources)
{
    const struct session_counters link = session_counters(sources->session);
    const struct front_counters front =
        sources->front ? front_counters(sources->front) : (struct front_counters){ 0 };
    json_t *report = json_pack(
        "{s:s, s:b, s:s, s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "link",
        link_name(session_link_state(sources->session)), "ready", mirror_is_ready(sources->mirror),
        "peer", session_peer_name(sources->session), "resource_manager",
        service_name(sources->mirror), "readers", report_readers(sources->mirror), "scard_calls",
        (json_int_t)front.scard_calls, "ioctls", (json_int_t)link.ioctls, "round_trips",
        (json_int_t)front.round_trips, "bytes_sent", (json_int_t)link.bytes_sent, "bytes_received",
        (json_int_t)link.bytes_received, "links", (json_int_t)link.links, "contexts",
        (json_int_t)front.contexts, "clients", (json_int_t)front.clients, "transmits",
        (json_int_t)front.transmits);
    char *compact = report ? json_dumps(report, JSON_COMPACT) : NULL;
    char *text = NULL;
    if (compact && asprintf(&text, "%s\n", compact) < 0)
        text = NULL;
    free(compact);
    json_decref(report);
    return text;
}
