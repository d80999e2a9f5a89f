#include "ops_ut.h"

UT_CASE(medians) {
    SAME(call1(ro_med, INTS(4, 1, 3, 2)), rv_f64_new(2.5));
    SAME(call1(ro_med, INTS(9, RY_NULL_I64, 1, 5)), rv_f64_new(5));
    SAME(call1(ro_med, rv_vec_new(RY_SYM, 0)), rv_null_of_new(RY_F64));
    SAME(call1(ro_med, rv_vec_new(RY_LIST, 0)), rv_null_of_new(RY_F64));
    SAME(call1(ro_med, rv_i64_new(3)), rv_f64_new(3));
    UT_ERROR(call1(ro_med, rv_str_new("a", 1)), RB_E_TYPE);
}

UT_CASE(shares) {
    SAME(call2(ro_quantile, INTS(1, 2, 3, 4), rv_f64_new(0.25)), rv_f64_new(1.75));
    SAME(call2(ro_quantile, INTS(1, 2), rv_b8_new(true)), rv_f64_new(2));
    SAME(call2(ro_percentile, INTS(1, 2, 3), rv_i64_new(50)), rv_f64_new(2));
    UT_ERROR(call2(ro_quantile, INTS(1), rv_f64_new(1.01)), RB_E_DOMAIN);
    UT_ERROR(call2(ro_quantile, INTS(1), rv_null_of_new(RY_F64)), RB_E_DOMAIN);
    UT_ERROR(call2(ro_percentile, INTS(1), rv_i64_new(-1)), RB_E_DOMAIN);
    UT_ERROR(call2(ro_quantile, INTS(1), INTS(1)), RB_E_TYPE);
}

/* Many numbers take another way: each rank of an arithmetic sequence in no order, with nulls, and one bucket for most. */
UT_CASE(many) {
    enum { MANY = 600011, NULLS = 10 };
    for (int kind = 0; kind < 3; kind++) {
        ray_val *v = rv_vec_new(kind ? RY_F64 : RY_I32, MANY);
        for (int64_t i = 0, k = 0; i < MANY; i++) {
            const bool null = i % 60000 == 77;
            const int64_t x = k * 7919 % (MANY - NULLS);
            if (kind)
                RV_DATA(double, v)[i] = null ? ry_null_f64() : kind == 2 && x == MANY - NULLS - 1 ? 1e300 : (double)x;
            else
                RV_DATA(int32_t, v)[i] = null ? RY_NULL_I32 : (int32_t)x;
            k += !null;
        }
        rv_vec_scan_nulls(v);
        SAME(call1(ro_med, rv_retain(v)), rv_f64_new((MANY - NULLS - 1) / 2.0));
        SAME(call2(ro_quantile, rv_retain(v), rv_f64_new(0)), rv_f64_new(0));
        SAME(call2(ro_quantile, rv_retain(v), rv_f64_new(1)), rv_f64_new(kind == 2 ? 1e300 : MANY - NULLS - 1));
        SAME(call2(ro_percentile, rv_retain(v), rv_i64_new(25)), rv_f64_new((MANY - NULLS - 1) / 4.0));
        rv_release(v);
    }
    ray_val *none = rv_vec_new(RY_F64, MANY);
    for (int64_t i = 0; i < MANY; i++) RV_DATA(double, none)[i] = ry_null_f64();
    none->attrs |= RV_A_NULLS;
    SAME(call1(ro_med, rv_retain(none)), rv_null_of_new(RY_F64));
    UT_SWEEP(SWEPT(call1(ro_med, rv_retain(none))));
    RV_DATA(double, none)[1] = 7;
    UT_SWEEP(SWEPT(call1(ro_med, rv_retain(none))));
    SAME(call1(ro_med, none), rv_f64_new(7));
}

UT_CASE(no_memory) { UT_SWEEP(SWEPT(call1(ro_med, INTS(4, 1, 3, 2)))); }

UT_MAIN(medians, shares, many, no_memory)
