/* How far values lie apart, and how two columns go together. */
#include "aggregate.h"
#include "lift.h"

#include <math.h>

typedef struct moments_run {
    const ray_val *v;
    rk_moments *parts;
} moments_run;

static int moments_range(void *ctx, int64_t begin, int64_t end, int worker) {
    const moments_run *m = ctx;
    (void)worker;
    rk_moments_range(m->v->type, (const char *)m->v->data + begin * ry_width(m->v->type), end - begin,
                     (m->v->attrs & RV_A_NULLS) != 0, &m->parts[begin / RK_GRAIN]);
    return 0;
}

int ro_moments(ray_rt *rt, const ray_val *v, rk_moments *out) {
    const int64_t ranges = rk_ranges(v->len);
    *out = (rk_moments){0};
    if (v->len == 0) return 0;
    moments_run m = {v, out};
    if (ranges == 1) return moments_range(&m, 0, v->len, 0);
    if (!(m.parts = RO_ROOM(rk_moments, ranges))) return -1;
    int done = ro_parallel(rt, v->len, RK_GRAIN, moments_range, &m);
    for (int64_t i = 0; done >= 0 && i < ranges; i++) rk_moments_merge(out, &m.parts[i]);
    RO_ROOM_FREE(m.parts, ranges);
    return done;
}

/* Σ(x - x̄)² over n or n - 1; a null where that is not defined. */
static ray_val *spread(ray_rt *rt, const char *name, ray_val *v, bool sample, bool root) {
    if (rv_is_atom(v) && rv_is_null(v)) return rv_null_of_new(RY_F64);
    if (rv_is_vector(v) && v->len == 0) return rv_null_of_new(RY_F64);
    ray_val *x = ro_numbers(name, v);
    if (!x) return NULL;
    rk_moments m = {0};
    int done = rk_to_f64[x->type] ? ro_moments(rt, x, &m) : (ro_refuse(name, "numbers or times", x), -1);
    rv_release(x);
    if (done < 0) return NULL;
    if (m.n < 1 + sample) return rv_null_of_new(RY_F64);
    double var = m.m2 / (double)(m.n - sample);
    return ro_real(root ? sqrt(var) : var);
}

#define SPREAD(fn, name, sample, root)                                                                                 \
    RV_VERB(ro_##fn) {                                                                                                 \
        (void)n;                                                                                                       \
        return spread(rt, name, args[0], sample, root);                                                                \
    }
SPREAD(dev, "dev", false, true)
SPREAD(stddev, "stddev", true, true)
SPREAD(var_pop, "var_pop", false, false)
SPREAD(var, "var", true, false)

/* ---- pairs ---------------------------------------------------------------------------------------------------- */

typedef struct pairs_run {
    rk_side x, y;
    rk_comoments *parts;
} pairs_run;

static int pairs_range(void *ctx, int64_t begin, int64_t end, int worker) {
    const pairs_run *p = ctx;
    (void)worker;
    rk_comoments_range(&p->x, &p->y, begin, end, &p->parts[begin / RK_GRAIN]);
    return 0;
}

static int comoments(ray_rt *rt, const char *name, const ray_val *x, const ray_val *y, rk_comoments *out) {
    *out = (rk_comoments){0};
    if (rv_is_vector(x) && rv_is_vector(y) && x->len != y->len)
        return rb_fail(RB_E_LENGTH, "%s: operand lengths must match, got %lld and %lld", name, (long long)x->len,
                       (long long)y->len);
    if (!rv_is_vector(x) || !rv_is_vector(y) || !ro_is_numeric(x->type) || !ro_is_numeric(y->type))
        return rb_fail(RB_E_TYPE, "%s: expected two vectors of numbers, got %s and %s", name, ry_name(x->type),
                       ry_name(y->type));
    const int64_t ranges = rk_ranges(x->len);
    pairs_run p = {ro_side(x), ro_side(y), out};
    if (ranges == 1) return pairs_range(&p, 0, x->len, 0);
    if (!(p.parts = RO_ROOM(rk_comoments, ranges))) return -1;
    int done = ro_parallel(rt, x->len, RK_GRAIN, pairs_range, &p);
    for (int64_t i = 0; done >= 0 && i < ranges; i++) rk_comoments_merge(out, &p.parts[i]);
    RO_ROOM_FREE(p.parts, ranges);
    return done;
}

/* `defined` and `value` see the comoments c of the two arguments. */
#define PAIR(fn, defined, value)                                                                                       \
    RV_VERB(ro_##fn) {                                                                                                 \
        rk_comoments c;                                                                                                \
        (void)n;                                                                                                       \
        RB_TRY(comoments(rt, #fn, args[0], args[1], &c), NULL);                                                        \
        return (defined) ? ro_real(value) : rv_null_of_new(RY_F64);                                                    \
    }
/* Of the product where it can be had, which is nearer; else of each. */
static double root_of_product(double a, double b) {
    double p = a * b;
    return p > 0 && p - p == 0 ? sqrt(p) : sqrt(a) * sqrt(b);
}

PAIR(cov, c.n > 0, c.xy / (double)c.n)
PAIR(scov, c.n > 1, c.xy / (double)(c.n - 1))
PAIR(pearson_corr, c.n > 1 && c.xx > 0 && c.yy > 0, c.xy / root_of_product(c.xx, c.yy))
PAIR(wsum, true, c.sum_xy)
PAIR(wavg, c.n > 0 && c.sum_x != 0, c.sum_xy / c.sum_x)
