/* Running results, over block borders. */
#include "kernel/collect_kernels.h"
#include "kernel/kernel.h"
#include "ut.h"

enum { N = 2 * RK_BLOCK + 5 };
static int64_t x[N], out[N];
static double f[N], fout[N];

UT_CASE(integers) {
    for (int64_t i = 0; i < N; i++) x[i] = i % 5 == 0 ? RY_NULL_I64 : i % 11;
    rk_running(RK_SUMS, RY_I64, true, x, N, out);
    int64_t sum = 0, low = RY_NULL_I64;
    for (int64_t i = 0; i < N; i++) {
        sum += i % 5 ? i % 11 : 0;
        UT_EQ_INT(out[i], sum);
    }
    rk_running(RK_MINS, RY_I64, true, x, N, out);
    UT_EQ_INT(out[0], RY_NULL_I64);
    for (int64_t i = 1; i < N; i++) {
        if (i % 5 && (low == RY_NULL_I64 || x[i] < low)) low = x[i];
        UT_EQ_INT(out[i], low);
    }
    rk_running(RK_DELTAS, RY_I64, true, x, N, out);
    for (int64_t i = 1; i < N; i++)
        UT_EQ_INT(out[i], x[i] == RY_NULL_I64 || x[i - 1] == RY_NULL_I64 ? RY_NULL_I64 : x[i] - x[i - 1]);
    int64_t wraps[2] = {INT64_MAX, 1};
    rk_running(RK_SUMS, RY_I64, false, wraps, 2, out);
    UT_EQ_INT(out[1], INT64_MIN);
}

UT_CASE(floats) {
    for (int64_t i = 0; i < N; i++) f[i] = i % 3 == 0 ? ry_null_f64() : 2.0;
    rk_running(RK_AVGS, RY_F64, false, f, N, fout);
    UT_CHECK(fout[0] != fout[0]);
    for (int64_t i = 1; i < N; i++) UT_CHECK(fout[i] == 2.0);
    double r[3] = {2.0, 0.0, 8.0};
    rk_running(RK_RATIOS, RY_F64, false, r, 3, fout);
    UT_CHECK(fout[0] != fout[0] && fout[1] == 0.0 && fout[2] != fout[2]);
    double big[2] = {1e308, 1e308};
    rk_running(RK_AVGS, RY_F64, false, big, 2, fout);
    UT_CHECK(fout[1] != fout[1]);
}

UT_CASE(fills_and_differ) {
    int32_t t[5] = {RY_NULL_I32, 4, RY_NULL_I32, RY_NULL_I32, 6}, u[5];
    rk_fills(RY_TIME, true, t, 5, u);
    UT_CHECK(u[0] == RY_NULL_I32 && u[1] == 4 && u[2] == 4 && u[3] == 4 && u[4] == 6);
    uint8_t d[5];
    rk_differ(RY_TIME, t, 5, d);
    UT_CHECK(d[0] && d[1] && d[2] && !d[3] && d[4]);
    ry_guid g[3] = {{{1}}, {{0}}, {{2}}}, h[3];
    rk_fills(RY_GUID, true, g, 3, h);
    UT_EQ_INT(h[1].b[0], 1);
}

UT_MAIN(integers, floats, fills_and_differ)
