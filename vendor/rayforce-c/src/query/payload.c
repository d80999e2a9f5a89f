/* Rows as they are given to be written: cells and columns made fit for a table. */
#include "../kernel/kernel.h"
#include "changes.h"

/* ---- cells ---------------------------------------------------------------------------------------------------------- */

static ray_val *refuse(const char *verb, int type, const ray_val *v) {
    return rb_fail_null(RB_E_TYPE, "%s: a column of %s takes no %s", verb, ry_name(type), ry_name(v->type));
}

/* The null of any type, or the null object: it fits every column. */
static bool is_any_null(const ray_val *v) { return v->type == RY_NULL || (rv_is_atom(v) && rv_is_null(v)); }

static ray_val *null_column(int type, int64_t n) {
    ray_val *out = rv_vec_new(type, n);
    if (!out || type == RY_STR) return out;
    uint8_t null[16];
    ry_null_into(type, null);
    rk_fill(ry_width(type), null, n, out->data);
    if (n && type != RY_B8 && type != RY_U8) out->attrs |= RV_A_NULLS;
    return out;
}

/* Do integers fit the narrower type of the column? */
static int check_fit(const char *verb, int type, const ray_val *v) {
    int bits = 8 * ry_width(type);
    if (ry_class_of(type) != RY_C_INT || bits == 64) return 0;
    int64_t block[RK_BLOCK], hi = (int64_t)1 << (type == RY_U8 ? bits : bits - 1), lo = type == RY_U8 ? -1 : -hi;
    for (int64_t at = 0; at < v->len; at += RK_BLOCK) {
        int64_t n = v->len - at < RK_BLOCK ? v->len - at : RK_BLOCK;
        rk_to_i64[v->type]((const uint8_t *)v->data + at * ry_width(v->type), n, block, true);
        for (int64_t i = 0; i < n; i++)
            if (block[i] != RY_NULL_I64 && (block[i] <= lo || block[i] >= hi))
                return rb_fail(RB_E_DOMAIN, "%s: %lld does not fit into %s", verb, (long long)block[i], ry_name(type));
    }
    return 0;
}

static int all_null(const ray_val *v) {
    int all = 1;
    for (int64_t i = 0; all == 1 && i < v->len; i++) {
        ray_val *x = rv_vec_at(v, i);
        all = x ? rv_is_null(x) : -1;
        rv_release(x);
    }
    return all;
}

static ray_val *vector_for(ray_rt *rt, const char *verb, int type, ray_val *v) {
    if (v->type == type) return rv_retain(v);
    bool number = type >= RY_U8 && type <= RY_F64;
    bool integer = number && ry_class_of(v->type) == RY_C_INT, real = type == RY_F32 && v->type == RY_F64;
    if (integer || real) return check_fit(verb, type, v) < 0 ? NULL : ro_cast_to(rt, v, type);
    int nulls = all_null(v);
    return nulls < 0 ? NULL : nulls ? null_column(type, v->len) : refuse(verb, type, v);
}

static ray_val *atom_for(ray_rt *rt, const char *verb, int type, ray_val *v) {
    if (is_any_null(v)) return null_column(type, 1);
    if (!rv_is_atom(v)) return refuse(verb, type, v);
    ray_val *one = rq_repeat(rt, v, 1), *out = one ? vector_for(rt, verb, type, one) : NULL;
    rv_release(one);
    return out;
}

static ray_val *list_for(ray_rt *rt, const char *verb, int type, const ray_val *list) {
    ray_val *out = rv_vec_room_new(type, list->len);
    for (int64_t i = 0; out && i < list->len; i++) {
        ray_val *cell = atom_for(rt, verb, type, rv_list_get(list, i)), *next = cell ? rq_put_behind(out, cell, true) : NULL;
        rv_release(cell);
        rv_release(out);
        out = next;
    }
    return out;
}

ray_val *rq_cells_for(ray_rt *rt, const char *verb, int type, ray_val *v) {
    if (type == RY_LIST) return ro_spread(v);
    if (rv_is_vector(v)) return vector_for(rt, verb, type, v);
    return rv_is_list(v) ? list_for(rt, verb, type, v) : atom_for(rt, verb, type, v);
}

/* ---- what is given for which column --------------------------------------------------------------------------------- */

typedef struct given {
    const char *verb;
    const ray_val *table;
    rq_payload *p; /* its columns hold what was given until they are made fit */
} given;

static int by_position(given *g, const ray_val *list) {
    if (list->len != g->p->ncolumns)
        return rb_fail(RB_E_DOMAIN, "%s: %lld values for %d columns", g->verb, (long long)list->len, g->p->ncolumns);
    for (int64_t i = 0; i < list->len; i++) g->p->columns[i] = rv_retain(rv_list_get(list, i));
    return 0;
}

static int by_name(given *g, const ray_val *pair) {
    const ray_val *names = pair->u.pair.keys;
    if (names->type != RY_SYM) return ro_refuse(g->verb, "a dict with names of columns as keys", names), -1;
    for (int64_t i = 0; i < names->len; i++) {
        int32_t name = RV_DATA(int32_t, names)[i];
        int64_t c = rv_table_find(g->table, name);
        if (c < 0) return rb_fail(RB_E_VALUE, "%s: the table has no column %.200s", g->verb, rv_sym_z(name));
        if (g->p->columns[c]) continue; /* the first one counts */
        g->p->columns[c] = rv_vec_at(pair->u.pair.values, i);
        if (!g->p->columns[c]) return -1;
    }
    return 0;
}

static int column_type(const given *g, int c) { return rv_table_column_get(g->table, c)->type; }

/* One row of cells or columns of several: what is given for columns that do not hold whatever comes says which. Sets
 * the number of rows. 1: several rows, 0: one. */
static int several(given *g) {
    int many = 0, one = 0;
    for (int c = 0; c < g->p->ncolumns; c++) {
        const ray_val *v = g->p->columns[c];
        if (!v || column_type(g, c) == RY_LIST) continue;
        if (ro_is_collection(v)) many++;
        else one++;
    }
    if (many && one) return rb_fail(RB_E_LENGTH, "%s: columns and single cells in one payload", g->verb);
    return many > 0;
}

static int count_rows(given *g, bool many) {
    g->p->n = many ? -1 : 1;
    for (int c = 0; many && c < g->p->ncolumns; c++) {
        const ray_val *v = g->p->columns[c];
        if (!v) continue;
        int64_t n = ro_is_collection(v) ? v->len : 1;
        if (g->p->n >= 0 && n != g->p->n)
            return rb_fail(RB_E_LENGTH, "%s: columns of %lld and %lld rows", g->verb, (long long)g->p->n, (long long)n);
        g->p->n = n;
    }
    if (g->p->n < 0) g->p->n = 0;
    return 0;
}

static ray_val *one_cell(ray_val *v) {
    ray_val *item[1] = {rv_retain(v)};
    return rv_list_of_take(1, item);
}

static int make_fit(given *g, ray_rt *rt, bool many) {
    RB_TRY(count_rows(g, many), -1);
    for (int c = 0; c < g->p->ncolumns; c++) {
        ray_val *v = g->p->columns[c];
        if (!v) continue;
        int type = column_type(g, c);
        g->p->columns[c] = !many && type == RY_LIST ? one_cell(v) : rq_cells_for(rt, g->verb, type, v);
        rv_release(v);
        if (!g->p->columns[c]) return -1;
    }
    return 0;
}

int rq_payload_new(rq_payload *p, ray_rt *rt, const char *verb, const ray_val *table, ray_val *rows, bool partial) {
    if (rv_table_columns(table) > INT16_MAX) return rb_fail(RB_E_LIMIT, "%s: too many columns", verb);
    *p = (rq_payload){.ncolumns = (int)rv_table_columns(table)};
    if (!(p->columns = rb_alloc_zero((size_t)p->ncolumns * sizeof *p->columns))) return -1;
    given g = {verb, table, p};
    int ok = -1, many;
    if (rv_is_list(rows))
        ok = by_position(&g, rows);
    else if (rows->type == RY_TABLE && !partial && rv_table_columns(rows) != p->ncolumns)
        ok = rb_fail(RB_E_DOMAIN, "%s: a table of %lld columns for %d", verb, (long long)rv_table_columns(rows),
                     p->ncolumns);
    else if (rows->type == RY_DICT || rows->type == RY_TABLE)
        ok = by_name(&g, rows);
    else
        ro_refuse(verb, "a list, dict or table of rows", rows);
    many = ok < 0 ? -1 : rows->type == RY_TABLE ? 1 : several(&g);
    if (many >= 0 && make_fit(&g, rt, many) == 0) return 0;
    rq_payload_free(p);
    return -1;
}

void rq_payload_free(rq_payload *p) {
    for (int c = 0; c < p->ncolumns; c++) rv_release(p->columns[c]);
    rb_free(p->columns, (size_t)p->ncolumns * sizeof *p->columns);
}
