/* SPDX-License-Identifier: Apache-2.0
 *
 * Structures described by rows as JSON and back; docs/json.md describes the JSON. Unlike the core
 * this allocates: jansson holds the JSON, a capture_memory what is read from it.
 *
 *     json_t *object = json_object();
 *     ok = capture_json_write(&Transmit_Call_type, &call, true, object);
 *     ok = capture_json_read(&Transmit_Call_type, object, &again, &memory, &fault);
 */
#ifndef RDPESC_CAPTURE_JSON_H
#define RDPESC_CAPTURE_JSON_H

#include <jansson.h>

#include "memory.h"
#include "ndr.h"

#define CAPTURE_PATH_MAX 200

/* What is wrong with JSON and where: "rgReaderStates[2].Common.cbAtr". */
struct capture_fault {
    const char *reason; /* a constant string */
    char path[CAPTURE_PATH_MAX];
};

/* Adds the fields of a structure to a JSON object, in their order. Fields marked NDR_SECRET become
 * "(not shown)" unless secrets is true. False: out of memory. */
NDR_NODISCARD bool capture_json_write(const struct ndr_type *type, const void *in, bool secrets,
                                      json_t *object);

/* Reads the fields of a structure from a JSON object and takes them out of it, so that what is left
 * are members that the structure does not have. out: type->size octets, aligned for the structure;
 * on success its views, arrays and structures live in memory, and it encodes as it is but for a
 * buffer that is too small. False: *out is zeroed and *fault says what is wrong: a field is missing
 * or of another JSON type, a number or count is above its limit, a count contradicts its data, data
 * is null where it must not be, text or hex is malformed, or a structure inside has a member that
 * it should not have. */
NDR_NODISCARD bool capture_json_read(const struct ndr_type *type, json_t *object, void *out,
                                     struct capture_memory *memory, struct capture_fault *fault);

/* capture_json_read that also refuses members of the object that the structure does not have. */
NDR_NODISCARD bool capture_json_read_all(const struct ndr_type *type, json_t *object, void *out,
                                         struct capture_memory *memory,
                                         struct capture_fault *fault);

#endif
