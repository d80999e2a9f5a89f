/* Arithmetic of columns in a statement: narrow integers give I64, so that sums of columns do not overflow, and columns
 * of single floats stay such columns. Outside statements the verbs keep the type of their operands. */
#include "../ops/arith.h"
#include "statement.h"

/* What a statement does with a verb's operands. */
typedef struct arith {
    rv_verb_fn fn;
    bool widens;   /* integers become I64 */
    bool mixed;    /* even where the other operand is I64 already: the verb keeps the type of its first one */
    bool bytes;    /* U8 with U8 stays U8 */
    bool floats;   /* F32 stays F32 */
} arith;

static const arith verbs[] = {
    {ro_add, true, false, false, true},   {ro_sub, true, false, false, true},   {ro_mul, true, false, false, true},
    {ro_mod, true, false, true, true},    {ro_idiv, true, false, false, false}, {ro_xbar, true, true, false, false},
    {ro_neg, true, false, false, true},   {ro_abs, true, false, false, true},   {ro_floor, false, false, false, true},
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

/* The operand to be widened: one is enough. -1: none. */
static int narrow_operand(const arith *a, ray_val *const *v, int n) {
    if (!a->widens || !all_between(v, n, RY_B8, RY_I64)) return -1;
    if ((has_type(v, n, RY_I64) && !a->mixed) || (a->bytes && all_between(v, n, RY_U8, RY_U8))) return -1;
    for (int i = 0; i < n; i++) /* alone, a U8 has no sign that could be changed */
        if (v[i]->type >= (n == 1 ? RY_I16 : RY_U8) && v[i]->type < RY_I64) return i;
    return -1;
}

static ray_val *widened(rq_scope *s, ray_val *fn, ray_val *const *v, int n, int at) {
    ray_val *args[2] = {v[0], v[n - 1]}, *wide = ro_cast_to(s->rows->rt, v[at], RY_I64);
    if (!wide) return NULL;
    args[at] = wide;
    ray_val *out = rq_call_verb(s, fn, args, n);
    rv_release(wide);
    return out;
}

/* Through doubles: each of these verbs gives the float that it would have given directly. */
static ray_val *in_doubles(rq_scope *s, ray_val *fn, ray_val *const *v, int n) {
    ray_rt *rt = s->rows->rt;
    ray_val *args[2] = {NULL}, *wide = NULL, *out = NULL;
    bool ok = true;
    for (int i = 0; ok && i < n; i++) ok = (args[i] = ro_cast_to(rt, v[i], v[i]->type < 0 ? -RY_F64 : RY_F64)) != NULL;
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
    bool vectors = a && (rv_is_vector(v[0]) || rv_is_vector(v[n - 1]));
    int at = vectors ? narrow_operand(a, v, n) : -1;
    if (at >= 0) return widened(s, fn, v, n, at);
    bool floats = vectors && a->floats && all_between(v, n, RY_F32, RY_F32);
    return floats ? in_doubles(s, fn, v, n) : as_column(s, fn, v, n);
}
