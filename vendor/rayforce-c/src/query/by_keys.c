/* by: what rows are grouped by, and what the key columns are called. */
#include "../lang/code.h"
#include "../lang/special.h"
#include "../ops/aggregate.h"
#include "../ops/cast.h"
#include "../ops/text_verbs.h"
#include "statement.h"

static int add_key_take(rq_keys *k, int32_t name, ray_val *column) {
    if (rv_list_append_take(k->columns, column) < 0) return -1;
    return rv_vec_append(k->names, &name, 1);
}

static int add_value(rq_keys *k, rq_scope *s, int32_t name, rq_value *x, bool atoms) {
    if (x->kind != RQ_MANY && atoms) {
        int ok = add_key_take(k, name, rq_repeat(s->rows->rt, x->v, s->rows->n));
        rv_release(x->v);
        return ok;
    }
    if (x->kind == RQ_MANY && x->v->len == s->rows->n) return add_key_take(k, name, x->v);
    rb_fail(RB_E_LENGTH, "by: one key for each of %lld rows was expected", (long long)s->rows->n);
    rv_release(x->v);
    return -1;
}

static int by_columns(rq_keys *k, rq_scope *s, const ray_val *names) {
    if (names->len == 0) return rb_fail(RB_E_LENGTH, "by: at least one column was expected");
    for (int64_t i = 0; i < names->len; i++) {
        int32_t name = RV_DATA(int32_t, names)[i];
        int64_t c = rq_rows_find(s->rows, name);
        if (c < 0) return rb_fail(RB_E_DOMAIN, "by: the table has no column %s", rv_sym_z(name));
        ray_val *v = rq_rows_held(s->rows, c);
        RB_TRY(add_key_take(k, name, v ? rv_retain(v) : NULL), -1);
    }
    return 0;
}

/* A column as it is held, or the value of an expression. Nothing is bound yet that could have the name of a column. */
static int key_of(rq_scope *s, ray_val *form, rq_value *out) {
    int64_t c = form->type == -RY_SYM ? rq_rows_find(s->rows, form->u.sym) : -1;
    if (c < 0) return rq_expr_any(s, form, out);
    ray_val *v = rq_rows_held(s->rows, c);
    *out = (rq_value){.v = v ? rv_retain(v) : NULL, .kind = RQ_MANY};
    return v ? 0 : -1;
}

static bool is_name_of(const ray_val *form, int32_t name) { return form->type == -RY_SYM && form->u.sym == name; }

static int by_dict(rq_keys *k, rq_scope *s, const ray_val *d) {
    if (d->len == 0 || d->u.pair.keys->type != RY_SYM)
        return rb_fail(RB_E_DOMAIN, "by: {name: expression ...} was expected");
    for (int64_t i = 0; i < d->len; i++) {
        int32_t name = RV_DATA(int32_t, d->u.pair.keys)[i];
        ray_val *form = rv_list_get(d->u.pair.values, i);
        rq_value x;
        if (rv_table_find(s->rows->table, name) >= 0 && !is_name_of(form, name))
            return rb_fail(RB_E_DOMAIN, "by: the key %s is a column of the table", rv_sym_z(name));
        RB_TRY(key_of(s, form, &x), -1);
        RB_TRY(add_value(k, s, name, &x, false), -1);
    }
    return 0;
}

/* The last argument that is a column; else `key`. */
static int32_t name_of_call(rq_scope *s, const ray_val *form) {
    for (int64_t i = form->len; i-- > 1;) {
        const ray_val *x = rv_list_get(form, i);
        if (x->type == -RY_SYM && !(x->attrs & RV_A_QUOTED) && rq_rows_find(s->rows, x->u.sym) >= 0) return x->u.sym;
    }
    return rv_sym_intern_z("key");
}

/* The field of a path: ts.hh is called hh. */
static int32_t name_of_path(int32_t name) {
    size_t n;
    const char *text = rv_sym_text(name, &n);
    size_t dot = n;
    while (dot > 0 && text[dot - 1] != '.') dot--;
    return dot > 1 ? rv_sym_intern(text + dot, n - dot) : name;
}

static int by_expression(rq_keys *k, rq_scope *s, ray_val *form) {
    bool named = form->type == -RY_SYM, call = rv_is_list(form) && form->len > 0;
    rq_value x;
    if (named && (form->attrs & RV_A_QUOTED) && rq_rows_find(s->rows, form->u.sym) < 0)
        return rb_fail(RB_E_SCHEMA, "by: the table has no column %.200s", rv_sym_z(form->u.sym));
    RB_TRY(key_of(s, form, &x), -1);
    if (x.v->type == RY_NULL) {
        rv_release(x.v);
        return rb_fail(RB_E_SCHEMA, "by: null is no key");
    }
    if (!named || rq_rows_find(s->rows, form->u.sym) < 0) k->bare = form;
    int32_t name = named ? name_of_path(form->u.sym) : call ? name_of_call(s, form) : 0;
    if (name >= 0) return add_value(k, s, name, &x, true);
    rv_release(x.v);
    return -1;
}

int rq_keys_new(rq_keys *k, rq_scope *s, ray_val *by) {
    *k = (rq_keys){.names = rv_vec_room_new(RY_SYM, 4)};
    k->columns = k->names ? rv_vec_room_new(RY_LIST, 4) : NULL;
    int ok = -1;
    if (!k->columns)
        ok = -1;
    else if (by->type == RY_SYM)
        ok = by_columns(k, s, by);
    else if (by->type == RY_DICT)
        ok = by_dict(k, s, by);
    else
        ok = by_expression(k, s, by);
    if (ok < 0) rq_keys_free(k);
    return ok;
}

void rq_keys_free(rq_keys *k) {
    rv_release(k->names);
    rv_release(k->columns);
}

/* ---- ascending groups -------------------------------------------------------------------------------------------- */

/* A key that is computed from columns by these alone, is integer-backed, holds no null and spans little comes out in
 * ascending order, as long as the outputs are aggregates of the common kind. Elsewhere groups come as they first
 * appear. */
static const rv_verb_fn plain_verbs[] = {ro_add,  ro_sub, ro_mul, ro_idiv,   ro_mod,  ro_neg,    ro_abs,    ro_as,
                                         ro_xbar, ro_eq,  ro_ne,  ro_lt,     ro_le,   ro_gt,     ro_ge,     rl_and,
                                         rl_or,   ro_not, ro_in,  ro_not_in, ro_like, ro_within, rl_is_nil, ro_strlen};
static const rv_verb_fn only_of_integers[] = {ro_add, ro_sub, ro_mul, ro_idiv, ro_mod, ro_neg, ro_abs, ro_as};
static const rv_verb_fn plain_pairs[] = {ro_wavg, ro_wsum, ro_cov, ro_scov, ro_pearson_corr};

#define ASCEND_SPAN ((uint64_t)1 << 18)
#define ASCEND_ROWS 65536

static bool among(const rv_verb_fn *list, size_t n, rv_verb_fn fn) {
    for (size_t i = 0; i < n; i++)
        if (list[i] == fn) return true;
    return false;
}

/* The row of the builtin in front of a call; null: a lambda, or no call. */
static const rv_builtin *row_of_call(rq_scope *s, const ray_val *form, ray_val **lambda) {
    ray_val *fn = rq_expr_head(s, rv_list_get(form, 0));
    const rv_builtin *row = fn && fn->type != RY_LAMBDA ? fn->u.builtin.row : NULL;
    *lambda = fn && fn->type == RY_LAMBDA ? fn : NULL;
    if (!*lambda) rv_release(fn);
    return row;
}

static bool plain_key(rq_scope *s, const ray_val *form, int depth) {
    if (!rv_is_list(form) || form->len == 0) return true;
    if (depth > RQ_DEPTH_MAX) return false;
    ray_val *lambda;
    const rv_builtin *row = row_of_call(s, form, &lambda);
    bool plain = row && among(plain_verbs, RB_COUNT(plain_verbs), row->fn);
    if (lambda) plain = lambda->u.fn.body->len == 1 && plain_key(s, rv_list_get(lambda->u.fn.body, 0), depth + 1);
    rv_release(lambda);
    for (int64_t i = 1; plain && i < form->len; i++) plain = plain_key(s, rv_list_get(form, i), depth + 1);
    return plain;
}

/* Only verbs of elements, no aggregates. */
static bool of_elements(rq_scope *s, const ray_val *form, int depth) {
    if (!rv_is_list(form) || form->len == 0) return true;
    if (depth > RQ_DEPTH_MAX) return false;
    ray_val *lambda;
    const rv_builtin *row = row_of_call(s, form, &lambda);
    bool plain = row && ((row->flags & RV_F_ATOMIC) || row->fn == rl_if);
    rv_release(lambda);
    for (int64_t i = 1; plain && i < form->len; i++) plain = of_elements(s, rv_list_get(form, i), depth + 1);
    return plain;
}

/* Aggregates of elements, and arithmetic on them. */
static bool plain_output(rq_scope *s, const ray_val *form, bool top, int depth) {
    if (!rv_is_list(form) || form->len == 0) return !top || (form->type == -RY_SYM && !(form->attrs & RV_A_QUOTED));
    if (depth > RQ_DEPTH_MAX) return false;
    ray_val *lambda;
    const rv_builtin *row = row_of_call(s, form, &lambda);
    rv_release(lambda);
    if (!row) return false;
    bool aggregate = row->grouped >= 0 || among(plain_pairs, RB_COUNT(plain_pairs), row->fn);
    bool plain = aggregate || (row->flags & RV_F_ATOMIC);
    for (int64_t i = 1; plain && i < form->len; i++) {
        const ray_val *x = rv_list_get(form, i);
        plain = aggregate ? of_elements(s, x, depth + 1) : plain_output(s, x, false, depth + 1);
    }
    return plain;
}

static bool integers_only(rq_scope *s, const ray_val *form) {
    ray_val *lambda = NULL;
    const rv_builtin *row = rv_is_list(form) && form->len ? row_of_call(s, form, &lambda) : NULL;
    rv_release(lambda);
    return row && among(only_of_integers, RB_COUNT(only_of_integers), row->fn);
}

static bool ascends(rq_scope *s, const rq_keys *k, const rq_plan *p) {
    const ray_val *v = rv_list_get(k->columns, 0);
    enum ry_class cls = rv_is_vector(v) ? ry_class_of(v->type) : RY_C_NONE;
    bool integer = cls == RY_C_BOOL || cls == RY_C_INT;
    if (!integer && (cls != RY_C_TEMPORAL || v->type == RY_TIMESPAN || integers_only(s, k->bare))) return false;
    if (v->len == 0 || v->len >= ASCEND_ROWS || (v->attrs & RV_A_NULLS)) return false;
    uint64_t lo, hi;
    rk_keys keys = {.type = v->type, .data = v->data};
    rk_keys_span(&keys, 0, v->len, &lo, &hi);
    if (hi - lo >= ASCEND_SPAN || !plain_key(s, k->bare, 0)) return false;
    for (int i = 0; i < p->noutputs; i++)
        if (!plain_output(s, p->outputs[i].form, true, 0)) return false;
    return true;
}

bool rq_keys_ascend(rq_scope *s, const rq_keys *k, const rq_plan *p) {
    if (!k->bare || k->columns->len != 1 || p->noutputs == 0) return false;
    bool yes = ascends(s, k, p);
    rb_error_clear(); /* what cannot be looked up here fails when it is evaluated */
    return yes;
}
