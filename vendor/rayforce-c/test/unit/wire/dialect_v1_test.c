/* What the 1.x line lacks: converted where nothing is lost, refused where something would be. */
#include "wt_values.h"

static const rw_dialect *d = &rw_dialect_v1;

static void says(ray_val *v, const char *hex) {
    UT_CHECK(v);
    UT_EQ_STR(wt_hex_of(d, v), hex);
    rv_release(v);
}

static void cannot(ray_val *v, const char *word) {
    UT_CHECK(v);
    UT_ERROR(wt_hex_of(d, v), RB_E_CANNOT_SAY);
    UT_CHECK(strstr(rb_error_get()->text, "1.x") && strstr(rb_error_get()->text, word));
    rv_release(v);
}

UT_CASE(setup) {
    const char *names[] = {"a", "b", "x", "y", "quote", "do", "+", "trades", "neg", "error", "domain"};
    rv_release(wt_syms((int)RB_COUNT(names), names));
}

UT_CASE(converted) {
    int16_t shorts[] = {1, RY_NULL_I16, -2};
    ray_val *v = rv_vec_room_new(RY_I16, 3);
    UT_CHECK(rv_vec_append(v, shorts, 3) == 0);
    says(v, "0400030000000000000001000000" "00000080" "feffffff");
    float floats[] = {1.5f, ry_null_f32()};
    v = rv_vec_room_new(RY_F32, 2);
    UT_CHECK(rv_vec_append(v, floats, 2) == 0);
    says(v, "0a000200000000000000" "000000000000f83f" "000000000000f87f");
    says(rv_f32_new(-0.5f), "f6" "000000000000e0bf");
    says(rv_null_of_new(RY_F32), "f6" "000000000000f87f");
    v = rv_vec_room_new(RY_STR, 2);
    UT_CHECK(rv_strvec_append(v, "a", 1) == 0 && rv_strvec_append(v, "", 0) == 0);
    says(v, "00000200000000000000" "0c000100000000000000" "61" "0c000000000000000000");
    says(rv_null_of_new(RY_STR), "0c000000000000000000");
    says(rv_sym_new(rv_sym_intern_z("a"), true), "fa6100");
    says(rv_null_of_new(RY_I64), "fb0000000000000080");
}

UT_CASE(long_vectors_are_converted_in_chunks) {
    ray_val *v = rv_vec_new(RY_I16, 1500);
    for (int i = 0; i < 1500; i++) RV_DATA(int16_t, v)[i] = (int16_t)i;
    rb_bytes b = RB_BYTES_EMPTY;
    UT_CHECK(rw_encode(d, v, &b) == 0);
    ray_val *back = rw_decode(d, b.p, b.len, NULL, NULL);
    UT_CHECK(back && back->type == RY_I32 && back->len == 1500);
    for (int i = 0; i < 1500; i++) UT_EQ_INT(RV_DATA(int32_t, back)[i], i);
    rv_release(v);
    rv_release(back);
    rb_bytes_free(&b);
}

UT_CASE(refused) {
    cannot(rv_timespan_new(5), "timespan");
    cannot(rv_vec_new(RY_TIMESPAN, 0), "TIMESPAN");
    cannot(rv_null_of_new(RY_B8), "b8");
    cannot(rv_null_of_new(RY_U8), "u8");
    /* Inside something that can be said. */
    cannot(rv_list_of_take(2, (ray_val *[]){rv_i64_new(1), rv_timespan_new(1)}), "timespan");
}

/* (fn [x] (+ x 1)) as the other line writes it: nothing tells + from a variable. */
UT_CASE(functions_of_the_other_line) {
    cannot(wt_value(&rw_dialect_v2, "64000c0001000000000000007800"
                                    "00000100000000000000" "00000300000000000000" "f4002b00" "f4007800"
                                    "fb000100000000000000"),
           "+");
    /* With the builtin as a value it can be said, literal symbols are quoted, several forms are a do. */
    says(wt_value(&rw_dialect_v2, "64000c0001000000000000007800"
                                  "00000100000000000000" "00000300000000000000" "662b00" "f4007800"
                                  "fb000100000000000000"),
         "6400" "06000100000000000000" "7800" "00000300000000000000" "662b00" "fa7800" "fb0100000000000000");
    says(wt_value(&rw_dialect_v2, "64000c0001000000000000007800" "00000200000000000000" "f4206100" "f4007800"),
         "6400" "06000100000000000000" "7800" "00000300000000000000" "67646f00"
         "00000200000000000000" "6571756f746500" "fa6100" "fa7800");
    cannot(wt_value(&rw_dialect_v2, "64010c0001000000000000007800" "00000100000000000000" "f4007800"
                                    "63000c000100000000000000" "7900" "05000100000000000000" "0100000000000000"),
           "captured");
    cannot(wt_value(&rw_dialect_v2, "6400" "05000100000000000000" "0100000000000000" "00000100000000000000"
                                    "fb000500000000000000"),
           "no names");
    says(wt_value(&rw_dialect_v2, "6400" "05000000000000000000" "00000100000000000000" "fb000500000000000000"),
         "6400" "06000000000000000000" "fb0500000000000000");
}

UT_CASE(functions_of_this_line_come_back) {
    const char *hex = "6400" "06000100000000000000" "7800" "00000200000000000000" "fa747261646573" "00" "fa7800";
    ray_val *v = wt_value(d, hex);
    UT_CHECK(v->type == RY_LAMBDA && v->u.fn.body->len == 1);
    UT_EQ_STR(wt_hex_of(d, v), hex); /* its names are variables */
    UT_CHECK(wt_hex_of(&rw_dialect_v2, v));
    rv_release(v);
}

static ray_val *error_of(const char *hex) {
    char full[67];
    snprintf(full, sizeof full, "7f%-64s", hex);
    for (char *p = full; *p; p++)
        if (*p == ' ') *p = '0';
    return wt_value(d, full);
}

static void explains(const char *hex, const char *cls, const char *text) {
    ray_val *v = error_of(hex);
    UT_EQ_STR(v->u.error.cls, cls);
    size_t n = 0;
    const char *got = v->u.error.text ? rv_str_get(v->u.error.text, &n) : "";
    UT_CHECK(n == strlen(text));
    UT_EQ_MEM(got, text, n);
    rv_release(v);
}

UT_CASE(errors_are_explained) {
    explains("0100000000000000" "fbfa", "type", "expected i64, got sym");
    explains("0200000000000000" "0201", "arity", "expected 2 arguments, got 1");
    explains("0300000000000000" "0503", "length", "needed length 5, got 3");
    explains("0400000000000000" "ffff", "domain", "");
    explains("0500000000000000" "0906", "index", "index 9, bound 6");
    explains("0600000000000000" "1600000000000000", "name", "");
    explains("0700000000000000" "00040000", "limit", "the limit is 1024");
    explains("0800000000000000" "02000000", "os", "error number 2");
    explains("0a00000000000000" "0c", "nyi", "not for str");
    explains("0b00000000000000" "626f6f6d", "user", "boom");
    explains("0b00000000000000" "616161616161616161616161616161616161616161616161", "user", "aaaaaaaaaaaaaaaaaaaaaaaa");
    explains("7000000000000000", "error", "");
}

UT_CASE(errors_are_numbers) {
    static const struct {
        const char *cls, *text, *hex;
    } cases[] = {
        {"type", "long story", "7f0100000000000000000000000000000000000000000000000000000000000000"},
        {"name", "foo", "7f0600000000000000000000000000000000000000000000000000000000000000"},
        {"user", "boom", "7f0b00000000000000626f6f6d0000000000000000000000000000000000000000"},
        {"user", NULL, "7f0b00000000000000000000000000000000000000000000000000000000000000"},
        {"rank", "x", "7f0b0000000000000072616e6b0000000000000000000000000000000000000000"},
    };
    for (size_t i = 0; i < RB_COUNT(cases); i++) says(rv_error_new(cases[i].cls, cases[i].text), cases[i].hex);
}

UT_CASE(an_empty_dict_has_null_keys) {
    ray_val *v = wt_value(d, "63007e00000000000000000000");
    UT_CHECK(v->type == RY_DICT && v->len == 0);
    says(v, "63007e00000000000000000000");
}

/* Every step of a conversion may run out of memory. */
UT_CASE(allocations_may_fail) {
    ray_val *v = wt_value(&rw_dialect_v2, "64000c0001000000000000007800" "00000300000000000000" "f4206100"
                                          "63000c000100000000000000" "6100" "00000100000000000000" "f4007800"
                                          "00000200000000000000" "656e656700" "f4007800");
    UT_SWEEP({
        rb_bytes b = RB_BYTES_EMPTY;
        rb_error_clear();
        if (rw_encode(d, v, &b) < 0) UT_EQ_INT(rb_error_code(), RB_E_OOM);
        rb_bytes_free(&b);
    });
    rv_release(v);
    uint8_t error[33] = {0x7f, 1, 0, 0, 0, 0, 0, 0, 0, 0xfb, 0xfa};
    UT_SWEEP({
        rb_error_clear();
        ray_val *e = rw_decode(d, error, sizeof error, NULL, NULL);
        if (!e) UT_EQ_INT(rb_error_code(), RB_E_OOM);
        rv_release(e);
    });
}

UT_MAIN(setup, converted, long_vectors_are_converted_in_chunks, refused, functions_of_the_other_line,
        functions_of_this_line_come_back, errors_are_explained, errors_are_numbers, an_empty_dict_has_null_keys,
        allocations_may_fail)
