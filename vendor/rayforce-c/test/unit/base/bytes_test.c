#include "ut.h"

#include "base/bytes.h"

UT_CASE(growing) {
    rb_bytes b = RB_BYTES_EMPTY;
    for (int i = 0; i < 10000; i++) UT_CHECK(rb_bytes_put(&b, &(uint8_t){(uint8_t)i}, 1) == 0);
    UT_EQ_INT(b.len, 10000);
    for (int i = 0; i < 10000; i++) UT_EQ_INT(b.p[i], (uint8_t)i);
    rb_bytes_free(&b);
    UT_CHECK(!b.p && !b.len && !b.cap);
    rb_bytes_free(&b);
}

UT_CASE(room_that_the_caller_fills) {
    rb_bytes b = RB_BYTES_EMPTY;
    uint8_t *at = rb_bytes_reserve(&b, 1000);
    memset(at, 7, 1000);
    b.len += 1000;
    UT_CHECK(rb_bytes_reserve(&b, 0) == b.p + 1000);
    UT_ERROR(rb_bytes_reserve(&b, SIZE_MAX), RB_E_OOM);
    UT_ERROR(rb_bytes_reserve(&b, (size_t)PTRDIFF_MAX - 1000), RB_E_OOM);
    UT_CHECK(b.len == 1000 && b.p[999] == 7);
    rb_bytes_free(&b);
    UT_CHECK(rb_bytes_reserve(&b, 0));
    UT_CHECK(rb_bytes_put(&b, NULL, 0) == 0);
    rb_bytes_free(&b);
}

UT_CASE(texts) {
    rb_bytes b = RB_BYTES_EMPTY;
    UT_CHECK(rb_bytes_put_text(&b, "a ") == 0 && rb_bytes_printf(&b, "%d%%", 42) == 0);
    UT_CHECK(rb_bytes_printf(&b, "%300s", "x") == 0 && rb_bytes_put(&b, "", 1) == 0);
    UT_EQ_INT(b.len, 2 + 3 + 300 + 1);
    UT_EQ_MEM(b.p, "a 42%   ", 8);
    UT_EQ_STR((char *)b.p + 5 + 299, "x");
    rb_bytes_free(&b);
}

UT_CASE(dropping_the_front) {
    rb_bytes b = RB_BYTES_EMPTY;
    rb_bytes_drop(&b, 0);
    UT_CHECK(rb_bytes_put_text(&b, "abcdef") == 0);
    rb_bytes_drop(&b, 2);
    UT_CHECK(b.len == 4 && memcmp(b.p, "cdef", 4) == 0);
    rb_bytes_drop(&b, 4);
    UT_EQ_INT(b.len, 0);
    rb_bytes_free(&b);
}

UT_CASE(a_cursor_stops_at_the_end) {
    static const uint8_t bytes[] = {1, 2, 3};
    rb_cursor c = {bytes, bytes + 3};
    UT_CHECK(rb_cursor_take(&c, 2) == bytes && rb_cursor_left(&c) == 1);
    UT_CHECK(!rb_cursor_take(&c, 2) && rb_cursor_left(&c) == 1);
    UT_CHECK(!rb_cursor_take(&c, SIZE_MAX));
    UT_CHECK(rb_cursor_take(&c, 1) == bytes + 2 && rb_cursor_take(&c, 0) == bytes + 3);
}

UT_CASE(out_of_memory) {
    UT_SWEEP({
        rb_bytes b = RB_BYTES_EMPTY;
        for (int i = 0; i < 100; i++) {
            size_t was = b.len;
            if (rb_bytes_put_text(&b, "0123456789") == 0) continue;
            UT_EQ_INT(rb_error_code(), RB_E_OOM);
            UT_EQ_INT(b.len, was);
            break;
        }
        rb_bytes_free(&b);
    });
}

UT_MAIN(growing, room_that_the_caller_fills, texts, dropping_the_front, a_cursor_stops_at_the_end, out_of_memory)
