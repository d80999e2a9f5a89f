/* Worker threads and parallel-for over ranges; nothing else creates threads. Threads start on first use, and again
 * after a fork. One pool may be used by one caller at a time; a second caller runs its range alone. */
#ifndef RB_POOL_H
#define RB_POOL_H

#include "base.h"

typedef struct rb_pool rb_pool;

/* Work on [begin, end); `worker` is 0 (the caller) .. threads-1. Negative: failed, the thread's error slot says why. */
typedef int (*rb_pool_fn)(void *ctx, int64_t begin, int64_t end, int worker);

rb_pool *rb_pool_new(int threads); /* threads <= 0: one per core; the caller counts as one */
void rb_pool_free(rb_pool *p);
int rb_pool_threads(const rb_pool *p);
/* Calls fn for [0, grain), [grain, 2 grain), … until n, each range once, in any order, and waits for all. A null pool
 * means the calling thread alone. After a failure no new range starts; the error moves to the caller's slot: -1. */
RB_NODISCARD int rb_pool_for(rb_pool *p, int64_t n, int64_t grain, rb_pool_fn fn, void *ctx);

/* A thread of its own for one call that may block as long as it likes; nobody joins it, signals pass it by. RB_E_OS. */
RB_NODISCARD int rb_thread_detached(void *(*fn)(void *ctx), void *ctx);

#endif
