#include "ut.h"

#include "rayforce/errors.h"
#include "rayforce/rayforce.h"

enum { N = 5000 }; /* more than two blocks */
static int64_t in[N], out[N];
static double floats[N];

static const int types[] = {RAY_U8, RAY_I16, RAY_I32, RAY_I64, RAY_DATE, RAY_TIME, RAY_TIMESTAMP, RAY_TIMESPAN};

UT_CASE(there_and_back) {
    for (size_t k = 0; k < RB_COUNT(types); k++)
        for (int64_t scale = 1; scale <= 48; scale += scale < 8 ? 1 : 20)
            for (int64_t offset = -7; offset <= 1000; offset += 1007) {
                bool nulls = types[k] != RAY_U8;
                for (int i = 0; i < N; i++)
                    in[i] = nulls && i % 7 == 3 ? INT64_MIN : (i % 200 - (nulls ? 100 : 0)) * scale + offset;
                ray_val *v = ray_vec_of_i64(types[k], in, N, scale, offset, nulls);
                UT_CHECK(v && ray_type(v) == types[k] && ray_len(v) == N);
                UT_EQ_INT(ray_may_have_nulls(v), nulls);
                UT_CHECK(ray_vec_i64_into(v, scale, offset, out) == 0);
                UT_EQ_MEM(in, out, sizeof in);
                ray_release(v);
            }
}

UT_CASE(every_quotient_is_exact_or_refused) {
    for (int64_t scale = 1; scale < 200; scale++)
        for (int64_t x = -500; x < 500; x++) {
            ray_val *v = ray_vec_of_i64(RAY_I64, &x, 1, scale, 3, false);
            if ((x - 3) % scale) {
                UT_CHECK(!v && ray_error_code() == RAY_E_CONVERT);
            } else {
                UT_EQ_INT(*(int64_t *)ray_data(v), (x - 3) / scale);
                ray_release(v);
            }
        }
}

/* Scales near the ends of the range, where a wrapped product could look right. */
UT_CASE(large_scales) {
    static const int64_t scales[] = {1000000000, 86400000000000, (int64_t)1 << 62, 3037000500,
                                     INT64_MAX,  INT64_MAX / 3};
    static const int64_t values[] = {INT64_MIN + 1, INT64_MAX, INT64_MAX - 1, -86400000000000, 0, 1, -1, 1000000000};
    for (size_t i = 0; i < RB_COUNT(scales); i++)
        for (size_t j = 0; j < RB_COUNT(values); j++) {
            ray_val *v = ray_vec_of_i64(RAY_TIMESTAMP, &values[j], 1, scales[i], 0, true);
            UT_EQ_INT(v != NULL, values[j] % scales[i] == 0);
            if (v) UT_EQ_INT(*(int64_t *)ray_data(v), values[j] / scales[i]);
            ray_release(v);
        }
}

static void refused(int type, int64_t x, int64_t scale, int64_t offset, bool nulls) {
    for (int i = 0; i < N; i++) in[i] = scale + offset;
    in[4321] = x;
    UT_ERROR(ray_vec_of_i64(type, in, N, scale, offset, nulls), RAY_E_CONVERT);
    UT_EQ_INT(ray_error_detail(0), 4321);
}

UT_CASE(what_does_not_fit_names_its_row) {
    refused(RAY_U8, 256, 1, 0, false);
    refused(RAY_U8, -1, 1, 0, false);
    refused(RAY_U8, INT64_MIN, 1, 0, true);
    refused(RAY_B8, 2, 1, 0, false);
    refused(RAY_I16, 32768, 1, 0, false);
    refused(RAY_I16, -32768, 1, 0, false);
    refused(RAY_I32, INT32_MIN, 1, 0, true);
    refused(RAY_DATE, (int64_t)INT32_MAX + 1, 1, 0, true);
    refused(RAY_I64, INT64_MIN, 1, 0, false);
    refused(RAY_I64, INT64_MIN + 1, 1, 2, false);
    refused(RAY_I64, INT64_MAX, 1, -1, false);
    refused(RAY_DATE, 86400000000001, 86400000000000, 0, true);
    UT_ERROR(ray_vec_of_i64(RAY_F64, in, N, 1, 0, true), RAY_E_TYPE);
    UT_ERROR(ray_vec_of_i64(RAY_SYM, in, N, 1, 0, true), RAY_E_TYPE);
    UT_ERROR(ray_vec_of_i64(RAY_TABLE, in, N, 1, 0, true), RAY_E_TYPE);
    UT_ERROR(ray_vec_of_i64(RAY_I64, in, N, 0, 0, true), RAY_E_DOMAIN);
    UT_ERROR(ray_vec_of_i64(RAY_I64, in, -1, 1, 0, true), RAY_E_LIMIT);
}

static ray_val *i64s(int64_t fill, int64_t odd_one) {
    ray_val *v = ray_vec_new(RAY_I64, N);
    UT_CHECK(v);
    int64_t *x = ray_data(v);
    for (int i = 0; i < N; i++) x[i] = fill;
    x[3000] = odd_one;
    return v;
}

static void overflows(int64_t odd_one, int64_t scale, int64_t offset) {
    ray_val *v = i64s(1, odd_one);
    UT_ERROR(ray_vec_i64_into(v, scale, offset, out), RAY_E_CONVERT);
    UT_EQ_INT(ray_error_detail(0), 3000);
    ray_release(v);
}

UT_CASE(overflow_names_its_row) {
    overflows(INT64_MAX, 1, 1);
    overflows(INT64_MAX / 2 + 1, 2, 0);
    overflows(-INT64_MAX, 1, -1); /* would look like a null */
    overflows(-INT64_MAX, 1, -2);
    overflows(INT64_MIN, 1, 0); /* without the flag it is a number, and has no form here */
    ray_val *v = i64s(1, INT64_MIN);
    ray_nulls_scan(v);
    UT_CHECK(ray_vec_i64_into(v, 1000, -5, out) == 0);
    UT_CHECK(out[0] == 995 && out[3000] == INT64_MIN);
    ray_release(v);
    v = ray_vec_new(RAY_F64, 1);
    UT_ERROR(ray_vec_i64_into(v, 1, 0, out), RAY_E_TYPE);
    ray_release(v);
    UT_ERROR(ray_vec_i64_into(ray_null_get(), 1, 0, out), RAY_E_TYPE);
}

UT_CASE(blocks_of_nothing_but_nulls) {
    for (int i = 0; i < N; i++) in[i] = INT64_MIN;
    ray_val *v = ray_vec_of_i64(RAY_DATE, in, N, 86400, 7, true);
    UT_CHECK(v && ray_vec_i64_into(v, INT64_MAX, INT64_MAX, out) == 0);
    UT_EQ_MEM(in, out, sizeof in);
    UT_CHECK(ray_vec_f64_into(v, floats) == 0 && floats[N - 1] != floats[N - 1]);
    ray_release(v);
}

UT_CASE(doubles) {
    for (int i = 0; i < N; i++) in[i] = i % 5 ? i - 100 : INT64_MIN;
    for (size_t k = 1; k < RB_COUNT(types); k++) {
        ray_val *v = ray_vec_of_i64(types[k], in, N, 1, 0, true);
        UT_CHECK(v && ray_vec_f64_into(v, floats) == 0);
        for (int i = 0; i < N; i++)
            UT_CHECK(i % 5 ? floats[i] == i - 100 : floats[i] != floats[i]);
        ray_release(v);
    }
    ray_val *v = ray_vec_new(RAY_B8, 2);
    memcpy(ray_data(v), (uint8_t[]){0, 1}, 2);
    UT_CHECK(ray_vec_f64_into(v, floats) == 0 && floats[0] == 0 && floats[1] == 1);
    ray_release(v);
    v = ray_vec_new(RAY_F32, 1);
    *(float *)ray_data(v) = 1.5f;
    UT_CHECK(ray_vec_f64_into(v, floats) == 0 && floats[0] == 1.5);
    ray_release(v);
    v = ray_vec_new(RAY_F64, 1);
    *(double *)ray_data(v) = -0.0;
    UT_CHECK(ray_vec_f64_into(v, floats) == 0 && floats[0] == 0 && __builtin_signbit(floats[0]));
    ray_release(v);
    v = ray_vec_new(RAY_GUID, 1);
    UT_ERROR(ray_vec_f64_into(v, floats), RAY_E_TYPE);
    ray_release(v);
    UT_ERROR(ray_vec_f64_into(ray_null_get(), floats), RAY_E_TYPE);
}

UT_CASE(integers_that_are_no_double) {
    static const struct {
        int64_t x;
        bool ok;
    } cases[] = {{1ll << 53, true}, {(1ll << 53) + 1, false}, {(1ll << 53) + 2, true}, {-(1ll << 53) - 1, false},
                 {INT64_MAX, false}, {1ll << 62, true}, {INT64_MIN, true}};
    for (size_t i = 0; i < RB_COUNT(cases); i++) {
        ray_val *v = i64s(7, cases[i].x);
        rb_error_clear();
        UT_EQ_INT(ray_vec_f64_into(v, floats), cases[i].ok ? 0 : -1);
        if (cases[i].ok) UT_CHECK(floats[3000] == (double)cases[i].x && floats[0] == 7);
        if (!cases[i].ok) UT_CHECK(ray_error_code() == RAY_E_CONVERT && ray_error_detail(0) == 3000);
        ray_release(v);
    }
}

UT_CASE(nothing_at_all) {
    ray_val *v = ray_vec_of_i64(RAY_I32, NULL, 0, 1, 0, true);
    UT_CHECK(v && ray_len(v) == 0 && ray_vec_i64_into(v, 1, 0, NULL) == 0 && ray_vec_f64_into(v, NULL) == 0);
    ray_release(v);
    UT_SWEEP({
        ray_val *x = ray_vec_of_i64(RAY_I32, in, 0, 1, 0, true);
        if (!x) UT_EQ_INT(rb_error_code(), RB_E_OOM);
        ray_release(x);
    });
}

UT_MAIN(there_and_back, every_quotient_is_exact_or_refused, large_scales, what_does_not_fit_names_its_row,
        overflow_names_its_row, blocks_of_nothing_but_nulls, doubles, integers_that_are_no_double, nothing_at_all)
