/* SPDX-License-Identifier: Apache-2.0 */
#include "host_certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host_log.h"
#include "host_runtime.h"
#include "host_self_signed.h"

/* Octets of the longest PEM file that is read. */
#define PEM_MAX (64 * 1024)

static char *read_text(const char *path)
{
    char *text = calloc(1, PEM_MAX + 1);
    FILE *file = text ? fopen(path, "re") : NULL;
    if (!file) {
        host_say("cannot read %s", path);
        free(text);
        return NULL;
    }
    size_t len = fread(text, 1, PEM_MAX, file);
    text[len] = '\0';
    fclose(file);
    return text;
}

static X509 *parse_certificate(const char *text)
{
    BIO *bio = BIO_new_mem_buf(text, -1);
    X509 *certificate = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    return certificate;
}

/* A key under a password is refused: nobody is there to be asked. */
static int no_password(char *buffer, int size, int writing, void *self)
{
    (void)buffer, (void)size, (void)writing, (void)self;
    return -1;
}

static EVP_PKEY *parse_key(const char *text)
{
    BIO *bio = BIO_new_mem_buf(text, -1);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
    BIO_free(bio);
    return key;
}

static bool write_fingerprint(char text[HOST_FINGERPRINT_MAX], const X509 *certificate)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (X509_digest(certificate, EVP_sha256(), digest, &len) != 1 || len != 32)
        return false;
    for (unsigned i = 0; i < len; i++)
        snprintf(text + 3 * i, 4, "%02x%s", digest[i], i + 1 < len ? ":" : "");
    return true;
}

static const char *check(struct host_certificate *out)
{
    const char *problem = NULL;
    X509 *certificate = parse_certificate(out->certificate);
    EVP_PKEY *key = parse_key(out->key);
    if (!certificate)
        problem = "the certificate is no PEM certificate";
    else if (!key)
        problem = "the key is no PEM key without a password";
    else if (X509_check_private_key(certificate, key) != 1)
        problem = "the key does not belong to the certificate";
    else if (!write_fingerprint(out->fingerprint, certificate))
        problem = "the certificate has no fingerprint";
    X509_free(certificate);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return problem;
}

bool host_certificate_read(struct host_certificate *out, const char *certificate_path,
                           const char *key_path)
{
    out->certificate = read_text(certificate_path);
    out->key = out->certificate ? read_text(key_path) : NULL;
    const char *problem = out->key ? check(out) : "";
    if (!problem)
        return true;
    if (problem[0])
        host_say("cannot use %s and %s: %s", certificate_path, key_path, problem);
    host_certificate_clear(out);
    return false;
}

bool host_certificate_own(struct host_certificate *out, const char *dir)
{
    char certificate[HOST_PATH_MAX];
    char key[HOST_PATH_MAX];
    host_runtime_path(certificate, dir, "certificate.pem");
    host_runtime_path(key, dir, "key.pem");
    bool there = access(certificate, F_OK) == 0 && access(key, F_OK) == 0;
    if (!there && !host_self_signed_make(certificate, key)) {
        host_say("cannot make the certificate %s", certificate);
        return false;
    }
    return host_certificate_read(out, certificate, key);
}

void host_certificate_clear(struct host_certificate *certificate)
{
    if (certificate->key)
        explicit_bzero(certificate->key, strlen(certificate->key));
    free(certificate->key);
    free(certificate->certificate);
    *certificate = (struct host_certificate){ 0 };
}
