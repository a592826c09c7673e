/* SPDX-License-Identifier: Apache-2.0 */
#include "rdpdr.h"

#include <string.h>

#define COUNT(array)             (sizeof(array) / sizeof((array)[0]))
#define CAPABILITY_HEADER_OCTETS 8
#define GENERAL_OCTETS           32 /* behind the header, version 1 */
#define GENERAL_VERSION_2        2
#define SPECIAL_TYPE_DEVICES     2 /* what hosts send: so many device types may come before logon */
#define UNICODE_FLAG             1u

#define ROW(M, kind, field) { #field, offsetof(struct M, field), ROW_##kind },
#define ROW_U16             2
#define ROW_U32             4
#define ROW_NAM             RDPDR_NAME_OCTETS
#define DEFINE_LAYOUT(Layout, section)                                                             \
    static const struct rdpdr_row Layout##_rows[] = { Layout##_FIELDS(ROW, Layout) };              \
    const struct rdpdr_layout Layout##_layout = { #Layout, section, Layout##_rows,                 \
                                                  COUNT(Layout##_rows), sizeof(struct Layout) };
RDPDR_LAYOUTS(DEFINE_LAYOUT)

const struct rdpdr_layout *const *rdpdr_layouts(size_t *count)
{
#define LAYOUT_POINTER(Layout, section) &Layout##_layout,
    static const struct rdpdr_layout *const layouts[] = { RDPDR_LAYOUTS(LAYOUT_POINTER) };

    *count = COUNT(layouts);
    return layouts;
}

static enum ndr_status fail(struct ndr_error *error, enum ndr_status status, size_t offset,
                            const char *field)
{
    if (error)
        *error = (struct ndr_error){ status, (uint32_t)offset, field };
    return status;
}

static bool read_row(const struct rdpdr_row *row, struct ndr_reader *in, uint8_t *member)
{
    uint16_t half;
    uint32_t whole;
    const uint8_t *octets;

    if (row->octets == sizeof half) {
        if (!ndr_read_u16(in, &half))
            return false;
        memcpy(member, &half, sizeof half);
        return true;
    }
    if (row->octets == sizeof whole) {
        if (!ndr_read_u32(in, &whole))
            return false;
        memcpy(member, &whole, sizeof whole);
        return true;
    }
    if (!ndr_read_view(in, row->octets, &octets))
        return false;
    memcpy(member, octets, row->octets);
    return true;
}

enum ndr_status rdpdr_read(const struct rdpdr_layout *layout, struct ndr_reader *in, void *out,
                           struct ndr_error *error)
{
    memset(out, 0, layout->size);
    for (size_t i = 0; i < layout->row_count; i++) {
        if (read_row(&layout->rows[i], in, (uint8_t *)out + layout->rows[i].offset))
            continue;
        memset(out, 0, layout->size);
        return fail(error, NDR_TRUNCATED, in->at, layout->rows[i].name);
    }
    return NDR_OK;
}

static bool write_row(const struct rdpdr_row *row, struct ndr_writer *out, const uint8_t *member)
{
    uint16_t half;
    uint32_t whole;

    if (row->octets == sizeof half) {
        memcpy(&half, member, sizeof half);
        return ndr_write_u16(out, half);
    }
    if (row->octets == sizeof whole) {
        memcpy(&whole, member, sizeof whole);
        return ndr_write_u32(out, whole);
    }
    return ndr_write_bytes(out, member, row->octets);
}

bool rdpdr_write(const struct rdpdr_layout *layout, struct ndr_writer *out, const void *in)
{
    for (size_t i = 0; i < layout->row_count; i++) {
        if (!write_row(&layout->rows[i], out, (const uint8_t *)in + layout->rows[i].offset))
            return false;
    }
    return true;
}

enum ndr_status rdpdr_open(struct ndr_bytes pdu, struct ndr_reader *in, struct RDPDR_HEADER *header,
                           struct ndr_error *error)
{
    *in = ndr_reader_over(pdu);
    return rdpdr_read(&RDPDR_HEADER_layout, in, header, error);
}

bool rdpdr_write_header(struct ndr_writer *out, enum rdpdr_packet_id packet)
{
    const struct RDPDR_HEADER header = { RDPDR_CTYP_CORE, (uint16_t)packet };

    return rdpdr_write(&RDPDR_HEADER_layout, out, &header);
}

/* A view of len octets that a length field called name announced. */
static enum ndr_status read_announced(struct ndr_reader *in, uint32_t len, const char *name,
                                      struct ndr_bytes *view, struct ndr_error *error)
{
    view->len = len;
    if (!ndr_read_view(in, len, &view->data)) {
        *view = (struct ndr_bytes){ NULL, 0 };
        return fail(error, NDR_TRUNCATED, in->at, name);
    }
    return NDR_OK;
}

static struct ndr_bytes cut_at_nul(struct ndr_bytes text, uint32_t unit)
{
    uint32_t len = 0;

    while (len + unit <= text.len && (text.data[len] || (unit == 2 && text.data[len + 1])))
        len += unit;
    return (struct ndr_bytes){ text.data, len };
}

enum ndr_status rdpdr_read_client_name(struct ndr_reader *in, struct ndr_bytes *name, bool *unicode,
                                       struct ndr_error *error)
{
    struct DR_CORE_CLIENT_NAME fixed;
    enum ndr_status status = rdpdr_read(&DR_CORE_CLIENT_NAME_layout, in, &fixed, error);

    *name = (struct ndr_bytes){ NULL, 0 };
    *unicode = fixed.UnicodeFlag & UNICODE_FLAG;
    if (status != NDR_OK)
        return status;
    status = read_announced(in, fixed.ComputerNameLen, "ComputerName", name, error);
    if (status == NDR_OK)
        *name = cut_at_nul(*name, *unicode ? 2 : 1);
    return status;
}

static enum ndr_status read_set(struct ndr_reader *in, struct rdpdr_capabilities *capabilities,
                                struct ndr_error *error)
{
    struct CAPABILITY_HEADER header;
    struct ndr_bytes body;
    struct ndr_reader inside;
    size_t at = in->at;
    enum ndr_status status = rdpdr_read(&CAPABILITY_HEADER_layout, in, &header, error);

    if (status != NDR_OK)
        return status;
    if (header.CapabilityLength < CAPABILITY_HEADER_OCTETS)
        return fail(error, NDR_HEADER, at + 2, "CapabilityLength");
    status = read_announced(in, header.CapabilityLength - CAPABILITY_HEADER_OCTETS,
                            "CapabilityLength", &body, error);
    if (status != NDR_OK)
        return status;
    if (header.CapabilityType == RDPDR_CAP_SMARTCARD)
        capabilities->has_smartcard = true;
    if (header.CapabilityType != RDPDR_CAP_GENERAL)
        return NDR_OK;
    inside = ndr_reader_over(body);
    if (rdpdr_read(&GENERAL_CAPS_SET_layout, &inside, &capabilities->general, NULL) != NDR_OK)
        return fail(error, NDR_HEADER, at + 2, "CapabilityLength");
    capabilities->has_general = true;
    return NDR_OK;
}

enum ndr_status rdpdr_read_capabilities(struct ndr_reader *in,
                                        struct rdpdr_capabilities *capabilities,
                                        struct ndr_error *error)
{
    struct DR_CORE_CAPABILITY fixed;
    enum ndr_status status = rdpdr_read(&DR_CORE_CAPABILITY_layout, in, &fixed, error);

    memset(capabilities, 0, sizeof *capabilities);
    for (uint32_t i = 0; status == NDR_OK && i < fixed.numCapabilities; i++)
        status = read_set(in, capabilities, error);
    return status;
}

bool rdpdr_write_capabilities(struct ndr_writer *out, enum rdpdr_packet_id packet,
                              const struct GENERAL_CAPS_SET *general)
{
    const struct DR_CORE_CAPABILITY fixed = { 2, 0 };
    const struct CAPABILITY_HEADER general_header = { RDPDR_CAP_GENERAL,
                                                      CAPABILITY_HEADER_OCTETS + GENERAL_OCTETS + 4,
                                                      GENERAL_VERSION_2 };
    const struct CAPABILITY_HEADER smartcard = { RDPDR_CAP_SMARTCARD, CAPABILITY_HEADER_OCTETS, 1 };

    return rdpdr_write_header(out, packet) &&
           rdpdr_write(&DR_CORE_CAPABILITY_layout, out, &fixed) &&
           rdpdr_write(&CAPABILITY_HEADER_layout, out, &general_header) &&
           rdpdr_write(&GENERAL_CAPS_SET_layout, out, general) &&
           ndr_write_u32(out, SPECIAL_TYPE_DEVICES) &&
           rdpdr_write(&CAPABILITY_HEADER_layout, out, &smartcard);
}

enum ndr_status rdpdr_read_device(struct ndr_reader *in, struct DEVICE_ANNOUNCE *device,
                                  struct ndr_bytes *data, struct ndr_error *error)
{
    enum ndr_status status = rdpdr_read(&DEVICE_ANNOUNCE_layout, in, device, error);

    *data = (struct ndr_bytes){ NULL, 0 };
    if (status != NDR_OK)
        return status;
    return read_announced(in, device->DeviceDataLength, "DeviceData", data, error);
}

enum ndr_status rdpdr_read_control_request(struct ndr_reader *in, struct DR_CONTROL_REQ *request,
                                           struct ndr_bytes *input, struct ndr_error *error)
{
    const uint8_t *padding;
    enum ndr_status status = rdpdr_read(&DR_CONTROL_REQ_layout, in, request, error);

    *input = (struct ndr_bytes){ NULL, 0 };
    if (status != NDR_OK)
        return status;
    if (!ndr_read_view(in, RDPDR_CONTROL_PADDING, &padding))
        return fail(error, NDR_TRUNCATED, in->at, "Padding");
    return read_announced(in, request->InputBufferLength, "InputBuffer", input, error);
}

bool rdpdr_write_control_request(struct ndr_writer *out, const struct DR_DEVICE_IOREQUEST *io,
                                 const struct DR_CONTROL_REQ *request)
{
    struct DR_DEVICE_IOREQUEST control = *io;

    control.MajorFunction = RDPDR_IRP_MJ_DEVICE_CONTROL;
    return rdpdr_write_header(out, RDPDR_DEVICE_IOREQUEST) &&
           rdpdr_write(&DR_DEVICE_IOREQUEST_layout, out, &control) &&
           rdpdr_write(&DR_CONTROL_REQ_layout, out, request) &&
           ndr_write_zeroes(out, RDPDR_CONTROL_PADDING);
}

enum ndr_status rdpdr_read_control_response(struct ndr_reader *in, struct ndr_bytes *output,
                                            struct ndr_error *error)
{
    struct DR_CONTROL_RSP response;
    enum ndr_status status = rdpdr_read(&DR_CONTROL_RSP_layout, in, &response, error);

    *output = (struct ndr_bytes){ NULL, 0 };
    if (status != NDR_OK)
        return status;
    return read_announced(in, response.OutputBufferLength, "OutputBuffer", output, error);
}
