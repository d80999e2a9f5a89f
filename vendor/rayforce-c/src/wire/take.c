/* The machine that reads values: a stack of levels, one for each value under way. */
#include "dialect.h"

#include "../base/alloc.h"

void rw_take_init(rw_take *t) {
    memset(t, 0, sizeof *t);
    t->levels = t->few;
    t->cap = RW_LEVELS_INLINE;
}

static void drop_level(rw_level *l) {
    rv_release(l->v);
    for (size_t i = 0; i < RB_COUNT(l->part); i++) rv_release(l->part[i]);
}

RB_OFTEN static void drop(rw_take *t) {
    while (t->depth) drop_level(&t->levels[--t->depth]);
    rv_release(t->value);
    t->value = NULL;
    t->partial.len = 0;
    rw_names_cache_free(t->cache);
    t->cache = NULL;
}

void rw_take_free(rw_take *t) {
    drop(t);
    if (t->levels != t->few) rb_free(t->levels, sizeof(rw_level) * (size_t)t->cap);
    rb_bytes_free(&t->partial);
}

/* A long name that was cut leaves its memory behind; this much is kept. */
#define PARTIAL_KEPT ((size_t)4 << 10)

RB_OFTEN void rw_take_start(rw_take *t, const rw_dialect *d, int64_t size) {
    if (t->depth || t->value || t->partial.len || t->cache) drop(t);
    if (t->partial.cap > PARTIAL_KEPT) rb_bytes_free(&t->partial);
    t->d = d;
    t->awaits = true;
    t->left = size;
    t->made_up = size;
}

enum rw_took rw_take_cut(const char *what) {
    rb_fail(RB_E_DOMAIN, "the payload ends in the middle of %s", what);
    return RW_TOOK_FAILED;
}

RB_OFTEN enum rw_took rw_take_bytes(rw_take *t, rb_cursor *c, size_t n, const uint8_t **p) {
    if ((int64_t)n > t->left) return rw_take_cut("a value");
    *p = rb_cursor_take(c, n);
    if (!*p) return RW_TOOK_MORE;
    t->left -= (int64_t)n;
    return RW_TOOK_DONE;
}

enum rw_took rw_take_name(rw_take *t, rb_cursor *c, const char **text, size_t *n) {
    size_t there = rb_cursor_left(c);
    const uint8_t *zero = there ? memchr(c->p, 0, there) : NULL;
    size_t part = zero ? (size_t)(zero - c->p) : there;
    if (!zero && (int64_t)there == t->left) return rw_take_cut("a name");
    if (!zero || t->partial.len) {
        if (rb_bytes_put(&t->partial, c->p, part) < 0) return RW_TOOK_FAILED;
        *text = (const char *)t->partial.p;
        *n = t->partial.len;
    } else {
        *text = (const char *)c->p;
        *n = part;
    }
    size_t used = part + (zero ? 1 : 0);
    c->p += used;
    t->left -= (int64_t)used;
    if (!zero) return RW_TOOK_MORE;
    t->partial.len = 0; /* the bytes stay where they are until the next name */
    return RW_TOOK_DONE;
}

RB_OFTEN enum rw_took rw_take_head(rw_take *t, rb_cursor *c, size_t width, uint8_t *attrs, int64_t *count) {
    const uint8_t *p;
    enum rw_took r = rw_take_bytes(t, c, 9, &p);
    if (r != RW_TOOK_DONE) return r;
    *attrs = p[0];
    memcpy(count, p + 1, 8);
    if (*count < 0 || *count > RW_COUNT_MAX) {
        rb_fail(RB_E_DOMAIN, "a count of %lld is not in 0 .. %d (RW_COUNT_MAX)", (long long)*count, RW_COUNT_MAX);
        return RW_TOOK_FAILED;
    }
    if (*count * (int64_t)width > t->left) {
        rb_fail(RB_E_DOMAIN, "%lld elements of at least %d bytes are announced, %lld bytes are left", (long long)*count,
                (int)width, (long long)t->left);
        return RW_TOOK_FAILED;
    }
    return RW_TOOK_DONE;
}

/* Looks at the elements that have come since the last time: bools become 0 or 1, nulls set the hint. */
static void look(rw_level *l) {
    int type = l->row->type;
    if (type <= 0) return;
    size_t width = (size_t)ry_width(type);
    size_t n = (size_t)(l->at - l->seen) / width;
    if (type == RY_B8) {
        for (size_t i = 0; i < n; i++) l->seen[i] = l->seen[i] != 0;
    } else if (!(l->v->attrs & RV_A_NULLS) && n && ry_null_any(type, l->seen, (int64_t)n)) {
        l->v->attrs |= RV_A_NULLS;
    }
    l->seen += n * width;
}

RB_OFTEN enum rw_took rw_take_raw(rw_take *t, rw_level *l, rb_cursor *c) {
    size_t n = rb_cursor_left(c);
    if (n > l->need) n = l->need;
    if (n) {
        memcpy(l->at, c->p, n);
        c->p += n;
        rw_take_direct_filled(t, n);
    }
    return l->need ? RW_TOOK_MORE : RW_TOOK_DONE;
}

size_t rw_take_direct(const rw_take *t, uint8_t **at) {
    if (!t->depth) return 0;
    const rw_level *l = &t->levels[t->depth - 1];
    *at = l->at;
    return l->need;
}

RB_OFTEN void rw_take_direct_filled(rw_take *t, size_t n) {
    rw_level *l = &t->levels[t->depth - 1];
    l->at += n;
    l->need -= n;
    t->left -= (int64_t)n;
    look(l);
}

RB_OFTEN enum rw_took rw_take_done(rw_take *t, ray_val *v) {
    t->value = v;
    return v ? RW_TOOK_DONE : RW_TOOK_FAILED;
}

int32_t rw_take_intern(rw_take *t, const char *text, size_t n) {
    return t->remote ? rv_sym_intern_remote(text, n) : rv_sym_intern(text, n);
}

static int grow(rw_take *t) {
    int cap = t->cap * 4 < RW_DEPTH_MAX ? t->cap * 4 : RW_DEPTH_MAX;
    bool few = t->levels == t->few;
    rw_level *more = rb_realloc(few ? NULL : t->levels, few ? 0 : sizeof(rw_level) * (size_t)t->cap,
                                sizeof(rw_level) * (size_t)cap);
    if (!more) return -1;
    if (few) memcpy(more, t->few, sizeof t->few);
    t->levels = more;
    t->cap = cap;
    return 0;
}

/* Starts a level for the value whose type byte is next. */
static enum rw_took push(rw_take *t, rb_cursor *c) {
    const uint8_t *p;
    enum rw_took r = rw_take_bytes(t, c, 1, &p);
    if (r != RW_TOOK_DONE) return r;
    const rw_row *row = &t->d->by_code[*p];
    if (!row->form || !row->form->take) {
        rb_fail(RB_E_TYPE, "the %s protocol has no type %d", t->d->name, (int8_t)*p);
        return RW_TOOK_FAILED;
    }
    if (t->depth == RW_DEPTH_MAX) {
        rb_fail(RB_E_LIMIT, "the value is nested deeper than %d levels (RW_DEPTH_MAX)", RW_DEPTH_MAX);
        return RW_TOOK_FAILED;
    }
    if (t->depth == t->cap && grow(t) < 0) return RW_TOOK_FAILED;
    t->levels[t->depth] = (rw_level){.row = row};
    t->depth++;
    return RW_TOOK_DONE;
}

/* An error inside a value is what the whole value comes to. */
static enum rw_took end_as_error(rw_take *t) {
    ray_val *error = t->value;
    t->value = NULL;
    drop(t);
    return rw_take_done(t, error);
}

RB_OFTEN enum rw_took rw_take_feed(rw_take *t, rb_cursor *c) {
    for (;;) {
        enum rw_took r = t->awaits ? push(t, c) : RW_TOOK_DONE;
        if (r != RW_TOOK_DONE) return r;
        t->awaits = false;
        rw_level *l = &t->levels[t->depth - 1];
        r = l->row->form->take(t, l, c);
        if (r == RW_TOOK_CHILD) {
            t->awaits = true;
        } else if (r == RW_TOOK_DONE) {
            drop_level(&t->levels[--t->depth]);
            if (!t->depth) return r;
            if (rv_is_error(t->value)) return end_as_error(t);
        } else {
            return r;
        }
    }
}

static ray_val *decode(rw_take *t, rb_cursor *c) {
    if (rw_take_feed(t, c) != RW_TOOK_DONE) return NULL;
    ray_val *v = t->value;
    t->value = NULL;
    return v;
}

ray_val *rw_decode(const rw_dialect *d, const uint8_t *p, size_t n, size_t *used, const rw_names *names) {
    rw_take t;
    rw_take_init(&t);
    t.names = names;
    rw_take_start(&t, d, (int64_t)n);
    rb_cursor c = {p, p + n};
    ray_val *v = decode(&t, &c);
    if (used) *used = (size_t)(c.p - p);
    rw_take_free(&t);
    return v;
}
