#include "special.h"
#include "env.h"

#include "../base/clock.h"
#include "../ops/arith.h"
#include "../ops/ops.h"

/* ---- binding ----------------------------------------------------------------------------------------------------- */

/* The symbol, -1 if the form is no name that can be bound. */
static int32_t name_of(const char *verb, const ray_val *form) {
    if (form->type != -RY_SYM) return rb_fail(RB_E_TYPE, "%s: expected a name, got %s", verb, ry_name(form->type));
    return rl_name_check(form->u.sym) < 0 ? -1 : form->u.sym;
}

ray_val *rl_set(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    int32_t name = name_of("set", args[0]);
    ray_val *v = name < 0 ? NULL : rl_eval_form(rl_env_get(rt), args[1]);
    if (!v || rl_global_rest(rt, name, v) == 0) return v;
    rv_release(v);
    return NULL;
}

/* In the running lambda, the innermost block, or else globally. */
static int bind_here(rl_env *e, int32_t name, ray_val *v) {
    rl_frame *f = rl_let_frame(e);
    if (!f) return rl_global_set(e->rt, name, v);
    if (!rl_name_is_path(name)) return rl_local_set(f, name, v);
    int32_t head = rl_path_head(name);
    if (head < 0) return -1;
    ray_val *root = rl_find(e, head);
    if (!root && rb_error_code()) return -1;
    ray_val *changed = rl_path_put_take(root, name, rv_retain(v));
    rv_release(root);
    if (!changed) return -1;
    int r = rl_local_set(f, head, changed);
    rv_release(changed);
    return r;
}

ray_val *rl_let(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    rl_env *e = rl_env_get(rt);
    int32_t name = name_of("let", args[0]);
    ray_val *v = name < 0 ? NULL : rl_eval_form(e, args[1]);
    if (!v || bind_here(e, name, v) == 0) return v;
    rv_release(v);
    return NULL;
}

ray_val *rl_del(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    int32_t name = name_of("del", args[0]);
    return name < 0 || rl_global_delete(rt, name) < 0 ? NULL : rv_i64_new(0);
}

/* A bare name must be bound; what it is bound to, if it is a symbol, need not be. */
ray_val *rl_resolve(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    if (n < 1) return NULL;
    ray_val *v = rl_eval_form(e, args[0]);
    if (!v || v->type != -RY_SYM) return v;
    int32_t name = v->u.sym;
    rv_release(v);
    v = rl_find(e, name);
    if (!v && rb_error_code() == RB_OK) v = rl_path_get(e, name);
    return v || rb_error_code() ? v : rv_null_get();
}

/* ---- order ------------------------------------------------------------------------------------------------------- */

/* Opens a scope, except right in the body of a lambda. */
ray_val *rl_do(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    if (n == 0) return rv_i64_new(0);
    if (e->top && e->top->kind == RL_LAMBDA) return rl_eval_forms(e, args, n);
    rl_frame f;
    rl_frame_push(e, &f, RL_BLOCK, NULL);
    ray_val *v = rl_eval_forms(e, args, n);
    rl_frame_pop(e, &f);
    return v;
}

/* 1, 0, -1: failed. */
static int is_true(rl_env *e, ray_val *form) {
    ray_val *v = rl_eval_form(e, form);
    if (!v) return -1;
    int r = ro_truthy(v);
    rv_release(v);
    return r;
}

ray_val *rl_if(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    if (n < 2) return rb_fail_null(RB_E_DOMAIN, "if: expected at least 2 arguments (condition, value), got %d", n);
    int i = 0;
    for (; i + 1 < n; i += 2) {
        int yes = is_true(e, args[i]);
        if (yes) return yes < 0 ? NULL : rl_eval_form(e, args[i + 1]);
    }
    return i < n ? rl_eval_form(e, args[i]) : rv_i64_new(0);
}

static bool is_scalar(const ray_val *v) { return rv_is_atom(v) || rv_is_callable(v) || v->type == RY_NULL; }

/* Stops at a scalar that decides; what is combined is combined element by element. */
static ray_val *combined(rl_env *e, ray_val *const *args, int n, bool stop,
                         ray_val *(*combine)(ray_rt *rt, ray_val *a, ray_val *b)) {
    ray_val *acc = n ? rl_eval_form(e, args[0]) : NULL;
    for (int i = 1; acc && i < n; i++) {
        if (is_scalar(acc) && ro_truthy(acc) == stop) break;
        ray_val *x = rl_eval_form(e, args[i]), *v = x ? combine(e->rt, acc, x) : NULL;
        rv_release(x);
        rv_release(acc);
        acc = v;
    }
    return acc;
}

ray_val *rl_and(ray_rt *rt, ray_val *const *args, int n) { return combined(rl_env_get(rt), args, n, false, ro_and); }
ray_val *rl_or(ray_rt *rt, ray_val *const *args, int n) { return combined(rl_env_get(rt), args, n, true, ro_or); }

static int run_body(rl_env *e, ray_val *const *forms, int n) {
    RB_TRY(rl_tick(e), -1);
    ray_val *v = rl_eval_forms(e, forms, n);
    rv_release(v);
    return v ? 0 : -1;
}

ray_val *rl_while(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    if (n < 1) return rb_fail_null(RB_E_DOMAIN, "while: expected a condition, got no arguments");
    for (int yes; (yes = is_true(e, args[0])) != 0;)
        if (yes < 0 || run_body(e, args + 1, n - 1) < 0) return NULL;
    return rv_null_get();
}

/* Evaluates a count: -1 failed, a null is none. */
static int count_of(rl_env *e, ray_val *form, int64_t *out) {
    ray_val *v = rl_eval_form(e, form);
    if (!v) return -1;
    int r = 0;
    if (rv_is_null(v) && v->type != RY_NULL && (v->type == -RY_I16 || v->type == -RY_I32 || v->type == -RY_I64)) *out = 0;
    else if (v->type == -RY_I16) *out = v->u.i16;
    else if (v->type == -RY_I32) *out = v->u.i32;
    else if (v->type == -RY_I64) *out = v->u.i64;
    else r = rb_fail(RB_E_TYPE, "times: expected a count (i16, i32 or i64), got %s", ry_name(v->type));
    rv_release(v);
    return r;
}

static int bind_index(rl_env *e, int32_t name, int64_t i) {
    ray_val *v = rv_i64_new(i);
    if (!v) return -1;
    int r = bind_here(e, name, v);
    rv_release(v);
    return r;
}

/* (times count form ...) or (times [name count] form ...), where the reader has made a list of three of the brackets. */
ray_val *rl_times(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    if (n < 1) return rb_fail_null(RB_E_DOMAIN, "times: expected a count, got no arguments");
    int64_t count = 0;
    const ray_val *b = args[0];
    bool binds = b->type == RY_LIST && b->len == 3 && rv_list_get(b, 0)->type == -RY_SYM &&
                 strcmp(rv_sym_z(rv_list_get(b, 0)->u.sym), RL_TIMES_BINDING) == 0;
    int32_t name = binds ? name_of("times", rv_list_get(b, 1)) : RY_NULL_SYM;
    RB_TRY(name, NULL);
    RB_TRY(count_of(e, binds ? rv_list_get(b, 2) : args[0], &count), NULL);
    for (int64_t i = 0; i < count; i++) {
        if (binds) RB_TRY(bind_index(e, name, i), NULL);
        RB_TRY(run_body(e, args + 1, n - 1), NULL);
    }
    return rv_null_get();
}

/* ---- functions and data -------------------------------------------------------------------------------------------- */

static int params_check(const ray_val *params) {
    if (!rv_is_vector(params)) return rb_fail(RB_E_TYPE, "fn: expected a vector of parameters, got %s", ry_name(params->type));
    if (params->type == RY_SYM)
        for (int64_t i = 0; i < params->len; i++) RB_TRY(rl_name_check(RV_DATA(int32_t, params)[i]), -1);
    return 0;
}

ray_val *rl_fn(ray_rt *rt, ray_val *const *args, int n) {
    if (n < 2) return rb_fail_null(RB_E_DOMAIN, "fn: expected [parameters] and at least one expression, got %d arguments", n);
    RB_TRY(params_check(args[0]), NULL);
    ray_val *body = rv_vec_new(RY_LIST, n - 1);
    if (!body) return NULL;
    for (int i = 1; i < n; i++) rv_list_set_take(body, i - 1, rv_retain(args[i]));
    rl_env *e = rl_env_get(rt);
    ray_val *captures = rl_captures(e, body);
    /* what is written `[]` stays the vector it is at the top, and is one of names inside a function (the wire shows it) */
    bool named = args[0]->len == 0 && rl_lambda_running(e);
    ray_val *params = named ? rv_vec_new(RY_SYM, 0) : rv_retain(args[0]);
    if (captures && params) return rv_lambda_new_take(params, body, captures->type == RY_NULL ? NULL : captures);
    rv_release(params);
    rv_release(captures);
    rv_release(body);
    return NULL;
}

ray_val *rl_quote(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt;
    if (n < 1) return rb_fail_null(RB_E_DOMAIN, "quote: expected an expression, got no arguments");
    return args[0]->type == -RY_SYM ? rv_sym_new(args[0]->u.sym, true) : rv_retain(args[0]);
}

/* ---- errors and time ------------------------------------------------------------------------------------------------ */

/* What the handler is told: what `raise` was given, 0 for every other error. */
static ray_val *caught_value(rl_env *e) {
    bool raised = e->payload && rb_error_code() == RB_E_DOMAIN && rb_error_get()->detail[0] == e->raised;
    return raised ? rv_retain(e->payload) : rv_i64_new(0);
}

static bool may_be_caught(void) {
    int code = rb_error_code();
    return code != RB_E_CANCEL && code != RB_E_TIMEOUT_EVAL && code != RB_E_INTERRUPTED;
}

ray_val *rl_try(ray_rt *rt, ray_val *const *args, int n) {
    rl_env *e = rl_env_get(rt);
    if (n != 2) return NULL;
    ray_val *v = rl_eval_form(e, args[0]);
    if (v || e->returned || !may_be_caught()) return v;
    ray_val *what = caught_value(e), *handler = what ? rl_eval_form(e, args[1]) : NULL;
    if (handler && (handler->type == RY_LAMBDA || handler->type == RY_UNARY)) {
        v = rl_apply(e, handler, &what, 1);
        rv_release(handler);
    } else {
        v = handler;
    }
    rv_release(what);
    return v;
}

ray_val *rl_timeit(ray_rt *rt, ray_val *const *args, int n) {
    if (n < 1) return NULL;
    int64_t start = rb_clock_mono_ns();
    ray_val *v = rl_eval_form(rl_env_get(rt), args[0]);
    if (!v) return NULL;
    rv_release(v);
    return rv_f64_new((double)(rb_clock_mono_ns() - start) / 1e6);
}
