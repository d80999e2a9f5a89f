/* Arithmetic of columns in a statement: narrow integers give I64, so that sums of columns do not overflow, and columns
 * of single floats stay such columns. Outside statements the verbs keep the type of their operands. */
#include "../ops/arith.h"
#include "statement.h"

/* What a statement does with a verb's operands. */
typedef struct arith {
    rv_verb_fn fn;
    bool widens;  /* integers become I64 */
    bool follows; /* the verb's type follows one operand, so that each must be widened */
    bool bytes;   /* beside a U8 on the right the result has the type of what stands on the left */
    bool floats;  /* F32 stays F32 */
} arith;

static const arith verbs[] = {
    {ro_add, true, false, false, true},    {ro_sub, true, false, false, true},    {ro_mul, true, false, false, true},
    {ro_mod, true, true, true, true},      {ro_idiv, true, true, false, false},   {ro_xbar, true, true, true, false},
    {ro_neg, true, false, false, true},    {ro_abs, true, false, false, true},    {ro_floor, false, false, false, true},
    {ro_round, false, false, false, true}, {ro_ceil, false, false, false, true},
};

static const arith *arith_of(const ray_val *fn) {
    const rv_builtin *row = fn->type == RY_LAMBDA ? NULL : fn->u.builtin.row;
    for (size_t i = 0; row && i < RB_COUNT(verbs); i++)
        if (verbs[i].fn == row->fn) return &verbs[i];
    return NULL;
}

static int element_type(const ray_val *v) { return v->type < 0 ? -v->type : v->type; }

static bool all_between(ray_val *const *v, int n, int lo, int hi) {
    bool all = true;
    for (int i = 0; i < n; i++) all &= element_type(v[i]) >= lo && element_type(v[i]) <= hi;
    return all;
}

static bool has_type(ray_val *const *v, int n, int type) {
    for (int i = 0; i < n; i++)
        if (element_type(v[i]) == type) return true;
    return false;
}

static bool has_vector(ray_val *const *v, int n) { return rv_is_vector(v[0]) || rv_is_vector(v[n - 1]); }

static bool is_narrow(const ray_val *v, int n) {
    /* alone, a U8 has no sign that could be changed */
    return element_type(v) >= (n == 1 ? RY_I16 : RY_B8) && element_type(v) < RY_I64;
}

/* Of two numbers. Constants of 32 bits stay such, unless the other one is wider. */
static int wide_type(const arith *a, ray_val *const *v) {
    const int left = element_type(v[0]), right = element_type(v[1]);
    if (left > RY_I64) return a->fn == ro_idiv ? RY_I64 : RY_F64;
    if (!has_vector(v, 2) && a->fn != ro_idiv && left < RY_I64 && right < RY_I64 && (left == RY_I32 || right == RY_I32))
        return RY_I32;
    if (a->bytes && right == RY_U8) return left == RY_B8 ? RY_U8 : left;
    return RY_I64;
}

/* Does the verb, left alone, not do what statements do? */
static bool is_to_be_widened(const arith *a, ray_val *const *v, int n) {
    if (!a->widens || !all_between(v, 1, RY_B8, a->follows ? RY_F64 : RY_I64)) return false;
    if (n == 1) return is_narrow(v[0], 1);
    if (!all_between(v + 1, 1, RY_B8, RY_I64)) return false;
    if (a->bytes && has_vector(v, n) && all_between(v, n, RY_U8, RY_U8)) return false;
    return a->follows ? is_narrow(v[0], n) || is_narrow(v[1], n) : !has_type(v, n, RY_I64);
}

static ray_val *to_type(ray_rt *rt, ray_val *v, int type) { return ro_cast_to(rt, v, v->type < 0 ? -type : type); }

static ray_val *widened(rq_scope *s, const arith *a, ray_val *fn, ray_val *const *v, int n) {
    ray_rt *rt = s->rows->rt;
    ray_val *args[2] = {rv_retain(v[0]), rv_retain(v[n - 1])}, *out = NULL;
    bool ok = true, one = false;
    for (int i = n - 1; ok && i >= 0; i--) {
        if (!is_narrow(v[i], n) || (one && !a->follows)) continue;
        ray_val *wide = to_type(rt, v[i], RY_I64);
        one = true;
        if ((ok = wide != NULL)) {
            rv_release(args[i]);
            args[i] = wide;
        }
    }
    if (ok) out = rq_call_verb(s, fn, args, n);
    rv_release(args[0]);
    rv_release(args[1]);
    const int type = n == 1 ? RY_I64 : wide_type(a, v);
    if (!out || element_type(out) == type) return out;
    ray_val *cast = to_type(rt, out, type);
    rv_release(out);
    return cast;
}

/* Through doubles: each of these verbs gives the float that it would have given directly. */
static ray_val *in_doubles(rq_scope *s, ray_val *fn, ray_val *const *v, int n) {
    ray_rt *rt = s->rows->rt;
    ray_val *args[2] = {NULL}, *wide = NULL, *out = NULL;
    bool ok = true;
    for (int i = 0; ok && i < n; i++) ok = (args[i] = to_type(rt, v[i], RY_F64)) != NULL;
    if (ok) wide = rq_call_verb(s, fn, args, n);
    if (wide) out = ro_cast_to(rt, wide, RY_F32);
    rv_release(wide);
    for (int i = 0; i < n; i++) rv_release(args[i]);
    return out;
}

static bool of_elements(const ray_val *fn) {
    const rv_builtin *row = fn->type == RY_LAMBDA ? NULL : fn->u.builtin.row;
    return row && (row->flags & RV_F_ATOMIC);
}

/* Verbs of elements that make lists of texts and symbols elsewhere make columns of them here. */
static ray_val *as_column(rq_scope *s, ray_val *fn, ray_val *const *v, int n) {
    ray_val *out = rq_call_verb(s, fn, v, n);
    return of_elements(fn) && !has_type(v, n, RY_LIST) ? ro_collapse_take(out) : out;
}

ray_val *rq_call_over_rows(rq_scope *s, ray_val *fn, ray_val *const *v, int n) {
    const arith *a = n == 1 || n == 2 ? arith_of(fn) : NULL;
    if (a && is_to_be_widened(a, v, n)) return widened(s, a, fn, v, n);
    bool floats = a && a->floats && has_vector(v, n) && all_between(v, n, RY_F32, RY_F32);
    return floats ? in_doubles(s, fn, v, n) : as_column(s, fn, v, n);
}
