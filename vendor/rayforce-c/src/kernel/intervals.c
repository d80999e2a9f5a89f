/* Bounds of intervals among keys in ascending order. Intervals of neighbouring rows lie close together, so that a
 * search starts where the one before ended, in steps that double. */
#include "join_kernels.h"

static inline bool before(uint64_t key, uint64_t x, bool after) { return after ? key <= x : key < x; }

static int64_t between(const uint64_t *keys, int64_t lo, int64_t hi, uint64_t x, bool after) {
    while (lo < hi) {
        int64_t mid = lo + (hi - lo) / 2;
        if (before(keys[mid], x, after))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

int64_t rk_keys_bound(const uint64_t *keys, int64_t lo, int64_t hi, int64_t near, uint64_t x, bool after) {
    int64_t step = 1;
    if (near < hi && before(keys[near], x, after)) {
        lo = near + 1;
        for (; lo + step < hi && before(keys[lo + step - 1], x, after); step *= 2) lo += step;
        return between(keys, lo, lo + step < hi ? lo + step : hi, x, after);
    }
    hi = near;
    for (; hi - step > lo && !before(keys[hi - step], x, after); step *= 2) hi -= step;
    return between(keys, hi - step > lo ? hi - step : lo, hi, x, after);
}
