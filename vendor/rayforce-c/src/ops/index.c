/* `at`: what lies at a position, under a key, or in a column. */
#include "../kernel/kernel.h"
#include "collect.h"

static ray_val *at_depth(ray_rt *rt, const ray_val *c, const ray_val *i, int depth);

/* The integers of a vector or of a list of atoms as positions; out has room for all. */
static int positions_into(const ray_val *i, int64_t *out) {
    if (!rv_is_list(i)) {
        rk_to_i64[i->type](i->data, i->len, out, (i->attrs & RV_A_NULLS) != 0);
        return 0;
    }
    for (int64_t k = 0; k < i->len; k++) {
        const ray_val *x = rv_list_get(i, k);
        if (!ro_int_of(x, false, &out[k])) {
            ro_refuse("at", "integer positions", x);
            return -1;
        }
    }
    return 0;
}

/* c at each of the positions i; what lies outside is null. */
static ray_val *at_positions(ray_rt *rt, const ray_val *c, const ray_val *i) {
    int64_t n = i->len, *at = RO_ROOM(int64_t, n);
    if (!at) return NULL;
    ray_val *out = NULL;
    if (positions_into(i, at) == 0) {
        rk_clip_positions(at, n, c->len, at);
        out = ro_gather(rt, c, at, n);
    }
    RO_ROOM_FREE(at, n);
    return out;
}

static ray_val *at_each(ray_rt *rt, const ray_val *c, const ray_val *i, int depth) {
    ray_val *out = rv_vec_room_new(RY_LIST, i->len);
    for (int64_t k = 0; out && k < i->len; k++) {
        if (rv_list_append_take(out, at_depth(rt, c, rv_list_get(i, k), depth + 1)) < 0) {
            rv_release(out);
            return NULL;
        }
    }
    return out;
}

static ray_val *at_text(const ray_val *c, const ray_val *i) {
    int64_t x;
    if (rv_is_atom(i)) {
        if (!ro_int_of(i, true, &x) || x < 0 || x >= c->len)
            return rb_fail_null(RB_E_DOMAIN, "at: a string of %lld bytes has no such position", (long long)c->len);
        return rv_str_new((const char *)c->data + x, 1);
    }
    if (!ro_is_int_vector(i) && !rv_is_list(i)) return ro_refuse("at", "integer positions", i);
    int64_t n = i->len, *at = RO_ROOM(int64_t, n);
    if (!at) return NULL;
    ray_val *out = NULL;
    if (positions_into(i, at) == 0) {
        if (rk_clip_positions(at, n, c->len, at))
            rb_fail(RB_E_DOMAIN, "at: a position outside a string of %lld bytes", (long long)c->len);
        else if ((out = rv_str_room_new((size_t)n)))
            rk_gather(1, c->data, at, n, "", out->data);
    }
    RO_ROOM_FREE(at, n);
    return out;
}

static ray_val *at_keys(ray_rt *rt, const ray_val *d, const ray_val *keys) {
    const ray_val *have = d->u.pair.keys;
    int64_t n = keys->len, *at = RO_ROOM(int64_t, n);
    if (!at) return NULL;
    ray_val *out = NULL;
    bool comparable = rv_is_list(have) || have->type == keys->type;
    if (!comparable) memset(at, 0xff, (size_t)n * sizeof *at);
    if (!comparable || ro_find_rows(rt, have, keys, at) == 0) out = ro_gather(rt, d->u.pair.values, at, n);
    RO_ROOM_FREE(at, n);
    return out;
}

static ray_val *at_dict(ray_rt *rt, const ray_val *d, const ray_val *key) {
    if (rv_is_vector(key)) return at_keys(rt, d, key);
    const ray_val *keys = d->u.pair.keys;
    int64_t at = -1;
    if (rv_is_atom(key) && (rv_is_list(keys) || keys->type == -key->type))
        RB_TRY(ro_find_rows(rt, keys, key, &at), NULL);
    return at < 0 ? rv_null_of_new(RY_I64) : rv_dict_at(d, at);
}

static ray_val *column_named(const ray_val *t, int32_t name) {
    int64_t c = rv_table_find(t, name);
    if (c < 0) return rb_fail_null(RB_E_DOMAIN, "at: the table has no column %s", rv_sym_z(name));
    return rv_retain(rv_table_column_get(t, c));
}

static ray_val *row_at(const ray_val *t, int64_t row) {
    if (row < 0 || row >= t->len)
        return rb_fail_null(RB_E_DOMAIN, "at: no row %lld in a table of %lld", (long long)row, (long long)t->len);
    return ro_element(t, row);
}

static ray_val *rows_at(ray_rt *rt, const ray_val *t, const ray_val *i) {
    int64_t n = i->len, *at = RO_ROOM(int64_t, n);
    if (!at) return NULL;
    ray_val *out = NULL;
    if (positions_into(i, at) == 0) {
        if (rk_clip_positions(at, n, t->len, at)) {
            rb_fail(RB_E_DOMAIN, "at: a row outside a table of %lld", (long long)t->len);
        } else if (i->type == RY_I64) {
            out = ro_gather(rt, t, at, n);
        } else {
            out = rv_vec_room_new(RY_LIST, n);
            for (int64_t k = 0; out && k < n; k++) {
                if (rv_list_append_take(out, ro_element(t, at[k])) < 0) {
                    rv_release(out);
                    out = NULL;
                }
            }
        }
    }
    RO_ROOM_FREE(at, n);
    return out;
}

static ray_val *at_table(ray_rt *rt, const ray_val *t, const ray_val *i) {
    int64_t row;
    if (i->type == -RY_SYM) return column_named(t, i->u.sym);
    if (ro_int_of(i, false, &row)) return row_at(t, row);
    if (ro_is_int_vector(i) || rv_is_list(i)) return rows_at(rt, t, i);
    if (i->type != RY_SYM) return ro_refuse("at", "a column name or row numbers", i);
    ray_val *out = rv_vec_room_new(RY_LIST, i->len);
    for (int64_t k = 0; out && k < i->len; k++) {
        if (rv_list_append_take(out, column_named(t, RV_DATA(int32_t, i)[k])) < 0) {
            rv_release(out);
            return NULL;
        }
    }
    return out;
}

static ray_val *at_depth(ray_rt *rt, const ray_val *c, const ray_val *i, int depth) {
    if (depth > RV_DEPTH_MAX) return rb_fail_null(RB_E_LIMIT, "at: positions nested deeper than %d", RV_DEPTH_MAX);
    if (i->type == RY_NULL) return ro_refuse("at", "positions or keys", i);
    if (c->type == -RY_STR) return at_text(c, i);
    if (c->type == RY_DICT) return at_dict(rt, c, i);
    if (c->type == RY_TABLE) return at_table(rt, c, i);
    if (!ro_is_collection(c)) return ro_refuse("at", "a vector, list, string, dict or table", c);
    int64_t x;
    if (ro_int_of(i, false, &x)) {
        if (x >= 0 && x < c->len) return rv_vec_at(c, x);
        return rv_null_of_new(rv_is_list(c) ? RY_I64 : c->type);
    }
    if (ro_is_int_vector(i)) return at_positions(rt, c, i);
    return rv_is_list(i) ? at_each(rt, c, i, depth) : ro_refuse("at", "integer positions", i);
}

RV_VERB(ro_at) {
    (void)n;
    return at_depth(rt, args[0], args[1], 0);
}
