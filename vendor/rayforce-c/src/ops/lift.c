#include "lift.h"

void *ro_fail_types(const ro_lift *verb, const ray_val *a, const ray_val *b) {
    if (a->type == RY_NULL || b->type == RY_NULL)
        return rb_fail_null(RB_E_TYPE, "%s: null operand not supported, got %s and %s", verb->name, ry_name(a->type),
                            ry_name(b->type));
    /* In vector arithmetic the elements are what does not fit. */
    bool elements = ro_is_collection(a) || ro_is_collection(b);
    int ta = elements && a->type > 0 && a->type < RY_VECTOR_END ? -a->type : a->type;
    int tb = elements && b->type > 0 && b->type < RY_VECTOR_END ? -b->type : b->type;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return rb_fail_null(RB_E_TYPE, verb->cannot, ry_name(ta), ry_name(tb));
#pragma GCC diagnostic pop
}

rk_side ro_side(const ray_val *v) {
    static const int64_t no_number = RY_NULL_I64;
    rk_side s = {.data = v->data, .scale = 1, .type = (int8_t)ro_element_type(v), .scalar = v->type < 0};
    s.nulls = s.scalar || (v->attrs & RV_A_NULLS);
    if (s.scalar && (v->attrs & RV_A_NULL) && (s.type == RY_B8 || s.type == RY_U8)) {
        s.data = &no_number;
        s.type = RY_I64;
    }
    /* Only a scalar that is null makes the loops look for nulls. */
    if (s.scalar && !ry_null_at(s.type, s.data)) s.nulls = false;
    return s;
}

const char *ro_text_at(const void *of, int64_t i, size_t *n) {
    const ray_val *v = of;
    switch (v->type) {
    case RY_SYM: return rv_sym_text(RV_DATA(int32_t, v)[i], n);
    case -RY_SYM: return rv_sym_text(v->u.sym, n);
    case RY_STR: return rv_strvec_get(v, i, n);
    default: return rv_str_get(v, n);
    }
}

const char *ro_bytes_at(const void *of, int64_t i, size_t *n) {
    const ray_val *v = of;
    if (v->type != RY_GUID) return ro_text_at(of, i, n);
    const ry_guid *g = &RV_DATA(ry_guid, v)[i];
    *n = ry_null_is_guid(g) ? 0 : sizeof *g;
    return (const char *)g->b;
}

/* ---- ranges --------------------------------------------------------------------------------------------------- */

typedef struct run {
    const rk_job *job;
    _Atomic bool any;
} run;

static int run_range(void *ctx, int64_t begin, int64_t end, int worker) {
    run *r = ctx;
    (void)worker;
    if (rk_binary_range(r->job, begin, end)) atomic_store_explicit(&r->any, true, memory_order_relaxed);
    return 0;
}

int ro_run(ray_rt *rt, const rk_job *job, int64_t n) {
    if (n <= RK_GRAIN) return rk_binary_range(job, 0, n);
    run r = {.job = job};
    RB_TRY(ro_parallel(rt, n, RK_GRAIN, run_range, &r), -1);
    return atomic_load(&r.any);
}

RB_OFTEN ray_val *ro_result_new(int type, int64_t n) {
    if (n >= 0) return rv_vec_new(type, n);
    ray_val *v = rv_object_new(-type);
    if (v) v->len = 1;
    return v;
}

/* ---- gathering ------------------------------------------------------------------------------------------------ */

static bool all_atoms_of(const ray_val *list, int type) {
    for (int64_t i = 0; i < list->len; i++)
        if (rv_list_get(list, i)->type != -type) return false;
    return true;
}

/* Writes atom x as element i of a vector of type v->type, by its raw value; true if that is null. */
static bool store_atom(ray_val *v, int64_t i, const ray_val *x) {
    char *at = (char *)v->data + i * ry_width(v->type);
    bool null = rv_is_null(x);
    if (null) {
        ry_null_into(v->type, at);
    } else if (ro_is_real(-x->type)) {
        double d;
        rk_to_f64[-x->type](x->data, 1, &d, true);
        rk_from_f64[v->type](&d, 1, at);
    } else {
        int64_t n;
        rk_to_i64[-x->type](x->data, 1, &n, true);
        rk_from_i64[v->type](&n, 1, at, false);
    }
    return null && v->type != RY_B8 && v->type != RY_U8;
}

/* A vector of that type from a list of atoms of fixed width. */
static ray_val *to_vector_take(ray_val *list, int type) {
    ray_val *v = rv_vec_new(type, list->len);
    if (v)
        for (int64_t i = 0; i < list->len; i++)
            if (store_atom(v, i, rv_list_get(list, i))) v->attrs |= RV_A_NULLS;
    rv_release(list);
    return v;
}

ray_val *ro_gather_take(ray_val *list, enum ro_gathering gather) {
    if (gather == RO_G_LIST || list->len == 0) return list;
    int type = gather == RO_G_RELATION || gather == RO_G_ARITH ? RY_B8 : -rv_list_get(list, 0)->type;
    if (type <= 0 || type == RY_SYM || type == RY_STR || type == RY_GUID) return list;
    if (gather != RO_G_FIRST) return all_atoms_of(list, type) ? to_vector_take(list, type) : list;
    if (type == RY_F32) return list;
    for (int64_t i = 0; i < list->len; i++) {
        const ray_val *x = rv_list_get(list, i);
        if (x->type != RY_NULL && (!rv_is_atom(x) || !rk_to_i64[-x->type])) return list;
    }
    return to_vector_take(list, type);
}

/* ---- two operands --------------------------------------------------------------------------------------------- */

typedef struct lifting {
    ray_rt *rt;
    const ro_lift *verb;
} lifting;

static ray_val *lift(const lifting *l, ray_val *a, ray_val *b, int depth);

/* Element i of a collection, or the whole of anything else; owned. */
static ray_val *element(ray_val *v, int64_t i) {
    return ro_is_collection(v) ? rv_vec_at(v, i) : rv_retain(v);
}

/* Element by element into a list. */
static ray_val *each(const lifting *l, ray_val *a, ray_val *b, int depth) {
    int64_t n = ro_is_collection(a) ? a->len : b->len;
    ray_val *list = rv_vec_new(RY_LIST, n);
    for (int64_t i = 0; list && i < n; i++) {
        ray_val *x = element(a, i), *y = element(b, i), *r = NULL;
        if (x && y) r = lift(l, x, y, depth + 1);
        rv_release(x);
        rv_release(y);
        if (r) {
            rv_list_set_take(list, i, r);
        } else {
            rv_release(list);
            list = NULL;
        }
    }
    return list;
}

ray_val *ro_lift_each(ray_rt *rt, const ro_lift *verb, ray_val *a, ray_val *b, enum ro_gathering gather) {
    const lifting l = {rt, verb};
    ray_val *list = each(&l, a, b, 0);
    return list ? ro_gather_take(list, gather) : NULL;
}

/* What stands for the elements of a collection: a zero of its type; of F32 an i64, but not where it counts a timespan. */
static ray_val *sample(const ro_lift *verb, ray_val *v, const ray_val *other) {
    if (!ro_is_collection(v)) return rv_retain(v);
    const bool counts = verb->gather == RO_G_ARITH && ro_element_type(other) == RY_TIMESPAN;
    if (v->type == RY_LIST || (v->type == RY_F32 && !counts)) return rv_i64_new(0);
    if (v->type == RY_STR) return rv_str_new("", 0);
    ray_val *zero = ro_result_new(v->type, -1);
    return zero;
}

static ray_val *of_samples(const lifting *l, ray_val *a, ray_val *b) {
    ray_val *x = sample(l->verb, a, b), *y = sample(l->verb, b, a), *r = x && y ? l->verb->atoms(l->rt, l->verb, x, y) : NULL;
    rv_release(x);
    rv_release(y);
    return r;
}

/* Lengths come before types, but not beside a timespan. */
static ray_val *fail_lengths(const lifting *l, ray_val *a, ray_val *b) {
    const bool spans = a->type == RY_TIMESPAN || b->type == RY_TIMESPAN;
    if (spans && l->verb->verb != RK_POW && a->type != RY_LIST && b->type != RY_LIST) {
        ray_val *r = of_samples(l, a, b);
        if (!r && rb_error_code() != RB_E_DOMAIN) return NULL;
        rv_release(r);
    }
    return rb_fail_null(RB_E_LENGTH, "%s: operand lengths must match, got %lld and %lld", l->verb->name,
                        (long long)a->len, (long long)b->len);
}

/* Nothing can be computed, yet the result has a type: that of the verb over zeros, I64 if they are refused. */
static ray_val *lift_empty(const lifting *l, ray_val *a, ray_val *b) {
    rb_error saved;
    rb_error_copy_into(&saved);
    ray_val *r = of_samples(l, a, b);
    int type = RY_I64;
    if (r)
        type = rv_is_atom(r) ? -r->type : RY_I64;
    else if (rb_error_code() == RB_E_OOM)
        return NULL;
    else
        rb_error_restore(&saved);
    if (type == RY_F32 && l->verb->gather <= RO_G_ARITH) type = RY_F64;
    rv_release(r);
    return rv_vec_new(type, 0);
}

static ray_val *lift(const lifting *l, ray_val *a, ray_val *b, int depth) {
    const bool ca = ro_is_collection(a), cb = ro_is_collection(b);
    if (!ca && !cb) return l->verb->atoms(l->rt, l->verb, a, b);
    if (ca && cb && a->len != b->len) return fail_lengths(l, a, b);
    if (a->type == RY_NULL || b->type == RY_NULL) return l->verb->atoms(l->rt, l->verb, a, b);
    if ((ca && a->len == 0) || (cb && b->len == 0)) return lift_empty(l, a, b);
    if (a->type != RY_LIST && b->type != RY_LIST && (ca || rv_is_atom(a)) && (cb || rv_is_atom(b)))
        return l->verb->arrays(l->rt, l->verb, a, b);
    if (depth >= RV_DEPTH_MAX) return rb_fail_null(RB_E_LIMIT, "%s: lists nested deeper than %d", l->verb->name, RV_DEPTH_MAX);
    ray_val *list = each(l, a, b, depth);
    return list ? ro_gather_take(list, l->verb->gather) : NULL;
}

RB_OFTEN ray_val *ro_lift_binary(ray_rt *rt, const ro_lift *verb, ray_val *a, ray_val *b) {
    const lifting l = {rt, verb};
    return lift(&l, a, b, 0);
}
