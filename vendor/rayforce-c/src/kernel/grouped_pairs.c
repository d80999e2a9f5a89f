/* Reductions of two columns by group. A cell is a cache line at most; what goes into a variance is counted from the first
 * pair of its group, so that few digits are lost. */
#include "kernel.h"

#include <math.h>

typedef struct spread_pair {
    int64_t n;
    double x0, y0, x, y, xx, yy, xy; /* of the first pair; sums of distances from it and of their products */
} spread_pair;
typedef struct weighted {
    int64_t n;
    double x, xy;
} weighted;

static void step_spread(void *cells, const double *x, const double *y, const int32_t *id, int64_t n) {
    spread_pair *c = cells;
    for (int64_t i = 0; i < n; i++) {
        spread_pair *g = &c[id[i]];
        if (x[i] != x[i] || y[i] != y[i]) continue;
        if (g->n++ == 0) {
            g->x0 = x[i];
            g->y0 = y[i];
        }
        const double dx = x[i] - g->x0, dy = y[i] - g->y0;
        g->x += dx;
        g->y += dy;
        g->xx += dx * dx;
        g->yy += dy * dy;
        g->xy += dx * dy;
    }
}

static void step_weighted(void *cells, const double *x, const double *y, const int32_t *id, int64_t n) {
    weighted *c = cells;
    for (int64_t i = 0; i < n; i++) {
        weighted *g = &c[id[i]];
        if (x[i] != x[i] || y[i] != y[i]) continue;
        g->n++;
        g->x += x[i];
        g->xy += x[i] * y[i];
    }
}

static void merge_spread(void *into, const void *later, int64_t groups) {
    spread_pair *to = into;
    const spread_pair *from = later;
    for (int64_t i = 0; i < groups; i++) {
        spread_pair *g = &to[i];
        const spread_pair *l = &from[i];
        if (l->n == 0) continue;
        if (g->n == 0) {
            *g = *l;
            continue;
        }
        const double dx = l->x0 - g->x0, dy = l->y0 - g->y0, n = (double)l->n;
        g->xx += l->xx + 2 * dx * l->x + n * dx * dx;
        g->yy += l->yy + 2 * dy * l->y + n * dy * dy;
        g->xy += l->xy + dx * l->y + dy * l->x + n * dx * dy;
        g->x += l->x + n * dx;
        g->y += l->y + n * dy;
        g->n += l->n;
    }
}

static void merge_weighted(void *into, const void *later, int64_t groups) {
    weighted *to = into;
    const weighted *from = later;
    for (int64_t i = 0; i < groups; i++) {
        to[i].n += from[i].n;
        to[i].x += from[i].x;
        to[i].xy += from[i].xy;
    }
}

static inline double positive(double x) { return x > 0 ? x : 0; }
static double co(const spread_pair *g) { return g->xy - g->x * g->y / (double)g->n; }

/* Of the product where it can be had, which is nearer; else of each. */
static double root_of_product(double a, double b) {
    const double p = a * b;
    return p > 0 && p - p == 0 ? sqrt(p) : sqrt(a) * sqrt(b);
}

/* NaN: not defined. */
static double correlation(const spread_pair *g) {
    const double xx = positive(g->xx - g->x * g->x / (double)g->n), yy = positive(g->yy - g->y * g->y / (double)g->n);
    return xx > 0 && yy > 0 ? co(g) / root_of_product(xx, yy) : NAN;
}

#define FINISH(fn, cell_t, defined, value)                                                                             \
    static bool finish_##fn(const void *cells, int64_t groups, double *out) {                                          \
        const cell_t *c = cells;                                                                                       \
        bool any = false;                                                                                              \
        for (int64_t i = 0; i < groups; i++) {                                                                         \
            const cell_t *g = &c[i];                                                                                   \
            const double x = (defined) ? (value) : NAN;                                                                \
            const bool null = !(x - x == 0);                                                                           \
            out[i] = null ? ry_null_f64() : x;                                                                         \
            any |= null;                                                                                               \
        }                                                                                                              \
        return any;                                                                                                    \
    }
FINISH(cov, spread_pair, g->n > 0, co(g) / (double)g->n)
FINISH(scov, spread_pair, g->n > 1, co(g) / (double)(g->n - 1))
FINISH(corr, spread_pair, g->n > 1, correlation(g))
FINISH(wsum, weighted, true, g->xy)
FINISH(wavg, weighted, g->n > 0 && g->x != 0, g->xy / g->x)

const rk_grouped_pair_row rk_grouped_pairs[RK_PAIRS] = {
    [RK_P_COV] = {sizeof(spread_pair), step_spread, merge_spread, finish_cov},
    [RK_P_SCOV] = {sizeof(spread_pair), step_spread, merge_spread, finish_scov},
    [RK_P_CORR] = {sizeof(spread_pair), step_spread, merge_spread, finish_corr},
    [RK_P_WSUM] = {sizeof(weighted), step_weighted, merge_weighted, finish_wsum},
    [RK_P_WAVG] = {sizeof(weighted), step_weighted, merge_weighted, finish_wavg},
};

/* n elements as doubles: in place if they are. */
static const double *doubles(const rk_side *s, int64_t begin, int64_t n, double *block) {
    const char *from = (const char *)s->data + begin * ry_width(s->type);
    if (s->type == RY_F64) return (const double *)(const void *)from;
    rk_to_f64[s->type](from, n, block, s->nulls);
    return block;
}

void rk_grouped_pairs_range(const rk_grouped_pair_row *row, const rk_side *x, const rk_side *y, const int32_t *id, int64_t begin,
                    int64_t end, void *cells) {
    double vx[RK_BLOCK], vy[RK_BLOCK];
    for (; begin < end; begin += RK_BLOCK) {
        const int64_t n = end - begin < RK_BLOCK ? end - begin : RK_BLOCK;
        row->step(cells, doubles(x, begin, n, vx), doubles(y, begin, n, vy), id + begin, n);
    }
}
