#include "value.h"

#include "../base/alloc.h"

#define HEAP_FIRST ((size_t)4 << 10) /* bytes of a vector's first buffer; each further one is as large as all before */
#define HEAP_STEP ((size_t)64 << 20) /* … up to this */
#define HEAP_SLOTS 4
#define FULL (-1) /* nothing is appended to the newest buffer: others hold it, or it came from outside */

static size_t slots_size(int32_t n) { return (size_t)n * sizeof(rv_buf *); }

void rv_heap_release(rv_heap *h) {
    if (!h || atomic_fetch_sub_explicit(&h->rc, 1, memory_order_acq_rel) != 1) return;
    for (int32_t i = 0; i < h->count; i++) rv_buf_release(h->bufs[i]);
    rb_free(h->bufs, slots_size(h->cap));
    rb_free(h, sizeof *h);
}

/* A heap of v's own with a free slot: the one it has, or a new list of the same buffers, to which nothing is added. */
static rv_heap *own_heap(ray_val *v) {
    rv_heap *old = v->u.heap;
    bool own = old && atomic_load_explicit(&old->rc, memory_order_acquire) == 1;
    int32_t count = old ? old->count : 0;
    if (own && count < old->cap) return old;
    if (count > INT32_MAX / 2) return rb_fail_null(RB_E_LIMIT, "a string vector has too many buffers: %d", count);
    int32_t cap = count < HEAP_SLOTS ? HEAP_SLOTS : count * 2;
    rv_buf **bufs = rb_alloc(slots_size(cap));
    if (!bufs) return NULL;
    if (count) memcpy(bufs, old->bufs, slots_size(count));
    if (own) {
        rb_free(old->bufs, slots_size(old->cap));
        old->bufs = bufs;
        old->cap = cap;
        return old;
    }
    rv_heap *h = rb_alloc(sizeof *h);
    if (!h) {
        rb_free(bufs, slots_size(cap));
        return NULL;
    }
    *h = (rv_heap){.rc = 1, .count = count, .cap = cap, .used = FULL, .bufs = bufs};
    for (int32_t i = 0; i < count; i++) rv_buf_retain(bufs[i]);
    rv_heap_release(old);
    v->u.heap = h;
    return h;
}

int32_t rv_strvec_adopt_take(ray_val *v, rv_buf *buf) {
    RB_ASSERT(v->type == RY_STR);
    rv_heap *h = own_heap(v);
    if (!h) {
        rv_buf_release(buf);
        return -1;
    }
    h->bufs[h->count] = buf;
    h->used = FULL;
    return h->count++;
}

/* The heap of v with n free bytes in its newest buffer, which `used` tells the start of. */
static rv_heap *heap_room(ray_val *v, size_t n) {
    rv_heap *h = v->u.heap;
    if (h && atomic_load_explicit(&h->rc, memory_order_acquire) == 1 && h->count) {
        size_t size = h->bufs[h->count - 1]->size;
        if (h->used != FULL && size - (size_t)h->used >= n) return h;
    }
    size_t size = 0;
    for (int32_t i = 0; h && i < h->count && size < HEAP_STEP; i++) size += h->bufs[i]->size;
    size = size < HEAP_FIRST ? HEAP_FIRST : size > HEAP_STEP ? HEAP_STEP : size;
    rv_buf *buf = rv_buf_new(size < n ? n : size);
    if (!buf || rv_strvec_adopt_take(v, buf) < 0) return NULL;
    v->u.heap->used = 0;
    return v->u.heap;
}

ry_strview rv_strview_of(const char *text, size_t n, int32_t heap, int32_t offset) {
    ry_strview s = {.len = (int32_t)n};
    if (n <= RY_STR_INLINE) {
        if (n) memcpy(s.u.text, text, n);
        return s;
    }
    memcpy(s.u.at.prefix, text, sizeof s.u.at.prefix);
    s.u.at.heap = heap;
    s.u.at.offset = offset;
    return s;
}

/* Puts the text away and makes its view. */
static int store(ray_val *v, const char *text, size_t n, ry_strview *out) {
    if (n > INT32_MAX)
        return rb_fail(RB_E_LIMIT, "a string in a vector can have %d bytes, this one has %zu", INT32_MAX, n);
    if (n <= RY_STR_INLINE) {
        *out = rv_strview_of(text, n, 0, 0);
        return 0;
    }
    rv_heap *h = heap_room(v, n);
    if (!h) return -1;
    memcpy((char *)h->bufs[h->count - 1]->mem + h->used, text, n);
    *out = rv_strview_of(text, n, h->count - 1, h->used);
    h->used += (int32_t)n;
    return 0;
}

int rv_strvec_append(ray_val *v, const char *text, size_t n) {
    RB_ASSERT(v->type == RY_STR && rv_is_own(v));
    ry_strview s;
    RB_TRY(store(v, text, n, &s), -1);
    ry_strview *at = rv_vec_reserve(v, 1);
    if (!at) return -1;
    *at = s;
    v->len++;
    return 0;
}

int rv_strvec_set(ray_val *v, int64_t i, const char *text, size_t n) {
    RB_ASSERT(v->type == RY_STR && rv_is_own(v) && i >= 0 && i < v->len);
    v->marks = 0;
    return store(v, text, n, &RV_DATA(ry_strview, v)[i]);
}

ray_val *rv_strvec_like_new(const ray_val *like, int64_t len) {
    RB_ASSERT(like->type == RY_STR);
    ray_val *v = rv_vec_new(RY_STR, len);
    if (v && like->u.heap) v->u.heap = rv_heap_retain(like->u.heap);
    return v;
}
