#include "store_ut.h"

/* The values of the published reference. */
UT_CASE(known) {
    UT_CHECK(rs_hash("", 0) == 0xEF46DB3751D8E999u);
    UT_CHECK(rs_hash("a", 1) == 0xD24EC4F1A98C6E5Bu);
    UT_CHECK(rs_hash("abc", 3) == 0x44BC2CF5AD770999u);
    UT_CHECK(rs_hash("Nobody inspects the spammish repetition", 39) == 0xFBCEA83C8A378BF1u);
}

UT_CASE(every_bit_counts) {
    uint8_t b[100];
    for (size_t i = 0; i < sizeof b; i++) b[i] = (uint8_t)(i * 37);
    for (size_t n = 1; n <= sizeof b; n++) {
        uint64_t h = rs_hash(b, n);
        for (size_t bit = 0; bit < n * 8; bit++) {
            b[bit / 8] ^= (uint8_t)(1u << bit % 8);
            UT_CHECK(rs_hash(b, n) != h);
            b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

UT_CASE(sum_is_that_of_blocks) {
    size_t n = 2 * RS_SUM_BLOCK + 5;
    uint8_t *b = malloc(n);
    UT_CHECK(b);
    for (size_t i = 0; i < n; i++) b[i] = (uint8_t)(i * i >> 3);
    uint64_t blocks[3] = {rs_hash(b, RS_SUM_BLOCK), rs_hash(b + RS_SUM_BLOCK, RS_SUM_BLOCK), rs_hash(b + 2 * RS_SUM_BLOCK, 5)};
    uint64_t sum, other;
    UT_CHECK(rs_sum(NULL, b, n, &sum) == 0 && sum == rs_hash(blocks, sizeof blocks));
    b[n - 1] ^= 1;
    UT_CHECK(rs_sum(NULL, b, n, &other) == 0 && other != sum);
    UT_CHECK(rs_sum(NULL, b, 0, &sum) == 0 && sum == rs_hash("", 0));
    free(b);
}

UT_MAIN(known, every_bit_counts, sum_is_that_of_blocks)
