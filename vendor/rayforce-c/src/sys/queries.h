/* The log of queries: what was asked last, how long it took and what became of it. Under the runtime's lock. */
#ifndef RX_QUERIES_H
#define RX_QUERIES_H

#include "../base/rt.h"
#include "../value/value.h"

#define RX_QUERIES_MAX 1000 /* the oldest make room */
#define RX_QUERY_TEXT 1000  /* bytes of each that are kept */

typedef struct rx_query {
    int64_t time, rows, workers;
    double ms, kib, parallelism;
    int32_t status;
    ray_val *text; /* owned */
} rx_query;

typedef struct rx_queries {
    bool is_on;
    int64_t n, next; /* how many there are, where the next one goes */
    rx_query *ring;  /* RX_QUERIES_MAX; null: none yet */
} rx_queries;

/* What was there when a query began. */
typedef struct rx_query_start {
    bool is_on;
    int64_t time, mono_ns, cpu_ns, bytes;
} rx_query_start;

rx_query_start rx_query_begin(ray_rt *rt);
/* What was asked, as source or a value, and its result, null: the thread's error, which stays. A query that there is no
 * memory to note is not in the log. */
void rx_query_end(ray_rt *rt, const rx_query_start *s, const char *source, size_t n, const ray_val *result);
void rx_query_end_value(ray_rt *rt, const rx_query_start *s, const ray_val *asked, const ray_val *result);
void rx_queries_free(rx_queries *q);

#endif
