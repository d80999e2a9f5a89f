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

UT_CASE(no_memory) { UT_SWEEP(SWEPT(call1(ro_med, INTS(4, 1, 3, 2)))); }

UT_MAIN(medians, shares, no_memory)
