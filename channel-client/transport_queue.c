/* SPDX-License-Identifier: Apache-2.0 */
#include "transport_queue.h"

#include <stdlib.h>
#include <string.h>

struct packet *packet_new(uint32_t len)
{
    struct packet *packet = malloc(sizeof *packet + len + 1);
    if (!packet)
        return NULL;
    packet->next = NULL;
    packet->len = len;
    return packet;
}

void packet_free(struct packet *packet)
{
    explicit_bzero(packet->octets, packet->len);
    free(packet);
}

void packet_queue_init(struct packet_queue *queue, uint64_t max)
{
    queue->first = NULL;
    queue->end = &queue->first;
    queue->held = 0;
    queue->max = max;
    /* With default attributes it cannot fail. */
    pthread_mutex_init(&queue->lock, NULL);
}

void packet_queue_destroy(struct packet_queue *queue)
{
    struct packet *packet = packet_queue_take(queue);
    while (packet) {
        struct packet *next = packet->next;
        packet_free(packet);
        packet = next;
    }
    pthread_mutex_destroy(&queue->lock);
}

bool packet_queue_put(struct packet_queue *queue, struct packet *packet)
{
    pthread_mutex_lock(&queue->lock);
    bool room = packet->len <= queue->max - queue->held;
    if (room) {
        *queue->end = packet;
        queue->end = &packet->next;
        queue->held += packet->len;
    }
    pthread_mutex_unlock(&queue->lock);
    if (!room)
        packet_free(packet);
    return room;
}

struct packet *packet_queue_take(struct packet_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    struct packet *first = queue->first;
    queue->first = NULL;
    queue->end = &queue->first;
    queue->held = 0;
    pthread_mutex_unlock(&queue->lock);
    return first;
}
