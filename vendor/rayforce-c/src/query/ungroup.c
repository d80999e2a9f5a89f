/* `ungroup`: rows with lists as cells become as many rows as the lists have elements. */
#include "changes.h"

static int64_t length_of(const ray_val *cell) { return ro_elements(cell); }

/* Lengths of the cells of all list columns, which must agree; sets how many rows there will be. */
static int lengths(const ray_val *t, int64_t *length, int64_t *total) {
    *total = 0;
    for (int64_t row = 0; row < t->len; row++) {
        length[row] = -1;
        for (int64_t c = 0; c < rv_table_columns(t); c++) {
            const ray_val *column = rv_table_column_get(t, c);
            if (!rv_is_list(column)) continue;
            int64_t n = length_of(rv_list_get(column, row));
            if (length[row] >= 0 && n != length[row])
                return rb_fail(RB_E_LENGTH, "ungroup: row %lld has lists of %lld and %lld elements", (long long)row,
                               (long long)length[row], (long long)n);
            length[row] = n;
        }
        if (rb_add_overflow(*total, length[row], total)) return rb_fail(RB_E_LIMIT, "ungroup: too many rows");
    }
    return 0;
}

/* The type all elements have, -1 if they differ. */
static int common_type(const ray_val *cells) {
    int type = -1;
    for (int64_t i = 0; i < cells->len; i++) {
        const ray_val *x = rv_list_get(cells, i);
        int t = rv_is_vector(x) ? x->type : rv_is_atom(x) ? -x->type : -1;
        if (rv_is_vector(x) && x->len == 0) continue; /* no elements, so of any type */
        if (t < 0 || (type >= 0 && t != type)) return -1;
        type = t;
    }
    return type;
}

static int put_cell(ray_rt *rt, ray_val **out, ray_val *cell) {
    if (ro_is_collection(cell) && cell->len == 0) return 0;
    ray_val *elements = rv_is_vector(cell) && (*out)->type != RY_LIST ? rv_retain(cell)
                        : (*out)->type == RY_LIST                      ? ro_spread(cell)
                                                                       : rq_repeat(rt, cell, 1);
    ray_val *next = elements ? rq_put_behind(*out, elements, true) : NULL;
    rv_release(elements);
    rv_release(*out);
    *out = next;
    return next ? 0 : -1;
}

static ray_val *exploded(ray_rt *rt, const ray_val *cells, int64_t total) {
    int type = common_type(cells);
    if (total == 0 && cells->len && rv_is_vector(rv_list_get(cells, 0))) type = rv_list_get(cells, 0)->type;
    ray_val *out = rv_vec_room_new(type > 0 ? type : RY_LIST, total);
    for (int64_t i = 0; out && i < cells->len; i++)
        if (put_cell(rt, &out, rv_list_get(cells, i)) < 0) return NULL;
    return ro_collapse_take(out);
}

static ray_val *exploded_table(ray_rt *rt, ray_val *t, const int64_t *length, int64_t total) {
    ray_val *at = rv_vec_new(RY_I64, total), *columns = at ? rv_vec_room_new(RY_LIST, rv_table_columns(t)) : NULL;
    int64_t k = 0;
    for (int64_t row = 0; at && row < t->len; row++)
        for (int64_t i = 0; i < length[row]; i++) RV_DATA(int64_t, at)[k++] = row;
    for (int64_t c = 0; columns && c < rv_table_columns(t); c++) {
        ray_val *v = rv_table_column_get(t, c);
        ray_val *column = rv_is_list(v) ? exploded(rt, v, total) : ro_gather(rt, v, at->data, total);
        if (rv_list_append_take(columns, column) < 0) {
            rv_release(columns);
            columns = NULL;
        }
    }
    rv_release(at);
    return columns ? rv_table_new_take(rv_retain(t->u.pair.keys), columns) : NULL;
}

static bool has_lists(const ray_val *t) {
    for (int64_t c = 0; c < rv_table_columns(t); c++)
        if (rv_is_list(rv_table_column_get(t, c))) return true;
    return false;
}

RV_VERB(rq_ungroup) {
    (void)n;
    ray_val *t = args[0], *out = NULL;
    int64_t total;
    if (t->type != RY_TABLE) return ro_refuse("ungroup", "a table", t);
    if (t->len == 0 || !has_lists(t)) return rv_retain(t);
    int64_t *length = RO_ROOM(int64_t, t->len);
    if (!length) return NULL;
    if (lengths(t, length, &total) == 0) out = exploded_table(rt, t, length, total);
    RO_ROOM_FREE(length, t->len);
    return out;
}
