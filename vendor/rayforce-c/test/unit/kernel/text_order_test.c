#include "kernel/kernel.h"

#include "ut.h"

static const char *word(const void *of, int64_t i, size_t *n) {
    const char *s = ((const char *const *)of)[i];
    *n = strlen(s);
    return s;
}

UT_CASE(relations) {
    const char *a[] = {"a", "ab", "b", ""}, *b[] = {"ab"};
    static const struct {
        enum rk_verb verb;
        uint8_t want[4];
    } rows[] = {{RK_EQ, {0, 1, 0, 0}}, {RK_NE, {1, 0, 1, 1}}, {RK_LT, {1, 0, 0, 1}},
                {RK_LE, {1, 1, 0, 1}}, {RK_GT, {0, 0, 1, 0}}, {RK_GE, {0, 1, 1, 0}}};
    const rk_text_side x = {word, a, false}, y = {word, b, true};
    for (size_t r = 0; r < RB_COUNT(rows); r++) {
        uint8_t out[4];
        rk_text_range(rows[r].verb, &x, &y, out, 0, 4);
        UT_EQ_MEM(out, rows[r].want, 4);
    }
    UT_CHECK(rk_text_order("\xff", 1, "a", 1) > 0); /* bytes, not signed characters */
}

UT_CASE(extremes) {
    const char *a[] = {"", "pear", "fig", "pear", "fig"};
    UT_EQ_INT(rk_text_extreme(word, a, false, 0, 5), 2);
    UT_EQ_INT(rk_text_extreme(word, a, true, 0, 5), 1);
    UT_EQ_INT(rk_text_extreme(word, a, true, 0, 1), -1);
}

UT_MAIN(relations, extremes)
