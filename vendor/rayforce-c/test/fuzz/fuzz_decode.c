/* Bytes to a value in each dialect, at once and in random pieces: both ways agree, and what decodes is sound, prints,
 * is equal to itself and comes back equal. The first byte picks the dialect, of the newest with the forms of our own or
 * without, whether it is compressed, and whether memory comes beside the bytes. */
#include "fuzz.h"

#include "base/alloc.h"
#include "value/value.h"
#include "wire/dialect.h"

static bool is_refusal(void) { return rb_error_code() == RB_E_CANNOT_SAY || rb_error_code() == RB_E_LIMIT; }

/* Error values in the old line travel by number, so their text may change. */
static bool is_same(const ray_val *a, const ray_val *b) { return (rv_is_error(a) && rv_is_error(b)) || rv_equal(a, b); }

/* `must`: d is the dialect that v came from, so it has a form for it. */
static void must_come_back(const rw_dialect *d, const ray_val *v, bool must) {
    rb_bytes b = RB_BYTES_EMPTY;
    int r = rw_encode(d, v, &b);
    MUST(r == 0 || is_refusal());
    MUST(r == 0 || !must);
    if (r == 0) {
        size_t used = 0;
        ray_val *again = rw_decode(d, b.p, b.len, &used, NULL);
        MUST(again || rb_error_code() == RB_E_LIMIT);
        MUST(!again || !rv_check(again));
        if (must) MUST(again && used == b.len && is_same(v, again));
        rv_release(again);
    }
    rb_bytes_free(&b);
}

static void must_be_sound(const rw_dialect *d, const ray_val *v) {
    const char *wrong = rv_check(v);
    if (wrong) fprintf(stderr, "%s\n", wrong);
    MUST(!wrong);
    MUST(rv_equal(v, v));
    MUST(rv_compare(v, v) == 0);
    rb_bytes text = RB_BYTES_EMPTY;
    MUST(rv_format(&text, v, RV_REPL) == 0);
    rb_bytes_free(&text);
    for (int i = 0; i < rw_dialect_count(); i++) must_come_back(rw_dialect_at(i), v, rw_dialect_at(i) == d);
    must_come_back(&rw_dialect_own, v, d == &rw_dialect_own);
}

static uint32_t random_state;
static size_t any(size_t max) { return fuzz_any(&random_state, max); }

/* A sealed file of one page. */
static rb_share *gift(void) {
    rb_share *s = rb_share_open_take(dup(fuzz_gift(0)), 4096);
    MUST(s);
    return s;
}

/* Feeds the frame in random pieces. */
static void read_in_pieces(const rw_dialect *d, uint8_t flags, int gifts, const uint8_t *p, size_t n, rw_msg *out) {
    uint8_t head[RW_HEADER];
    rw_head_into(d, &(rw_head){.kind = RW_SYNC, .flags = flags, .size = (int64_t)n}, head);
    rw_reader *r = rw_reader_new(NULL);
    MUST(r);
    rw_reader_dialect_set(r, d);
    while (gifts--) MUST(rw_reader_beside_take(r, gift()) == 0);
    int got = 0;
    size_t max = any(3) == 1 ? 2 : 300;
    for (size_t at = 0; got == 0;) {
        struct iovec iov[2];
        int k = rw_reader_room(r, iov);
        size_t want = any(max), placed = 0;
        for (int i = 0; i < k; i++) {
            uint8_t *to = iov[i].iov_base;
            for (size_t j = 0; j < iov[i].iov_len && placed < want && at < RW_HEADER + n; j++, placed++, at++)
                to[j] = at < RW_HEADER ? head[at] : p[at - RW_HEADER];
        }
        MUST(placed > 0);
        MUST(rw_reader_filled(r, placed) == 0);
        got = rw_reader_next(r, out);
    }
    MUST(got == 1 && rw_reader_is_idle(r));
    rw_reader_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    const rw_dialect *d = data[0] & 1 ? rw_dialect_at(1) : data[0] & 8 ? rw_dialect_at(0) : &rw_dialect_own;
    bool gifts = (data[0] & 15) == 4; /* our own, not compressed */
    bool packed = data[0] & 2 && d->compresses;
    const uint8_t *p = data + 1;
    size_t n = size - 1;
    random_state = (uint32_t)(size * 2654435761u + data[size - 1]);

    rw_msg m;
    if (gifts) {
        read_in_pieces(d, 0, 3, p, n, &m);
        if (m.ok) must_be_sound(d, m.value);
        rv_release(m.value);
        return 0;
    }
    rb_bytes plain = RB_BYTES_EMPTY;
    rb_error_clear();
    ray_val *v = NULL;
    if (!packed)
        v = rw_decode(d, p, n, NULL, NULL);
    else if (rw_decompress(p, n, &plain) == 0)
        v = rw_decode(d, plain.p, plain.len, NULL, NULL);
    MUST(v || rb_error_code() != RB_OK);
    read_in_pieces(d, packed ? RW_FLAG_COMPRESSED : 0, 0, p, n, &m);
    MUST(m.ok || !v);
    MUST(v || !m.ok || d->own); /* connections read the forms of our own in any frame */
    if (v) {
        MUST(m.value->type == v->type && is_same(m.value, v));
        must_be_sound(d, v);
    }
    rv_release(m.value);
    rv_release(v);
    rb_bytes_free(&plain);
    return 0;
}
