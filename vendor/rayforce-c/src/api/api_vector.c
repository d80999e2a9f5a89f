#include "../base/alloc.h"
#include "../base/utf8.h"
#include "../value/value.h"

#include "rayforce/rayforce.h"

static bool has_data(const ray_val *v) {
    int type = v->type < 0 ? -v->type : v->type;
    return ry_is_fixed(type) || type == RY_SYM || v->type == -RY_STR;
}

static int is_vector(const ray_val *v) {
    if (ry_is_vector_code(v->type)) return 0;
    return rb_fail(RB_E_TYPE, "a vector or a list was expected, got %s", ry_name(v->type));
}

static int is_inside(const ray_val *v, int64_t i) {
    if (i >= 0 && i < v->len) return 0;
    return rb_fail(RB_E_INDEX, "%lld is no index of %lld elements", (long long)i, (long long)v->len);
}

ray_val *ray_vec_new(int type, int64_t n) { return rv_vec_new(type, n); }

/* ---- memory of the caller ------------------------------------------------------------------------------------- */

typedef struct outside {
    void (*release)(void *ctx);
    void *ctx;
} outside;

static void let_go(rv_buf *b) {
    outside o = *(outside *)b->ctx;
    rb_free(b->ctx, sizeof o);
    if (o.release) o.release(o.ctx);
}

/* Ids come from this process and nobody else, so each must be one. */
static int check_ids(const int32_t *ids, int64_t n) {
    int64_t count = rv_sym_count();
    for (int64_t i = 0; i < n; i++)
        if (ids[i] < 0 || ids[i] >= count)
            return rb_fail(RB_E_DOMAIN, "element %lld, %d, is no symbol of this process", (long long)i, ids[i]);
    return 0;
}

ray_val *ray_vec_external(int type, void *data, int64_t n, void (*release)(void *ctx), void *ctx) {
    outside *o = rb_alloc(sizeof *o);
    if (!o) {
        if (release) release(ctx);
        return NULL;
    }
    *o = (outside){release, ctx};
    ray_val *v = rv_vec_external(type, data, n, true, let_go, o);
    if (!v || type != RY_SYM || check_ids(data, n) == 0) return v;
    rb_error saved;
    rb_error_copy_into(&saved);
    rv_release(v);
    rb_error_restore(&saved);
    return NULL;
}

ray_val *ray_vec_slice(const ray_val *v, int64_t from, int64_t n) { return rv_vec_slice(v, from, n); }

/* ---- elements ------------------------------------------------------------------------------------------------ */

void *ray_data(const ray_val *v) {
    if (has_data(v)) return v->data;
    return rb_fail_null(RB_E_TYPE, "%s has no elements of fixed width", ry_name(v->type));
}

ray_val *ray_at(const ray_val *v, int64_t i) {
    RB_TRY(is_vector(v), NULL);
    RB_TRY(is_inside(v, i), NULL);
    return rv_vec_at(v, i);
}

bool ray_may_have_nulls(const ray_val *v) { return rv_is_vector(v) && v->attrs & RV_A_NULLS; }

/* An integer that equals the sentinel of its type is a number in a vector without the flag; all other nulls are nulls
 * wherever they stand. */
static bool counts_by_flag(const ray_val *v) {
    enum ry_class c = ry_class_of(v->type);
    return (c == RY_C_INT || c == RY_C_TEMPORAL) && !(v->attrs & RV_A_NULLS);
}

#define BLOCK 1024

/* Writes 1 for each null of [from, to) to mask. */
static void mask_block(const ray_val *v, int64_t from, int64_t to, uint8_t *mask) {
#define WHERE(T, null)                                                                                                 \
    for (int64_t i = from; i < to; i++) {                                                                              \
        T x = RV_DATA(T, v)[i];                                                                                        \
        mask[i - from] = (null);                                                                                       \
    }                                                                                                                  \
    return
    switch (v->type) {
    case RY_I16: WHERE(int16_t, x == RY_NULL_I16);
    case RY_I32:
    case RY_DATE:
    case RY_TIME: WHERE(int32_t, x == RY_NULL_I32);
    case RY_I64:
    case RY_TIMESTAMP:
    case RY_TIMESPAN: WHERE(int64_t, x == RY_NULL_I64);
    case RY_F32: WHERE(float, x != x);
    case RY_F64: WHERE(double, x != x);
    case RY_GUID: WHERE(ry_guid, ry_null_is_guid(&x));
    case RY_SYM: WHERE(int32_t, x == RY_NULL_SYM);
    case RY_STR: WHERE(ry_strview, x.len == 0);
    case RY_LIST: WHERE(ray_val *, rv_is_null(x));
    default: memset(mask, 0, (size_t)(to - from));
    }
#undef WHERE
}

int ray_null_mask_into(const ray_val *v, uint8_t *mask) {
    RB_TRY(is_vector(v), -1);
    if (counts_by_flag(v)) {
        memset(mask, 0, (size_t)v->len);
        return 0;
    }
    mask_block(v, 0, v->len, mask);
    return 0;
}

int64_t ray_null_count(const ray_val *v) {
    if (!ry_is_vector_code(v->type)) return rv_is_null(v);
    if (counts_by_flag(v)) return 0;
    uint8_t mask[BLOCK];
    int64_t count = 0;
    for (int64_t from = 0; from < v->len; from += BLOCK) {
        int64_t to = v->len - from < BLOCK ? v->len : from + BLOCK;
        mask_block(v, from, to, mask);
        for (int64_t i = 0; i < to - from; i++) count += mask[i];
    }
    return count;
}

void ray_nulls_scan(ray_val *v) {
    if (rv_is_vector(v)) rv_vec_scan_nulls(v);
}

/* ---- strings, symbols ---------------------------------------------------------------------------------------- */

ray_val *ray_strvec_new(int64_t room) { return rv_vec_room_new(RY_STR, room); }

int ray_strvec_append(ray_val *v, const char *text, size_t n) {
    if (v->type != RY_STR) return rb_fail(RB_E_TYPE, "a STR vector was expected, got %s", ry_name(v->type));
    if (!rv_is_own(v)) return rb_fail(RB_E_STATE, "a vector that others hold, too, cannot grow");
    return rv_strvec_append(v, text, n);
}

const char *ray_strvec_get(const ray_val *v, int64_t i, size_t *n) {
    *n = 0;
    if (v->type != RY_STR) return rb_fail_null(RB_E_TYPE, "a STR vector was expected, got %s", ry_name(v->type));
    RB_TRY(is_inside(v, i), NULL);
    return rv_strvec_get(v, i, n);
}

const void *ray_strvec_views_get(const ray_val *v) {
    if (v->type == RY_STR) return v->data;
    return rb_fail_null(RB_E_TYPE, "a STR vector was expected, got %s", ry_name(v->type));
}

int ray_strvec_buffers(const ray_val *v) { return v->type == RY_STR && v->u.heap ? v->u.heap->count : 0; }

const void *ray_strvec_buffer_get(const ray_val *v, int i, size_t *n) {
    *n = 0;
    if (i < 0 || i >= ray_strvec_buffers(v))
        return rb_fail_null(RB_E_INDEX, "%d is no buffer of the %d that the vector has", i, ray_strvec_buffers(v));
    *n = v->u.heap->bufs[i]->size;
    return v->u.heap->bufs[i]->mem;
}

bool ray_is_utf8(const char *text, size_t n) { return rb_utf8_check(text, n); }

int32_t ray_sym_intern(const char *text, size_t n) { return rv_sym_intern(text, n); }
const char *ray_sym_text_get(int32_t id, size_t *n) { return rv_sym_text(id, n); }
