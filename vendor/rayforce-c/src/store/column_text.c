#include "layout.h"

/* A STR column: the views, a table of heap sizes, the heaps; each of the three begins on a multiple of RS_ALIGN. */

#define HEAP_MAX ((size_t)1 << 30) /* a longer string has a heap of its own */

static int pad(rb_bytes *out) {
    static const uint8_t zeros[RS_ALIGN];
    return rb_bytes_put(out, zeros, (0 - out->len) & (RS_ALIGN - 1));
}

/* Sizes of the heaps that strings of these lengths fill in order, one after the other. */
static int plan_heaps(const ray_val *v, rb_bytes *sizes) {
    uint64_t now = 0;
    for (int64_t i = 0; i < v->len; i++) {
        size_t n = (size_t)RV_DATA(ry_strview, v)[i].len;
        if (n <= RY_STR_INLINE) continue;
        if (now && now + n > HEAP_MAX) {
            RB_TRY(rb_bytes_put(sizes, &now, sizeof now), -1);
            now = 0;
        }
        now += n;
    }
    return now ? rb_bytes_put(sizes, &now, sizeof now) : 0;
}

static uint64_t size_at(const rb_bytes *sizes, int32_t i) {
    uint64_t x;
    memcpy(&x, sizes->p + (size_t)i * sizeof x, sizeof x);
    return x;
}

static int put_views(rb_bytes *out, const ray_val *v, const rb_bytes *sizes) {
    ry_strview *to = (ry_strview *)(void *)rb_bytes_reserve(out, (size_t)v->len * sizeof *to);
    if (!to) return -1;
    int32_t heap = 0;
    uint64_t used = 0;
    for (int64_t i = 0; i < v->len; i++) {
        size_t n;
        const char *text = rv_strvec_get(v, i, &n);
        if (n > RY_STR_INLINE && used == size_at(sizes, heap)) heap++, used = 0;
        to[i] = rv_strview_of(text, n, heap, (int32_t)used);
        if (n > RY_STR_INLINE) used += n;
    }
    out->len += (size_t)v->len * sizeof *to;
    return pad(out);
}

static int put_heaps(rb_bytes *out, const ray_val *v, const rb_bytes *sizes) {
    int32_t heap = 0;
    uint64_t used = 0;
    for (int64_t i = 0; i < v->len; i++) {
        size_t n;
        const char *text = rv_strvec_get(v, i, &n);
        if (n <= RY_STR_INLINE) continue;
        if (used == size_at(sizes, heap)) {
            RB_TRY(pad(out), -1);
            heap++, used = 0;
        }
        RB_TRY(rb_bytes_put(out, text, n), -1);
        used += n;
    }
    return 0;
}

int rs_text_put(rb_bytes *out, const ray_val *v, uint64_t *heaps) {
    rb_bytes sizes = RB_BYTES_EMPTY;
    int r = plan_heaps(v, &sizes);
    *heaps = sizes.len / sizeof(uint64_t);
    if (r == 0) r = put_views(out, v, &sizes);
    if (r == 0) r = rb_bytes_put(out, sizes.p, sizes.len);
    if (r == 0) r = pad(out);
    if (r == 0) r = put_heaps(out, v, &sizes);
    rb_bytes_free(&sizes);
    return r;
}

/* ---- and back ------------------------------------------------------------------------------------------------------ */

/* Gives v a buffer for each heap, all of them looking into the file. */
static int adopt_heaps(ray_val *v, rs_filed *f, size_t sizes_at, const char *path) {
    uint64_t n = f->head.extra, size = f->head.size;
    if (n > INT32_MAX || n > (size - sizes_at) / sizeof(uint64_t)) return rs_corrupt(path, "the table of heaps is too short");
    const uint64_t *sizes = (const uint64_t *)(const void *)(f->payload + sizes_at);
    uint64_t at = (sizes_at + n * sizeof *sizes + RS_ALIGN - 1) & ~(uint64_t)(RS_ALIGN - 1), end = at;
    for (uint64_t i = 0; i < n; i++) {
        if (at > size || sizes[i] > size - at) return rs_corrupt(path, "a heap ends behind the file");
        rv_buf *b = rv_buf_external((void *)(uintptr_t)(f->payload + at), sizes[i], true, rs_filed_let_go, f);
        if (!b) return -1;
        rs_filed_retain(f);
        RB_TRY(rv_strvec_adopt_take(v, b), -1);
        end = at + sizes[i];
        at = (end + RS_ALIGN - 1) & ~(uint64_t)(RS_ALIGN - 1);
    }
    return end == size ? 0 : rs_corrupt(path, "the last heap does not end with the file");
}

typedef struct checking {
    ray_rt *rt;
    const ray_val *v;
    const char *path;
} checking;

static bool is_sound(const ry_strview *s, const rv_heap *h) {
    if (s->len < 0) return false;
    if (s->len <= RY_STR_INLINE) {
        for (int32_t i = s->len; i < RY_STR_INLINE; i++)
            if (s->u.text[i]) return false;
        return true;
    }
    if (!h || s->u.at.heap < 0 || s->u.at.heap >= h->count || s->u.at.offset < 0) return false;
    const rv_buf *b = h->bufs[s->u.at.heap];
    return (size_t)s->u.at.offset + (size_t)s->len <= b->size &&
           memcmp((const char *)b->mem + s->u.at.offset, s->u.at.prefix, sizeof s->u.at.prefix) == 0;
}

static int check_views(void *ctx, int64_t begin, int64_t end, int worker) {
    checking *k = ctx;
    if (worker == 0) RB_TRY(rb_rt_check(k->rt), -1);
    for (int64_t i = begin; i < end; i++)
        if (!is_sound(&RV_DATA(ry_strview, k->v)[i], k->v->u.heap)) return rs_corrupt(k->path, "a string lies nowhere");
    return 0;
}

ray_val *rs_text_read(ray_rt *rt, rs_filed *f, const char *path) {
    uint64_t count = (uint64_t)f->head.count, views;
    if (count > f->head.size / sizeof(ry_strview)) {
        rs_corrupt(path, "there are fewer strings than the header says");
        return NULL;
    }
    views = (count * sizeof(ry_strview) + RS_ALIGN - 1) & ~(uint64_t)(RS_ALIGN - 1);
    if (views > f->head.size) {
        rs_corrupt(path, "the table of heaps is missing");
        return NULL;
    }
    ray_val *v = rv_object_new(RY_STR);
    if (!v) return NULL;
    v->buf = rv_buf_external((void *)(uintptr_t)f->payload, count * sizeof(ry_strview), true, rs_filed_let_go, f);
    if (v->buf) rs_filed_retain(f);
    v->data = (void *)(uintptr_t)f->payload;
    v->len = f->head.count;
    checking k = {rt, v, path};
    enum { GRAIN = 1 << 16 };
    if (v->buf && adopt_heaps(v, f, views, path) == 0 &&
        rb_pool_for(rt ? rt->pool : NULL, v->len, GRAIN, check_views, &k) == 0)
        return v;
    rv_release(v);
    return NULL;
}
