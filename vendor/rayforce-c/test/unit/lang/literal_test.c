#include "lang/lexer.h"

#include "ut.h"

#include "base/num.h"

typedef struct row {
    const char *text;
    int result, type;
    int64_t i;
    bool null;
} row;

static const row rows[] = {
    {"12", RB_NUM_OK, RY_I64, 12, false},
    {"-7", RB_NUM_OK, RY_I64, -7, false},
    {"-9223372036854775808", RB_NUM_OK, RY_I64, INT64_MIN, false},
    {"5i", RB_NUM_OK, RY_I32, 5, false},
    {"2147483647i", RB_NUM_OK, RY_I32, INT32_MAX, false},
    {"-2147483648i", RB_NUM_RANGE, 0, 0, false},
    {"2147483648i", RB_NUM_RANGE, 0, 0, false},
    {"99999999999999999999i", RB_NUM_RANGE, 0, 0, false},
    {"-32768h", RB_NUM_RANGE, 0, 0, false},
    {"32767h", RB_NUM_OK, RY_I16, 32767, false},
    {"0x123", RB_NUM_OK, RY_U8, 0x23, false},
    {"-0x12", RB_NUM_OK, RY_U8, 0x12, false},
    {"0x", RB_NUM_NONE, 0, 0, false},
    {"0xg", RB_NUM_NONE, 0, 0, false},
    {"0X1", RB_NUM_NONE, 0, 0, false},
    {"0N", RB_NUM_OK, RY_I64, INT64_MIN, true},
    {"0Ni", RB_NUM_OK, RY_I32, INT32_MIN, true},
    {"0Nh", RB_NUM_OK, RY_I16, INT16_MIN, true},
    {"0Nd", RB_NUM_OK, RY_DATE, INT32_MIN, true},
    {"0Nz", RB_NUM_NONE, 0, 0, false},
    {"0Nll", RB_NUM_NONE, 0, 0, false},
    {"-0N", RB_NUM_NONE, 0, 0, false},
    {"1.", RB_NUM_NONE, 0, 0, false},
    {"1..2", RB_NUM_NONE, 0, 0, false},
    {"1.5i", RB_NUM_NONE, 0, 0, false},
    {"1e5i", RB_NUM_NONE, 0, 0, false},
    {"1l", RB_NUM_NONE, 0, 0, false},
    {"1E", RB_NUM_NONE, 0, 0, false},
    {"2000.01.02", RB_NUM_OK, RY_DATE, 1, false},
    {"2000.13.02", RB_NUM_NONE, 0, 0, false},
    {"00:00:01", RB_NUM_OK, RY_TIME, 1000, false},
    {"1D", RB_NUM_OK, RY_TIMESPAN, INT64_C(86400000000000), false},
    {"1D2:3:4", RB_NUM_RANGE, 0, 0, false},
    {"2000.01.01D00:00:01.", RB_NUM_OK, RY_TIMESTAMP, 1000000000, false},
    {"2000.01.01D", RB_NUM_NONE, 0, 0, false},
};

static int64_t number_of(const ray_val *v) {
    switch (-v->type) {
    case RY_U8: return v->u.u8;
    case RY_I16: return v->u.i16;
    case RY_I64:
    case RY_TIMESTAMP:
    case RY_TIMESPAN: return v->u.i64;
    default: return v->u.i32;
    }
}

UT_CASE(integers_and_times) {
    for (size_t i = 0; i < RB_COUNT(rows); i++) {
        ray_val *v = NULL;
        const char *what = NULL;
        int r = rl_literal(rows[i].text, strlen(rows[i].text), &v, &what);
        if (r != rows[i].result) UT_FAIL("%s: result %d, expected %d", rows[i].text, r, rows[i].result);
        if (r == RB_NUM_RANGE) UT_CHECK(what && *what);
        if (r != RB_NUM_OK) continue;
        UT_EQ_INT(-v->type, rows[i].type);
        UT_EQ_INT(number_of(v), rows[i].i);
        UT_EQ_INT((v->attrs & RV_A_NULL) != 0, rows[i].null);
        rv_release(v);
    }
}

static double real_of(const char *text, int type) {
    ray_val *v = NULL;
    const char *what = NULL;
    UT_EQ_INT(rl_literal(text, strlen(text), &v, &what), RB_NUM_OK);
    UT_EQ_INT(-v->type, type);
    UT_CHECK(!(v->attrs & RV_A_NULL));
    double x = type == RY_F32 ? (double)v->u.f32 : v->u.f64;
    rv_release(v);
    return x;
}

UT_CASE(reals) {
    UT_CHECK(real_of("1.5", RY_F64) == 1.5);
    UT_CHECK(real_of("1e3", RY_F64) == 1000);
    UT_CHECK(real_of("1.5e+10", RY_F64) == 1.5e10);
    UT_CHECK(real_of("1E-5", RY_F64) == 1e-5);
    UT_CHECK(real_of("9223372036854775808", RY_F64) == 9223372036854775808.0);
    UT_CHECK(real_of("1e", RY_F32) == 1);
    UT_CHECK(real_of("-2.5e", RY_F32) == -2.5);
    double nothing = real_of("1e400", RY_F64), narrow = real_of("100000000000000000000000000000000000000000e", RY_F32);
    UT_CHECK(nothing != nothing && narrow != narrow);
}

/* Any prefix of any literal is read without a look behind its end: the copy ends where the text does. */
UT_CASE(no_look_behind_the_end) {
    for (size_t i = 0; i < RB_COUNT(rows); i++) {
        for (size_t n = 1; n <= strlen(rows[i].text); n++) {
            char *copy = malloc(n);
            UT_CHECK(copy);
            memcpy(copy, rows[i].text, n);
            ray_val *v = NULL;
            const char *what = NULL;
            if (rl_literal(copy, n, &v, &what) == RB_NUM_OK) UT_CHECK(v && !rv_check(v));
            rv_release(v);
            free(copy);
        }
    }
}

UT_MAIN(integers_and_times, reals, no_look_behind_the_end)
