#include "ut.h"

#include "base/utf8.h"

UT_CASE(every_code_point) {
    for (uint32_t point = 0; point <= 0x10ffff; point++) {
        if (point >= 0xd800 && point < 0xe000) continue;
        char text[5] = {0};
        uint32_t back = 0;
        size_t n = rb_utf8_put(text, point);
        if (rb_utf8_next(text, n, &back) != n || back != point || !rb_utf8_check(text, n) ||
            rb_utf8_next(text, n - 1, &back) != 0)
            UT_FAIL("U+%04X", point);
    }
}

UT_CASE(what_is_no_text) {
    static const struct {
        const char *text;
        size_t n, valid;
        int64_t count;
    } cases[] = {
        {"", 0, 0, 0},
        {"\x80", 1, 0, 1},
        {"a\xc0\x80", 3, 1, 3},
        {"\xc1\xbf", 2, 0, 2},
        {"\xe0\x80\x80", 3, 0, 3},
        {"\xed\xa0\x80", 3, 0, 3},
        {"\xf0\x80\x80\x80", 4, 0, 4},
        {"\xf4\x90\x80\x80", 4, 0, 4},
        {"\xf5\x80\x80\x80", 4, 0, 4},
        {"\xff", 1, 0, 1},
        {"ab\xc3", 3, 2, 3},
        {"ab\xe2\x82", 4, 2, 4},
        {"\xe2\x82\xac", 3, 3, 1},
        {"\xc3\xa9t\xc3\xa9", 5, 5, 3},
        {"\0a", 2, 2, 2},
    };
    for (size_t i = 0; i < RB_COUNT(cases); i++) {
        UT_EQ_INT(rb_utf8_valid(cases[i].text, cases[i].n), cases[i].valid);
        UT_EQ_INT(rb_utf8_check(cases[i].text, cases[i].n), cases[i].valid == cases[i].n);
        UT_EQ_INT(rb_utf8_count(cases[i].text, cases[i].n), cases[i].count);
    }
}

/* The quick way through ASCII ends at any offset. */
UT_CASE(long_texts) {
    char text[64];
    for (size_t at = 0; at < 60; at++) {
        memset(text, 'x', sizeof text);
        memcpy(text + at, "\xc3\xa9", 2);
        UT_CHECK(rb_utf8_check(text, sizeof text));
        UT_EQ_INT(rb_utf8_count(text, sizeof text), 63);
        text[at + 1] = 'x';
        UT_EQ_INT(rb_utf8_valid(text, sizeof text), at);
        UT_EQ_INT(rb_utf8_count(text, sizeof text), 64);
    }
}

UT_MAIN(every_code_point, what_is_no_text, long_texts)
