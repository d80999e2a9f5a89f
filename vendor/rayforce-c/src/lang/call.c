#include "env.h"

#include "../base/alloc.h"
#include "../ops/relation.h"

#define ARGS_INLINE 8

/* ---- arguments --------------------------------------------------------------------------------------------------- */

static void args_release(ray_val **args, int n) {
    for (int i = 0; i < n; i++) rv_release(args[i]);
}

static bool is_literal(const ray_val *form) {
    return form->type != RY_LIST && (form->type != -RY_SYM || (form->attrs & RV_A_QUOTED));
}

/* Left to right; the first failure ends it, and what was made is released. */
static int args_eval(rl_env *e, ray_val *const *forms, int n, ray_val **args) {
    for (int i = 0; i < n; i++) {
        if ((args[i] = rl_eval_form(e, forms[i]))) continue;
        args_release(args, i);
        return -1;
    }
    return 0;
}

/* ---- builtins ---------------------------------------------------------------------------------------------------- */

static const char *plural(int n) { return n == 1 ? "" : "s"; }

static int arity_fail(const rv_builtin *row, int n) {
    if (row->min == row->max)
        return rb_fail(RB_E_ARITY, "%s: expected %d argument%s, got %d", row->name, row->min, plural(row->min), n);
    if (row->max < 0)
        return rb_fail(RB_E_ARITY, "%s: expected at least %d argument%s, got %d", row->name, row->min, plural(row->min), n);
    return rb_fail(RB_E_ARITY, "%s: expected %d to %d arguments, got %d", row->name, row->min, row->max, n);
}

RB_OFTEN static int builtin_check(const rl_env *e, const rv_builtin *row, int n) {
    if (n < row->min || (row->max >= 0 && n > row->max)) return arity_fail(row, n);
    if ((row->flags & RV_F_RESTRICTED) && e->rt->restricted)
        return rb_fail(RB_E_ACCESS, "%s is not allowed in restricted mode", row->name);
    return 0;
}

/* The untyped null is no operand, except of the few verbs that ask about it. */
static int null_check(const rv_builtin *row, ray_val *const *args, int n) {
    if (row->type == RY_VARIADIC || (row->flags & (RV_F_NULLS | RV_F_SPECIAL))) return 0;
    for (int i = 0; i < n; i++)
        if (args[i]->type == RY_NULL)
            return rb_fail(RB_E_TYPE, "%s: argument %d is null, expected a value", row->name, i + 1);
    return 0;
}

RB_OFTEN static ray_val *builtin_run(rl_env *e, const rv_builtin *row, ray_val *const *args, int n) {
    RB_TRY(null_check(row, args, n), NULL);
    ray_val *v = row->flags & RV_F_FOREIGN ? rv_foreign_call(row, args, n) : row->fn(e->rt, args, n);
    RB_ASSERT(!v || !rv_check(v));
    return v;
}

static ray_val *builtin_eval_many(rl_env *e, const rv_builtin *row, ray_val *const *forms, int n) {
    ray_val **args = rb_alloc((size_t)n * sizeof *args), *v = NULL;
    if (args && args_eval(e, forms, n, args) == 0) {
        v = builtin_run(e, row, args, n);
        args_release(args, n);
    }
    rb_free(args, (size_t)n * sizeof *args);
    return v;
}

/* Holds no literals: the tree does. */
static ray_val *builtin_eval_few(rl_env *e, const rv_builtin *row, ray_val *const *forms, int n) {
    ray_val *args[ARGS_INLINE], *v = NULL;
    unsigned owned = 0;
    for (int i = 0; i < n; i++) {
        if (is_literal(forms[i])) {
            args[i] = forms[i];
            continue;
        }
        if (!(args[i] = rl_eval_form(e, forms[i]))) goto done;
        owned |= 1u << i;
    }
    v = builtin_run(e, row, args, n);
done:
    for (int i = 0; owned >> i; i++)
        if (owned >> i & 1) rv_release(args[i]);
    return v;
}

static const rv_builtin *row_in_front(rl_env *e, const ray_val *head);

/* The verb of elements with two operands in a form; null: it is something else. */
static const rv_builtin *pair_verb(rl_env *e, const ray_val *form) {
    if (form->type != RY_LIST || form->len != 3) return NULL;
    const rv_builtin *row = row_in_front(e, rv_list_get(form, 0));
    if (!row) rb_error_clear(); /* it fails again when it is evaluated */
    return row && row->type != RY_UNARY && (row->flags & (RV_F_ATOMIC | RV_F_SPECIAL)) == RV_F_ATOMIC ? row : NULL;
}

/* (aggregate (verb a b)): as it stands, or at once where that saves the column in between. */
static ray_val *fold_eval(rl_env *e, const rv_builtin *row, const rv_builtin *verb, const ray_val *form) {
    ray_val *args[2], *v = NULL;
    if (rl_guard(e) < 0 || builtin_check(e, verb, 2) < 0) return NULL;
    RB_TRY(args_eval(e, RV_DATA(ray_val *, form) + 1, 2, args), NULL);
    if (!ro_fold_pair(e->rt, row->fn, verb->fn, args[0], args[1], &v)) {
        ray_val *column = builtin_run(e, verb, args, 2);
        if (column) v = builtin_run(e, row, &column, 1);
        rv_release(column);
    }
    args_release(args, 2);
    return v;
}

RB_OFTEN static ray_val *builtin_eval_plain(rl_env *e, const rv_builtin *row, ray_val *const *forms, int n) {
    RB_TRY(builtin_check(e, row, n), NULL);
    if (row->flags & RV_F_SPECIAL) return row->fn(e->rt, forms, n);
    const rv_builtin *verb = n == 1 && (row->flags & RV_F_AGGREGATE) ? pair_verb(e, forms[0]) : NULL;
    if (verb) return fold_eval(e, row, verb, forms[0]);
    return n > ARGS_INLINE ? builtin_eval_many(e, row, forms, n) : builtin_eval_few(e, row, forms, n);
}

static ray_val *builtin_eval_profiled(rl_env *e, const rv_builtin *row, ray_val *const *forms, int n) {
    int32_t name = rv_sym_intern_z(row->name);
    if (name < 0) return NULL;
    rl_span s = rl_span_begin(e, name);
    ray_val *v = builtin_eval_plain(e, row, forms, n);
    rl_span_end(e, s, v);
    return v;
}

static ray_val *builtin_eval(rl_env *e, const rv_builtin *row, ray_val *const *forms, int n) {
    if (RB_UNLIKELY(e->is_profiled)) return builtin_eval_profiled(e, row, forms, n);
    return builtin_eval_plain(e, row, forms, n);
}

/* ---- lambdas ----------------------------------------------------------------------------------------------------- */

static ray_val *lambda_body(rl_env *e, ray_val *fn) {
    const ray_val *body = fn->u.fn.body;
    ray_val *v = rl_eval_forms(e, RV_DATA(ray_val *, body), body->len);
    if (!v && e->returned) {
        v = e->returned;
        e->returned = NULL;
    }
    return v;
}

static int lambda_arity(const ray_val *fn, int n) {
    int64_t wanted = fn->u.fn.params->len;
    if (n == wanted) return 0;
    return rb_fail(RB_E_ARITY, "lambda: expected %lld argument%s, got %d", (long long)wanted, wanted == 1 ? "" : "s", n);
}

/* Consumes the arguments. Parameters that are no symbols count, but have no name to be found by. */
static ray_val *lambda_run_take(rl_env *e, ray_val *fn, ray_val **args, int n) {
    if (lambda_arity(fn, n) < 0 || rl_guard(e) < 0) {
        args_release(args, n);
        return NULL;
    }
    const ray_val *params = fn->u.fn.params;
    rl_frame f;
    rl_frame_push(e, &f, RL_LAMBDA, fn);
    const ray_val *was = e->message;
    bool bad = false;
    e->message = NULL;
    for (int i = 0; i < n; i++) {
        if (bad || params->type != RY_SYM) rv_release(args[i]);
        else bad = rl_local_add_take(&f, RV_DATA(int32_t, params)[i], args[i]) < 0;
    }
    ray_val *v = bad ? NULL : lambda_body(e, fn);
    e->message = was;
    rl_frame_pop(e, &f);
    return v;
}

static ray_val *lambda_eval(rl_env *e, ray_val *fn, ray_val *const *forms, int n) {
    ray_val *room[ARGS_INLINE], **args = room, *v = NULL;
    if (n > ARGS_INLINE && !(args = rb_alloc((size_t)n * sizeof *args))) return NULL;
    if (args_eval(e, forms, n, args) == 0) v = lambda_run_take(e, fn, args, n);
    if (args != room) rb_free(args, (size_t)n * sizeof *args);
    return v;
}

static ray_val *lambda_apply(rl_env *e, ray_val *fn, ray_val *const *args, int n) {
    ray_val *room[ARGS_INLINE], **own = room;
    if (n > ARGS_INLINE && !(own = rb_alloc((size_t)n * sizeof *own))) return NULL;
    for (int i = 0; i < n; i++) own[i] = rv_retain(args[i]);
    ray_val *v = lambda_run_take(e, fn, own, n);
    if (own != room) rb_free(own, (size_t)n * sizeof *own);
    return v;
}

/* ---- calls ------------------------------------------------------------------------------------------------------- */

static ray_val *not_callable(const ray_val *head) {
    return rb_fail_null(RB_E_TYPE, "a list that is evaluated begins with a function, got %s", ry_name(head->type));
}

static const rv_builtin *row_of(const ray_val *fn) {
    if (!fn->u.builtin.row)
        rb_fail(RB_E_NAME, "this program has no builtin named '%.200s'", rv_sym_z(fn->u.builtin.name));
    return fn->u.builtin.row;
}

/* What a name in front is bound to. A column is no function: there it hides nothing that is one. */
static ray_val *peek_in_front(rl_env *e, int32_t name, bool *owned) {
    ray_val *v = rl_peek(e, name, owned);
    if (!v || !*owned || rv_is_callable(v)) return v;
    ray_val *global = rl_global_get(e->rt, name);
    if (!global) return v;
    rv_release(v);
    *owned = false;
    return global;
}

static ray_val *name_in_front(rl_env *e, int32_t name) {
    bool owned;
    ray_val *v = peek_in_front(e, name, &owned);
    if (v) return owned ? v : rv_retain(v);
    return rb_error_code() ? NULL : rl_lookup(e->rt, name);
}

/* The builtin that a name in front stands for; null: something else, or nothing. Builtins need not be held, but for
 * those of the embedder, which are something else here. */
RB_OFTEN static const rv_builtin *row_in_front(rl_env *e, const ray_val *head) {
    bool owned;
    if (head->type != -RY_SYM) return NULL;
    ray_val *v = peek_in_front(e, head->u.sym, &owned);
    if (!v) return NULL;
    const rv_builtin *row = v->type >= RY_UNARY && v->type <= RY_VARIADIC ? v->u.builtin.row : NULL;
    bool is_foreign = row && (row->flags & RV_F_FOREIGN);
    if (owned) rv_release(v);
    return is_foreign ? NULL : row;
}

/* The function in front; a name stands for what it is bound to, quoted or not, written or computed. */
static ray_val *eval_head(rl_env *e, ray_val *head) {
    if (head->type == -RY_SYM) return name_in_front(e, head->u.sym);
    ray_val *v = rl_eval_form(e, head);
    if (!v || v->type != -RY_SYM) return v;
    int32_t name = v->u.sym;
    rv_release(v);
    return name_in_front(e, name);
}

/* In a message, an inner list with no function in front is data; what ended its evaluation is forgotten. */
static bool is_data(const rl_env *e, const ray_val *form, const ray_val *head, const ray_val *fn) {
    if (!e->message || form == e->message || head->type == RY_LIST) return false;
    return fn ? !rv_is_callable(fn) : rb_error_code() == RB_E_NAME;
}

RB_OFTEN ray_val *rl_eval_call(rl_env *e, ray_val *form) {
    RB_TRY(rl_guard(e), NULL);
    ray_val *head = rv_list_get(form, 0), *const *rest = RV_DATA(ray_val *, form) + 1;
    if (form->len > INT32_MAX) return rb_fail_null(RB_E_LIMIT, "a call has too many arguments");
    int n = (int)form->len - 1;
    const rv_builtin *front = row_in_front(e, head);
    if (front) return builtin_eval(e, front, rest, n);
    ray_val *fn = eval_head(e, head), *v = NULL;
    if (is_data(e, form, head, fn)) {
        rv_release(fn);
        return rv_retain(form);
    }
    if (!fn) return NULL;
    if (fn->type == RY_LAMBDA) {
        v = lambda_eval(e, fn, rest, n);
    } else if (rv_is_callable(fn)) {
        const rv_builtin *row = row_of(fn);
        if (row) v = builtin_eval(e, row, rest, n);
    } else {
        v = not_callable(fn);
    }
    rv_release(fn);
    return v;
}

/* ---- calls with values -------------------------------------------------------------------------------------------- */

/* A form that evaluates to x. */
static ray_val *quoted(rl_env *e, ray_val *x) {
    if (x->type == -RY_SYM) return rv_sym_new(x->u.sym, true);
    if (x->type != RY_LIST || x->len == 0) return rv_retain(x);
    ray_val *pair[2] = {rl_resolve_builtin(e->rt, "quote", 5), rv_retain(x)};
    return rv_list_of_take(2, pair);
}

/* A special form evaluates what it is given: that must give the values back. */
static ray_val *special_apply(rl_env *e, const rv_builtin *row, ray_val *const *args, int n) {
    ray_val *forms = rv_vec_new(RY_LIST, n), *v = NULL;
    for (int i = 0; forms && i < n; i++) {
        ray_val *q = quoted(e, args[i]);
        if (!q) {
            rv_release(forms);
            return NULL;
        }
        rv_list_set_take(forms, i, q);
    }
    if (forms) v = row->fn(e->rt, RV_DATA(ray_val *, forms), n);
    rv_release(forms);
    return v;
}

ray_val *rl_apply(rl_env *e, ray_val *fn, ray_val *const *args, int n) {
    RB_TRY(rl_guard(e), NULL);
    if (fn->type == RY_LAMBDA) return lambda_apply(e, fn, args, n);
    if (!rv_is_callable(fn)) return rb_fail_null(RB_E_TYPE, "expected a function to call, got %s", ry_name(fn->type));
    const rv_builtin *row = row_of(fn);
    if (!row || builtin_check(e, row, n) < 0) return NULL;
    return row->flags & RV_F_SPECIAL ? special_apply(e, row, args, n) : builtin_run(e, row, args, n);
}
