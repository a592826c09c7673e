/* SPDX-License-Identifier: Apache-2.0
 *
 * The certificate that rdpesc-host shows to clients, and its key.
 */
#ifndef RDPESC_HOST_CERTIFICATE_H
#define RDPESC_HOST_CERTIFICATE_H

#include <stdbool.h>

/* Octets of a SHA-256 fingerprint as text: 32 pairs of hexadecimal digits, colons between them, a
 * NUL. */
#define HOST_FINGERPRINT_MAX 96

struct host_certificate {
    char *certificate; /* PEM text, as the next */
    char *key;
    char fingerprint[HOST_FINGERPRINT_MAX];
};

/* Reads the two PEM files and checks that they belong together. False, and the reason was said. */
bool host_certificate_read(struct host_certificate *out, const char *certificate_path,
                           const char *key_path);
/* The same with dir/certificate.pem and dir/key.pem; where one is missing both are made anew: RSA,
 * self-signed, for this machine's name, ten years. The key's file has mode 0600. */
bool host_certificate_own(struct host_certificate *out, const char *dir);
/* Frees the texts and wipes the key. */
void host_certificate_clear(struct host_certificate *certificate);

#endif
