#include "ut.h"

UT_CASE(counters_are_exact) {
    rb_heap_stats a, b;
    rb_heap_stats_into(&a);
    void *p = rb_alloc(100), *q = rb_alloc_zero(50), *r = rb_block_alloc(1000), *z = rb_alloc(0);
    UT_CHECK(p && q && r && z);
    rb_heap_stats_into(&b);
    UT_EQ_INT(b.blocks - a.blocks, 4);
    UT_EQ_INT(b.bytes - a.bytes, 1150);
    UT_CHECK(b.peak_bytes >= b.bytes);
    for (int i = 0; i < 50; i++) UT_EQ_INT(((char *)q)[i], 0);
    p = rb_realloc(p, 100, 300);
    rb_heap_stats_into(&b);
    UT_EQ_INT(b.blocks - a.blocks, 4);
    UT_EQ_INT(b.bytes - a.bytes, 1350);
    rb_free(p, 300);
    rb_free(q, 50);
    rb_block_free(r, 1000);
    rb_free(z, 0);
    rb_free(NULL, 5);
    rb_block_free(NULL, 5);
    rb_heap_stats_into(&b);
    UT_CHECK(b.blocks == a.blocks && b.bytes == a.bytes);
}

UT_CASE(growing_keeps_the_contents) {
    char *p = rb_realloc(NULL, 0, 10);
    memcpy(p, "123456789", 10);
    p = rb_realloc(p, 10, 1000);
    UT_EQ_STR(p, "123456789");
    p = rb_realloc(p, 1000, 5);
    UT_EQ_MEM(p, "12345", 5);
    rb_free(p, 5);
}

UT_CASE(blocks_are_aligned) {
    static const size_t sizes[] = {0, 1, 63, 64, 4096, RB_BIG_BLOCK - 1, RB_BIG_BLOCK, RB_BIG_BLOCK + 1,
                                   5 * RB_BIG_BLOCK};
    for (size_t i = 0; i < RB_COUNT(sizes); i++) {
        char *p = rb_block_alloc(sizes[i]);
        UT_CHECK(p && (uintptr_t)p % RB_CACHE_LINE == 0);
        if (sizes[i] >= RB_BIG_BLOCK) UT_EQ_INT((uintptr_t)p % RB_BIG_BLOCK, 0);
        if (sizes[i]) p[0] = p[sizes[i] - 1] = 1;
        rb_block_free(p, sizes[i]);
    }
}

UT_CASE(rooms_count_when_they_are_used) {
    rb_heap_stats a, b;
    const size_t large = 3 * RB_BIG_BLOCK + 5, small = 1000;
    rb_heap_stats_into(&a);
    char *p = rb_room_alloc(large), *q = rb_room_alloc(large), *r = rb_room_alloc(small);
    UT_CHECK(p && q && r && (uintptr_t)p % RB_CACHE_LINE == 0);
    rb_heap_stats_into(&b);
    UT_EQ_INT(b.bytes - a.bytes, small);
    UT_CHECK(p[0] == 0 && p[large - 1] == 0);
    rb_room_use(large);
    rb_room_use(small);
    rb_heap_stats_into(&b);
    UT_EQ_INT(b.bytes - a.bytes, small + large);
    rb_room_free(p, large, true);
    rb_room_free(q, large, false);
    rb_room_free(r, small, true);
    rb_room_free(NULL, large, false);
    rb_heap_stats_into(&b);
    UT_CHECK(b.blocks == a.blocks && b.bytes == a.bytes);
    UT_ERROR(rb_room_alloc(SIZE_MAX), RB_E_OOM);
}

UT_CASE(pages_that_are_emptied) {
    enum { SIZE = 1 << 16 };
    unsigned char *p = rb_alloc(SIZE);
    memset(p, 7, SIZE);
    size_t given = rb_pages_empty(p + 1, SIZE - 2);
    UT_CHECK(given < SIZE && p[0] == 7 && p[SIZE - 1] == 7);
#ifdef __linux__
    UT_CHECK(given >= SIZE / 2);
#endif
    size_t zeros = 0;
    for (int i = 0; i < SIZE; i++) zeros += p[i] == 0;
    UT_EQ_INT(zeros, given);
    UT_EQ_INT(rb_pages_empty(p, 1), 0);
    rb_free(p, SIZE);
}

UT_CASE(a_limit) {
    UT_CHECK(rb_heap_limit() > 0); /* the machine's */
    rb_heap_stats now;
    rb_heap_stats_into(&now);
    rb_heap_limit_set(now.bytes + (3 << 19));
    UT_EQ_INT(rb_heap_limit(), now.bytes + (3 << 19));
    UT_ERROR(rb_alloc(2 << 20), RB_E_OOM);
    UT_ERROR(rb_block_alloc(2 << 20), RB_E_OOM);
    void *p = rb_alloc(1 << 19), *q = rb_block_alloc(1 << 19);
    UT_CHECK(p && q);
    UT_ERROR(rb_realloc(p, 1 << 19, 3 << 19), RB_E_OOM);
    p = rb_realloc(p, 1 << 19, 1 << 18);
    UT_CHECK(p);
    rb_heap_limit_set(0);
    p = rb_realloc(p, 1 << 18, 4 << 20);
    UT_CHECK(p);
    rb_free(p, 4 << 20);
    rb_block_free(q, 1 << 19);
}

UT_CASE(too_much) {
    UT_ERROR(rb_alloc(SIZE_MAX), RB_E_OOM);
    UT_ERROR(rb_alloc_zero((size_t)PTRDIFF_MAX + 1), RB_E_OOM);
    UT_ERROR(rb_block_alloc(SIZE_MAX), RB_E_OOM);
    UT_ERROR(rb_block_alloc((size_t)PTRDIFF_MAX), RB_E_OOM);
    char *p = rb_alloc(4);
    memcpy(p, "abc", 4);
    UT_ERROR(rb_realloc(p, 4, SIZE_MAX), RB_E_OOM);
    UT_EQ_STR(p, "abc");
    rb_free(p, 4);
}

static bool works(void) {
    void *p = rb_alloc(1);
    rb_free(p, 1);
    return p != NULL;
}

UT_CASE(failures_on_demand) {
    rb_alloc_fail_at(3, false);
    UT_CHECK(works() && works() && !rb_alloc_has_failed());
    UT_CHECK(!works() && rb_alloc_has_failed());
    UT_CHECK(works());
    rb_alloc_fail_at(1, true);
    UT_CHECK(!works() && !works());
    UT_ERROR(rb_block_alloc(10), RB_E_OOM);
    rb_alloc_fail_at(0, false);
    UT_CHECK(works() && !rb_alloc_has_failed());
}

UT_MAIN(counters_are_exact, growing_keeps_the_contents, blocks_are_aligned, rooms_count_when_they_are_used,
        pages_that_are_emptied, a_limit, too_much, failures_on_demand)
