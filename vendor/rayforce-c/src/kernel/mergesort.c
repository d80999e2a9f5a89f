/* Sorting and searching where keys are not numbers of 64 bits. */
#include "collect_kernels.h"

#define RUN 12
#define STEP 4096 /* elements before the next question whether to go on: each may cost the comparison of long texts */

typedef struct order {
    ray_rt *rt;
    rk_compare_fn compare;
    const void *ctx;
    int64_t left; /* of the step */
} order;

static int took(order *o, int64_t n) {
    o->left -= n;
    if (o->left > 0) return 0;
    o->left = STEP;
    return rb_rt_check(o->rt);
}

static void insertion(const order *o, int64_t *at, int64_t n) {
    for (int64_t i = 1; i < n; i++) {
        int64_t x = at[i], j = i;
        for (; j > 0 && o->compare(o->ctx, at[j - 1], x) > 0; j--) at[j] = at[j - 1];
        at[j] = x;
    }
}

/* Neither side ends before as many are taken as the shorter one has. */
static int merge(order *o, const int64_t *a, int64_t na, const int64_t *b, int64_t nb, int64_t *out) {
    const int64_t *a_end = a + na, *b_end = b + nb;
    while (a < a_end && b < b_end) {
        int64_t n = a_end - a < b_end - b ? a_end - a : b_end - b;
        if (n > STEP) n = STEP;
        RB_TRY(took(o, n), -1);
        for (const int64_t *end = out + n; out < end;) *out++ = o->compare(o->ctx, *a, *b) <= 0 ? *a++ : *b++;
    }
    memcpy(out, a < a_end ? a : b, (size_t)(a_end - a + (b_end - b)) * sizeof *out);
    return 0;
}

int rk_merge_sort(ray_rt *rt, int64_t *at, int64_t *tmp, int64_t n, rk_compare_fn compare, const void *ctx) {
    order o = {rt, compare, ctx, STEP};
    for (int64_t i = 0; i < n; i += RUN) {
        RB_TRY(took(&o, RUN), -1);
        insertion(&o, at + i, n - i < RUN ? n - i : RUN);
    }
    int64_t *from = at, *to = tmp;
    for (int64_t width = RUN; width < n; width *= 2) {
        for (int64_t i = 0; i < n; i += 2 * width) {
            int64_t na = n - i < width ? n - i : width, nb = n - i - na < width ? n - i - na : width;
            RB_TRY(merge(&o, from + i, na, from + i + na, nb, to + i), -1);
        }
        int64_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != at) memcpy(at, from, (size_t)n * sizeof *at);
    return 0;
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
