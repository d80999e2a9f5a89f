/* Hashes for tables in memory; not for files, not against attackers who may choose every key. */
#ifndef RB_HASH_H
#define RB_HASH_H

#include "base.h"

#define RB_HASH_SEED 0x9e3779b97f4a7c15u

/* The two halves of the 128-bit product, folded: every bit of both factors reaches every bit of the result. */
static inline uint64_t rb_hash_fold(uint64_t a, uint64_t b) {
    unsigned __int128 wide = (unsigned __int128)a * b;
    return (uint64_t)wide ^ (uint64_t)(wide >> 64);
}

static inline uint64_t rb_hash_u64(uint64_t x) {
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    return x ^ x >> 32;
}

/* Order matters: combine(a, b) is not combine(b, a). */
static inline uint64_t rb_hash_combine(uint64_t seed, uint64_t x) {
    return rb_hash_fold(rb_hash_fold(seed ^ 0xa0761d6478bd642fu, x ^ 0xe7037ed1a0b428dbu), RB_HASH_SEED);
}

static inline uint64_t rb_hash_load8(const uint8_t *p) {
    uint64_t x;
    memcpy(&x, p, sizeof x);
    return x;
}

/* Up to 8 bytes, all of them, by loads of fixed size that may overlap: a length of 1 to 3, 4 to 7, or more. */
static inline uint64_t rb_hash_load(const uint8_t *p, size_t n) {
    uint32_t lo, hi;
    if (n >= 8) return rb_hash_load8(p);
    if (n < 4) return n ? (uint64_t)p[0] << 16 | (uint64_t)p[n / 2] << 8 | p[n - 1] : 0;
    memcpy(&lo, p, sizeof lo);
    memcpy(&hi, p + n - 4, sizeof hi);
    return (uint64_t)hi << 32 | lo;
}

static inline uint64_t rb_hash_bytes(const void *bytes, size_t n) {
    const uint8_t *p = bytes;
    uint64_t h = RB_HASH_SEED ^ (uint64_t)n * 0xd6e8feb86659fd93u;
    for (; n > 16; p += 16, n -= 16)
        h = rb_hash_fold(rb_hash_load8(p) ^ 0xa0761d6478bd642fu, rb_hash_load8(p + 8) ^ h);
    uint64_t a = rb_hash_load(p, n), b = n > 8 ? rb_hash_load8(p + n - 8) : 0;
    return rb_hash_fold(rb_hash_fold(a ^ 0xe7037ed1a0b428dbu, b ^ h), RB_HASH_SEED);
}

#endif
