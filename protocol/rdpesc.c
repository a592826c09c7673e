/* SPDX-License-Identifier: Apache-2.0 */
#include "rdpesc.h"

#include <strings.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Octets of a type's inline part, summed over its rows. */
#define WIRE(M, kind, ...)                 +WIRE_##kind(__VA_ARGS__)
#define WIRE_U32(field)                    4
#define WIRE_RNG(field, max)               4
#define WIRE_FIX(field, octets)            (octets)
#define WIRE_BYT(count, field, max, flags) 8
#define WIRE_STR(field, unit)              4
#define WIRE_SUB(field, Type)              Type##_WIRE
#define WIRE_PTR(field, Type)              4
#define WIRE_ARR(count, field, Type, max)  8
#define DEFINE_WIRE(Type, section)         enum { Type##_WIRE = 0 Type##_FIELDS(WIRE, Type) };
RDPESC_TYPES(DEFINE_WIRE)

#define ROW(M, kind, ...) ROW_##kind(M, __VA_ARGS__)
#define ROW_U32(M, field)                                                                          \
    { #field, NULL, NULL, UINT32_MAX, offsetof(struct M, field), NDR_U32, 0, 0 },
#define ROW_RNG(M, field, largest)                                                                 \
    { #field, NULL, NULL, largest, offsetof(struct M, field), NDR_U32, 0, 0 },
#define ROW_FIX(M, field, octets)                                                                  \
    { #field, NULL, NULL, octets, offsetof(struct M, field), NDR_FIXED, 0, 0 },
#define ROW_BYT(M, count, field, largest, flags)                                                   \
    { #field, #count, NULL, largest, offsetof(struct M, field), NDR_BYTES, flags, 0 },
#define ROW_STR(M, field, unit)                                                                    \
    { #field, NULL, NULL, 0, offsetof(struct M, field), NDR_STRING, 0, unit },
#define ROW_SUB(M, field, Type)                                                                    \
    { #field, NULL, &Type##_type, 0, offsetof(struct M, field), NDR_STRUCT, 0, 0 },
#define ROW_PTR(M, field, Type)                                                                    \
    { #field, NULL, &Type##_type, 0, offsetof(struct M, field), NDR_POINTER, 0, 0 },
#define ROW_ARR(M, count, field, Type, largest)                                                    \
    { #field, #count, &Type##_type, largest, offsetof(struct M, field), NDR_ARRAY, 0, 0 },

#define DEFINE_TYPE(Type, section)                                                                 \
    static const struct ndr_row Type##_rows[] = { Type##_FIELDS(ROW, Type) };                      \
    const struct ndr_type Type##_type = {                                                          \
        #Type, section, Type##_rows, COUNT(Type##_rows), sizeof(struct Type), Type##_WIRE          \
    };
RDPESC_TYPES(DEFINE_TYPE)

#define CALL_INFO(code, name, Call, Return) { code, #name, &Call##_type, &Return##_type },
static const struct rdpesc_call_info calls[] = { RDPESC_CALLS(CALL_INFO) };

#define TYPE_POINTER(Type, section) &Type##_type,
static const struct ndr_type *const types[] = { RDPESC_TYPES(TYPE_POINTER) };

const struct rdpesc_call_info *rdpesc_calls(size_t *count)
{
    *count = COUNT(calls);
    return calls;
}

const struct ndr_type *const *rdpesc_types(size_t *count)
{
    *count = COUNT(types);
    return types;
}

const struct rdpesc_call_info *rdpesc_call_by_code(uint32_t code)
{
    for (size_t i = 0; i < COUNT(calls); i++) {
        if (calls[i].code == code)
            return &calls[i];
    }
    return NULL;
}

const struct rdpesc_call_info *rdpesc_call_by_name(const char *name)
{
    for (size_t i = 0; i < COUNT(calls); i++) {
        if (strcasecmp(calls[i].name, name) == 0)
            return &calls[i];
    }
    return NULL;
}
