#include "layout.h"

#include "../base/alloc.h"

/* XXH64, seed 0: fast, free to use, and any language has it, so that files can be checked by other programs. */

#define P1 0x9E3779B185EBCA87u
#define P2 0xC2B2AE3D27D4EB4Fu
#define P3 0x165667B19E3779F9u
#define P4 0x85EBCA77C2B2AE63u
#define P5 0x27D4EB2F165667C5u

static inline uint64_t turn(uint64_t x, int by) { return x << by | x >> (64 - by); }

static inline uint64_t load64(const uint8_t *p) {
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

static inline uint32_t load32(const uint8_t *p) {
    uint32_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

static inline uint64_t step(uint64_t acc, uint64_t x) { return turn(acc + x * P2, 31) * P1; }
static inline uint64_t merge(uint64_t h, uint64_t acc) { return (h ^ step(0, acc)) * P1 + P4; }

static uint64_t tail(uint64_t h, const uint8_t *p, size_t n) {
    for (; n >= 8; p += 8, n -= 8) h = turn(h ^ step(0, load64(p)), 27) * P1 + P4;
    if (n >= 4) {
        h = turn(h ^ load32(p) * P1, 23) * P2 + P3;
        p += 4, n -= 4;
    }
    for (; n; p++, n--) h = turn(h ^ *p * P5, 11) * P1;
    h = (h ^ h >> 33) * P2;
    h = (h ^ h >> 29) * P3;
    return h ^ h >> 32;
}

uint64_t rs_hash(const void *bytes, size_t n) {
    const uint8_t *p = bytes;
    if (n < 32) return tail(P5 + n, p, n);
    uint64_t a = P1 + P2, b = P2, c = 0, d = 0 - P1, total = n;
    for (; n >= 32; p += 32, n -= 32) {
        a = step(a, load64(p));
        b = step(b, load64(p + 8));
        c = step(c, load64(p + 16));
        d = step(d, load64(p + 24));
    }
    uint64_t h = turn(a, 1) + turn(b, 7) + turn(c, 12) + turn(d, 18);
    h = merge(merge(merge(merge(h, a), b), c), d);
    return tail(h + total, p, n);
}

typedef struct summing {
    ray_rt *rt;
    const uint8_t *p;
    uint64_t *sums;
} summing;

static int sum_blocks(void *ctx, int64_t begin, int64_t end, int worker) {
    summing *s = ctx;
    if (worker == 0) RB_TRY(rb_rt_check(s->rt), -1);
    s->sums[begin / RS_SUM_BLOCK] = rs_hash(s->p + begin, (size_t)(end - begin));
    return 0;
}

int rs_sum(ray_rt *rt, const void *p, size_t n, uint64_t *out) {
    size_t blocks = (n + RS_SUM_BLOCK - 1) / RS_SUM_BLOCK, size = blocks * sizeof(uint64_t);
    summing s = {rt, p, rb_alloc(size)};
    if (!s.sums) return -1;
    int r = rb_pool_for(rt ? rt->pool : NULL, (int64_t)n, RS_SUM_BLOCK, sum_blocks, &s);
    *out = rs_hash(s.sums, size);
    rb_free(s.sums, size);
    return r;
}
