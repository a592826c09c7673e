/* SPDX-License-Identifier: Apache-2.0 */
#include "host_address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "host_log.h"

bool host_address_resolve(struct sockaddr_storage *out, const char *name, uint16_t port)
{
    const struct addrinfo hints = { .ai_family = AF_UNSPEC,
                                    .ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
    struct addrinfo *found = NULL;
    char service[8];
    snprintf(service, sizeof service, "%u", (unsigned)port);
    int status = getaddrinfo(name, service, &hints, &found);
    if (status != 0) {
        host_say("cannot listen on %s: %s", name, gai_strerror(status));
        return false;
    }
    memset(out, 0, sizeof *out);
    memcpy(out, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return true;
}

bool host_address_is_loopback(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)address;
        return ntohl(four->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    }
    return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

static void write_text(char text[HOST_ADDRESS_MAX], const struct sockaddr_storage *address, int len)
{
    char host[INET6_ADDRSTRLEN + 16] = "?";
    char service[8] = "?";
    getnameinfo((const struct sockaddr *)address, (socklen_t)len, host, sizeof host, service,
                sizeof service, NI_NUMERICHOST | NI_NUMERICSERV);
    if (address->ss_family == AF_INET6)
        snprintf(text, HOST_ADDRESS_MAX, "[%s]:%s", host, service);
    else
        snprintf(text, HOST_ADDRESS_MAX, "%s:%s", host, service);
}

void host_address_of_socket(char text[HOST_ADDRESS_MAX], const uv_tcp_t *socket)
{
    struct sockaddr_storage address = { 0 };
    int len = sizeof address;
    uv_tcp_getsockname(socket, (struct sockaddr *)&address, &len);
    write_text(text, &address, len);
}

void host_address_of_peer(char text[HOST_ADDRESS_MAX], const uv_tcp_t *connection)
{
    struct sockaddr_storage address = { 0 };
    int len = sizeof address;
    uv_tcp_getpeername(connection, (struct sockaddr *)&address, &len);
    write_text(text, &address, len);
}

void host_address_say_failure(const char *name, uint16_t port, int status)
{
    const char *cure = "";
    if (status == UV_EADDRINUSE)
        cure = "; another program listens there: end it, or choose another port with --listen "
               "ADDR:PORT";
    else if (status == UV_EACCES)
        cure = "; ports below 1024 are for root: choose another with --listen ADDR:PORT";
    else if (status == UV_EADDRNOTAVAIL)
        cure = "; this machine has no such address";
    host_say("cannot listen on %s port %u: %s%s", name, (unsigned)port, uv_strerror(status), cure);
}
