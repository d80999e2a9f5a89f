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

static inline uint64_t rb_hash_load(const uint8_t *p, size_t n) {
    uint64_t x = 0;
    memcpy(&x, p, n);
    return x;
}

static inline uint64_t rb_hash_bytes(const void *bytes, size_t n) {
    const uint8_t *p = bytes;
    uint64_t h = RB_HASH_SEED ^ rb_hash_u64(n);
    for (; n > 16; p += 16, n -= 16)
        h = rb_hash_fold(rb_hash_load(p, 8) ^ 0xa0761d6478bd642fu, rb_hash_load(p + 8, 8) ^ h);
    uint64_t a = n ? rb_hash_load(p, n < 8 ? n : 8) : 0, b = n > 8 ? rb_hash_load(p + 8, n - 8) : 0;
    return rb_hash_fold(rb_hash_fold(a ^ 0xe7037ed1a0b428dbu, b ^ h), h ^ RB_HASH_SEED);
}

#endif
