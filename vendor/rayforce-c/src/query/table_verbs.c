/* Making tables and asking about them. */
#include "statement.h"

/* Symbols as a SYM vector: from one, or from a list of symbols. */
static ray_val *names_of(const char *verb, ray_val *v) {
    if (v->type == RY_SYM) return rv_retain(v);
    if (v->type == RY_I64 && v->len == 0) return rv_vec_new(RY_SYM, 0); /* how [] reads */
    if (!rv_is_list(v)) return ro_refuse(verb, "names of columns", v);
    ray_val *out = rv_vec_new(RY_SYM, v->len);
    for (int64_t i = 0; out && i < v->len; i++) {
        const ray_val *x = rv_list_get(v, i);
        if (x->type != -RY_SYM) {
            rv_release(out);
            return ro_refuse(verb, "symbols as names", x);
        }
        RV_DATA(int32_t, out)[i] = x->u.sym;
    }
    return out;
}

/* A list of cells: a vector if they are atoms, which the first one gives the type. */
static ray_val *column_of_list(ray_val *v) {
    if (v->len == 0 || !rv_is_atom(rv_list_get(v, 0))) return rv_retain(v);
    for (int64_t i = 0; i < v->len; i++)
        if (rv_list_get(v, i)->type != rv_list_get(v, 0)->type)
            return rb_fail_null(RB_E_TYPE, "table: cells of one type were expected, got %s and %s",
                                ry_name(rv_list_get(v, 0)->type), ry_name(rv_list_get(v, i)->type));
    return ro_collapse_take(rv_retain(v));
}

static ray_val *column_of(ray_rt *rt, ray_val *v) {
    if (rv_is_list(v)) return column_of_list(v);
    if (rv_is_vector(v)) return rv_retain(v);
    if (rv_is_atom(v) && v->type != -RY_STR) return rq_repeat(rt, v, 1);
    return ro_refuse("table", "vectors, lists or atoms as columns", v);
}

RV_VERB(rq_table) {
    (void)n;
    if (!ro_is_collection(args[1])) return ro_refuse("table", "a list of columns", args[1]);
    ray_val *names = names_of("table", args[0]), *cells = names ? ro_spread(args[1]) : NULL;
    ray_val *columns = cells ? rv_vec_room_new(RY_LIST, cells->len) : NULL;
    bool ok = columns != NULL;
    if (ok && names->len != cells->len)
        ok = rb_fail(RB_E_DOMAIN, "table: %lld names for %lld columns", (long long)names->len, (long long)cells->len) ==
             0;
    for (int64_t i = 0; ok && i < cells->len; i++) {
        ok = rv_list_append_take(columns, column_of(rt, rv_list_get(cells, i))) == 0;
        if (ok && rv_list_get(columns, i)->len != rv_list_get(columns, 0)->len)
            ok = rb_fail(RB_E_DOMAIN, "table: columns of %lld and %lld rows", (long long)rv_list_get(columns, 0)->len,
                         (long long)rv_list_get(columns, i)->len) == 0;
    }
    rv_release(cells);
    if (ok) return rv_table_new_take(names, columns);
    rv_release(names);
    rv_release(columns);
    return NULL;
}

RV_VERB(rq_cols) {
    (void)rt, (void)n;
    if (args[0]->type != RY_TABLE) return ro_refuse("cols", "a table", args[0]);
    return rv_retain(args[0]->u.pair.keys);
}

RV_VERB(rq_row) {
    (void)n;
    int64_t row;
    if (args[0]->type != RY_TABLE) return ro_refuse("row", "a table", args[0]);
    if (!ro_int_of(args[1], false, &row)) return ro_refuse("row", "a row number", args[1]);
    return ro_at(rt, args, 2);
}

int64_t rq_column_named(const char *verb, const ray_val *t, int32_t name) {
    int64_t c = rv_table_find(t, name);
    if (c < 0) rb_fail(RB_E_DOMAIN, "%s: the table has no column %s", verb, rv_sym_z(name));
    return c;
}

ray_val *rq_some_names(const char *verb, ray_rt *rt, ray_val *v) {
    if (v->type == -RY_SYM) return rq_repeat(rt, v, 1);
    if (ro_is_collection(v) && v->len == 0) return ro_refuse(verb, "at least one name", v);
    return names_of(verb, v);
}

static ray_val *sorted_table(ray_rt *rt, const char *verb, ray_val *t, ray_val *keys, bool down) {
    if (t->type != RY_TABLE) return ro_refuse(verb, "a table", t);
    ray_val *names = rq_some_names(verb, rt, keys), *at = NULL, *out = NULL;
    if (!names) return NULL;
    int64_t n = names->len;
    ray_val **columns = RO_ROOM(ray_val *, n);
    bool *downs = columns ? RO_ROOM(bool, n) : NULL, ok = downs != NULL && n <= INT16_MAX;
    for (int64_t i = 0; ok && i < n; i++) {
        int64_t c = rq_column_named(verb, t, RV_DATA(int32_t, names)[i]);
        ok = c >= 0;
        columns[i] = ok ? rv_list_held(t->u.pair.values, c) : NULL;
        downs[i] = down;
    }
    if (ok) at = ro_sorted_rows(rt, columns, downs, (int)n);
    if (at) out = ro_gather(rt, t, at->data, at->len);
    rv_release(at);
    if (columns) RO_ROOM_FREE(columns, n);
    if (downs) RO_ROOM_FREE(downs, n);
    rv_release(names);
    return out;
}

RV_VERB(rq_xasc) {
    (void)n;
    return sorted_table(rt, "xasc", args[0], args[1], false);
}

RV_VERB(rq_xdesc) {
    (void)n;
    return sorted_table(rt, "xdesc", args[0], args[1], true);
}

RV_VERB(rq_xcol) {
    (void)n;
    ray_val *t = args[0];
    if (t->type != RY_TABLE) return ro_refuse("xcol", "a table", t);
    ray_val *names = args[1]->type == -RY_SYM ? rq_repeat(rt, args[1], 1) : names_of("xcol", args[1]);
    if (!names) return NULL;
    if (names->len == rv_table_columns(t)) return rv_table_new_take(names, rv_retain(t->u.pair.values));
    rb_fail(RB_E_LENGTH, "xcol: %lld names for %lld columns", (long long)names->len, (long long)rv_table_columns(t));
    rv_release(names);
    return NULL;
}

RV_VERB(rq_xcols) {
    (void)n;
    ray_val *t = args[0];
    if (t->type != RY_TABLE) return ro_refuse("xcols", "a table", t);
    ray_val *names = rq_some_names("xcols", rt, args[1]), *columns = names ? rv_vec_room_new(RY_LIST, names->len) : NULL;
    for (int64_t i = 0; columns && i < names->len; i++) {
        int64_t c = rq_column_named("xcols", t, RV_DATA(int32_t, names)[i]);
        if (rv_list_append_take(columns, c < 0 ? NULL : rv_retain(rv_list_held(t->u.pair.values, c))) < 0) {
            rv_release(columns);
            columns = NULL;
        }
    }
    if (columns) return rv_table_new_take(names, columns);
    rv_release(names);
    return NULL;
}

RV_VERB(rq_union_all) {
    ray_val *t = args[0], *u = args[1];
    for (int i = 0; i < 2; i++)
        if (args[i]->type != RY_TABLE) return ro_refuse("union-all", "two tables", args[i]);
    if (!rv_equal(t->u.pair.keys, u->u.pair.keys))
        return rb_fail_null(RB_E_TYPE, "union-all: tables with the same columns in the same order were expected");
    return ro_concat(rt, args, n);
}
