/* The smaller or greater of two, and nulls replaced. */
#include "arith.h"
#include "lift.h"

/* As a relation sees it; both of one kind or the call fails. */
static int before(ray_rt *rt, ray_val *a, ray_val *b, bool greatest) {
    ray_val *args[2] = {a, b};
    ray_val *r = greatest ? ro_ge(rt, args, 2) : ro_le(rt, args, 2);
    if (!r) return -1;
    int yes = r->u.b8;
    rv_release(r);
    return yes;
}

static bool is_same_kind(int type) { return type == RY_SYM || type == RY_STR || type == RY_GUID; }

/* Numbers of one result type. */
static ray_val *compute(ray_rt *rt, const ro_lift *verb, const ray_val *a, const ray_val *b, int type) {
    const int64_t n = a->type > 0 ? a->len : b->type > 0 ? b->len : -1;
    const int storage = rk_storage(type);
    rk_job j = {.verb = verb->verb, .type = (int8_t)type, .a = ro_side(a), .b = ro_side(b)};
    j.domain = ro_is_real(type) ? RY_F64 : RY_I64;
    if (storage == rk_storage(j.a.type) && storage == rk_storage(j.b.type) && rk_binary[j.verb][storage][0])
        j.domain = (int8_t)storage;
    ray_val *r = ro_result_new(type, n);
    if (!r) return NULL;
    j.out = r->data;
    int any = ro_run(rt, &j, n < 0 ? 1 : n);
    if (any < 0) {
        rv_release(r);
        return NULL;
    }
    if (any && type != RY_B8 && type != RY_U8) r->attrs = n < 0 ? RV_A_NULL : RV_A_NULLS;
    return r;
}

static ray_val *extreme_atoms(ray_rt *rt, const ro_lift *verb, ray_val *a, ray_val *b) {
    if (!rv_is_atom(a) || !rv_is_atom(b)) return ro_fail_types(verb, a, b);
    int type = a->type == b->type && is_same_kind(-a->type)
                   ? RY_P_CHOSEN
                   : ry_promote(RY_P_EXTREME, RY_AA, -a->type, -b->type);
    if (type == RY_P_ERROR) return ro_fail_types(verb, a, b);
    bool moments = (type == RY_TIMESTAMP && a->type != b->type);
    if (type != RY_P_CHOSEN && !moments) return compute(rt, verb, a, b, type);
    int first = before(rt, a, b, verb->verb == RK_MAX);
    if (first < 0) return NULL;
    ray_val *chosen = first ? a : b;
    if (!moments || chosen->type == -RY_TIMESTAMP) return rv_retain(chosen);
    return ro_cast_to(rt, chosen, -RY_TIMESTAMP);
}

static ray_val *extreme_arrays(ray_rt *rt, const ro_lift *verb, ray_val *a, ray_val *b) {
    int ta = ro_element_type(a), tb = ro_element_type(b);
    if (ta == tb && is_same_kind(ta)) return ro_lift_each(rt, verb, a, b, RO_G_LIST);
    int type = ry_promote(RY_P_EXTREME, ro_shape(a, b), ta, tb);
    if (type == RY_P_ERROR) return ro_fail_types(verb, a, b);
    if (type == RY_P_CHOSEN && a->type == RY_TIMESPAN && tb == RY_I32) {
        /* Beside a vector of timespans an i32 counts as the i64 it would be beside other numbers. */
        ray_val *wide = ro_cast_to(rt, b, b->type < 0 ? -RY_I64 : RY_I64);
        ray_val *r = wide ? ro_lift_each(rt, verb, a, wide, RO_G_FIRST) : NULL;
        rv_release(wide);
        return r;
    }
    if (type == RY_P_CHOSEN || (type == RY_TIMESTAMP && ta != tb)) return ro_lift_each(rt, verb, a, b, RO_G_FIRST);
    return compute(rt, verb, a, b, type);
}

#define EXTREME(name, verb)                                                                                            \
    static const ro_lift name##_lift = {                                                                               \
        #name, #name ": cannot compare %s and %s", verb, RY_P_EXTREME, RO_G_SAME, extreme_atoms, extreme_arrays};
EXTREME(min, RK_MIN)
EXTREME(max, RK_MAX)

ray_val *ro_min_of(ray_rt *rt, ray_val *a, ray_val *b) { return ro_lift_binary(rt, &min_lift, a, b); }
ray_val *ro_max_of(ray_rt *rt, ray_val *a, ray_val *b) { return ro_lift_binary(rt, &max_lift, a, b); }

/* ---- fill ----------------------------------------------------------------------------------------------------- */

static ray_val *fill_atoms(ray_rt *rt, const ro_lift *verb, ray_val *r, ray_val *x) {
    (void)rt, (void)verb;
    return rv_retain(rv_is_null(x) ? r : x);
}

static bool is_first_null(const ray_val *x) {
    if (x->type < 0) return rv_is_null(x);
    if (!(x->attrs & RV_A_NULLS) && !ro_is_real(x->type)) return false;
    return ry_null_at(x->type, x->data);
}

static bool is_int(int type) { return ry_class_of(type) == RY_C_INT; }

/* What begins as a column of numbers has no place for a filler of another kind. */
static ray_val *filled_one_by_one(ray_rt *rt, const ro_lift *verb, ray_val *r, ray_val *x) {
    ray_val *out = ro_lift_each(rt, verb, r, x, RO_G_FIRST);
    if (!out || out->type != RY_LIST || out->len == 0) return out;
    const ray_val *first = rv_list_get(out, 0);
    if (!rv_is_atom(first) || first->type == -RY_F32 || !rk_to_i64[-first->type]) return out;
    rv_release(out);
    return ro_fail_types(verb, r, x);
}

/* The result takes the type of its first element, but among integers the wider for a vector of fillers; a type without a loop
 * becomes a list. */
static ray_val *fill_arrays(ray_rt *rt, const ro_lift *verb, ray_val *r, ray_val *x) {
    int tr = ro_element_type(r), tx = ro_element_type(x);
    if (!rk_to_i64[tr] || !rk_to_i64[tx]) return filled_one_by_one(rt, verb, r, x);
    int type = is_first_null(x) ? tr : tx;
    if (is_int(tr) && is_int(tx) && r->type < 0 && !rv_is_null(r)) type = tx;
    if ((is_int(tr) || tr == RY_TIMESPAN) && is_int(tx) && r->type > 0 && !is_first_null(x))
        type = ry_promote(RY_P_EXTREME, ro_shape(r, x), tr == RY_TIMESPAN ? RY_I64 : tr, tx);
    if (type == RY_F32) return ro_lift_each(rt, verb, r, x, RO_G_LIST);
    return compute(rt, verb, r, x, type);
}

static const ro_lift fill_lift = {"fill", "fill: cannot fill %s and %s", RK_FILL, -1, RO_G_LIST, fill_atoms, fill_arrays};

RV_VERB(ro_fill) {
    (void)n;
    /* A dict has no nulls to fill, whatever the filler. */
    if (args[1]->type == RY_DICT && args[0]->type != RY_NULL) return rv_retain(args[1]);
    return ro_lift_binary(rt, &fill_lift, args[0], args[1]);
}
