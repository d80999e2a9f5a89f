/* Sorting and searching where keys are not numbers of 64 bits. */
#include "collect_kernels.h"

#define RUN 12

static void insertion(int64_t *at, int64_t n, rk_compare_fn compare, const void *ctx) {
    for (int64_t i = 1; i < n; i++) {
        int64_t x = at[i], j = i;
        for (; j > 0 && compare(ctx, at[j - 1], x) > 0; j--) at[j] = at[j - 1];
        at[j] = x;
    }
}

static void merge(const int64_t *a, int64_t na, const int64_t *b, int64_t nb, int64_t *out, rk_compare_fn compare,
                  const void *ctx) {
    while (na && nb) {
        if (compare(ctx, *a, *b) <= 0) {
            *out++ = *a++;
            na--;
        } else {
            *out++ = *b++;
            nb--;
        }
    }
    memcpy(out, na ? a : b, (size_t)(na + nb) * sizeof *out);
}

void rk_merge_sort(int64_t *at, int64_t *tmp, int64_t n, rk_compare_fn compare, const void *ctx) {
    for (int64_t i = 0; i < n; i += RUN) insertion(at + i, n - i < RUN ? n - i : RUN, compare, ctx);
    int64_t *from = at, *to = tmp;
    for (int64_t width = RUN; width < n; width *= 2) {
        for (int64_t i = 0; i < n; i += 2 * width) {
            int64_t na = n - i < width ? n - i : width, nb = n - i - na < width ? n - i - na : width;
            merge(from + i, na, from + i + na, nb, to + i, compare, ctx);
        }
        int64_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != at) memcpy(at, from, (size_t)n * sizeof *at);
}

int64_t rk_bin_last(const int64_t *a, int64_t n, int64_t x) {
    int64_t lo = 0, hi = n;
    while (lo < hi) {
        int64_t mid = lo + (hi - lo) / 2;
        if (a[mid] <= x)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo - 1;
}

int64_t rk_bin_first(const int64_t *a, int64_t n, int64_t x) {
    int64_t lo = 0, hi = n;
    while (lo < hi) {
        int64_t mid = lo + (hi - lo) / 2;
        if (a[mid] < x)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}
