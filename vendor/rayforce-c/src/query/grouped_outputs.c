/* A select with groups: what each output is made of decides how it is made. Aggregates and arithmetic on them give one
 * vector over the groups; expressions over rows are computed once and cut by group; all else is evaluated for each
 * group by itself. */
#include "../lang/special.h"
#include "statement.h"

enum contents {
    HAS_ROWS = 1,    /* columns outside aggregates */
    HAS_GROUPS = 2,  /* aggregates, or aliases of them */
    HAS_ALIAS = 4,   /* the latter */
    HAS_OTHER = 8,   /* what has to be evaluated for each group by itself */
    HAS_FAILED = 16, /* what cannot be a value for each group; the error is set */
};

/* ---- what a form contains
 * ---------------------------------------------------------------------------------------------- */

static int contents_of(rq_scope *s, ray_val *form, int depth);

static int contents_of_args(rq_scope *s, const ray_val *form, int depth) {
    int c = 0;
    for (int64_t i = 1; i < form->len; i++) c |= contents_of(s, rv_list_get(form, i), depth + 1);
    return c;
}

static int contents_of_name(rq_scope *s, int32_t name) {
    if (s->columns_first && rq_rows_find(s->rows, name) >= 0) return HAS_ROWS;
    for (const rq_binding *b = s->aliases; b; b = b->next)
        if (b->name == name) return b->grouped ? HAS_GROUPS | HAS_ALIAS : b->value.kind == RQ_MANY ? HAS_ROWS : 0;
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
    bool was = s->columns_first;
    s->columns_first = true;
    int c = contents_of_args(s, form, depth);
    s->columns_first = was;
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
        c = row && row->fn == rl_if ? contents_of_args(s, form, depth) : contents_of_args(s, form, depth) | HAS_OTHER;
    else if ((row->flags & RV_F_AGGREGATE) && !pair)
        c = contents_of_aggregate(s, form, depth);
    else
        c = contents_of_args(s, form, depth);
    rv_release(fn);
    return c;
}

static int contents_of(rq_scope *s, ray_val *form, int depth) {
    if (depth > RQ_DEPTH_MAX) {
        rb_fail(RB_E_LIMIT, "an expression is nested deeper than %d", RQ_DEPTH_MAX);
        return HAS_FAILED;
    }
    if (form->type == -RY_SYM) return form->attrs & RV_A_QUOTED ? 0 : contents_of_name(s, form->u.sym);
    if (rv_is_vector(form)) return form->len == s->rows->table->len ? HAS_ROWS : 0;
    return rv_is_list(form) && form->len ? contents_of_call(s, form, depth) : 0;
}

/* ---- the ways to make an output
 * ------------------------------------------------------------------------------------------ */

typedef struct grouped_output {
    ray_val *column;    /* owned: one element a group */
    rq_binding binding; /* value.v is owned */
} grouped_output;

typedef struct grouped {
    rq_scope *s;
    rq_grouping *by;
    ray_val *at; /* I64, owned: row numbers of the table, group by group; null until rows_by_group */
} grouped;

static int rows_by_group(grouped *x) {
    const rq_rows *rows = x->s->rows;
    RB_TRY(rq_grouping_rows(x->by), -1);
    if (x->at) return 0;
    x->at = rows->at ? ro_gather(rows->rt, rows->at, x->by->rows->data, x->by->rows->len) : rv_retain(x->by->rows);
    return x->at ? 0 : -1;
}

/* A vector over the rows of the view as one slice for each group. */
static ray_val *cut_by_group(grouped *x, const ray_val *v) {
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

/* Aliases as group g sees them, in b. */
static rq_binding *aliases_of_group(const grouped *x, const grouped_output *outputs, int n, int64_t g, rq_binding *b) {
    rq_binding *top = NULL;
    const rq_grouping *by = x->by;
    for (int i = 0; i < n; i++) {
        const rq_binding *from = &outputs[i].binding;
        b[i] = (rq_binding){from->name, {.kind = from->grouped ? RQ_ONE : from->value.kind}, false, top};
        if (from->grouped)
            b[i].value.v = rv_vec_at(outputs[i].column, g);
        else if (from->value.kind == RQ_MANY && !from->value.literal)
            b[i].value.v = ro_gather(x->s->rows->rt, from->value.v, RV_DATA(int64_t, by->rows) + by->start[g],
                                     by->start[g + 1] - by->start[g]);
        else
            b[i].value.v = rv_retain(from->value.v);
        top = &b[i];
        if (!b[i].value.v) return NULL;
    }
    return top;
}

/* A list of aggregates is neither one value for each group nor made of its rows. */
static int check_value(const ray_val *v, int contents) {
    if (!rv_is_list(v) && v->type != RY_DICT) return 0;
    if ((contents & HAS_ROWS) || !(contents & HAS_GROUPS)) return 0;
    return rb_fail(RB_E_DOMAIN, "an output that is not one value for each group, but %s", ry_name(v->type));
}

static ray_val *of_group(const grouped *x, ray_val *form, int contents, const grouped_output *outputs, int n, int64_t g,
                         rq_binding *b) {
    const rq_grouping *by = x->by;
    rq_rows rows;
    rq_value v = {0};
    memset(b, 0, (size_t)n * sizeof *b);
    rq_binding *aliases = aliases_of_group(x, outputs, n, g, b);
    ray_val *at = !n || aliases ? rv_vec_slice(x->at, by->start[g], by->start[g + 1] - by->start[g]) : NULL;
    if (at && rq_rows_pick_take(&rows, x->s->rows, at) == 0) {
        rq_scope s = {.rows = &rows, .aliases = aliases, .whole = true, .row = -1};
        if (rq_expr_any(&s, form, &v) == 0 && check_value(v.v, contents) < 0) {
            rv_release(v.v);
            v.v = NULL;
        }
        rq_rows_close(&rows);
    }
    for (int i = 0; i < n; i++) rv_release(b[i].value.v);
    return v.v;
}

static ray_val *by_group(grouped *x, ray_val *form, int contents, const grouped_output *outputs, int n) {
    RB_TRY(rows_by_group(x), NULL);
    rq_binding *b = rb_alloc((size_t)n * sizeof *b);
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

/* An expression over groups, rows or nothing. */
static int over_all(grouped *x, ray_val *form, int contents, grouped_output *out) {
    rq_scope s = *x->s;
    s.grouping = contents & HAS_GROUPS ? x->by : NULL;
    s.whole = true;
    rq_value v;
    RB_TRY(rq_expr_any(&s, form, &v), -1);
    bool groups = (contents & HAS_GROUPS) && v.kind == RQ_MANY,
         rows = !groups && v.kind == RQ_MANY && !v.literal && (contents & HAS_ROWS);
    if (groups)
        out->column = rv_retain(v.v);
    else if (rows && v.v->len == x->by->g.n)
        out->column = cut_by_group(x, v.v);
    else if (rows)
        rb_fail(RB_E_LENGTH, "an output of %lld values for %lld rows", (long long)v.v->len, (long long)x->by->g.n);
    else
        out->column = rq_repeat(s.rows->rt, v.v, x->by->g.count);
    out->binding.value = v;
    out->binding.grouped = groups;
    return out->column ? 0 : -1;
}

static int make_output(grouped *x, const rq_output *o, grouped_output *outputs, int n) {
    grouped_output *out = &outputs[n];
    out->binding.name = o->name;
    int c = contents_of(x->s, o->form, 0);
    if (c & HAS_FAILED) return -1;
    if ((c & HAS_ALIAS) && (c & HAS_ROWS) && !(c & HAS_OTHER))
        return rb_fail(RB_E_DOMAIN, "rows and an alias with one value a group in one expression");
    if (!(c & HAS_OTHER) && !((c & HAS_ROWS) && (c & HAS_GROUPS))) return over_all(x, o->form, c, out);
    out->column = by_group(x, o->form, c, outputs, n);
    out->binding.grouped = true;
    out->binding.value.kind = RQ_MANY;
    out->binding.value.v = out->column ? rv_retain(out->column) : NULL;
    return out->column ? 0 : -1;
}

/* ---- the result
 * -------------------------------------------------------------------------------------------------------------- */

/* A key column under its own name, or under another one, is there already. */
static bool is_key(const rq_rows *rows, const rq_keys *k, const ray_val *form) {
    if (form->type != -RY_SYM || (form->attrs & RV_A_QUOTED) || k->bare || rq_rows_find(rows, form->u.sym) < 0)
        return false;
    for (int64_t i = 0; i < k->names->len; i++)
        if (RV_DATA(int32_t, k->names)[i] == form->u.sym) return true;
    return false;
}

typedef struct result {
    ray_val *names, *columns;
} result;

static int add_take(result *r, int32_t name, ray_val *column) {
    if (rv_list_append_take(r->columns, column) < 0) return -1;
    return rv_vec_append(r->names, &name, 1);
}

static int add_keys(result *r, const rq_rows *rows, const rq_keys *k, const ro_groups *g) {
    for (int64_t i = 0; i < k->names->len; i++)
        RB_TRY(add_take(r, RV_DATA(int32_t, k->names)[i],
                        ro_gather(rows->rt, rv_list_get(k->columns, i), g->first, g->count)),
               -1);
    return 0;
}

static bool has_name(const ray_val *names, int64_t n, int32_t name) {
    for (int64_t i = 0; i < n; i++)
        if (RV_DATA(int32_t, names)[i] == name) return true;
    return false;
}

/* No outputs: the first row of each group. */
static int add_first_rows(result *r, rq_rows *rows, const rq_keys *k, const ro_groups *g) {
    for (int64_t c = 0; c < rv_table_columns(rows->table); c++) {
        int32_t name = rv_table_name(rows->table, c);
        if (has_name(k->names, k->names->len, name)) continue;
        ray_val *v = rq_rows_column(rows, c);
        RB_TRY(add_take(r, name, v ? ro_gather(rows->rt, v, g->first, g->count) : NULL), -1);
    }
    return 0;
}

static int add_outputs(result *r, grouped *x, const rq_plan *p, const rq_keys *k, grouped_output *outputs) {
    int n = 0, ok = 0;
    rq_rows *rows = x->s->rows;
    for (int i = 0; ok == 0 && i < p->noutputs; i++) {
        if (is_key(rows, k, p->outputs[i].form)) continue;
        ok = make_output(x, &p->outputs[i], outputs, n);
        if (ok < 0) break;
        outputs[n].binding.next = x->s->aliases;
        x->s->aliases = &outputs[n].binding;
        ok = add_take(r, p->outputs[i].name, rv_retain(outputs[n++].column));
    }
    return ok < 0 ? -1 : n;
}

static ray_val *result_column(void *ctx, int64_t c) { return rv_list_get(((result *)ctx)->columns, c); }

static ray_val *ordered_take(const rq_plan *p, ray_rt *rt, result *r) {
    ray_val *order = rq_clause_order(p, rt, r->names, result_column, r), *out = NULL;
    ray_val *t = rv_table_new_take(r->names, r->columns);
    *r = (result){NULL, NULL};
    if (t && order) out = order->type == RY_I64 ? ro_gather(rt, t, order->data, order->len) : rv_retain(t);
    rv_release(order);
    rv_release(t);
    return out;
}

static ray_val *run(const rq_plan *p, const rq_keys *k, grouped *x) {
    size_t size = (size_t)p->noutputs * sizeof(grouped_output);
    grouped_output *outputs = rb_alloc_zero(size);
    result r = {outputs ? rv_vec_room_new(RY_SYM, 8) : NULL, NULL};
    r.columns = r.names ? rv_vec_room_new(RY_LIST, 8) : NULL;
    int ok = r.columns ? add_keys(&r, x->s->rows, k, &x->by->g) : -1;
    int made = ok == 0 ? add_outputs(&r, x, p, k, outputs) : -1;
    if (made == 0) made = add_first_rows(&r, x->s->rows, k, &x->by->g);
    ray_val *out = made >= 0 ? ordered_take(p, x->s->rows->rt, &r) : NULL;
    for (int i = 0; outputs && i < p->noutputs; i++) {
        rv_release(outputs[i].column);
        rv_release(outputs[i].binding.value.v);
    }
    if (outputs) rb_free(outputs, size);
    rv_release(r.names);
    rv_release(r.columns);
    return out;
}

/* ---- grouping
 * ------------------------------------------------------------------------------------------------------------------ */

/* Group numbers in the order of the keys instead of their first appearance. */
static int ascend(ray_rt *rt, const ray_val *key, ro_groups *g) {
    int64_t n = g->count, *room = RO_ROOM(int64_t, 3 * n), *place = room ? room + n : NULL,
            *first = room ? room + 2 * n : NULL;
    ray_val *heads = room ? ro_gather(rt, key, g->first, n) : NULL;
    int ok = heads ? ro_sort_rows(rt, heads, false, room) : -1;
    if (ok == 0) {
        rk_invert(room, n, place);
        for (int64_t i = 0; i < n; i++) first[i] = g->first[room[i]];
        for (int64_t i = 0; i < g->n; i++) g->id[i] = (int32_t)place[g->id[i]];
        memcpy(g->first, first, (size_t)n * sizeof *first);
    }
    rv_release(heads);
    if (room) RO_ROOM_FREE(room, 3 * n);
    return ok;
}

static int grouping_new(rq_grouping *by, rq_scope *s, const rq_plan *p, const rq_keys *k) {
    *by = (rq_grouping){0};
    ray_rt *rt = s->rows->rt;
    RB_TRY(ro_group_rows(rt, k->columns->data, (int)k->columns->len, &by->g), -1);
    if (rq_keys_ascend(s, k, p)) RB_TRY(ascend(rt, rv_list_get(k->columns, 0), &by->g), -1);
    return 0;
}

int rq_grouping_rows(rq_grouping *by) {
    if (by->rows) return 0;
    if (!by->start) by->start = RO_ROOM(int64_t, by->g.count + 1);
    by->rows = by->start ? rv_vec_new(RY_I64, by->g.n) : NULL;
    if (!by->rows) return -1;
    rk_group_starts(by->g.id, by->g.n, by->g.count, by->start);
    rk_group_rows(by->g.id, by->g.n, by->g.count, by->start, by->rows->data);
    return 0;
}

static void grouping_free(rq_grouping *by) {
    if (by->start) RO_ROOM_FREE(by->start, by->g.count + 1);
    rv_release(by->rows);
    ro_groups_free(&by->g);
}

ray_val *rq_select_grouped(rq_plan *p, rq_rows *rows) {
    rq_scope s = {.rows = rows, .whole = true, .quoted_names = true, .row = -1};
    rq_keys k;
    rq_grouping by;
    RB_TRY(rq_keys_new(&k, &s, p->by), NULL);
    s.quoted_names = false;
    ray_val *out = NULL;
    if (grouping_new(&by, &s, p, &k) == 0) {
        grouped x = {&s, &by, NULL};
        out = run(p, &k, &x);
        rv_release(x.at);
    }
    grouping_free(&by);
    rq_keys_free(&k);
    return out;
}
