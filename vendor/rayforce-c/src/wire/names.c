/* The names of a symbol column. Columns repeat few names, so a small table in front of the process-wide one answers
 * most of them from the bytes alone. It lives as long as the message. */
#include "dialect.h"

#include "../base/alloc.h"

#define BUCKET_BITS 11
#define BUCKETS (1 << BUCKET_BITS)
#define SPREAD 0x9e3779b97f4a7c15u /* odd, bits without a pattern */

/* All zero is a true entry: the empty name, whose id is 0. */
typedef struct slot {
    uint64_t word;    /* up to 7 bytes: they themselves; of more: a mixture */
    const char *text; /* of a longer one, in the process-wide table */
    uint32_t n;
    int32_t id;
} slot;

/* The newer of two comes first. */
struct rw_names_cache {
    slot slots[BUCKETS][2];
};

RB_OFTEN void rw_names_cache_free(rw_names_cache *cache) { rb_free(cache, sizeof *cache); }

/* Index of the first zero byte of w, 8 if there is none. Little-endian. */
static inline unsigned zero_at(uint64_t w) {
    uint64_t z = (w - 0x0101010101010101u) & ~w & 0x8080808080808080u;
    return z ? (unsigned)__builtin_ctzll(z) >> 3 : 8;
}

static inline bool is_it(const slot *s, const char *text, size_t n, uint64_t word) {
    return s->word == word && s->n == n && (n < 8 || memcmp(s->text, text, n) == 0);
}

static int32_t lookup(rw_take *t, const char *text, size_t n, uint64_t word) {
    slot *s = t->cache->slots[(word * SPREAD) >> (64 - BUCKET_BITS)];
    if (RB_LIKELY(is_it(&s[0], text, n, word))) return s[0].id;
    if (is_it(&s[1], text, n, word)) return s[1].id;
    int32_t id = rw_take_intern(t, text, n);
    if (id < 0) return -1;
    s[1] = s[0];
    size_t len;
    s[0] = (slot){.word = word, .text = rv_sym_text(id, &len), .n = (uint32_t)n, .id = id};
    return id;
}

/* Any name, wherever it lies. */
static int32_t name(rw_take *t, const char *text, size_t n) {
    if (!t->cache || n > UINT32_MAX) return rw_take_intern(t, text, n);
    uint64_t word = 0;
    if (n < 8) {
        memcpy(&word, text, n);
        return lookup(t, text, n, word);
    }
    uint64_t mix = n;
    for (size_t i = 0; i + 8 < n; i += 8) {
        memcpy(&word, text + i, 8);
        mix = (mix ^ word) * SPREAD;
        mix ^= mix >> 32;
    }
    memcpy(&word, text + n - 8, 8);
    return lookup(t, text, n, mix ^ word);
}

int rw_names_expect(rw_take *t, int64_t count) {
    if (count < RW_NAMES_CACHED || t->cache) return 0;
    t->cache = rb_alloc_zero(sizeof *t->cache);
    return t->cache ? 0 : -1;
}

int rw_names_scan(rw_take *t, rb_cursor *c, int32_t *ids, int max) {
    int i = 0;
    for (; i < max; i++) {
        uint64_t w = 0;
        unsigned n = 8;
        if (t->cache && rb_cursor_left(c) >= 8 && !t->partial.len) {
            memcpy(&w, c->p, 8);
            n = zero_at(w);
        }
        if (n < 8) {
            ids[i] = lookup(t, (const char *)c->p, n, w & (((uint64_t)1 << (8 * n)) - 1));
            c->p += n + 1;
            t->left -= n + 1;
        } else {
            const char *text;
            size_t len;
            enum rw_took r = rw_take_name(t, c, &text, &len);
            if (r == RW_TOOK_MORE) break;
            ids[i] = r == RW_TOOK_DONE ? name(t, text, len) : -1;
        }
        if (ids[i] < 0) return -1;
    }
    return i;
}
