/* Expressions over the rows of a view: names, literals, and evaluation row by row. Calls are in call_expr.c. */
#include "../lang/special.h"
#include "statement.h"

/* ---- names ------------------------------------------------------------------------------------------------------- */

static const rq_binding *binding_of(const rq_binding *b, int32_t name) {
    while (b && b->name != name) b = b->next;
    return b;
}

bool rq_is_param(const rq_scope *s, int32_t name) { return binding_of(s->params, name); }

bool rq_is_bound(const rq_scope *s, int32_t name) { return binding_of(s->params, name) || binding_of(s->aliases, name); }

bool rq_is_of_rows(const rq_scope *s, int32_t name) { return rq_is_bound(s, name) || rq_rows_find(s->rows, name) >= 0; }

static int give(rq_value *out, ray_val *v, enum rq_kind kind) {
    *out = (rq_value){.v = v, .kind = kind};
    return v ? 0 : -1;
}

static int give_binding(rq_value *out, const rq_binding *b) {
    *out = b->value;
    out->v = rv_retain(rv_plain_get(out->v));
    return 0;
}

/* A value that was not made from rows: vectors as long as the table are one more column. */
static int give_foreign_take(rq_scope *s, rq_value *out, ray_val *v) {
    *out = (rq_value){.v = v};
    if (!v) return -1;
    if (!ro_is_collection(v)) return 0;
    out->kind = RQ_MANY;
    out->literal = s->set || v->len != s->rows->table->len;
    if (out->literal) return 0;
    out->v = rq_rows_narrow(s->rows, v);
    rv_release(v);
    return out->v ? 0 : -1;
}

static int give_column(rq_scope *s, rq_value *out, int64_t c) {
    ray_val *v = rq_rows_column(s->rows, c);
    return give(out, v ? rv_retain(v) : NULL, RQ_MANY);
}

/* The name in front of the first dot, if that is a column or alias. */
static bool path_begins_here(rq_scope *s, int32_t name) {
    size_t n;
    const char *text = rv_sym_text(name, &n), *dot = n > 1 ? memchr(text + 1, '.', n - 1) : NULL;
    int32_t head = dot ? rv_sym_find(text, (size_t)(dot - text)) : -1;
    return head >= 0 && (rq_rows_find(s->rows, head) >= 0 || binding_of(s->params, head));
}

static int give_path(rq_scope *s, rq_value *out, int32_t name) {
    ray_val *form = rv_sym_new(name, false), *v = form ? rq_scope_eval(s, form) : NULL;
    rv_release(form);
    return give(out, v, RQ_MANY);
}

int rq_expr_name(rq_scope *s, int32_t name, rq_value *out) {
    const rq_binding *b = binding_of(s->params, name);
    int64_t c = rq_rows_find(s->rows, name);
    if (b) return give_binding(out, b);
    if (s->columns_first && c >= 0) return give_column(s, out, c);
    b = binding_of(s->aliases, name);
    if (b && !(s->aggregated && b->value.kind == RQ_ONE && c >= 0)) return give_binding(out, b);
    if (c >= 0) return give_column(s, out, c);
    if (path_begins_here(s, name)) return give_path(s, out, name);
    ray_val *v = rl_lookup(s->rows->rt, name);
    if (!v && rb_error_code() == RB_E_NAME)
        rb_fail(RB_E_SCHEMA, "'%.200s' is no column of the table and not defined", rv_sym_z(name));
    return give_foreign_take(s, out, v);
}

static int quoted_name(rq_scope *s, ray_val *form, rq_value *out) {
    int64_t c = s->quoted_names ? rq_rows_find(s->rows, form->u.sym) : -1;
    const rq_binding *b = s->quoted_names ? binding_of(s->aliases, form->u.sym) : NULL;
    if (b) return give_binding(out, b);
    return c >= 0 ? give_column(s, out, c) : give(out, rv_retain(form), RQ_CONST);
}

int rq_expr(rq_scope *s, ray_val *form, rq_value *out) {
    *out = (rq_value){0};
    if (s->depth > RQ_DEPTH_MAX) return rb_fail(RB_E_LIMIT, "an expression is nested deeper than %d", RQ_DEPTH_MAX);
    if (form->type == -RY_SYM)
        return form->attrs & RV_A_QUOTED ? quoted_name(s, form, out) : rq_expr_name(s, form->u.sym, out);
    if (rv_is_vector(form)) return give_foreign_take(s, out, rv_retain(form));
    if (!rv_is_list(form) || form->len == 0) return give(out, rv_retain(form), RQ_CONST);
    s->depth++;
    int ok = rq_expr_call(s, form, out);
    s->depth--;
    return ok;
}

/* ---- with columns in sight of the evaluator ---------------------------------------------------------------------- */

static ray_val *cell(const rq_scope *s, ray_val *v) {
    if (s->row < 0 || !ro_is_collection(v)) return rv_retain(v);
    return s->row < v->len ? rv_vec_at(v, s->row)
                           : rb_fail_null(RB_E_LENGTH, "a column of %lld rows has no row %lld", (long long)v->len,
                                          (long long)s->row);
}

static ray_val *find(void *ctx, int32_t name) {
    rq_scope *s = ctx;
    const rq_binding *b = binding_of(s->params, name);
    if (!b) b = binding_of(s->aliases, name);
    if (b) return b->value.kind == RQ_MANY ? cell(s, rv_plain_get(b->value.v)) : rv_retain(b->value.v);
    int64_t c = rq_rows_find(s->rows, name);
    if (c < 0) return NULL;
    ray_val *v = rq_rows_column(s->rows, c);
    return v ? cell(s, v) : NULL;
}

/* ---- quoted names, where they may stand for columns ---------------------------------------------------------------- */

static bool is_quoted_column(const rq_scope *s, const ray_val *form) {
    return form->type == -RY_SYM && (form->attrs & RV_A_QUOTED) && rq_is_of_rows(s, form->u.sym);
}

const rv_builtin *rq_builtin_named(const rq_scope *s, const ray_val *form) {
    const ray_val *head = rv_list_get(form, 0);
    ray_val *fn = head->type == -RY_SYM && !rq_is_param(s, head->u.sym) ? rl_global_get(s->rows->rt, head->u.sym) : NULL;
    return fn && rv_is_callable(fn) && fn->type != RY_LAMBDA ? fn->u.builtin.row : NULL;
}

static bool quotes(const rq_scope *s, const ray_val *form) {
    const rv_builtin *row = rq_builtin_named(s, form);
    return row && row->fn == rl_quote;
}

static bool has_quoted_column(rq_scope *s, const ray_val *form, int depth) {
    if (!rv_is_list(form) || form->len == 0) return is_quoted_column(s, form);
    if (depth > RQ_DEPTH_MAX || quotes(s, form)) return false;
    bool has = false;
    for (int64_t i = 0; !has && i < form->len; i++) has = has_quoted_column(s, rv_list_get(form, i), depth + 1);
    return has;
}

/* The form with names in place of the quoted names of columns; for forms that have some. */
static ray_val *with_names(rq_scope *s, ray_val *form, int depth) {
    if (is_quoted_column(s, form)) return rv_sym_new(form->u.sym, false);
    if (!has_quoted_column(s, form, depth)) return rv_retain(form);
    ray_val *out = rv_vec_room_new(RY_LIST, form->len);
    for (int64_t i = 0; out && i < form->len; i++) {
        if (rv_list_append_take(out, with_names(s, rv_list_get(form, i), depth + 1)) == 0) continue;
        rv_release(out);
        return NULL;
    }
    return out;
}

static ray_val *named_form(rq_scope *s, ray_val *form) {
    return s->quoted_names ? with_names(s, form, 0) : rv_retain(form);
}

static ray_val *eval_here(rq_scope *s, ray_val *form) {
    if (!form) return NULL;
    rl_scope link = {.find = find, .ctx = s};
    rl_scope_push(s->rows->rt, &link);
    ray_val *v = rl_eval(s->rows->rt, form);
    rl_scope_pop(s->rows->rt, &link);
    return v;
}

ray_val *rq_scope_eval(rq_scope *s, ray_val *form) {
    ray_val *named = form ? named_form(s, form) : NULL, *v = eval_here(s, named);
    rv_release(named);
    return v;
}

ray_val *rq_scope_call(rq_scope *s, ray_val *fn, ray_val *const *args, int n) {
    rl_scope link = {.find = find, .ctx = s};
    rl_scope_push(s->rows->rt, &link);
    ray_val *v = rl_call(s->rows->rt, fn, args, n);
    rl_scope_pop(s->rows->rt, &link);
    return v;
}

static ray_val *each_row(rq_scope *s, ray_val *form) {
    ray_val *out = rv_vec_room_new(RY_LIST, s->rows->n);
    for (s->row = 0; out && s->row < s->rows->n; s->row++) {
        if (rv_list_append_take(out, eval_here(s, form)) < 0) {
            rv_release(out);
            out = NULL;
        }
    }
    s->row = -1;
    return ro_collapse_take(out);
}

int rq_expr_by_row(rq_scope *s, ray_val *form, rq_value *out) {
    bool constant = false;
    ray_val *named = named_form(s, form), *made = named ? rq_hoisted(s, named, &constant) : NULL;
    ray_val *v = !made ? NULL : constant ? eval_here(s, made) : each_row(s, made);
    rv_release(named);
    rv_release(made);
    return give(out, v, constant && v && !ro_is_collection(v) ? RQ_ONE : RQ_MANY);
}

bool rq_may_help(int code) {
    return code == RB_E_TYPE || code == RB_E_LIMIT || code == RB_E_LENGTH || code == RB_E_RANK;
}

int rq_expr_any(rq_scope *s, ray_val *form, rq_value *out) {
    int depth = s->depth;
    int ok = rq_expr(s, form, out);
    s->depth = depth;
    return ok == RQ_BY_ROW ? rq_expr_by_row(s, form, out) : ok;
}

/* A lambda over columns: its body may want scalars. */
int rq_lambda_by_row(rq_scope *s, ray_val *form, rq_value *out) {
    return rq_may_help(rb_error_code()) ? rq_expr_by_row(s, form, out) : -1;
}
