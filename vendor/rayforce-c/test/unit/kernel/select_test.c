#include "kernel/kernel.h"

#include "ut.h"

#define N 2000

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

UT_CASE(any_rank_of_any_order) {
    static double x[N], sorted[N];
    for (int kind = 0; kind < 4; kind++)
        for (int k = 0; k < N; k += 97) {
            for (int i = 0; i < N; i++)
                x[i] = kind == 0 ? i : kind == 1 ? N - i : kind == 2 ? i * 7919 % 1000 : i % 3;
            memcpy(sorted, x, sizeof x);
            qsort(sorted, N, sizeof *x, ascending);
            rk_select_f64(x, N, k);
            UT_CHECK(x[k] == sorted[k]);
            for (int i = 0; i < k; i++) UT_CHECK(x[i] <= x[k]);
            for (int i = k; i < N; i++) UT_CHECK(x[i] >= x[k]);
        }
}

UT_CASE(nulls_are_squeezed_out) {
    int16_t h[] = {3, RY_NULL_I16, -7};
    double f[] = {ry_null_f64(), 2, 1.0 / 0.0}, out[3];
    UT_EQ_INT(rk_compact_f64(RY_I16, h, 3, true, out), 2);
    UT_CHECK(out[0] == 3 && out[1] == -7);
    UT_EQ_INT(rk_compact_f64(RY_F64, f, 3, false, out), 1);
    UT_CHECK(out[0] == 2);
}

/* Buckets part the numbers by size, whatever their spans. */
UT_CASE(buckets_keep_the_order) {
    static const double spans[][2] = {{0, 1}, {-1e308, 1e308}, {5, 5}, {0, 5e-324}, {-1e-300, 1e300}, {1, 1.0000000000000002}};
    static double x[N], taken[N];
    for (size_t s = 0; s < RB_COUNT(spans); s++) {
        for (int i = 0; i < N; i++) {
            x[i] = i % 50 == 7 ? ry_null_f64() : spans[s][0] * (1 - i * 7919 % N / (N - 1.0)) + spans[s][1] * (i * 7919 % N / (N - 1.0));
            if (i % 50 == 8) x[i] = 1.0 / 0.0;
        }
        rk_buckets b = {RY_F64, x, false, 1.0 / 0.0, -1.0 / 0.0};
        rk_buckets_span(&b, 0, N, &b.low, &b.high);
        int64_t count[RK_BUCKETS] = {0}, all = 0;
        rk_buckets_count(&b, 0, N / 3, count);
        rk_buckets_count(&b, N / 3, N, count);
        double last = b.low;
        for (int i = 0; i < RK_BUCKETS; i++) {
            if (!count[i]) continue;
            UT_EQ_INT(rk_buckets_take(&b, 0, N, i, i, taken), count[i]);
            qsort(taken, (size_t)count[i], sizeof *taken, ascending);
            UT_CHECK(taken[0] >= last);
            last = taken[count[i] - 1];
            all += count[i];
        }
        UT_EQ_INT(all, N - 2 * (N / 50));
        UT_CHECK(last == b.high);
        UT_EQ_INT(rk_buckets_take(&b, 0, N, 0, RK_BUCKETS - 1, taken), all);
    }
}

UT_CASE(buckets_of_integers) {
    static int32_t x[N];
    static double taken[N];
    for (int i = 0; i < N; i++) x[i] = i % 10 ? i : RY_NULL_I32;
    rk_buckets b = {RY_I32, x, true, 1.0 / 0.0, -1.0 / 0.0};
    rk_buckets_span(&b, 100, 200, &b.low, &b.high);
    UT_CHECK(b.low == 101 && b.high == 199);
    UT_EQ_INT(rk_buckets_take(&b, 100, 200, 0, 0, taken), 1);
    UT_CHECK(taken[0] == 101);
}

UT_MAIN(any_rank_of_any_order, nulls_are_squeezed_out, buckets_keep_the_order, buckets_of_integers)
