/* What clients asked for, for people who look for what is slow: a ring of the last requests, while it is switched on. */
#ifndef RX_QUERYLOG_H
#define RX_QUERYLOG_H

#include "../value/value.h"
#include "../wire/wire.h"

enum { RX_QUERYLOG_KEPT = 4096, RX_QUERYLOG_SHOWN = 1000 }; /* requests; bytes of each */

typedef struct rx_asked rx_asked;

typedef struct rx_querylog {
    bool on;
    rx_asked *ring;
    int64_t count, next;
} rx_querylog;

/* A request that begins. */
typedef struct rx_query {
    ray_val *text; /* null: it is not written down */
    int64_t time, begun;
} rx_query;

void rx_querylog_free(rx_querylog *l);
/* What does not fit into memory is not written down; no request fails because of that. */
void rx_querylog_begin(const rx_querylog *l, const rw_msg *m, rx_query *q);
/* `result`: null or an error value if it failed. */
void rx_querylog_end(rx_querylog *l, rx_query *q, const ray_val *result);

#endif
