/* Bytes in, messages out. What is small goes through the staging buffer; a large column is offered its own memory. */
#include "dialect.h"

#include "../base/alloc.h"

struct rw_reader {
    rw_reader_opts opts;
    const rw_dialect *d;
    const rw_dialect *reads; /* the same, with the forms of our own */
    uint8_t *stage; /* RW_STAGING bytes; [from, to) have not been looked at */
    size_t from, to;
    size_t direct; /* bytes of a column's memory offered by the last rw_reader_room */

    bool in_frame;
    rw_head head;
    int64_t left; /* payload bytes that are still to be taken from the stage or the socket */
    rw_take take;
    bool has_value; /* it is in take.value; what follows is skipped */
    bool is_bad;    /* not readable: the rest is skipped */
    rb_error why;
    rw_beside beside;
    ray_val *failure; /* an error value whose text follows it */

    rw_inflate inflate; /* of the compressed frame under way */
    uint8_t *plain;     /* RW_STAGING bytes of its plain text; only while there is one */
    size_t plain_from, plain_to;

    bool is_stuck;
    rb_error stuck;
};

rw_reader *rw_reader_new(const rw_reader_opts *opts) {
    rw_reader *r = rb_alloc_zero(sizeof *r);
    if (!r) return NULL;
    if (opts) r->opts = *opts;
    rw_take_init(&r->take);
    r->take.names = &r->opts.names;
    r->take.remote = r->opts.remote_names;
    r->take.beside = &r->beside;
    r->stage = rb_alloc(RW_STAGING);
    if (r->stage) return r;
    rw_reader_free(r);
    return NULL;
}

static void drop_plain(rw_reader *r) {
    rb_free(r->plain, RW_STAGING);
    r->plain = NULL;
    r->plain_from = r->plain_to = 0;
}

void rw_reader_free(rw_reader *r) {
    if (!r) return;
    rw_take_free(&r->take);
    rv_release(r->failure);
    rw_beside_clear(&r->beside);
    drop_plain(r);
    rb_free(r->stage, RW_STAGING);
    rb_free(r, sizeof *r);
}

void rw_reader_dialect_set(rw_reader *r, const rw_dialect *d) {
    r->d = d;
    r->reads = d->own ? d->own : d;
}

/* ---- bytes in ------------------------------------------------------------------------------------------------ */

static int stuck(rw_reader *r) {
    rb_error_restore(&r->stuck);
    return -1;
}

static int get_stuck(rw_reader *r) {
    r->is_stuck = true;
    rb_error_copy_into(&r->stuck);
    return -1;
}

/* How many of the bytes to come may go straight to where they belong. */
static size_t direct_room(const rw_reader *r, uint8_t **at) {
    bool is_plain = r->in_frame && !r->has_value && !r->is_bad && !(r->head.flags & RW_FLAG_COMPRESSED);
    if (!is_plain || r->from != r->to) return 0;
    size_t n = rw_take_direct(&r->take, at);
    return n > RW_DIRECT_OVER ? n : 0;
}

RB_OFTEN int rw_reader_room(rw_reader *r, struct iovec iov[2]) {
    if (r->is_stuck) return stuck(r);
    if (r->from) {
        memmove(r->stage, r->stage + r->from, r->to - r->from);
        r->to -= r->from;
        r->from = 0;
    }
    if (r->to == RW_STAGING) return rb_fail(RB_E_STATE, "the messages that are there must be taken first");
    uint8_t *at = NULL;
    int k = 0;
    r->direct = direct_room(r, &at);
    if (r->direct) iov[k++] = (struct iovec){at, r->direct};
    iov[k++] = (struct iovec){r->stage + r->to, RW_STAGING - r->to};
    return k;
}

RB_OFTEN int rw_reader_filled(rw_reader *r, size_t n) {
    if (r->is_stuck) return stuck(r);
    size_t direct = n < r->direct ? n : r->direct;
    r->direct = 0;
    if (n - direct > RW_STAGING - r->to)
        return rb_fail(RB_E_STATE, "%lld bytes do not fit into the room", (long long)n);
    if (direct) {
        rw_take_direct_filled(&r->take, direct);
        r->left -= (int64_t)direct;
    }
    r->to += n - direct;
    return 0;
}

int64_t rw_reader_beside_max(const rw_reader *r) {
    if (r->opts.size_max) return r->opts.size_max < 0 ? INT64_MAX : r->opts.size_max;
    return RW_FRAME_MAX_OWN;
}

int rw_reader_beside_take(rw_reader *r, rb_share *s) { return rw_beside_put_take(&r->beside, s); }

rb_cursor rw_reader_peek(const rw_reader *r) { return (rb_cursor){r->stage + r->from, r->stage + r->to}; }

void rw_reader_skip(rw_reader *r, size_t n) {
    size_t there = r->to - r->from;
    r->from += n < there ? n : there;
}

/* ---- messages out -------------------------------------------------------------------------------------------- */

/* The part of the stage that belongs to the frame under way. */
static rb_cursor payload(const rw_reader *r) {
    rb_cursor c = rw_reader_peek(r);
    if ((int64_t)rb_cursor_left(&c) > r->left) c.end = c.p + r->left;
    return c;
}

static void consumed(rw_reader *r, const rb_cursor *c) {
    size_t n = (size_t)(c->p - (r->stage + r->from));
    r->from += n;
    r->left -= (int64_t)n;
}

/* The error slot says why the value is not readable; the rest of the frame is skipped. */
static void get_bad(rw_reader *r) {
    r->is_bad = true;
    r->has_value = false;
    rb_error_copy_into(&r->why);
    rw_take_start(&r->take, r->reads, 0);
    drop_plain(r);
}

static void take_from(rw_reader *r, rb_cursor *c) {
    enum rw_took got = rw_take_feed(&r->take, c);
    if (got == RW_TOOK_DONE) r->has_value = true;
    if (got == RW_TOOK_FAILED) get_bad(r);
}

/* Only peers like us say more than the class of an error. What cannot be read there is ignored, as all bytes behind a
 * value are. */
static bool begin_text(rw_reader *r) {
    bool may = r->has_value && !r->failure && r->d->has_texts && r->head.kind == RW_REPLY && r->left > 0;
    if (!may || !rv_is_error(r->take.value)) return false;
    r->failure = r->take.value;
    r->take.value = NULL;
    r->has_value = false;
    rw_take_start(&r->take, r->reads, r->left);
    return true;
}

static void end_text(rw_reader *r) {
    ray_val *text = r->has_value && r->take.value->type == -RY_STR ? r->take.value : NULL, *full = NULL;
    if (text) {
        rb_bytes zero_ended = RB_BYTES_EMPTY;
        if (rb_bytes_put(&zero_ended, text->data, (size_t)text->len) == 0 && rb_bytes_put(&zero_ended, "", 1) == 0)
            full = rv_error_new(r->failure->u.error.cls, (const char *)zero_ended.p);
        rb_bytes_free(&zero_ended);
    }
    rv_release(r->take.value);
    if (full) rv_release(r->failure);
    r->take.value = full ? full : r->failure;
    r->failure = NULL;
    r->has_value = true;
    r->is_bad = false;
}

static void read_plain(rw_reader *r) {
    do {
        rb_cursor c = payload(r);
        take_from(r, &c);
        consumed(r, &c);
    } while (begin_text(r));
    if (r->failure && (r->has_value || r->is_bad)) end_text(r);
}

/* The announced size has been read: now it is known what to expect. */
static int begin_inflated(rw_reader *r) {
    int64_t limit = r->opts.size_max > 0 && r->opts.size_max < RW_FRAME_MAX ? r->opts.size_max : RW_FRAME_MAX;
    if (r->inflate.size > limit)
        return rb_fail(RB_E_TOO_LARGE, "a compressed message of %lld bytes is above the limit of %lld",
                       (long long)r->inflate.size, (long long)limit);
    rw_take_start(&r->take, r->reads, r->inflate.size);
    return 0;
}

/* One buffer of plain text. 1: there may be more, 0: bytes are needed, -1: failed. */
static int inflate_some(rw_reader *r) {
    memmove(r->plain, r->plain + r->plain_from, r->plain_to - r->plain_from);
    r->plain_to -= r->plain_from;
    r->plain_from = 0;
    bool is_new = r->inflate.size == 0;
    rb_cursor c = payload(r);
    int64_t n = rw_inflate_feed(&r->inflate, &c, r->plain + r->plain_to, RW_STAGING - r->plain_to);
    consumed(r, &c);
    if (n < 0) return -1;
    if (is_new && r->inflate.size) RB_TRY(begin_inflated(r), -1);
    r->plain_to += (size_t)n;
    return n > 0;
}

static void read_compressed(rw_reader *r) {
    int more = 1;
    while (more > 0 && !r->is_bad) {
        more = inflate_some(r);
        if (more < 0) {
            get_bad(r);
            return;
        }
        if (!r->has_value && r->inflate.size) {
            rb_cursor c = {r->plain + r->plain_from, r->plain + r->plain_to};
            take_from(r, &c);
            if (r->is_bad) return;
            r->plain_from = (size_t)(c.p - r->plain);
        }
        /* What follows a value is still unpacked: a damaged rest makes the message unreadable. */
        if (r->has_value) r->plain_from = r->plain_to;
    }
    if (r->left == 0 && !rw_inflate_is_done(&r->inflate)) {
        rb_fail(RB_E_DOMAIN, "a compressed payload ends before its announced size");
        get_bad(r);
    }
}

static int begin(rw_reader *r) {
    rb_cursor c = rw_reader_peek(r);
    const uint8_t *p = rb_cursor_take(&c, RW_HEADER);
    if (!p) return 0;
    if (rw_head_read(r->reads, p, r->opts.size_max, &r->head) < 0) return get_stuck(r);
    r->from += RW_HEADER;
    r->left = r->head.size;
    r->beside.left = rw_reader_beside_max(r);
    r->in_frame = true;
    r->has_value = r->is_bad = false;
    r->inflate = (rw_inflate){0};
    if (r->head.size == 0) {
        rb_fail(RB_E_DOMAIN, "the peer sent an empty message: it has no form for the value");
        get_bad(r);
    } else if (r->head.flags & RW_FLAG_COMPRESSED) {
        r->plain = rb_alloc(RW_STAGING);
        if (!r->plain) get_bad(r);
    } else {
        rw_take_start(&r->take, r->reads, r->head.size);
    }
    return 1;
}

static int finish(rw_reader *r, rw_msg *out) {
    const int flags = r->head.flags;
    out->kind = r->head.kind;
    out->verbose = flags & RW_FLAG_VERBOSE;
    out->texts = r->d->has_texts && flags & RW_FLAG_TEXTS;
    out->forms = r->d->own && flags & RW_FLAG_FORMS;
    out->memory = r->d->own && flags & RW_FLAG_MEMORY;
    out->restricted = flags & RW_FLAG_RESTRICTED;
    out->compressed = flags & RW_FLAG_COMPRESSED;
    out->ok = !r->is_bad;
    out->size = r->head.size;
    out->dialect = r->d;
    out->value = r->is_bad ? NULL : r->take.value;
    if (r->is_bad) out->error = r->why;
    else out->error.code = RB_OK; /* its text is left as it is: to clear it costs more than all of this */
    if (!r->is_bad) r->take.value = NULL;
    drop_plain(r);
    rw_take_start(&r->take, r->reads, 0);
    r->in_frame = false;
    return 1;
}

RB_OFTEN int rw_reader_next(rw_reader *r, rw_msg *out) {
    if (r->is_stuck) return stuck(r);
    if (!r->d) return 0;
    if (!r->in_frame) {
        int got = begin(r);
        if (got <= 0) return got;
    }
    if (r->head.flags & RW_FLAG_COMPRESSED && !r->is_bad)
        read_compressed(r);
    else if (!r->has_value && !r->is_bad)
        read_plain(r);
    if (r->has_value || r->is_bad) {
        rb_cursor c = payload(r);
        c.p = c.end;
        consumed(r, &c);
    }
    return r->left == 0 && (r->has_value || r->is_bad) ? finish(r, out) : 0;
}

/* ---- questions ----------------------------------------------------------------------------------------------- */

RB_OFTEN void rw_reader_progress(const rw_reader *r, int64_t *received, int64_t *total) {
    rb_cursor c = payload(r);
    *total = r->in_frame ? r->head.size : 0;
    *received = r->in_frame ? r->head.size - r->left + (int64_t)rb_cursor_left(&c) : 0;
}

bool rw_reader_is_idle(const rw_reader *r) { return !r->in_frame && r->from == r->to; }
