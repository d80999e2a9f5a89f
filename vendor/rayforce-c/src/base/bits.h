/* Counting bits, powers of two, divisors, and bitmaps of 64-bit words (bit i is bit i%64 of word i/64). */
#ifndef RB_BITS_H
#define RB_BITS_H

#include "base.h"

static inline int rb_bits_count(uint64_t x) { return __builtin_popcountll(x); }
static inline int rb_bits_lowest(uint64_t x) { return __builtin_ctzll(x); }       /* x != 0 */
static inline int rb_bits_highest(uint64_t x) { return 63 - __builtin_clzll(x); } /* x != 0 */
static inline bool rb_is_pow2(uint64_t x) { return x && !(x & (x - 1)); }
/* The smallest power of two that is >= x; x <= 2^63. */
static inline uint64_t rb_pow2_above(uint64_t x) { return x <= 1 ? 1 : (uint64_t)1 << (rb_bits_highest(x - 1) + 1); }

/* The greatest number that divides both; that of x and 0 is x. */
static inline uint64_t rb_common_divisor(uint64_t a, uint64_t b) {
    while (b) {
        const uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static inline size_t rb_bitmap_words(int64_t bits) { return ((size_t)bits + 63) / 64; }
static inline bool rb_bitmap_has(const uint64_t *m, int64_t i) { return m[i >> 6] >> (i & 63) & 1; }
static inline void rb_bitmap_add(uint64_t *m, int64_t i) { m[i >> 6] |= (uint64_t)1 << (i & 63); }
static inline void rb_bitmap_remove(uint64_t *m, int64_t i) { m[i >> 6] &= ~((uint64_t)1 << (i & 63)); }

/* How many of the first `bits` bits are set; bits behind them may be anything. */
static inline int64_t rb_bitmap_count(const uint64_t *m, int64_t bits) {
    int64_t n = 0;
    for (int64_t w = 0; w < bits >> 6; w++) n += rb_bits_count(m[w]);
    if (bits & 63) n += rb_bits_count(m[bits >> 6] & (((uint64_t)1 << (bits & 63)) - 1));
    return n;
}

#endif
