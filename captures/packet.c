/* SPDX-License-Identifier: Apache-2.0 */
#include "packet.h"

#include <stdio.h>
#include <string.h>

#include "packet_exchange.h"
#include "text.h"

#define CAPABILITY_HEADER_OCTETS 8
#define UNICODE_FLAG             1u
#define NAME_ROOM                65536 /* NULs that may follow a ComputerName */
#define PACKET_ID_OFFSET         2
#define CONTROL_CODE_OFFSET      32

/* ---- the handshake ---- */

static bool client_name(struct exchange *x)
{
    struct DR_CORE_CLIENT_NAME fixed;
    const json_t *flag = json_object_get(x->object, "UnicodeFlag");
    unsigned unit = json_integer_value(flag) & UNICODE_FLAG ? 2 : 1;
    struct ndr_bytes text = { NULL, 0 };
    const char *reason;

    if (x->encoding && capture_text_of(json_object_get(x->object, "ComputerName"), unit, x->memory,
                                       &text, &reason))
        exchange_default(x, "ComputerNameLen", text.len + unit);
    if (!exchange_layout(x, &DR_CORE_CLIENT_NAME_layout, &fixed))
        return false;
    return exchange_text(x, "ComputerName", "ComputerNameLen", fixed.ComputerNameLen,
                         fixed.UnicodeFlag & UNICODE_FLAG ? 2 : 1);
}

/* What stands in a set behind its header: known for the general set, octets for any other. */
static bool capability_body(struct exchange *x, const struct CAPABILITY_HEADER *header, size_t end)
{
    struct GENERAL_CAPS_SET general;
    struct GENERAL_CAPS_SET_2 more;
    bool has_more = x->encoding ? json_object_get(x->object, "SpecialTypeDeviceCap") != NULL
                                : end - x->in.at >= sizeof more + 32;

    if (header->CapabilityType == RDPDR_CAP_GENERAL) {
        if (!exchange_layout(x, &GENERAL_CAPS_SET_layout, &general))
            return false;
        if (has_more && !exchange_layout(x, &GENERAL_CAPS_SET_2_layout, &more))
            return false;
    }
    return exchange_rest(x, "capabilityData", end);
}

static bool capability_set(struct exchange *x)
{
    struct CAPABILITY_HEADER header;
    size_t start = exchange_at(x);
    size_t end;

    if (!exchange_layout(x, &CAPABILITY_HEADER_layout, &header))
        return false;
    end = start + header.CapabilityLength;
    if (!x->encoding && header.CapabilityLength < CAPABILITY_HEADER_OCTETS)
        return exchange_fail(x, NDR_HEADER, start + 2, "CapabilityLength");
    if (!x->encoding && header.CapabilityType == RDPDR_CAP_GENERAL && end - x->in.at < 32)
        return exchange_fail(x, NDR_HEADER, start + 2, "CapabilityLength");
    if (!x->encoding && end > x->pdu.len)
        return exchange_fail(x, NDR_TRUNCATED, start + 2, "CapabilityLength");
    if (!capability_body(x, &header, end))
        return false;
    return !x->encoding || exchange_at(x) == end ||
           exchange_fault(x, "CapabilityLength", "contradicts its data");
}

typedef bool element(struct exchange *x);

static bool list(struct exchange *x, const char *name, const char *count, uint32_t size,
                 element *one)
{
    for (uint32_t i = 0; i < size; i++) {
        struct exchange_mark mark;

        if (x->encoding && i >= exchange_size(x, name))
            return exchange_fault(x, count, "contradicts its data");
        if (!exchange_enter(x, name, i, &mark) || !one(x) || !exchange_leave(x, &mark))
            return false;
    }
    if (x->encoding && exchange_size(x, name) != size)
        return exchange_fault(x, count, "contradicts its data");
    if (x->encoding)
        (void)json_object_del(x->object, name);
    return true;
}

static bool capabilities(struct exchange *x)
{
    struct DR_CORE_CAPABILITY fixed;

    exchange_default(x, "numCapabilities", exchange_size(x, "CapabilityMessage"));
    exchange_default(x, "Padding", 0);
    return exchange_layout(x, &DR_CORE_CAPABILITY_layout, &fixed) &&
           list(x, "CapabilityMessage", "numCapabilities", fixed.numCapabilities, capability_set);
}

static bool device(struct exchange *x)
{
    struct DEVICE_ANNOUNCE fixed;

    exchange_default(x, "DeviceDataLength",
                     json_string_length(json_object_get(x->object, "DeviceData")) / 2);
    return exchange_layout(x, &DEVICE_ANNOUNCE_layout, &fixed) &&
           exchange_octets(x, "DeviceData", "DeviceDataLength", fixed.DeviceDataLength);
}

static bool device_id(struct exchange *x)
{
    struct DR_DEVICELIST_REMOVE fixed;

    return exchange_layout(x, &DR_DEVICELIST_REMOVE_layout, &fixed);
}

static bool devices(struct exchange *x, const char *name, element *one)
{
    struct DR_DEVICELIST fixed;

    exchange_default(x, "DeviceCount", exchange_size(x, name));
    return exchange_layout(x, &DR_DEVICELIST_layout, &fixed) &&
           list(x, name, "DeviceCount", fixed.DeviceCount, one);
}

/* ---- calls and returns ---- */

/* A message inside a packet: its call, and which half. */
struct message {
    const struct rdpesc_call_info *info;
    bool is_return;
    struct ndr_bytes octets; /* encoding */
};

union value {
    union rdpesc_call call;
    union rdpesc_return ret;
};

static bool show_message(struct exchange *x, const struct message *message, struct ndr_bytes stream)
{
    const struct ndr_type *type = message->is_return ? message->info->ret : message->info->call;
    size_t size = ndr_arena_bound(type, stream.len);
    size_t start = x->in.at - stream.len;
    struct ndr_arena arena = { capture_memory_take(x->memory, size), size, 0 };
    struct ndr_error error;
    union value value;
    enum ndr_status status = (message->is_return ? rdpesc_decode_return : rdpesc_decode_call)(
        message->info, stream, &value, &arena, &error);

    if (status != NDR_OK)
        return exchange_fail(x, status, start + error.offset, error.field);
    if (x->object)
        (void)json_object_set_new(x->object, "name", json_string(message->info->name));
    return exchange_structure(x, message->is_return ? "return" : "call", type, &value);
}

static bool encode_message(struct exchange *x, struct message *message, const void *value)
{
    const struct rdpesc_call_info *info = message->info;
    uint8_t *octets = NULL;
    size_t length = 0;
    struct ndr_error error = { NDR_OK, 0, "" };
    enum ndr_status status = NDR_OK;

    for (int pass = 0; pass < 2 && status == NDR_OK; pass++) {
        status = message->is_return
                     ? rpce_encode(info->ret, value, octets, length, &length, &error)
                     : rdpesc_encode_call(info, value, octets, length, &length, &error);
        if (pass == 0)
            octets = capture_memory_take(x->memory, length);
        if (!octets)
            status = NDR_NO_SPACE;
    }
    message->octets = (struct ndr_bytes){ octets, (uint32_t)length };
    return status == NDR_OK || exchange_fault(x, error.field, ndr_status_name(status));
}

/* Encodes the message that the JSON has, if it has one, before the packet around it. */
static bool take_message(struct exchange *x, struct message *message)
{
    const char *key = message->is_return ? "return" : "call";
    json_t *object = json_object_get(x->object, key);
    const char *name = json_string_value(json_object_get(x->object, "name"));
    size_t before = strlen(x->path);
    struct capture_fault fault;
    union value value;

    if (!message->info && name)
        message->info = rdpesc_call_by_name(name);
    if (name && (!message->info || message->info != rdpesc_call_by_name(name)))
        return exchange_fault(x, "name", "another call than this packet's, or none");
    (void)json_object_del(x->object, "name");
    if (!object)
        return true;
    if (!message->info)
        return exchange_fault(x, key, "no such call");
    (void)snprintf(x->path + before, sizeof x->path - before, "%s.", key);
    if (!capture_json_read_all(message->is_return ? message->info->ret : message->info->call,
                               object, &value, x->memory, &fault))
        return exchange_fault(x, fault.path, fault.reason);
    x->path[before] = '\0';
    (void)json_object_del(x->object, key);
    return encode_message(x, message, &value);
}

static bool put_message(struct exchange *x, const struct message *message, const char *count,
                        uint32_t len)
{
    if (message->octets.len != len)
        return exchange_fault(x, count, "contradicts its data");
    return len == 0 || ndr_write_bytes(&x->out, message->octets.data, len) ||
           exchange_fault(x, count, "too long");
}

/* Shown only when it is not zero, as it is with most peers. */
static bool padding(struct exchange *x)
{
    static const char name[] = "Padding";
    static const uint8_t zeroes[RDPDR_CONTROL_PADDING];
    struct ndr_reader ahead = x->in;
    const uint8_t *octets;

    if (x->encoding && !json_object_get(x->object, name))
        return ndr_write_zeroes(&x->out, sizeof zeroes) || exchange_fault(x, name, "too long");
    if (!x->encoding && ndr_read_view(&ahead, sizeof zeroes, &octets) &&
        memcmp(octets, zeroes, sizeof zeroes) == 0) {
        x->in = ahead;
        return true;
    }
    return exchange_octets(x, name, name, sizeof zeroes);
}

static bool show_call(struct exchange *x, const struct DR_CONTROL_REQ *request)
{
    const struct message message = { rdpesc_call_by_code(request->IoControlCode),
                                     false,
                                     { NULL, 0 } };
    struct ndr_bytes stream = { NULL, request->InputBufferLength };

    if (!ndr_read_view(&x->in, stream.len, &stream.data) && stream.len)
        return exchange_fail(x, NDR_TRUNCATED, x->in.at, "InputBuffer");
    if (!message.info)
        return exchange_fail(x, NDR_UNKNOWN, CONTROL_CODE_OFFSET, "IoControlCode");
    return stream.len == 0 || show_message(x, &message, stream);
}

static bool control_request(struct exchange *x)
{
    static const char length[] = "InputBufferLength";
    struct DR_CONTROL_REQ request;
    const json_t *code = json_object_get(x->object, "IoControlCode");
    struct message message = { rdpesc_call_by_code((uint32_t)json_integer_value(code)),
                               false,
                               { NULL, 0 } };

    if (x->encoding && !take_message(x, &message))
        return false;
    exchange_default(x, length, message.octets.len);
    if (!exchange_layout(x, &DR_CONTROL_REQ_layout, &request) || !padding(x))
        return false;
    return x->encoding ? put_message(x, &message, length, request.InputBufferLength)
                       : show_call(x, &request);
}

static bool io_request(struct exchange *x)
{
    struct DR_DEVICE_IOREQUEST request;

    return exchange_layout(x, &DR_DEVICE_IOREQUEST_layout, &request) &&
           (request.MajorFunction != RDPDR_IRP_MJ_DEVICE_CONTROL || control_request(x));
}

static bool show_return(struct exchange *x, uint32_t io_status, uint32_t len)
{
    const struct message message = { x->packet->ret, true, { NULL, 0 } };
    struct ndr_bytes stream = { NULL, len };

    if (!ndr_read_view(&x->in, len, &stream.data) && len)
        return exchange_fail(x, NDR_TRUNCATED, x->in.at, "OutputBuffer");
    if (len == 0 && io_status != RDPESC_STATUS_SUCCESS)
        return true;
    return show_message(x, &message, stream);
}

static bool io_completion(struct exchange *x)
{
    static const char length[] = "OutputBufferLength";
    struct DR_DEVICE_IOCOMPLETION completion;
    struct DR_CONTROL_RSP response;
    struct message message = { x->packet->ret, true, { NULL, 0 } };

    if (!exchange_layout(x, &DR_DEVICE_IOCOMPLETION_layout, &completion))
        return false;
    if (!x->encoding && !x->packet->ret)
        return true;
    if (!x->encoding)
        return exchange_layout(x, &DR_CONTROL_RSP_layout, &response) &&
               show_return(x, completion.IoStatus, response.OutputBufferLength);
    if (!take_message(x, &message))
        return false;
    if (!message.octets.data && !json_object_get(x->object, length))
        return true;
    exchange_default(x, length, message.octets.len);
    return exchange_layout(x, &DR_CONTROL_RSP_layout, &response) &&
           put_message(x, &message, length, response.OutputBufferLength);
}

/* ---- any packet ---- */

static bool body(struct exchange *x, uint16_t id)
{
    struct DR_CORE_VERSION version;
    struct DR_DEVICE_REPLY reply;

    switch (id) {
    case RDPDR_SERVER_ANNOUNCE:
    case RDPDR_CLIENTID_CONFIRM: return exchange_layout(x, &DR_CORE_VERSION_layout, &version);
    case RDPDR_CLIENT_NAME: return client_name(x);
    case RDPDR_SERVER_CAPABILITY:
    case RDPDR_CLIENT_CAPABILITY: return capabilities(x);
    case RDPDR_DEVICELIST_ANNOUNCE: return devices(x, "DeviceList", device);
    case RDPDR_DEVICELIST_REMOVE: return devices(x, "DeviceIds", device_id);
    case RDPDR_DEVICE_REPLY: return exchange_layout(x, &DR_DEVICE_REPLY_layout, &reply);
    case RDPDR_DEVICE_IOREQUEST: return io_request(x);
    case RDPDR_DEVICE_IOCOMPLETION: return io_completion(x);
    default: return true; /* RDPDR_USER_LOGGEDON is a header only */
    }
}

struct packet_name {
    uint16_t id;
    const char *name;
};

#define PACKET_NAME(name, id, section) { id, #name },
static const struct packet_name packet_names[] = { RDPDR_PACKETS(PACKET_NAME) };
#define PACKETS (sizeof packet_names / sizeof packet_names[0])

static bool show_header(struct exchange *x, uint16_t *id)
{
    struct RDPDR_HEADER header;
    const struct ndr_row row = { .name = "packet", .kind = NDR_STRING, .unit = 1 };
    const struct ndr_type type = { "", "", &row, 1, 0, 0 };
    struct ndr_bytes name = { NULL, 0 };

    if (rdpdr_read(&RDPDR_HEADER_layout, &x->in, &header, &x->error) != NDR_OK)
        return false;
    if (header.Component != RDPDR_CTYP_CORE)
        return exchange_fail(x, NDR_UNKNOWN, 0, "Component");
    *id = header.PacketId;
    for (size_t i = 0; i < PACKETS; i++) {
        if (packet_names[i].id == *id)
            name = (struct ndr_bytes){ (const uint8_t *)packet_names[i].name,
                                       (uint32_t)strlen(packet_names[i].name) };
    }
    if (!name.data)
        return exchange_fail(x, NDR_UNKNOWN, PACKET_ID_OFFSET, "PacketId");
    if (x->packet->text)
        ndr_dump(&type, &name, true, x->packet->text);
    return !x->object || capture_json_write(&type, &name, true, x->object);
}

enum ndr_status capture_packet_print(const struct capture_packet *packet, struct ndr_bytes pdu,
                                     struct ndr_error *error)
{
    struct capture_memory memory = { NULL };
    struct exchange x = { .packet = packet,
                          .object = packet->json,
                          .pdu = pdu,
                          .in = ndr_reader_over(pdu),
                          .memory = &memory };
    uint16_t id = 0;

    if (show_header(&x, &id) && body(&x, id))
        (void)exchange_rest(&x, "rest", pdu.len);
    capture_memory_free(&memory);
    *error = x.error;
    return x.error.status;
}

bool capture_packet_is_return(struct ndr_bytes pdu)
{
    struct ndr_reader in;
    struct RDPDR_HEADER header;
    struct DR_DEVICE_IOCOMPLETION completion;
    struct ndr_bytes output;

    return rdpdr_open(pdu, &in, &header, NULL) == NDR_OK && header.Component == RDPDR_CTYP_CORE &&
           header.PacketId == RDPDR_DEVICE_IOCOMPLETION &&
           rdpdr_read(&DR_DEVICE_IOCOMPLETION_layout, &in, &completion, NULL) == NDR_OK &&
           rdpdr_read_control_response(&in, &output, NULL) == NDR_OK && output.len >= RPCE_HEADERS;
}

static bool take_header(struct exchange *x, uint16_t *id)
{
    const char *name = json_string_value(json_object_get(x->object, "packet"));
    const struct packet_name *found = NULL;

    for (size_t i = 0; name && i < PACKETS; i++) {
        if (strcmp(packet_names[i].name, name) == 0)
            found = &packet_names[i];
    }
    if (!found)
        return exchange_fault(x, "packet", name ? "no such packet" : "missing");
    *id = found->id;
    (void)json_object_del(x->object, "packet");
    return rdpdr_write_header(&x->out, (enum rdpdr_packet_id) * id) ||
           exchange_fault(x, "packet", "too long");
}

static bool encode_whole(struct exchange *x)
{
    const struct exchange_mark top = { x->object, 0 };
    uint16_t id = 0;

    return take_header(x, &id) && body(x, id) && exchange_rest(x, "rest", 0) &&
           exchange_leave(x, &top);
}

/* More octets than a packet of this JSON has, unless a length in it announces more than there is.
 */
static size_t weight(json_t *value)
{
    size_t sum = 64 + 2 * json_string_length(value);
    void *member = json_object_iter(value);

    for (size_t i = 0; i < json_array_size(value); i++)
        sum += weight(json_array_get(value, i));
    for (; member; member = json_object_iter_next(value, member))
        sum += weight(json_object_iter_value(member));
    return sum;
}

bool capture_packet_encode(json_t *packet, const struct rdpesc_call_info *ret,
                           struct capture_memory *memory, struct ndr_bytes *pdu,
                           struct capture_fault *fault)
{
    const struct capture_packet how = { .ret = ret };
    struct exchange x = { .packet = &how, .encoding = true, .object = packet, .memory = memory };
    size_t capacity = weight(packet) + NAME_ROOM;
    uint8_t *octets = capture_memory_take(memory, capacity);

    *pdu = (struct ndr_bytes){ NULL, 0 };
    x.out = (struct ndr_writer){ octets, octets ? capacity : 0, 0 };
    if (!octets || !encode_whole(&x)) {
        *fault = x.fault;
        return false;
    }
    *pdu = (struct ndr_bytes){ octets, (uint32_t)x.out.at };
    return true;
}
