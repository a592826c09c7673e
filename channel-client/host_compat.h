/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the server side of FreeRDP 3 differs from that of FreeRDP 2.
 */
#ifndef RDPESC_HOST_COMPAT_H
#define RDPESC_HOST_COMPAT_H

#include <freerdp/freerdp.h>
#include <freerdp/settings.h>
#include <freerdp/version.h>
#include <stdbool.h>

#include "host_certificate.h"

#if FREERDP_VERSION_MAJOR >= 3

#include <freerdp/crypto/certificate.h>
#include <freerdp/crypto/privatekey.h>

/* Gives a client's settings the certificate and key, which are copied. False when there is no
 * memory. */
static inline bool host_compat_set_certificate(rdpSettings *settings,
                                               const struct host_certificate *own)
{
    rdpPrivateKey *key = freerdp_key_new_from_pem(own->key);
    rdpCertificate *certificate = freerdp_certificate_new_from_pem(own->certificate);
    /* Each is the settings' own from here on, also when it fails. */
    return key && certificate &&
           freerdp_settings_set_pointer_len(settings, FreeRDP_RdpServerRsaKey, key, 1) &&
           freerdp_settings_set_pointer_len(settings, FreeRDP_RdpServerCertificate, certificate, 1);
}

/* Whether both sides know the drawing order of this index. */
static inline bool host_compat_has_order(const rdpSettings *settings, size_t order)
{
    const BYTE *orders = freerdp_settings_get_pointer(settings, FreeRDP_OrderSupport);
    return orders && orders[order];
}

#else

static inline bool host_compat_set_certificate(rdpSettings *settings,
                                               const struct host_certificate *own)
{
    return freerdp_settings_set_string(settings, FreeRDP_PrivateKeyContent, own->key) &&
           freerdp_settings_set_string(settings, FreeRDP_CertificateContent, own->certificate);
}

static inline bool host_compat_has_order(const rdpSettings *settings, size_t order)
{
    return settings->OrderSupport[order];
}

#endif

#endif
