#include "ut.h"

#include "ops/text_verbs.h"

static ray_rt rt;

UT_CASE(setup) {}

static ray_val *places(int64_t a, int64_t b) {
    ray_val *v = rv_vec_room_new(RY_I64, 2);
    int64_t at[] = {a, b};
    if (v && rv_vec_append(v, at, 2) == 0) return v;
    rv_release(v);
    return NULL;
}

/* Places outside or out of order are refused before anything is read there. */
UT_CASE(bad_places) {
    const int64_t bad[][2] = {{-1, 2}, {INT64_MIN, 0}, {0, 4}, {2, 1}, {0, INT64_MAX}, {4, 4}};
    for (size_t i = 0; i < RB_COUNT(bad); i++) {
        ray_val *text[] = {rv_str_new("abc", 3), places(bad[i][0], bad[i][1])};
        UT_ERROR(ro_split(&rt, text, 2), RB_E_DOMAIN);
        rv_release(text[0]);
        text[0] = rv_vec_new(RY_I64, 3);
        UT_ERROR(ro_split(&rt, text, 2), RB_E_DOMAIN);
        rv_release(text[0]);
        rv_release(text[1]);
    }
}

/* What was split is joined again. */
UT_CASE(there_and_back) {
    const char *texts[] = {"", ",", ",,a,", "a,bc,,def", "abc", ",a"};
    for (size_t i = 0; i < RB_COUNT(texts); i++) {
        ray_val *args[] = {rv_str_new(texts[i], strlen(texts[i])), rv_str_new(",", 1)};
        ray_val *pieces = ro_split(&rt, args, 2), *joined[] = {pieces, args[1]};
        ray_val *back = pieces ? ro_str_join(&rt, joined, 2) : NULL;
        UT_CHECK(back && rv_equal(back, args[0]));
        rv_release(args[0]);
        rv_release(args[1]);
        rv_release(pieces);
        rv_release(back);
    }
}

static void split_and_join(void) {
    ray_val *args[] = {rv_str_new("a,b and something that is too long to be kept inline,c", 54), rv_str_new(",", 1)};
    ray_val *pieces = args[0] && args[1] ? ro_split(&rt, args, 2) : NULL;
    ray_val *joined[] = {pieces, args[1]};
    ray_val *back = pieces ? ro_str_join(&rt, joined, 2) : NULL;
    if (!back) UT_EQ_INT(rb_error_code(), RB_E_OOM);
    rv_release(args[0]);
    rv_release(args[1]);
    rv_release(pieces);
    rv_release(back);
}

static void split_list(void) {
    ray_val *args[] = {rv_vec_new(RY_LIST, 3), places(1, 2)};
    ray_val *pieces = args[0] && args[1] ? ro_split(&rt, args, 2) : NULL;
    if (!pieces) UT_EQ_INT(rb_error_code(), RB_E_OOM);
    rv_release(args[0]);
    rv_release(args[1]);
    rv_release(pieces);
}

UT_CASE(no_memory) {
    UT_SWEEP(split_and_join());
    UT_SWEEP(split_list());
}

UT_MAIN(setup, bad_places, there_and_back, no_memory)
