/* SPDX-License-Identifier: Apache-2.0
 *
 * A hostile client: any sequence of RDPDR packets into the session engine, calls in flight. Input:
 * packets, each with its length in two octets in front. Every call must end exactly once.
 */
#include <stdlib.h>

#include "session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t made;
static size_t ended;

static bool swallow(void *self, struct ndr_bytes pdu)
{
    (void)self;
    return pdu.len > 0;
}

static void count_end(void *user, scard_code code, const void *ret)
{
    (void)user;
    if ((code == RDPESC_S_SUCCESS) != (ret != NULL))
        abort();
    ended++;
}

static void make_call(struct session *session)
{
    const struct ListReaders_Call list = { .cchReaders = RDPESC_AUTOALLOCATE };

    if (session_call(session, RDPESC_ListReadersW, &list, count_end, NULL))
        made++;
}

static void on_link(void *self, enum session_link link)
{
    (void)self;
    (void)link;
}

static void on_notice(void *self, const char *line)
{
    (void)self;
    (void)line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct session_observer observer = { NULL, on_link, on_notice };
    const struct session_channel channel = { NULL, swallow };
    struct session *session = session_new(&observer);
    bool open = true;

    made = 0;
    ended = 0;
    session_attach(session, &channel);
    while (open && size >= 2) {
        size_t len = (size_t)data[0] << 8 | data[1];

        len = len < size - 2 ? len : size - 2;
        open = session_receive(session, (struct ndr_bytes){ data + 2, (uint32_t)len });
        make_call(session);
        data += 2 + len;
        size -= 2 + len;
    }
    session_free(session);
    if (made != ended)
        abort();
    return 0;
}
