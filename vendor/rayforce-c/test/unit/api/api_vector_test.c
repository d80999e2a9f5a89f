#include "ut.h"

#include "rayforce/errors.h"
#include "rayforce/rayforce.h"

UT_CASE(setup) { UT_CHECK(ray_sym_intern("abc", 3) > 0); }

static int released;
static void count_release(void *ctx) {
    UT_CHECK(ctx == &released);
    released++;
    ray_error_set(RAY_E_USER, "from the callback");
}

UT_CASE(memory_of_the_caller) {
    int64_t mem[3] = {1, 2, INT64_MIN};
    released = 0;
    ray_val *v = ray_vec_external(RAY_I64, mem, 3, count_release, &released);
    UT_CHECK(ray_data(v) == mem && !ray_may_have_nulls(v));
    ray_nulls_scan(v);
    UT_CHECK(ray_may_have_nulls(v) && ray_null_count(v) == 1);
    ray_val *s = ray_vec_slice(v, 1, 2);
    ray_release(v);
    UT_EQ_INT(released, 0);
    UT_CHECK(ray_data(s) == mem + 1);
    ray_release(s);
    UT_EQ_INT(released, 1);
    UT_ERROR(ray_vec_external(RAY_STR, mem, 3, count_release, &released), RAY_E_TYPE);
    UT_ERROR(ray_vec_external(RAY_I64, mem, -3, count_release, &released), RAY_E_LIMIT);
    int32_t ids[2] = {0, 1};
    v = ray_vec_external(RAY_SYM, ids, 2, NULL, NULL);
    UT_CHECK(v);
    ray_release(v);
    ids[0] = 100000;
    UT_ERROR(ray_vec_external(RAY_SYM, ids, 2, count_release, &released), RAY_E_DOMAIN);
    ids[0] = -1;
    UT_ERROR(ray_vec_external(RAY_SYM, ids, 2, count_release, &released), RAY_E_DOMAIN);
    UT_EQ_INT(released, 5);
    UT_SWEEP({
        released = 0;
        ray_val *x = ray_vec_external(RAY_I64, mem, 3, count_release, &released);
        if (x) ray_release(x);
        UT_EQ_INT(released, 1);
    });
}

UT_CASE(elements) {
    ray_val *v = ray_vec_new(RAY_I32, 2);
    memcpy(ray_data(v), (int32_t[]){5, INT32_MIN}, 8);
    ray_val *x = ray_at(v, 0);
    UT_EQ_INT(ray_int_get(x), 5);
    ray_release(x);
    x = ray_at(v, 1);
    UT_CHECK(ray_is_null(x));
    ray_release(x);
    UT_ERROR(ray_at(v, 2), RAY_E_INDEX);
    UT_ERROR(ray_at(v, -1), RAY_E_INDEX);
    UT_ERROR(ray_at(ray_null_get(), 0), RAY_E_TYPE);
    ray_release(v);
    UT_ERROR(ray_vec_new(77, 1), RAY_E_TYPE);
    v = ray_list_new(1);
    UT_ERROR(ray_data(v), RAY_E_TYPE);
    x = ray_at(v, 0);
    UT_CHECK(x == ray_null_get());
    ray_release(v);
    v = ray_int_new(RAY_I16, 7);
    UT_EQ_INT(*(int16_t *)ray_data(v), 7);
    ray_release(v);
}

/* An integer that merely equals a sentinel is a number until the flag says otherwise; the empty text is always null. */
UT_CASE(nulls) {
    uint8_t mask[3000], want[3000];
    static const struct {
        int type;
        int64_t sentinel;
    } rows[] = {{RAY_I16, INT16_MIN}, {RAY_I32, INT32_MIN}, {RAY_I64, INT64_MIN}, {RAY_DATE, INT32_MIN},
                {RAY_TIMESPAN, INT64_MIN}};
    for (size_t k = 0; k < RB_COUNT(rows); k++) {
        ray_val *v = ray_vec_new(rows[k].type, 3000);
        int width = ray_type_width(rows[k].type);
        for (int i = 0; i < 3000; i++) {
            int64_t x = i % 3 ? i : rows[k].sentinel;
            memcpy((char *)ray_data(v) + i * width, &x, (size_t)width); /* little-endian */
            want[i] = i % 3 == 0;
        }
        UT_EQ_INT(ray_null_count(v), 0);
        UT_CHECK(ray_null_mask_into(v, mask) == 0 && !memchr(mask, 1, sizeof mask));
        ray_nulls_scan(v);
        UT_EQ_INT(ray_null_count(v), 1000);
        UT_CHECK(ray_null_mask_into(v, mask) == 0);
        UT_EQ_MEM(mask, want, sizeof mask);
        ray_release(v);
    }
    ray_val *v = ray_strvec_new(0);
    UT_CHECK(ray_strvec_append(v, "", 0) == 0 && ray_strvec_append(v, "a", 1) == 0);
    UT_EQ_INT(ray_null_count(v), 1);
    ray_release(v);
    v = ray_vec_new(RAY_F64, 2);
    memcpy(ray_data(v), (double[]){__builtin_nan(""), 1}, 16);
    UT_EQ_INT(ray_null_count(v), 1);
    ray_release(v);
    v = ray_vec_new(RAY_U8, 2);
    memset(ray_data(v), 0, 2);
    UT_EQ_INT(ray_null_count(v), 0);
    ray_release(v);
    v = ray_list_new(2);
    ray_list_set_take(v, 0, ray_int_new(RAY_I64, 1));
    UT_EQ_INT(ray_null_count(v), 1);
    UT_CHECK(ray_null_mask_into(v, mask) == 0 && mask[0] == 0 && mask[1] == 1);
    ray_release(v);
    UT_EQ_INT(ray_null_count(ray_null_get()), 1);
    UT_ERROR(ray_null_mask_into(ray_null_get(), mask), RAY_E_TYPE);
}

UT_CASE(strings) {
    ray_val *v = ray_strvec_new(1);
    UT_CHECK(ray_strvec_append(v, "a text longer than a view", 25) == 0);
    size_t n;
    UT_EQ_MEM(ray_strvec_get(v, 0, &n), "a text longer than a view", 25);
    UT_EQ_INT(n, 25);
    UT_ERROR(ray_strvec_get(v, 1, &n), RAY_E_INDEX);
    UT_ERROR(ray_strvec_get(ray_null_get(), 0, &n), RAY_E_TYPE);
    UT_ERROR(ray_strvec_append(ray_null_get(), "", 0), RAY_E_TYPE);
    UT_EQ_INT(ray_strvec_buffers(v), 1);
    UT_EQ_MEM(ray_strvec_buffer_get(v, 0, &n), "a text longer than a view", 25);
    UT_EQ_INT(*(const int32_t *)ray_strvec_views_get(v), 25);
    UT_ERROR(ray_strvec_buffer_get(v, 1, &n), RAY_E_INDEX);
    UT_ERROR(ray_strvec_views_get(ray_null_get()), RAY_E_TYPE);
    UT_EQ_INT(ray_strvec_buffers(ray_null_get()), 0);
    UT_CHECK(ray_is_utf8("\xc3\xa4", 2) && !ray_is_utf8("\xc3", 1));
    ray_val *s = ray_vec_slice(v, 0, 1);
    UT_ERROR(ray_strvec_append(v, "x", 1), RAY_E_STATE);
    ray_release(s);
    UT_CHECK(ray_strvec_append(v, "x", 1) == 0);
    ray_release(v);
    UT_EQ_STR(ray_sym_text_get(ray_sym_intern("abc", 3), &n), "abc");
}

UT_MAIN(setup, memory_of_the_caller, elements, nulls, strings)
