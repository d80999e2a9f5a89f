#include "lift.h"
#include "relation.h"

#define DAY_NS ((int64_t)86400000000000)
#define MS_NS ((int64_t)1000000)

static bool is_moment(int t) { return t == RY_DATE || t == RY_TIME || t == RY_TIMESTAMP; }
static bool is_equality(enum rk_verb v) { return v == RK_EQ || v == RK_NE; }

/* Element types that can be put in relation. */
static bool comparable(int a, int b) {
    if (a == RY_TIMESPAN) return ro_is_numeric(b) || b == RY_TIME || b == RY_TIMESTAMP || b == RY_TIMESPAN;
    if (b == RY_TIMESPAN) return comparable(b, a);
    return a == b || (ro_is_numeric(a) && ro_is_numeric(b)) || (is_moment(a) && is_moment(b));
}

/* What a unit counts when both sides are nanoseconds. */
static int64_t unit_ns(int type) { return type == RY_DATE ? DAY_NS : type == RY_TIME ? MS_NS : 1; }

typedef struct text_run {
    enum rk_verb verb;
    rk_text_side a, b;
    uint8_t *out;
} text_run;

static int text_range(void *ctx, int64_t begin, int64_t end, int worker) {
    const text_run *t = ctx;
    (void)worker;
    rk_text_range(t->verb, &t->a, &t->b, t->out, begin, end);
    return 0;
}

static bool is_text_relation(enum rk_verb verb, int type) {
    return type == RY_STR || (type == RY_SYM && !is_equality(verb));
}

/* Comparable operands that are no texts. */
static rk_job number_job(enum rk_verb verb, const ray_val *a, const ray_val *b) {
    const int ta = ro_element_type(a), tb = ro_element_type(b);
    rk_job j = {.verb = verb, .type = RY_B8, .a = ro_side(a), .b = ro_side(b)};
    j.a.nulls = j.b.nulls = true; /* a sentinel is smallest, announced or not */
    if (ta != tb && !(ro_is_numeric(ta) && ro_is_numeric(tb))) {
        j.a.scale = unit_ns(ta);
        j.b.scale = unit_ns(tb);
        j.a.saturate = j.b.saturate = true;
        /* A timespan is compared with the time of day of a moment. */
        if (ta == RY_TIMESTAMP && tb == RY_TIMESPAN) j.a.within = DAY_NS;
        if (tb == RY_TIMESTAMP && ta == RY_TIMESPAN) j.b.within = DAY_NS;
    }
    const int storage = rk_storage(j.a.type);
    if (storage == rk_storage(j.b.type) && j.a.scale == 1 && j.b.scale == 1 && !j.a.within && !j.b.within)
        j.domain = (int8_t)storage;
    else
        j.domain = ro_is_real(j.a.type) || ro_is_real(j.b.type) ? RY_F64 : RY_I64;
    return j;
}

/* Comparable operands; n -1 for atoms. */
static ray_val *relate(ray_rt *rt, enum rk_verb verb, const ray_val *a, const ray_val *b) {
    const int64_t n = a->type > 0 ? a->len : b->type > 0 ? b->len : -1, count = n < 0 ? 1 : n;
    const int ta = ro_element_type(a);
    ray_val *r = ro_result_new(RY_B8, n);
    if (!r) return NULL;
    int done;
    if (is_text_relation(verb, ta)) {
        text_run t = {verb, {ro_text_at, a, a->type < 0}, {ro_text_at, b, b->type < 0}, r->data};
        done = ro_parallel(rt, count, RK_GRAIN, text_range, &t);
    } else {
        rk_job j = number_job(verb, a, b);
        j.out = r->data;
        done = ro_run(rt, &j, count);
    }
    if (done >= 0) return r;
    rv_release(r);
    return NULL;
}

static ray_val *relation_atoms(ray_rt *rt, const ro_lift *verb, ray_val *a, ray_val *b) {
    if (rv_is_atom(a) && rv_is_atom(b) && comparable(-a->type, -b->type)) return relate(rt, verb->verb, a, b);
    if (!is_equality(verb->verb)) return ro_fail_types(verb, a, b);
    /* Beside a null, equality asks for nullness alone; not of a timespan. */
    const bool spans = a->type == -RY_TIMESPAN || b->type == -RY_TIMESPAN;
    const bool na = (rv_is_atom(a) || a->type == RY_NULL) && rv_is_null(a);
    const bool nb = (rv_is_atom(b) || b->type == RY_NULL) && rv_is_null(b);
    if ((!na && !nb) || (spans && a->type != RY_NULL && b->type != RY_NULL)) return ro_fail_types(verb, a, b);
    return rv_b8_new((na == nb) == (verb->verb == RK_EQ));
}

static ray_val *relation_arrays(ray_rt *rt, const ro_lift *verb, ray_val *a, ray_val *b) {
    const int ta = ro_element_type(a), tb = ro_element_type(b);
    if (comparable(ta, tb)) return relate(rt, verb->verb, a, b);
    if (!is_equality(verb->verb) || ta == RY_TIMESPAN || tb == RY_TIMESPAN) return ro_fail_types(verb, a, b);
    /* A null atom of another type stands for the null of the vector's; else every pair must hold a null. */
    ray_val *v = a->type > 0 ? a : b, *atom = a->type > 0 ? b : a;
    if (atom->type > 0 || !rv_is_null(atom)) return ro_lift_each(rt, verb, a, b, RO_G_RELATION);
    const bool bytes = v->type == RY_B8 || v->type == RY_U8;
    ray_val *null = rv_null_of_new(bytes ? RY_I64 : v->type);
    ray_val *r = null ? relate(rt, verb->verb, v, null) : NULL;
    rv_release(null);
    return r;
}

#define RELATION(name, verb, cannot)                                                                                   \
    static const ro_lift name##_lift = {#verb, cannot, RK_##verb, -1, RO_G_RELATION, relation_atoms, relation_arrays}; \
    RV_VERB(ro_##name) {                                                                                               \
        (void)n;                                                                                                       \
        return ro_lift_binary(rt, &name##_lift, args[0], args[1]);                                                     \
    }
RELATION(eq, EQ, "=: incomparable operand types, got %s and %s")
RELATION(ne, NE, "!=: incomparable operand types, got %s and %s")
RELATION(lt, LT, "cannot compare %s and %s")
RELATION(le, LE, "cannot compare %s and %s")
RELATION(gt, GT, "cannot compare %s and %s")
RELATION(ge, GE, "cannot compare %s and %s")

static const struct {
    rv_verb_fn fn;
    enum rk_verb verb;
} relations[] = {{ro_eq, RK_EQ}, {ro_ne, RK_NE}, {ro_lt, RK_LT}, {ro_le, RK_LE}, {ro_gt, RK_GT}, {ro_ge, RK_GE}};

bool ro_relation_job(rv_verb_fn fn, const ray_val *a, const ray_val *b, rk_job *out) {
    if (!rv_is_vector(a) && !rv_is_vector(b)) return false;
    if ((!rv_is_vector(a) && !rv_is_atom(a)) || (!rv_is_vector(b) && !rv_is_atom(b))) return false;
    if (!comparable(ro_element_type(a), ro_element_type(b))) return false;
    for (size_t i = 0; i < RB_COUNT(relations); i++) {
        if (relations[i].fn != fn || is_text_relation(relations[i].verb, ro_element_type(a))) continue;
        *out = number_job(relations[i].verb, a, b);
        return true;
    }
    return false;
}

/* ---- within --------------------------------------------------------------------------------------------------- */

static bool has_within(int type) {
    return type == RY_I32 || type == RY_I64 || type == RY_F64 || type == RY_DATE || type == RY_TIME;
}

RV_VERB(ro_within) {
    (void)n;
    ray_val *v = args[0], *range = args[1];
    if (!rv_is_vector(v) || !rv_is_vector(range))
        return rb_fail_null(RB_E_TYPE, "within: expects a vector and a vector of two bounds, got %s and %s",
                            ry_name(v->type), ry_name(range->type));
    if (range->len != 2)
        return rb_fail_null(RB_E_LENGTH, "within: expects two bounds, got %lld", (long long)range->len);
    if (!has_within(v->type) || (v->len && v->type != range->type))
        return rb_fail_null(RB_E_TYPE, "within: expects I32, I64, F64, DATE or TIME and bounds of that type, got %s and %s",
                            ry_name(v->type), ry_name(range->type));
    if (v->len == 0) return rv_vec_new(RY_B8, 0);
    ray_val *low = rv_vec_at(range, 0), *high = rv_vec_at(range, 1);
    ray_val *above = low && high ? relate(rt, RK_GE, v, low) : NULL, *below = above ? relate(rt, RK_LE, v, high) : NULL;
    rv_release(low);
    rv_release(high);
    if (below) {
        rk_job j = {.verb = RK_AND, .domain = RY_U8, .type = RY_B8, .a = ro_side(above), .b = ro_side(below)};
        j.out = above->data;
        if (ro_run(rt, &j, v->len) >= 0) {
            rv_release(below);
            return above;
        }
    }
    rv_release(above);
    rv_release(below);
    return NULL;
}
