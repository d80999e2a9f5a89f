#include "arith.h"
#include "lift.h"

bool ro_truthy(const ray_val *v) {
    if (v->type == RY_NULL) return false;
    if (!rv_is_atom(v)) return true;
    if (rv_is_null(v)) return false;
    if (v->type == -RY_STR || v->type == -RY_SYM || v->type == -RY_GUID) return true;
    uint8_t yes;
    rk_truth(-v->type, v->data, 1, true, &yes);
    return yes;
}

/* ---- and, or -------------------------------------------------------------------------------------------------- */

typedef struct truth_run {
    const ray_val *v;
    uint8_t *out;
} truth_run;

static int truth_range(void *ctx, int64_t begin, int64_t end, int worker) {
    const truth_run *t = ctx;
    const char *in = (const char *)t->v->data + begin * ry_width(t->v->type);
    (void)worker;
    rk_truth(t->v->type, in, end - begin, (t->v->attrs & RV_A_NULLS) != 0, t->out + begin);
    return 0;
}

/* What the elements of a vector, or a value as a whole, count as: B8 or b8. */
static ray_val *truth_of(ray_rt *rt, ray_val *v) {
    if (!rv_is_vector(v)) return rv_b8_new(ro_truthy(v));
    if (v->type == RY_B8) return rv_retain(v);
    ray_val *r = rv_vec_new(RY_B8, v->len);
    if (!r) return NULL;
    truth_run t = {v, r->data};
    if (ro_parallel(rt, v->len, RK_GRAIN, truth_range, &t) >= 0) return r;
    rv_release(r);
    return NULL;
}

static ray_val *logic_arrays(ray_rt *rt, const ro_lift *verb, ray_val *a, ray_val *b) {
    const int64_t n = a->type > 0 ? a->len : b->len;
    ray_val *x = truth_of(rt, a), *y = x ? truth_of(rt, b) : NULL, *r = y ? rv_vec_new(RY_B8, n) : NULL;
    if (r) {
        rk_job j = {.verb = verb->verb, .domain = RY_U8, .type = RY_B8, .a = ro_side(x), .b = ro_side(y), .out = r->data};
        if (ro_run(rt, &j, n) < 0) {
            rv_release(r);
            r = NULL;
        }
    }
    rv_release(x);
    rv_release(y);
    return r;
}

static ray_val *logic_atoms(ray_rt *rt, const ro_lift *verb, ray_val *a, ray_val *b) {
    (void)rt;
    bool x = ro_truthy(a), y = ro_truthy(b);
    return rv_b8_new(verb->verb == RK_AND ? x && y : x || y);
}

static const ro_lift and_lift = {"and", "and: cannot combine %s and %s", RK_AND, -1, RO_G_RELATION, logic_atoms, logic_arrays};
static const ro_lift or_lift = {"or", "or: cannot combine %s and %s", RK_OR, -1, RO_G_RELATION, logic_atoms, logic_arrays};

/* What is no collection counts as one truth for all elements; the null object too, which lifting would refuse. */
static ray_val *combine(ray_rt *rt, const ro_lift *verb, ray_val *a, ray_val *b) {
    ray_val *x = ro_is_collection(a) ? rv_retain(a) : rv_b8_new(ro_truthy(a));
    ray_val *y = ro_is_collection(b) ? rv_retain(b) : rv_b8_new(ro_truthy(b));
    ray_val *r = x && y ? ro_lift_binary(rt, verb, x, y) : NULL;
    rv_release(x);
    rv_release(y);
    return r;
}

ray_val *ro_and(ray_rt *rt, ray_val *a, ray_val *b) { return combine(rt, &and_lift, a, b); }
ray_val *ro_or(ray_rt *rt, ray_val *a, ray_val *b) { return combine(rt, &or_lift, a, b); }

/* ---- not ------------------------------------------------------------------------------------------------------ */

static bool has_not(int type) { return type >= RY_B8 && type <= RY_TIMESTAMP; }

static ray_val *not_of(ray_rt *rt, ray_val *v, int depth) {
    if (v->type != RY_LIST && !has_not(v->type)) return rv_b8_new(!ro_truthy(v));
    if (v->len == 0) return rv_vec_new(RY_B8, 0);
    if (v->type != RY_LIST) {
        ray_val *r = truth_of(rt, v), *zero = r ? rv_b8_new(false) : NULL, *args[2] = {r, zero};
        ray_val *flipped = zero ? ro_eq(rt, args, 2) : NULL;
        rv_release(r);
        rv_release(zero);
        return flipped;
    }
    if (depth >= RV_DEPTH_MAX) return rb_fail_null(RB_E_LIMIT, "not: lists nested deeper than %d", RV_DEPTH_MAX);
    ray_val *list = rv_vec_new(RY_LIST, v->len);
    for (int64_t i = 0; list && i < v->len; i++) {
        ray_val *r = not_of(rt, rv_list_get(v, i), depth + 1);
        if (r) {
            rv_list_set_take(list, i, r);
        } else {
            rv_release(list);
            list = NULL;
        }
    }
    return list ? ro_gather_take(list, RO_G_RELATION) : NULL;
}

RV_VERB(ro_not) {
    (void)n;
    return not_of(rt, args[0], 0);
}
