#include "ops_ut.h"

static bool yes(rv_verb_fn fn, ray_val *a, ray_val *b) {
    ray_val *r = call2(fn, a, b);
    UT_CHECK(r && r->type == -RY_B8);
    bool x = r->u.b8;
    rv_release(r);
    return x;
}

static void bits(ray_val *got, const char *want) {
    UT_CHECK(got && got->type == RY_B8 && got->len == (int64_t)strlen(want));
    for (int64_t i = 0; i < got->len; i++) UT_EQ_INT(RV_DATA(uint8_t, got)[i], want[i] - '0');
    rv_release(got);
}

UT_CASE(numbers_of_all_kinds) {
    UT_CHECK(yes(ro_eq, rv_i16_new(5), rv_f64_new(5)) && yes(ro_lt, rv_b8_new(false), rv_u8_new(1)));
    UT_CHECK(!yes(ro_eq, rv_i64_new(9007199254740993), rv_i64_new(9007199254740992)));
    UT_CHECK(yes(ro_eq, rv_i64_new(9007199254740993), rv_f64_new(9007199254740992)));
    bits(call2(ro_ge, INTS(1, 2, RY_NULL_I64), rv_f64_new(2)), "010");
}

UT_CASE(moments) {
    UT_CHECK(yes(ro_eq, rv_date_new(1), rv_timestamp_new(86400000000000)) && yes(ro_lt, rv_time_new(1), rv_date_new(1)));
    UT_CHECK(yes(ro_gt, rv_date_new(2000000000), rv_timestamp_new(INT64_MAX - 1))); /* beyond what nanoseconds reach */
    UT_CHECK(yes(ro_eq, rv_timestamp_new(86400000000005), rv_timespan_new(5)));     /* the time of day */
    UT_ERROR(call2(ro_lt, rv_date_new(1), rv_i64_new(1)), RB_E_TYPE);
}

UT_CASE(nullness_decides) {
    UT_CHECK(yes(ro_eq, rv_null_of_new(RY_I64), rv_null_of_new(RY_STR)) && yes(ro_ne, rv_null_of_new(RY_DATE), rv_i64_new(1)));
    UT_CHECK(yes(ro_eq, rv_retain(rv_null_get()), rv_retain(rv_null_get())));
    UT_CHECK(!yes(ro_eq, rv_retain(rv_null_get()), INTS(1, RY_NULL_I64)));
    UT_ERROR(call2(ro_eq, rv_null_of_new(RY_DATE), rv_timespan_new(1)), RB_E_TYPE);
    bits(call2(ro_eq, INTS(1, RY_NULL_I64), rv_null_of_new(RY_DATE)), "01");
}

UT_CASE(text) {
    UT_CHECK(yes(ro_lt, rv_str_new("a", 1), rv_str_new("ab", 2)) && yes(ro_lt, rv_str_new("a", 1), rv_str_new("\xc3", 1)));
    UT_ERROR(call2(ro_lt, rv_str_new("a", 1), rv_sym_new(0, true)), RB_E_TYPE);
}

UT_CASE(within_bounds) {
    bits(call2(ro_within, INTS(1, 2, 3, RY_NULL_I64), INTS(RY_NULL_I64, 2)), "1101");
    UT_ERROR(call2(ro_within, INTS(1), INTS(1)), RB_E_LENGTH);
    UT_ERROR(call2(ro_within, INTS(1), REALS(1, 2)), RB_E_TYPE);
    UT_ERROR(call2(ro_within, rv_i64_new(1), INTS(1, 2)), RB_E_TYPE);
}

UT_CASE(no_memory) {
    UT_SWEEP(SWEPT(call2(ro_within, INTS(1, 2), INTS(1, 2))));
    UT_SWEEP(SWEPT(call2(ro_eq, INTS(1, RY_NULL_I64), rv_null_of_new(RY_DATE))));
}

UT_MAIN(numbers_of_all_kinds, moments, nullness_decides, text, within_bounds, no_memory)
