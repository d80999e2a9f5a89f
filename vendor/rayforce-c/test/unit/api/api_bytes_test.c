#include "ut.h"

#include "rayforce/errors.h"
#include "rayforce/rayforce.h"

static ray_val *sample(void) {
    ray_val *v = ray_list_new(3);
    if (!v) return NULL;
    ray_list_set_take(v, 0, ray_int_new(RAY_I64, 1));
    ray_list_set_take(v, 1, ray_str_new("abc", 3));
    ray_list_set_take(v, 2, ray_vec_of_i64(RAY_I32, (int64_t[]){1, 2, INT64_MIN}, 3, 1, 0, true));
    return v;
}

UT_CASE(there_and_back_in_every_dialect) {
    static const char *const dialects[] = {"1.x", "2.x", NULL};
    for (size_t i = 0; i < RB_COUNT(dialects); i++) {
        ray_val *v = i == 0 ? ray_vec_of_i64(RAY_I64, (int64_t[]){1, 2}, 2, 1, 0, false) : sample();
        ray_val *bytes = ray_encode(v, dialects[i]);
        UT_CHECK(bytes && ray_type(bytes) == RAY_U8);
        ray_val *back = ray_decode(ray_data(bytes), (size_t)ray_len(bytes), dialects[i]);
        UT_CHECK(back && ray_equal(back, v) && ray_hash(back) == ray_hash(v));
        ray_release(back);
        UT_CHECK(!ray_decode(ray_data(bytes), (size_t)ray_len(bytes) - 1, dialects[i]));
        ray_release(bytes);
        ray_release(v);
    }
}

UT_CASE(packed) {
    ray_val *zeros = ray_vec_new(RAY_I64, 10000), *one = ray_int_new(RAY_I64, 1);
    memset(ray_data(zeros), 0, 80000);
    for (int i = 0; i < 2; i++) {
        const ray_val *v = i ? one : zeros;
        ray_val *bytes = ray_encode_packed(v);
        size_t n = (size_t)ray_len(bytes);
        UT_CHECK(n < 3000);
        ray_val *back = ray_decode(ray_data(bytes), n, NULL);
        UT_CHECK(back && ray_equal(back, v));
        ray_release(back);
        UT_CHECK(!ray_decode(ray_data(bytes), n - 1, NULL)); /* neither a whole message nor a value */
        ((uint8_t *)ray_data(bytes))[n - 9]++;
        ray_release(ray_decode(ray_data(bytes), n, NULL)); /* whatever it is now */
        ray_release(bytes);
    }
    UT_SWEEP({
        ray_val *bytes = ray_encode_packed(zeros);
        ray_val *back = bytes ? ray_decode(ray_data(bytes), (size_t)ray_len(bytes), NULL) : NULL;
        ray_release(back);
        ray_release(bytes);
    });
    ray_release(zeros);
    ray_release(one);
}

UT_CASE(what_cannot_be) {
    ray_val *v = sample();
    UT_ERROR(ray_encode(v, "9.x"), RAY_E_VALUE);
    UT_ERROR(ray_decode("\x7e", 1, "9.x"), RAY_E_VALUE);
    UT_ERROR(ray_decode("\x7e\x7e", 2, NULL), RAY_E_VALUE);
    UT_CHECK(ray_decode("\x7e", 1, NULL) == ray_null_get());
    ray_release(v);
    UT_SWEEP({
        ray_val *s = sample();
        ray_val *bytes = s ? ray_encode(s, NULL) : NULL;
        ray_val *back = bytes ? ray_decode(ray_data(bytes), (size_t)ray_len(bytes), NULL) : NULL;
        ray_release(back);
        ray_release(bytes);
        ray_release(s);
    });
}

static void shows(ray_val *text, const char *wanted) {
    size_t n;
    const char *p = ray_text_get(text, &n);
    if (n != strlen(wanted) || memcmp(p, wanted, n) != 0) UT_FAIL("\"%.*s\", expected \"%s\"", (int)n, p, wanted);
    ray_release(text);
}

UT_CASE(text) {
    ray_val *v = ray_int_new(RAY_I64, 42);
    shows(ray_format(v, false), "42");
    UT_ERROR(ray_format_table(v, 1, 1), RAY_E_TYPE);
    ray_release(v);
    v = ray_vec_new(RAY_I64, 1000);
    memset(ray_data(v), 0, 8000);
    ray_val *cut = ray_format(v, false), *whole = ray_format(v, true);
    UT_CHECK(ray_len(cut) < ray_len(whole) && ray_len(whole) >= 2000);
    ray_release(cut);
    ray_release(whole);
    ray_release(v);
    v = ray_table_new_take(ray_vec_new(RAY_SYM, 0), ray_list_new(0));
    ray_val *box = ray_format_table(v, -1, -1);
    UT_CHECK(box && ray_len(box) > 0);
    ray_release(box);
    ray_release(v);
}

UT_MAIN(there_and_back_in_every_dialect, packed, what_cannot_be, text)
