#include "aggregate.h"

#include "arith.h"
#include "lift.h"

#include <math.h>

/* ---- shared --------------------------------------------------------------------------------------------------- */

ray_val *ro_real(double x) { return rv_f64_new(x - x == 0 ? x : ry_null_f64()); }

/* Writes the numeric atom x at place i; floats only into floats. */
static void put_number(ray_val *v, int64_t i, const ray_val *x) {
    const bool null = rv_is_null(x);
    if (null) v->attrs = RV_A_NULLS;
    if (v->type == RY_F64) {
        if (null)
            RV_DATA(double, v)[i] = ry_null_f64();
        else
            rk_to_f64[-x->type](x->data, 1, &RV_DATA(double, v)[i], true);
    } else if (null) {
        RV_DATA(int64_t, v)[i] = RY_NULL_I64;
    } else {
        rk_to_i64[-x->type](x->data, 1, &RV_DATA(int64_t, v)[i], true);
    }
}

ray_val *ro_numbers(const char *verb, const ray_val *v) {
    if (rv_is_vector(v)) return rv_retain((ray_val *)(uintptr_t)v);
    const bool list = rv_is_list(v);
    const int64_t n = list ? v->len : 1;
    int type = RY_I64;
    for (int64_t i = 0; i < n; i++) {
        const ray_val *x = list ? rv_list_get(v, i) : v;
        if (!rv_is_atom(x) || !ro_is_numeric(-x->type))
            return rb_fail_null(RB_E_TYPE, "%s: expected numbers, got %s", verb, ry_name(x->type));
        if (ro_is_real(-x->type)) type = RY_F64;
    }
    ray_val *out = rv_vec_new(type, n);
    for (int64_t i = 0; out && i < n; i++) put_number(out, i, list ? rv_list_get(v, i) : v);
    return out;
}

/* ---- ranges --------------------------------------------------------------------------------------------------- */

typedef struct reduction {
    const ray_val *v;
    const uint8_t *mask; /* which elements count; null: all */
    rk_reduce_fn fn;
    enum rk_reduce_verb verb;
    bool real;
    rk_acc *parts; /* one a range */
} reduction;

/* One in so many: then it pays to look at the chosen ones alone, for most lines of the vector need not be read. */
#define FEW 32

/* Block by block, so that what the mask leaves never goes to memory. Nulls are left out anyway, and putting them in
 * place of elements costs less than moving the others together. mask[0] is that of element `begin`; `out` is added to. */
static void reduce_masked(const reduction *r, const uint8_t *mask, int64_t begin, int64_t end, rk_acc *out) {
    _Alignas(RB_CACHE_LINE) uint8_t block[RK_BLOCK * 8], null[16];
    int64_t at[RK_BLOCK];
    const int width = ry_width(r->v->type);
    const uint8_t *data = r->v->data;
    const bool has_null = r->v->type != RY_B8 && r->v->type != RY_U8;
    ry_null_into(r->v->type, null);
    for (; begin < end; begin += RK_BLOCK, mask += RK_BLOCK) {
        int64_t n = end - begin < RK_BLOCK ? end - begin : RK_BLOCK;
        const uint8_t *from = data + begin * width;
        const bool few = rk_mask_count(mask, n) < RK_BLOCK / FEW;
        rk_acc acc;
        if (few) {
            n = rk_mask_positions(mask, n, 0, at);
            rk_gather(width, from, at, n, null, block);
        } else if (has_null) {
            rk_mask_blank(width, from, mask, null, n, block);
        } else {
            n = rk_mask_compact(width, from, mask, n, block);
        }
        r->fn(block, n, has_null, &acc);
        rk_reduce_merge(r->verb, r->real, out, &acc);
    }
}

static int reduce_range(void *ctx, int64_t begin, int64_t end, int worker) {
    const reduction *r = ctx;
    (void)worker;
    if (r->mask) {
        rk_acc *part = &r->parts[begin / RK_GRAIN];
        rk_reduce_start(r->verb, r->real, part);
        reduce_masked(r, r->mask + begin, begin, end, part);
        return 0;
    }
    r->fn((const char *)r->v->data + begin * ry_width(r->v->type), end - begin, (r->v->attrs & RV_A_NULLS) != 0,
          &r->parts[begin / RK_GRAIN]);
    return 0;
}

/* Whole vector; the ranges are merged in their order, as doubles if `real`. */
static int reduce_with(ray_rt *rt, rk_reduce_fn fn, enum rk_reduce_verb verb, bool real, const ray_val *v,
                       const uint8_t *mask, rk_acc *out) {
    const int64_t ranges = rk_ranges(v->len);
    rk_acc one;
    reduction r = {v, mask, fn, verb, real, &one};
    rk_reduce_start(verb, real, out);
    if (ranges > 1 && !(r.parts = RO_ROOM(rk_acc, ranges))) return -1;
    rk_reduce_start(verb, real, r.parts);
    int done = ro_parallel(rt, v->len, RK_GRAIN, reduce_range, &r);
    for (int64_t i = 0; done >= 0 && i < ranges; i++) rk_reduce_merge(verb, real, out, &r.parts[i]);
    if (ranges > 1) RO_ROOM_FREE(r.parts, ranges);
    return done;
}

static int reduce(ray_rt *rt, enum rk_reduce_verb verb, const ray_val *v, const uint8_t *mask, rk_acc *out) {
    return reduce_with(rt, rk_reduce[verb][rk_storage(v->type)], verb, ro_is_real(v->type), v, mask, out);
}

static ray_val *refuse(const char *verb, const char *wanted, const ray_val *v) {
    return ro_refuse(verb, wanted, v);
}

/* ---- sum, prod ------------------------------------------------------------------------------------------------ */

/* What an aggregate leaves as it is: atoms and functions. */
static bool is_single(const ray_val *v) { return rv_is_atom(v) || rv_is_callable(v); }

static bool has_total(int type) { return ro_is_numeric(type) || type == RY_TIME || type == RY_TIMESPAN; }

static ray_val *total_of(const ray_val *x, const rk_acc *acc) {
    return ro_is_real(x->type)         ? ro_real(acc->u.f)
           : x->type == RY_TIME        ? rv_time_new((int32_t)acc->u.i)
           : x->type == RY_TIMESPAN    ? rv_timespan_new(acc->u.i)
                                       : rv_i64_new(acc->u.i);
}

static ray_val *total(ray_rt *rt, const ray_val *x, const uint8_t *mask) {
    rk_acc acc;
    if (!has_total(x->type)) return refuse("sum", "numbers, times or timespans", x);
    RB_TRY(reduce(rt, RK_R_SUM, x, mask, &acc), NULL);
    return total_of(x, &acc);
}

RV_VERB(ro_sum) {
    ray_val *v = args[0];
    (void)n;
    if (is_single(v)) return v->type == -RY_U8 || v->type == -RY_I16 ? ro_cast_to(rt, v, -RY_I64) : rv_retain(v);
    if (!ro_is_collection(v)) return refuse("sum", "numbers or times", v);
    ray_val *x = ro_numbers("sum", v), *r = x ? total(rt, x, NULL) : NULL;
    rv_release(x);
    return r;
}

RV_VERB(ro_prod) {
    ray_val *v = args[0];
    (void)n;
    if (is_single(v)) return rv_retain(v);
    if (!ro_is_collection(v)) return refuse("prod", "numbers", v);
    ray_val *x = ro_numbers("prod", v), *r = NULL;
    rk_acc acc;
    if (!x) return NULL;
    if (!ro_is_numeric(x->type))
        r = refuse("prod", "numbers", x);
    else if (reduce(rt, RK_R_PROD, x, NULL, &acc) >= 0)
        r = ro_is_real(x->type) ? ro_real(acc.u.f) : rv_i64_new(acc.u.i);
    rv_release(x);
    return r;
}

/* ---- avg ------------------------------------------------------------------------------------------------------ */

static void total_i64(const void *in, int64_t n, bool nulls, rk_acc *out) {
    out->u.f = rk_total_i64(in, n, nulls, &out->n);
}

/* Sums of these could leave their 64 bits. */
static bool is_wide(const ray_val *x) { return rk_storage(x->type) == RY_I64; }

static ray_val *mean_of(const ray_val *x, const rk_acc *acc) {
    if (acc->n == 0) return rv_null_of_new(RY_F64);
    return ro_real((ro_is_real(x->type) || is_wide(x) ? acc->u.f : (double)acc->u.i) / (double)acc->n);
}

static ray_val *mean(ray_rt *rt, const ray_val *x, const uint8_t *mask) {
    rk_acc acc;
    const bool wide = is_wide(x);
    if (!rk_to_f64[x->type]) return refuse("avg", "numbers or times", x);
    RB_TRY(wide ? reduce_with(rt, total_i64, RK_R_SUM, true, x, mask, &acc) : reduce(rt, RK_R_SUM, x, mask, &acc),
           NULL);
    return mean_of(x, &acc);
}

RV_VERB(ro_avg) {
    ray_val *v = args[0];
    (void)n;
    if (rv_is_callable(v)) return rv_retain(v);
    if (rv_is_atom(v)) {
        if (rv_is_null(v)) return rv_null_of_new(RY_F64);
        return ro_is_numeric(-v->type) || v->type == -RY_TIMESPAN ? ro_cast_to(rt, v, -RY_F64) : rv_retain(v);
    }
    if (!ro_is_collection(v)) return refuse("avg", "numbers or times", v);
    if (v->type == RY_LIST && v->len == 0) return rb_fail_null(RB_E_DOMAIN, "avg: an empty list has no average");
    ray_val *x = ro_numbers("avg", v), *r = NULL;
    if (!x) return NULL;
    r = mean(rt, x, NULL);
    rv_release(x);
    return r;
}

/* ---- min, max ------------------------------------------------------------------------------------------------- */

/* The element of a text or guid vector, by position; kernels compare bytes. */
static ray_val *text_extreme(const ray_val *v, bool greatest) {
    int64_t at = rk_text_extreme(ro_bytes_at, v, greatest, 0, v->len);
    return at < 0 ? rv_null_of_new(v->type) : ro_element(v, at);
}

static ray_val *extreme_of(const ray_val *x, const rk_acc *acc, bool greatest) {
    if (ro_is_real(x->type)) return acc->n ? ro_real(acc->u.f) : rv_null_of_new(RY_F64);
    if (acc->n == 0) {
        /* Among no timespans the least is the longest there is. */
        if (x->type == RY_TIMESPAN) return rv_timespan_new(greatest ? -INT64_MAX : INT64_MAX);
        ray_val *r = rv_null_of_new(x->type);
        if (r) r->attrs = RV_A_NULL;
        return r;
    }
    ray_val *r = ro_result_new(x->type, -1);
    if (r) rk_from_i64[x->type](&acc->u.i, 1, r->data, false);
    return r;
}

static ray_val *number_extreme(ray_rt *rt, const ray_val *x, const uint8_t *mask, bool greatest) {
    rk_acc acc;
    RB_TRY(reduce(rt, greatest ? RK_R_MAX : RK_R_MIN, x, mask, &acc), NULL);
    return extreme_of(x, &acc, greatest);
}

static ray_val *extreme(ray_rt *rt, const char *name, ray_val *v, bool greatest) {
    if (is_single(v)) return rv_retain(v);
    if (!ro_is_collection(v)) return refuse(name, "a vector or a list of numbers", v);
    if (v->type == RY_LIST && v->len == 0) return rb_fail_null(RB_E_DOMAIN, "%s: an empty list has none", name);
    ray_val *x = ro_numbers(name, v), *r = NULL;
    if (!x) return NULL;
    r = rk_to_i64[x->type] ? number_extreme(rt, x, NULL, greatest) : text_extreme(x, greatest);
    rv_release(x);
    return r;
}

RV_VERB(ro_min) { return n == 2 ? ro_min_of(rt, args[0], args[1]) : extreme(rt, "min", args[0], false); }
RV_VERB(ro_max) { return n == 2 ? ro_max_of(rt, args[0], args[1]) : extreme(rt, "max", args[0], true); }

/* ---- all, any ------------------------------------------------------------------------------------------------- */

static ray_val *truth(ray_rt *rt, const char *name, enum rk_reduce_verb verb, ray_val *v) {
    ray_val *x = ro_numbers(name, v), *r = NULL;
    rk_acc acc;
    if (!x) return NULL;
    if (!ro_is_numeric(x->type))
        r = refuse(name, "numbers or booleans", x);
    else if (reduce(rt, verb, x, NULL, &acc) >= 0)
        r = rv_b8_new(ro_is_real(x->type) ? acc.u.f != 0 : acc.u.i != 0);
    rv_release(x);
    return r;
}

RV_VERB(ro_all) {
    (void)n;
    return truth(rt, "all", RK_R_ALL, args[0]);
}

RV_VERB(ro_any) {
    (void)n;
    return truth(rt, "any", RK_R_ANY, args[0]);
}

/* ---- under a mask ---------------------------------------------------------------------------------------------- */

bool ro_has_masked(rv_verb_fn fn, const ray_val *v) {
    bool numbers = rv_is_vector(v) && rk_to_i64[v->type];
    return numbers && (fn == ro_sum || fn == ro_avg || fn == ro_min || fn == ro_max);
}

ray_val *ro_masked(ray_rt *rt, rv_verb_fn fn, const ray_val *v, const ray_val *mask) {
    const uint8_t *bits = mask->data;
    if (fn == ro_sum) return total(rt, v, bits);
    return fn == ro_avg ? mean(rt, v, bits) : number_extreme(rt, v, bits, fn == ro_max);
}

static reduction masked_reduction(const ro_tally *t) {
    const ray_val *v = t->v;
    const enum rk_reduce_verb verb = t->fn == ro_min ? RK_R_MIN : t->fn == ro_max ? RK_R_MAX : RK_R_SUM;
    if (t->fn == ro_avg && is_wide(v)) return (reduction){.v = v, .fn = total_i64, .verb = verb, .real = true};
    return (reduction){.v = v, .fn = rk_reduce[verb][rk_storage(v->type)], .verb = verb, .real = ro_is_real(v->type)};
}

bool ro_tally_new(rv_verb_fn fn, const ray_val *v, ro_tally *out) {
    *out = (ro_tally){fn, v};
    return ro_has_masked(fn, v) && (fn != ro_sum || has_total(v->type)) && (fn != ro_avg || rk_to_f64[v->type]);
}

void ro_tally_start(const ro_tally *t, rk_acc *out) {
    const reduction r = masked_reduction(t);
    rk_reduce_start(r.verb, r.real, out);
}

void ro_tally_range(const ro_tally *t, const uint8_t *mask, int64_t begin, int64_t end, rk_acc *out) {
    const reduction r = masked_reduction(t);
    reduce_masked(&r, mask, begin, end, out);
}

void ro_tally_merge(const ro_tally *t, rk_acc *into, const rk_acc *next) {
    const reduction r = masked_reduction(t);
    rk_reduce_merge(r.verb, r.real, into, next);
}

ray_val *ro_tally_value(const ro_tally *t, const rk_acc *acc) {
    if (t->fn == ro_sum) return total_of(t->v, acc);
    return t->fn == ro_avg ? mean_of(t->v, acc) : extreme_of(t->v, acc, t->fn == ro_max);
}
