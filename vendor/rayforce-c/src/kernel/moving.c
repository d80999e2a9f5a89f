/* Moving windows of w rows. Columns are cut into blocks of w rows: a window is the tail of one block and the head of
 * the next, so that sums of floats, minima and maxima are made from a result that grows from the back of the first and
 * one that grows from the front of the second. Nothing is ever subtracted, so that a large value does no harm once it
 * has left the window. Integer sums and counts are exact and are kept by adding one row and taking one away. */
#include "collect_kernels.h"
#include "kernel.h"

#include <math.h>

static inline bool is_real(int type) { return type == RY_F32 || type == RY_F64; }

/* The block before and the block at hand, in their domain, and what was made of the tails of the former. */
typedef struct window {
    int64_t w, have; /* rows in the block before: w, or 0 at the start */
    union {
        double *f;
        int64_t *i;
    } last, now, tail, tail2;
    int64_t count; /* non-null rows of the window */
} window;

static window window_of(int64_t w, void *scratch) {
    uint8_t *p = scratch;
    window x = {.w = w};
    x.last.f = (double *)(void *)p;
    x.now.f = (double *)(void *)(p + w * 8);
    x.tail.f = (double *)(void *)(p + w * 16);
    x.tail2.f = (double *)(void *)(p + w * 24);
    return x;
}

static void step(window *x) {
    double *swap = x->last.f;
    x->last.f = x->now.f;
    x->now.f = swap;
    x->have = x->w;
}

#define TAILS(ARRAY, IDENTITY, TAKE)                                                                                   \
    do {                                                                                                               \
        acc = (IDENTITY);                                                                                              \
        for (int64_t k = x->w - 1; k >= 0; k--) {                                                                      \
            if (x->have) v = x->last.ARRAY[k], TAKE;                                                                   \
            x->tail.ARRAY[k] = acc;                                                                                    \
        }                                                                                                              \
    } while (0)

static void real_sums(window *x, int64_t m, bool average, double *out) {
    double acc, v;
    TAILS(f, 0.0, acc += v == v ? v : 0.0);
    acc = 0.0;
    for (int64_t t = 0; t < m; t++) {
        v = x->now.f[t];
        acc += v == v ? v : 0.0;
        double sum = t + 1 < x->w ? x->tail.f[t + 1] + acc : acc;
        if (average) {
            x->count += (v == v) - (x->have && x->last.f[t] == x->last.f[t]);
            sum = x->count ? sum / (double)x->count : ry_null_f64();
        }
        out[t] = sum - sum == 0.0 ? sum : ry_null_f64();
    }
}

static void real_extremes(window *x, int64_t m, bool greatest, double *out) {
    const double none = greatest ? -(double)INFINITY : (double)INFINITY;
    double acc, v;
    if (greatest)
        TAILS(f, none, acc = v > acc ? v : acc);
    else
        TAILS(f, none, acc = v < acc ? v : acc);
    acc = none;
    for (int64_t t = 0; t < m; t++) {
        v = x->now.f[t];
        x->count += (v == v) - (x->have && x->last.f[t] == x->last.f[t]);
        double tail = t + 1 < x->w ? x->tail.f[t + 1] : none;
        acc = (greatest ? v > acc : v < acc) ? v : acc;
        double best = (greatest ? tail > acc : tail < acc) ? tail : acc;
        out[t] = x->count ? best : ry_null_f64();
    }
}

static void int_extremes(window *x, int64_t m, bool nulls, bool greatest, int64_t *out) {
    const int64_t none = greatest ? INT64_MIN : INT64_MAX;
    int64_t acc, v;
    if (greatest)
        TAILS(i, none, acc = v > acc ? v : acc);
    else
        TAILS(i, none, acc = v < acc && !(nulls && ry_null_is_i64(v)) ? v : acc);
    acc = none;
    for (int64_t t = 0; t < m; t++) {
        v = x->now.i[t];
        bool null = nulls && ry_null_is_i64(v);
        x->count += !null;
        if (x->have) x->count -= !(nulls && ry_null_is_i64(x->last.i[t]));
        int64_t tail = t + 1 < x->w ? x->tail.i[t + 1] : none;
        acc = !null && (greatest ? v > acc : v < acc) ? v : acc;
        int64_t best = (greatest ? tail > acc : tail < acc) ? tail : acc;
        out[t] = x->count ? best : RY_NULL_I64;
    }
}

#undef TAILS

static void int_sums(window *x, int64_t m, bool nulls, int64_t *sum, int64_t *out) {
    uint64_t acc = (uint64_t)*sum;
    for (int64_t t = 0; t < m; t++) {
        int64_t in = x->now.i[t], gone = x->have ? x->last.i[t] : 0;
        acc += nulls && ry_null_is_i64(in) ? 0 : (uint64_t)in;
        acc -= nulls && ry_null_is_i64(gone) ? 0 : (uint64_t)gone;
        out[t] = (int64_t)acc;
    }
    *sum = (int64_t)acc;
}

static void variances(window *x, int64_t m, bool root, double *out) {
    double sum = 0.0, square = 0.0;
    for (int64_t k = x->w - 1; k >= 0; k--) {
        double v = x->have && x->last.f[k] == x->last.f[k] ? x->last.f[k] : 0.0;
        x->tail.f[k] = sum += v;
        x->tail2.f[k] = square += v * v;
    }
    sum = square = 0.0;
    for (int64_t t = 0; t < m; t++) {
        double v = x->now.f[t];
        bool number = v == v, more = t + 1 < x->w;
        sum += number ? v : 0.0;
        square += number ? v * v : 0.0;
        x->count += number - (x->have && x->last.f[t] == x->last.f[t]);
        double n = (double)x->count, mean = ((more ? x->tail.f[t + 1] : 0.0) + sum) / n;
        double var = ((more ? x->tail2.f[t + 1] : 0.0) + square) / n - mean * mean;
        var = var < 0.0 ? 0.0 : root ? sqrt(var) : var;
        out[t] = x->count && var - var == 0.0 ? var : ry_null_f64();
    }
}

/* Counts for any type: rows whose element is not null. */
static void counts(int type, bool nulls, const void *src, int64_t begin, int64_t n, int64_t w, int64_t *out) {
    const uint8_t *p = src;
    int64_t width = ry_width(type), count = 0;
    bool ask = nulls || is_real(type) || type == RY_SYM || type == RY_STR;
    if (!ask) {
        for (int64_t i = begin; i < begin + n; i++) out[i - begin] = i < w ? i + 1 : w;
        return;
    }
    for (int64_t i = begin > w ? begin - w : 0; i < begin; i++) count += !ry_null_at(type, p + i * width);
    for (int64_t i = begin; i < begin + n; i++) {
        count += !ry_null_at(type, p + i * width);
        if (i >= w) count -= !ry_null_at(type, p + (i - w) * width);
        out[i - begin] = count;
    }
}

static void load(window *x, int type, bool nulls, bool real, const void *src, int64_t at, int64_t m) {
    const uint8_t *in = (const uint8_t *)src + at * ry_width(type);
    if (real)
        rk_to_f64[type](in, m, x->now.f, nulls);
    else
        rk_to_i64[type](in, m, x->now.i, nulls);
}

/* What a range finds in its window when it does not start at row 0. */
static int64_t before(window *x, enum rk_moving what, bool real, bool nulls) {
    int64_t sum = 0;
    for (int64_t k = 0; k < x->w; k++) {
        bool null = real ? x->now.f[k] != x->now.f[k] : nulls && ry_null_is_i64(x->now.i[k]);
        x->count += !null;
        if (!real && what == RK_MSUM && !null) sum = (int64_t)((uint64_t)sum + (uint64_t)x->now.i[k]);
    }
    return sum;
}

void rk_moving(enum rk_moving what, int type, bool nulls, const void *src, int64_t begin, int64_t n, int64_t w,
               void *scratch, void *out) {
    if (what == RK_MCOUNT) {
        counts(type, nulls, src, begin, n, w, out);
        return;
    }
    bool real = is_real(type) || what == RK_MAVG || what == RK_MVAR || what == RK_MDEV;
    window x = window_of(w, scratch);
    int64_t sum = 0;
    if (begin) {
        load(&x, type, nulls, real, src, begin - w, w);
        sum = before(&x, what, real, nulls);
        step(&x);
    }
    for (int64_t at = begin; at < begin + n; at += w) {
        int64_t m = begin + n - at < w ? begin + n - at : w, done = at - begin;
        load(&x, type, nulls, real, src, at, m);
        switch (what) {
        case RK_MVAR:
        case RK_MDEV: variances(&x, m, what == RK_MDEV, (double *)out + done); break;
        case RK_MMIN:
        case RK_MMAX:
            if (real) {
                real_extremes(&x, m, what == RK_MMAX, (double *)out + done);
            } else {
                int_extremes(&x, m, nulls, what == RK_MMAX, x.tail2.i);
                rk_from_i64[type](x.tail2.i, m, (uint8_t *)out + done * ry_width(type), nulls);
            }
            break;
        default:
            if (real)
                real_sums(&x, m, what == RK_MAVG, (double *)out + done);
            else
                int_sums(&x, m, nulls, &sum, (int64_t *)out + done);
        }
        step(&x);
    }
}
