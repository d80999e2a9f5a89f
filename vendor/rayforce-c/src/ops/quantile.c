/* Values at a share of the sorted column, without sorting it. */
#include "aggregate.h"
#include "lift.h"

#include <math.h>

double ro_sorted_at(double *x, int64_t n, double at) {
    int64_t low = (int64_t)at;
    if (low >= n - 1) low = n - 1;
    rk_select_f64(x, n, low);
    double a = x[low], share = at - (double)low;
    if (share <= 0 || low + 1 >= n) return a;
    double b = x[low + 1]; /* all behind are no smaller; the smallest of them follows */
    for (int64_t i = low + 2; i < n; i++) b = x[i] < b ? x[i] : b;
    return a + (b - a) * share;
}

/* ---- many numbers: only those of one bucket, or of two, are looked at more closely -------------------------------- */

#define PARTS 16
#define BUCKETS_MIN (8 * RO_GRAIN)

typedef struct search {
    rk_buckets b;
    int64_t part; /* rows of one */
    struct share {
        double low, high;
        int64_t count[RK_BUCKETS], at; /* at: where its numbers go */
    } *parts;
    int first, last;
    double *out;
} search;

static int span_part(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    search *s = ctx;
    struct share *mine = &s->parts[begin / s->part];
    *mine = (struct share){.low = INFINITY, .high = -INFINITY};
    rk_buckets_span(&s->b, begin, end, &mine->low, &mine->high);
    return 0;
}

static int count_part(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const search *s = ctx;
    rk_buckets_count(&s->b, begin, end, s->parts[begin / s->part].count);
    return 0;
}

static int take_part(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const search *s = ctx;
    rk_buckets_take(&s->b, begin, end, s->first, s->last, s->out + s->parts[begin / s->part].at);
    return 0;
}

static int64_t bucket_count(const search *s, int64_t bucket) {
    int64_t n = 0;
    for (int p = 0; p < PARTS; p++) n += s->parts[p].count[bucket];
    return n;
}

/* The bucket of the number that sorting would put at place k; *before: how many are in those before it. */
static int bucket_of(const search *s, int64_t k, int64_t *before) {
    int64_t n;
    *before = 0;
    for (int i = 0;; i++) {
        if (k < *before + (n = bucket_count(s, i))) return i;
        *before += n;
    }
}

/* The numbers around index `at` of all m of them in order: the one below, the one above, and what lies between. */
static ray_val *search_at(ray_rt *rt, search *s, int64_t n, int64_t m, double at) {
    int64_t before, unused, k = 0;
    s->first = bucket_of(s, (int64_t)at, &before);
    s->last = bucket_of(s, (int64_t)at + 1 < m ? (int64_t)at + 1 : m - 1, &unused);
    for (int p = 0; p < PARTS; p++) {
        s->parts[p].at = k;
        for (int i = s->first; i <= s->last; i++) k += s->parts[p].count[i];
    }
    if (!(s->out = RO_ROOM(double, k))) return NULL;
    int ok = ro_parallel(rt, n, s->part, take_part, s);
    ray_val *r = ok < 0 ? NULL : ro_real(ro_sorted_at(s->out, k, at - (double)before));
    RO_ROOM_FREE(s->out, k);
    return r;
}

static ray_val *quantile_of_many(ray_rt *rt, const ray_val *x, double p) {
    search s = {.b = {x->type, x->data, (x->attrs & RV_A_NULLS) != 0, INFINITY, -INFINITY}};
    s.part = (x->len + PARTS - 1) / PARTS;
    if (!(s.parts = RO_ROOM(struct share, PARTS))) return NULL;
    int ok = ro_parallel(rt, x->len, s.part, span_part, &s);
    for (int i = 0; ok == 0 && i < PARTS; i++) {
        s.b.low = s.parts[i].low < s.b.low ? s.parts[i].low : s.b.low;
        s.b.high = s.parts[i].high > s.b.high ? s.parts[i].high : s.b.high;
    }
    if (ok == 0) ok = ro_parallel(rt, x->len, s.part, count_part, &s);
    int64_t m = 0;
    for (int i = 0; ok == 0 && i < RK_BUCKETS; i++) m += bucket_count(&s, i);
    ray_val *r = NULL;
    if (ok == 0) r = m == 0 ? rv_null_of_new(RY_F64) : search_at(rt, &s, x->len, m, p * (double)(m - 1));
    RO_ROOM_FREE(s.parts, PARTS);
    return r;
}

/* ---- verbs --------------------------------------------------------------------------------------------------------- */

static ray_val *quantile_of_few(const ray_val *x, double p) {
    double *room = RO_ROOM(double, x->len);
    if (!room) return NULL;
    int64_t m = rk_compact_f64(x->type, x->data, x->len, (x->attrs & RV_A_NULLS) != 0, room);
    ray_val *r = m == 0 ? rv_null_of_new(RY_F64) : ro_real(ro_sorted_at(room, m, p * (double)(m - 1)));
    RO_ROOM_FREE(room, x->len);
    return r;
}

/* p in 0 .. 1. */
static ray_val *quantile(ray_rt *rt, const char *name, const ray_val *v, double p) {
    if ((rv_is_atom(v) && rv_is_null(v)) || (rv_is_vector(v) && v->len == 0)) return rv_null_of_new(RY_F64);
    ray_val *x = ro_numbers(name, v), *r = NULL;
    if (!x) return NULL;
    if (!rk_to_f64[x->type])
        ro_refuse(name, "numbers or times", x);
    else if (x->len == 0)
        r = rv_null_of_new(RY_F64);
    else
        r = x->len < BUCKETS_MIN ? quantile_of_few(x, p) : quantile_of_many(rt, x, p);
    rv_release(x);
    return r;
}

RV_VERB(ro_med) {
    (void)n;
    return quantile(rt, "med", args[0], 0.5);
}

/* The share of the second argument, whose whole is `whole`. */
static ray_val *at_share(ray_rt *rt, const char *name, ray_val *const *args, double whole) {
    const ray_val *p = args[1];
    double share;
    if (!rv_is_atom(p) || !ro_is_numeric(-p->type)) return ro_refuse(name, "a number as share", p);
    rk_to_f64[-p->type](p->data, 1, &share, true);
    if (rv_is_null(p) || !(share >= 0 && share <= whole))
        return rb_fail_null(RB_E_DOMAIN, "%s: the share must lie between 0 and %g", name, whole);
    return quantile(rt, name, args[0], share / whole);
}

RV_VERB(ro_quantile) {
    (void)n;
    return at_share(rt, "quantile", args, 1);
}

RV_VERB(ro_percentile) {
    (void)n;
    return at_share(rt, "percentile", args, 100);
}
