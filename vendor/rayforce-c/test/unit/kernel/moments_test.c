#include "kernel/kernel.h"

#include "ut.h"

#include <math.h>

#define N 5000

static bool near(double a, double b) { return fabs(a - b) <= 1e-12 * (fabs(a) + fabs(b)); }

/* A large offset: sums of squares would have lost every digit. */
UT_CASE(spread_far_from_zero) {
    static double x[N];
    long double mean = 0, m2 = 0;
    for (int i = 0; i < N; i++) x[i] = 1e9 + (double)(i * 7919 % 1000) / 7, mean += x[i];
    mean /= N;
    for (int i = 0; i < N; i++) m2 += (x[i] - mean) * (x[i] - mean);
    rk_moments m, parts = {0};
    rk_moments_range(RY_F64, x, N, false, &m);
    UT_CHECK(m.n == N && near(m.mean, (double)mean) && fabs(m.m2 / (double)m2 - 1) < 1e-8);
    for (int i = 0; i < N; i += 1000) {
        rk_moments part;
        rk_moments_range(RY_F64, x + i, 1000, false, &part);
        rk_moments_merge(&parts, &part);
    }
    UT_CHECK(parts.n == N && near(parts.mean, m.mean) && fabs(parts.m2 / m.m2 - 1) < 1e-8);
}

UT_CASE(nulls_are_left_out) {
    int32_t x[] = {1, RY_NULL_I32, 3};
    rk_moments m;
    rk_moments_range(RY_I32, x, 3, true, &m);
    UT_CHECK(m.n == 2 && m.mean == 2 && m.m2 == 2);
    rk_moments_range(RY_I32, x + 1, 1, true, &m);
    UT_CHECK(m.n == 0);
}

UT_CASE(pairs) {
    static double x[N];
    static int64_t y[N];
    double mx = 0, my = 0, xy = 0, n = 0;
    for (int i = 0; i < N; i++) {
        x[i] = i % 13 == 0 ? ry_null_f64() : i % 100;
        y[i] = i % 17 == 0 ? RY_NULL_I64 : i % 90;
        if (i % 13 && i % 17) mx += x[i], my += (double)y[i], n++;
    }
    mx /= n, my /= n;
    for (int i = 0; i < N; i++)
        if (i % 13 && i % 17) xy += (x[i] - mx) * ((double)y[i] - my);
    const rk_side sx = {.data = x, .type = RY_F64, .nulls = true, .scale = 1}, sy = {.data = y, .type = RY_I64, .nulls = true, .scale = 1};
    rk_comoments c, parts = {0};
    rk_comoments_range(&sx, &sy, 0, N, &c);
    UT_CHECK(c.n == (int64_t)n && near(c.mx, mx) && near(c.my, my) && fabs(c.xy / xy - 1) < 1e-9);
    for (int i = 0; i < N; i += 1250) {
        rk_comoments part;
        rk_comoments_range(&sx, &sy, i, i + 1250, &part);
        rk_comoments_merge(&parts, &part);
    }
    UT_CHECK(parts.n == c.n && fabs(parts.xy / xy - 1) < 1e-9 && near(parts.sum_xy, c.sum_xy));
}

UT_MAIN(spread_far_from_zero, nulls_are_left_out, pairs)
