/* Small things that the collection verbs share. */
#include "collect.h"

void *ro_refuse(const char *verb, const char *wanted, const ray_val *got) {
    return rb_fail_null(RB_E_TYPE, "%s: expected %s, got %s", verb, wanted, ry_name(got->type));
}

void *ro_room(int64_t n, size_t each) {
    int64_t size;
    if (n < 0 || rb_mul_overflow(n, (int64_t)each, &size))
        return rb_fail_null(RB_E_OOM, "out of memory: %lld elements", (long long)n);
    return rb_block_alloc((size_t)size);
}

bool ro_int_of(const ray_val *v, bool b8, int64_t *out) {
    switch (v->type) {
    case -RY_B8:
        if (!b8) return false;
        *out = v->u.b8;
        return true;
    case -RY_U8: *out = v->u.u8; return true;
    case -RY_I16: *out = rv_is_null(v) ? RY_NULL_I64 : v->u.i16; return true;
    case -RY_I32: *out = rv_is_null(v) ? RY_NULL_I64 : v->u.i32; return true;
    case -RY_I64: *out = v->u.i64; return true;
    default: return false;
    }
}

typedef struct interruptible {
    ray_rt *rt;
    rb_pool_fn fn;
    void *ctx;
} interruptible;

static int range(void *ctx, int64_t begin, int64_t end, int worker) {
    const interruptible *i = ctx;
    if (worker == 0) RB_TRY(rb_rt_check(i->rt), -1);
    return i->fn(i->ctx, begin, end, worker);
}

int ro_parallel(ray_rt *rt, int64_t n, int64_t grain, rb_pool_fn fn, void *ctx) {
    interruptible i = {rt, fn, ctx};
    return rb_pool_for(n < 2 * grain ? NULL : rt->pool, n, grain, range, &i);
}
