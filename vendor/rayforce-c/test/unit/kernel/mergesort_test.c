/* Stable merge sort and binary search. */
#include "kernel/collect_kernels.h"
#include "ut.h"

static int by_tens(const void *x, int64_t i, int64_t j) {
    const int *v = x;
    return v[i] / 10 - v[j] / 10;
}

UT_CASE(stable) {
    enum { N = 500 };
    static int v[N];
    static int64_t at[N], tmp[N];
    for (int n = 0; n <= N; n += 100) {
        for (int i = 0; i < n; i++) {
            v[i] = i * 37 % 101;
            at[i] = i;
        }
        rk_merge_sort(at, tmp, n, by_tens, v);
        for (int i = 1; i < n; i++) {
            UT_CHECK(v[at[i - 1]] / 10 <= v[at[i]] / 10);
            if (v[at[i - 1]] / 10 == v[at[i]] / 10) UT_CHECK(at[i - 1] < at[i]);
        }
    }
}

UT_CASE(search) {
    int64_t a[5] = {1, 3, 3, 3, 7};
    UT_EQ_INT(rk_bin_last(a, 5, 0), -1);
    UT_EQ_INT(rk_bin_last(a, 5, 3), 3);
    UT_EQ_INT(rk_bin_last(a, 5, 9), 4);
    UT_EQ_INT(rk_bin_first(a, 5, 3), 1);
    UT_EQ_INT(rk_bin_first(a, 5, 8), 5);
    UT_EQ_INT(rk_bin_first(a, 0, 8), 0);
}

UT_MAIN(stable, search)
