/* Vectors. */
#include "dialect.h"

_Static_assert(RV_A_NULLS == 0x40, "the hint travels as it is");

/* ---- fixed width: as they lie in memory ---------------------------------------------------------------------- */

static int fixed_put(rw_put *w, const rw_row *row, const ray_val *v) {
    RB_TRY(rw_put_head(w, row->code, v->attrs & row->arg, v->len), -1);
    return rw_put_elements(w, v, (size_t)v->len * (size_t)ry_width(row->type));
}

static enum rw_took fixed_take(rw_take *t, rw_level *l, rb_cursor *c) {
    enum rw_took r;
    if (l->step == 0) {
        size_t width = (size_t)ry_width(l->row->type);
        r = rw_take_head(t, c, width, &l->attrs, &l->count);
        if (r != RW_TOOK_DONE) return r;
        l->v = rv_vec_new(l->row->type, l->count);
        if (!l->v) return RW_TOOK_FAILED;
        l->v->attrs |= l->attrs & l->row->arg;
        l->at = l->seen = l->v->data;
        l->need = (size_t)l->count * width;
        l->step = 1;
    }
    r = rw_take_raw(t, l, c);
    if (r != RW_TOOK_DONE) return r;
    ray_val *v = l->v;
    l->v = NULL;
    return rw_take_done(t, v);
}

const rw_form rw_form_fixed = {fixed_put, fixed_take};

/* ---- symbols ------------------------------------------------------------------------------------------------- */

int rw_put_names(rw_put *w, const ray_val *symbols, uint8_t attrs) {
    const rw_row *row = &w->d->by_type[RY_SYM];
    RB_TRY(rw_put_head(w, row->code, attrs, symbols->len), -1);
    const int32_t *ids = symbols->data;
    for (int64_t i = 0; i < symbols->len; i++) RB_TRY(rw_put_name(w, ids[i]), -1);
    return 0;
}

static int names_put(rw_put *w, const rw_row *row, const ray_val *v) { return rw_put_names(w, v, v->attrs & row->arg); }

/* Room of a vector before its elements are there: a count is a promise of the peer's, so memory follows the bytes. */
#define ROOM_AT_FIRST 4096

static int64_t first_room(int64_t count) { return count < ROOM_AT_FIRST ? count : ROOM_AT_FIRST; }

#define NAMES_BATCH 256

static enum rw_took names_take(rw_take *t, rw_level *l, rb_cursor *c) {
    if (l->step == 0) {
        enum rw_took r = rw_take_head(t, c, 1, &l->attrs, &l->count);
        if (r != RW_TOOK_DONE) return r;
        l->v = rv_vec_room_new(RY_SYM, first_room(l->count));
        if (!l->v || rw_names_expect(t, l->count) < 0) return RW_TOOK_FAILED;
        l->v->attrs |= l->attrs & l->row->arg;
        l->step = 1;
    }
    while (l->done < l->count) {
        int32_t ids[NAMES_BATCH];
        int64_t max = l->count - l->done < NAMES_BATCH ? l->count - l->done : NAMES_BATCH;
        int n = rw_names_scan(t, c, ids, (int)max);
        if (n < 0) return RW_TOOK_FAILED;
        if (n == 0) return RW_TOOK_MORE;
        if (ry_null_any(RY_SYM, ids, n)) l->v->attrs |= RV_A_NULLS;
        if (rv_vec_append(l->v, ids, n) < 0) return RW_TOOK_FAILED;
        l->done += n;
    }
    ray_val *v = l->v;
    l->v = NULL;
    return rw_take_done(t, v);
}

const rw_form rw_form_names = {names_put, names_take};

/* ---- strings ------------------------------------------------------------------------------------------------- */

static int texts_put(rw_put *w, const rw_row *row, const ray_val *v) {
    RB_TRY(rw_put_head(w, row->code, v->attrs & row->arg, v->len), -1);
    for (int64_t i = 0; i < v->len; i++) {
        size_t n;
        const char *text = rv_strvec_get(v, i, &n);
        uint8_t *p = rw_put_room(w, 8 + n);
        if (!p) return -1;
        int64_t count = (int64_t)n;
        memcpy(p, &count, 8);
        if (n) memcpy(p + 8, text, n);
    }
    return 0;
}

/* The next element's length into l->length. */
static enum rw_took text_length(rw_take *t, rw_level *l, rb_cursor *c) {
    const uint8_t *p;
    enum rw_took r = rw_take_bytes(t, c, 8, &p);
    if (r != RW_TOOK_DONE) return r;
    int64_t n;
    memcpy(&n, p, 8);
    if (n < 0 || n > t->left) {
        rb_fail(RB_E_DOMAIN, "a string of %lld bytes is announced, %lld bytes are left", (long long)n,
                (long long)t->left);
        return RW_TOOK_FAILED;
    }
    if (n > INT32_MAX) {
        rb_fail(RB_E_LIMIT, "a string of %lld bytes is too long for an element of a vector", (long long)n);
        return RW_TOOK_FAILED;
    }
    l->length = (size_t)n;
    return RW_TOOK_DONE;
}

/* The element itself; its bytes are in c at once or are collected in t->partial. */
static enum rw_took text_element(rw_take *t, rw_level *l, rb_cursor *c) {
    size_t n = l->length, have = t->partial.len, there = rb_cursor_left(c);
    size_t part = there < n - have ? there : n - have;
    const uint8_t *p = c->p;
    if (have || part < n) {
        if (rb_bytes_put(&t->partial, p, part) < 0) return RW_TOOK_FAILED;
        p = t->partial.p;
    }
    c->p += part;
    t->left -= (int64_t)part;
    if (have + part < n) return RW_TOOK_MORE;
    t->partial.len = 0;
    if (n == 0) l->v->attrs |= RV_A_NULLS;
    return rv_strvec_append(l->v, (const char *)p, n) < 0 ? RW_TOOK_FAILED : RW_TOOK_DONE;
}

enum { HEAD, LENGTH, ELEMENT };

static enum rw_took texts_take(rw_take *t, rw_level *l, rb_cursor *c) {
    enum rw_took r;
    if (l->step == HEAD) {
        r = rw_take_head(t, c, 8, &l->attrs, &l->count);
        if (r != RW_TOOK_DONE) return r;
        l->v = rv_vec_room_new(RY_STR, first_room(l->count));
        if (!l->v) return RW_TOOK_FAILED;
        l->v->attrs |= l->attrs & l->row->arg;
        l->step = LENGTH;
    }
    while (l->done < l->count) {
        r = l->step == LENGTH ? text_length(t, l, c) : text_element(t, l, c);
        if (r != RW_TOOK_DONE) return r;
        if (l->step == ELEMENT) l->done++;
        l->step = l->step == LENGTH ? ELEMENT : LENGTH;
    }
    ray_val *v = l->v;
    l->v = NULL;
    return rw_take_done(t, v);
}

const rw_form rw_form_texts = {texts_put, texts_take};
