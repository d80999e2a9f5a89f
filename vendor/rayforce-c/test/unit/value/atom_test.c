#include "ut.h"

#include "value/value.h"

static void gone(ray_val *v) {
    UT_CHECK(v && !rv_check(v));
    rv_release(v);
}

UT_CASE(setup) { UT_CHECK(rv_sym_intern("abc", 3) > 0); }

UT_CASE(one_of_each_type) {
    ry_guid g = {{1, 2, 3}};
    ray_val *v;
#define ONE(make, tag, field, wanted)                                                                                  \
    v = make;                                                                                                          \
    UT_EQ_INT(v->type, -RY_##tag);                                                                                     \
    UT_CHECK(v->u.field == (wanted) && v->attrs == 0 && !rv_is_null(v));                                               \
    gone(v)
    ONE(rv_b8_new(true), B8, b8, 1);
    ONE(rv_u8_new(255), U8, u8, 255);
    ONE(rv_i16_new(-5), I16, i16, -5);
    ONE(rv_i32_new(-5), I32, i32, -5);
    ONE(rv_i64_new(INT64_MAX), I64, i64, INT64_MAX);
    ONE(rv_f32_new(1.5f), F32, f32, 1.5f);
    ONE(rv_f64_new(-0.5), F64, f64, -0.5);
    ONE(rv_date_new(8767), DATE, date, 8767);
    ONE(rv_time_new(1), TIME, time, 1);
    ONE(rv_timestamp_new(-1), TIMESTAMP, timestamp, -1);
    ONE(rv_timespan_new(9), TIMESPAN, timespan, 9);
    v = rv_guid_new(&g);
    UT_EQ_MEM(v->data, &g, 16);
    UT_CHECK(!rv_is_null(v));
    gone(v);
    v = rv_sym_new(rv_sym_intern("abc", 3), true);
    UT_EQ_INT(v->attrs, RV_A_QUOTED);
    gone(v);
}

UT_CASE(nulls_by_flag_and_by_sentinel) {
    for (int t = RY_B8; t < RY_VECTOR_END; t++) {
        if (!ry_is_vector_code(t)) continue;
        ray_val *v = rv_null_of_new(t);
        UT_CHECK(rv_is_null(v));
        UT_EQ_INT(v->attrs, t == RY_SYM ? 0 : RV_A_NULL);
        gone(v);
    }
    UT_CHECK(rv_null_of_new(RY_LIST) == rv_null_get());
    UT_ERROR(rv_null_of_new(RY_TABLE), RB_E_TYPE);
    UT_ERROR(rv_null_of_new(14), RB_E_TYPE);
    ray_val *v = rv_i64_new(RY_NULL_I64);
    UT_CHECK(rv_is_null(v) && v->attrs == 0);
    gone(v);
    v = rv_b8_new(false);
    UT_CHECK(!rv_is_null(v));
    gone(v);
    v = rv_str_new("", 0);
    UT_CHECK(rv_is_null(v) && v->attrs == 0);
    gone(v);
    UT_CHECK(rv_is_null(rv_null_get()));
    v = rv_vec_new(RY_I64, 0);
    UT_CHECK(!rv_is_null(v));
    gone(v);
}

UT_CASE(strings_inside_and_outside_the_object) {
    char text[100];
    memset(text, 'x', sizeof text);
    for (size_t n = 0; n < sizeof text; n++) {
        ray_val *v = rv_str_new(text, n);
        size_t m;
        UT_CHECK(memcmp(rv_str_get(v, &m), text, n) == 0 && m == n);
        UT_EQ_INT(v->len, n);
        UT_EQ_INT(v->buf == NULL, n <= RV_TEXT_INLINE);
        gone(v);
    }
    ray_val *room = rv_str_room_new(50);
    memset(room->data, 'y', 50);
    gone(room);
    UT_ERROR(rv_str_new("", (size_t)PTRDIFF_MAX + 1), RB_E_OOM);
}

UT_CASE(atoms_from_bytes) {
    int32_t days = 12;
    ray_val *v = rv_atom_new(RY_DATE, &days);
    UT_EQ_INT(v->u.date, 12);
    gone(v);
    int64_t null = RY_NULL_I64;
    v = rv_atom_new(RY_I64, &null);
    UT_CHECK(v->attrs == 0 && rv_is_null(v));
    gone(v);
    UT_ERROR(rv_atom_new(RY_STR, &null), RB_E_TYPE);
    UT_ERROR(rv_atom_new(RY_LIST, &null), RB_E_TYPE);
    UT_ERROR(rv_atom_new(RY_DICT, &null), RB_E_TYPE);
}

UT_CASE(errors_as_values) {
    ray_val *v = rv_error_new("a class that is too long", NULL);
    UT_EQ_STR(v->u.error.cls, "a class");
    UT_CHECK(!v->u.error.text);
    gone(v);
    (void)rb_fail(RB_E_LENGTH, "%d and %d", 3, 4);
    v = rv_error_from_slot();
    UT_EQ_INT(rb_error_code(), 0);
    UT_EQ_STR(v->u.error.cls, "length");
    size_t n;
    UT_CHECK(memcmp(rv_str_get(v->u.error.text, &n), "3 and 4", 7) == 0 && n == 7);
    gone(v);
    UT_SWEEP({
        ray_val *e = rv_error_new("type", "why");
        if (!e) UT_EQ_INT(rb_error_code(), RB_E_OOM);
        rv_release(e);
        rb_error_clear();
    });
}

UT_MAIN(setup, one_of_each_type, nulls_by_flag_and_by_sentinel, strings_inside_and_outside_the_object, atoms_from_bytes,
        errors_as_values)
