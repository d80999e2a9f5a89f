/* Short ways to make vectors and to call verbs, for the tests of ops. */
#ifndef OPS_UT_H
#define OPS_UT_H

#include "ut.h"

#include "base/rt.h"
#include "ops/aggregate.h"
#include "ops/arith.h"

static ray_rt rt;

static inline ray_val *ints(int64_t n, const int64_t *x) {
    ray_val *v = rv_vec_new(RY_I64, n);
    if (!v) return NULL;
    memcpy(v->data, x, (size_t)n * 8);
    rv_vec_scan_nulls(v);
    return v;
}
#define INTS(...) ints((int64_t)RB_COUNT(((const int64_t[]){__VA_ARGS__})), (const int64_t[]){__VA_ARGS__})

static inline ray_val *reals(int64_t n, const double *x) {
    ray_val *v = rv_vec_new(RY_F64, n);
    if (!v) return NULL;
    memcpy(v->data, x, (size_t)n * 8);
    rv_vec_scan_nulls(v);
    return v;
}
#define REALS(...) reals((int64_t)RB_COUNT(((const double[]){__VA_ARGS__})), (const double[]){__VA_ARGS__})

/* Consumes the arguments; a null argument is a failure passed on. */
static inline ray_val *call2(rv_verb_fn fn, ray_val *a, ray_val *b) {
    ray_val *args[2] = {a, b}, *r = a && b ? fn(&rt, args, 2) : NULL;
    rv_release(a);
    rv_release(b);
    return r;
}
static inline ray_val *call1(rv_verb_fn fn, ray_val *a) {
    ray_val *r = a ? fn(&rt, &a, 1) : NULL;
    rv_release(a);
    return r;
}
static inline ray_val *list2(ray_val *a, ray_val *b) { return rv_list_of_take(2, (ray_val *[]){a, b}); }

/* Equal to what is expected, flags of nulls included; consumes both. */
static inline void same(ray_val *got, ray_val *want, const char *file, int line) {
    const char *wrong = got ? rv_check(got) : NULL;
    if (!got || wrong || !want || got->type != want->type || !rv_equal(got, want) ||
        ((got->attrs ^ want->attrs) & (RV_A_NULL | RV_A_NULLS))) {
        fprintf(stderr, "%s:%d: not as expected (%s)\n", file, line, wrong ? wrong : got ? "value" : rb_error_get()->text);
        exit(1);
    }
    rv_release(got);
    rv_release(want);
}
#define SAME(got, want) same(got, want, __FILE__, __LINE__)

/* Lists nested n deep around a number. */
static inline ray_val *nested(int n) {
    ray_val *v = rv_i64_new(1);
    for (int i = 0; v && i < n; i++) v = rv_list_of_take(1, (ray_val *[]){v});
    return v;
}

/* For UT_SWEEP: releases, and with no result the reason must be memory. */
#define SWEPT(expr)                                                                                                    \
    do {                                                                                                               \
        rb_error_clear();                                                                                              \
        ray_val *swept = (expr);                                                                                       \
        if (!swept) UT_EQ_INT(rb_error_code(), RB_E_OOM);                                                              \
        rv_release(swept);                                                                                             \
    } while (0)

#endif
