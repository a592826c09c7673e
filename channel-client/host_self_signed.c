/* SPDX-License-Identifier: Apache-2.0 */
#include "host_self_signed.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <unistd.h>

#define KEY_BITS  3072
#define DAY       86400L
#define TEN_YEARS (3652 * DAY)
/* Clients whose clock is a little behind should not see a certificate of the future. */
#define START (-DAY)
/* [X.509] ub-common-name */
#define COMMON_NAME_MAX 64

static bool set_serial(X509 *certificate)
{
    BIGNUM *number = BN_new();
    bool done = number && BN_rand(number, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
                BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    return done;
}

static bool set_name(X509 *certificate, const char *host)
{
    X509_NAME *name = X509_get_subject_name(certificate);
    return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)host, -1,
                                      -1, 0) == 1 &&
           X509_set_issuer_name(certificate, name) == 1;
}

static bool add_extension(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
    bool done = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return done;
}

static bool fill(X509 *certificate, EVP_PKEY *key, const char *host)
{
    char alternative[COMMON_NAME_MAX + 8];
    snprintf(alternative, sizeof alternative, "DNS:%s", host);
    return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), START) &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), TEN_YEARS) &&
           X509_set_pubkey(certificate, key) == 1 && set_name(certificate, host) &&
           add_extension(certificate, NID_subject_alt_name, alternative) &&
           add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
           X509_sign(certificate, key, EVP_sha256()) > 0;
}

/* A comma in the name would start a second alternative name. */
static bool is_plain(const char *host)
{
    for (const char *at = host; *at; at++) {
        bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
        bool digit = *at >= '0' && *at <= '9';
        if (!letter && !digit && *at != '-' && *at != '.')
            return false;
    }
    return host[0] != '\0';
}

static void host_name(char host[COMMON_NAME_MAX + 1])
{
    if (gethostname(host, COMMON_NAME_MAX + 1) != 0)
        host[0] = '\0';
    host[COMMON_NAME_MAX] = '\0';
    if (!is_plain(host))
        snprintf(host, COMMON_NAME_MAX + 1, "rdpesc-host");
}

static FILE *open_new(const char *path, unsigned mode)
{
    if (unlink(path) != 0 && access(path, F_OK) == 0)
        return NULL;
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    return file < 0 ? NULL : fdopen(file, "w");
}

static bool write_key(const char *path, EVP_PKEY *key)
{
    FILE *file = open_new(path, 0600);
    if (!file)
        return false;
    bool written = PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1;
    return fclose(file) == 0 && written;
}

static bool write_certificate(const char *path, X509 *certificate)
{
    FILE *file = open_new(path, 0644);
    if (!file)
        return false;
    bool written = PEM_write_X509(file, certificate) == 1;
    return fclose(file) == 0 && written;
}

bool host_self_signed_make(const char *certificate_path, const char *key_path)
{
    char host[COMMON_NAME_MAX + 1];
    host_name(host);
    EVP_PKEY *key = EVP_RSA_gen(KEY_BITS);
    X509 *certificate = X509_new();
    /* The certificate goes first and comes last: where it stands, its key does too. */
    unlink(certificate_path);
    bool made = key && certificate && fill(certificate, key, host) && write_key(key_path, key) &&
                write_certificate(certificate_path, certificate);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return made;
}
