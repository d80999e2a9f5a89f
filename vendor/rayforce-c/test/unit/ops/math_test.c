#include "ops_ut.h"

UT_CASE(numbers) {
    SAME(call1(ro_neg, INTS(1, RY_NULL_I64)), INTS(-1, RY_NULL_I64));
    SAME(call1(ro_sqrt, INTS(4, RY_NULL_I64)), REALS(2, ry_null_f64()));
    SAME(call1(ro_round, rv_f32_new(2.5f)), rv_f32_new(3));
    SAME(call1(ro_round, rv_i64_new(2)), rv_f64_new(2));
    SAME(call1(ro_floor, INTS(1, 2)), INTS(1, 2));
    SAME(call1(ro_signum, REALS(-2, ry_null_f64())), INTS(-1, RY_NULL_I64));
    SAME(call1(ro_reciprocal, rv_i64_new(0)), rv_null_of_new(RY_F64));
    UT_ERROR(call1(ro_neg, rv_u8_new(1)), RB_E_TYPE);
    UT_ERROR(call1(ro_sin, rv_str_new("a", 1)), RB_E_TYPE);
}

UT_CASE(a_null_passes_whatever_its_type) {
    SAME(call1(ro_neg, rv_null_of_new(RY_DATE)), rv_null_of_new(RY_DATE));
    SAME(call1(ro_sqrt, rv_null_of_new(RY_STR)), rv_null_of_new(RY_F64));
    SAME(call1(ro_signum, rv_null_of_new(RY_GUID)), rv_null_of_new(RY_I64));
}

UT_CASE(lists_and_nothing) {
    SAME(call1(ro_neg, list2(rv_i64_new(1), rv_f64_new(2.9))), INTS(-1, -2));
    UT_ERROR(call1(ro_neg, list2(rv_i64_new(1), INTS(1))), RB_E_TYPE);
    SAME(call1(ro_sin, list2(rv_i64_new(0), INTS(0))), list2(rv_f64_new(0), REALS(0)));
    SAME(call1(ro_neg, rv_vec_new(RY_LIST, 0)), rv_vec_new(RY_I64, 0));
    SAME(call1(ro_sqrt, rv_vec_new(RY_F32, 0)), rv_vec_new(RY_F64, 0));
    ray_val *deep = rv_i64_new(1);
    for (int i = 0; i <= RV_DEPTH_MAX; i++) deep = rv_list_of_take(1, &deep);
    UT_ERROR(call1(ro_cos, deep), RB_E_LIMIT);
}

UT_CASE(no_memory) {
    UT_SWEEP(SWEPT(call1(ro_neg, list2(rv_i64_new(1), rv_f64_new(2.9)))));
    UT_SWEEP(SWEPT(call1(ro_exp, INTS(1, 2))));
}

UT_MAIN(numbers, a_null_passes_whatever_its_type, lists_and_nothing, no_memory)
