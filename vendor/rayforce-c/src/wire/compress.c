/* The payload codec: each byte is replaced by its difference from the one before, and the differences are run-length
 * coded. A block is a signed count and its bytes: above zero that many times the next one, else minus that many. */
#include "dialect.h"

#define RUN_MAX 127
#define LITERAL_MAX 128
#define SIZE_BYTES 4

/* ---- writing ------------------------------------------------------------------------------------------------- */

static inline uint8_t diff_at(const uint8_t *p, size_t i) { return (uint8_t)(p[i] - (i ? p[i - 1] : 0)); }

static size_t run_at(const uint8_t *p, size_t n, size_t i) {
    size_t max = n - i < RUN_MAX ? n - i : RUN_MAX, k = 1;
    uint8_t d = diff_at(p, i);
    while (k < max && diff_at(p, i + k) == d) k++;
    return k;
}

/* How many differences from i on are taken as they are: up to one that begins a run. */
static size_t literal_at(const uint8_t *p, size_t n, size_t i) {
    size_t max = n - i < LITERAL_MAX ? n - i : LITERAL_MAX, k = 1;
    while (k < max && (i + k + 1 == n || diff_at(p, i + k) != diff_at(p, i + k + 1))) k++;
    return k;
}

int rw_compress(const uint8_t *p, size_t n, rb_bytes *out) {
    if (n <= SIZE_BYTES || n > (size_t)RW_FRAME_MAX) return 1;
    uint8_t *to = rb_bytes_reserve(out, n);
    if (!to) return -1;
    uint32_t size = (uint32_t)n;
    memcpy(to, &size, SIZE_BYTES);
    size_t used = SIZE_BYTES;
    for (size_t i = 0; i < n;) {
        size_t run = run_at(p, n, i), taken = run > 1 ? run : literal_at(p, n, i);
        size_t bytes = 1 + (run > 1 ? 1 : taken);
        if (used + bytes >= n) return 1;
        to[used] = (uint8_t)(run > 1 ? (int)run : -(int)taken);
        for (size_t k = 0; k + 1 < bytes; k++) to[used + 1 + k] = diff_at(p, i + k);
        used += bytes;
        i += taken;
    }
    out->len += used;
    return 0;
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

enum { SIZE, COUNT = SIZE_BYTES, RUN };

static int read_size(rw_inflate *z, rb_cursor *c) {
    while (z->step < SIZE_BYTES && c->p < c->end) z->head[z->step++] = *c->p++;
    if (z->step < SIZE_BYTES) return 0;
    uint32_t size;
    memcpy(&size, z->head, SIZE_BYTES);
    if (size == 0 || (int64_t)size > RW_FRAME_MAX)
        return rb_fail(RB_E_DOMAIN, "a compressed payload announces %lld bytes, allowed are 1 .. %lld", (long long)size,
                       (long long)RW_FRAME_MAX);
    z->size = size;
    return 0;
}

static int read_count(rw_inflate *z, rb_cursor *c) {
    int8_t count = (int8_t)*c->p++;
    int64_t n = count > 0 ? count : -count;
    if (n > z->size - z->done)
        return rb_fail(RB_E_DOMAIN, "a block of a compressed payload runs past the announced size");
    if (count > 0) {
        z->run = count;
        z->step = RUN;
    } else {
        z->literal = (int)n;
    }
    return 0;
}

static size_t put_run(rw_inflate *z, uint8_t *out, size_t room) {
    size_t n = room < (size_t)z->run ? room : (size_t)z->run;
    for (size_t i = 0; i < n; i++) out[i] = z->last = (uint8_t)(z->last + z->diff);
    z->run -= (int)n;
    return n;
}

static size_t put_literal(rw_inflate *z, rb_cursor *c, uint8_t *out, size_t room) {
    size_t n = room < (size_t)z->literal ? room : (size_t)z->literal;
    if (n > rb_cursor_left(c)) n = rb_cursor_left(c);
    for (size_t i = 0; i < n; i++) out[i] = z->last = (uint8_t)(z->last + *c->p++);
    z->literal -= (int)n;
    return n;
}

int64_t rw_inflate_feed(rw_inflate *z, rb_cursor *c, uint8_t *out, size_t room) {
    size_t used = 0;
    if (z->step < SIZE_BYTES) RB_TRY(read_size(z, c), -1);
    while (z->size && z->done < z->size) {
        size_t n = 0;
        if (z->run && z->step == COUNT)
            n = put_run(z, out + used, room - used);
        else if (z->literal)
            n = put_literal(z, c, out + used, room - used);
        else if (c->p == c->end)
            break;
        else if (z->step == RUN) {
            z->diff = *c->p++;
            z->step = COUNT;
            continue;
        } else {
            RB_TRY(read_count(z, c), -1);
            continue;
        }
        if (n == 0) break;
        used += n;
        z->done += (int64_t)n;
    }
    return (int64_t)used;
}

int rw_decompress(const uint8_t *p, size_t n, rb_bytes *out) {
    rw_inflate z = {0};
    rb_cursor c = {p, p + n};
    size_t before = out->len;
    for (;;) {
        /* Memory follows what comes out, not what is announced. */
        uint8_t *to = rb_bytes_reserve(out, RW_STAGING);
        int64_t got = to ? rw_inflate_feed(&z, &c, to, RW_STAGING) : -1;
        if (got > 0) out->len += (size_t)got;
        if (rw_inflate_is_done(&z)) return 0;
        if (got <= 0) {
            out->len = before;
            return got < 0 ? -1 : rb_fail(RB_E_DOMAIN, "a compressed payload ends before its announced size");
        }
    }
}
