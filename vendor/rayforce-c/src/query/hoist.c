/* Before an expression is evaluated row by row: aggregates in it are of the column, not of one cell, so they are made
 * first and their values stand in their place. */
#include "../lang/special.h"
#include "statement.h"

static bool is_call(const ray_val *form) { return rv_is_list(form) && form->len > 0; }

static bool is_name(const ray_val *form) { return form->type == -RY_SYM && !(form->attrs & RV_A_QUOTED); }

static bool has_rows(const rq_scope *s, const ray_val *form, int depth) {
    if (form->type == -RY_SYM) return rq_is_of_rows(s, form->u.sym) && (is_name(form) || s->quoted_names);
    bool yes = false;
    for (int64_t i = 0; !yes && depth < RQ_DEPTH_MAX && rv_is_list(form) && i < form->len; i++)
        yes = has_rows(s, rv_list_get(form, i), depth + 1);
    return yes;
}

/* The value of an aggregate as a literal, or the form itself: cells have it then. Owned. */
static ray_val *made(rq_scope *s, ray_val *form, bool *any) {
    rq_value v;
    const int depth = s->depth, ok = rq_expr(s, form, &v);
    s->depth = depth;
    if (ok == 0 && v.kind != RQ_MANY && rv_is_atom(v.v)) {
        *any = true;
        if (v.v->type != -RY_SYM) return v.v;
        ray_val *quoted = rv_sym_new(v.v->u.sym, true);
        rv_release(v.v);
        return quoted;
    }
    if (ok == 0) rv_release(v.v);
    if (ok < 0 && !rq_may_help(rb_error_code())) return NULL;
    if (ok < 0) rb_error_clear();
    return rv_retain(form);
}

static ray_val *hoisted(rq_scope *s, ray_val *form, int depth, bool *any) {
    if (!is_call(form) || depth > RQ_DEPTH_MAX || !has_rows(s, form, 0)) return rv_retain(form);
    const rv_builtin *row = rq_builtin_named(s, form);
    if (row && (row->fn == rl_quote || row->fn == rl_fn)) return rv_retain(form);
    if (row && (row->flags & RV_F_AGGREGATE) && !(row->type == RY_UNARY && form->len == 3)) return made(s, form, any);
    ray_val *out = rv_vec_room_new(RY_LIST, form->len);
    for (int64_t i = 0; out && i < form->len; i++) {
        if (rv_list_append_take(out, hoisted(s, rv_list_get(form, i), depth + 1, any)) == 0) continue;
        rv_release(out);
        out = NULL;
    }
    return out;
}

ray_val *rq_hoisted(rq_scope *s, ray_val *form, bool *constant) {
    bool any = false;
    ray_val *out = hoisted(s, form, 0, &any);
    *constant = out && any && !has_rows(s, out, 0);
    return out;
}
