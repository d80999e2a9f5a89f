/* Radix sorts and the words they sort. */
#include "kernel/collect_kernels.h"
#include "ut.h"

static uint64_t seed = 88172645463325252u;
static uint64_t random_word(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

static int64_t scratch[RK_RADIX_SCRATCH];

/* Sorts n pairs whose keys have `bits` bits from `low` on and checks order and stability. */
static void check_pairs(rb_pool *pool, int64_t n, int low, int bits, int64_t skew) {
    rk_pair *a = malloc(sizeof *a * (size_t)(2 * n + 1)), *sorted;
    uint64_t mask = bits == 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
    for (int64_t i = 0; i < n; i++) {
        uint64_t key = skew && i % skew ? 1 & mask : random_word() & mask;
        a[i] = (rk_pair){key << low, (uint64_t)i};
    }
    UT_CHECK(rk_radix_pairs(&(ray_rt){.pool = pool}, a, a + n, n, low, bits, scratch, &sorted) == 0);
    for (int64_t i = 1; i < n; i++) {
        UT_CHECK(sorted[i - 1].key <= sorted[i].key);
        if (sorted[i - 1].key == sorted[i].key) UT_CHECK(sorted[i - 1].at < sorted[i].at);
    }
    uint64_t sum = 0;
    for (int64_t i = 0; i < n; i++) sum += sorted[i].at;
    UT_EQ_INT(sum, n * (n - 1) / 2);
    free(a);
}

UT_CASE(pairs) {
    static const int64_t lengths[] = {0, 1, 2, 47, 48, 1000, 5000, 40000, 200000};
    static const int widths[] = {1, 8, 11, 12, 22, 30, 33, 64};
    for (size_t i = 0; i < RB_COUNT(lengths); i++)
        for (size_t w = 0; w < RB_COUNT(widths); w++) check_pairs(NULL, lengths[i], widths[w] < 60 ? 3 : 0, widths[w], 0);
}

UT_CASE(skewed) {
    check_pairs(NULL, 300000, 0, 64, 100);
    check_pairs(NULL, 300000, 0, 20, 1000);
    check_pairs(NULL, 300000, 0, 11, 300001);
}

UT_CASE(parallel) {
    rb_pool *pool = rb_pool_new(3);
    UT_CHECK(pool);
    check_pairs(pool, 300000, 0, 40, 0);
    check_pairs(pool, 300000, 0, 40, 5);
    rb_pool_free(pool);
}

UT_CASE(words) {
    enum { N = 100000 };
    uint64_t *a = malloc(sizeof *a * 2 * N), *sorted;
    for (int64_t i = 0; i < N; i++) a[i] = (random_word() >> 40) << 17 | (uint64_t)i;
    UT_CHECK(rk_radix_words(NULL, a, a + N, N, 17, 24, scratch, &sorted) == 0);
    for (int64_t i = 1; i < N; i++) UT_CHECK(sorted[i - 1] < sorted[i]);
    free(a);
}

UT_CASE(packing) {
    uint64_t keys[3] = {5, 0, 7}, words[3];
    rk_pack_words(keys, 3, 7, true, 0, 0, 0, words);
    UT_EQ_INT(words[0], 2);
    UT_EQ_INT(words[1], 7);
    UT_EQ_INT(words[2], 0);
    rk_pack_words(keys, 3, 7, false, 1, 4, 1, words);
    UT_EQ_INT(words[2], 3 << 4 | 3);
    rk_pack_words(keys, 3, 7, false, 0, 4, 1, words);
    UT_EQ_INT(words[0], 5 << 4 | 1);
    UT_EQ_INT(words[2], 7 << 4 | 3);
    int64_t at[3];
    rk_rows_of_words(words, 3, 4, at);
    UT_EQ_INT(at[1], 2);
    uint64_t repeated[6] = {1, 1, 2, 3, 3, 3};
    UT_EQ_INT(rk_unique(repeated, 6), 3);
    UT_EQ_INT(repeated[2], 3);
    double zeros[2] = {0.0, -0.0};
    UT_CHECK(!rk_has_negative_zero(RY_F64, zeros, 1));
    UT_CHECK(rk_has_negative_zero(RY_F64, zeros, 2));
}

/* Whoever sorts much is asked whether to go on. */
UT_CASE(an_interrupt_ends_it) {
    enum { MUCH = 1 << 19 };
    uint64_t *a = rb_block_alloc(2 * MUCH * sizeof *a), *sorted;
    UT_CHECK(a);
    for (int64_t i = 0; i < MUCH; i++) a[i] = random_word();
    ray_rt rt = {.interrupt = true};
    UT_ERROR(rk_radix_words(&rt, a, a + MUCH, MUCH, 0, 64, scratch, &sorted), RB_E_CANCEL);
    atomic_store(&rt.interrupt, false);
    UT_CHECK(rk_radix_words(&rt, a, a + MUCH, MUCH, 0, 64, scratch, &sorted) == 0);
    for (int64_t i = 1; i < MUCH; i++) UT_CHECK(sorted[i - 1] <= sorted[i]);
    rb_block_free(a, 2 * MUCH * sizeof *a);
}

UT_MAIN(an_interrupt_ends_it, pairs, skewed, parallel, words, packing)
