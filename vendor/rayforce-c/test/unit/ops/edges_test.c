#include "ops_ut.h"

UT_CASE(counts) {
    SAME(call1(ro_count, INTS(1, RY_NULL_I64)), rv_i64_new(2));
    SAME(call1(ro_count, rv_str_new("abc", 3)), rv_i64_new(3));
    SAME(call1(ro_count, rv_i64_new(7)), rv_i64_new(1));
}

UT_CASE(ends) {
    SAME(call1(ro_first, INTS(RY_NULL_I64, 5)), rv_i64_new(5));
    SAME(call1(ro_last, INTS(5, RY_NULL_I64)), rv_i64_new(5));
    SAME(call1(ro_first, rv_vec_new(RY_I64, 0)), rv_null_of_new(RY_I64));
    SAME(call1(ro_last, rv_str_new("abc", 3)), rv_str_new("c", 1));
    UT_ERROR(call1(ro_first, rv_str_new("", 0)), RB_E_DOMAIN);
    SAME(call1(ro_last, list2(rv_i64_new(1), rv_str_new("x", 1))), rv_str_new("x", 1));
    ray_val *f = rv_vec_new(RY_F32, 2);
    UT_CHECK(f);
    RV_DATA(float, f)[0] = ry_null_f32(), RV_DATA(float, f)[1] = 1.5f;
    SAME(call1(ro_first, f), rv_f64_new(1.5));
}

UT_CASE(most_frequent) {
    SAME(call1(ro_mode, INTS(1, 2, 2, 3, 3)), rv_i64_new(2));
    SAME(call1(ro_mode, INTS(RY_NULL_I64, RY_NULL_I64, 1)), rv_i64_new(1));
    SAME(call1(ro_mode, rv_vec_new(RY_I64, 0)), rv_null_of_new(RY_I64));
    SAME(call1(ro_mode, list2(rv_str_new("a", 1), rv_str_new("a", 1))), rv_str_new("a", 1));
}

UT_CASE(no_memory) {
    UT_SWEEP(SWEPT(call1(ro_mode, INTS(1, 2, 2, 3, 3))));
    UT_SWEEP(SWEPT(call1(ro_first, INTS(RY_NULL_I64, 5))));
}

UT_MAIN(counts, ends, most_frequent, no_memory)
