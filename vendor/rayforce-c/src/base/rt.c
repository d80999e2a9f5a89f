#include "rt.h"

#include "clock.h"
#include "error.h"

#define POLL_EVERY_NS 20000000 /* well inside the 50 ms that embedders are promised */

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
