#include "ut.h"

#include "value/value.h"

static int32_t a, b;

UT_CASE(setup) {
    a = rv_sym_intern_z("zebra");
    b = rv_sym_intern_z("ape");
    UT_CHECK(a > 0 && b > 0 && rv_sym_intern_z("f") > 0);
}

static float nan32(uint32_t bits) {
    float f;
    memcpy(&f, &bits, 4);
    return f;
}

static double nan64(uint64_t bits) {
    double f;
    memcpy(&f, &bits, 8);
    return f;
}

/* Consumes both. Equality, order and hash must agree. */
static int order(ray_val *x, ray_val *y) {
    UT_CHECK(x && y);
    int d = rv_compare(x, y), back = rv_compare(y, x);
    UT_EQ_INT((d > 0) - (d < 0), (back < 0) - (back > 0));
    UT_EQ_INT(rv_equal(x, y), d == 0);
    UT_EQ_INT(rv_equal(y, x), d == 0);
    UT_CHECK(rv_compare(x, x) == 0 && rv_equal(x, x));
    if (d == 0) UT_CHECK(rv_hash(x) == rv_hash(y));
    rv_release(x);
    rv_release(y);
    return (d > 0) - (d < 0);
}

static ray_val *flagged(ray_val *v) {
    v->attrs |= RV_A_NULL;
    return v;
}

UT_CASE(numbers_by_value_then_by_type) {
    UT_EQ_INT(order(rv_i64_new(1), rv_i64_new(2)), -1);
    UT_EQ_INT(order(rv_i64_new(2), rv_i64_new(2)), 0);
    UT_EQ_INT(order(rv_i32_new(2), rv_i64_new(2)), -1);
    UT_EQ_INT(order(rv_i32_new(3), rv_i64_new(2)), 1);
    UT_EQ_INT(order(rv_f64_new(2.5), rv_i64_new(2)), 1);
    UT_EQ_INT(order(rv_i64_new(3), rv_f64_new(2.5)), 1);
    UT_EQ_INT(order(rv_i64_new(-3), rv_f64_new(-2.5)), -1);
    UT_EQ_INT(order(rv_i64_new(-2), rv_f64_new(-2.5)), 1);
    UT_EQ_INT(order(rv_i64_new((1ll << 53) + 1), rv_f64_new(0x1p53)), 1);
    UT_EQ_INT(order(rv_i64_new(INT64_MAX), rv_f64_new(0x1p63)), -1);
    UT_EQ_INT(order(rv_i64_new(INT64_MIN + 1), rv_f64_new(-0x1p63)), 1);
    UT_EQ_INT(order(rv_i64_new(INT64_MAX), rv_f64_new(__builtin_inf())), -1);
    UT_EQ_INT(order(rv_i64_new(0), rv_f64_new(-__builtin_inf())), 1);
    UT_EQ_INT(order(rv_f64_new(-0.0), rv_f64_new(0.0)), 0);
    UT_EQ_INT(order(rv_f32_new(1.5f), rv_f64_new(1.5)), -1);
    UT_EQ_INT(order(rv_b8_new(true), rv_u8_new(0)), 1);
    UT_EQ_INT(order(rv_b8_new(false), rv_b8_new(true)), -1);
}

UT_CASE(nulls) {
    UT_EQ_INT(order(rv_null_of_new(RY_I64), rv_i64_new(RY_NULL_I64)), 0);
    UT_EQ_INT(order(rv_null_of_new(RY_I64), rv_i64_new(INT64_MIN + 1)), -1);
    UT_EQ_INT(order(rv_null_of_new(RY_I64), rv_null_of_new(RY_I32)), 1);
    UT_EQ_INT(order(rv_null_of_new(RY_I64), rv_retain(rv_null_get())), -1);
    UT_EQ_INT(order(rv_f64_new(nan64(0x7ff8000000000001u)), rv_f64_new(nan64(0xfff8000000000000u))), 0);
    UT_EQ_INT(order(rv_f32_new(nan32(0x7fc00001u)), rv_null_of_new(RY_F32)), 0);
    UT_EQ_INT(order(rv_str_new("", 0), flagged(rv_str_new("", 0))), 0);
    UT_EQ_INT(order(flagged(rv_b8_new(false)), rv_b8_new(false)), -1);
    UT_EQ_INT(order(rv_sym_new(0, true), rv_sym_new(0, false)), 0);
    UT_EQ_INT(order(rv_null_of_new(RY_GUID), rv_guid_new(&(ry_guid){{0}})), 0);
    ray_val *x = rv_null_of_new(RY_NULL);
    UT_CHECK(!x);
}

UT_CASE(texts_by_bytes) {
    UT_EQ_INT(order(rv_sym_new(a, false), rv_sym_new(b, false)), 1);
    UT_EQ_INT(order(rv_sym_new(a, false), rv_sym_new(a, true)), 0);
    UT_EQ_INT(order(rv_str_new("ab", 2), rv_str_new("abc", 3)), -1);
    UT_EQ_INT(order(rv_str_new("\xff", 1), rv_str_new("a", 1)), 1);
    UT_EQ_INT(order(rv_str_new("ape", 3), rv_sym_new(b, false)), 1);
    UT_EQ_INT(order(rv_guid_new(&(ry_guid){{1}}), rv_guid_new(&(ry_guid){{0, 255}})), 1);
}

UT_CASE(times_of_different_units_are_not_compared) {
    UT_EQ_INT(order(rv_date_new(5), rv_time_new(1)), -1);
    UT_EQ_INT(order(rv_date_new(5), rv_date_new(4)), 1);
    UT_EQ_INT(order(rv_date_new(5), rv_i32_new(5)), 1);
    UT_EQ_INT(order(rv_timespan_new(5), rv_timestamp_new(50)), 1);
}

static ray_val *floats(double x, double y) {
    ray_val *v = rv_vec_new(RY_F64, 2);
    RV_DATA(double, v)[0] = x;
    RV_DATA(double, v)[1] = y;
    return v;
}

static ray_val *bytes(const char *text) {
    ray_val *v = rv_vec_new(RY_U8, (int64_t)strlen(text));
    memcpy(v->data, text, strlen(text));
    return v;
}

static ray_val *texts(const char *x, const char *y) {
    ray_val *v = rv_vec_new(RY_STR, 2);
    UT_CHECK(rv_strvec_set(v, 0, x, strlen(x)) == 0 && rv_strvec_set(v, 1, y, strlen(y)) == 0);
    return v;
}

UT_CASE(vectors) {
    UT_EQ_INT(order(floats(0.0, nan64(0x7ff8000000000001u)), floats(-0.0, ry_null_f64())), 0);
    UT_EQ_INT(order(floats(1, 2), floats(1, 3)), -1);
    UT_EQ_INT(order(floats(1, ry_null_f64()), floats(1, -5)), -1);
    UT_EQ_INT(order(bytes("abc"), bytes("abc")), 0);
    UT_EQ_INT(order(bytes("ab"), bytes("abc")), -1);
    UT_EQ_INT(order(bytes("b"), bytes("abc")), 1);
    UT_EQ_INT(order(bytes(""), bytes("")), 0);
    UT_EQ_INT(order(bytes(""), rv_vec_new(RY_I64, 0)), -1);
    UT_EQ_INT(order(rv_u8_new(200), bytes("a")), -1);
    UT_EQ_INT(order(texts("", "a text longer than a view"), texts("", "a text longer than a view")), 0);
    UT_EQ_INT(order(texts("", "a text longer than a view"), texts("", "a text longer than a vieW")), 1);
    UT_EQ_INT(order(texts("", "short"), texts("", "shorter")), -1);
}

static ray_val *pair(ray_val *x, ray_val *y) { return rv_list_of_take(2, (ray_val *[]){x, y}); }

UT_CASE(containers) {
    UT_EQ_INT(order(pair(rv_i64_new(1), bytes("a")), pair(rv_i64_new(1), bytes("a"))), 0);
    UT_EQ_INT(order(pair(rv_i64_new(1), bytes("a")), pair(rv_i64_new(1), bytes("b"))), -1);
    UT_EQ_INT(order(pair(rv_i64_new(1), rv_i64_new(2)), rv_vec_new(RY_LIST, 0)), 1);
    UT_EQ_INT(order(rv_dict_new_take(floats(1, 2), floats(3, 4)), rv_dict_new_take(floats(1, 2), floats(3, 4))), 0);
    UT_EQ_INT(order(rv_dict_new_take(floats(1, 2), floats(3, 4)), rv_dict_new_take(floats(1, 2), floats(3, 5))), -1);
    UT_EQ_INT(order(rv_error_new("type", "x"), rv_error_new("type", "x")), 0);
    UT_EQ_INT(order(rv_error_new("type", "x"), rv_error_new("type", NULL)), 1);
    UT_EQ_INT(order(rv_error_new("domain", "x"), rv_error_new("type", NULL)), -1);
    UT_EQ_INT(order(rv_builtin_named(RY_UNARY, a), rv_builtin_named(RY_UNARY, b)), 1);
    UT_EQ_INT(order(rv_builtin_named(RY_UNARY, a), rv_builtin_named(RY_BINARY, b)), -1);
    UT_EQ_INT(order(rv_retain(rv_null_get()), rv_vec_new(RY_LIST, 0)), -1);
}

UT_CASE(the_order_is_transitive) {
    ray_val *v[] = {rv_null_of_new(RY_I64), rv_retain(rv_null_get()), rv_b8_new(true), rv_u8_new(1), rv_i64_new(1),
                    rv_f64_new(1.0), rv_i64_new((1ll << 53) + 1), rv_f64_new(0x1p53), rv_i64_new(1ll << 53),
                    rv_date_new(1), rv_timestamp_new(0), rv_sym_new(a, false), rv_str_new("a", 1), bytes("a"),
                    rv_vec_new(RY_LIST, 0), rv_error_new("type", NULL), rv_builtin_named(RY_UNARY, a)};
    enum { N = RB_COUNT(v) };
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            for (int k = 0; k < N; k++)
                if (rv_compare(v[i], v[j]) < 0 && rv_compare(v[j], v[k]) < 0) UT_CHECK(rv_compare(v[i], v[k]) < 0);
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) UT_CHECK((i == j) == rv_equal(v[i], v[j]));
    }
    for (int i = 0; i < N; i++) rv_release(v[i]);
}

UT_CASE(elements_are_what_their_atoms_are) {
    ray_val *all[] = {floats(1, ry_null_f64()), bytes("xy"), texts("", "a text longer than a view"),
                      pair(rv_i64_new(1), bytes("a"))};
    for (size_t k = 0; k < RB_COUNT(all); k++) {
        ray_val *v = all[k];
        for (int64_t i = 0; i < v->len; i++)
            for (int64_t j = 0; j < v->len; j++) {
                ray_val *x = rv_vec_at(v, i), *y = rv_vec_at(v, j);
                UT_EQ_INT(rv_equal_at(v, i, v, j), rv_equal(x, y));
                UT_EQ_INT(rv_equal_atom_at(v, i, y), rv_equal(x, y));
                int d = rv_compare_at(v, i, v, j), e = rv_compare(x, y);
                UT_EQ_INT((d > 0) - (d < 0), (e > 0) - (e < 0));
                UT_CHECK(rv_hash_at(v, i) == rv_hash(x));
                rv_release(x);
                rv_release(y);
            }
        rv_release(v);
    }
    ray_val *x = rv_i64_new(120), *v = bytes("x");
    UT_CHECK(!rv_equal_atom_at(v, 0, x));
    rv_release(x);
    rv_release(v);
}

static ray_val *deep(int depth) {
    ray_val *v = rv_i64_new(1);
    for (int i = 1; i < depth; i++) v = rv_list_of_take(1, &v);
    return v;
}

UT_CASE(depth_is_limited) {
    UT_EQ_INT(order(deep(RV_DEPTH_MAX), deep(RV_DEPTH_MAX)), 0);
    ray_val *x = deep(100000), *y = deep(100000);
    UT_CHECK(rv_equal(x, x) && !rv_equal(x, y) && rv_compare(x, y) == -rv_compare(y, x) && rv_hash(x) == rv_hash(x));
    rv_release(x);
    rv_release(y);
}

UT_CASE(hashes_spread) {
    static uint64_t low[4096];
    ray_val *v = rv_vec_new(RY_I64, 4096);
    int hit = 0;
    for (int64_t i = 0; i < 4096; i++) {
        RV_DATA(int64_t, v)[i] = i << 20;
        uint64_t h = rv_hash_at(v, i) % 4096;
        hit += !low[h];
        low[h] = 1;
    }
    UT_CHECK(hit > 2400); /* 4096 (1 - 1/e) is 2589 */
    rv_release(v);
}

UT_MAIN(setup, numbers_by_value_then_by_type, nulls, texts_by_bytes, times_of_different_units_are_not_compared, vectors,
        containers, the_order_is_transitive, elements_are_what_their_atoms_are, depth_is_limited, hashes_spread)
