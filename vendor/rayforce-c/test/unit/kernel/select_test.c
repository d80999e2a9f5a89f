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

UT_MAIN(any_rank_of_any_order, nulls_are_squeezed_out)
