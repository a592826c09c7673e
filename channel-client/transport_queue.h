/* SPDX-License-Identifier: Apache-2.0
 *
 * A bounded queue of packets between two threads, for transports. Packets may hold APDUs: their
 * octets are wiped before the memory goes back.
 */
#ifndef RDPESC_TRANSPORT_QUEUE_H
#define RDPESC_TRANSPORT_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct packet {
    struct packet *next;
    uint32_t len;     /* octets */
    uint8_t octets[]; /* len of them, and room for one more */
};

struct packet_queue {
    pthread_mutex_t lock; /* guards the rest */
    struct packet *first;
    struct packet **end;
    uint64_t held; /* octets of all packets */
    uint64_t max;  /* of held */
};

/* A packet of len octets that the caller fills in, NULL when there is no memory. */
struct packet *packet_new(uint32_t len);
/* Wipes and frees one packet. */
void packet_free(struct packet *packet);

/* An empty queue that holds at most max octets. */
void packet_queue_init(struct packet_queue *queue, uint64_t max);
/* Frees what is in the queue, and what it needs itself. */
void packet_queue_destroy(struct packet_queue *queue);
/* Takes packet over in any case; false when the queue is full, the packet is freed then. */
bool packet_queue_put(struct packet_queue *queue, struct packet *packet);
/* All packets, the oldest first, linked by next; the caller frees each. NULL when the queue is
 * empty. */
struct packet *packet_queue_take(struct packet_queue *queue);

#endif
