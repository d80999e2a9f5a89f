/* Outputs of a select with by:. */
#include "statement.h"

/* ---- the result -------------------------------------------------------------------------------------------------- */

/* The only key column, under its own name or under another one, is there already. */
static bool is_key(const rq_rows *rows, const rq_keys *k, const ray_val *form) {
    if (form->type != -RY_SYM || (form->attrs & RV_A_QUOTED) || k->bare || rq_rows_find(rows, form->u.sym) < 0)
        return false;
    return k->names->len == 1 && RV_DATA(int32_t, k->names)[0] == form->u.sym;
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
                        ro_gather(rows->rt, rv_list_held(k->columns, i), g->first, g->count)),
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
        ray_val *v = rq_rows_held(rows, c);
        RB_TRY(add_take(r, name, v ? ro_gather(rows->rt, v, g->first, g->count) : NULL), -1);
    }
    return 0;
}

static int add_outputs(result *r, rq_groups *x, const rq_plan *p, const rq_keys *k, rq_group_value *outputs) {
    int n = 0, ok = 0;
    rq_rows *rows = x->s->rows;
    for (int i = 0; ok == 0 && i < p->noutputs; i++) {
        if (is_key(rows, k, p->outputs[i].form)) continue;
        ok = rq_group_value_of(x, &p->outputs[i], outputs, n);
        if (ok < 0) break;
        outputs[n].binding.next = x->s->aliases;
        x->s->aliases = &outputs[n].binding;
        ok = add_take(r, p->outputs[i].name, rv_retain(outputs[n++].column));
    }
    return ok < 0 ? -1 : n;
}

static ray_val *as_list(const ray_val *v) {
    ray_val *out = rv_vec_room_new(RY_LIST, v->len);
    for (int64_t i = 0; out && i < v->len; i++) {
        if (rv_list_append_take(out, rv_vec_at(v, i)) == 0) continue;
        rv_release(out);
        return NULL;
    }
    return out;
}

/* With one key, outputs that are not made of aggregates are lists of one value a group, and constants beside them stay
 * lists of atoms. */
static int loosen_constants(result *r, const rq_keys *k, const ro_groups *g, const rq_group_value *outputs, int n) {
    bool direct = true;
    for (int i = 0; i < n; i++) direct &= outputs[i].direct;
    if (direct || k->names->len != 1) return 0;
    for (int i = 0; i < n; i++) {
        if (!outputs[i].constant || (outputs[i].direct && g->count == 0)) continue;
        ray_val *list = as_list(outputs[i].column);
        if (!list) return -1;
        rv_list_set_take(r->columns, 1 + i, list);
    }
    return 0;
}

static ray_val *result_column(void *ctx, int64_t c) { return rv_list_get(((result *)ctx)->columns, c); }

static ray_val *ordered_take(const rq_plan *p, ray_rt *rt, result *r) {
    ray_val *order = rq_clause_order(p, rt, r->names, result_column, r, INT64_MAX), *out = NULL;
    ray_val *t = rv_table_new_take(r->names, r->columns);
    *r = (result){NULL, NULL};
    if (t && order) out = order->type == RY_I64 ? ro_gather(rt, t, order->data, order->len) : rv_retain(t);
    rv_release(order);
    rv_release(t);
    return out;
}

static ray_val *run(const rq_plan *p, const rq_keys *k, rq_groups *x) {
    size_t size = (size_t)p->noutputs * sizeof(rq_group_value);
    rq_group_value *outputs = rb_alloc_zero(size);
    result r = {outputs ? rv_vec_room_new(RY_SYM, 8) : NULL, NULL};
    r.columns = r.names ? rv_vec_room_new(RY_LIST, 8) : NULL;
    int ok = r.columns ? add_keys(&r, x->s->rows, k, &x->by->g) : -1;
    int made = ok == 0 ? add_outputs(&r, x, p, k, outputs) : -1;
    if (made > 0 && loosen_constants(&r, k, &x->by->g, outputs, made) < 0) made = -1;
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

/* ---- grouping ---------------------------------------------------------------------------------------------------- */

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

void rq_grouping_free(rq_grouping *by) {
    if (by->start) RO_ROOM_FREE(by->start, by->g.count + 1);
    rv_release(by->rows);
    ro_groups_free(&by->g);
}

ray_val *rq_select_grouped(rq_plan *p, rq_rows *rows) {
    rq_scope s = {
        .rows = rows, .whole = true, .wide = true, .quoted_names = true, .rows_only = true, .present = true, .row = -1};
    rq_keys k;
    rq_grouping by;
    RB_TRY(rq_keys_new(&k, &s, p->by), NULL);
    s.quoted_names = false;
    ray_val *out = NULL;
    if (grouping_new(&by, &s, p, &k) == 0) {
        rq_groups x = {.s = &s, .by = &by};
        out = run(p, &k, &x);
        rv_release(x.at);
    }
    rq_grouping_free(&by);
    rq_keys_free(&k);
    return out;
}
