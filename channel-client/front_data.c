/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "front_client.h"
#include "front_values.h"

#define REMOTE_DATA_MAX 66560u /* [MS-RDPESC] limit of cbRecvLength and cbOutBufferSize */

static uint32_t at_most(uint32_t value, uint32_t limit)
{
    return value < limit ? value : limit;
}

/* The rv for an answer of the far side that must fit into room octets. */
static uint32_t fit(struct ndr_bytes answer, uint32_t room)
{
    if (answer.len > room)
        return RDPESC_E_INSUFFICIENT_BUFFER;
    return answer.data == NULL && answer.len > 0 ? RDPESC_F_COMM_ERROR : RDPESC_S_SUCCESS;
}

/* Octets go out behind a success only: behind anything else the program would not fetch them. */
static void reply_with(struct front_client *client, uint32_t rv, struct ndr_bytes answer)
{
    front_reply_data(client, rv, rv == RDPESC_S_SUCCESS ? answer : (struct ndr_bytes){ NULL, 0 });
}

static void transmitted(struct front_client *client, scard_code code,
                        const union rdpesc_return *ret)
{
    struct pcscd_transmit *transmit = &client->body.transmit;
    const struct front_handle *handle = front_handle_find(client, transmit->hCard);
    uint32_t room = transmit->pcbRecvLength;
    struct ndr_bytes answer = { NULL, 0 };
    uint32_t rv = front_code_to_local(code);

    if (ret != NULL)
        answer = ret->Transmit.pbRecvBuffer;
    if (code == RDPESC_S_SUCCESS)
        rv = fit(answer, room);
    if (handle != NULL && handle->protocol != 0)
        transmit->ioRecvPciProtocol = handle->protocol;
    if (ret != NULL && ret->Transmit.pioRecvPci != NULL)
        transmit->ioRecvPciProtocol =
            front_protocols_to_local(ret->Transmit.pioRecvPci->dwProtocol);
    transmit->pcbRecvLength = answer.len;
    reply_with(client, rv, answer);
}

void front_transmit(struct front_client *client, struct ndr_bytes data)
{
    const struct pcscd_transmit *transmit = &client->body.transmit;
    const struct front_handle *handle = front_handle_for(client, transmit->hCard);

    if (handle == NULL)
        return;
    /* The answer's PCI is not asked for: it holds no more than the protocol, which is known. */
    struct Transmit_Call call = {
        .hCard = front_remote_handle(handle),
        .ioSendPci = { .dwProtocol = front_protocols_to_remote(transmit->ioSendPciProtocol) },
        .pbSendBuffer = data,
        .cbRecvLength = at_most(transmit->pcbRecvLength, REMOTE_DATA_MAX),
    };
    front_remote_call(client, RDPESC_Transmit, &call, transmitted);
}

static void controlled(struct front_client *client, scard_code code, const union rdpesc_return *ret)
{
    struct pcscd_control *control = &client->body.control;
    struct ndr_bytes answer = { NULL, 0 };
    uint32_t rv = front_code_to_local(code);

    if (ret != NULL)
        answer = ret->Control.pvOutBuffer;
    if (code == RDPESC_S_SUCCESS)
        rv = fit(answer, control->cbRecvLength);
    control->dwBytesReturned = answer.len;
    reply_with(client, rv, answer);
}

void front_control(struct front_client *client, struct ndr_bytes data)
{
    const struct pcscd_control *control = &client->body.control;
    const struct front_handle *handle = front_handle_for(client, control->hCard);

    if (handle == NULL)
        return;
    struct Control_Call call = {
        .hCard = front_remote_handle(handle),
        .dwControlCode = front_control_to_remote(control->dwControlCode),
        .pvInBuffer = data,
        .cbOutBufferSize = at_most(control->cbRecvLength, REMOTE_DATA_MAX),
    };
    front_remote_call(client, RDPESC_Control, &call, controlled);
}

static void attribute_told(struct front_client *client, scard_code code,
                           const union rdpesc_return *ret)
{
    struct pcscd_attribute *attribute = &client->body.attribute;
    struct ndr_bytes answer = { NULL, 0 };
    uint32_t rv = front_code_to_local(code);

    if (ret != NULL)
        answer = ret->GetAttrib.pbAttr;
    if (code == RDPESC_S_SUCCESS)
        rv = fit(answer, sizeof attribute->pbAttr);
    memset(attribute->pbAttr, 0, sizeof attribute->pbAttr);
    if (rv == RDPESC_S_SUCCESS && answer.len > 0)
        memcpy(attribute->pbAttr, answer.data, answer.len);
    attribute->cbAttrLen = answer.len;
    front_reply(client, rv);
}

/* The handle, when the request says no more octets than it has room for. */
static const struct front_handle *handle_for_attribute(struct front_client *client)
{
    const struct pcscd_attribute *attribute = &client->body.attribute;

    if (attribute->cbAttrLen > sizeof attribute->pbAttr) {
        front_client_refuse(client, "%u octets of an attribute", (unsigned)attribute->cbAttrLen);
        return NULL;
    }
    return front_handle_for(client, attribute->hCard);
}

void front_get_attrib(struct front_client *client, struct ndr_bytes data)
{
    const struct front_handle *handle = handle_for_attribute(client);

    (void)data;
    if (handle == NULL)
        return;
    struct GetAttrib_Call call = { .hCard = front_remote_handle(handle),
                                   .dwAttrId = client->body.attribute.dwAttrId,
                                   .cbAttrLen = PCSCD_ATTRIBUTE_SIZE };
    front_remote_call(client, RDPESC_GetAttrib, &call, attribute_told);
}

void front_set_attrib(struct front_client *client, struct ndr_bytes data)
{
    const struct pcscd_attribute *attribute = &client->body.attribute;
    const struct front_handle *handle = handle_for_attribute(client);

    (void)data;
    if (handle == NULL)
        return;
    struct SetAttrib_Call call = { .hCard = front_remote_handle(handle),
                                   .dwAttrId = attribute->dwAttrId,
                                   .pbAttr = { attribute->pbAttr, attribute->cbAttrLen } };
    front_remote_call(client, RDPESC_SetAttrib, &call, front_remote_answered);
}
