/* `update`: columns written, in the rows for which a predicate holds, or from what each group makes. */
#include "../kernel/kernel.h"
#include "changes.h"

typedef struct update {
    ray_rt *rt;
    rq_rows *rows;
    const ray_val *mask;      /* B8; null: all rows are written */
    bool anew;                /* a column takes the type of what it is given */
    bool some;                /* there is a condition: a column keeps its type, also if all rows are written */
    ray_val *names, *columns; /* of the result, owned and nobody else's */
} update;

/* ---- what a column becomes ------------------------------------------------------------------------------------------ */

static ray_val *refuse(const ray_val *v, const ray_val *old) {
    return rb_fail_null(RB_E_TYPE, "update: a column of %s takes no %s", ry_name(old->type), ry_name(v->type));
}

static bool sized_number(int type) {
    return type == RY_I16 || type == RY_I32 || type == RY_I64 || type == RY_F32 || type == RY_F64;
}

/* The atom as the column holds it, in all n rows. */
static ray_val *from_atom(ray_rt *rt, ray_val *v, const ray_val *old, int64_t n) {
    bool fits = !old || v->type == -old->type, wider = old && old->type == RY_F64 && v->type == -RY_I64,
         narrower = old && old->type == RY_F32 && v->type == -RY_F64;
    if (v->type == RY_NULL) return rb_fail_null(RB_E_LENGTH, "update: null without a type cannot fill a column");
    if (fits) return rq_repeat(rt, v, n);
    if (!wider && !narrower) return refuse(v, old);
    ray_val *cast = ro_cast_to(rt, v, -old->type), *out = cast ? rq_repeat(rt, cast, n) : NULL;
    rv_release(cast);
    return out;
}

/* All rows: numbers take the type of what is written, but for integers in a column of doubles. */
static ray_val *from_column(ray_rt *rt, ray_val *v, const ray_val *old) {
    if (!old || rv_is_list(v) || v->type == old->type) return rv_retain(v);
    if (!sized_number(v->type) || !sized_number(old->type)) return refuse(v, old);
    return old->type == RY_F64 && v->type == RY_I64 ? ro_cast_to(rt, v, RY_F64) : rv_retain(v);
}

/* Some rows: the column keeps its type. */
static ray_val *from_some(ray_rt *rt, ray_val *v, const ray_val *old) {
    if (rv_is_list(v)) return refuse(v, old ? old : v);
    if (!old || v->type == old->type) return rv_retain(v);
    bool into = old->type == RY_I64 || old->type == RY_F64 || (old->type == RY_F32 && v->type == RY_F64);
    return into && sized_number(v->type) ? ro_cast_to(rt, v, old->type) : refuse(v, old);
}

/* Texts and lists: rows of the one behind the other. */
static ray_val *pick_either(const update *u, ray_val *old, const ray_val *v) {
    int64_t n = u->mask->len;
    ray_val *both = rq_put_behind(old, v, false), *at = both ? rv_vec_new(RY_I64, n) : NULL, *out = NULL;
    for (int64_t i = 0; at && i < n; i++) RV_DATA(int64_t, at)[i] = RV_DATA(uint8_t, u->mask)[i] ? n + i : i;
    if (at) out = ro_gather(u->rt, both, at->data, n);
    rv_release(at);
    rv_release(both);
    return out;
}

/* v where the mask is true, else old. */
static ray_val *blend(const update *u, ray_val *old, const ray_val *v) {
    if (old->type == RY_STR || old->type == RY_LIST) return pick_either(u, old, v);
    ray_val *out = rv_vec_new(old->type, old->len);
    if (!out) return NULL;
    rk_blend(ry_width(old->type), u->mask->data, v->data, old->data, old->len, out->data);
    if ((old->attrs | v->attrs) & RV_A_NULLS) rv_vec_scan_nulls(out);
    return out;
}

static ray_val *nulls_like(ray_rt *rt, const ray_val *v) {
    ray_val *null = rv_null_of_new(v->type), *out = null ? rq_repeat(rt, null, v->len) : NULL;
    rv_release(null);
    return out;
}

/* A vector of one element stands for all rows; of whatever groups make, none is left where there are none. */
static ray_val *stretched(const update *u, ray_val *v) {
    int64_t n = u->rows->n;
    if (n == 0 && u->anew && ro_is_collection(v)) return rv_vec_slice(v, 0, 0);
    if (!rv_is_vector(v) || v->len != 1 || n == 1) return rv_retain(v);
    ray_val *count = rv_i64_new(n), *args[2] = {v, count}, *out = count ? ro_take(u->rt, args, 2) : NULL;
    rv_release(count);
    return out;
}

/* The column that a value makes; old may be null. */
static ray_val *column_of(const update *u, ray_val *v, ray_val *old) {
    int64_t n = u->rows->n;
    bool many = ro_is_collection(v);
    if (many && v->len != n)
        return rb_fail_null(RB_E_LENGTH, "update: %lld values for %lld rows", (long long)v->len, (long long)n);
    if (!many && !rv_is_atom(v) && v->type != RY_NULL)
        return rb_fail_null(RB_E_DOMAIN, "update: a column cannot be made of %s", ry_name(v->type));
    ray_val *next = !many     ? from_atom(u->rt, v, u->anew ? NULL : old, n)
                    : u->some ? from_some(u->rt, v, old)
                    : u->anew ? rv_retain(v)
                              : from_column(u->rt, v, old);
    if (!next || !u->mask) return next;
    ray_val *was = old ? rv_retain(old) : nulls_like(u->rt, next), *out = was ? blend(u, was, next) : NULL;
    rv_release(was);
    rv_release(next);
    return out;
}

static int write_column(update *u, int32_t name, ray_val *given) {
    int64_t c = rv_table_find(u->rows->table, name);
    ray_val *v = stretched(u, given);
    ray_val *column = v ? column_of(u, v, c < 0 ? NULL : rv_list_get(u->columns, c)) : NULL;
    rv_release(v);
    if (!column) return -1;
    if (c >= 0) {
        rv_list_set_take(u->columns, c, column);
        return 0;
    }
    return rv_list_append_take(u->columns, column) < 0 ? -1 : rv_vec_append(u->names, &name, 1);
}

/* ---- over all rows ---------------------------------------------------------------------------------------------------- */

static int write_outputs(update *u, const rq_plan *p) {
    rq_scope s = {.rows = u->rows, .whole = true, .wide = true, .quoted_names = true, .row = -1};
    for (int i = 0; i < p->noutputs; i++) {
        rq_value x;
        RB_TRY(rq_expr_any(&s, p->outputs[i].form, &x), -1);
        int ok = write_column(u, p->outputs[i].name, x.v);
        rv_release(x.v);
        RB_TRY(ok, -1);
    }
    return 0;
}

/* ---- by group --------------------------------------------------------------------------------------------------------- */

static int64_t key_column(const rq_rows *rows, const ray_val *by) {
    if (by->type != -RY_SYM) return ro_refuse("update", "the name of one column behind by:", by), -1;
    int64_t c = rq_rows_find(rows, by->u.sym);
    return c >= 0 ? c : rb_fail(RB_E_DOMAIN, "by: the table has no column %.200s", rv_sym_z(by->u.sym));
}

/* Each group's value in all its rows. */
static ray_val *spread_atoms(const update *u, const ro_groups *g, const ray_val *v) {
    ray_val *at = rv_vec_new(RY_I64, g->n), *out = NULL;
    for (int64_t i = 0; at && i < g->n; i++) RV_DATA(int64_t, at)[i] = g->id[i];
    if (at) out = ro_gather(u->rt, v, at->data, g->n);
    rv_release(at);
    return out;
}

/* For each row the place of its value in all groups' vectors one behind the other: the first one's first value is in its
 * first row, and a single value stands for all rows of its group. */
static int places_of_values(const rq_grouping *by, const ray_val *v, int64_t *at) {
    const int64_t *row = by->rows->data;
    int64_t place = 0;
    for (int64_t g = 0; g < by->g.count; g++) {
        int64_t n = ro_elements(rv_list_get(v, g)), rows = by->start[g + 1] - by->start[g];
        if (n != rows && n != 1)
            return rb_fail(RB_E_LENGTH, "update: %lld values for a group of %lld rows", (long long)n, (long long)rows);
        for (int64_t i = 0; i < rows; i++) at[*row++] = place + (n == 1 ? 0 : i);
        place += n;
    }
    return 0;
}

static ray_val *spread_vectors(const update *u, rq_grouping *by, ray_val *v) {
    RB_TRY(rq_grouping_rows(by), NULL);
    ray_val *at = rv_vec_new(RY_I64, by->g.n), *all = NULL, *out = NULL;
    if (at && places_of_values(by, v, at->data) == 0) all = ro_raze(u->rt, &v, 1);
    if (all) out = ro_gather(u->rt, all, at->data, by->g.n);
    rv_release(at);
    rv_release(all);
    return out;
}

static bool has_vectors(const ray_val *v) {
    for (int64_t i = 0; rv_is_list(v) && i < v->len; i++)
        if (ro_is_collection(rv_list_get(v, i))) return true;
    return false;
}

static int write_group_value(update *u, rq_grouping *by, int32_t name, const rq_group_value *x) {
    ray_val *v = x->rows              ? rv_retain(x->column)
                 : has_vectors(x->column) ? spread_vectors(u, by, x->column)
                                          : spread_atoms(u, &by->g, x->column);
    int ok = v ? write_column(u, name, v) : -1;
    rv_release(v);
    return ok;
}

static int write_groups(update *u, const rq_plan *p) {
    if (u->rows->n == 0) return key_column(u->rows, p->by) < 0 ? -1 : write_outputs(u, p); /* only types are at stake */
    rq_scope s = {.rows = u->rows, .whole = true, .quoted_names = true, .row = -1};
    rq_grouping by = {0};
    int64_t key = key_column(u->rows, p->by);
    ray_val *column = key < 0 ? NULL : rq_rows_held(u->rows, key);
    int ok = column ? ro_group_rows(u->rt, &column, 1, &by.g) : -1;
    rq_groups x = {.s = &s, .by = &by, .uncut = true};
    for (int i = 0; ok == 0 && i < p->noutputs; i++) {
        rq_group_value value = {0};
        ok = rq_group_value_of(&x, &p->outputs[i], &value, 0);
        if (ok == 0) ok = write_group_value(u, &by, p->outputs[i].name, &value);
        rv_release(value.column);
        rv_release(value.binding.value.v);
    }
    rv_release(x.at);
    rq_grouping_free(&by);
    return ok;
}

/* ---- the statement ---------------------------------------------------------------------------------------------------- */

static ray_val *updated(update *u, const rq_plan *p) {
    const ray_val *t = u->rows->table;
    ray_val *mask = p->where ? rq_changed_rows(u->rows, p->where) : rv_null_get();
    if (!mask) return NULL;
    u->mask = p->where && mask->type == RY_B8 ? mask : NULL;
    if (p->where && p->by) {
        rv_release(mask);
        return rb_fail_null(RB_E_NYI, "update: where: and by: do not go together");
    }
    u->names = rv_vec_room_new(RY_SYM, rv_table_columns(t) + p->noutputs);
    u->columns = u->names ? rv_list_copy(t->u.pair.values) : NULL;
    int ok = u->columns ? rv_vec_append(u->names, t->u.pair.keys->data, rv_table_columns(t)) : -1;
    if (ok == 0) ok = p->by ? write_groups(u, p) : write_outputs(u, p);
    rv_release(mask);
    if (ok == 0) return rv_table_new_take(u->names, u->columns);
    rv_release(u->names);
    rv_release(u->columns);
    return NULL;
}

static ray_val *update_table(ray_rt *rt, const rq_plan *p, ray_val *table) {
    rq_rows rows;
    RB_TRY(rq_rows_open_take(&rows, rt, rv_retain(table)), NULL);
    update u = {.rt = rt, .rows = &rows, .anew = p->by != NULL, .some = p->where != NULL};
    ray_val *out = updated(&u, p);
    rq_rows_close(&rows);
    return out;
}

RV_VERB(rq_update) { return rq_change(rt, "update", RQ_UPDATE, args, n, update_table); }
