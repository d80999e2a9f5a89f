#include "ut.h"

#include "ops/text_verbs.h"

static ray_rt rt;

static bool like(const char *text, size_t n, const char *pattern, size_t m) {
    ray_val *args[] = {rv_str_new(text, n), rv_str_new(pattern, m)};
    ray_val *out = ro_like(&rt, args, 2);
    UT_CHECK(out && out->type == -RY_B8);
    bool hit = out->u.b8;
    rv_release(args[0]);
    rv_release(args[1]);
    rv_release(out);
    return hit;
}

/* The plain recursive meaning of * and ?, to compare with. */
static bool plain(const char *t, const char *p) {
    if (!*p) return !*t;
    if (*p == '*') return plain(t, p + 1) || (*t && plain(t + 1, p));
    return *t && (*p == '?' || *p == *t) && plain(t + 1, p + 1);
}

UT_CASE(stars_and_questions) {
    const char letters[] = "ab*?";
    for (int i = 0; i < 4 * 4 * 4 * 4 * 4; i++)
        for (int j = 0; j < 32; j++) {
            char pattern[6] = "", text[6] = "";
            for (int k = 0, x = i; k < 5; k++, x /= 4) pattern[k] = letters[x % 4];
            for (int k = 0; k < j % 6; k++) text[k] = letters[(j >> k) & 1];
            if (like(text, strlen(text), pattern, 5) != plain(text, pattern))
                UT_FAIL("\"%s\" like \"%s\"", text, pattern);
        }
}

UT_CASE(sets) {
    UT_CHECK(like("]", 1, "[]]", 3) && like("-", 1, "[a-]", 4) && like("-", 1, "[-a]", 4));
    UT_CHECK(!like("a", 1, "[!a-c]", 6) && like("d", 1, "[!a-c]", 6) && like("!", 1, "[a!]", 4));
    UT_CHECK(!like("b", 1, "[c-a]", 5) && like("\xff", 1, "[\x80-\xff]", 5));
    UT_CHECK(like("[", 1, "[", 1) && like("a[b", 3, "a[b", 3) && !like("", 0, "[a]", 3));
}

/* Many stars against a text that almost matches: the work stays a product of the two lengths. */
UT_CASE(no_blow_up) {
    static char text[20001], pattern[402];
    memset(text, 'a', 20000);
    for (int i = 0; i < 200; i++) pattern[2 * i] = '*', pattern[2 * i + 1] = 'a';
    pattern[400] = '*', pattern[401] = 'b';
    UT_CHECK(!like(text, 20000, pattern, 402));
    pattern[401] = 'a';
    UT_CHECK(like(text, 20000, pattern, 402));
}

static void search_list(rv_verb_fn verb) {
    ray_val *items[] = {rv_str_new("a", 1), rv_str_new("", 0)};
    ray_val *args[] = {rv_list_of_take(2, items), rv_str_new("a", 1)};
    ray_val *out = args[0] && args[1] ? verb(&rt, args, 2) : NULL;
    if (!out) UT_EQ_INT(rb_error_code(), RB_E_OOM);
    rv_release(args[0]);
    rv_release(args[1]);
    rv_release(out);
}

UT_CASE(no_memory) {
    const rv_verb_fn verbs[] = {ro_like, ro_str_find};
    for (size_t i = 0; i < RB_COUNT(verbs); i++)
        UT_SWEEP(search_list(verbs[i]));
}

UT_MAIN(stars_and_questions, sets, no_blow_up, no_memory)
