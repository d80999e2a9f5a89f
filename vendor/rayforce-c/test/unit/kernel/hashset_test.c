/* Sets, bitmaps and numberings against plain loops. */
#include "kernel/collect_kernels.h"
#include "ut.h"

enum { N = 3000 };
static uint64_t keys[N];

static void make_keys(uint64_t modulus) {
    for (uint64_t i = 0; i < N; i++) keys[i] = i * 7919 * 7919 % modulus;
}

static bool among(uint64_t key, int64_t n) {
    for (int64_t i = 0; i < n; i++)
        if (keys[i] == key) return true;
    return false;
}

UT_CASE(sets) {
    make_keys(1009);
    static uint64_t slot[1024], word[17];
    static uint8_t out[N];
    memset(slot, 0, sizeof slot);
    static uint64_t fine[1024 / 8];
    rk_set s = {slot, NULL, 1024, false}, f = {slot, fine, 1024, false};
    rk_set_add(&s, keys, 400);
    rk_set_has(&s, keys, N, out);
    for (int64_t i = 0; i < N; i++) UT_EQ_INT(out[i], among(keys[i], 400));
    memset(slot, 0, sizeof slot);
    rk_set_add(&f, keys, 400);
    rk_set_has(&f, keys, N, out);
    for (int64_t i = 0; i < N; i++) UT_EQ_INT(out[i], among(keys[i], 400));
    rk_bits b = {word, 1009, 0};
    rk_bits_add(&b, keys, 400);
    rk_bits_has(&b, keys, N, out);
    for (int64_t i = 0; i < N; i++) UT_EQ_INT(out[i], among(keys[i], 400));
    uint64_t outside = 5000;
    rk_bits_has(&b, &outside, 1, out);
    UT_EQ_INT(out[0], 0);
    /* A key just below the base is not the null, whose place is 0. */
    static uint64_t one;
    rk_bits based = {&one, 5, 10};
    uint64_t in[2] = {0, 3}, asked[4] = {0, 10, 13, 9};
    rk_bits_add(&based, in, 2);
    rk_bits_has(&based, asked, 4, out);
    UT_CHECK(out[0] && !out[1] && out[2] && !out[3]);
    uint64_t list[1009];
    int64_t n = rk_bits_count(&b);
    rk_bits_list(&b, list);
    for (int64_t i = 1; i < n; i++) UT_CHECK(list[i - 1] < list[i] && among(list[i], 400));
}

UT_CASE(numbering) {
    make_keys(97);
    static rk_slot slot[64], larger[512];
    static int32_t id[N], dense[97], id2[N];
    int64_t first[256], first2[97];
    memset(slot, 0, sizeof slot);
    memset(larger, 0, sizeof larger);
    rk_numbering t = {slot, 64, 0};
    int64_t done = rk_numbering_add(&t, keys, N, 0, id, first);
    UT_EQ_INT(t.count, 32);
    UT_CHECK(done < N);
    rk_numbering to = {larger, 512, 0};
    rk_numbering_move(&t, &to);
    UT_EQ_INT(rk_numbering_add(&to, keys + done, N - done, done, id + done, first), N - done);
    UT_EQ_INT(to.count, 97);
    UT_EQ_INT(rk_numbering_dense(dense, keys, N, 0, 0, id2, first2), 97);
    UT_EQ_MEM(id, id2, sizeof id);
    UT_EQ_MEM(first, first2, sizeof first2);
    for (int64_t i = 0; i < N; i++) UT_CHECK(keys[first[id[i]]] == keys[i] && first[id[i]] <= i);
    uint64_t unknown[2] = {keys[5], 1000};
    int64_t found[2];
    rk_numbering_find(&to, unknown, 2, found);
    UT_EQ_INT(found[0], id[5]);
    UT_EQ_INT(found[1], -1);
}

UT_CASE(rows) {
    int32_t id[6] = {0, 1, 0, 2, 1, 0};
    int64_t start[4], rows[6], expected[6] = {0, 2, 5, 1, 4, 3};
    rk_group_starts(id, 6, 3, start);
    rk_group_rows(id, 6, 3, start, rows);
    UT_EQ_MEM(rows, expected, sizeof rows);
    UT_EQ_INT(start[0], 0);
    UT_EQ_INT(start[1], 3);
    UT_EQ_INT(start[3], 6);
}

UT_MAIN(sets, numbering, rows)
