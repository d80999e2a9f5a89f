#include "arith.h"
#include "lift.h"

/* A verb of one operand: what it takes and what it makes. */
typedef struct unary {
    const char *name;
    enum rk_unary_verb verb;
    bool spans;   /* accepts timespans, refuses b8 and u8 */
    bool whole;   /* leaves integers as they are */
    bool nested;  /* accepts collections inside lists; checks the type of empty vectors */
    bool counts;  /* result i64 */
    bool keeps;   /* result of the operand's type */
    bool rounds;  /* f32 atoms stay f32 */
} unary;

static bool accepts(const unary *u, int type) {
    if (u->spans) return (type >= RY_I16 && type <= RY_F64) || type == RY_TIMESPAN;
    return ro_is_numeric(type);
}

static int result_type(const unary *u, int type) {
    if (u->counts) return RY_I64;
    return u->keeps || (u->rounds && type == RY_F32) ? type : RY_F64;
}

static void *refuse(const unary *u, const ray_val *v) {
    return rb_fail_null(RB_E_TYPE, "%s: expects numbers%s, got %s", u->name, u->spans ? " or timespans" : "",
                        ry_name(v->type));
}

typedef struct run {
    const rk_unary_job *job;
    _Atomic bool any;
} run;

static int run_range(void *ctx, int64_t begin, int64_t end, int worker) {
    run *r = ctx;
    (void)worker;
    if (rk_unary_range(r->job, begin, end)) atomic_store_explicit(&r->any, true, memory_order_relaxed);
    return 0;
}

/* An f32 has no loop of its own where the result is f32 too: it takes the way through f64. */
static ray_val *f32_atom(const unary *u, const ray_val *v) {
    double x, y;
    rk_to_f64[RY_F32](v->data, 1, &x, true);
    rk_unary[u->verb][RY_F64](&x, &y, 1, true);
    return rv_f32_new(y != y ? ry_null_f32() : (float)y);
}

static ray_val *compute(ray_rt *rt, const unary *u, ray_val *v) {
    const int type = ro_element_type(v), result = result_type(u, type);
    const int64_t n = v->type < 0 ? 1 : v->len;
    if (u->whole && !ro_is_real(type)) return rv_retain(v);
    if (type == RY_F32 && result == RY_F32) return f32_atom(u, v);
    ray_val *r = ro_result_new(result, v->type < 0 ? -1 : n);
    if (!r) return NULL;
    rk_unary_job j = {.verb = u->verb, .type = (int8_t)result, .side = ro_side(v), .out = r->data};
    run all = {.job = &j};
    if (ro_parallel(rt, n, RK_GRAIN, run_range, &all) < 0) {
        rv_release(r);
        return NULL;
    }
    bool any = atomic_load(&all.any);
    if (v->type > 0) {
        if (any) r->attrs = RV_A_NULLS;
    } else if (any && u->verb == RK_U_RECIPROCAL) {
        r->attrs = RV_A_NULL; /* as a division by zero; other functions leave their domain unflagged */
    }
    return r;
}

static ray_val *unary_atom(ray_rt *rt, const unary *u, ray_val *v) {
    if (!rv_is_atom(v) && v->type != RY_NULL) return refuse(u, v);
    if (rv_is_null(v)) {
        if (u->keeps) return rv_retain(v);
        if (u->counts) return rv_null_of_new(RY_I64);
        return rv_null_of_new(u->rounds && v->type == -RY_F32 ? RY_F32 : RY_F64);
    }
    return accepts(u, -v->type) ? compute(rt, u, v) : refuse(u, v);
}

static ray_val *empty(const unary *u, const ray_val *v) {
    int type = v->type == RY_LIST ? RY_I64 : v->type;
    if (u->nested) {
        if (!accepts(u, type)) return refuse(u, v);
        return rv_vec_new(result_type(u, type), 0);
    }
    /* As for a zero of the type; those of symbols, strings and guids are nulls, which every verb takes. */
    if (type == RY_SYM || type == RY_STR || type == RY_GUID) return rv_vec_new(u->keeps ? type : RY_F64, 0);
    if (!accepts(u, type) || (type == RY_F32 && u->keeps)) return rv_vec_new(RY_I64, 0);
    return rv_vec_new(type == RY_F32 ? RY_F64 : result_type(u, type), 0);
}

static ray_val *apply(ray_rt *rt, const unary *u, ray_val *v, int depth);

/* Element by element; a flat list becomes a vector of its first result's type. */
static ray_val *each(ray_rt *rt, const unary *u, ray_val *v, int depth) {
    bool flat = true;
    if (depth >= RV_DEPTH_MAX) return rb_fail_null(RB_E_LIMIT, "%s: lists nested deeper than %d", u->name, RV_DEPTH_MAX);
    ray_val *list = rv_vec_new(RY_LIST, v->len);
    for (int64_t i = 0; list && i < v->len; i++) {
        ray_val *x = rv_vec_at(v, i), *r = NULL;
        if (x) {
            flat = flat && (rv_is_atom(x) || x->type == RY_NULL);
            r = u->nested ? apply(rt, u, x, depth + 1) : unary_atom(rt, u, x);
        }
        rv_release(x);
        if (r) {
            rv_list_set_take(list, i, r);
        } else {
            rv_release(list);
            list = NULL;
        }
    }
    return list && flat ? ro_gather_take(list, RO_G_FIRST) : list;
}

static ray_val *apply(ray_rt *rt, const unary *u, ray_val *v, int depth) {
    if (!ro_is_collection(v)) return unary_atom(rt, u, v);
    if (v->len == 0) return empty(u, v);
    if (v->type == RY_LIST) return each(rt, u, v, depth);
    /* What has no loop goes one by one: a null of any type passes, the first that is none is refused. */
    if (!accepts(u, v->type)) return u->nested ? refuse(u, v) : each(rt, u, v, depth);
    if (v->type == RY_F32 && result_type(u, RY_F32) == RY_F32) return each(rt, u, v, depth);
    return compute(rt, u, v);
}

#define UNARY(fn, VERB, ...)                                                                                           \
    RV_VERB(ro_##fn) {                                                                                                 \
        static const unary u = {.name = #fn, .verb = RK_U_##VERB, __VA_ARGS__};                                        \
        (void)n;                                                                                                       \
        return apply(rt, &u, args[0], 0);                                                                              \
    }
UNARY(neg, NEG, .spans = true, .keeps = true)
UNARY(abs, ABS, .spans = true, .keeps = true)
UNARY(floor, FLOOR, .keeps = true, .whole = true)
UNARY(ceil, CEIL, .keeps = true, .whole = true)
UNARY(round, ROUND, .rounds = true)
UNARY(sqrt, SQRT, .nested = false)
UNARY(log, LOG, .nested = false)
UNARY(exp, EXP, .nested = false)
UNARY(sin, SIN, .nested = true)
UNARY(cos, COS, .nested = true)
UNARY(tan, TAN, .nested = true)
UNARY(asin, ASIN, .nested = true)
UNARY(acos, ACOS, .nested = true)
UNARY(atan, ATAN, .nested = true)
UNARY(reciprocal, RECIPROCAL, .nested = true)
UNARY(signum, SIGNUM, .nested = true, .counts = true)
