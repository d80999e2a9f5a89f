#include "ut.h"

#include "value/value.h"

static const char *const words[] = {"", "a", "twelve bytes", "fourteen bytes", "a text that is longer than any view"};

static ray_val *vector_of_words(int rounds) {
    ray_val *v = rv_vec_room_new(RY_STR, 0);
    for (int r = 0; v && r < rounds; r++)
        for (size_t i = 0; i < RB_COUNT(words); i++)
            if (rv_strvec_append(v, words[i], strlen(words[i])) < 0) {
                rv_release(v);
                return NULL;
            }
    return v;
}

static void is_text(const ray_val *v, int64_t i, const char *wanted) {
    size_t n;
    const char *text = rv_strvec_get(v, i, &n);
    UT_CHECK(n == strlen(wanted) && memcmp(text, wanted, n) == 0);
}

static void check_words(const ray_val *v, int64_t from) {
    UT_CHECK(!rv_check(v));
    for (int64_t i = 0; i < v->len; i++) is_text(v, i, words[(size_t)(i + from) % RB_COUNT(words)]);
}

UT_CASE(short_texts_need_no_heap) {
    ray_val *v = rv_vec_room_new(RY_STR, 2);
    UT_CHECK(rv_strvec_append(v, "a", 1) == 0 && rv_strvec_append(v, "twelve bytes", 12) == 0);
    UT_CHECK(!v->u.heap && !rv_check(v));
    UT_CHECK(rv_strvec_append(v, "thirteen byte", 13) == 0);
    UT_CHECK(v->u.heap && v->u.heap->count == 1 && !rv_check(v));
    rv_release(v);
}

UT_CASE(texts_of_all_lengths) {
    ray_val *v = vector_of_words(1000);
    UT_EQ_INT(v->len, 5000);
    UT_CHECK(v->u.heap->count > 1 && v->u.heap->count < 10);
    check_words(v, 0);
    rv_release(v);
}

UT_CASE(slices_share_the_heap_and_do_not_disturb_each_other) {
    ray_val *v = vector_of_words(3);
    ray_val *s = rv_vec_slice(v, 2, 10);
    UT_CHECK(s->u.heap == v->u.heap);
    check_words(s, 2);
    v = rv_own_take(v);
    UT_CHECK(rv_strvec_append(v, words[0], 0) == 0 && rv_strvec_append(v, words[1], 1) == 0);
    UT_CHECK(rv_strvec_append(v, words[2], 12) == 0 && rv_strvec_append(v, words[3], 14) == 0);
    UT_CHECK(v->u.heap != s->u.heap);
    check_words(v, 0);
    s = rv_own_take(s);
    UT_CHECK(rv_strvec_set(s, 0, words[4], strlen(words[4])) == 0);
    is_text(s, 0, words[4]);
    check_words(v, 0);
    rv_release(v);
    UT_CHECK(!rv_check(s));
    rv_release(s);
}

UT_CASE(a_text_of_the_vector_itself_can_be_appended) {
    ray_val *v = vector_of_words(1);
    for (int i = 0; i < 200; i++) {
        size_t n;
        const char *text = rv_strvec_get(v, 4, &n);
        UT_CHECK(rv_strvec_append(v, text, n) == 0);
    }
    is_text(v, 204, words[4]);
    rv_release(v);
}

UT_CASE(views_can_be_copied_to_a_vector_like_it) {
    ray_val *v = vector_of_words(2);
    ray_val *picked = rv_strvec_like_new(v, 2);
    is_text(picked, 0, "");
    RV_DATA(ry_strview, picked)[0] = RV_DATA(ry_strview, v)[4];
    RV_DATA(ry_strview, picked)[1] = RV_DATA(ry_strview, v)[1];
    rv_release(v);
    UT_CHECK(!rv_check(picked));
    is_text(picked, 0, words[4]);
    UT_CHECK(rv_strvec_append(picked, words[3], 14) == 0 && !rv_check(picked));
    rv_release(picked);
}

static int released;
static void count_release(rv_buf *b) {
    (void)b;
    released++;
}

UT_CASE(buffers_of_text_are_adopted) {
    static char text[] = "a long text that belongs to somebody else";
    released = 0;
    ray_val *v = rv_vec_new(RY_STR, 1);
    int32_t heap = rv_strvec_adopt_take(v, rv_buf_external(text, sizeof text, true, count_release, NULL));
    UT_EQ_INT(heap, 0);
    RV_DATA(ry_strview, v)[0] = rv_strview_of(text + 2, 20, heap, 2);
    UT_CHECK(!rv_check(v));
    UT_CHECK(rv_strvec_append(v, words[4], strlen(words[4])) == 0 && v->u.heap->count == 2);
    UT_EQ_STR(text, "a long text that belongs to somebody else");
    rv_release(v);
    UT_EQ_INT(released, 1);
    for (int i = 0; i < 20; i++) {
        v = rv_vec_new(RY_STR, 0);
        for (int j = 0; j < i; j++)
            UT_EQ_INT(rv_strvec_adopt_take(v, rv_buf_external(text, sizeof text, true, NULL, NULL)), j);
        UT_CHECK(!rv_check(v));
        rv_release(v);
    }
}

UT_CASE(too_long_for_a_view) {
    ray_val *v = rv_vec_new(RY_STR, 1);
    UT_ERROR(rv_strvec_append(v, "x", (size_t)INT32_MAX + 1), RB_E_LIMIT);
    UT_ERROR(rv_strvec_set(v, 0, "x", (size_t)INT32_MAX + 1), RB_E_LIMIT);
    UT_EQ_INT(v->len, 1);
    rv_release(v);
}

UT_CASE(out_of_memory) {
    UT_SWEEP({
        ray_val *v = vector_of_words(3);
        ray_val *s = v ? rv_vec_slice(v, 0, 5) : NULL;
        s = s ? rv_own_take(s) : NULL;
        bool done = s && rv_strvec_append(s, words[4], strlen(words[4])) == 0 &&
                    rv_strvec_adopt_take(s, rv_buf_new(100)) >= 0;
        if (!done) UT_EQ_INT(rb_error_code(), RB_E_OOM);
        if (s) UT_CHECK(!rv_check(s));
        if (v) check_words(v, 0);
        rv_release(s);
        rv_release(v);
    });
}

UT_MAIN(short_texts_need_no_heap, texts_of_all_lengths, slices_share_the_heap_and_do_not_disturb_each_other,
        a_text_of_the_vector_itself_can_be_appended, views_can_be_copied_to_a_vector_like_it,
        buffers_of_text_are_adopted, too_long_for_a_view, out_of_memory)
