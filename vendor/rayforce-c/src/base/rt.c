#include "rt.h"

#include "clock.h"
#include "error.h"

#include <time.h>

#define POLL_EVERY_NS 20000000 /* well inside the 50 ms that embedders are promised */

RB_OFTEN bool rb_rt_lock_within(ray_rt *rt, int64_t ms) {
    if (pthread_mutex_trylock(&rt->lock) == 0) return true;
#ifdef __APPLE__
    (void)ms;
    return pthread_mutex_lock(&rt->lock) == 0;
#else
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec += (time_t)(ms / 1000);
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) at.tv_sec++, at.tv_nsec -= 1000000000;
    return pthread_mutex_timedlock(&rt->lock, &at) == 0;
#endif
}

int rb_rt_check(ray_rt *rt) {
    if (!rt) return 0;
    if (RB_UNLIKELY(atomic_load_explicit(&rt->interrupt, memory_order_relaxed)))
        return rb_fail(RB_E_CANCEL, "the evaluation was interrupted");
    if (!rt->deadline_ns && !rt->poll && !rt->watch) return 0;
    int64_t now = rb_clock_mono_ns();
    if (RB_UNLIKELY(rt->deadline_ns && now >= rt->deadline_ns))
        return rb_fail(RB_E_TIMEOUT_EVAL, "the evaluation ran out of time");
    if ((!rt->poll && !rt->watch) || now < rt->next_poll_ns) return 0;
    rt->next_poll_ns = now + POLL_EVERY_NS;
    if (rt->poll && rt->poll(rt->poll_ctx)) return rb_fail(RB_E_INTERRUPTED, "interrupted by the caller");
    if (rt->watch && rt->watch(rt->watch_ctx)) return rb_fail(RB_E_CANCEL, "whoever asked has cancelled the request or is gone");
    return 0;
}
