#include "arith.h"

#include "lift.h"
#include "relation.h"

#define DAY_NS ((int64_t)86400000000000)
#define MS_NS ((int64_t)1000000)

static int64_t unit_ns(int type) { return type == RY_DATE ? DAY_NS : type == RY_TIME ? MS_NS : 1; }

/* How the two operands reach the domain the verb computes in. */
static void plan(rk_job *j, enum ry_promote_class cls) {
    const int ta = j->a.type, tb = j->b.type;
    const bool real = ro_is_real(ta) || ro_is_real(tb);
    const int storage = rk_storage(j->type);
    if (ro_is_real(j->type) || (cls == RY_P_IDIV && real && j->type != RY_TIMESPAN))
        j->domain = RY_F64;
    else if (storage != RY_F32 && rk_storage(ta) == storage && rk_storage(tb) == storage &&
             rk_binary[j->verb][storage][0])
        j->domain = (int8_t)storage;
    else
        j->domain = RY_I64;
    /* A float beside a count of time is itself a count. */
    j->a.round = j->b.round = j->type == RY_TIMESPAN;
    if ((cls == RY_P_ADD || cls == RY_P_SUB) && (j->type == RY_TIMESTAMP || j->type == RY_TIMESPAN)) {
        j->a.scale = unit_ns(ta);
        j->b.scale = unit_ns(tb);
    }
    j->marks = (cls == RY_P_ADD || cls == RY_P_SUB) && (ta == RY_B8 || tb == RY_B8) && !ro_is_real(j->type);
    if (cls == RY_P_XBAR && ta == RY_TIMESTAMP && tb == RY_TIME) j->b.scale = MS_NS;
    /* A byte as modulus makes bytes of both, however wide the result. */
    if (cls == RY_P_MOD && ry_promote(cls, RY_AA, ta, tb) == RY_U8) {
        if (ta != RY_B8) j->a.via = RY_U8;
        j->b.via = RY_U8;
    }
}

/* No bucket may be zero or null. */
static int check_buckets(const rk_side *b, const ray_val *v) {
    int64_t n = b->scalar ? 1 : v->len;
    for (int64_t i = 0; i < n; i += RK_GRAIN) {
        int64_t m = n - i < RK_GRAIN ? n - i : RK_GRAIN;
        rk_acc acc;
        rk_reduce[RK_R_ALL][rk_storage(b->type)]((const char *)b->data + i * ry_width(b->type), m, b->nulls, &acc);
        bool all = ro_is_real(b->type) ? acc.u.f != 0 : acc.u.i != 0;
        if (!all || acc.n < m) return rb_fail(RB_E_DOMAIN, "xbar: a bucket must be neither zero nor null");
    }
    return 0;
}

static bool is_zero(const ray_val *v) {
    double d;
    rk_to_f64[-v->type](v->data, 1, &d, true);
    return d == 0;
}

static const ro_lift xbar_lift; /* the one that refuses such buckets */

/* One result for atoms, many if one operand is a vector. */
static ray_val *compute(ray_rt *rt, const ro_lift *verb, const ray_val *a, const ray_val *b, int type) {
    const int64_t n = a->type > 0 ? a->len : b->type > 0 ? b->len : -1;
    rk_job j = {.verb = verb->verb, .type = (int8_t)type, .a = ro_side(a), .b = ro_side(b)};
    plan(&j, verb->cls < 0 ? RY_P_CLASSES : (enum ry_promote_class)verb->cls);
    j.marks &= n >= 0;
    if (verb == &xbar_lift && j.a.type != RY_TIMESPAN && j.b.type != RY_TIMESPAN)
        RB_TRY(check_buckets(&j.b, b), NULL);
    ray_val *r = ro_result_new(type, n);
    if (!r) return NULL;
    j.out = r->data;
    int any = ro_run(rt, &j, n < 0 ? 1 : n);
    if (any < 0) {
        rv_release(r);
        return NULL;
    }
    if (n >= 0) {
        if (any && type != RY_B8 && type != RY_U8) r->attrs = RV_A_NULLS;
        return r;
    }
    /* A double that merely grew out of range is no flagged null; one that came of a null or a number over zero is. */
    if (ro_is_real(type)) {
        const bool numbers = !ro_is_temporal(-a->type) && !ro_is_temporal(-b->type);
        const bool divides = numbers && (verb->verb == RK_DIV || verb->verb == RK_MOD || verb->verb == RK_XBAR);
        any = rv_is_null(a) || rv_is_null(b) || (divides && is_zero(b));
    }
    if (any && type != RY_U8) r->attrs = RV_A_NULL;
    return r;
}

static ray_val *refuse(const ro_lift *verb, const ray_val *a, const ray_val *b) { return ro_fail_types(verb, a, b); }

static int result_type(const ro_lift *verb, const ray_val *a, const ray_val *b) {
    return ry_promote((enum ry_promote_class)verb->cls, ro_shape(a, b), ro_element_type(a), ro_element_type(b));
}

/* Two of one wide type are in the domain of their sum already: nothing is to be planned or converted. */
static ray_val *add_alike(const ro_lift *verb, const ray_val *a, const ray_val *b, int type) {
    const bool nulls = ry_null_at(type, a->data) || ry_null_at(type, b->data);
    ray_val *r = ro_result_new(type, -1);
    if (!r) return NULL;
    bool any = rk_binary[verb->verb][type][nulls](a->data, b->data, r->data, 1);
    if (type == RY_F64 ? rv_is_null(a) || rv_is_null(b) : any) r->attrs = RV_A_NULL;
    return r;
}

static bool adds_alike(const ro_lift *verb, const ray_val *a, const ray_val *b, int type) {
    const bool adds = verb->verb == RK_ADD || verb->verb == RK_SUB || verb->verb == RK_MUL;
    return adds && a->type == b->type && a->type == -type && (type == RY_I64 || type == RY_F64);
}

static bool is_integer(int type) { return type >= RY_B8 && type <= RY_I64; }

RB_OFTEN static ray_val *arith_atoms(ray_rt *rt, const ro_lift *verb, ray_val *a, ray_val *b) {
    int type = rv_is_atom(a) && rv_is_atom(b) ? result_type(verb, a, b) : RY_P_ERROR;
    if (type < 0) return refuse(verb, a, b);
    if (adds_alike(verb, a, b, type)) return add_alike(verb, a, b, type);
    /* The null of an integer over false is a boolean one, as the matrix has it for the other integers. */
    if (verb->verb == RK_MOD && b->type == -RY_B8 && !b->u.b8 && is_integer(-a->type) && !rv_is_null(a)) type = RY_B8;
    if (verb->verb == RK_MOD && is_integer(type) && type != RY_U8 && (rv_is_null(a) || rv_is_null(b)))
        type = -(a->type < b->type ? a : b)->type; /* of a null nothing is left: the wider type */
    return compute(rt, verb, a, b, type);
}

/* Integers that are divided take the type of their first result if that is null, whatever the matrix says; a column cut
 * into buckets of one wide integer stays what it is. */
static bool follows_first(enum rk_verb verb, const ray_val *a, const ray_val *b) {
    if (verb == RK_XBAR) return !(a->type > 0 && (b->type == -RY_I32 || b->type == -RY_I64));
    return verb == RK_MOD || verb == RK_IDIV;
}

static int divided_type(ray_rt *rt, const ro_lift *verb, const ray_val *a, const ray_val *b, int type) {
    ray_val *x = a->type > 0 ? rv_vec_at(a, 0) : rv_retain((ray_val *)(uintptr_t)a);
    ray_val *y = b->type > 0 ? rv_vec_at(b, 0) : rv_retain((ray_val *)(uintptr_t)b);
    ray_val *first = x && y ? arith_atoms(rt, verb, x, y) : NULL;
    rv_release(x);
    rv_release(y);
    if (!first) return RY_P_ERROR;
    if (first->attrs & RV_A_NULL) type = -first->type;
    rv_release(first);
    return type;
}

static ray_val *arith_arrays(ray_rt *rt, const ro_lift *verb, ray_val *a, ray_val *b) {
    int type = result_type(verb, a, b);
    if (type < 0) return refuse(verb, a, b);
    if (type == RY_LIST) return ro_lift_each(rt, verb, a, b, RO_G_LIST);
    if (is_integer(type) && follows_first(verb->verb, a, b)) RB_TRY(type = divided_type(rt, verb, a, b, type), NULL);
    return compute(rt, verb, a, b, type);
}

static bool is_null_atom(const ray_val *v) { return rv_is_atom(v) && rv_is_null(v); }

/* A null operand makes a null before the types are looked at. */
static ray_val *pow_atoms(ray_rt *rt, const ro_lift *verb, ray_val *a, ray_val *b) {
    const bool unknown = a->type == RY_NULL || b->type == RY_NULL;
    if (!unknown && (is_null_atom(a) || is_null_atom(b))) return rv_null_of_new(RY_F64);
    if (!rv_is_atom(a) || !rv_is_atom(b) || !ro_is_numeric(-a->type) || !ro_is_numeric(-b->type)) return refuse(verb, a, b);
    return compute(rt, verb, a, b, RY_F64);
}

static ray_val *pow_arrays(ray_rt *rt, const ro_lift *verb, ray_val *a, ray_val *b) {
    int ta = ro_element_type(a), tb = ro_element_type(b);
    if (is_null_atom(a) || is_null_atom(b)) {
        ray_val *out = rv_vec_new(RY_F64, a->type > 0 ? a->len : b->len);
        for (int64_t i = 0; out && i < out->len; i++) RV_DATA(double, out)[i] = ry_null_f64();
        if (out) out->attrs |= RV_A_NULLS;
        return out;
    }
    if (!ro_is_numeric(ta) || !ro_is_numeric(tb)) return refuse(verb, a, b);
    return compute(rt, verb, a, b, RY_F64);
}

#define ARITH(name, text, verb, cannot_text)                                                                           \
    static const ro_lift name##_lift = {text, cannot_text, RK_##verb, RY_P_##verb, RO_G_ARITH, arith_atoms, arith_arrays};
ARITH(add, "ADD", ADD, "cannot add %s and %s")
ARITH(sub, "SUB", SUB, "cannot subtract %s and %s")
ARITH(mul, "MUL", MUL, "cannot multiply %s and %s")
ARITH(div, "DIV", DIV, "cannot divide %s by %s")
ARITH(mod, "MOD", MOD, "cannot mod %s by %s")
ARITH(idiv, "div", IDIV, "cannot div %s by %s")
ARITH(xbar, "xbar", XBAR, "xbar: cannot put %s into buckets of %s")
ARITH(xbar_or_null, "xbar", XBAR, "xbar: cannot put %s into buckets of %s")
static const ro_lift pow_lift = {
    "POW", "cannot raise %s to the power of %s", RK_POW, -1, RO_G_LIST, pow_atoms, pow_arrays};

/* Two operands are all but always what comes. */
static const struct {
    rv_verb_fn fn;
    const ro_lift *verb;
} jobs[] = {{ro_add, &add_lift}, {ro_sub, &sub_lift}, {ro_mul, &mul_lift}, {ro_div, &div_lift}};

bool ro_arith_job(rv_verb_fn fn, const ray_val *a, const ray_val *b, rk_job *out) {
    const bool columns = rv_is_vector(a) || rv_is_vector(b), same = !rv_is_vector(a) || !rv_is_vector(b) || a->len == b->len;
    if (!columns || !same || (rv_is_vector(a) ? a : b)->len == 0) return false;
    if ((!rv_is_vector(a) && !rv_is_atom(a)) || (!rv_is_vector(b) && !rv_is_atom(b))) return false;
    for (size_t i = 0; i < RB_COUNT(jobs); i++) {
        if (jobs[i].fn != fn || result_type(jobs[i].verb, a, b) != RY_F64) continue;
        *out = (rk_job){.verb = jobs[i].verb->verb, .type = RY_F64, .a = ro_side(a), .b = ro_side(b)};
        plan(out, (enum ry_promote_class)jobs[i].verb->cls);
        return true;
    }
    return false;
}

static ray_val *fold(ray_rt *rt, const ro_lift *verb, ray_val *const *args, int n) {
    ray_val *r = ro_lift_binary(rt, verb, args[0], args[1]);
    for (int i = 2; r && i < n; i++) {
        ray_val *next = ro_lift_binary(rt, verb, r, args[i]);
        rv_release(r);
        r = next;
    }
    return r;
}

RV_VERB(ro_add) { return fold(rt, &add_lift, args, n); }
RV_VERB(ro_mul) { return fold(rt, &mul_lift, args, n); }

#define TWO(name)                                                                                                      \
    RV_VERB(ro_##name) {                                                                                               \
        (void)n;                                                                                                       \
        return ro_lift_binary(rt, &name##_lift, args[0], args[1]);                                                     \
    }
TWO(sub)
TWO(div)
TWO(mod)
TWO(idiv)
TWO(pow)
TWO(xbar)
TWO(xbar_or_null)
