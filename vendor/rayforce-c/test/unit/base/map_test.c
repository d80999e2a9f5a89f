#include "ut.h"

#include "base/bits.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/rand.h"

UT_CASE(put_and_find) {
    rb_map m = RB_MAP_EMPTY;
    UT_CHECK(!rb_map_find(&m, 5) && !rb_map_remove(&m, 5));
    for (uint64_t k = 0; k < 5000; k++) {
        int64_t *at = rb_map_put(&m, k << 32, (int64_t)k);
        UT_EQ_INT(*at, k);
    }
    UT_EQ_INT(m.count, 5000);
    for (uint64_t k = 0; k < 5000; k++) UT_EQ_INT(*rb_map_find(&m, k << 32), k);
    UT_CHECK(!rb_map_find(&m, 1));
    *rb_map_put(&m, 0, 77) += 1;
    UT_EQ_INT(*rb_map_find(&m, 0), 1);
    rb_map_free(&m);
    UT_CHECK(!rb_map_find(&m, 0));
}

/* The same as an array says, through many insertions and removals. */
UT_CASE(like_an_array) {
    enum { KEYS = 300 };
    static int64_t array[KEYS];
    memset(array, -1, sizeof array);
    rb_map m = RB_MAP_EMPTY;
    uint64_t s[4];
    rb_rand_seed(s, 1);
    int64_t count = 0;
    for (int64_t i = 0; i < 30000; i++) {
        uint64_t k = rb_rand_below(s, KEYS);
        if (rb_rand_below(s, 2)) {
            *rb_map_put(&m, k, 0) = i;
            count += array[k] < 0;
            array[k] = i;
        } else {
            UT_EQ_INT(rb_map_remove(&m, k), array[k] >= 0);
            count -= array[k] >= 0;
            array[k] = -1;
        }
        UT_EQ_INT(m.count, count);
    }
    for (uint64_t k = 0; k < KEYS; k++) {
        int64_t *at = rb_map_find(&m, k);
        UT_EQ_INT(at ? *at : -1, array[k]);
    }
    rb_map_free(&m);
}

UT_CASE(out_of_memory) {
    UT_SWEEP({
        rb_map m = RB_MAP_EMPTY;
        for (uint64_t k = 0; k < 100; k++) {
            if (rb_map_put(&m, k, 1)) continue;
            UT_EQ_INT(rb_error_code(), RB_E_OOM);
            UT_EQ_INT(m.count, k);
            break;
        }
        rb_map_free(&m);
    });
}

UT_CASE(bits) {
    UT_EQ_INT(rb_bits_count(0xf0f), 8);
    UT_EQ_INT(rb_bits_lowest(0x50), 4);
    UT_EQ_INT(rb_bits_highest(0x50), 6);
    UT_CHECK(rb_is_pow2(1) && rb_is_pow2(64) && !rb_is_pow2(0) && !rb_is_pow2(65));
    UT_EQ_INT(rb_pow2_above(0), 1);
    UT_EQ_INT(rb_pow2_above(1), 1);
    UT_EQ_INT(rb_pow2_above(64), 64);
    UT_EQ_INT(rb_pow2_above(65), 128);
    UT_CHECK(rb_pow2_above((uint64_t)1 << 63) == (uint64_t)1 << 63);
    uint64_t m[3] = {0};
    UT_EQ_INT(rb_bitmap_words(129), 3);
    UT_EQ_INT(rb_bitmap_words(128), 2);
    for (int i = 0; i < 140; i += 7) rb_bitmap_add(m, i);
    UT_EQ_INT(rb_bitmap_count(m, 140), 20);
    UT_EQ_INT(rb_bitmap_count(m, 64), 10);
    UT_EQ_INT(rb_bitmap_count(m, 7), 1);
    UT_CHECK(rb_bitmap_has(m, 133) && !rb_bitmap_has(m, 134));
    rb_bitmap_remove(m, 133);
    UT_CHECK(!rb_bitmap_has(m, 133));
}

/* Close keys, and texts that differ in one bit, must not meet more often than chance has it. */
UT_CASE(hashes_spread) {
    enum { BUCKETS = 4096 };
    static uint8_t seen[4][BUCKETS];
    uint8_t text[40] = {0};
    int hit[4] = {0};
    for (uint64_t i = 0; i < BUCKETS; i++) {
        memcpy(text + 11, &i, sizeof i);
        uint64_t h[4] = {rb_hash_u64(i << 40), rb_hash_combine(7, i << 20), rb_hash_bytes(text, sizeof text),
                         rb_hash_bytes(text, 19) >> 50};
        for (int k = 0; k < 4; k++) hit[k] += !seen[k][h[k] % BUCKETS]++;
    }
    for (int k = 0; k < 4; k++) UT_CHECK(hit[k] > 2450); /* 4096 (1 - 1/e) is 2589 */
    for (size_t n = 1; n < sizeof text; n++) UT_CHECK(rb_hash_bytes(text, n) != rb_hash_bytes(text, n - 1));
    UT_CHECK(rb_hash_combine(1, 2) != rb_hash_combine(2, 1));
}

UT_MAIN(put_and_find, like_an_array, out_of_memory, bits, hashes_spread)
