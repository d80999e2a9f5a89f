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

/* ---- buckets ---------------------------------------------------------------------------------------------------- */

/* m elements as doubles. */
static const double *block_of(const rk_buckets *b, int64_t at, int64_t m, double *scratch) {
    const void *in = (const char *)b->data + at * ry_width(b->type);
    if (b->type == RY_F64) return in;
    rk_to_f64[b->type](in, m, scratch, b->nulls);
    return scratch;
}

#define LANES 32

/* Lanes, because a smallest double has an order that compilers keep. */
RB_HOT static void span_of(const double *x, int64_t n, double *low, double *high) {
    double lo[LANES], hi[LANES];
    int64_t i = 0;
    for (int j = 0; j < LANES; j++) lo[j] = *low, hi[j] = *high;
    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++) {
            const double v = x[i + j];
            const bool finite = v - v == 0;
            lo[j] = (finite & (v < lo[j])) ? v : lo[j];
            hi[j] = (finite & (v > hi[j])) ? v : hi[j];
        }
    for (int j = 0; i < n; i++, j++) {
        const bool finite = x[i] - x[i] == 0;
        lo[j] = (finite & (x[i] < lo[j])) ? x[i] : lo[j];
        hi[j] = (finite & (x[i] > hi[j])) ? x[i] : hi[j];
    }
    for (int j = 0; j < LANES; j++) {
        *low = lo[j] < *low ? lo[j] : *low;
        *high = hi[j] > *high ? hi[j] : *high;
    }
}

void rk_buckets_span(const rk_buckets *b, int64_t begin, int64_t end, double *low, double *high) {
    double scratch[RK_BLOCK];
    for (int64_t at = begin; at < end; at += RK_BLOCK) {
        const int64_t m = end - at < RK_BLOCK ? end - at : RK_BLOCK;
        span_of(block_of(b, at, m, scratch), m, low, high);
    }
}

/* Rounding keeps the order, so that a smaller number is never in a later bucket. What is in none gets the one behind. A
 * span that is too large for a double, or has no inverse, makes one bucket, or one of those far from `low`. */
RB_HOT static void number_buckets(const rk_buckets *b, const double *restrict x, int64_t n, int32_t *restrict number) {
    const double span = b->high - b->low, inverse = RK_BUCKETS / span;
    const double scale = inverse - inverse == 0 ? inverse : 0.0, low = b->low;
    for (int64_t i = 0; i < n; i++) {
        const bool finite = x[i] - x[i] == 0;
        double place = (x[i] - low) * scale;
        place = place < RK_BUCKETS - 1 ? place : RK_BUCKETS - 1;
        number[i] = finite ? (int32_t)place : RK_BUCKETS;
    }
}

void rk_buckets_count(const rk_buckets *b, int64_t begin, int64_t end, int64_t *count) {
    double scratch[RK_BLOCK];
    int32_t number[RK_BLOCK];
    int64_t here[RK_BUCKETS + 1] = {0};
    for (int64_t at = begin; at < end; at += RK_BLOCK) {
        const int64_t m = end - at < RK_BLOCK ? end - at : RK_BLOCK;
        number_buckets(b, block_of(b, at, m, scratch), m, number);
        for (int64_t i = 0; i < m; i++) here[number[i]]++;
    }
    for (int i = 0; i < RK_BUCKETS; i++) count[i] += here[i];
}

int64_t rk_buckets_take(const rk_buckets *b, int64_t begin, int64_t end, int first, int last, double *out) {
    double scratch[RK_BLOCK], taken[RK_BLOCK];
    int32_t number[RK_BLOCK];
    int64_t all = 0;
    for (int64_t at = begin; at < end; at += RK_BLOCK) {
        const int64_t m = end - at < RK_BLOCK ? end - at : RK_BLOCK;
        const double *x = block_of(b, at, m, scratch);
        int64_t k = 0;
        number_buckets(b, x, m, number);
        for (int64_t i = 0; i < m; i++) {
            taken[k] = x[i];
            k += number[i] >= first && number[i] <= last;
        }
        memcpy(out + all, taken, (size_t)k * sizeof *out);
        all += k;
    }
    return all;
}

/* ---- selection -------------------------------------------------------------------------------------------------- */

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
