#include "layout.h"

/* A value as bytes, for LIST columns: type code, then what it needs; symbols as text, so that a cell stands alone. */

static int put_u64(rb_bytes *out, uint64_t x) { return rb_bytes_put(out, &x, sizeof x); }

static int put_text(rb_bytes *out, const char *p, size_t n) {
    RB_TRY(put_u64(out, n), -1);
    return rb_bytes_put(out, p, n);
}

static int put_atom(rb_bytes *out, const ray_val *v) {
    uint8_t attrs = v->attrs & (RV_A_NULL | RV_A_QUOTED);
    RB_TRY(rb_bytes_put(out, &attrs, 1), -1);
    size_t n;
    const char *text;
    switch (-v->type) {
    case RY_SYM: text = rv_sym_text(v->u.sym, &n); return put_text(out, text, n);
    case RY_STR: text = rv_str_get(v, &n); return put_text(out, text, n);
    default: return rb_bytes_put(out, v->data, (size_t)ry_width(-v->type));
    }
}

static int put_elements(rb_bytes *out, const ray_val *v, int depth) {
    RB_TRY(put_u64(out, (uint64_t)v->len), -1);
    if (ry_is_fixed(v->type)) return rb_bytes_put(out, v->data, (size_t)v->len * (size_t)ry_width(v->type));
    for (int64_t i = 0; i < v->len; i++) {
        size_t n = 0;
        const char *text = v->type == RY_SYM   ? rv_sym_text(RV_DATA(int32_t, v)[i], &n)
                           : v->type == RY_STR ? rv_strvec_get(v, i, &n)
                                               : NULL;
        RB_TRY(text ? put_text(out, text, n) : rs_cell_put(out, rv_list_get(v, i), depth + 1), -1);
    }
    return 0;
}

int rs_cell_put(rb_bytes *out, const ray_val *v, int depth) {
    if (depth > RV_DEPTH_MAX) return rb_fail(RB_E_LIMIT, "a cell is nested deeper than %d values", RV_DEPTH_MAX);
    if (v->type >= RY_LAMBDA && v->type != RY_NULL)
        return rb_fail(RB_E_NYI, "a column with %s in it cannot be stored", v->type == RY_ERROR ? "an error" : "a function");
    RB_TRY(rb_bytes_put(out, &v->type, 1), -1);
    if (v->type == RY_NULL) return 0;
    if (v->type < 0) return put_atom(out, v);
    if (v->type < RY_VECTOR_END) {
        uint8_t attrs = v->attrs & RV_A_NULLS;
        RB_TRY(rb_bytes_put(out, &attrs, 1), -1);
        return put_elements(out, v, depth);
    }
    RB_TRY(rs_cell_put(out, v->u.pair.keys, depth + 1), -1);
    return rs_cell_put(out, v->u.pair.values, depth + 1);
}

/* ---- and back ------------------------------------------------------------------------------------------------------ */

/* False: the bytes end before. */
static bool take_u64(rb_cursor *c, uint64_t *out) {
    const uint8_t *p = rb_cursor_take(c, sizeof *out);
    if (p) memcpy(out, p, sizeof *out);
    return p != NULL;
}

static const char *take_text(rb_cursor *c, size_t *n) {
    uint64_t len;
    if (!take_u64(c, &len)) return NULL;
    *n = len;
    return (const char *)rb_cursor_take(c, len);
}

bool rs_are_b8(const uint8_t *x, int64_t n) {
    uint8_t all = 0;
    for (int64_t i = 0; i < n; i++) all |= x[i];
    return all <= 1;
}

static ray_val *take_atom(rb_cursor *c, int type) {
    const uint8_t *attrs = rb_cursor_take(c, 1);
    if (!attrs || *attrs & ~(RV_A_NULL | RV_A_QUOTED)) return NULL;
    bool quoted = *attrs & RV_A_QUOTED, null = *attrs & RV_A_NULL;
    if (quoted && type != RY_SYM) return NULL;
    if (type == RY_SYM || type == RY_STR) {
        size_t n;
        const char *text = take_text(c, &n);
        if (!text || (null && (n || type == RY_SYM))) return NULL;
        if (null) return rv_null_of_new(RY_STR);
        if (type == RY_STR) return rv_str_new(text, n);
        int32_t id = rv_sym_intern(text, n);
        return id < 0 ? NULL : rv_sym_new(id, quoted);
    }
    const uint8_t *bytes = rb_cursor_take(c, (size_t)ry_width(type));
    if (!bytes || (type == RY_B8 && *bytes > 1)) return NULL;
    alignas(8) uint8_t x[sizeof(ry_guid)]; /* in the file it lies anywhere */
    memcpy(x, bytes, (size_t)ry_width(type));
    if (null && !ry_null_at(type, x) && ((type != RY_B8 && type != RY_U8) || *x)) return NULL;
    return null ? rv_null_of_new(type) : rv_atom_new(type, x);
}

static ray_val *take_fixed(rb_cursor *c, int type, uint64_t n) {
    if (n > rb_cursor_left(c) / (size_t)ry_width(type)) return NULL;
    size_t size = n * (size_t)ry_width(type);
    const uint8_t *p = rb_cursor_take(c, size);
    if (type == RY_B8 && !rs_are_b8(p, (int64_t)n)) return NULL;
    ray_val *v = rv_vec_new(type, (int64_t)n);
    if (v && n) memcpy(v->data, p, size);
    return v;
}

static int take_element(rb_cursor *c, ray_val *v, int depth) {
    if (v->type == RY_LIST) {
        ray_val *x = rs_cell_take(c, depth + 1);
        return x ? rv_list_append_take(v, x) : -1;
    }
    size_t n;
    const char *text = take_text(c, &n);
    if (!text) return -1;
    if (v->type == RY_STR) return rv_strvec_append(v, text, n);
    int32_t id = rv_sym_intern(text, n);
    return id < 0 ? -1 : rv_vec_append(v, &id, 1);
}

static ray_val *take_vector(rb_cursor *c, int type, int depth) {
    const uint8_t *attrs = rb_cursor_take(c, 1);
    uint64_t n;
    if (!attrs || *attrs & ~RV_A_NULLS || !take_u64(c, &n)) return NULL;
    ray_val *v = NULL;
    if (ry_is_fixed(type)) {
        v = take_fixed(c, type, n);
    } else if (n <= rb_cursor_left(c)) { /* each takes a byte at least */
        v = rv_vec_room_new(type, (int64_t)n);
        for (uint64_t i = 0; v && i < n; i++) {
            if (take_element(c, v, depth) == 0) continue;
            rv_release(v);
            v = NULL;
        }
    }
    if (v && *attrs & RV_A_NULLS) v->attrs |= RV_A_NULLS;
    return v;
}

static ray_val *take_pair(rb_cursor *c, int type, int depth) {
    ray_val *keys = rs_cell_take(c, depth + 1), *values = keys ? rs_cell_take(c, depth + 1) : NULL;
    if (values) return type == RY_DICT ? rv_dict_new_take(keys, values) : rv_table_new_take(keys, values);
    rv_release(keys);
    return NULL;
}

ray_val *rs_cell_take(rb_cursor *c, int depth) {
    const uint8_t *at = depth > RV_DEPTH_MAX ? NULL : rb_cursor_take(c, 1);
    if (!at) return NULL;
    int8_t type;
    memcpy(&type, at, 1);
    if (type == RY_NULL) return rv_null_get();
    if (type == RY_DICT || type == RY_TABLE) return take_pair(c, type, depth);
    if (type < 0 && ry_is_vector_code(-type)) return take_atom(c, -type);
    return ry_is_vector_code(type) ? take_vector(c, type, depth) : NULL;
}
