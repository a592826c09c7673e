/* SPDX-License-Identifier: Apache-2.0
 *
 * The static virtual channel "rdpdr" of an RDP server built on FreeRDP, by libwinpr's WTS API, as
 * the byte channel of a session.
 *
 * The session lives on a libuv loop, the channel in the thread that serves the RDP client (the peer
 * thread). Packets are handed over in two bounded queues, so neither thread ever waits for the
 * other and only the peer thread touches the channel's handle.
 *
 *     loop:         transport = transport_wts_new(loop, session);
 *     peer thread:  transport_wts_open(transport, manager)         once the client is activated
 *                   count = transport_wts_events(transport, events) and wait for these among others
 *                   transport_wts_run(transport)                   after each wait, then let the
 * manager send transport_wts_close(transport)                 before the manager is closed loop:
 * transport_wts_free(transport)                  once the peer thread has ended
 *
 * One transport serves one client. It knows nothing of rdpesc-host.
 */
#ifndef RDPESC_TRANSPORT_WTS_H
#define RDPESC_TRANSPORT_WTS_H

#include <uv.h>
#include <winpr/wtypes.h>

#include "session.h"

/* Octets of the longest RDPDR packet that is taken from a client. */
#define TRANSPORT_WTS_PACKET_MAX (8u * 1024 * 1024)
/* Octets that may wait in one direction. A client that sends faster than it is served, or that
 * reads nothing, is given up. */
#define TRANSPORT_WTS_HELD_MAX (32u * 1024 * 1024)
/* Handles that transport_wts_events fills in. */
#define TRANSPORT_WTS_EVENTS 2

struct transport_wts;

/* Loop thread. loop and session must outlive the transport. NULL when there is no memory. */
struct transport_wts *transport_wts_new(uv_loop_t *loop, struct session *session);
/* Loop thread, after the peer thread has ended or when it never opened the channel. Detaches the
 * session if it is still attached; the memory goes when the loop has run its closing callbacks.
 * NULL is allowed. */
void transport_wts_free(struct transport_wts *transport);

/* Peer thread. Opens the channel; the loop then attaches the session. manager is the handle of
 * WTSOpenServer. False when the client has not joined the channel (it redirects no device), or
 * there is no memory. */
bool transport_wts_open(struct transport_wts *transport, HANDLE manager);
/* Peer thread, only while open. Fills in what to wait for and returns the number,
 * TRANSPORT_WTS_EVENTS. */
DWORD transport_wts_events(const struct transport_wts *transport, HANDLE *events);
/* Peer thread, only while open. Gives waiting packets to the channel and takes what has come; never
 * blocks. False when the client should be disconnected: a packet is too long, a queue is full, or
 * the session refused a packet. */
bool transport_wts_run(struct transport_wts *transport);
/* Peer thread. Closes the channel; the loop detaches the session when it has taken the packets that
 * came before. Does nothing when the channel is not open. */
void transport_wts_close(struct transport_wts *transport);

#endif
