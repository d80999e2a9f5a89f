#include "value.h"

#include "../base/alloc.h"

/* Bytes of n elements. RB_E_LIMIT if there can be no such vector. */
static int size_of(int type, int64_t n, size_t *size) {
    int64_t bytes;
    if (n < 0 || rb_mul_overflow(n, ry_width(type), &bytes))
        return rb_fail(RB_E_LIMIT, "a vector cannot have %lld elements", (long long)n);
    *size = (size_t)bytes;
    return 0;
}

static ray_val *with_room(int type, int64_t room) {
    if (!ry_is_vector_code(type)) return rb_fail_null(RB_E_TYPE, "a vector type was expected, got code %d", type);
    size_t size = 0;
    RB_TRY(size_of(type, room, &size), NULL);
    ray_val *v = rv_object_new(type);
    if (!v) return NULL;
    v->buf = rv_buf_new(size);
    if (!v->buf) {
        rb_free(v, sizeof *v);
        return NULL;
    }
    v->data = v->buf->mem;
    return v;
}

ray_val *rv_vec_room_new(int type, int64_t room) { return with_room(type, room); }

ray_val *rv_vec_new(int type, int64_t len) {
    ray_val *v = with_room(type, len);
    if (!v) return NULL;
    v->len = len;
    if (type == RY_STR && len) memset(v->data, 0, (size_t)len * sizeof(ry_strview));
    if (type == RY_LIST)
        for (int64_t i = 0; i < len; i++) RV_DATA(ray_val *, v)[i] = rv_null_get();
    return v;
}

static void let_go(void *mem, size_t size, bool readonly, void (*release)(rv_buf *), void *ctx) {
    rv_buf b = {.rc = 1, .readonly = readonly, .mem = mem, .size = size, .release = release, .ctx = ctx};
    if (release) release(&b);
}

ray_val *rv_vec_external(int type, void *data, int64_t len, bool readonly, void (*release)(rv_buf *), void *ctx) {
    size_t size = 0;
    ray_val *v = NULL;
    rv_buf *buf = NULL;
    bool ok = ry_is_fixed(type) || type == RY_SYM;
    if (!ok)
        rb_fail(RB_E_TYPE, "memory from outside can be a vector of a fixed-width type, not of %s", ry_name(type));
    if (ok && type != RY_GUID && (uintptr_t)data % (size_t)ry_width(type)) {
        rb_fail(RB_E_VALUE, "memory for %s must be aligned to %d bytes", ry_name(type), ry_width(type));
        ok = false;
    }
    if (ok && size_of(type, len, &size) == 0 && (v = rv_object_new(type)))
        buf = rv_buf_external(data, size, readonly, release, ctx);
    if (!buf) {
        rb_error saved; /* the callback may fail at something of its own */
        rb_error_copy_into(&saved);
        let_go(data, size, readonly, release, ctx);
        rv_release(v);
        rb_error_restore(&saved);
        return NULL;
    }
    v->len = len;
    v->buf = buf;
    v->data = data;
    return v;
}

ray_val *rv_vec_slice(const ray_val *v, int64_t from, int64_t len) {
    if (!ry_is_vector_code(v->type))
        return rb_fail_null(RB_E_TYPE, "only a vector or a list has slices, not %s", ry_name(v->type));
    if (from < 0 || len < 0 || from > v->len || len > v->len - from)
        return rb_fail_null(RB_E_INDEX, "[%lld, +%lld) is no part of %lld elements", (long long)from, (long long)len,
                            (long long)v->len);
    if (v->type == RY_LIST) {
        ray_val *s = rv_vec_new(RY_LIST, len);
        for (int64_t i = 0; s && i < len; i++) RV_DATA(ray_val *, s)[i] = rv_retain(rv_list_get(v, from + i));
        return s;
    }
    ray_val *s = rv_object_new(v->type);
    if (!s) return NULL;
    s->attrs = v->attrs;
    s->len = len;
    s->buf = rv_buf_retain(v->buf);
    s->data = (char *)v->data + from * ry_width(v->type);
    if (v->type == RY_STR && v->u.heap) s->u.heap = rv_heap_retain(v->u.heap);
    return s;
}

/* Elements that fit between data and the end of the buffer. */
static int64_t capacity(const ray_val *v) {
    size_t before = (size_t)((char *)v->data - (char *)v->buf->mem);
    return (int64_t)((v->buf->size - before) / (size_t)ry_width(v->type));
}

void *rv_vec_reserve(ray_val *v, int64_t more) {
    enum { FIRST = 8 };
    RB_ASSERT(rv_is_own(v) && ry_is_vector_code(v->type) && more >= 0);
    int64_t need, cap = capacity(v);
    if (rb_add_overflow(v->len, more, &need))
        return rb_fail_null(RB_E_LIMIT, "a vector cannot have so many elements");
    v->marks = 0;
    if (need > cap) {
        int64_t grown = cap > INT64_MAX / 2 ? need : cap + cap / 2 + FIRST;
        if (grown < need) grown = need;
        size_t size = 0;
        RB_TRY(size_of(v->type, grown, &size), NULL);
        rv_buf *buf = rv_buf_new(size);
        if (!buf) return NULL;
        if (v->len) memcpy(buf->mem, v->data, (size_t)v->len * (size_t)ry_width(v->type));
        rv_buf_release(v->buf);
        v->buf = buf;
        v->data = buf->mem;
    }
    return (char *)v->data + v->len * ry_width(v->type);
}

int rv_vec_append(ray_val *v, const void *elements, int64_t n) {
    RB_ASSERT(ry_is_fixed(v->type) || v->type == RY_SYM);
    RB_ASSERT(!n || (const char *)elements + n * ry_width(v->type) <= (char *)v->data ||
              (const char *)elements >= (char *)v->data + v->len * ry_width(v->type));
    void *at = rv_vec_reserve(v, n);
    if (!at) return -1;
    if (n) memcpy(at, elements, (size_t)n * (size_t)ry_width(v->type));
    v->len += n;
    return 0;
}

ray_val *rv_vec_at(const ray_val *v, int64_t i) {
    RB_ASSERT(ry_is_vector_code(v->type) && i >= 0 && i < v->len);
    ray_val *x;
    if (v->type == RY_LIST) return rv_retain(rv_list_get(v, i));
    if (v->type == RY_STR) {
        size_t n;
        const char *text = rv_strvec_get(v, i, &n);
        x = rv_str_new(text, n);
    } else {
        x = rv_atom_new(v->type, (char *)v->data + i * ry_width(v->type));
    }
    if (x && v->attrs & RV_A_NULLS && v->type != RY_SYM && rv_is_null(x)) x->attrs |= RV_A_NULL;
    return x;
}

void rv_vec_scan_nulls(ray_val *v) {
    bool any = rv_is_vector(v) && ry_null_any(v->type, v->data, v->len);
    v->attrs = (uint8_t)(any ? v->attrs | RV_A_NULLS : v->attrs & ~RV_A_NULLS);
}
