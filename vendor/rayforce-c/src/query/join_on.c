/* The columns that two tables are joined on, and tables that get more columns. */
#include "joins.h"

static ray_val *symbols(const char *verb, const ray_val *v) {
    if (v->type == RY_SYM) return rv_retain((ray_val *)(uintptr_t)v);
    if (!rv_is_list(v)) return ro_refuse(verb, "a vector of names", v);
    ray_val *out = rv_vec_room_new(RY_SYM, v->len);
    for (int64_t i = 0; out && i < v->len; i++) {
        const ray_val *x = rv_list_get(v, i);
        if (x->type == -RY_SYM && rv_vec_append(out, &x->u.sym, 1) == 0) continue;
        if (x->type != -RY_SYM) ro_refuse(verb, "a vector of names", x);
        rv_release(out);
        return NULL;
    }
    return out;
}

int rq_on_new(rq_on *on, const char *verb, const ray_val *names, const ray_val *left, const ray_val *right) {
    *on = (rq_on){0};
    if (ro_is_collection(names) && names->len == 0)
        return rb_fail(RB_E_DOMAIN, "%s: at least one name of a column was expected", verb);
    on->names = symbols(verb, names);
    if (!on->names) return -1;
    int64_t n = on->names->len;
    on->left = rb_alloc((size_t)n * sizeof *on->left);
    on->right = on->left ? rb_alloc((size_t)n * sizeof *on->right) : NULL;
    if (!on->right) {
        rq_on_free(on);
        return -1;
    }
    for (int64_t i = 0; i < n; i++) {
        on->left[i] = rv_table_find(left, RV_DATA(int32_t, on->names)[i]);
        on->right[i] = rv_table_find(right, RV_DATA(int32_t, on->names)[i]);
    }
    return 0;
}

void rq_on_free(rq_on *on) {
    size_t size = on->names ? (size_t)on->names->len * sizeof *on->left : 0;
    if (on->left) rb_free(on->left, size);
    if (on->right) rb_free(on->right, size);
    rv_release(on->names);
    *on = (rq_on){0};
}

bool rq_on_has(const rq_on *on, int32_t name) {
    for (int64_t i = 0; i < on->names->len; i++)
        if (RV_DATA(int32_t, on->names)[i] == name) return true;
    return false;
}

int rq_columns_copy(const ray_val *table, int64_t more, ray_val **names, ray_val **columns) {
    int64_t n = rv_table_columns(table);
    *names = rv_vec_room_new(RY_SYM, n + more);
    *columns = *names ? rv_vec_room_new(RY_LIST, n + more) : NULL;
    int ok = *columns ? rv_vec_append(*names, table->u.pair.keys->data, n) : -1;
    for (int64_t c = 0; ok == 0 && c < n; c++)
        ok = rv_list_append_take(*columns, rv_retain(rv_list_held(table->u.pair.values, c)));
    if (ok == 0) return 0;
    rv_release(*names);
    rv_release(*columns);
    return -1;
}
