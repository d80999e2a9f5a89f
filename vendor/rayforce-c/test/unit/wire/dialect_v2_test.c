/* What is peculiar to the 2.x line: functions with captures, error classes, attributes. */
#include "wt_values.h"

static const rw_dialect *d = &rw_dialect_v2;

UT_CASE(setup) {
    const char *names[] = {"x", "y", "+", "a", ""};
    rv_release(wt_syms((int)RB_COUNT(names), names));
}

static void round_trip(const char *hex) {
    ray_val *v = wt_value(d, hex);
    UT_EQ_STR(wt_hex_of(d, v), hex);
    rv_release(v);
}

UT_CASE(functions) {
    round_trip("64000c0001000000000000007800" "00000100000000000000" "f4007800");
    round_trip("6400" "05000000000000000000" "00000100000000000000" "fb000500000000000000");
    round_trip("64010c0001000000000000007800" "00000100000000000000" "f4007900"
               "63000c000100000000000000" "7900" "05000100000000000000" "0100000000000000");
}

/* The bit is set, what follows is cut off at each byte: never a function without its captures. */
UT_CASE(captures_are_not_optional) {
    const char *hex = "64010c0001000000000000007800" "00000100000000000000" "f4007900"
                      "63000c000100000000000000" "7900" "05000100000000000000" "0100000000000000";
    rb_bytes b = RB_BYTES_EMPTY;
    wt_unhex(hex, &b);
    for (size_t n = 0; n < b.len; n++) UT_ERROR(rw_decode(d, b.p, n, NULL, NULL), RB_E_DOMAIN);
    rb_bytes_free(&b);
}

UT_CASE(error_classes_are_cut_to_seven) {
    ray_val *v = wt_value(d, "7f6162636465666768");
    UT_EQ_STR(v->u.error.cls, "abcdefg");
    rv_release(v);
    v = wt_value(d, "7f0000000000000000");
    UT_EQ_STR(v->u.error.cls, "error");
    rv_release(v);
    v = rv_error_new("domain", "the text does not travel");
    UT_EQ_STR(wt_hex_of(d, v), "7f646f6d61696e0000");
    rv_release(v);
}

UT_CASE(hints_are_exact_where_there_are_nulls) {
    ray_val *v = wt_value(d, "05000200000000000000" "0000000000000080" "0100000000000000");
    UT_CHECK(v->attrs == RV_A_NULLS);
    rv_release(v);
    v = wt_value(d, "05ff0100000000000000" "0100000000000000"); /* a hint too many is kept */
    UT_CHECK(v->attrs == RV_A_NULLS);
    rv_release(v);
    v = wt_value(d, "01000300000000000000" "00ff02");
    UT_EQ_MEM(v->data, "\0\1\1", 3);
    rv_release(v);
}

UT_CASE(a_null_text_is_empty) {
    ray_val *v = wt_value(d, "f3010300000000000000616263");
    UT_CHECK(v->type == -RY_STR && v->len == 0 && v->attrs == RV_A_NULL);
    UT_EQ_STR(wt_hex_of(d, v), "f3010000000000000000");
    rv_release(v);
}

/* A column's numbers as names would be the sender's own symbol numbers. */
UT_CASE(names_are_never_numbers) {
    rb_bytes b = RB_BYTES_EMPTY;
    wt_unhex("6200" "05000100000000000000" "0500000000000000" "00000100000000000000" "05000100000000000000"
             "0100000000000000", &b);
    UT_ERROR(rw_decode(d, b.p, b.len, NULL, NULL), RB_E_DOMAIN);
    rb_bytes_free(&b);
}

UT_MAIN(setup, functions, captures_are_not_optional, error_classes_are_cut_to_seven,
        hints_are_exact_where_there_are_nulls, a_null_text_is_empty, names_are_never_numbers)
