#include "higher.h"
#include "code.h"
#include "env.h"

#include "../ops/ops.h"

/* ---- what is called, with what -------------------------------------------------------------------------------------- */

static bool is_collection(const ray_val *v) { return rv_is_vector(v) || rv_is_list(v); }

static int needs(const char *verb, int n, int wanted) {
    if (n >= wanted) return 0;
    return rb_fail(RB_E_DOMAIN, "%s: expected at least %d arguments, got %d", verb, wanted, n);
}

/* Lambdas and the builtins of one or two arguments; those that take any number, and special forms, are not for this.
 * Asked when it is called: with nothing to call it for, anything passes. */
static int needs_function(const ray_val *f) {
    if (f->type == RY_LAMBDA) return 0;
    if (f->type == RY_UNARY || f->type == RY_BINARY) {
        const rv_builtin *row = f->u.builtin.row;
        if (!row || !(row->flags & RV_F_SPECIAL)) return 0;
    }
    return rb_fail(RB_E_TYPE, "expected a function of one or two arguments, got %s%s",
                   rv_is_callable(f) && f->type != RY_LAMBDA ? "the builtin " : "",
                   rv_is_callable(f) && f->type != RY_LAMBDA ? rv_builtin_name(f) : ry_name(f->type));
}

static int needs_collection(const char *verb, const ray_val *c) {
    if (is_collection(c)) return 0;
    return rb_fail(RB_E_TYPE, "%s: expected a vector or a list, got %s", verb, ry_name(c->type));
}

static ray_val *call_one(rl_env *e, ray_val *f, ray_val *x) {
    RB_TRY(needs_function(f), NULL);
    if (f->type == RY_BINARY)
        return rb_fail_null(RB_E_TYPE, "%s needs two arguments, got one", rv_builtin_name(f));
    return rl_apply(e, f, &x, 1);
}

/* A unary builtin looks at the first only, unless it can take both. */
static ray_val *call_two(rl_env *e, ray_val *f, ray_val *x, ray_val *y) {
    RB_TRY(needs_function(f), NULL);
    ray_val *args[2] = {x, y};
    bool one = f->type == RY_UNARY && f->u.builtin.row && f->u.builtin.row->max == 1;
    return rl_apply(e, f, args, one ? 1 : 2);
}

/* f of two arguments that it may borrow, one of them element i of a collection. */
static ray_val *call_left(rl_env *e, ray_val *f, const ray_val *c, int64_t i, ray_val *y) {
    ray_val *x = rv_vec_at(c, i), *v = x ? call_two(e, f, x, y) : NULL;
    rv_release(x);
    return v;
}

static ray_val *call_right(rl_env *e, ray_val *f, ray_val *x, const ray_val *c, int64_t i) {
    ray_val *y = rv_vec_at(c, i), *v = y ? call_two(e, f, x, y) : NULL;
    rv_release(y);
    return v;
}

/* Puts v (null: failed) at i; on failure the list is gone too. */
static bool put(ray_val *list, int64_t i, ray_val *v) {
    if (v) rv_list_set_take(list, i, v);
    else rv_release(list);
    return v;
}

/* ---- map ------------------------------------------------------------------------------------------------------------ */

static ray_val *map_one(rl_env *e, ray_val *f, const ray_val *c) {
    ray_val *out = rv_vec_new(RY_LIST, c->len);
    for (int64_t i = 0; out && i < c->len; i++) {
        ray_val *x = rv_vec_at(c, i), *v = x ? call_one(e, f, x) : NULL;
        rv_release(x);
        if (!put(out, i, v)) return NULL;
    }
    return out;
}

static ray_val *each_right(rl_env *e, ray_val *f, ray_val *x, const ray_val *c) {
    ray_val *out = rv_vec_new(RY_LIST, c->len);
    for (int64_t i = 0; out && i < c->len; i++)
        if (!put(out, i, call_right(e, f, x, c, i))) return NULL;
    return out;
}

static ray_val *each_left(rl_env *e, ray_val *f, const ray_val *c, ray_val *y) {
    ray_val *out = rv_vec_new(RY_LIST, c->len);
    for (int64_t i = 0; out && i < c->len; i++)
        if (!put(out, i, call_left(e, f, c, i, y))) return NULL;
    return out;
}

ray_val *rl_map(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    if (needs("map", n, 2) < 0) return NULL;
    if (n > 2 && rv_is_atom(args[2])) return call_two(e, args[0], args[1], args[2]);
    const ray_val *c = args[n > 2 ? 2 : 1];
    if (needs_collection("map", c) < 0) return NULL;
    return n > 2 ? each_right(e, args[0], args[1], c) : map_one(e, args[0], c);
}

/* Results as `enlist` puts them together; of an atom, the result itself. */
ray_val *rl_map_left(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    if (n != 3) return rb_fail_null(RB_E_DOMAIN, "map-left: expected 3 arguments, got %d", n);
    if (!is_collection(args[1])) return call_two(e, args[0], args[1], args[2]);
    return rl_gather_take(each_left(e, args[0], args[1], args[2]));
}

ray_val *rl_map_right(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    if (n != 3) return rb_fail_null(RB_E_DOMAIN, "map-right: expected 3 arguments, got %d", n);
    if (!is_collection(args[2])) return call_two(e, args[0], args[1], args[2]);
    return rl_gather_take(each_right(e, args[0], args[1], args[2]));
}

ray_val *rl_apply_pairs(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    if (needs("apply", n, 3) < 0) return NULL;
    if (rv_is_atom(args[1]) && rv_is_atom(args[2])) return call_two(e, args[0], args[1], args[2]);
    if (needs_collection("apply", args[1]) < 0 || needs_collection("apply", args[2]) < 0) return NULL;
    int64_t len = args[1]->len < args[2]->len ? args[1]->len : args[2]->len;
    ray_val *out = rv_vec_new(RY_LIST, len);
    for (int64_t i = 0; out && i < len; i++) {
        ray_val *x = rv_vec_at(args[1], i), *v = x ? call_right(e, args[0], x, args[2], i) : NULL;
        rv_release(x);
        if (!put(out, i, v)) return NULL;
    }
    return out;
}

/* ---- fold ----------------------------------------------------------------------------------------------------------- */

/* The start of a fold and what is left to go through. */
typedef struct span {
    const ray_val *c;
    int64_t from, to;
    ray_val *acc; /* owned */
} span;

static int span_of(const char *verb, ray_val *const *args, int n, bool right, span *s) {
    if (needs(verb, n, 2) < 0) return -1;
    const ray_val *c = args[n > 2 ? 2 : 1];
    RB_TRY(needs_collection(verb, c), -1);
    *s = (span){c, 0, c->len, NULL};
    if (n > 2) {
        s->acc = rv_retain(args[1]);
        return 0;
    }
    if (c->len == 0) return rb_fail(RB_E_DOMAIN, "%s: an empty collection needs a first value", verb);
    s->acc = rv_vec_at(c, right ? --s->to : s->from++);
    return s->acc ? 0 : -1;
}

static ray_val *step_take(rl_env *e, ray_val *f, ray_val *acc, const ray_val *c, int64_t i) {
    ray_val *v = call_right(e, f, acc, c, i);
    rv_release(acc);
    return v;
}

static ray_val *step_back_take(rl_env *e, ray_val *f, ray_val *acc, const ray_val *c, int64_t i) {
    ray_val *v = call_left(e, f, c, i, acc);
    rv_release(acc);
    return v;
}

ray_val *rl_fold(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    span s;
    RB_TRY(span_of("fold", args, n, false, &s), NULL);
    for (int64_t i = s.from; s.acc && i < s.to; i++) s.acc = step_take(e, args[0], s.acc, s.c, i);
    return s.acc;
}

ray_val *rl_fold_right(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    span s;
    RB_TRY(span_of("fold-right", args, n, true, &s), NULL);
    for (int64_t i = s.to; s.acc && i-- > s.from;) s.acc = step_back_take(e, args[0], s.acc, s.c, i);
    return s.acc;
}

ray_val *rl_fold_while(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    if (n != 4) return rb_fail_null(RB_E_DOMAIN, "fold-while: expected 4 arguments (test, function, first, collection), got %d", n);
    const ray_val *c = args[3];
    RB_TRY(needs_collection("fold-while", c), NULL);
    ray_val *acc = rv_retain(args[2]);
    for (int64_t i = 0; acc && i < c->len; i++) {
        ray_val *go = call_one(e, args[0], acc);
        if (!go) {
            rv_release(acc);
            return NULL;
        }
        bool yes = ro_truthy(go);
        rv_release(go);
        if (!yes) break;
        acc = step_take(e, args[1], acc, c, i);
    }
    return acc;
}

/* ---- scan ----------------------------------------------------------------------------------------------------------- */

static int scan_check(const char *verb, ray_val *const *args, int n) {
    if (needs(verb, n, 2) < 0) return -1;
    return needs_collection(verb, args[1]);
}

/* Running sums and products of numbers are numbers of the same type; all else is a list. */
static bool scan_keeps_type(const ray_val *f, const ray_val *c) {
    bool number = c->type == RY_I16 || c->type == RY_I32 || c->type == RY_I64 || c->type == RY_F64;
    if (!number || c->len == 0 || f->type != RY_BINARY || !f->u.builtin.row) return false;
    return strcmp(f->u.builtin.row->name, "+") == 0 || strcmp(f->u.builtin.row->name, "*") == 0;
}

/* Every element must be made before it is used: the first is the collection's own. */
ray_val *rl_scan(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    RB_TRY(scan_check("scan", args, n), NULL);
    const ray_val *c = args[1];
    ray_val *out = rv_vec_new(RY_LIST, c->len);
    for (int64_t i = 0; out && i < c->len; i++) {
        ray_val *v = i ? call_right(e, args[0], rv_list_get(out, i - 1), c, i) : rv_vec_at(c, 0);
        if (!put(out, i, v)) return NULL;
    }
    return out && scan_keeps_type(args[0], c) ? ro_collapse_take(out) : out;
}

ray_val *rl_scan_right(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    RB_TRY(scan_check("scan-right", args, n), NULL);
    const ray_val *c = args[1];
    ray_val *out = rv_vec_new(RY_LIST, c->len);
    for (int64_t i = c->len; out && i-- > 0;) {
        bool last = i == c->len - 1;
        ray_val *v = last ? rv_vec_at(c, i) : call_left(e, args[0], c, i, rv_list_get(out, i + 1));
        if (!put(out, i, v)) return NULL;
    }
    return out;
}

/* Is it a comparison of the elements of such a vector, symbols for equality only? */
static bool compares(const ray_val *f, const ray_val *c) {
    static const char *const names[] = {"==", "!=", "<", "<=", ">", ">="};
    const bool numbers = ry_is_fixed(c->type) && c->type != RY_B8 && c->type != RY_TIMESPAN && c->type != RY_GUID;
    const size_t n = c->type == RY_SYM ? 2 : numbers ? RB_COUNT(names) : 0;
    for (size_t i = 0; f->type == RY_BINARY && i < n; i++)
        if (strcmp(rv_builtin_name(f), names[i]) == 0) return true;
    return false;
}

/* Comparisons of neighbours in a vector without nulls make a vector of truths. */
static bool prior_is_mask(const ray_val *f, const ray_val *c, const ray_val *out) {
    const bool nulls = c->type != RY_SYM && (c->attrs & RV_A_NULLS);
    if (!compares(f, c) || nulls || out->len == 0) return false;
    for (int64_t i = 0; i < out->len; i++)
        if (rv_list_get(out, i)->type != -RY_B8) return false;
    return true;
}

ray_val *rl_prior(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    RB_TRY(scan_check("prior", args, n), NULL);
    const ray_val *c = args[1];
    ray_val *out = rv_vec_new(RY_LIST, c->len);
    for (int64_t i = 0; out && i < c->len; i++) {
        ray_val *before = rv_vec_at(c, i ? i - 1 : 0), *v = before ? call_left(e, args[0], c, i, before) : NULL;
        rv_release(before);
        if (!put(out, i, v)) return NULL;
    }
    return out && prior_is_mask(args[0], c, out) ? ro_collapse_take(out) : out;
}
