/* `pivot`: the values of a column become columns. */
#include "../base/num.h"
#include "statement.h"

#define COLUMNS_MAX 32767

/* ---- names of the new columns ------------------------------------------------------------------------------------------ */

static size_t number_text(char *out, const ray_val *v, int64_t i) {
    switch (v->type) {
    case RY_F64: return rb_num_f64_shortest_into(out, RV_DATA(double, v)[i]);
    case RY_F32: return rb_num_f64_shortest_into(out, (double)RV_DATA(float, v)[i]);
    case RY_U8: return rb_num_i64_into(out, RV_DATA(uint8_t, v)[i]);
    case RY_I16: return rb_num_i64_into(out, RV_DATA(int16_t, v)[i]);
    case RY_I32:
    case RY_DATE:
    case RY_TIME: return rb_num_i64_into(out, RV_DATA(int32_t, v)[i]);
    default: return rb_num_i64_into(out, RV_DATA(int64_t, v)[i]);
    }
}

static int32_t name_of(const ray_val *v, int64_t i) {
    char text[RB_NUM_TEXT];
    if (v->type == RY_SYM) return RV_DATA(int32_t, v)[i];
    if (v->type == RY_B8) return rv_sym_intern_z(RV_DATA(uint8_t, v)[i] ? "true" : "false");
    size_t n = number_text(text, v, i);
    bool real = v->type == RY_F64 || v->type == RY_F32;
    if (real && n > 2 && memcmp(text + n - 2, ".0", 2) == 0) n -= 2;
    return rv_sym_intern(text, n);
}

static int check_names(const ray_val *v) {
    if (v->type == RY_SYM || (v->type > 0 && v->type < RY_VECTOR_END && ry_class_of(v->type) <= RY_C_TEMPORAL &&
                              ry_class_of(v->type) >= RY_C_BOOL))
        return 0;
    return rb_fail(RB_E_NYI, "pivot: columns cannot be named by values of %s", ry_name(v->type));
}

/* ---- the table ---------------------------------------------------------------------------------------------------------- */

typedef struct pivot {
    ray_rt *rt;
    ray_val *t;     /* owned: without the rows whose column value is null */
    ray_val *names; /* of the index, owned */
    int64_t column, value;
    ray_val *fn; /* borrowed */
    ro_groups rows, columns;
    rq_grouping cells;
    ray_val *of_cell; /* f of the values of each cell, owned */
} pivot;

/* Rows of the result, columns of the result, and the cells that have values. */
static int group(pivot *p) {
    const ray_val *t = p->t;
    ray_val **index = RO_ROOM(ray_val *, p->names->len), *ids = rv_vec_new(RY_I64, t->len);
    int ok = index && ids ? 0 : -1;
    for (int64_t i = 0; ok == 0 && i < p->names->len; i++) {
        int64_t c = rq_column_named("pivot", t, RV_DATA(int32_t, p->names)[i]);
        if (c < 0) ok = -1;
        else index[i] = rv_table_column_get(t, c);
    }
    ray_val *column = rv_table_column_get(t, p->column);
    if (ok == 0) ok = ro_group_rows(p->rt, index, (int)p->names->len, &p->rows);
    if (ok == 0) ok = ro_group_rows(p->rt, &column, 1, &p->columns);
    if (ok == 0 && p->columns.count > COLUMNS_MAX)
        ok = rb_fail(RB_E_LIMIT, "pivot: at most %d columns can be made, got %lld", COLUMNS_MAX,
                     (long long)p->columns.count);
    for (int64_t i = 0; ok == 0 && i < t->len; i++)
        RV_DATA(int64_t, ids)[i] = p->rows.id[i] * p->columns.count + p->columns.id[i];
    if (ok == 0) ok = ro_group_rows(p->rt, &ids, 1, &p->cells.g);
    if (index) RO_ROOM_FREE(index, p->names->len);
    rv_release(ids);
    return ok;
}

static int aggregate(pivot *p) {
    rq_rows rows;
    RB_TRY(rq_rows_open_take(&rows, p->rt, rv_retain(p->t)), -1);
    rq_scope s = {.rows = &rows, .grouping = &p->cells, .whole = true, .row = -1};
    p->of_cell = rq_of_each_group(&s, p->fn, rv_table_column_get(p->t, p->value));
    rq_rows_close(&rows);
    return p->of_cell ? 0 : -1;
}

/* For each column, row by row, its cell or -1. */
static int64_t *cell_map(const pivot *p) {
    int64_t n = p->rows.count * p->columns.count, *map = RO_ROOM(int64_t, n);
    for (int64_t i = 0; map && i < n; i++) map[i] = -1;
    for (int64_t g = 0; map && g < p->cells.g.count; g++) {
        int64_t row = p->cells.g.first[g];
        map[p->columns.id[row] * p->rows.count + p->rows.id[row]] = g;
    }
    return map;
}

static int add_take(ray_val *names, ray_val *columns, int32_t name, ray_val *column) {
    if (name < 0) {
        rv_release(column);
        return -1;
    }
    return rv_list_append_take(columns, column) < 0 ? -1 : rv_vec_append(names, &name, 1);
}

static int fill(const pivot *p, const int64_t *map, ray_val *names, ray_val *columns) {
    for (int64_t i = 0; i < p->names->len; i++) {
        int32_t name = RV_DATA(int32_t, p->names)[i];
        int64_t c = rq_column_named("pivot", p->t, name);
        if (c < 0) return -1;
        ray_val *v = ro_gather(p->rt, rv_table_column_get(p->t, c), p->rows.first, p->rows.count);
        RB_TRY(add_take(names, columns, name, v), -1);
    }
    const ray_val *column = rv_table_column_get(p->t, p->column);
    for (int64_t c = 0; c < p->columns.count; c++) {
        ray_val *v = ro_gather(p->rt, p->of_cell, map + c * p->rows.count, p->rows.count);
        RB_TRY(add_take(names, columns, name_of(column, p->columns.first[c]), v), -1);
    }
    return 0;
}

static ray_val *pivoted(pivot *p) {
    RB_TRY(group(p), NULL);
    RB_TRY(aggregate(p), NULL);
    int64_t *map = cell_map(p);
    if (!map) return NULL;
    ray_val *names = rv_vec_room_new(RY_SYM, 8), *columns = names ? rv_vec_room_new(RY_LIST, 8) : NULL, *out = NULL;
    if (columns && fill(p, map, names, columns) == 0) {
        out = rv_table_new_take(names, columns);
    } else {
        rv_release(names);
        rv_release(columns);
    }
    RO_ROOM_FREE(map, p->rows.count * p->columns.count);
    return out;
}

/* ---- the verb ----------------------------------------------------------------------------------------------------------- */

static ray_val *empty_table(void) {
    ray_val *names = rv_vec_new(RY_SYM, 0);
    return names ? rv_table_new_take(names, rv_vec_new(RY_LIST, 0)) : NULL;
}

static ray_val *rows_with_a_column(ray_rt *rt, ray_val *t, ray_val *column) {
    if (column->type == RY_SYM || !(column->attrs & RV_A_NULLS)) return rv_retain(t);
    ray_val *mask = rq_present(rt, column), *out = mask ? ro_filter_by(rt, t, mask) : NULL;
    rv_release(mask);
    return out;
}

static int64_t column_of(const ray_val *t, const ray_val *name) {
    if (name->type != -RY_SYM) return ro_refuse("pivot", "the name of a column", name), -1;
    return rq_column_named("pivot", t, name->u.sym);
}

/* All index columns must be there, also for a table without rows. */
static int check_index(const pivot *p, const ray_val *t) {
    for (int64_t i = 0; i < p->names->len; i++) {
        int64_t c = rq_column_named("pivot", t, RV_DATA(int32_t, p->names)[i]);
        if (c < 0) return -1;
    }
    return p->names->len <= COLUMNS_MAX ? 0 : rb_fail(RB_E_LIMIT, "pivot: too many index columns");
}

static int pivot_new(pivot *p, ray_rt *rt, ray_val *const *args) {
    *p = (pivot){.rt = rt, .fn = args[4]};
    ray_val *t = args[0];
    if (t->type != RY_TABLE) return ro_refuse("pivot", "a table", t), -1;
    if (!rv_is_callable(p->fn)) return ro_refuse("pivot", "a function", p->fn), -1;
    if (!(p->names = rq_some_names("pivot", rt, args[1]))) return -1;
    RB_TRY(check_index(p, t), -1);
    if ((p->column = column_of(t, args[2])) < 0 || (p->value = column_of(t, args[3])) < 0) return -1;
    RB_TRY(check_names(rv_table_column_get(t, p->column)), -1);
    p->t = rows_with_a_column(rt, t, rv_table_column_get(t, p->column));
    return p->t ? 0 : -1;
}

RV_VERB(rq_pivot) {
    (void)n;
    pivot p;
    ray_val *out = NULL;
    if (pivot_new(&p, rt, args) == 0) out = args[0]->len ? pivoted(&p) : empty_table();
    rv_release(p.t);
    rv_release(p.names);
    rv_release(p.of_cell);
    ro_groups_free(&p.rows);
    ro_groups_free(&p.columns);
    rq_grouping_free(&p.cells);
    return out;
}
