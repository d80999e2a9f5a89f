/* Keys dealt out by their hashes, so that the keys of each part fit a cache. */
#include "collect_kernels.h"

/* Other bits than those that choose a slot in a table of the part's keys. */
static inline uint64_t part_of(uint64_t key) {
    return (key ^ key >> 32) * 0xd6e8feb86659fd93u >> (64 - RK_PART_BITS);
}

void rk_part_counts(const uint64_t *keys, int64_t n, int64_t *count) {
    for (int64_t i = 0; i < n; i++) count[part_of(keys[i])]++;
}

void rk_part_deal(const uint64_t *restrict keys, int64_t n, int64_t row, int64_t *restrict place,
                  uint64_t *restrict out_keys, int32_t *restrict out_rows) {
    for (int64_t i = 0; i < n; i++) {
        int64_t to = place[part_of(keys[i])]++;
        out_keys[to] = keys[i];
        out_rows[to] = (int32_t)(row + i);
    }
}

void rk_mark_rows(const int64_t *at, int64_t n, const int32_t *rows, int32_t *marked, uint8_t *mask) {
    for (int64_t i = 0; i < n; i++) {
        marked[i] = rows[at[i]];
        mask[marked[i]] = 1;
    }
}

void rk_number_marked(const int64_t *first, int64_t begin, int64_t end, int32_t *id) {
    for (int64_t i = begin; i < end; i++) id[first[i]] = (int32_t)i;
}

void rk_spread_numbers(const int32_t *restrict local, const int32_t *restrict number, const int32_t *restrict rows,
                       int64_t n, int32_t *restrict id) {
    for (int64_t i = 0; i < n; i++) id[rows[i]] = number[local[i]];
}
