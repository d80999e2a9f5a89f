/* Values at a share of the sorted column, without sorting it. */
#include "aggregate.h"
#include "lift.h"

#include <math.h>

/* Value at index `at` of n sorted doubles, between two of them by their distance; reorders. */
static double sorted_at(double *x, int64_t n, double at) {
    int64_t low = (int64_t)at;
    if (low >= n - 1) low = n - 1;
    rk_select_f64(x, n, low);
    double a = x[low], share = at - (double)low;
    if (share <= 0 || low + 1 >= n) return a;
    double b = x[low + 1]; /* all behind are no smaller; the smallest of them follows */
    for (int64_t i = low + 2; i < n; i++) b = x[i] < b ? x[i] : b;
    return a + (b - a) * share;
}

/* p in 0 .. 1. */
static ray_val *quantile(const char *name, const ray_val *v, double p) {
    if ((rv_is_atom(v) && rv_is_null(v)) || (rv_is_vector(v) && v->len == 0)) return rv_null_of_new(RY_F64);
    ray_val *x = ro_numbers(name, v), *r = NULL;
    if (!x) return NULL;
    if (!rk_to_f64[x->type]) {
        ro_refuse(name, "numbers or times", x);
    } else if (x->len == 0) {
        r = rv_null_of_new(RY_F64);
    } else {
        double *room = RO_ROOM(double, x->len);
        if (room) {
            int64_t m = rk_compact_f64(x->type, x->data, x->len, (x->attrs & RV_A_NULLS) != 0, room);
            r = m == 0 ? rv_null_of_new(RY_F64) : ro_real(sorted_at(room, m, p * (double)(m - 1)));
            RO_ROOM_FREE(room, x->len);
        }
    }
    rv_release(x);
    return r;
}

RV_VERB(ro_med) {
    (void)rt, (void)n;
    return quantile("med", args[0], 0.5);
}

/* The share of the second argument, whose whole is `whole`. */
static ray_val *at_share(const char *name, ray_val *const *args, double whole) {
    const ray_val *p = args[1];
    double share;
    if (!rv_is_atom(p) || !ro_is_numeric(-p->type)) return ro_refuse(name, "a number as share", p);
    rk_to_f64[-p->type](p->data, 1, &share, true);
    if (!(share >= 0 && share <= whole))
        return rb_fail_null(RB_E_DOMAIN, "%s: the share must lie between 0 and %g", name, whole);
    return quantile(name, args[0], share / whole);
}

RV_VERB(ro_quantile) {
    (void)rt, (void)n;
    return at_share("quantile", args, 1);
}

RV_VERB(ro_percentile) {
    (void)rt, (void)n;
    return at_share("percentile", args, 100);
}
