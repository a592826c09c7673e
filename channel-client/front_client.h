/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of the pcscd socket front, shared by its files:
 *
 *   front.c          the listening socket, all connections, news of the link and of readers
 *   front_client.c   one connection: octets in and out, its end
 *   front_request.c  the table of commands; takes requests from the octets and counts them
 *   front_remote.c   calls over the link, and what becomes of answers that come too late
 *
 *   front_context.c  version, contexts, cancellation
 *
 *   front_card.c     card handles: connect, transactions, status
 *
 *   front_data.c     what carries octets: transmit, control, attributes
 *
 *   front_readers.c  the reader array and waits for its change
 *
 * A connection works on one request at a time: it either has been answered, or one remote call is
 * under way whose end answers it. While one is under way, or a reply is not out yet, further octets
 * only gather in the input buffer.
 */
#ifndef RDPESC_FRONT_CLIENT_H
#define RDPESC_FRONT_CLIENT_H

#include <sys/types.h>

#include "front.h"
#include "pcscd_protocol.h"

#define FRONT_PATH_SIZE  108 /* of sun_path */
#define FRONT_OPAQUE_MAX 16
#define FRONT_INPUT_MAX  (sizeof(struct pcscd_header) + sizeof(union pcscd_body) + PCSCD_DATA_MAX)

struct front_client;
struct front_request;

/* A context or a handle of the far side. */
struct front_opaque {
    uint8_t octets[FRONT_OPAQUE_MAX];
    uint32_t len;
};

struct front_handle {
    struct front_handle *next;
    int32_t id; /* hCard of the program */
    struct front_opaque context;
    struct front_opaque card;
    uint32_t protocol; /* PCSCD_PROTOCOL_ */
    unsigned transactions;
    bool dead; /* the link it was made on is gone */
    char reader[PCSCD_READER_NAME_SIZE];
};

struct front_context {
    uint32_t id;    /* hContext of the program, 0: none */
    uint32_t scope; /* of the far side */
    bool open;      /* remote is valid on this link */
    struct front_opaque remote;
    struct front_handle *handles;
    size_t handle_count;
};

/* A program that waits for readers to change. Each wait ends in exactly one message. */
struct front_wait {
    bool registered;
    bool array_due; /* 4:6: the array of this wait is still to be fetched, the message is held back
                     */
    bool held;      /* a message is due after the array */
    uint32_t held_rv;
    bool in_sequence; /* inside one SCardGetStatusChange */
};

struct front_client {
    struct front *front;
    struct front_client *next;
    struct front_client *previous;
    uv_pipe_t pipe;
    pid_t pid;
    bool listed; /* counted and in the list of the front */
    bool closing;
    unsigned writes; /* replies that are not out yet */
    int32_t minor;   /* of the protocol version, 0: not agreed yet */
    struct front_context context;
    struct front_wait wait;
    struct front_call *call;             /* NULL: none under way */
    const struct front_request *request; /* the one that body belongs to */
    union pcscd_body body;
    uint32_t last_command;
    uint32_t last_rv;
    size_t input_len;
    uint8_t input[FRONT_INPUT_MAX];
};

struct front {
    uv_loop_t *loop;
    struct session *session;
    struct mirror *mirror;
    struct front_options options;
    char path[FRONT_PATH_SIZE];
    uv_pipe_t listener;
    bool closing;
    unsigned open_handles; /* of libuv; the memory goes with the last */
    struct front_client *clients;
    struct front_counters counters;
    uint32_t last_id;
    struct pcscd_reader *array; /* options.reader_slots elements */
    char names[MIRROR_READERS_MAX][PCSCD_READER_NAME_SIZE];
    size_t name_count;
    uint32_t reader_events; /* readers came or went */
};

/* ---- front.c ---- */

/* A positive 31-bit number that no context and no handle has now. */
uint32_t front_new_id(struct front *front);
/* The connection with this context, or NULL. */
struct front_client *front_find_context(const struct front *front, uint32_t id);
/* One open handle of libuv less; the front goes with the last. */
void front_handle_closed(struct front *front);

/* ---- front_client.c ---- */

/* Takes the connection that waits on the listener. */
void front_client_accept(struct front *front);
/* Works on gathered requests until there is none, one is under way, or a reply is stuck. */
void front_client_serve(struct front_client *client);
/* Sends the count buffers as one, by one write if the socket takes it; they are copied otherwise.
 */
void front_client_write(struct front_client *client, const uv_buf_t *buffers, unsigned count);
/* Closes the connection of a program that broke the protocol, with one notice. */
__attribute__((format(printf, 2, 3))) void front_client_refuse(struct front_client *client,
                                                               const char *format, ...);
/* Closes the connection. Its memory goes later, by the loop; a pending call no longer knows it. */
void front_client_close(struct front_client *client);

/* ---- front_request.c ---- */

/* Takes one whole request from the input and serves it. False: there is none, or the connection was
 * refused. */
bool front_request_take(struct front_client *client);
/* Answers the request that is worked on: its body with this rv, followed by data. The body is
 * wiped. */
void front_reply(struct front_client *client, uint32_t rv);
void front_reply_data(struct front_client *client, uint32_t rv, struct ndr_bytes data);

/* ---- front_remote.c ---- */

/* How a remote call ended; code is the ReturnCode, or says why there is none and ret is NULL. */
typedef void front_done(struct front_client *client, scard_code code,
                        const union rdpesc_return *ret);

/* Makes the remote call that the request is answered by. When it cannot be made the request is
 * answered at once. */
void front_remote_call(struct front_client *client, uint32_t code, const void *call,
                       front_done *done);
/* Makes a call whose answer nobody waits for; without a link there is nothing to do. */
void front_remote_tell(struct session *session, uint32_t code, const void *call);
/* The program is gone: the answer to its call, if one is under way, is for nobody. */
void front_remote_forget(struct front_client *client);
/* The code of the call under way, 0: none. */
uint32_t front_remote_pending(const struct front_client *client);
bool front_remote_is_up(const struct front *front);
struct front_opaque front_opaque_from(struct ndr_bytes octets);
struct REDIR_SCARDCONTEXT front_remote_context(const struct front_opaque *context);
struct REDIR_SCARDHANDLE front_remote_handle(const struct front_handle *handle);
/* For calls that need no more than an answer: rv is the code. */
front_done front_remote_answered;

/* ---- front_context.c ---- */

void front_version(struct front_client *client, struct ndr_bytes data);
void front_establish(struct front_client *client, struct ndr_bytes data);
void front_release(struct front_client *client, struct ndr_bytes data);
void front_cancel(struct front_client *client, struct ndr_bytes data);
/* Opens the program's context on the far side; done is as for front_remote_call, the context is
 * kept by then. */
void front_context_open(struct front_client *client, front_done *done);
/* Keeps the context that a call of front_context_open brought. */
void front_context_opened(struct front_client *client, const union rdpesc_return *ret);
/* The program is gone: its handles and its context are released on the far side, nothing is waited
 * for. */
void front_context_abandon(struct front_client *client);
/* The link is gone: what was open on the far side is no more. */
void front_context_link_lost(struct front_client *client);

/* ---- front_card.c ---- */

void front_connect(struct front_client *client, struct ndr_bytes data);
void front_reconnect(struct front_client *client, struct ndr_bytes data);
void front_disconnect(struct front_client *client, struct ndr_bytes data);
void front_begin(struct front_client *client, struct ndr_bytes data);
void front_end(struct front_client *client, struct ndr_bytes data);
void front_status(struct front_client *client, struct ndr_bytes data);
/* The handle with this hCard. NULL: the request is answered (the handle is dead) or refused (it is
 * not the program's). */
struct front_handle *front_handle_for(struct front_client *client, int32_t hCard);
/* The same without consequences. */
struct front_handle *front_handle_find(const struct front_client *client, int32_t hCard);
void front_handles_free(struct front_context *context);

/* ---- front_data.c ---- */

void front_transmit(struct front_client *client, struct ndr_bytes data);
void front_control(struct front_client *client, struct ndr_bytes data);
void front_get_attrib(struct front_client *client, struct ndr_bytes data);
void front_set_attrib(struct front_client *client, struct ndr_bytes data);

/* ---- front_readers.c ---- */

void front_get_readers(struct front_client *client, struct ndr_bytes data);
void front_get_readers_size(struct front_client *client, struct ndr_bytes data);
void front_get_reader_events(struct front_client *client, struct ndr_bytes data);
void front_wait_start(struct front_client *client, struct ndr_bytes data);
void front_wait_stop(struct front_client *client, struct ndr_bytes data);
/* Ends the program's wait with this rv; false: it does not wait. */
bool front_wait_end(struct front_client *client, uint32_t rv);

#endif
