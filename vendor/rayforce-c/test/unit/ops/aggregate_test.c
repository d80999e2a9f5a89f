#include "base/pool.h"
#include "ops_ut.h"

UT_CASE(setup) { UT_CHECK((rt.pool = rb_pool_new(2)) != NULL); }

UT_CASE(sums) {
    SAME(call1(ro_sum, INTS(1, RY_NULL_I64, 4)), rv_i64_new(5));
    SAME(call1(ro_sum, rv_vec_new(RY_F64, 0)), rv_f64_new(0));
    SAME(call1(ro_sum, list2(rv_i64_new(1), rv_f64_new(0.5))), rv_f64_new(1.5));
    SAME(call1(ro_prod, INTS(2, RY_NULL_I64, 4)), rv_i64_new(8));
    SAME(call1(ro_avg, INTS(INT64_MAX, INT64_MAX)), rv_f64_new(9223372036854775807.0));
    SAME(call1(ro_avg, INTS(RY_NULL_I64)), rv_null_of_new(RY_F64));
    UT_ERROR(call1(ro_avg, rv_vec_new(RY_LIST, 0)), RB_E_DOMAIN);
    UT_ERROR(call1(ro_sum, rv_vec_new(RY_DATE, 0)), RB_E_TYPE);
    UT_ERROR(call1(ro_sum, list2(rv_i64_new(1), rv_str_new("a", 1))), RB_E_TYPE);
}

UT_CASE(extremes) {
    SAME(call1(ro_min, INTS(RY_NULL_I64, 3, 2)), rv_i64_new(2));
    SAME(call1(ro_max, rv_vec_new(RY_I64, 0)), rv_null_of_new(RY_I64));
    SAME(call1(ro_max, REALS(ry_null_f64(), -1)), rv_f64_new(-1));
    SAME(call1(ro_min, rv_vec_new(RY_TIMESPAN, 0)), rv_timespan_new(INT64_MAX));
    ray_val *words = rv_vec_room_new(RY_STR, 3);
    UT_CHECK(words && rv_strvec_append(words, "fig", 3) == 0 && rv_strvec_append(words, "", 0) == 0);
    UT_CHECK(rv_strvec_append(words, "a rather long apple", 19) == 0);
    SAME(call1(ro_min, rv_retain(words)), rv_str_new("a rather long apple", 19));
    SAME(call1(ro_max, words), rv_str_new("fig", 3));
}

UT_CASE(truth) {
    SAME(call1(ro_all, INTS(1, RY_NULL_I64)), rv_b8_new(true));
    SAME(call1(ro_any, INTS(0, RY_NULL_I64)), rv_b8_new(false));
    UT_ERROR(call1(ro_all, rv_vec_new(RY_DATE, 1)), RB_E_TYPE);
}

/* The sum of doubles depends on the order of the ranges, not on who computed them. */
UT_CASE(threads_change_nothing) {
    enum { N = 500000 };
    ray_val *v = rv_vec_new(RY_F64, N);
    UT_CHECK(v);
    for (int i = 0; i < N; i++) RV_DATA(double, v)[i] = 1.0 / (i + 1);
    static const rv_verb_fn fns[] = {ro_sum, ro_avg, ro_dev, ro_min, ro_max};
    rb_pool *pool = rt.pool;
    for (size_t i = 0; i < RB_COUNT(fns); i++) {
        ray_val *many = fns[i](&rt, &v, 1);
        rt.pool = NULL;
        ray_val *one = fns[i](&rt, &v, 1);
        rt.pool = pool;
        UT_CHECK(many && one && memcmp(many->data, one->data, 8) == 0);
        rv_release(many);
        rv_release(one);
    }
    rv_release(v);
}

UT_CASE(no_memory) {
    UT_SWEEP(SWEPT(call1(ro_sum, list2(rv_i64_new(1), rv_f64_new(0.5)))));
    UT_SWEEP(SWEPT(call1(ro_sum, rv_u8_new(5))));
    UT_SWEEP(SWEPT(call1(ro_max, INTS(1, 2))));
    UT_SWEEP(SWEPT(call1(ro_avg, INTS(1, 2))));
}

UT_MAIN(setup, sums, extremes, truth, threads_change_nothing, no_memory)
