/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cursor.h"
#include "rdpesc.h"

#define RPCE_VERSION              1
#define RPCE_LITTLE_ENDIAN        0x10
#define RPCE_COMMON_HEADER_LENGTH 8
#define RPCE_FILLER               0xCCCCCCCCu
#define RPCE_BOUNDARY             8
/* The longest object of a failure that a peer cut behind its ReturnCode. */
#define CUT_RETURN 8

static enum ndr_status fail(struct ndr_error *error, enum ndr_status status, uint32_t offset,
                            const char *field)
{
    if (error)
        *error = (struct ndr_error){ status, offset, field };
    return status;
}

static enum ndr_status check_common_header(const uint8_t *header, struct ndr_error *error)
{
    if (header[0] != RPCE_VERSION)
        return fail(error, NDR_HEADER, 0, "Version");
    if (header[1] != RPCE_LITTLE_ENDIAN)
        return fail(error, NDR_HEADER, 1, "Endianness");
    if (header[2] != RPCE_COMMON_HEADER_LENGTH || header[3] != 0)
        return fail(error, NDR_HEADER, 2, "CommonHeaderLength");
    return NDR_OK;
}

enum ndr_status rpce_unwrap(struct ndr_bytes stream, struct ndr_bytes *object,
                            struct ndr_error *error)
{
    struct ndr_reader in = ndr_reader_over(stream);
    const uint8_t *header = NULL;
    uint32_t length = 0;
    uint32_t filler;
    enum ndr_status status;

    *object = (struct ndr_bytes){ NULL, 0 };
    if (!ndr_read_view(&in, RPCE_COMMON_HEADER_LENGTH, &header))
        return fail(error, NDR_TRUNCATED, stream.len, "CommonHeader");
    status = check_common_header(header, error);
    if (status != NDR_OK)
        return status;
    if (!ndr_read_u32(&in, &length) || !ndr_read_u32(&in, &filler))
        return fail(error, NDR_TRUNCATED, stream.len, "PrivateHeader");
    /* Some peers count the headers too; then the number is all there is, and less is meant. */
    if (length == stream.len)
        length -= RPCE_HEADERS;
    if (length > in.left)
        return fail(error, NDR_TRUNCATED, RPCE_COMMON_HEADER_LENGTH, "ObjectBufferLength");
    *object = (struct ndr_bytes){ stream.data + RPCE_HEADERS, length };
    return NDR_OK;
}

enum ndr_status rdpesc_decode_call(const struct rdpesc_call_info *info, struct ndr_bytes input,
                                   void *out, struct ndr_arena *arena, struct ndr_error *error)
{
    struct ndr_reader in = ndr_reader_over(input);
    struct ScardAccessStartedEvent_Call raw = { { 0 } };
    const uint8_t *octets;
    struct ndr_bytes object;
    enum ndr_status status;

    if (info->code == RDPESC_AccessStartedEvent) {
        if (ndr_read_view(&in, sizeof raw.Unused, &octets))
            memcpy(raw.Unused, octets, sizeof raw.Unused);
        memcpy(out, &raw, sizeof raw);
        return fail(error, NDR_OK, 0, "");
    }
    memset(out, 0, info->call->size);
    status = rpce_unwrap(input, &object, error);
    if (status != NDR_OK)
        return status;
    status = ndr_decode(info->call, object, out, arena, error);
    if (status != NDR_OK && error)
        error->offset += RPCE_HEADERS;
    return status;
}

/* A failed call carries nothing but its ReturnCode, so a reply cut behind it says all there is to
 * say. */
static bool is_cut_failure(struct ndr_bytes object, uint32_t *return_code)
{
    struct ndr_reader in = ndr_reader_over(object);

    return object.len <= CUT_RETURN && ndr_read_u32(&in, return_code) &&
           *return_code != RDPESC_S_SUCCESS;
}

enum ndr_status rdpesc_decode_return_object(const struct rdpesc_call_info *info,
                                            struct ndr_bytes object, void *out,
                                            struct ndr_arena *arena, struct ndr_error *error)
{
    uint32_t return_code;
    enum ndr_status status = ndr_decode(info->ret, object, out, arena, error);

    if (status != NDR_TRUNCATED || !is_cut_failure(object, &return_code))
        return status;
    memcpy(out, &return_code, sizeof return_code);
    return fail(error, NDR_OK, 0, "");
}

enum ndr_status rdpesc_decode_return(const struct rdpesc_call_info *info, struct ndr_bytes output,
                                     void *out, struct ndr_arena *arena, struct ndr_error *error)
{
    struct ndr_bytes object;
    enum ndr_status status = rpce_unwrap(output, &object, error);

    memset(out, 0, info->ret->size);
    if (status != NDR_OK)
        return status;
    status = rdpesc_decode_return_object(info, object, out, arena, error);
    if (status != NDR_OK && error)
        error->offset += RPCE_HEADERS;
    return status;
}

static bool write_headers(struct ndr_writer *out, uint32_t object_length)
{
    const uint8_t common[4] = { RPCE_VERSION, RPCE_LITTLE_ENDIAN, RPCE_COMMON_HEADER_LENGTH, 0 };

    return ndr_write_bytes(out, common, sizeof common) && ndr_write_u32(out, RPCE_FILLER) &&
           ndr_write_u32(out, object_length) && ndr_write_u32(out, 0);
}

enum ndr_status rpce_encode(const struct ndr_type *type, const void *in, uint8_t *buffer,
                            size_t capacity, size_t *length, struct ndr_error *error)
{
    struct ndr_writer headers = { buffer, capacity, 0 };
    struct ndr_writer tail = { buffer, capacity, 0 };
    size_t room = capacity > RPCE_HEADERS ? capacity - RPCE_HEADERS : 0;
    size_t object;
    size_t padded;
    enum ndr_status status;

    *length = 0;
    if (buffer && capacity < RPCE_HEADERS)
        return fail(error, NDR_NO_SPACE, 0, "CommonHeader");
    status = ndr_encode(type, in, buffer ? buffer + RPCE_HEADERS : NULL, room, &object, error);
    if (status != NDR_OK)
        return status;
    padded = (object + RPCE_BOUNDARY - 1) / RPCE_BOUNDARY * RPCE_BOUNDARY;
    tail.at = RPCE_HEADERS + object;
    if (!write_headers(&headers, (uint32_t)padded) || !ndr_write_zeroes(&tail, padded - object))
        return fail(error, NDR_NO_SPACE, (uint32_t)tail.at, "padding");
    *length = tail.at;
    return NDR_OK;
}

enum ndr_status rdpesc_encode_call(const struct rdpesc_call_info *info, const void *in,
                                   uint8_t *buffer, size_t capacity, size_t *length,
                                   struct ndr_error *error)
{
    if (info->code == RDPESC_AccessStartedEvent)
        return ndr_encode(info->call, in, buffer, capacity, length, error);
    return rpce_encode(info->call, in, buffer, capacity, length, error);
}
