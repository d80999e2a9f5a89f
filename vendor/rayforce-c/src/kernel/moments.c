/* Mean and spread of one or two columns. Each block takes two passes while it lies in the cache and is merged exactly
 * (Chan, Golub, LeVeque), so that memory is read once and large values lose no digits. */
#include "kernel.h"

#define LANES 16

/* Sum and number of what is not NaN, in a fixed order. */
RB_HOT static double block_sum(const double *x, int64_t n, int64_t *count) {
    double lane[LANES] = {0};
    int64_t gone = 0, i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++) {
            double v = x[i + j];
            bool skip = v != v;
            lane[j] += skip ? 0.0 : v;
            gone += skip;
        }
    for (int j = 0; i < n; i++, j++) {
        bool skip = x[i] != x[i];
        lane[j] += skip ? 0.0 : x[i];
        gone += skip;
    }
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int j = 0; j < half; j++) lane[j] += lane[j + half];
    *count = n - gone;
    return lane[0];
}

/* Sum of (x - mx)(y - my) over pairs that are not NaN. */
RB_HOT static double block_cross(const double *x, double mx, const double *y, double my, int64_t n) {
    double lane[LANES] = {0};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++) {
            double p = (x[i + j] - mx) * (y[i + j] - my);
            lane[j] += p != p ? 0.0 : p;
        }
    for (int j = 0; i < n; i++, j++) {
        double p = (x[i] - mx) * (y[i] - my);
        lane[j] += p != p ? 0.0 : p;
    }
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int j = 0; j < half; j++) lane[j] += lane[j + half];
    return lane[0];
}

/* The halves are summed apart: neither overflows within a range. */
RB_HOT double rk_total_i64(const int64_t *x, int64_t n, bool nulls, int64_t *count) {
    int64_t high = 0, low = 0, gone = 0;
    if (nulls)
        for (int64_t i = 0; i < n; i++) {
            const bool skip = ry_null_is_i64(x[i]);
            const int64_t v = skip ? 0 : x[i];
            high += v >> 32;
            low += v & 0xffffffff;
            gone += skip;
        }
    else
        for (int64_t i = 0; i < n; i++) {
            high += x[i] >> 32;
            low += x[i] & 0xffffffff;
        }
    *count = n - gone;
    return (double)high * 4294967296.0 + (double)low;
}

/* Where one of a pair is NaN both become so. */
RB_HOT static void pair_up(double *x, double *y, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        double both = x[i] * 0.0 + y[i] * 0.0; /* 0, or NaN (infinities do not live in columns) */
        x[i] += both;
        y[i] += both;
    }
}

void rk_moments_merge(rk_moments *into, const rk_moments *next) {
    if (next->n == 0) return;
    if (into->n == 0) {
        *into = *next;
        return;
    }
    double a = (double)into->n, b = (double)next->n, d = next->mean - into->mean;
    into->n += next->n;
    into->mean += d * b / (a + b);
    into->m2 += next->m2 + d * d * a * b / (a + b);
}

void rk_moments_range(int type, const void *in, int64_t n, bool nulls, rk_moments *out) {
    double scratch[RK_BLOCK];
    const int width = ry_width(type);
    *out = (rk_moments){0};
    for (int64_t i = 0; i < n; i += RK_BLOCK) {
        int64_t m = n - i < RK_BLOCK ? n - i : RK_BLOCK;
        const char *at = (const char *)in + i * width;
        const double *x = scratch;
        if (type == RY_F64)
            x = (const double *)(const void *)at;
        else
            rk_to_f64[type](at, m, scratch, nulls);
        rk_moments part = {0};
        double sum = block_sum(x, m, &part.n);
        if (part.n == 0) continue;
        part.mean = sum / (double)part.n;
        part.m2 = block_cross(x, part.mean, x, part.mean, m);
        rk_moments_merge(out, &part);
    }
}

void rk_comoments_merge(rk_comoments *into, const rk_comoments *next) {
    if (next->n == 0) return;
    if (into->n == 0) {
        *into = *next;
        return;
    }
    double a = (double)into->n, b = (double)next->n, w = a * b / (a + b);
    double dx = next->mx - into->mx, dy = next->my - into->my;
    into->n += next->n;
    into->mx += dx * b / (a + b);
    into->my += dy * b / (a + b);
    into->xx += next->xx + dx * dx * w;
    into->yy += next->yy + dy * dy * w;
    into->xy += next->xy + dx * dy * w;
    into->sum_x += next->sum_x;
    into->sum_xy += next->sum_xy;
}

void rk_comoments_range(const rk_side *x, const rk_side *y, int64_t begin, int64_t end, rk_comoments *out) {
    double vx[RK_BLOCK], vy[RK_BLOCK];
    *out = (rk_comoments){0};
    for (int64_t i = begin; i < end; i += RK_BLOCK) {
        int64_t m = end - i < RK_BLOCK ? end - i : RK_BLOCK, ny;
        rk_to_f64[x->type]((const char *)x->data + i * ry_width(x->type), m, vx, x->nulls);
        rk_to_f64[y->type]((const char *)y->data + i * ry_width(y->type), m, vy, y->nulls);
        pair_up(vx, vy, m);
        rk_comoments part = {0};
        part.sum_x = block_sum(vx, m, &part.n);
        double sum_y = block_sum(vy, m, &ny);
        if (part.n == 0) continue;
        part.mx = part.sum_x / (double)part.n;
        part.my = sum_y / (double)part.n;
        part.xx = block_cross(vx, part.mx, vx, part.mx, m);
        part.yy = block_cross(vy, part.my, vy, part.my, m);
        part.xy = block_cross(vx, part.mx, vy, part.my, m);
        part.sum_xy = block_cross(vx, 0.0, vy, 0.0, m);
        rk_comoments_merge(out, &part);
    }
}
