/* The names of a symbol column. Columns repeat few names, so a small table in front of the process-wide one answers
 * most of them from the bytes alone. */
#include "dialect.h"

#include "../base/alloc.h"

#define SLOT_BITS 10 /* direct-mapped: a newcomer replaces what is there */
#define SLOTS (1 << SLOT_BITS)

typedef struct slot {
    uint64_t word;    /* up to 7 bytes: they themselves; longer ones: a mixture of their first and last 8 */
    const char *text; /* of a longer one, in the process-wide table */
    size_t n;
    int32_t id;
    bool used;
} slot;

struct rw_names_cache {
    slot slots[SLOTS];
};

void rw_names_cache_free(rw_names_cache *cache) { rb_free(cache, sizeof *cache); }

/* Index of the first zero byte of w, 8 if there is none. Little-endian. */
static inline unsigned zero_at(uint64_t w) {
    uint64_t z = (w - 0x0101010101010101u) & ~w & 0x8080808080808080u;
    return z ? (unsigned)__builtin_ctzll(z) >> 3 : 8;
}

static inline slot *slot_of(rw_names_cache *cache, uint64_t w) {
    return &cache->slots[(w * 0x9e3779b97f4a7c15u) >> (64 - SLOT_BITS)];
}

static int32_t short_name(rw_take *t, const uint8_t *p, unsigned n, uint64_t word) {
    slot *s = slot_of(t->cache, word);
    if (s->used && s->n == n && s->word == word) return s->id;
    int32_t id = rw_take_intern(t, (const char *)p, n);
    if (id >= 0) *s = (slot){.word = word, .n = n, .id = id, .used = true};
    return id;
}

static int32_t long_name(rw_take *t, const char *text, size_t n) {
    if (n < 8) return rw_take_intern(t, text, n);
    uint64_t first, last;
    memcpy(&first, text, 8);
    memcpy(&last, text + n - 8, 8);
    uint64_t word = first ^ (last << 29 | last >> 35) ^ n;
    slot *s = slot_of(t->cache, word);
    if (s->used && s->n == n && s->word == word && memcmp(s->text, text, n) == 0) return s->id;
    int32_t id = rw_take_intern(t, text, n);
    if (id < 0) return -1;
    *s = (slot){.word = word, .n = n, .id = id, .used = true};
    s->text = rv_sym_text(id, &s->n);
    return id;
}

int rw_names_scan(rw_take *t, rb_cursor *c, int32_t *ids, int max) {
    if (!t->cache) {
        t->cache = rb_alloc_zero(sizeof *t->cache);
        if (!t->cache) return -1;
    }
    int i = 0;
    while (i < max) {
        uint64_t w = 0;
        unsigned n = 8;
        if (rb_cursor_left(c) >= 8 && !t->partial.len) {
            memcpy(&w, c->p, 8);
            n = zero_at(w);
        }
        int32_t id;
        if (n < 8) {
            w &= ((uint64_t)1 << (8 * n)) - 1;
            id = short_name(t, c->p, n, w);
            c->p += n + 1;
            t->left -= n + 1;
        } else {
            const char *text;
            size_t len;
            enum rw_took r = rw_take_name(t, c, &text, &len);
            if (r == RW_TOOK_MORE) break;
            id = r == RW_TOOK_DONE ? long_name(t, text, len) : -1;
        }
        if (id < 0) return -1;
        ids[i++] = id;
    }
    return i;
}
