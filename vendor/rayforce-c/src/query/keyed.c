/* Dicts of rows and of groups, and columns made anew one at a time. */
#include "statement.h"

/* ---- keys ------------------------------------------------------------------------------------------------------------ */

/* The columns of these names as a list. */
static ray_val *columns_named(const char *verb, const ray_val *t, const ray_val *names) {
    ray_val *out = rv_vec_room_new(RY_LIST, names->len);
    for (int64_t i = 0; out && i < names->len; i++) {
        int64_t c = rq_column_named(verb, t, RV_DATA(int32_t, names)[i]);
        if (rv_list_append_take(out, c < 0 ? NULL : rv_retain(rv_table_column_get(t, c))) < 0) {
            rv_release(out);
            return NULL;
        }
    }
    return out;
}

static ray_val *key_at(const ray_val *columns, int64_t row) {
    if (columns->len == 1) return rv_vec_at(rv_list_get(columns, 0), row);
    ray_val *key = rv_vec_room_new(RY_LIST, columns->len);
    for (int64_t i = 0; key && i < columns->len; i++) {
        if (rv_list_append_take(key, rv_vec_at(rv_list_get(columns, i), row)) < 0) {
            rv_release(key);
            return NULL;
        }
    }
    return key;
}

/* The keys of these rows as a list. */
static ray_val *keys_at(const ray_val *columns, const int64_t *rows, int64_t n) {
    ray_val *out = rv_vec_room_new(RY_LIST, n);
    for (int64_t i = 0; out && i < n; i++) {
        if (rv_list_append_take(out, key_at(columns, rows[i])) < 0) {
            rv_release(out);
            return NULL;
        }
    }
    return out;
}

typedef struct keyed {
    ray_val *names, *columns; /* owned */
    rq_grouping by;
} keyed;

static int keyed_new(keyed *k, const char *verb, ray_rt *rt, ray_val *t, ray_val *keys) {
    *k = (keyed){0};
    if (t->type != RY_TABLE) return ro_refuse(verb, "a table", t), -1;
    k->names = rq_some_names(verb, rt, keys);
    k->columns = k->names ? columns_named(verb, t, k->names) : NULL;
    if (!k->columns) return -1;
    if (k->columns->len > INT16_MAX) return rb_fail(RB_E_LIMIT, "%s: too many key columns", verb);
    return ro_group_rows(rt, k->columns->data, (int)k->columns->len, &k->by.g);
}

static void keyed_free(keyed *k) {
    rv_release(k->names);
    rv_release(k->columns);
    rq_grouping_free(&k->by);
}

/* The dict, with one value for each group. */
static ray_val *keyed_dict(ray_rt *rt, keyed *k, ray_val *t, ray_val *(*value)(ray_rt *rt, keyed *k, ray_val *t, int64_t g)) {
    int64_t n = k->by.g.count;
    ray_val *keys = keys_at(k->columns, k->by.g.first, n), *values = keys ? rv_vec_room_new(RY_LIST, n) : NULL;
    for (int64_t g = 0; values && g < n; g++) {
        if (rv_list_append_take(values, value(rt, k, t, g)) < 0) {
            rv_release(values);
            values = NULL;
        }
    }
    if (values) return rv_dict_new_take(keys, values);
    rv_release(keys);
    return NULL;
}

/* ---- xkey, xgroup ------------------------------------------------------------------------------------------------------ */

static bool is_key(const keyed *k, int32_t name) {
    for (int64_t i = 0; i < k->names->len; i++)
        if (RV_DATA(int32_t, k->names)[i] == name) return true;
    return false;
}

static ray_val *rest_of_row(ray_rt *rt, keyed *k, ray_val *t, int64_t g) {
    (void)rt;
    int64_t n = rv_table_columns(t), row = k->by.g.first[g];
    ray_val *names = rv_vec_room_new(RY_SYM, n), *cells = names ? rv_vec_room_new(RY_LIST, n) : NULL;
    bool ok = cells != NULL;
    for (int64_t c = 0; ok && c < n; c++) {
        int32_t name = rv_table_name(t, c);
        if (is_key(k, name)) continue;
        ok = rv_list_append_take(cells, rv_vec_at(rv_table_column_get(t, c), row)) == 0 &&
             rv_vec_append(names, &name, 1) == 0;
    }
    if (ok) return rv_dict_new_take(names, cells);
    rv_release(names);
    rv_release(cells);
    return NULL;
}

RV_VERB(rq_xkey) {
    (void)n;
    keyed k;
    ray_val *out = NULL;
    if (keyed_new(&k, "xkey", rt, args[0], args[1]) == 0) {
        if (k.by.g.count == args[0]->len)
            out = keyed_dict(rt, &k, args[0], rest_of_row);
        else
            rb_fail(RB_E_DOMAIN, "xkey: the key of %lld rows comes again", (long long)(args[0]->len - k.by.g.count));
    }
    keyed_free(&k);
    return out;
}

static ray_val *rows_of_group(ray_rt *rt, keyed *k, ray_val *t, int64_t g) {
    return ro_gather(rt, t, RV_DATA(int64_t, k->by.rows) + k->by.start[g], k->by.start[g + 1] - k->by.start[g]);
}

RV_VERB(rq_xgroup) {
    (void)n;
    keyed k;
    ray_val *out = NULL;
    if (keyed_new(&k, "xgroup", rt, args[0], args[1]) == 0 && rq_grouping_rows(&k.by) == 0)
        out = keyed_dict(rt, &k, args[0], rows_of_group);
    keyed_free(&k);
    return out;
}

/* ---- modify, fkeys ----------------------------------------------------------------------------------------------- */

static ray_val *with_column(ray_val *t, int64_t c, ray_val *column) {
    ray_val *columns = rv_list_copy(t->u.pair.values);
    if (!columns) return NULL;
    rv_list_set_take(columns, c, rv_retain(column));
    return rv_table_new_take(rv_retain(t->u.pair.keys), columns);
}

RV_VERB(rq_modify) {
    (void)n;
    ray_val *t = args[0], *out = NULL;
    if (t->type != RY_TABLE) return ro_refuse("modify", "a table", t);
    if (args[1]->type != -RY_SYM) return ro_refuse("modify", "the name of a column", args[1]);
    if (!rv_is_callable(args[2])) return ro_refuse("modify", "a function", args[2]);
    int64_t c = rq_column_named("modify", t, args[1]->u.sym);
    ray_val *was = c < 0 ? NULL : rv_table_column_get(t, c), *column = was ? rl_call(rt, args[2], &was, 1) : NULL;
    if (!column) return NULL;
    if (!ro_is_collection(column))
        rb_fail(RB_E_DOMAIN, "modify: the function must give a column, not %s", ry_name(column->type));
    else if (column->len != t->len)
        rb_fail(RB_E_LENGTH, "modify: the function gave %lld values for %lld rows", (long long)column->len,
                (long long)t->len);
    else
        out = with_column(t, c, column);
    rv_release(column);
    return out;
}

/* No columns are linked to other tables. */
RV_VERB(rq_fkeys) {
    (void)rt, (void)n;
    if (args[0]->type != RY_TABLE) return ro_refuse("fkeys", "a table", args[0]);
    ray_val *names = rv_vec_new(RY_SYM, 0), *targets = names ? rv_vec_new(RY_LIST, 0) : NULL;
    if (targets) return rv_dict_new_take(names, targets);
    rv_release(names);
    return NULL;
}
