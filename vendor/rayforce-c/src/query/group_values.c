/* What an expression is for each group: an aggregate is made over all rows at once, a column is cut by group, and
 * everything else is evaluated for each group by itself. */
#include "../lang/special.h"
#include "statement.h"

enum contents {
    HAS_ROWS = 1,    /* columns outside aggregates */
    HAS_GROUPS = 2,  /* aggregates, or aliases of them */
    HAS_ALIAS = 4,   /* the latter */
    HAS_OTHER = 8,   /* what has to be evaluated for each group by itself */
    HAS_FAILED = 16, /* what cannot be a value for each group; the error is set */
    HAS_CHOICE = 32, /* `if` outside aggregates */
};

/* ---- what a form contains ---------------------------------------------------------------------------------------- */

static int contents_of(rq_scope *s, ray_val *form, int depth);

/* Of an aggregate: names are columns before they are aliases. */
static int contents_of_args(rq_scope *s, const ray_val *form, bool aggregate, int depth) {
    const bool was = s->columns_first;
    int c = 0;
    s->columns_first |= aggregate;
    for (int64_t i = 1; i < form->len && !(c & HAS_FAILED); i++) c |= contents_of(s, rv_list_get(form, i), depth + 1);
    s->columns_first = was;
    return c;
}

/* A list has a vector for each group: what is made of it is made group by group. */
static int contents_of_alias(const rq_binding *b) {
    if (b->grouped) return rv_is_list(b->value.v) ? HAS_OTHER | HAS_ROWS : HAS_GROUPS | HAS_ALIAS;
    return b->value.kind == RQ_MANY ? HAS_ROWS : 0;
}

static int contents_of_name(rq_scope *s, int32_t name) {
    if (s->columns_first && rq_rows_find(s->rows, name) >= 0) return HAS_ROWS;
    for (const rq_binding *b = s->aliases; b; b = b->next)
        if (b->name == name) return contents_of_alias(b);
    if (!rq_is_bound(s, name) && rq_rows_find(s->rows, name) >= 0) return HAS_ROWS;
    rq_value v;
    if (rq_expr_name(s, name, &v) < 0) {
        rb_error_clear(); /* it fails again, and then for good, when it is evaluated */
        return HAS_OTHER;
    }
    bool rows = v.kind == RQ_MANY && !v.literal;
    rv_release(v.v);
    return rows ? HAS_ROWS : 0;
}

static int contents_of_aggregate(rq_scope *s, const ray_val *form, int depth) {
    int c = contents_of_args(s, form, true, depth);
    if ((c & HAS_GROUPS) && !(c & (HAS_ROWS | HAS_FAILED))) {
        rb_fail(RB_E_DOMAIN, "an aggregate of one value a group");
        return HAS_FAILED;
    }
    if (c & (HAS_OTHER | HAS_GROUPS | HAS_FAILED)) return (c & HAS_FAILED) | HAS_OTHER | (c & HAS_ROWS);
    return HAS_GROUPS;
}

static int contents_of_call(rq_scope *s, const ray_val *form, int depth) {
    ray_val *fn = rq_expr_head(s, rv_list_get(form, 0));
    if (!fn) return HAS_FAILED;
    const rv_builtin *row = fn->type == RY_LAMBDA ? NULL : fn->u.builtin.row;
    int c;
    bool pair = row && row->type == RY_UNARY && form->len == 3;
    if (!row || !(row->flags & (RV_F_ATOMIC | RV_F_AGGREGATE)))
        c = contents_of_args(s, form, row && rq_is_few(row->fn), depth) |
            (row && row->fn == rl_if ? HAS_CHOICE : HAS_OTHER);
    else if ((row->flags & RV_F_AGGREGATE) && !pair)
        c = contents_of_aggregate(s, form, depth);
    else
        c = contents_of_args(s, form, false, depth);
    rv_release(fn);
    return c;
}

static int contents_of(rq_scope *s, ray_val *form, int depth) {
    if (depth > RQ_DEPTH_MAX) {
        rb_fail(RB_E_LIMIT, "an expression is nested deeper than %d", RQ_DEPTH_MAX);
        return HAS_FAILED;
    }
    if (form->type == -RY_SYM && (form->attrs & RV_A_QUOTED))
        return s->quoted_names && rq_rows_find(s->rows, form->u.sym) >= 0 ? HAS_ROWS : 0;
    if (form->type == -RY_SYM) return contents_of_name(s, form->u.sym);
    if (rv_is_vector(form)) return form->len == s->rows->table->len ? HAS_ROWS : 0;
    return rv_is_list(form) && form->len ? contents_of_call(s, form, depth) : 0;
}

/* ---- the ways to make an output ---------------------------------------------------------------------------------- */

static int rows_by_group(rq_groups *x) {
    rq_rows *rows = x->s->rows;
    RB_TRY(rq_grouping_rows(x->by), -1);
    if (x->at) return 0;
    bool all = rq_rows_are_all(rows);
    const ray_val *at = all ? NULL : rq_rows_at(rows);
    if (!all && !at) return -1;
    x->at = all ? rv_retain(x->by->rows) : ro_gather(rows->rt, at, x->by->rows->data, x->by->rows->len);
    return x->at ? 0 : -1;
}

/* A vector over the rows of the view as one slice for each group. */
static ray_val *cut_by_group(rq_groups *x, const ray_val *v) {
    const rq_grouping *by = x->by;
    RB_TRY(rows_by_group(x), NULL);
    ray_val *sorted = ro_gather(x->s->rows->rt, v, by->rows->data, by->rows->len);
    ray_val *out = sorted ? rv_vec_room_new(RY_LIST, by->g.count) : NULL;
    for (int64_t g = 0; out && g < by->g.count; g++) {
        ray_val *slice = rv_vec_slice(sorted, by->start[g], by->start[g + 1] - by->start[g]);
        if (slice && (slice->attrs & RV_A_NULLS)) rv_vec_scan_nulls(slice);
        if (rv_list_append_take(out, slice) < 0) {
            rv_release(out);
            out = NULL;
        }
    }
    rv_release(sorted);
    return out;
}

/* An alias of one value a group: its value in group g. */
static ray_val *alias_value(const ray_val *column, int64_t g) {
    if (g >= 0) return rv_vec_at(column, g);
    return column->type == RY_LIST ? rv_retain(rv_null_get()) : rv_null_of_new(column->type);
}

/* Aliases as group g sees them, in b; -1: as a group without rows would see them. */
static rq_binding *aliases_of_group(const rq_groups *x, const rq_group_value *outputs, int n, int64_t g, rq_binding *b) {
    rq_binding *top = NULL;
    const rq_grouping *by = x->by;
    int64_t begin = g < 0 ? 0 : by->start[g], rows = g < 0 ? 0 : by->start[g + 1] - begin;
    for (int i = 0; i < n; i++) {
        const rq_binding *from = &outputs[i].binding;
        b[i] = (rq_binding){from->name, {.kind = from->grouped ? RQ_ONE : from->value.kind}, false, top};
        if (from->grouped)
            b[i].value.v = alias_value(outputs[i].column, g);
        else if (from->value.kind == RQ_MANY && !from->value.literal)
            b[i].value.v = ro_gather(x->s->rows->rt, from->value.v, RV_DATA(int64_t, by->rows) + begin, rows);
        else
            b[i].value.v = rv_retain(from->value.v);
        top = &b[i];
        if (!b[i].value.v) return NULL;
        if (from->grouped && ro_is_collection(b[i].value.v)) b[i].value.kind = RQ_MANY;
    }
    return top;
}

static int not_one_a_group(const ray_val *v) {
    return rb_fail(RB_E_DOMAIN, "an output that is not one value for each group, but %s", ry_name(v->type));
}

/* A list of aggregates is neither one value for each group nor made of its rows. */
static int check_value(const ray_val *v, int contents) {
    if (!rv_is_list(v) && v->type != RY_DICT) return 0;
    if ((contents & HAS_ROWS) || !(contents & HAS_GROUPS)) return 0;
    return not_one_a_group(v);
}

static ray_val *of_group(const rq_groups *x, ray_val *form, int contents, const rq_group_value *outputs, int n, int64_t g,
                         rq_binding *b) {
    const rq_grouping *by = x->by;
    int64_t begin = g < 0 ? 0 : by->start[g], count = g < 0 ? 0 : by->start[g + 1] - begin;
    rq_rows rows;
    rq_value v = {0};
    memset(b, 0, (size_t)n * sizeof *b);
    rq_binding *aliases = aliases_of_group(x, outputs, n, g, b);
    ray_val *at = !n || aliases ? rv_vec_slice(x->at, begin, count) : NULL;
    if (at && rq_rows_pick_take(&rows, x->s->rows, at) == 0) {
        rq_scope s = {
            .rows = &rows, .aliases = aliases, .whole = true, .quoted_names = x->s->quoted_names,
            .rows_only = x->s->rows_only, .present = !x->uncut && rq_is_plain_call(form), .row = -1};
        if (rq_expr_any(&s, form, &v) == 0 && check_value(v.v, contents) < 0) {
            rv_release(v.v);
            v.v = NULL;
        }
        rq_rows_close(&rows);
    }
    for (int i = 0; i < n; i++) rv_release(b[i].value.v);
    return v.v;
}

/* What rows may have, though nothing has not. */
static bool is_of_data(int code) {
    return code == RB_E_TYPE || code == RB_E_DOMAIN || code == RB_E_LENGTH || code == RB_E_RANGE || code == RB_E_INDEX ||
           code == RB_E_VALUE || code == RB_E_KEY;
}

/* No groups: unknown names are refused nevertheless, and what is one atom of nothing tells the type. */
static ray_val *of_no_group(const rq_groups *x, ray_val *form, int contents, const rq_group_value *outputs, int n,
                            rq_binding *b) {
    ray_val *v = of_group(x, form, contents, outputs, n, -1, b);
    if (!v && !is_of_data(rb_error_code())) return NULL;
    if (!v) rb_error_clear();
    ray_val *out = rv_vec_new(v && rv_is_atom(v) ? -v->type : RY_LIST, 0);
    rv_release(v);
    return out;
}

static ray_val *by_group(rq_groups *x, ray_val *form, int contents, const rq_group_value *outputs, int n) {
    RB_TRY(rows_by_group(x), NULL);
    rq_binding *b = rb_alloc((size_t)n * sizeof *b);
    if (b && x->by->g.count == 0) {
        ray_val *none = of_no_group(x, form, contents, outputs, n, b);
        rb_free(b, (size_t)n * sizeof *b);
        return none;
    }
    ray_val *out = b ? rv_vec_room_new(RY_LIST, x->by->g.count) : NULL;
    for (int64_t g = 0; out && g < x->by->g.count; g++) {
        if (rv_list_append_take(out, of_group(x, form, contents, outputs, n, g, b)) < 0) {
            rv_release(out);
            out = NULL;
        }
    }
    if (b) rb_free(b, (size_t)n * sizeof *b);
    return ro_collapse_take(out);
}

static ray_val *one_a_group(ray_val *v, int64_t groups) {
    if ((rv_is_vector(v) || rv_is_list(v)) && v->len == groups) return rv_retain(v);
    (void)not_one_a_group(v);
    return NULL;
}

/* An expression over groups, rows or nothing. */
static int over_all(rq_groups *x, ray_val *form, int contents, rq_group_value *out) {
    rq_scope s = *x->s;
    s.grouping = contents & HAS_GROUPS ? x->by : NULL;
    s.whole = true;
    s.wide = x->uncut && !(contents & HAS_GROUPS);
    rq_value v;
    RB_TRY(rq_expr_any(&s, form, &v), -1);
    bool groups = (contents & HAS_GROUPS) && v.kind != RQ_CONST,
         rows = !groups && v.kind == RQ_MANY && !v.literal && (contents & HAS_ROWS);
    if (groups)
        out->column = one_a_group(v.v, x->by->g.count);
    else if (rows && v.v->len == x->by->g.n)
        out->column = x->uncut ? rv_retain(v.v) : cut_by_group(x, v.v);
    else if (rows)
        rb_fail(RB_E_LENGTH, "an output of %lld values for %lld rows", (long long)v.v->len, (long long)x->by->g.n);
    else
        out->column = rq_repeat(s.rows->rt, v.v, x->by->g.count);
    out->constant = v.kind == RQ_CONST && rv_is_atom(v.v);
    out->binding.value = v;
    out->binding.grouped = groups;
    out->rows = rows && x->uncut;
    return out->column ? 0 : -1;
}

/* Literals, aliases of one value a group, and what is made of aggregates by verbs of elements. */
static bool is_direct(const rq_scope *s, const ray_val *form, int contents) {
    if (form->type == -RY_SYM && !(form->attrs & RV_A_QUOTED)) return rq_is_bound(s, form->u.sym);
    if (!rv_is_list(form) && contents == 0) return rv_is_atom(form);
    return contents == HAS_GROUPS || contents == (HAS_GROUPS | HAS_ALIAS);
}

/* (top column 2): 1 done, 0 it is something else, -1. */
static int first_few(rq_groups *x, const ray_val *form, ray_val **out) {
    rq_rows *rows = x->s->rows;
    int64_t k;
    if (!rv_is_list(form) || form->len != 3) return 0;
    const ray_val *name = rv_list_get(form, 1);
    if (name->type != -RY_SYM || (name->attrs & RV_A_QUOTED)) return 0;
    const int64_t c = rq_rows_find(rows, name->u.sym);
    if (c < 0 || !ro_int_of(rv_list_get(form, 2), false, &k)) return 0;
    ray_val *fn = rq_expr_head(x->s, rv_list_get(form, 0));
    const rv_builtin *row = fn && fn->type != RY_LAMBDA ? fn->u.builtin.row : NULL;
    ray_val *v = row ? rq_rows_column(rows, c) : NULL;
    int done = v ? rq_grouped_first(rows->rt, &x->by->g, row->fn, v, k, out) : 0;
    rv_release(fn);
    return done;
}

int rq_group_value_of(rq_groups *x, const rq_output *o, rq_group_value *outputs, int n) {
    rq_group_value *out = &outputs[n];
    out->binding.name = o->name;
    int c = contents_of(x->s, o->form, 0);
    out->direct = is_direct(x->s, o->form, c);
    if (c & HAS_FAILED) return -1;
    if ((c & HAS_ALIAS) && (c & HAS_ROWS) && !(c & HAS_OTHER))
        return rb_fail(RB_E_DOMAIN, "rows and an alias with one value a group in one expression");
    const bool rows = c & HAS_ROWS, groups = c & HAS_GROUPS;
    if (!(rows && groups) && (!(c & HAS_OTHER) || (groups && !x->uncut))) return over_all(x, o->form, c, out);
    const int few = x->uncut ? 0 : first_few(x, o->form, &out->column);
    if (few == 0) out->column = by_group(x, o->form, c, outputs, n);
    out->binding.grouped = true;
    out->binding.value.kind = RQ_MANY;
    out->binding.value.v = out->column ? rv_retain(out->column) : NULL;
    return out->column ? 0 : -1;
}
