#include "rand.h"

#include "error.h"

#include <unistd.h>
#if defined(__APPLE__)
#include <sys/random.h>
#endif

static uint64_t rotate(uint64_t x, int k) { return x << k | x >> (64 - k); }

/* Spreads the seed (splitmix64), so that near seeds give far sequences and the state is never all zero. */
void rb_rand_seed(uint64_t state[4], uint64_t seed) {
    for (int i = 0; i < 4; i++) {
        uint64_t z = seed += 0x9e3779b97f4a7c15u;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        state[i] = z ^ z >> 31;
    }
}

uint64_t rb_rand_next(uint64_t s[4]) {
    uint64_t result = rotate(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

/* The high word of a product; the few low words that would favour some results are drawn again. */
uint64_t rb_rand_below(uint64_t state[4], uint64_t n) {
    RB_ASSERT(n);
    unsigned __int128 wide = (unsigned __int128)rb_rand_next(state) * n;
    if ((uint64_t)wide < n) {
        uint64_t unfair = -n % n;
        while ((uint64_t)wide < unfair) wide = (unsigned __int128)rb_rand_next(state) * n;
    }
    return (uint64_t)(wide >> 64);
}

double rb_rand_unit(uint64_t state[4]) { return (double)(rb_rand_next(state) >> 11) * 0x1p-53; }

int rb_rand_system(void *out, size_t n) {
    enum { AT_ONCE = 256 };
    for (uint8_t *p = out; n;) {
        size_t part = n < AT_ONCE ? n : AT_ONCE;
        if (getentropy(p, part) != 0) return rb_fail_errno(RB_E_OS, "no random bytes from the system");
        p += part;
        n -= part;
    }
    return 0;
}
