/* Functions that are called from time to time by the loop that looks after the runtime. Under the runtime's lock. */
#ifndef RX_TIMERS_H
#define RX_TIMERS_H

#include "../base/rt.h"
#include "../value/value.h"

typedef struct rx_timer {
    int64_t id;
    int64_t every_ns, next_ns; /* next: monotonic */
    int64_t left;              /* runs; 0: for ever */
    ray_val *fn;
} rx_timer;

typedef struct rx_timers {
    rx_timer *list;
    int64_t count, cap, next_id;
} rx_timers;

#define RX_TIMERS_MAX 10000 /* of one runtime: each turn looks at all of them */

void rx_timers_free(rx_timers *t);
/* The id; -1: failed. */
RB_NODISCARD int64_t rx_timers_add(rx_timers *t, int64_t ms, int64_t runs, ray_val *fn);
void rx_timers_remove(rx_timers *t, int64_t id);
int64_t rx_timers_next(const rx_timers *t); /* when one is due, monotonic; INT64_MAX: never */
/* Takes one that is due at `now`: its function, owned, and when it is due again is settled. Null: none. */
ray_val *rx_timers_take_due(rx_timers *t, int64_t now);

#endif
