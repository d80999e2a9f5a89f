#include "base/pool.h"
#include "ops_ut.h"

UT_CASE(setup) { UT_CHECK((rt.pool = rb_pool_new(2)) != NULL); }

UT_CASE(folds_from_the_left) {
    ray_val *args[] = {rv_i64_new(1), rv_f64_new(0.5), rv_i64_new(3)};
    SAME(ro_add(&rt, args, 3), rv_f64_new(4.5));
    SAME(ro_mul(&rt, args, 3), rv_f64_new(1.5));
    for (int i = 0; i < 3; i++) rv_release(args[i]);
}

/* A null that came of a null is flagged; a sum that wraps onto the sentinel is not. */
UT_CASE(flags_of_nulls) {
    ray_val *wrapped = call2(ro_add, rv_i64_new(INT64_MAX), rv_i64_new(1));
    UT_CHECK(wrapped && !(wrapped->attrs & RV_A_NULL) && rv_is_null(wrapped));
    rv_release(wrapped);
    SAME(call2(ro_add, rv_null_of_new(RY_I64), rv_i64_new(1)), rv_null_of_new(RY_I64));
    SAME(call2(ro_sub, rv_i64_new(1), rv_null_of_new(RY_I64)), rv_null_of_new(RY_I64));
    SAME(call2(ro_mul, rv_null_of_new(RY_F64), rv_f64_new(2)), rv_null_of_new(RY_F64));
    SAME(call2(ro_sub, rv_f64_new(2), rv_f64_new(0.5)), rv_f64_new(1.5));
    SAME(call2(ro_div, rv_i64_new(1), rv_i64_new(0)), rv_null_of_new(RY_F64));
    ray_val *grown = call2(ro_mul, rv_f64_new(1e308), rv_f64_new(10));
    UT_CHECK(grown && !(grown->attrs & RV_A_NULL) && rv_is_null(grown));
    rv_release(grown);
    ray_val *v = call2(ro_add, INTS(INT64_MAX, 1), rv_i64_new(1));
    UT_CHECK(v && !(v->attrs & RV_A_NULLS));
    rv_release(v);
}

UT_CASE(buckets) {
    SAME(call2(ro_xbar, INTS(-7, 7, RY_NULL_I64), rv_i64_new(5)), INTS(-10, 5, RY_NULL_I64));
    UT_ERROR(call2(ro_xbar, INTS(1, 2), rv_i64_new(0)), RB_E_DOMAIN);
    UT_ERROR(call2(ro_xbar, INTS(1, 2), INTS(1, RY_NULL_I64)), RB_E_DOMAIN);
    SAME(call2(ro_xbar_or_null, INTS(1, 2, 5), INTS(1, RY_NULL_I64, 0)), INTS(1, RY_NULL_I64, RY_NULL_I64));
    ray_val *none = call2(ro_xbar_or_null, rv_f64_new(1.5), rv_f64_new(0));
    UT_CHECK(none && rv_is_null(none) && (none->attrs & RV_A_NULL));
    rv_release(none);
}

UT_CASE(times) {
    SAME(call2(ro_add, rv_date_new(1), rv_time_new(1000)), rv_timestamp_new(86401000000000));
    SAME(call2(ro_sub, rv_timestamp_new(5), rv_timestamp_new(3)), rv_timespan_new(2));
    UT_ERROR(call2(ro_sub, rv_i64_new(1), rv_date_new(1)), RB_E_TYPE);
}

/* Cut into ranges for two threads, and without threads: the same bytes. */
UT_CASE(long_vectors_are_cut) {
    enum { N = 300000 };
    ray_val *a = rv_vec_new(RY_I64, N), *b = rv_vec_new(RY_I32, N);
    UT_CHECK(a && b);
    for (int i = 0; i < N; i++) RV_DATA(int64_t, a)[i] = i, RV_DATA(int32_t, b)[i] = i % 100;
    RV_DATA(int32_t, b)[N - 1] = RY_NULL_I32;
    rv_vec_scan_nulls(b);
    ray_val *args[] = {a, b}, *sum = ro_add(&rt, args, 2);
    rb_pool *pool = rt.pool;
    rt.pool = NULL;
    ray_val *alone = ro_add(&rt, args, 2);
    rt.pool = pool;
    UT_CHECK(sum && (sum->attrs & RV_A_NULLS));
    UT_EQ_INT(RV_DATA(int64_t, sum)[N - 1], RY_NULL_I64);
    for (int i = 0; i < N - 1; i++) UT_EQ_INT(RV_DATA(int64_t, sum)[i], i + i % 100);
    SAME(alone, sum);
    rv_release(a);
    rv_release(b);
}

UT_CASE(no_memory) {
    UT_SWEEP(SWEPT(call2(ro_add, INTS(1, 2), rv_f64_new(2))));
    UT_SWEEP(SWEPT(call2(ro_mod, INTS(7, 8), rv_i32_new(0))));
    UT_SWEEP(SWEPT(call2(ro_pow, rv_null_of_new(RY_I64), rv_f64_new(2))));
}

UT_MAIN(setup, folds_from_the_left, flags_of_nulls, buckets, times, long_vectors_are_cut, no_memory)
