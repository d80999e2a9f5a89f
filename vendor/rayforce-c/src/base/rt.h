/* A runtime: what one engine owns. One opaque pointer per room that keeps state; a room frees its own through the
 * function it registers. Used by one thread at a time, under `lock`. */
#ifndef RB_RT_H
#define RB_RT_H

#include "base.h"
#include "pool.h"

#include <pthread.h>

enum rb_rt_room { RB_RT_LANG, RB_RT_SYS, RB_RT_ROOMS };

typedef struct ray_rt ray_rt;
struct ray_rt {
    pthread_mutex_t lock; /* recursive: a callback that holds it may evaluate again */
    rb_pool *pool;
    void *room[RB_RT_ROOMS];
    void (*room_free[RB_RT_ROOMS])(ray_rt *rt, void *state);
    bool restricted, shares; /* shares: it is one of those that want memory to be passable */
    _Atomic bool interrupt;    /* set from any thread; the evaluator clears it when it ends the query */
    int64_t deadline_ns;       /* monotonic; 0: none */
    int64_t next_poll_ns;      /* monotonic time of the next call of poll and watch */
    int (*poll)(void *ctx);    /* set at the start; any thread that waits asks it */
    void *poll_ctx;
    int (*watch)(void *ctx);   /* of the request that is evaluated: not 0 ends it; only its thread asks */
    void *watch_ctx;
    void (*print)(void *ctx, const char *text, size_t n);
    void *print_ctx;
    uint64_t random[4];
};

/* Takes `lock` as soon as it is free; false: it was not within so many milliseconds. Where the system cannot wait for a
 * time it waits until it is free. */
RB_NODISCARD bool rb_rt_lock_within(ray_rt *rt, int64_t ms);
/* Cheap; to be called in every loop that can run for more than a millisecond. -1: stop, RB_E_CANCEL,
 * RB_E_TIMEOUT_EVAL or RB_E_INTERRUPTED is set. */
RB_NODISCARD int rb_rt_check(ray_rt *rt);

#endif
