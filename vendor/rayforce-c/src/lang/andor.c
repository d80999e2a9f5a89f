#include "special.h"
#include "env.h"

#include "../ops/ops.h"

/* `and` and `or` differ in when they stop and in how two truths meet. */
typedef struct logic {
    const char *name;
    bool stop; /* a scalar of this truth ends it */
} logic;

static bool is_collection(const ray_val *v) { return rv_is_vector(v) || rv_is_list(v); }
static uint8_t meet(const logic *l, bool a, bool b) { return l->stop ? a || b : a && b; }

/* ---- truth of elements --------------------------------------------------------------------------------------------- */

#define TRUTHS(T, x_is_true)                                                                                           \
    for (int64_t i = 0; i < n; i++) {                                                                                  \
        T x = RV_DATA(T, v)[i];                                                                                        \
        out[i] = (x_is_true);                                                                                          \
    }                                                                                                                  \
    return

/* One byte each; v is a vector. */
static void truths_into(const ray_val *v, uint8_t *out) {
    int64_t n = v->len;
    switch (v->type) {
    case RY_B8:
    case RY_U8: TRUTHS(uint8_t, x != 0);
    case RY_I16: TRUTHS(int16_t, x != 0 && x != RY_NULL_I16);
    case RY_I32:
    case RY_DATE:
    case RY_TIME: TRUTHS(int32_t, x != 0 && x != RY_NULL_I32);
    case RY_I64:
    case RY_TIMESTAMP: TRUTHS(int64_t, x != 0 && x != RY_NULL_I64);
    case RY_TIMESPAN: TRUTHS(int64_t, x != RY_NULL_I64);
    case RY_F32: TRUTHS(float, x != 0 && !ry_null_is_f32(x));
    case RY_F64: TRUTHS(double, x != 0 && !ry_null_is_f64(x));
    case RY_GUID: TRUTHS(ry_guid, !ry_null_is_guid(&x));
    case RY_SYM: TRUTHS(int32_t, x != RY_NULL_SYM);
    case RY_STR: TRUTHS(ry_strview, x.len > 0);
    default: memset(out, 0, (size_t)n);
    }
}

/* A B8 vector; for a list with collections inside the list itself, whose elements have truths of their own. */
static ray_val *truths(const ray_val *v) {
    if (v->type == RY_B8) return rv_retain((ray_val *)(uintptr_t)v);
    if (rv_is_list(v)) {
        for (int64_t i = 0; i < v->len; i++)
            if (is_collection(rv_list_get(v, i))) return rv_retain((ray_val *)(uintptr_t)v);
    }
    ray_val *t = rv_vec_new(RY_B8, v->len);
    if (t && rv_is_vector(v)) truths_into(v, t->data);
    for (int64_t i = 0; t && rv_is_list(v) && i < v->len; i++) RV_DATA(uint8_t, t)[i] = ro_truthy(rv_list_get(v, i));
    return t;
}

/* ---- combining ------------------------------------------------------------------------------------------------------ */

static ray_val *combine(rl_env *e, const logic *l, const ray_val *a, const ray_val *b);

static int lengths_check(const logic *l, const ray_val *a, const ray_val *b) {
    if (!is_collection(a) || !is_collection(b) || a->len == b->len) return 0;
    return rb_fail(RB_E_LENGTH, "%s: operand lengths must match, got %lld and %lld", l->name, (long long)a->len,
                   (long long)b->len);
}

static ray_val *element_of(const ray_val *v, int64_t i) {
    return is_collection(v) ? rv_vec_at(v, i) : rv_retain((ray_val *)(uintptr_t)v);
}

static ray_val *combine_nested(rl_env *e, const logic *l, const ray_val *a, const ray_val *b) {
    int64_t n = is_collection(a) ? a->len : b->len;
    ray_val *out = rv_vec_new(RY_LIST, n);
    for (int64_t i = 0; out && i < n; i++) {
        ray_val *x = element_of(a, i), *y = element_of(b, i), *v = x && y ? combine(e, l, x, y) : NULL;
        rv_release(x);
        rv_release(y);
        if (!v) {
            rv_release(out);
            return NULL;
        }
        rv_list_set_take(out, i, v);
    }
    return out;
}

static ray_val *combine_flat(const logic *l, const ray_val *a, const ray_val *b) {
    int64_t n = is_collection(a) ? a->len : b->len;
    ray_val *out = rv_vec_new(RY_B8, n);
    if (!out) return NULL;
    uint8_t *to = out->data;
    bool x = !is_collection(a) && ro_truthy(a), y = !is_collection(b) && ro_truthy(b);
    const uint8_t *p = is_collection(a) ? a->data : NULL, *q = is_collection(b) ? b->data : NULL;
    for (int64_t i = 0; i < n; i++) to[i] = meet(l, p ? p[i] : x, q ? q[i] : y);
    return out;
}

static ray_val *combine(rl_env *e, const logic *l, const ray_val *a, const ray_val *b) {
    if (!is_collection(a) && !is_collection(b)) return rv_b8_new(meet(l, ro_truthy(a), ro_truthy(b)));
    if (lengths_check(l, a, b) < 0 || rl_guard(e) < 0) return NULL;
    ray_val *x = is_collection(a) ? truths(a) : rv_retain((ray_val *)(uintptr_t)a);
    ray_val *y = is_collection(b) ? truths(b) : rv_retain((ray_val *)(uintptr_t)b), *v = NULL;
    if (x && y) v = rv_is_list(x) || rv_is_list(y) ? combine_nested(e, l, x, y) : combine_flat(l, x, y);
    rv_release(x);
    rv_release(y);
    return v;
}

static ray_val *run(ray_rt *rt, const logic *l, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    ray_val *acc = n ? rl_eval_form(e, args[0]) : NULL;
    for (int i = 1; acc && i < n; i++) {
        if (!is_collection(acc) && ro_truthy(acc) == l->stop) break;
        ray_val *x = rl_eval_form(e, args[i]), *v = x ? combine(e, l, acc, x) : NULL;
        rv_release(x);
        rv_release(acc);
        acc = v;
    }
    return acc;
}

ray_val *rl_and(ray_rt *rt, ray_val *const *args, int n) {
    static const logic l = {"and", false};
    return run(rt, &l, args, n);
}

ray_val *rl_or(ray_rt *rt, ray_val *const *args, int n) {
    static const logic l = {"or", true};
    return run(rt, &l, args, n);
}
