/* Radix sort of words and of words with a companion. */
#include "../base/cpu.h"
#include "collect_kernels.h"

/* RK_BUCKET: elements that are sorted by one thread in its own cache. Parting goes through them in order, and minds less
 * what lies in a slower one. */

#define RK_STEP ((int64_t)1 << 18) /* elements: about a millisecond */

#define E uint64_t
#define RK_KEY(e) (e)
#define RK_CACHED(a, tmp, n) rk_sort_words(a, tmp, n)
#define RK_BUCKET (rb_cpu_wide() ? (int64_t)1 << 18 : (int64_t)1 << 15)
#define RK_SUFFIX word
#include "tmpl/radix.h"

#define E rk_pair
#define RK_KEY(e) ((e).key)
#define RK_CACHED(a, tmp, n) false
#define RK_BUCKET ((int64_t)1 << 15)
#define RK_SUFFIX pair
#include "tmpl/radix.h"

int rk_radix_words(ray_rt *rt, uint64_t *a, uint64_t *tmp, int64_t n, int low, int bits, int64_t *scratch,
                   uint64_t **sorted) {
    return msd_word(rt, a, tmp, n, low, bits, scratch, sorted);
}

int rk_radix_pairs(ray_rt *rt, rk_pair *a, rk_pair *tmp, int64_t n, int low, int bits, int64_t *scratch,
                   rk_pair **sorted) {
    return msd_pair(rt, a, tmp, n, low, bits, scratch, sorted);
}

RB_HOT void rk_pack_words(const uint64_t *restrict keys, int64_t n, uint64_t top, bool down, int drop, int shift,
                          int64_t row, uint64_t *restrict out) {
    uint64_t flip = down ? UINT64_MAX : 0, add = down ? top + 1 : 0; /* top - key is ~key + top + 1 */
    if (shift == 0)
        for (int64_t i = 0; i < n; i++) out[i] = (keys[i] ^ flip) + add;
    else
        for (int64_t i = 0; i < n; i++) out[i] = ((keys[i] ^ flip) + add) >> drop << shift | (uint64_t)(row + i);
}

RB_HOT void rk_pack_pairs(const uint64_t *restrict keys, int64_t n, uint64_t top, bool down, int64_t row,
                          rk_pair *restrict out) {
    for (int64_t i = 0; i < n; i++) out[i] = (rk_pair){down ? top - keys[i] : keys[i], (uint64_t)(row + i)};
}

RB_HOT void rk_join_digit(uint64_t *restrict words, int64_t n, int bits, const uint64_t *restrict keys, int drop) {
    if (bits == 64) /* then there is nothing in front of it */
        memcpy(words, keys, (size_t)n * sizeof *words);
    else
        for (int64_t i = 0; i < n; i++) words[i] = words[i] << bits | keys[i] >> drop;
}

RB_HOT void rk_join_rows(uint64_t *words, int64_t n, int shift, int64_t row) {
    for (int64_t i = 0; i < n; i++) words[i] = words[i] << shift | (uint64_t)(row + i);
}

RB_HOT void rk_rows_of_words(const uint64_t *restrict words, int64_t n, int shift, int64_t *restrict out) {
    uint64_t mask = ((uint64_t)1 << shift) - 1;
    for (int64_t i = 0; i < n; i++) out[i] = (int64_t)(words[i] & mask);
}

RB_HOT void rk_rows_of_pairs(const rk_pair *restrict pairs, int64_t n, int64_t *restrict out) {
    for (int64_t i = 0; i < n; i++) out[i] = (int64_t)pairs[i].at;
}

void rk_key_counts(const uint64_t *keys, int64_t n, int64_t *counter) {
    for (int64_t i = 0; i < n; i++) counter[keys[i]]++;
}

void rk_digit_counts(const uint64_t *keys, int64_t n, int shift, int64_t *counter) {
    for (int64_t i = 0; i < n; i++) counter[keys[i] >> shift]++;
}

void rk_digit_deal(const uint64_t *restrict keys, int64_t n, int shift, int64_t *restrict place,
                   uint64_t *restrict out) {
    for (int64_t i = 0; i < n; i++) out[place[keys[i] >> shift]++] = keys[i];
}

int64_t rk_unique(uint64_t *words, int64_t n) {
    int64_t k = 0;
    for (int64_t i = 0; i < n; i++)
        if (i == 0 || words[i] != words[i - 1]) words[k++] = words[i];
    return k;
}

void rk_invert(const int64_t *at, int64_t n, int64_t *out) {
    for (int64_t i = 0; i < n; i++) out[at[i]] = i;
}

RB_HOT void rk_translate(const int32_t *restrict id, int64_t n, const int64_t *restrict map, int64_t *restrict out) {
    for (int64_t i = 0; i < n; i++) out[i] = map[id[i]];
}

RB_HOT bool rk_has_negative_zero(int type, const void *src, int64_t n) {
    bool found = false;
    if (type == RY_F32)
        for (int64_t i = 0; i < n; i++) found |= ((const uint32_t *)src)[i] == (uint32_t)1 << 31;
    else
        for (int64_t i = 0; i < n; i++) found |= ((const uint64_t *)src)[i] == (uint64_t)1 << 63;
    return found;
}

RB_HOT uint64_t rk_differing_bits(const uint64_t *keys, int64_t n, uint64_t from) {
    uint64_t differ = 0;
    for (int64_t i = 0; i < n; i++) differ |= keys[i] ^ from;
    return differ;
}
