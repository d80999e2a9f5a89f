#include "value.h"

#include "../base/alloc.h"

/* ---- buffers ------------------------------------------------------------------------------------------------- */

/* Elements of our own lie behind the header, in one block; the header takes a cache line, so that they are aligned. */
enum { HEADER = RB_CACHE_LINE };
_Static_assert(sizeof(rv_buf) <= HEADER, "a buffer's header is one cache line");

static void share_release(rv_buf *b) { rb_share_free(b->ctx); }

/* Consumes s; null without an error set. */
static rv_buf *share_buf_take(rb_share *s, size_t size, bool readonly) {
    rv_buf *b = s ? rv_buf_external(s->mem, size, readonly, share_release, s) : NULL;
    if (!b) {
        rb_share_free(s);
        rb_error_clear();
    }
    return b;
}

rv_buf *rv_buf_new(size_t size) {
    if (RB_UNLIKELY(size >= RB_BIG_BLOCK && rb_share_is_wanted())) {
        rv_buf *shared = share_buf_take(rb_share_new(size), size, false);
        if (shared) return shared;
    }
    rv_buf *b = rb_block_alloc(size > SIZE_MAX - HEADER ? size : HEADER + size); /* the former fails */
    if (!b) return NULL;
    memset(b, 0, sizeof *b);
    atomic_init(&b->rc, 1);
    b->inner = true;
    b->mem = (char *)b + HEADER;
    b->size = size;
    return b;
}

rv_buf *rv_buf_external(void *mem, size_t size, bool readonly, void (*release)(rv_buf *), void *ctx) {
    rv_buf *b = rb_alloc_zero(sizeof *b);
    if (!b) return NULL;
    atomic_init(&b->rc, 1);
    b->readonly = readonly;
    b->mem = mem;
    b->size = size;
    b->release = release;
    b->ctx = ctx;
    return b;
}

RB_OFTEN void rv_buf_release(rv_buf *b) {
    if (!b || atomic_fetch_sub_explicit(&b->rc, 1, memory_order_acq_rel) != 1) return;
    rv_memo *memo = atomic_load_explicit(&b->memo, memory_order_relaxed);
    if (memo) memo->drop(memo);
    if (b->release) b->release(b);
    if (b->inner)
        rb_block_free(b, HEADER + b->size);
    else
        rb_free(b, sizeof *b);
}

rv_memo *rv_buf_memo_take(rv_buf *b, rv_memo *memo) {
    rv_memo *there = NULL;
    if (!atomic_compare_exchange_strong(&b->memo, &there, memo)) {
        memo->drop(memo);
        return there;
    }
    b->readonly = true;
    return memo;
}

rv_buf *rv_buf_passable(const ray_val *v) {
    size_t size = (size_t)v->len * (size_t)ry_width(v->type);
    rv_buf *b = v->buf;
    rb_share *s = b->release == share_release ? b->ctx : NULL;
    /* Behind a part of a buffer lies what others look at, which is neither to be given nor cleared. */
    bool whole = s && v->data == b->mem && (size == b->size || atomic_load(&b->rc) == 1);
    if (whole && rb_share_seal(s, size) >= 0) {
        b->readonly = true;
        return rv_buf_retain(b);
    }
    return share_buf_take(rb_share_copy(v->data, size), size, true);
}

ray_val *rv_vec_of_share_take(int type, int64_t len, rb_share *s) {
    size_t size = (size_t)len * (size_t)ry_width(type);
    if (size > s->shown || size > s->held) {
        rb_share_free(s);
        return rb_fail_null(RB_E_DOMAIN, "%lld elements are not in the memory that came with them", (long long)len);
    }
    ray_val *v = rv_object_new(type);
    rv_buf *b = v ? rv_buf_external(s->mem, size, true, share_release, s) : NULL;
    if (!b) {
        rb_share_free(s);
        rv_release(v);
        return NULL;
    }
    s->shown = size;
    v->len = len;
    v->buf = b;
    v->data = b->mem;
    return v;
}

/* ---- objects ------------------------------------------------------------------------------------------------- */

RB_OFTEN ray_val *rv_object_new(int type) {
    ray_val *v = rb_alloc_zero(sizeof *v);
    if (!v) return NULL;
    atomic_init(&v->rc, 1);
    v->type = (int8_t)type;
    v->data = &v->u;
    return v;
}

/* Calls visit on each place of a child; places may hold null. */
static void each_child(ray_val *v, void (*visit)(ray_val **place, void *ctx), void *ctx) {
    switch (v->type) {
    case RY_LIST:
        for (int64_t i = 0; i < v->len; i++) visit(&RV_DATA(ray_val *, v)[i], ctx);
        return;
    case RY_TABLE:
    case RY_DICT:
        visit(&v->u.pair.keys, ctx);
        visit(&v->u.pair.values, ctx);
        return;
    case RY_CODED:
        visit(&v->u.coded.names, ctx);
        visit(&v->u.coded.numbers, ctx);
        visit(&v->u.coded.plain, ctx);
        return;
    case RY_LAMBDA:
        visit(&v->u.fn.params, ctx);
        visit(&v->u.fn.body, ctx);
        visit(&v->u.fn.captures, ctx);
        return;
    case RY_ERROR:
        visit(&v->u.error.text, ctx);
        visit(&v->u.error.payload, ctx);
        return;
    default: return;
    }
}

/* Objects that nobody holds any more wait in a chain, so that the depth of a value costs no stack. The link is their
 * `data`, which a list finds again in its buffer: lists are never slices. */
typedef struct chain {
    ray_val *first;
} chain;

static void bury(ray_val **place, void *ctx) {
    ray_val *v = *place;
    chain *dying = ctx;
    if (!v || (atomic_load_explicit(&v->rc, memory_order_relaxed) & RV_IMMORTAL)) return;
    if (atomic_fetch_sub_explicit(&v->rc, 1, memory_order_acq_rel) != 1) return;
    v->data = dying->first;
    dying->first = v;
}

RB_OFTEN void rv_destroy(ray_val *v) {
    if (v->type < 0) { /* the usual case; an atom has no children */
        rv_buf_release(v->buf);
        rb_free(v, sizeof *v);
        return;
    }
    v->data = NULL;
    chain dying = {v};
    while ((v = dying.first)) {
        dying.first = v->data;
        if (v->type == RY_LIST) v->data = v->buf->mem;
        if (v->type == RY_STR) rv_heap_release(v->u.heap);
        each_child(v, bury, &dying);
        rv_buf_release(v->buf);
        rb_free(v, sizeof *v);
    }
}

bool rv_is_own(const ray_val *v) {
    return atomic_load_explicit(&v->rc, memory_order_acquire) == 1 &&
           (!v->buf || (!v->buf->readonly && atomic_load_explicit(&v->buf->rc, memory_order_acquire) == 1));
}

static void hold(ray_val **place, void *ctx) {
    (void)ctx;
    if (*place) rv_retain(*place);
}

/* Everything but the reference count; children and heap are shared, elements copied. */
static ray_val *copy(const ray_val *v) {
    ray_val *c = rv_object_new(v->type);
    if (!c) return NULL;
    c->attrs = v->attrs;
    c->marks = v->marks;
    c->len = v->len;
    c->u = v->u;
    if (v->type == RY_LAMBDA) c->u.fn.code = NULL; /* made again on demand */
    if (v->type >= RY_UNARY && v->type <= RY_VARIADIC) {
        if (v->buf) c->buf = rv_buf_retain(v->buf); /* where a foreign function's row is */
    } else if (v->buf && v->type != RY_LAMBDA) {
        size_t size = (size_t)v->len * (v->type < 0 ? 1 : (size_t)ry_width(v->type));
        c->buf = rv_buf_new(size);
        if (!c->buf) {
            rb_free(c, sizeof *c);
            return NULL;
        }
        c->data = c->buf->mem;
        if (size) memcpy(c->data, v->data, size);
    }
    if (c->type == RY_STR && c->u.heap) rv_heap_retain(c->u.heap);
    each_child(c, hold, NULL);
    return c;
}

ray_val *rv_own_take(ray_val *v) {
    if (!v || rv_is_own(v)) return v;
    ray_val *c = copy(v);
    rv_release(v);
    return c;
}

static int64_t bytes_at(const ray_val *v, int depth) {
    int64_t sum = sizeof *v;
    if (v->buf) sum += (int64_t)(v->buf->size + (v->buf->inner ? HEADER : sizeof *v->buf));
    if (v->type == RY_STR && v->u.heap)
        for (int32_t i = 0; i < v->u.heap->count; i++) sum += (int64_t)v->u.heap->bufs[i]->size;
    if (depth == RV_DEPTH_MAX) return sum;
    const ray_val *child[3] = {NULL, NULL, NULL};
    switch (v->type) {
    case RY_LIST:
        for (int64_t i = 0; i < v->len; i++) sum += bytes_at(rv_list_held(v, i), depth + 1);
        break;
    case RY_TABLE:
    case RY_DICT: child[0] = v->u.pair.keys, child[1] = v->u.pair.values; break;
    case RY_CODED:
        child[0] = v->u.coded.names, child[1] = v->u.coded.numbers;
        if (atomic_load_explicit(&v->u.coded.filled, memory_order_relaxed)) child[2] = v->u.coded.plain;
        break;
    case RY_LAMBDA: child[0] = v->u.fn.params, child[1] = v->u.fn.body, child[2] = v->u.fn.captures; break;
    case RY_ERROR: child[0] = v->u.error.text, child[1] = v->u.error.payload; break;
    default: break;
    }
    for (int i = 0; i < 3; i++)
        if (child[i]) sum += bytes_at(child[i], depth + 1);
    return sum;
}

int64_t rv_bytes(const ray_val *v) { return bytes_at(v, 1); }
