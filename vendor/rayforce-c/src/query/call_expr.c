/* Calls in expressions over rows. What a function does there follows from its row in the vocabulary: verbs of elements
 * and of columns get whole columns, aggregates make one value of them, and everything else knows nothing of rows. */
#include "../lang/special.h"
#include "../ops/aggregate.h"
#include "statement.h"

#define ARGS_INLINE 8

typedef struct args {
    rq_value room[ARGS_INLINE], *a;
    int n, got;
} args;

static int args_new(args *a, int64_t n) {
    *a = (args){.n = (int)n};
    if (n > INT16_MAX) return rb_fail(RB_E_LIMIT, "a call has too many arguments");
    a->a = n > ARGS_INLINE ? rb_alloc((size_t)n * sizeof *a->a) : a->room;
    return a->a ? 0 : -1;
}

static void args_free(args *a) {
    for (int i = 0; i < a->got; i++) rv_release(a->a[i].v);
    if (a->a != a->room) rb_free(a->a, (size_t)a->n * sizeof *a->a);
}

static bool looks_in_a_set(const ray_val *fn) {
    const rv_builtin *row = fn->type == RY_LAMBDA ? NULL : fn->u.builtin.row;
    return row && (row->fn == ro_in || row->fn == ro_not_in || row->fn == ro_within);
}

/* 0, RQ_BY_ROW or -1; what was evaluated is in `a` either way. */
static int args_eval(rq_scope *s, const ray_val *fn, const ray_val *form, args *a) {
    RB_TRY(args_new(a, form->len - 1), -1);
    bool set = looks_in_a_set(fn), was = s->set;
    int ok = 0;
    for (int i = 0; ok == 0 && i < a->n; i++) {
        s->set = set && i > 0;
        ok = rq_expr(s, rv_list_get(form, i + 1), &a->a[i]);
        a->got += ok == 0;
    }
    s->set = was;
    return ok;
}

static enum rq_kind kind_of(const args *a) {
    enum rq_kind kind = RQ_CONST;
    for (int i = 0; i < a->n; i++)
        if (a->a[i].kind > kind) kind = a->a[i].kind;
    return kind;
}

ray_val *rq_call_verb(rq_scope *s, ray_val *fn, ray_val *const *v, int n) {
    const rv_builtin *row = fn->type == RY_LAMBDA ? NULL : fn->u.builtin.row;
    rv_verb_fn other = row && n >= row->min && (row->max < 0 || n <= row->max) ? rq_verb_in_clause(s, row->fn) : NULL;
    return other ? other(s->rows->rt, v, n) : rq_scope_call(s, fn, v, n);
}

static ray_val *call_values(rq_scope *s, ray_val *fn, const args *a) {
    ray_val *room[ARGS_INLINE] = {NULL}, **v = a->n > ARGS_INLINE ? rb_alloc((size_t)a->n * sizeof *v) : room;
    if (!v) return NULL;
    for (int i = 0; i < a->n; i++) v[i] = a->a[i].v;
    bool one = false; /* beside an aggregate columns keep their type */
    for (int i = 0; i < a->n; i++) one |= a->a[i].kind == RQ_ONE;
    ray_val *out = s->wide && !one ? rq_call_over_rows(s, fn, v, a->n) : rq_call_verb(s, fn, v, a->n);
    if (v != room) rb_free(v, (size_t)a->n * sizeof *v);
    return out;
}

/* ---- if ---------------------------------------------------------------------------------------------------------- */

static ray_val *as_mask(rq_scope *s, const rq_value *c) {
    if (c->v->type == RY_B8) return rv_retain(c->v);
    ray_val *v = c->v, *no = ro_not(s->rows->rt, &v, 1), *yes = no ? ro_not(s->rows->rt, &no, 1) : NULL;
    rv_release(no);
    if (!yes || yes->type == RY_B8) return yes;
    rv_release(yes);
    return ro_refuse("if", "a boolean or a number for each row", c->v);
}

/* Condition, value, condition, value, … else from `at` on. */
static int if_from(rq_scope *s, const ray_val *form, int64_t at, rq_value *out) {
    if (at == form->len) {
        *out = (rq_value){.v = rv_i64_new(0)};
        return out->v ? 0 : -1;
    }
    if (at + 1 == form->len) return rq_expr(s, rv_list_get(form, at), out);
    rq_value c, a = {0}, b = {0};
    int ok = rq_expr(s, rv_list_get(form, at), &c);
    if (ok != 0) return ok;
    if (c.kind != RQ_MANY) {
        bool yes = ro_truthy(c.v);
        enum rq_kind kind = c.kind;
        rv_release(c.v);
        ok = yes ? rq_expr(s, rv_list_get(form, at + 1), out) : if_from(s, form, at + 2, out);
        if (ok == 0 && out->kind < kind) out->kind = kind;
        return ok;
    }
    ok = rq_expr(s, rv_list_get(form, at + 1), &a);
    if (ok == 0) ok = if_from(s, form, at + 2, &b);
    ray_val *mask = ok == 0 ? as_mask(s, &c) : NULL;
    *out = (rq_value){.v = mask ? rq_choose(s->rows->rt, mask, a.v, b.v) : NULL, .kind = RQ_MANY};
    rv_release(mask);
    rv_release(a.v);
    rv_release(b.v);
    rv_release(c.v);
    return ok ? ok : out->v ? 0 : -1;
}

static int if_call(rq_scope *s, ray_val *form, rq_value *out) {
    if (form->len < 3) return rb_fail(RB_E_DOMAIN, "if: a condition and a value were expected");
    return if_from(s, form, 1, out);
}

/* ---- lambdas ----------------------------------------------------------------------------------------------------- */

/* The body of one expression, with the arguments in place of the parameters. */
static int write_out(rq_scope *s, ray_val *fn, const args *a, rq_value *out) {
    const ray_val *params = fn->u.fn.params, *captures = fn->u.fn.captures;
    int64_t np = params->len, nc = captures ? captures->len : 0;
    if (np != a->n) return rb_fail(RB_E_ARITY, "lambda: expected %lld arguments, got %d", (long long)np, a->n);
    rq_binding *b = rb_alloc((size_t)(np + nc) * sizeof *b), *was = s->params;
    int32_t self = rv_sym_intern_z("self");
    if (!b) return -1;
    rq_binding own = {self, {.v = fn}, false, NULL}, *top = &own;
    for (int64_t i = 0; i < nc; i++) {
        b[i] = (rq_binding){
            RV_DATA(int32_t, captures->u.pair.keys)[i], {.v = rv_list_get(captures->u.pair.values, i)}, false, top};
        top = &b[i];
    }
    for (int64_t i = 0; i < np; i++) {
        b[nc + i] = (rq_binding){RV_DATA(int32_t, params)[i], a->a[i], false, top};
        top = &b[nc + i];
    }
    s->params = top;
    int ok = rq_expr(s, rv_list_get(fn->u.fn.body, 0), out);
    s->params = was;
    rb_free(b, (size_t)(np + nc) * sizeof *b);
    return ok;
}

/* Does a form decide between ways to go on? Of scalars, then: columns cannot go both. */
static bool decides(const rq_scope *s, const ray_val *form, int depth) {
    if (!rv_is_list(form) || form->len == 0 || depth > RQ_DEPTH_MAX) return false;
    const rv_builtin *row = rq_builtin_named(s, form);
    bool yes = row && (row->fn == rl_if || row->fn == rl_while);
    for (int64_t i = 1; !yes && i < form->len; i++) yes = decides(s, rv_list_get(form, i), depth + 1);
    return yes;
}

static bool body_decides(const rq_scope *s, const ray_val *fn) {
    const ray_val *body = fn->u.fn.body;
    bool yes = false;
    for (int64_t i = 0; !yes && i < body->len; i++) yes = decides(s, rv_list_get(body, i), 0);
    return yes;
}

static int lambda_call(rq_scope *s, ray_val *fn, ray_val *form, rq_value *out) {
    args a;
    bool one = fn->u.fn.body->len == 1 && (fn->u.fn.params->type == RY_SYM || fn->u.fn.params->len == 0);
    if (!one && !s->params && body_decides(s, fn)) return rq_expr_by_row(s, form, out);
    int depth = s->depth, ok = args_eval(s, fn, form, &a);
    if (ok == 0 && one) {
        ok = write_out(s, fn, &a, out);
    } else if (ok == 0) {
        enum rq_kind kind = kind_of(&a);
        ray_val *v = call_values(s, fn, &a);
        *out = (rq_value){.v = v, .kind = v && ro_is_collection(v) ? RQ_MANY : kind ? RQ_ONE : RQ_CONST};
        ok = v ? 0 : -1;
    }
    s->depth = depth;
    if (ok < 0 && s->params == NULL && a.got == a.n) ok = rq_lambda_by_row(s, form, out);
    args_free(&a);
    return ok;
}

/* ---- builtins ---------------------------------------------------------------------------------------------------- */

/* An unknown name beside a column of symbols was meant as a variable. */
static void blame_name(const args *a) {
    for (int i = 0; i < a->got; i++)
        if (a->a[i].v->type == RY_SYM && rb_error_code() == RB_E_SCHEMA) {
            rb_error was;
            rb_error_copy_into(&was);
            rb_fail(RB_E_NAME, "%s", was.text);
        }
}

/* An alias of an aggregate has no rows to be aggregated. */
static int check_aggregated(const ray_val *form, const args *a) {
    for (int i = 0; i < a->n; i++) {
        const ray_val *arg = rv_list_get(form, i + 1);
        if (a->a[i].kind == RQ_ONE && arg->type == -RY_SYM)
            return rb_fail(RB_E_SCHEMA, "'%.200s' is one value already", rv_sym_z(arg->u.sym));
    }
    return 0;
}

/* A constant under an aggregate is the same in every row. */
int rq_spread_constant(rq_scope *s, rq_value *x) {
    if (x->kind != RQ_CONST || !rv_is_atom(x->v)) return 0;
    ray_val *column = rq_repeat(s->rows->rt, x->v, s->rows->n);
    if (!column) return -1;
    rv_release(x->v);
    *x = (rq_value){.v = column, .kind = RQ_MANY};
    return 0;
}

/* Asks for what is distinct in an alias of one value: a vector of it. */
static bool is_of_one_value(const rq_scope *s, const ray_val *fn, const ray_val *form, const args *a) {
    const rv_builtin *row = fn->u.builtin.row;
    if (!row || row->fn != ro_distinct || a->n != 1 || !rv_is_atom(a->a[0].v) || a->a[0].v->type == -RY_STR) return false;
    const ray_val *name = rv_list_get(form, 1);
    return name->type == -RY_SYM && rq_is_bound(s, name->u.sym);
}

/* Verbs that take whole columns: one value of aggregates, else as many as come. */
static int column_call(rq_scope *s, ray_val *fn, ray_val *form, bool aggregate, rq_value *out) {
    args a;
    bool whole = s->whole, aggregated = s->aggregated;
    s->whole = whole || aggregate;
    s->aggregated = aggregated || aggregate || (fn->u.builtin.row && rq_is_few(fn->u.builtin.row->fn));
    int ok = args_eval(s, fn, form, &a);
    s->whole = whole;
    s->aggregated = aggregated;
    if (ok < 0) blame_name(&a);
    if (ok == 0 && aggregate) ok = check_aggregated(form, &a);
    if (ok == 0 && aggregate && a.n == 1) ok = rq_spread_constant(s, &a.a[0]);
    if (ok == 0) {
        enum rq_kind kind = kind_of(&a);
        ray_val *v = is_of_one_value(s, fn, form, &a) ? rq_repeat(s->rows->rt, a.a[0].v, 1) : call_values(s, fn, &a);
        if (!aggregate && v) kind = ro_is_collection(v) ? RQ_MANY : kind == RQ_MANY ? RQ_ONE : kind;
        if (aggregate && kind == RQ_MANY) kind = RQ_ONE;
        *out = (rq_value){.v = v, .kind = kind};
        ok = v ? 0 : -1;
    }
    args_free(&a);
    return ok;
}

/* Verbs that know nothing of rows. */
static int other_call(rq_scope *s, ray_val *fn, ray_val *form, rq_value *out) {
    const rv_builtin *row = fn->u.builtin.row;
    if (!s->whole) return RQ_BY_ROW;
    if (row && (row->flags & RV_F_SPECIAL)) {
        ray_val *v = rq_scope_eval(s, form);
        *out = (rq_value){.v = v, .kind = v && ro_is_collection(v) ? RQ_MANY : RQ_CONST};
        return v ? 0 : -1;
    }
    return column_call(s, fn, form, false, out);
}

ray_val *rq_expr_head(rq_scope *s, ray_val *head) {
    ray_val *v = NULL;
    if (head->type == -RY_SYM) {
        for (const rq_binding *b = s->params; b && !v; b = b->next)
            if (b->name == head->u.sym) v = rv_retain(b->value.v);
        if (!v) v = rl_lookup(s->rows->rt, head->u.sym);
    } else {
        v = rq_scope_eval(s, head);
    }
    if (v && !rv_is_callable(v)) {
        ro_refuse("a call", "a function in front", v);
        rv_release(v);
        return NULL;
    }
    return v;
}

/* An aggregate of a column under a mask: what the mask leaves need not be brought along. 1: it is none. */
static int masked_call(rq_scope *s, const rv_builtin *row, const ray_val *form, rq_value *out) {
    rq_rows *rows = s->rows;
    const ray_val *name = rv_list_get(form, 1);
    bool plain = rows->mask && name->type == -RY_SYM && !(name->attrs & RV_A_QUOTED);
    int64_t c = plain && !rq_is_bound(s, name->u.sym) ? rq_rows_find(rows, name->u.sym) : -1;
    if (c < 0 || rows->columns[c]) return 1;
    const ray_val *column = rv_list_held(rows->table->u.pair.values, c);
    bool count = row->fn == ro_count;
    if (!count && !ro_has_masked(row->fn, column)) return 1;
    *out = (rq_value){.v = count ? rv_i64_new(rows->n) : ro_masked(rows->rt, row->fn, column, rows->mask), .kind = RQ_ONE};
    return out->v ? 0 : -1;
}

static int check_variables(const rq_scope *s, const ray_val *form) {
    for (int64_t i = 1; s->rows_only && i < form->len; i++) {
        const ray_val *x = rv_list_get(form, i);
        bool name = x->type == -RY_SYM && !(x->attrs & RV_A_QUOTED) && !rq_is_of_rows(s, x->u.sym);
        const ray_val *v = name ? rl_global_get(s->rows->rt, x->u.sym) : NULL;
        if (v && (v->type == RY_TABLE || v->type == RY_DICT || rv_is_list(v)))
            return rb_fail(RB_E_SCHEMA, "'%.200s' is no column but a %s", rv_sym_z(x->u.sym), ry_name(v->type));
    }
    return 0;
}

static int aggregate_call(rq_scope *s, ray_val *fn, ray_val *form, rq_value *out) {
    RB_TRY(check_variables(s, form), -1);
    if (s->grouping) return rq_grouped_aggregate(s, fn, form, out);
    int ok = form->len == 2 ? masked_call(s, fn->u.builtin.row, form, out) : 1;
    return ok == 1 ? column_call(s, fn, form, true, out) : ok;
}

static int builtin_call(rq_scope *s, ray_val *fn, ray_val *form, rq_value *out) {
    const rv_builtin *row = fn->u.builtin.row;
    if (row && row->fn == rl_if) return if_call(s, form, out);
    int64_t n = form->len - 1;
    if (row && (n < row->min || (row->max >= 0 && n > row->max)))
        return rb_fail(RB_E_ARITY, "%s: expected %d arguments, got %lld", row->name, row->min, (long long)n);
    bool pair = row && row->type == RY_UNARY && n == 2; /* the smaller or greater of two */
    if (row && (row->flags & RV_F_AGGREGATE) && !pair)
        return aggregate_call(s, fn, form, out);
    if (row && ((row->flags & (RV_F_ATOMIC | RV_F_COLUMN)) || pair)) return column_call(s, fn, form, false, out);
    return other_call(s, fn, form, out);
}

int rq_expr_call(rq_scope *s, ray_val *form, rq_value *out) {
    ray_val *fn = rq_expr_head(s, rv_list_get(form, 0));
    if (!fn) return -1;
    int ok = fn->type == RY_LAMBDA ? lambda_call(s, fn, form, out) : builtin_call(s, fn, form, out);
    rv_release(fn);
    return ok;
}
