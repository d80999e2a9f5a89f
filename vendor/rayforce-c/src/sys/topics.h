/* Topics and who has subscribed to them. Any thread. */
#ifndef RX_TOPICS_H
#define RX_TOPICS_H

#include "../base/map.h"
#include "../net/server.h"
#include "../value/value.h"

#include <pthread.h>

#define RX_SUBSCRIPTIONS_MAX 1000000 /* of one runtime: names and handles that clients make us remember */

typedef struct rx_topic rx_topic;
typedef struct rx_topic_stats {
    int64_t topics, subscriptions, published, delivered, dropped, framed;
} rx_topic_stats;

typedef struct rx_topics {
    pthread_mutex_t lock;
    rb_map by_name; /* symbol to rx_topic* */
    rx_topic_stats stats;
    int32_t upd, quote;
} rx_topics;

void rx_topics_init(rx_topics *t, int32_t upd, int32_t quote);
void rx_topics_free(rx_topics *t);
/* The number that the next message will have. Once is enough. -1: failed. */
RB_NODISCARD int64_t rx_topics_add(rx_topics *t, int32_t name, ray_server *s, int64_t handle);
void rx_topics_remove(rx_topics *t, int32_t name, const ray_server *s, int64_t handle);
void rx_topics_remove_all(rx_topics *t, const ray_server *s, int64_t handle);
/* Sends (upd "topic" number (quote v)) to all: the number, 0 if there is nobody; -1: failed, nothing was sent. Who has
 * too much unread is cut off. */
RB_NODISCARD int64_t rx_topics_publish(rx_topics *t, int32_t name, ray_val *v, int64_t *reached);
rx_topic_stats rx_topics_stats(rx_topics *t);

#endif
