#include "ut.h"

#include "rayforce/errors.h"
#include "rayforce/rayforce.h"

#include <limits.h>

UT_CASE(setup) { UT_CHECK(ray_sym_intern("abc", 3) > 0); }

UT_CASE(types) {
    UT_EQ_STR(ray_type_name(RAY_I64), "I64");
    UT_EQ_STR(ray_type_name(-RAY_I64), "i64");
    UT_EQ_INT(ray_type_of_name("timestamp"), -RAY_TIMESTAMP);
    UT_EQ_INT(ray_type_of_name("no such"), RAY_ERROR);
    UT_EQ_INT(ray_type_width(RAY_GUID), 16);
    UT_EQ_INT(ray_type_width(-RAY_I16), 2);
    UT_EQ_STR(ray_type_format(RAY_F64), "d");
    static const int none[] = {RAY_LIST, RAY_TABLE, RAY_DICT, RAY_NULL, RAY_ERROR, 14, 1000, -1000, INT_MIN};
    for (size_t i = 0; i < RB_COUNT(none); i++) {
        UT_EQ_INT(ray_type_width(none[i]), 0);
        UT_EQ_STR(ray_type_format(none[i]), "");
    }
}

UT_CASE(integers_in_their_range) {
    static const struct {
        int type;
        int64_t lowest, highest;
    } rows[] = {{RAY_B8, 0, 1}, {RAY_U8, 0, 255}, {RAY_I16, -32767, 32767}, {RAY_I32, -INT32_MAX, INT32_MAX},
                {RAY_DATE, -INT32_MAX, INT32_MAX}, {RAY_TIME, -INT32_MAX, INT32_MAX}, {RAY_I64, -INT64_MAX, INT64_MAX},
                {RAY_TIMESTAMP, -INT64_MAX, INT64_MAX}, {RAY_TIMESPAN, -INT64_MAX, INT64_MAX}};
    for (size_t i = 0; i < RB_COUNT(rows); i++) {
        ray_val *lo = ray_int_new(rows[i].type, rows[i].lowest), *hi = ray_int_new(rows[i].type, rows[i].highest);
        UT_CHECK(ray_type(lo) == -rows[i].type && !ray_is_null(lo));
        UT_EQ_INT(ray_int_get(lo), rows[i].lowest);
        UT_EQ_INT(ray_int_get(hi), rows[i].highest);
        ray_release(lo);
        ray_release(hi);
        UT_ERROR(ray_int_new(rows[i].type, INT64_MIN), RAY_E_DOMAIN);
        if (rows[i].highest < INT64_MAX) UT_ERROR(ray_int_new(rows[i].type, rows[i].highest + 1), RAY_E_DOMAIN);
        UT_ERROR(ray_int_new(rows[i].type, rows[i].lowest - 1), RAY_E_DOMAIN);
    }
    UT_ERROR(ray_int_new(RAY_F64, 1), RAY_E_TYPE);
    UT_ERROR(ray_int_new(RAY_SYM, 1), RAY_E_TYPE);
}

UT_CASE(other_atoms) {
    size_t n;
    ray_val *v = ray_float_new(RAY_F32, 0.1);
    UT_CHECK(ray_float_get(v) == (double)0.1f);
    ray_release(v);
    UT_ERROR(ray_float_new(RAY_F32, 1e300), RAY_E_DOMAIN);
    UT_ERROR(ray_float_new(RAY_I64, 1), RAY_E_TYPE);
    v = ray_float_new(RAY_F64, 1e300);
    UT_CHECK(ray_float_get(v) == 1e300);
    UT_ERROR(ray_int_get(v), RAY_E_TYPE);
    UT_ERROR(ray_text_get(v, &n), RAY_E_TYPE);
    ray_release(v);
    v = ray_sym_new("abc", 3, true);
    UT_CHECK(ray_is_quoted(v));
    UT_EQ_STR(ray_text_get(v, &n), "abc");
    UT_EQ_INT(ray_int_get(v), ray_sym_intern("abc", 3));
    UT_ERROR(ray_float_get(v), RAY_E_TYPE);
    ray_release(v);
    v = ray_str_new("text", 4);
    UT_CHECK(!ray_is_quoted(v) && memcmp(ray_text_get(v, &n), "text", 4) == 0 && n == 4 && ray_len(v) == 4);
    ray_release(v);
    v = ray_guid_new((const uint8_t *)"0123456789abcdef");
    UT_EQ_MEM(ray_data(v), "0123456789abcdef", 16);
    ray_release(v);
    v = ray_null_of_new(RAY_TIME);
    UT_CHECK(ray_is_null(v));
    ray_release(v);
    UT_ERROR(ray_sym_new("a\0b", 3, true), RAY_E_VALUE);
    UT_CHECK(ray_is_null(ray_null_get()));
}

UT_CASE(counters) {
    ray_heap before, after;
    ray_heap_into(&before);
    ray_val *v = ray_vec_new(RAY_I64, 1000);
    ray_heap_into(&after);
    UT_CHECK(after.blocks > before.blocks && after.bytes >= before.bytes + 8000 && after.peak_bytes >= after.bytes);
    UT_CHECK(after.symbols >= 2 && after.symbol_bytes > 0 && ray_bytes(v) >= 8000);
    ray_release(ray_retain(v));
    ray_release(v);
    ray_release(NULL);
}

UT_CASE(errors) {
    ray_error_set(RAY_E_LENGTH, "3 and 4 %s");
    UT_EQ_INT(ray_error_code(), RAY_E_LENGTH);
    UT_EQ_STR(ray_error_text(), "3 and 4 %s");
    UT_EQ_STR(ray_error_class(RAY_E_LENGTH), "length");
    UT_EQ_INT(ray_error_code_of("length"), RAY_E_LENGTH);
    UT_EQ_INT(ray_error_code_of("no such"), 0);
    UT_EQ_INT(ray_error_detail(0), 0);
    UT_EQ_INT(ray_error_detail(7), 0);
    ray_error_set(RAY_E_TYPE, NULL);
    UT_EQ_STR(ray_error_text(), ray_error_meaning(RAY_E_TYPE));
    ray_error_clear();
    UT_EQ_INT(ray_error_code(), 0);
}

UT_MAIN(setup, types, integers_in_their_range, other_atoms, counters, errors)
