/* The machine that writes values. */
#include "dialect.h"

RB_OFTEN void rw_put_init(rw_put *w, const rw_dialect *d, rb_bytes *b, int64_t size_max) {
    *w = (rw_put){.d = d, .b = b, .base = b->len, .size_max = size_max, .look_at = SIZE_MAX};
}

static int too_large(const rw_put *w, size_t size) {
    rb_fail(RB_E_TOO_LARGE, "a message of %lld bytes or more is above the limit of %lld", (long long)size,
            (long long)w->size_max);
    rb_error_detail_set((int64_t)size, w->size_max);
    return -1;
}

static int check_size(const rw_put *w, size_t more) {
    size_t size = w->b->len - w->base + w->referred + more;
    return (int64_t)size > w->size_max ? too_large(w, size) : 0;
}

static RB_NOINLINE int look(rw_put *w) {
    w->look_at = w->b->len + RW_GO_ON;
    return w->go_on(w->go_on_ctx);
}

RB_OFTEN uint8_t *rw_put_room(rw_put *w, size_t n) {
    if (check_size(w, n) < 0) return NULL;
    if (RB_UNLIKELY(w->b->len >= w->look_at) && look(w) < 0) return NULL;
    uint8_t *p = rb_bytes_reserve(w->b, n);
    if (p) w->b->len += n;
    return p;
}

RB_OFTEN int rw_put_bytes(rw_put *w, const void *p, size_t n) {
    uint8_t *to = rw_put_room(w, n);
    if (!to) return -1;
    if (n) memcpy(to, p, n);
    return 0;
}

int rw_put_byte(rw_put *w, uint8_t x) { return rw_put_bytes(w, &x, 1); }

RB_OFTEN int rw_put_head(rw_put *w, int8_t code, uint8_t attrs, int64_t count) {
    if (count > RW_COUNT_MAX)
        return rb_fail(RB_E_LIMIT, "%lld elements are more than the protocol's %d (RW_COUNT_MAX)", (long long)count,
                       RW_COUNT_MAX);
    uint8_t *p = rw_put_room(w, 10);
    if (!p) return -1;
    p[0] = (uint8_t)code;
    p[1] = attrs;
    memcpy(p + 2, &count, 8);
    return 0;
}

int rw_put_name(rw_put *w, int32_t symbol) {
    size_t n;
    const char *text = rv_sym_text(symbol, &n);
    return rw_put_bytes(w, text, n + 1);
}

int rw_put_elements(rw_put *w, const ray_val *v, size_t n) {
    if (!w->refer || n <= RW_DIRECT_OVER) return rw_put_bytes(w, v->data, n);
    RB_TRY(check_size(w, n), -1);
    RB_TRY(w->refer(w->refer_ctx, v, n), -1);
    w->referred += n;
    return 0;
}

int rw_put_cannot(const rw_put *w, const char *what) {
    return rb_fail(RB_E_CANNOT_SAY, "the %s protocol has no form for %s", w->d->name, what);
}

static int cannot_type(const rw_put *w, int type) {
    return rb_fail(RB_E_CANNOT_SAY, "the %s protocol has no form for %s %s", w->d->name, ry_name(type),
                   type < 0 ? "atoms" : type < RY_VECTOR_END ? "vectors" : "values");
}

int rw_put_value_as(rw_put *w, const ray_val *v, int type) {
    const rw_row *row = &w->d->by_type[(uint8_t)type];
    if (!row->form || !row->form->put) return cannot_type(w, v->type);
    if (w->depth == RW_DEPTH_MAX)
        return rb_fail(RB_E_LIMIT, "the value is nested deeper than %d levels (RW_DEPTH_MAX)", RW_DEPTH_MAX);
    w->depth++;
    int r = row->form->put(w, row, v);
    w->depth--;
    return r;
}

/* What is coded goes as the vector that it stands for where the dialect has no such form, and where its names say too much. */
RB_OFTEN int rw_put_value(rw_put *w, const ray_val *v) {
    if (v->type == RY_CODED && (v->u.coded.derived || !w->d->by_type[RY_CODED].form))
        v = rv_coded_plain_get((ray_val *)(uintptr_t)v);
    return rw_put_value_as(w, v, v->type);
}

int rw_encode(const rw_dialect *d, const ray_val *v, rb_bytes *out) {
    rw_put w;
    rw_put_init(&w, d, out, INT64_MAX);
    if (rw_put_value(&w, v) == 0) return 0;
    out->len = w.base;
    return -1;
}
