/* Reductions over intervals of a table's rows, which a window join gives to its left rows. */
#ifndef RQ_JOIN_INTERVAL_H
#define RQ_JOIN_INTERVAL_H

#include "statement.h"

/* The rows of a table brought into an order, and for each of n results a stretch of them. */
typedef struct rq_intervals {
    const int64_t *at;           /* rows in that order */
    int64_t rows;
    const int32_t *begin, *end; /* places in that order, begin <= end */
    int64_t n;
} rq_intervals;

/* A call of an aggregate, once for each interval. `s` sees the columns of the table. RB_E_DOMAIN for a call of anything
 * else, RB_E_NYI for what is no call. join_aggregate.c */
RB_NODISCARD ray_val *rq_interval_aggregate(rq_scope *s, const rq_intervals *v, ray_val *form);

#endif
