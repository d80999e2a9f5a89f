#include "ut.h"

#include "base/calendar.h"
#include "base/clock.h"
#include "ops/temporal.h"

static ray_rt rt;

static int64_t part(rv_verb_fn verb, ray_val *v) {
    ray_val *out = verb(&rt, &v, 1);
    UT_CHECK(out && out->type == -RY_I64);
    int64_t x = out->u.i64;
    rv_release(out);
    rv_release(v);
    return x;
}

UT_CASE(ends_of_time) {
    UT_EQ_INT(part(ro_yyyy, rv_date_new(INT32_MAX)), 5881610);
    UT_EQ_INT(part(ro_yyyy, rv_date_new(-INT32_MAX)), -5877611);
    UT_EQ_INT(part(ro_yyyy, rv_timestamp_new(INT64_MAX)), 2292);
    UT_EQ_INT(part(ro_hh, rv_timestamp_new(-INT64_MAX)), 0);
    UT_EQ_INT(part(ro_minute, rv_timestamp_new(-INT64_MAX)), 12);
    UT_EQ_INT(part(ro_hh, rv_time_new(INT32_MAX)), 20);
    UT_EQ_INT(part(ro_dd, rv_time_new(-INT32_MAX)), 7);
    UT_CHECK(part(ro_ss, rv_null_of_new(RY_TIME)) == INT64_MIN);
}

/* A day that no timestamp reaches has none. */
UT_CASE(unreachable) {
    ray_val *v = rv_vec_new(RY_DATE, 3);
    int32_t days[] = {106751, 106752, -106752};
    memcpy(v->data, days, sizeof days);
    ray_val *out = ro_date(&rt, &v, 1);
    UT_CHECK(out && (out->attrs & RV_A_NULLS));
    UT_CHECK(RV_DATA(int64_t, out)[0] == 106751 * RB_NS_DAY && RV_DATA(int64_t, out)[1] == INT64_MIN);
    UT_CHECK(RV_DATA(int64_t, out)[2] == INT64_MIN);
    rv_release(v);
    rv_release(out);
}

UT_CASE(present) {
    rb_clock_fix(0, 5 * RB_NS_DAY + 3723 * RB_NS_SECOND + 7);
    ray_val *x = rv_i64_new(0), *date = ro_date(&rt, &x, 1), *time = ro_time(&rt, &x, 1);
    ray_val *stamp = ro_timestamp(&rt, &x, 1);
    rb_clock_unfix();
    UT_CHECK(date && date->type == -RY_DATE && date->u.i32 == 5);
    UT_CHECK(time && time->type == -RY_TIME && time->u.i32 == 3723000);
    UT_CHECK(stamp && stamp->u.i64 == 5 * RB_NS_DAY + 3723 * RB_NS_SECOND);
    rv_release(x);
    rv_release(date);
    rv_release(time);
    rv_release(stamp);
}

static void part_of_times(rv_verb_fn verb) {
    ray_val *v = rv_vec_new(RY_TIME, 3);
    if (v) memset(v->data, 0, 12);
    ray_val *out = v ? verb(&rt, &v, 1) : NULL;
    if (!out) UT_EQ_INT(rb_error_code(), RB_E_OOM);
    rv_release(v);
    rv_release(out);
}

UT_CASE(no_memory) {
    const rv_verb_fn verbs[] = {ro_yyyy, ro_doy, ro_date, ro_timestamp};
    for (size_t i = 0; i < RB_COUNT(verbs); i++)
        UT_SWEEP(part_of_times(verbs[i]));
}

UT_MAIN(ends_of_time, unreachable, present, no_memory)
