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
        UT_CHECK(rk_merge_sort(NULL, at, tmp, n, by_tens, v) == 0);
        for (int i = 1; i < n; i++) {
            UT_CHECK(v[at[i - 1]] / 10 <= v[at[i]] / 10);
            if (v[at[i - 1]] / 10 == v[at[i]] / 10) UT_CHECK(at[i - 1] < at[i]);
        }
    }
}

static int by_value_interrupting(const void *ctx, int64_t i, int64_t j) {
    ray_rt *rt = (ray_rt *)(uintptr_t)ctx;
    if (rt->next_poll_ns > 0 && --rt->next_poll_ns == 0) atomic_store(&rt->interrupt, true);
    return (int)(i % 1000 - j % 1000);
}

/* Whoever sorts much is asked whether to go on, in its first pass and in each of the others. */
UT_CASE(an_interrupt_ends_it) {
    enum { MUCH = 20000 };
    static int64_t at[MUCH], tmp[MUCH];
    for (int64_t after = 1; after < 200000; after *= 4) {
        ray_rt rt = {.next_poll_ns = after};
        for (int64_t i = 0; i < MUCH; i++) at[i] = i;
        UT_ERROR(rk_merge_sort(&rt, at, tmp, MUCH, by_value_interrupting, &rt), RB_E_CANCEL);
    }
    ray_rt rt = {.interrupt = false};
    for (int64_t i = 0; i < MUCH; i++) at[i] = i;
    UT_CHECK(rk_merge_sort(&rt, at, tmp, MUCH, by_value_interrupting, &rt) == 0);
    for (int64_t i = 1; i < MUCH; i++)
        UT_CHECK(at[i - 1] % 1000 < at[i] % 1000 || (at[i - 1] % 1000 == at[i] % 1000 && at[i - 1] < at[i]));
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

UT_MAIN(stable, an_interrupt_ends_it, search)
