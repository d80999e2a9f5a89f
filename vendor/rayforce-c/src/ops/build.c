/* Collections made from little. */
#include "../base/rand.h"
#include "collect.h"

static int iota_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    rk_iota(begin, end - begin, (int64_t *)ctx + begin);
    return 0;
}

RV_VERB(ro_til) {
    (void)n;
    if (args[0]->type != -RY_I64) return ro_refuse("til", "an i64", args[0]);
    int64_t count = args[0]->u.i64;
    if (count < 0)
        return rb_fail_null(RB_E_DOMAIN, "til: a count of 0 or more was expected, got %lld", (long long)count);
    if (count > INT64_MAX / 8) return rb_fail_null(RB_E_OOM, "out of memory: %lld elements", (long long)count);
    ray_val *out = rv_vec_new(RY_I64, count);
    if (out && ro_parallel(rt, count, RO_GRAIN, iota_range, out->data) < 0) {
        rv_release(out);
        return NULL;
    }
    return out;
}

static ray_val *pair_take(ray_val *a, ray_val *b) {
    ray_val *both[2] = {a, b};
    return rv_list_of_take(2, both);
}

static bool crossable(const ray_val *v) { return ro_is_collection(v) || rv_is_atom(v) || rv_is_callable(v); }

RV_VERB(ro_cross) {
    (void)n;
    for (int i = 0; i < 2; i++)
        if (!crossable(args[i])) return ro_refuse("cross", "a vector, a list or an atom", args[i]);
    ray_val *a = ro_spread(args[0]), *b = a ? ro_spread(args[1]) : NULL, *out = NULL;
    int64_t count;
    if (b && rb_mul_overflow(a->len, b->len, &count))
        rb_fail(RB_E_LIMIT, "cross: %lld times %lld pairs", (long long)a->len, (long long)b->len);
    else if (b)
        out = rv_vec_new(RY_LIST, count);
    for (int64_t i = 0; out && i < a->len; i++) {
        if ((i & 1023) == 0 && rb_rt_check(rt) < 0) {
            rv_release(out);
            out = NULL;
        }
        for (int64_t j = 0; out && j < b->len; j++) {
            ray_val *pair = pair_take(rv_retain(rv_list_get(a, i)), rv_retain(rv_list_get(b, j)));
            if (pair) {
                rv_list_set_take(out, i * b->len + j, pair);
            } else {
                rv_release(out);
                out = NULL;
            }
        }
    }
    rv_release(a);
    rv_release(b);
    return out;
}

RV_VERB(ro_unify) {
    (void)rt, (void)n;
    for (int i = 0; i < 2; i++)
        if (args[i]->type == RY_NULL) return ro_refuse("unify", "a value", args[i]);
    return pair_take(rv_retain(args[0]), rv_retain(args[1]));
}

static bool wide_int(const ray_val *v, int64_t *out) {
    return (v->type == -RY_I32 || v->type == -RY_I64) && ro_int_of(v, false, out);
}

RV_VERB(ro_rand) {
    (void)n;
    int64_t count, top;
    if (!wide_int(args[0], &count)) return ro_refuse("rand", "a count (i32 or i64)", args[0]);
    if (!wide_int(args[1], &top)) return ro_refuse("rand", "a limit (i32 or i64)", args[1]);
    if (count < 0 || top <= 0)
        return rb_fail_null(RB_E_DOMAIN, "rand: a count of 0 or more and a limit above 0 were expected");
    ray_val *out = rv_vec_new(RY_I64, count);
    for (int64_t i = 0; out && i < count; i++) {
        if (i % RO_GRAIN == 0 && rb_rt_check(rt) < 0) {
            rv_release(out);
            return NULL;
        }
        RV_DATA(int64_t, out)[i] = (int64_t)rb_rand_below(rt->random, (uint64_t)top);
    }
    return out;
}
