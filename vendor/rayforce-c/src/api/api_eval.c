#include "runtime.h"

#include "../base/error.h"
#include "../lang/lang.h"
#include "../sys/queries.h"
#include "../sys/sys.h"

#include "rayforce/rayforce.h"

ray_val *ray_eval(ray_rt *rt, const char *source, size_t n, double timeout) {
    int64_t saved;
    RB_TRY(ray_rt_enter(rt, timeout, &saved), NULL);
    rx_query_start s = rx_query_begin(rt);
    ray_val *v = rl_eval_source(rt, source, n);
    rx_query_end(rt, &s, source, n, v);
    ray_rt_leave(rt, saved);
    return v;
}

ray_val *ray_eval_value(ray_rt *rt, ray_val *v, double timeout) {
    int64_t saved;
    RB_TRY(ray_rt_enter(rt, timeout, &saved), NULL);
    rx_query_start s = rx_query_begin(rt);
    ray_val *result = rl_eval_message(rt, v);
    rx_query_end_value(rt, &s, v, result);
    ray_rt_leave(rt, saved);
    return result;
}

ray_val *ray_call(ray_rt *rt, ray_val *fn, ray_val *const *args, int n, double timeout) {
    int64_t saved;
    RB_TRY(ray_rt_enter(rt, timeout, &saved), NULL);
    ray_val *v = rl_call(rt, fn, args, n);
    ray_rt_leave(rt, saved);
    return v;
}

ray_val *ray_parse(const char *source, size_t n) { return rl_parse(source, n); }

int ray_rt_args_set(ray_rt *rt, ray_val *args) { return rx_args_set(rt, args); }

int ray_set(ray_rt *rt, const char *name, ray_val *v) {
    int64_t saved;
    int32_t id = rv_sym_intern_z(name);
    if (id < 0 || ray_rt_enter(rt, -1, &saved) < 0) return -1;
    int r = rl_global_rest(rt, id, v);
    ray_rt_leave(rt, saved);
    return r;
}

ray_val *ray_get(ray_rt *rt, const char *name) {
    int64_t saved;
    int32_t id = rv_sym_intern_z(name);
    if (id < 0 || ray_rt_enter(rt, -1, &saved) < 0) return NULL;
    ray_val *v = rl_lookup(rt, id);
    ray_rt_leave(rt, saved);
    return v;
}

int ray_delete(ray_rt *rt, const char *name) {
    int64_t saved;
    int32_t id = rv_sym_intern_z(name);
    if (id < 0 || ray_rt_enter(rt, -1, &saved) < 0) return -1;
    int r = rl_global_delete(rt, id);
    ray_rt_leave(rt, saved);
    if (r == 0) return rb_fail(RB_E_NAME, "'%.200s' is not defined", name);
    return r < 0 ? -1 : 0;
}

ray_val *ray_function_new(const char *name, int min, int max, ray_val *(*fn)(void *ctx, ray_val *const *args, int n),
                          void (*release)(void *ctx), void *ctx) {
    return rv_foreign_new(name, min, max, fn, release, ctx);
}

ray_val *ray_names(ray_rt *rt) {
    int64_t saved;
    RB_TRY(ray_rt_enter(rt, -1, &saved), NULL);
    ray_val *v = rl_global_names(rt);
    ray_rt_leave(rt, saved);
    return v;
}
