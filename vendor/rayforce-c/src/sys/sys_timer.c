/* Timers as the language sees them. */
#include "outside.h"
#include "sys.h"

static int whole(const char *what, const ray_val *v, int64_t *out) {
    if (v->type != -RY_I64)
        return rb_fail(RB_E_TYPE, ".time.timer.set: %s: expected an I64, got %s", what, ry_name(v->type));
    *out = v->u.i64;
    if (*out >= 0) return 0;
    return rb_fail(RB_E_DOMAIN, ".time.timer.set: %s cannot be negative, got %lld", what, (long long)*out);
}

ray_val *rx_timer_set(ray_rt *rt, ray_val *const *args, int n) {
    int64_t ms, runs;
    if (n != 3)
        return rb_fail_null(RB_E_DOMAIN, ".time.timer.set: expected milliseconds, runs and a function, got %d arguments", n);
    RB_TRY(whole("milliseconds", args[0], &ms), NULL);
    RB_TRY(whole("runs", args[1], &runs), NULL);
    if (args[2]->type != RY_LAMBDA)
        return rb_fail_null(RB_E_TYPE, ".time.timer.set: expected a lambda, got %s", ry_name(args[2]->type));
    if (args[2]->u.fn.params->len != 1)
        return rb_fail_null(RB_E_DOMAIN, ".time.timer.set: the function takes one argument, the time, not %lld",
                            (long long)args[2]->u.fn.params->len);
    rx_outside *o = rx_outside_get(rt);
    int64_t id = o ? rx_timers_add(&o->timers, ms, runs, args[2]) : -1;
    RB_TRY(id, NULL);
    rx_home_changed(o);
    return rv_i64_new(id);
}

ray_val *rx_timer_del(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    if (args[0]->type != -RY_I64)
        return rb_fail_null(RB_E_TYPE, ".time.timer.del: expected the number of a timer, an I64, got %s", ry_name(args[0]->type));
    rx_outside *o = rx_outside_of(rt);
    if (o) {
        rx_timers_remove(&o->timers, args[0]->u.i64);
        rx_home_changed(o);
    }
    return rv_null_get();
}
