/* A seeded generator (xoshiro256++): the same seed gives the same numbers everywhere. Not for secrets. */
#ifndef RB_RAND_H
#define RB_RAND_H

#include "base.h"

void rb_rand_seed(uint64_t state[4], uint64_t seed);
uint64_t rb_rand_next(uint64_t state[4]);
uint64_t rb_rand_below(uint64_t state[4], uint64_t n); /* even over 0 .. n-1; n > 0 */
double rb_rand_unit(uint64_t state[4]);                /* 0 <= x < 1, 53 bits */
/* Unforeseeable bits of the operating system. -1: RB_E_OS. */
RB_NODISCARD int rb_rand_system(void *out, size_t n);

#endif
