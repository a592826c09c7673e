/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses as people write and read them.
 */
#ifndef RDPESC_HOST_ADDRESS_H
#define RDPESC_HOST_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>
#include <uv.h>

/* Octets of "[address]:port" with its NUL. */
#define HOST_ADDRESS_MAX 80

/* The first address of a name or number. False, and the reason was said. */
bool host_address_resolve(struct sockaddr_storage *out, const char *name, uint16_t port);
/* Whether only programs of this machine reach it. */
bool host_address_is_loopback(const struct sockaddr_storage *address);
/* Where a listening socket listens, as "127.0.0.1:3389" or "[::1]:3389". */
void host_address_of_socket(char text[HOST_ADDRESS_MAX], const uv_tcp_t *socket);
/* Who is at the other end of a connection. */
void host_address_of_peer(char text[HOST_ADDRESS_MAX], const uv_tcp_t *connection);
/* Says why it was not possible to listen there, and the cure. status is an error of libuv. */
void host_address_say_failure(const char *name, uint16_t port, int status);

#endif
