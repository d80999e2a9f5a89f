#include "layout.h"

/* Rows at the end of a parted table in memory. */

/* The part of `rows` that is for column i of the table (1 is the first behind the key); borrowed. */
static ray_val *part_of(const ray_val *t, const ray_val *rows, int64_t i) {
    if (rows->type == RY_LIST) return rv_list_get(rows, i - 1);
    int32_t name = rv_table_name(t, i);
    const ray_val *names = rows->u.pair.keys;
    for (int64_t k = 0; k < names->len; k++)
        if (RV_DATA(int32_t, names)[k] == name) return rv_list_get(rows->u.pair.values, k);
    rb_fail(RB_E_SCHEMA, "insert: the rows lack column %.100s", rv_sym_z(name));
    return NULL;
}

/* Rows as a LIST, or a TABLE or a DICT whose names are symbols and whose values are a LIST; owned. */
static ray_val *rows_of(const ray_val *rows) {
    bool pair = rows->type == RY_TABLE || rows->type == RY_DICT;
    if (rows->type == RY_LIST) return rv_retain((ray_val *)(uintptr_t)rows);
    if (!pair || rows->u.pair.keys->type != RY_SYM)
        return rb_fail_null(RB_E_TYPE, "insert: expected rows as a list, a dict or a table, got %s", ry_name(rows->type));
    if (rows->u.pair.values->type == RY_LIST) return rv_retain((ray_val *)(uintptr_t)rows);
    ray_val *values = rv_vec_room_new(RY_LIST, rows->len);
    for (int64_t i = 0; values && i < rows->len; i++) {
        if (rv_list_append_take(values, rv_dict_at(rows, i)) == 0) continue;
        rv_release(values);
        values = NULL;
    }
    return values ? rv_dict_new_take(rv_retain(rows->u.pair.keys), values) : NULL;
}

static ray_val *one(int type, const ray_val *x) {
    ray_val *v = rv_vec_room_new(type, 1);
    int r = !v                ? -1
            : type == RY_LIST ? rv_list_append_take(v, rv_retain((ray_val *)(uintptr_t)x))
            : type == RY_STR  ? rv_strvec_append(v, x->data, (size_t)x->len)
                              : rv_vec_append(v, x->data, 1);
    if (r == 0) {
        rv_vec_scan_nulls(v);
        return v;
    }
    rv_release(v);
    return NULL;
}

static ray_val *repeat(int type, const ray_val *atom, int64_t n) {
    ray_val *v = rv_vec_room_new(type, n);
    for (int64_t i = 0; v && i < n; i++) {
        if (rv_vec_append(v, atom->data, 1) == 0) continue;
        rv_release(v);
        v = NULL;
    }
    return v;
}

/* One row, given as atoms? A cell of a LIST column may be anything, so the other columns decide. */
static int is_row(const ray_val *t, const ray_val *rows, bool *row) {
    *row = true;
    if (rows->type == RY_TABLE) {
        *row = false;
        return 0;
    }
    for (int64_t i = 1; i < rv_table_columns(t); i++) {
        const ray_val *x = part_of(t, rows, i);
        if (!x) return -1;
        if (rv_table_column_get(t, i)->type != RY_LIST) {
            *row = x->type < 0;
            return 0;
        }
    }
    return 0;
}

/* The new elements of column i, owned. */
static ray_val *more_of(const ray_val *t, const ray_val *rows, int64_t i, bool row) {
    int type = rv_table_column_get(t, i)->type;
    ray_val *x = part_of(t, rows, i);
    if (!x) return NULL;
    if (row && (type == RY_LIST || x->type == -type)) return one(type, x);
    if (!row && x->type == type) return rv_retain(x);
    return rb_fail_null(RB_E_TYPE, "insert: column %.100s takes %s, got %s", rv_sym_z(rv_table_name(t, i)),
                        ry_name(row ? -type : type), ry_name(x->type));
}

static int check_key(const ray_val *t, const ray_val *key) {
    const ray_val *keys = rv_table_column_get(t, 0);
    if (key->type != -keys->type)
        return rb_fail(RB_E_TYPE, "insert: the partitions' key is %s, got %s", ry_name(-keys->type), ry_name(key->type));
    if (rv_is_null(key)) return rb_fail(RB_E_DOMAIN, "insert: the key of a partition cannot be null");
    if (!keys->len) return 0;
    ray_val *last = rv_vec_at(keys, keys->len - 1);
    if (!last) return -1;
    int order = rv_compare(key, last);
    rv_release(last);
    return order >= 0 ? 0 : rb_fail(RB_E_DOMAIN, "insert: the key lies before that of the last partition");
}

static int append_column(ray_val *columns, const ray_val *old, ray_val *more_taken) {
    if (!more_taken) return -1;
    ray_val *parts[2] = {(ray_val *)(uintptr_t)old, more_taken};
    int r = rv_list_append_take(columns, rs_chain(NULL, old->type, parts, 2));
    rv_release(more_taken);
    return r;
}

/* The columns behind the key, in front of which the key is put when the number of rows is known. */
static ray_val *append_all(const ray_val *t, const ray_val *key, const ray_val *rows) {
    bool row;
    RB_TRY(is_row(t, rows, &row), NULL);
    int64_t added = 1, n = rv_table_columns(t);
    ray_val *columns = rv_vec_room_new(RY_LIST, n), *first = columns && n > 1 ? more_of(t, rows, 1, row) : NULL;
    bool bad = !columns || (n > 1 && !first);
    if (first) added = first->len;
    const ray_val *keys = rv_table_column_get(t, 0);
    if (!bad) bad = append_column(columns, keys, repeat(keys->type, key, added)) < 0;
    for (int64_t i = 1; !bad && i < n; i++) {
        ray_val *more = more_of(t, rows, i, row);
        if (more && more->len != added) {
            bad = rb_fail(RB_E_LENGTH, "insert: column %.100s has %lld new rows, the first one %lld",
                          rv_sym_z(rv_table_name(t, i)), (long long)more->len, (long long)added) < 0;
            rv_release(more);
        } else {
            bad = append_column(columns, rv_table_column_get(t, i), more) < 0;
        }
    }
    rv_release(first);
    if (!bad) return columns;
    rv_release(columns);
    return NULL;
}

ray_val *rs_parted_append(const ray_val *t, const ray_val *key, const ray_val *given) {
    if (t->type != RY_TABLE || !(t->marks & RV_M_PARTED))
        return rb_fail_null(RB_E_TYPE, "insert: with a key and rows the target must be a parted table");
    RB_TRY(check_key(t, key), NULL);
    ray_val *rows = rows_of(given), *columns = NULL;
    int64_t n = rows ? (rows->type == RY_LIST ? rows->len : rows->u.pair.keys->len) : 0;
    if (rows && n != rv_table_columns(t) - 1)
        rb_fail(RB_E_DOMAIN, "insert: the table has %lld columns besides its key, got %lld",
                (long long)rv_table_columns(t) - 1, (long long)n);
    else if (rows)
        columns = append_all(t, key, rows);
    rv_release(rows);
    ray_val *out = columns ? rv_table_new_take(rv_retain(t->u.pair.keys), columns) : NULL;
    if (out) out->marks |= RV_M_PARTED;
    return out;
}
