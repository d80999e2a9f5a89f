#include "sys.h"

#include "../base/alloc.h"
#include "../base/clock.h"
#include "../base/share.h"
#include "../lang/lang.h"

/* Memory is given back when the last holder lets go: there is nothing to collect, but for what is kept for reuse. */
ray_val *rx_gc(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)args, (void)n;
    rb_blocks_trim();
    rb_shares_trim();
    return rv_i64_new(0);
}

ray_val *rx_mem(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)args, (void)n;
    static const char *const keys[] = {"alloc-count", "bytes-allocated", "peak-bytes", "sys-current", "sym-count", "sym-bytes"};
    rb_heap_stats s;
    rb_heap_stats_into(&s);
    return rx_dict_take(6, keys, (ray_val *[]){rv_i64_new(s.blocks), rv_i64_new(s.bytes), rv_i64_new(s.peak_bytes),
                                               rv_i64_new(s.bytes), rv_i64_new(rv_sym_count()), rv_i64_new(rv_sym_bytes())});
}

ray_val *rx_objsize(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)n;
    return rv_i64_new(rv_bytes(args[0]));
}

/* Bytes are those of the whole process while the expression ran. */
ray_val *rx_measure(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    static const char *const keys[] = {"result", "time-ns", "net-bytes", "result-bytes", "alloc-count", "workers"};
    rb_heap_stats before, after;
    rb_heap_stats_into(&before);
    int64_t start = rb_clock_mono_ns();
    ray_val *v = rl_eval(rt, args[0]);
    if (!v) return NULL;
    int64_t took = rb_clock_mono_ns() - start;
    rb_heap_stats_into(&after);
    return rx_dict_take(6, keys, (ray_val *[]){v, rv_i64_new(took), rv_i64_new(after.bytes - before.bytes),
                                               rv_i64_new(rv_bytes(v)), rv_i64_new(after.blocks - before.blocks),
                                               rv_i64_new(rb_pool_threads(rt->pool))});
}

ray_val *rx_now(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)args;
    if (n > 0) return rb_fail_null(RB_E_DOMAIN, ".time.now: expected no arguments, got %d", n);
    return rv_i64_new(rb_clock_mono_ns() / 1000000);
}
