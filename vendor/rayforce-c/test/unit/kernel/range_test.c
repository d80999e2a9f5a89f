/* Mixed operands: widened, computed, narrowed, in pieces as in one. */
#include "kernel/kernel.h"

#include "ut.h"

#define N 3000

static rk_side side(int type, const void *data, bool scalar, bool nulls) {
    return (rk_side){.data = data, .scale = 1, .type = (int8_t)type, .scalar = scalar, .nulls = nulls};
}

UT_CASE(mixed_widths_meet_in_i64) {
    static int16_t a[N];
    static int32_t out[N], again[N];
    const int64_t b = 70000;
    for (int i = 0; i < N; i++) a[i] = (int16_t)(i % 7 == 0 ? RY_NULL_I16 : i);
    rk_job j = {.verb = RK_ADD, .domain = RY_I64, .type = RY_I32, .a = side(RY_I16, a, false, true), .b = side(RY_I64, &b, true, false), .out = out};
    UT_CHECK(rk_binary_range(&j, 0, N));
    for (int i = 0; i < N; i++) UT_EQ_INT(out[i], i % 7 == 0 ? RY_NULL_I32 : (int16_t)i + 70000);
    j.out = again;
    for (int from = 0; from < N; from += 700) rk_binary_range(&j, from, from + 700 < N ? from + 700 : N);
    UT_EQ_MEM(out, again, sizeof out);
    j.a.nulls = false; /* unannounced, a sentinel is a number */
    UT_CHECK(!rk_binary_range(&j, 0, N));
    UT_EQ_INT(again[0], 70000 + INT16_MIN);
}

UT_CASE(units_scale_wrap_and_saturate) {
    int32_t day[] = {1, RY_NULL_I32, 2000000000};
    int64_t out[3];
    const int64_t ns = 5;
    rk_job j = {.verb = RK_ADD, .domain = RY_I64, .type = RY_TIMESTAMP, .a = side(RY_DATE, day, false, true), .b = side(RY_I64, &ns, true, false), .out = out};
    j.a.scale = 86400000000000;
    UT_CHECK(rk_binary_range(&j, 0, 3));
    UT_EQ_INT(out[0], 86400000000005);
    UT_EQ_INT(out[1], RY_NULL_I64);
    UT_EQ_INT(out[2], (int64_t)((uint64_t)2000000000 * 86400000000000u + 5));
    uint8_t less[3];
    const int64_t late = INT64_MAX - 1;
    rk_job c = {.verb = RK_GT, .domain = RY_I64, .type = RY_B8, .a = j.a, .b = side(RY_I64, &late, true, false), .out = less};
    c.a.saturate = true;
    rk_binary_range(&c, 0, 3);
    UT_CHECK(!less[0] && !less[1] && less[2]);
    const int64_t span = 7;
    int64_t when[] = {-3, 25};
    rk_job d = {.verb = RK_EQ, .domain = RY_I64, .type = RY_B8, .a = side(RY_I64, when, false, true), .b = side(RY_I64, &span, true, true), .out = less};
    d.a.within = 10;
    rk_binary_range(&d, 0, 2);
    UT_CHECK(less[0] && !less[1]);
}

UT_CASE(floats_become_integers_on_the_way) {
    double x[] = {2.5, -2.5, 1e30, 0.4};
    int64_t out[4];
    const int64_t zero = 0;
    rk_job j = {.verb = RK_ADD, .domain = RY_I64, .type = RY_TIMESPAN, .a = side(RY_F64, x, false, true), .b = side(RY_I64, &zero, true, false), .out = out};
    rk_binary_range(&j, 0, 4);
    UT_CHECK(out[0] == 2 && out[1] == -2 && out[2] == INT64_MAX && out[3] == 0);
    j.a.round = true;
    rk_binary_range(&j, 0, 4);
    UT_CHECK(out[0] == 3 && out[1] == -3 && out[2] == INT64_MAX && out[3] == 0);
    j.a.via = RY_U8;
    j.a.round = false;
    x[2] = 300;
    rk_binary_range(&j, 0, 3);
    UT_CHECK(out[0] == 2 && out[1] == 254 && out[2] == 44);
}

UT_CASE(unary_ranges_widen_too) {
    int16_t h[] = {4, 9, RY_NULL_I16};
    double root[3];
    rk_unary_job j = {.verb = RK_U_SQRT, .type = RY_F64, .side = side(RY_I16, h, false, true), .out = root};
    UT_CHECK(rk_unary_range(&j, 0, 3));
    UT_CHECK(root[0] == 2 && root[1] == 3 && ry_null_is_f64(root[2]));
    int64_t sign[3];
    rk_unary_job s = {.verb = RK_U_SIGNUM, .type = RY_I64, .side = side(RY_I16, h, false, true), .out = sign};
    UT_CHECK(rk_unary_range(&s, 0, 3));
    UT_CHECK(sign[0] == 1 && sign[2] == RY_NULL_I64);
}

UT_MAIN(mixed_widths_meet_in_i64, units_scale_wrap_and_saturate, floats_become_integers_on_the_way, unary_ranges_widen_too)
