#include "ops_ut.h"

UT_CASE(one_column) {
    SAME(call1(ro_var, INTS(1, 2, 3, RY_NULL_I64)), rv_f64_new(1));
    SAME(call1(ro_dev, INTS(1, 3)), rv_f64_new(1));
    SAME(call1(ro_dev, rv_i64_new(5)), rv_f64_new(0));
    SAME(call1(ro_stddev, rv_i64_new(5)), rv_null_of_new(RY_F64));
    SAME(call1(ro_var_pop, rv_vec_new(RY_SYM, 0)), rv_null_of_new(RY_F64));
    SAME(call1(ro_dev, rv_null_of_new(RY_DATE)), rv_null_of_new(RY_F64));
    UT_ERROR(call1(ro_dev, rv_date_new(1)), RB_E_TYPE);
    ray_val *syms = rv_vec_new(RY_SYM, 1);
    UT_CHECK(syms);
    RV_DATA(int32_t, syms)[0] = 0;
    UT_ERROR(call1(ro_dev, syms), RB_E_TYPE);
}

UT_CASE(pairs) {
    SAME(call2(ro_cov, INTS(1, 3, RY_NULL_I64), REALS(2, 6, 100)), rv_f64_new(2));
    SAME(call2(ro_scov, INTS(1), INTS(2)), rv_null_of_new(RY_F64));
    SAME(call2(ro_pearson_corr, INTS(1, 2, 3), INTS(2, 4, 6)), rv_f64_new(1));
    SAME(call2(ro_pearson_corr, INTS(1, 1), INTS(2, 3)), rv_null_of_new(RY_F64));
    SAME(call2(ro_wsum, INTS(1, 2), INTS(3, 4)), rv_f64_new(11));
    SAME(call2(ro_wsum, rv_vec_new(RY_I64, 0), rv_vec_new(RY_I64, 0)), rv_f64_new(0));
    SAME(call2(ro_wavg, INTS(0, 0), INTS(3, 4)), rv_null_of_new(RY_F64));
    UT_ERROR(call2(ro_cov, INTS(1), INTS(1, 2)), RB_E_LENGTH);
    UT_ERROR(call2(ro_wavg, rv_i64_new(1), INTS(1)), RB_E_TYPE);
}

UT_CASE(no_memory) {
    UT_SWEEP(SWEPT(call1(ro_var, INTS(1, 2, 3))));
    UT_SWEEP(SWEPT(call2(ro_cov, INTS(1, 3), INTS(2, 6))));
}

UT_MAIN(one_column, pairs, no_memory)
