#include "value.h"

static int check(const ray_val *names, const ray_val *columns) {
    if (names->type != RY_SYM)
        return rb_fail(RB_E_TYPE, "table: column names must be a SYM vector, not %s", ry_name(names->type));
    if (columns->type != RY_LIST)
        return rb_fail(RB_E_TYPE, "table: columns must be a list of vectors, not %s", ry_name(columns->type));
    if (names->len != columns->len)
        return rb_fail(RB_E_LENGTH, "table: %lld names but %lld columns", (long long)names->len,
                       (long long)columns->len);
    for (int64_t i = 0; i < columns->len; i++) {
        const ray_val *c = rv_list_held(columns, i), *first = rv_list_held(columns, 0);
        const char *name = rv_sym_z(RV_DATA(int32_t, names)[i]);
        if (!ry_is_vector_code(c->type) && c->type != RY_CODED)
            return rb_fail(RB_E_TYPE, "table: column %s must be a vector or a list, not %s", name, ry_name(c->type));
        if (c->len != first->len)
            return rb_fail(RB_E_LENGTH, "table: column %s has %lld rows, the first one %lld", name, (long long)c->len,
                           (long long)first->len);
    }
    return 0;
}

ray_val *rv_table_new_take(ray_val *names, ray_val *columns) {
    ray_val *v = NULL;
    if (names && columns && check(names, columns) == 0 && (v = rv_object_new(RY_TABLE))) {
        v->len = columns->len ? rv_list_held(columns, 0)->len : 0;
        v->u.pair.keys = names;
        v->u.pair.values = columns;
        return v;
    }
    rv_release(names);
    rv_release(columns);
    return NULL;
}

int64_t rv_table_find(const ray_val *t, int32_t name) {
    const int32_t *x = RV_DATA(int32_t, t->u.pair.keys);
    for (int64_t i = 0; i < t->u.pair.keys->len; i++)
        if (x[i] == name) return i;
    return -1;
}

/* The same table with a list of columns of its own, so that one can be put into it. */
static ray_val *loose(const ray_val *t) {
    ray_val *c = rv_object_new(RY_TABLE), *columns = c ? rv_list_copy(t->u.pair.values) : NULL;
    if (!columns) {
        rv_release(c);
        return NULL;
    }
    c->attrs = t->attrs;
    c->marks = t->marks;
    c->len = t->len;
    c->u.pair.keys = rv_retain(t->u.pair.keys);
    c->u.pair.values = columns;
    return c;
}

ray_val *rv_table_at_rest_take(ray_val *v) {
    if (!v || v->type != RY_TABLE || v->len < RV_REST_ROWS) return v;
    ray_val *t = NULL;
    for (int64_t i = 0; i < rv_table_columns(v); i++) {
        ray_val *column = rv_coded_at_rest(rv_list_held(v->u.pair.values, i));
        if (column && !t && !(t = loose(v))) {
            rv_release(column);
            rb_error_clear();
            return v;
        }
        if (column) rv_list_set_take(t->u.pair.values, i, column);
    }
    if (!t) return v;
    rv_release(v);
    return t;
}
