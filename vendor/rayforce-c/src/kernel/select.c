/* The k-th smallest without sorting all. */
#include "kernel.h"

/* Infinities do not live in columns: from outside they count as null. */
RB_HOT static int64_t squeeze(double *out, const double *in, int64_t n) {
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        out[kept] = in[i];
        kept += in[i] - in[i] == 0;
    }
    return kept;
}

int64_t rk_compact_f64(int type, const void *in, int64_t n, bool nulls, double *out) {
    double block[RK_BLOCK];
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i += RK_BLOCK) {
        int64_t m = n - i < RK_BLOCK ? n - i : RK_BLOCK;
        rk_to_f64[type]((const char *)in + i * ry_width(type), m, block, nulls);
        kept += squeeze(out + kept, block, m);
    }
    return kept;
}

static void swap(double *a, double *b) {
    double t = *a;
    *a = *b;
    *b = t;
}

static double median_of_three(double a, double b, double c) {
    if (a > b) swap(&a, &b);
    if (b > c) b = c;
    return a > b ? a : b;
}

/* Hoare's selection; the pivot is the median of three samples at places that no order of the data foresees. */
void rk_select_f64(double *x, int64_t n, int64_t k) {
    int64_t lo = 0, hi = n - 1;
    uint64_t random = 0x9e3779b97f4a7c15u;
    while (lo < hi) {
        double sample[3];
        for (int s = 0; s < 3; s++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            sample[s] = x[lo + (int64_t)((random >> 11) % (uint64_t)(hi - lo + 1))];
        }
        double p = median_of_three(sample[0], sample[1], sample[2]);
        int64_t i = lo, j = hi;
        while (i <= j) {
            while (x[i] < p) i++;
            while (x[j] > p) j--;
            if (i <= j) swap(&x[i++], &x[j--]);
        }
        if (k <= j)
            hi = j;
        else if (k >= i)
            lo = i;
        else
            return;
    }
}
