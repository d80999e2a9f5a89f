#include "ops_ut.h"

static ray_val *least(ray_val *a, ray_val *b) { return call2(ro_min, a, b); }

UT_CASE(numbers) {
    SAME(least(INTS(1, 5), rv_i64_new(3)), INTS(1, 3));
    SAME(least(rv_null_of_new(RY_I64), rv_i64_new(5)), rv_null_of_new(RY_I64));
    SAME(call2(ro_max, rv_null_of_new(RY_I64), rv_i64_new(5)), rv_i64_new(5));
    SAME(least(rv_i64_new(2), rv_f64_new(1.5)), rv_f64_new(1.5));
}

/* Of moments of two types the chosen one decides, in vectors the first of them. */
UT_CASE(chosen) {
    SAME(least(rv_date_new(1), rv_time_new(5)), rv_time_new(5));
    SAME(least(rv_date_new(0), rv_timestamp_new(5)), rv_timestamp_new(0));
    SAME(least(rv_str_new("b", 1), rv_str_new("a", 1)), rv_str_new("a", 1));
    UT_ERROR(least(rv_date_new(1), rv_i64_new(5)), RB_E_TYPE);
    UT_ERROR(least(rv_timespan_new(1), rv_date_new(5)), RB_E_TYPE);
}

UT_CASE(filling) {
    SAME(call2(ro_fill, rv_i64_new(7), INTS(1, RY_NULL_I64)), INTS(1, 7));
    SAME(call2(ro_fill, rv_f64_new(1.5), INTS(RY_NULL_I64, 3)), REALS(1.5, 3));
    SAME(call2(ro_fill, rv_f64_new(1.5), INTS(3, RY_NULL_I64)), INTS(3, 1));
    SAME(call2(ro_fill, rv_i64_new(5), rv_str_new("", 0)), rv_i64_new(5));
    ray_val *dict = rv_dict_new_take(INTS(1), rv_list_of_take(1, (ray_val *[]){rv_i64_new(2)}));
    SAME(call2(ro_fill, rv_i64_new(5), rv_retain(dict)), dict);
}

UT_CASE(no_memory) {
    UT_SWEEP(SWEPT(least(rv_date_new(0), rv_timestamp_new(5))));
    UT_SWEEP(SWEPT(least(rv_time_new(9), rv_date_new(5))));
    UT_SWEEP(SWEPT(call2(ro_fill, rv_f64_new(1.5), INTS(RY_NULL_I64, 3))));
}

UT_MAIN(numbers, chosen, filling, no_memory)
