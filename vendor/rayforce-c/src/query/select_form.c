/* `select`: from → where → groups or order → outputs → take. */
#include "statement.h"

/* ---- outputs that are not grouped -------------------------------------------------------------------------------- */

typedef struct outputs {
    rq_binding *b; /* in the order written; the chain of aliases runs backwards through them */
    int n, got;
} outputs;

/* A column under its own or another name stays as it is held. 1: it is something else. */
static int name_of_column(rq_scope *s, const ray_val *form, rq_value *out) {
    bool name = form->type == -RY_SYM && !(form->attrs & RV_A_QUOTED) && !rq_is_bound(s, form->u.sym);
    int64_t c = name ? rq_rows_find(s->rows, form->u.sym) : -1;
    if (c < 0) return 1;
    ray_val *v = rq_rows_held(s->rows, c);
    *out = (rq_value){.v = v ? rv_retain(v) : NULL, .kind = RQ_MANY};
    return v ? 0 : -1;
}

static int evaluate(rq_scope *s, const rq_plan *p, outputs *o) {
    for (int i = 0; i < p->noutputs; i++) {
        s->present = rq_is_plain_call(p->outputs[i].form);
        int done = name_of_column(s, p->outputs[i].form, &o->b[i].value);
        if (done == 1) done = rq_expr_any(s, p->outputs[i].form, &o->b[i].value);
        if (done < 0) return -1;
        o->b[i].name = p->outputs[i].name;
        o->b[i].next = s->aliases;
        s->aliases = &o->b[i];
        o->got++;
    }
    return 0;
}

/* Aggregates by themselves, of which a source without rows has none. */
static bool aggregates_alone(const rq_plan *p, ray_rt *rt) {
    for (int i = 0; i < p->noutputs; i++) {
        const ray_val *form = p->outputs[i].form, *head = rv_is_list(form) && form->len ? rv_list_get(form, 0) : NULL;
        const ray_val *fn = head && head->type == -RY_SYM ? rl_global_get(rt, head->u.sym) : NULL;
        const rv_builtin *row = fn && rv_is_callable(fn) && fn->type != RY_LAMBDA ? fn->u.builtin.row : NULL;
        if (!row || !(row->flags & RV_F_AGGREGATE)) return false;
    }
    return true;
}

/* Rows of the result: those of the vectors; one for aggregates alone; those of the source for constants alone. */
static int64_t result_rows(const rq_plan *p, const rq_rows *rows, const outputs *o) {
    int64_t n = -1;
    bool one = false, from_rows = false;
    for (int i = 0; i < o->n; i++) {
        const rq_value *x = &o->b[i].value;
        one |= x->kind == RQ_ONE;
        if (x->kind != RQ_MANY) continue;
        if (n >= 0 && x->v->len != n) {
            bool foreign = x->literal || !from_rows;
            return rb_fail(foreign ? RB_E_DOMAIN : RB_E_LENGTH, "select: outputs of %lld and %lld rows", (long long)n,
                           (long long)x->v->len);
        }
        n = x->v->len;
        from_rows |= !x->literal;
    }
    if (n >= 0) return n;
    return one ? (rows->table->len || !aggregates_alone(p, rows->rt) ? 1 : 0) : rows->n;
}

static ray_val *build(const rq_plan *p, const rq_rows *rows, const outputs *o) {
    int64_t n = result_rows(p, rows, o);
    ray_val *names = n < 0 ? NULL : rv_vec_room_new(RY_SYM, o->n),
            *columns = names ? rv_vec_room_new(RY_LIST, o->n) : NULL;
    bool ok = columns != NULL;
    for (int i = 0; ok && i < o->n; i++) {
        const rq_value *x = &o->b[i].value;
        ray_val *column = x->kind == RQ_MANY ? rv_retain(x->v) : rq_repeat(rows->rt, x->v, n);
        ok = rv_list_append_take(columns, column) == 0 && rv_vec_append(names, &o->b[i].name, 1) == 0;
    }
    if (ok) return rv_table_new_take(names, columns);
    rv_release(names);
    rv_release(columns);
    return NULL;
}

static int outputs_new(outputs *o, int n) {
    *o = (outputs){rb_alloc_zero((size_t)n * sizeof *o->b), n, 0};
    return o->b ? 0 : -1;
}

static void outputs_free(outputs *o) {
    for (int i = 0; i < o->got; i++) rv_release(o->b[i].value.v);
    rb_free(o->b, (size_t)o->n * sizeof *o->b);
}

static ray_val *project(const rq_plan *p, rq_rows *rows) {
    outputs o;
    RB_TRY(outputs_new(&o, p->noutputs), NULL);
    rq_scope s = {.rows = rows, .wide = true, .quoted_names = true, .rows_only = true, .row = -1};
    ray_val *out = evaluate(&s, p, &o) == 0 ? build(p, rows, &o) : NULL;
    outputs_free(&o);
    return out;
}

/* Aggregates of the rows that where: leaves, without making these. 1, 0: it cannot be done so, or -1. */
static int aggregate(const rq_plan *p, rq_rows *rows, ray_val **out) {
    outputs o;
    if (p->by || p->take) return 0;
    RB_TRY(outputs_new(&o, p->noutputs), -1);
    rq_value *values = rb_alloc_zero((size_t)p->noutputs * sizeof *values);
    int ok = values ? rq_aggregate_by_blocks(p, rows, values) : -1;
    for (int i = 0; values && i < o.n; i++) {
        o.b[i].name = p->outputs[i].name;
        o.b[i].value = values[i];
    }
    o.got = o.n;
    if (ok == 1 && !(*out = build(p, rows, &o))) ok = -1;
    if (values) rb_free(values, (size_t)p->noutputs * sizeof *values);
    outputs_free(&o);
    return ok;
}

static ray_val *all_columns(rq_rows *rows) {
    if (rq_rows_are_all(rows)) return rv_retain(rows->table);
    int64_t n = rv_table_columns(rows->table);
    ray_val *columns = rv_vec_room_new(RY_LIST, n);
    for (int64_t c = 0; columns && c < n; c++) {
        ray_val *v = rq_rows_held(rows, c);
        if (rv_list_append_take(columns, v ? rv_retain(v) : NULL) < 0) {
            rv_release(columns);
            return NULL;
        }
    }
    return columns ? rv_table_new_take(rv_retain(rows->table->u.pair.keys), columns) : NULL;
}

static ray_val *source_column(void *ctx, int64_t c) { return rq_rows_held(ctx, c); }

static ray_val *select_rows(rq_plan *p, rq_rows *rows) {
    bool pass = p->take && rq_rows_stay_rows(p, rows); /* rows that are not taken need not be brought along */
    int64_t first = pass ? rq_take_first(p, rows->rt) : INT64_MAX;
    if (first < 0) return NULL;
    ray_val *order = rq_clause_order(p, rows->rt, rows->table->u.pair.keys, source_column, rows, first);
    if (order && order->type == RY_NULL && !rq_rows_are_all(rows) && first < rows->n) {
        order = rv_vec_new(RY_I64, first);
        if (order) rk_iota(0, first, order->data);
    }
    if (order && order->type == RY_I64 && pass) {
        order = rq_taken_take(p, rows->rt, order);
        p->take = NULL;
    }
    if (!order) return NULL;
    if (order->type == RY_I64) RB_TRY(rq_rows_order_take(rows, order), NULL);
    return p->noutputs ? project(p, rows) : all_columns(rows);
}

/* ---- the statement ----------------------------------------------------------------------------------------------- */

static ray_val *run(rq_plan *p, rq_rows *rows) {
    ray_val *one = NULL;
    int done = aggregate(p, rows, &one);
    if (done != 0) return done < 0 ? NULL : one;
    if (p->where && rq_filter(rows, p->where) < 0) return NULL;
    return p->by ? rq_select_grouped(p, rows) : select_rows(p, rows);
}

static ray_val *source_of(ray_rt *rt, ray_val *form) {
    ray_val *t = rl_eval(rt, form);
    if (!t || t->type == RY_TABLE) return t;
    ro_refuse("select", "a table behind from:", t);
    rv_release(t);
    return NULL;
}

RV_VERB(rq_select) {
    if (n < 1) return rb_fail_null(RB_E_ARITY, "select: a statement was expected");
    if (args[0]->type != RY_DICT) return ro_refuse("select", "a statement: {from: table ...}", args[0]);
    rq_plan p;
    rq_rows rows;
    RB_TRY(rq_plan_new(&p, RQ_SELECT, args[0]), NULL);
    ray_val *t = source_of(rt, p.from), *out = NULL;
    if (t && rq_rows_open_take(&rows, rt, t) == 0) {
        out = run(&p, &rows);
        out = rq_taken_take(&p, rt, out);
        rq_rows_close(&rows);
    }
    rq_plan_free(&p);
    return out;
}
