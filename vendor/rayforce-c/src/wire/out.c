/* Frames on their way out: a queue of pieces, each a run of small bytes or the memory of a large vector. */
#include "dialect.h"

#include "../base/alloc.h"

typedef struct piece {
    const ray_val *hold; /* whose elements they are; null: they lie in `bytes` from `at` on */
    size_t at, n;
    rv_buf *beside; /* memory that goes with the first byte, held; or null */
} piece;

struct rw_out {
    rb_bytes bytes, packed;
    piece *pieces;
    int first, n, cap;
    size_t closed;  /* bytes before it belong to pieces */
    size_t written; /* of the first piece */
    size_t pending;
    uint32_t given; /* memory beside, so far */
};

/* Memory that a burst left behind; this much is kept for the next message. */
#define KEPT ((size_t)256 << 10)

rw_out *rw_out_new(void) { return rb_alloc_zero(sizeof(rw_out)); }

static void release(const piece *p) {
    rv_buf_release(p->beside);
    if (p->hold) rv_release((ray_val *)(uintptr_t)p->hold);
}

void rw_out_free(rw_out *o) {
    if (!o) return;
    for (int i = o->first; i < o->n; i++) release(&o->pieces[i]);
    rb_free(o->pieces, sizeof(piece) * (size_t)o->cap);
    rb_bytes_free(&o->bytes);
    rb_bytes_free(&o->packed);
    rb_free(o, sizeof *o);
}

/* ---- adding -------------------------------------------------------------------------------------------------- */

static int push(rw_out *o, piece p) {
    if (o->n == o->cap) {
        int cap = o->cap ? o->cap * 2 : 16;
        piece *more = rb_realloc(o->pieces, sizeof(piece) * (size_t)o->cap, sizeof(piece) * (size_t)cap);
        if (!more) return -1;
        o->pieces = more;
        o->cap = cap;
    }
    o->pieces[o->n++] = p;
    return 0;
}

/* Bytes that belong to no piece yet become one, or lengthen the last. */
static int close_bytes(rw_out *o) {
    size_t n = o->bytes.len - o->closed;
    if (!n) return 0;
    piece *last = o->n > o->first ? &o->pieces[o->n - 1] : NULL;
    if (last && !last->hold && last->at + last->n == o->closed)
        last->n += n;
    else
        RB_TRY(push(o, (piece){.at = o->closed, .n = n}), -1);
    o->closed = o->bytes.len;
    return 0;
}

static int refer(void *ctx, const ray_val *v, size_t n) {
    rw_out *o = ctx;
    RB_TRY(close_bytes(o), -1);
    RB_TRY(push(o, (piece){.hold = v, .n = n}), -1);
    rv_retain((ray_val *)(uintptr_t)v);
    return 0;
}

/* What was put so far belongs to pieces, then the head becomes a piece with the memory. */
static int give(void *ctx, const ray_val *v, uint8_t *head, size_t n) {
    rw_out *o = ctx;
    rv_buf *beside = rv_buf_passable(v);
    if (!beside) return 1;
    memcpy(head + n - sizeof o->given, &o->given, sizeof o->given);
    bool ok = close_bytes(o) == 0 && rb_bytes_put(&o->bytes, head, n) == 0 &&
              push(o, (piece){.at = o->closed, .n = n, .beside = beside}) == 0;
    if (!ok) {
        rv_buf_release(beside);
        return -1;
    }
    o->closed = o->bytes.len;
    o->given++;
    return 0;
}

/* Where the queue stood, to go back to. */
typedef struct mark {
    size_t len, closed, last_n;
    int n;
    uint32_t given;
} mark;

static mark mark_of(const rw_out *o) {
    return (mark){o->bytes.len, o->closed, o->n > o->first ? o->pieces[o->n - 1].n : 0, o->n, o->given};
}

static int roll_back(rw_out *o, const mark *m) {
    while (o->n > m->n) release(&o->pieces[--o->n]);
    if (o->n > o->first) o->pieces[o->n - 1].n = m->last_n;
    o->bytes.len = m->len;
    o->closed = m->closed;
    o->given = m->given;
    return -1;
}

/* What goes into a frame: a value or text. */
typedef struct content {
    const ray_val *v;
    const char *text;
    size_t n;
} content;

static int put_content(rw_put *w, const content *c) {
    return c->v ? rw_put_value(w, c->v) : rw_put_text(w, &w->d->by_type[(uint8_t)-RY_STR], c->text, c->n);
}

/* 0: the payload from `base` on has been replaced, 1: it stays as it is. */
static int pack(rw_out *o, size_t base) {
    o->packed.len = 0;
    int r = rw_compress(o->bytes.p + base, o->bytes.len - base, &o->packed);
    if (r == 0) {
        o->bytes.len = base;
        r = rb_bytes_put(&o->bytes, o->packed.p, o->packed.len);
    }
    if (o->packed.cap > KEPT) rb_bytes_free(&o->packed);
    return r;
}

/* The error that the other side gets: v itself, or the result that comes with printed output. */
static const ray_val *failure_of(const ray_val *v) {
    if (v && v->type == RY_LIST && v->len == 2) v = rv_list_get(v, 1);
    return v && rv_is_error(v) && v->u.error.text ? v : NULL;
}

RB_OFTEN static int frame(rw_out *o, const rw_dialect *d, int kind, const content *c, const rw_send_opts *opts) {
    static const rw_send_opts none = {.compress_over = -1};
    if (!opts) opts = &none;
    if (opts->verbose && !d->has_verbose)
        return rb_fail(RB_E_CANNOT_SAY, "the %s protocol has no form for printed output", d->name);
    bool ours = opts->ours && d->own;
    if (opts->forms && d->own) d = d->own;
    bool may_pack = d->compresses && opts->compress_over >= 0;
    bool texts = opts->texts && d->has_texts;
    rw_head head = {.kind = kind, .flags = opts->verbose ? RW_FLAG_VERBOSE : 0};
    if (texts && kind != RW_REPLY) head.flags |= RW_FLAG_TEXTS;
    if (ours) head.flags |= RW_FLAG_FORMS;
    if (opts->restricted) head.flags |= RW_FLAG_RESTRICTED;
    size_t at = o->bytes.len;
    uint8_t *room = rb_bytes_reserve(&o->bytes, RW_HEADER);
    if (!room) return -1;
    o->bytes.len += RW_HEADER;
    rw_put w;
    int64_t limit = opts->size_max ? opts->size_max : d->frame_max;
    rw_put_init(&w, d, &o->bytes, limit > 0 ? limit : INT64_MAX);
    w.refer = may_pack ? NULL : refer;
    if (opts->forms && !may_pack) w.beside = opts->memory ? give : NULL;
    w.refer_ctx = o;
    if (opts->go_on) {
        w.go_on = opts->go_on;
        w.go_on_ctx = opts->go_on_ctx;
        w.look_at = o->bytes.len + RW_GO_ON;
    }
    RB_TRY(put_content(&w, c), -1);
    const ray_val *failure = texts && kind == RW_REPLY ? failure_of(c->v) : NULL;
    if (failure) RB_TRY(rw_put_value(&w, failure->u.error.text), -1);
    if (opts->takes_memory) head.flags |= RW_FLAG_MEMORY;
    size_t base = at + RW_HEADER;
    head.size = (int64_t)(o->bytes.len - base + w.referred);
    if (may_pack && head.size > opts->compress_over && head.size <= RW_FRAME_MAX) { /* what is unpacked has that limit */
        int r = pack(o, base);
        if (r < 0) return -1;
        if (r == 0) head.flags |= RW_FLAG_COMPRESSED;
        head.size = (int64_t)(o->bytes.len - base);
    }
    rw_head_into(d, &head, o->bytes.p + at);
    RB_TRY(close_bytes(o), -1);
    o->pending += RW_HEADER + (size_t)head.size;
    return 0;
}

RB_OFTEN int rw_out_frame(rw_out *o, const rw_dialect *d, int kind, const ray_val *v, const rw_send_opts *opts) {
    mark m = mark_of(o);
    return frame(o, d, kind, &(content){.v = v}, opts) < 0 ? roll_back(o, &m) : 0;
}

RB_OFTEN int rw_out_source(rw_out *o, const rw_dialect *d, int kind, const char *text, size_t n,
                           const rw_send_opts *opts) {
    mark m = mark_of(o);
    return frame(o, d, kind, &(content){.text = text, .n = n}, opts) < 0 ? roll_back(o, &m) : 0;
}

int rw_out_raw(rw_out *o, const void *p, size_t n) {
    mark m = mark_of(o);
    if (rb_bytes_put(&o->bytes, p, n) < 0 || close_bytes(o) < 0) return roll_back(o, &m);
    o->pending += n;
    return 0;
}

int rw_out_shared(rw_out *o, const ray_val *bytes) {
    mark m = mark_of(o);
    if (refer(o, bytes, (size_t)bytes->len) < 0) return roll_back(o, &m);
    o->pending += (size_t)bytes->len;
    return 0;
}

/* ---- taking away --------------------------------------------------------------------------------------------- */

RB_OFTEN size_t rw_out_pending(const rw_out *o) { return o->pending; }

RB_OFTEN int rw_out_iov(rw_out *o, struct iovec *iov, int max) {
    int k = 0;
    size_t written = o->written;
    for (int i = o->first; i < o->n && k < max; i++, written = 0) {
        const piece *p = &o->pieces[i];
        if (k && p->beside) break;
        const uint8_t *from = p->hold ? p->hold->data : o->bytes.p + p->at;
        iov[k++] = (struct iovec){(void *)(uintptr_t)(from + written), p->n - written};
    }
    return k;
}

rb_share *rw_out_beside(const rw_out *o) {
    rv_buf *b = o->first < o->n ? o->pieces[o->first].beside : NULL;
    return b ? b->ctx : NULL;
}

bool rw_out_first(const rw_out *o, struct iovec *at, ray_val **hold) {
    if (o->first == o->n) return false;
    const piece *p = &o->pieces[o->first];
    const uint8_t *from = p->hold ? p->hold->data : o->bytes.p + p->at;
    *at = (struct iovec){(void *)(uintptr_t)(from + o->written), p->n - o->written};
    *hold = (ray_val *)(uintptr_t)p->hold;
    return true;
}

static void empty(rw_out *o) {
    o->first = o->n = 0;
    o->bytes.len = o->closed = 0;
    if (o->bytes.cap > KEPT) rb_bytes_free(&o->bytes);
}

/* Moves what is left to the front once more than half has been written, so that a queue that never runs empty does not
 * grow for ever. */
static void compact(rw_out *o) {
    if (o->first > 64 && o->first > o->n / 2) {
        memmove(o->pieces, o->pieces + o->first, sizeof(piece) * (size_t)(o->n - o->first));
        o->n -= o->first;
        o->first = 0;
    }
    size_t gone = o->bytes.len;
    for (int i = o->first; i < o->n; i++)
        if (!o->pieces[i].hold) {
            gone = o->pieces[i].at + (i == o->first ? o->written : 0);
            break;
        }
    if (gone < RW_STAGING || gone < o->bytes.len / 2) return;
    rb_bytes_drop(&o->bytes, gone);
    o->closed -= gone;
    for (int i = o->first; i < o->n; i++) {
        piece *p = &o->pieces[i];
        if (p->hold) continue;
        if (i == o->first) {
            p->n -= o->written;
            p->at += o->written;
            o->written = 0;
        }
        p->at -= gone;
    }
}

RB_OFTEN void rw_out_advance(rw_out *o, size_t n) {
    o->pending -= n;
    while (n) {
        piece *p = &o->pieces[o->first];
        size_t left = p->n - o->written;
        if (n < left) {
            o->written += n;
            rv_buf_release(p->beside);
            p->beside = NULL;
            break;
        }
        n -= left;
        o->written = 0;
        release(p);
        o->first++;
    }
    if (o->first == o->n)
        empty(o);
    else
        compact(o);
}
