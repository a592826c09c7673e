/* SPDX-License-Identifier: Apache-2.0
 *
 * One field of a packet, in either direction: from octets to text and JSON, or from JSON to octets.
 * Internal to packet*.c. Every function returns false when it fails and does nothing after a
 * failure, so that a packet's shape reads as the list of its fields.
 */
#ifndef RDPESC_CAPTURE_PACKET_EXCHANGE_H
#define RDPESC_CAPTURE_PACKET_EXCHANGE_H

#include "cursor.h"
#include "packet.h"
#include "rdpdr.h"

struct exchange {
    const struct capture_packet *packet;
    bool encoding;
    bool failed;
    json_t *object;              /* the innermost one; NULL: decoding to text only */
    unsigned level;              /* blanks in front of text, by two */
    struct ndr_bytes pdu;        /* decoding */
    struct ndr_reader in;        /* decoding */
    struct ndr_writer out;       /* encoding */
    struct ndr_error error;      /* decoding */
    struct capture_fault fault;  /* encoding */
    char path[CAPTURE_PATH_MAX]; /* encoding: of object, with the dot behind it */
    struct capture_memory *memory;
};

/* Where an object was entered, to go back to. */
struct exchange_mark {
    json_t *object;
    size_t path;
};

bool exchange_fail(struct exchange *x, enum ndr_status status, size_t offset, const char *field);
bool exchange_fault(struct exchange *x, const char *field, const char *reason);

/* Octets read or written so far. */
size_t exchange_at(const struct exchange *x);
/* A fixed part; value is filled in both directions. */
bool exchange_layout(struct exchange *x, const struct rdpdr_layout *layout, void *value);
/* len octets that another field announced. Nothing is shown for none. */
bool exchange_octets(struct exchange *x, const char *name, const char *count, uint32_t len);
/* len octets of text, filled up with NULs; unit 1 or 2. */
bool exchange_text(struct exchange *x, const char *name, const char *count, uint32_t len,
                   unsigned unit);
/* What is left of the packet, or of a part that ends at end; nothing is shown for none. */
bool exchange_rest(struct exchange *x, const char *name, size_t end);
/* A structure's fields as members of the innermost object, or of a new one called name. */
bool exchange_structure(struct exchange *x, const char *name, const struct ndr_type *type,
                        const void *value);

/* Encoding: gives a number a value where the JSON has none. */
void exchange_default(struct exchange *x, const char *name, size_t value);
/* Encoding: how many elements the JSON has. */
size_t exchange_size(const struct exchange *x, const char *name);
/* Into element i of a list (decoding: a new one) and out of it again. */
bool exchange_enter(struct exchange *x, const char *name, uint32_t i, struct exchange_mark *mark);
bool exchange_leave(struct exchange *x, const struct exchange_mark *mark);

#endif
