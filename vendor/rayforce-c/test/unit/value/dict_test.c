#include "ut.h"

#include "value/value.h"

static int32_t a, b, c;

UT_CASE(setup) {
    a = rv_sym_intern_z("a");
    b = rv_sym_intern_z("b");
    c = rv_sym_intern_z("c");
    UT_CHECK(a > 0 && b > 0 && c > 0);
}

static ray_val *syms(int n) {
    ray_val *v = rv_vec_new(RY_SYM, n);
    UT_CHECK(v);
    const int32_t ids[] = {a, b, c};
    memcpy(v->data, ids, (size_t)n * 4);
    return v;
}

static ray_val *ints(int64_t n) {
    ray_val *v = rv_vec_new(RY_I64, n);
    UT_CHECK(v);
    for (int64_t i = 0; i < n; i++) RV_DATA(int64_t, v)[i] = i * 10;
    return v;
}

static int64_t find_once(const ray_val *d, ray_val *key) {
    int64_t at = rv_dict_find(d, key);
    rv_release(key);
    return at;
}

UT_CASE(symbol_keys) {
    ray_val *d = rv_dict_new_take(syms(3), ints(3));
    UT_CHECK(d && !rv_check(d));
    UT_EQ_INT(d->len, 3);
    UT_EQ_INT(rv_count(d), 3);
    UT_EQ_INT(find_once(d, rv_sym_new(b, false)), 1);
    UT_EQ_INT(find_once(d, rv_sym_new(c, true)), 2);
    UT_EQ_INT(find_once(d, rv_sym_new(0, false)), -1);
    UT_EQ_INT(find_once(d, rv_str_new("b", 1)), -1);
    ray_val *x = rv_dict_at(d, 2);
    UT_EQ_INT(x->u.i64, 20);
    rv_release(x);
    rv_release(d);
}

UT_CASE(other_keys) {
    ray_val *keys = ints(3);
    RV_DATA(int64_t, keys)[1] = RY_NULL_I64;
    ray_val *d = rv_dict_new_take(keys, rv_vec_new(RY_LIST, 3));
    UT_EQ_INT(find_once(d, rv_i64_new(20)), 2);
    UT_EQ_INT(find_once(d, rv_null_of_new(RY_I64)), 1);
    UT_EQ_INT(find_once(d, rv_i32_new(20)), -1);
    rv_release(d);

    keys = rv_list_of_take(2, (ray_val *[]){rv_i64_new(5), ints(2)});
    d = rv_dict_new_take(keys, ints(2));
    UT_EQ_INT(find_once(d, ints(2)), 1);
    UT_EQ_INT(find_once(d, rv_i64_new(5)), 0);
    UT_EQ_INT(find_once(d, rv_i64_new(6)), -1);
    rv_release(d);

    keys = rv_vec_new(RY_STR, 1);
    UT_CHECK(rv_strvec_set(keys, 0, "a rather long key", 17) == 0);
    d = rv_dict_new_take(keys, ints(1));
    UT_EQ_INT(find_once(d, rv_str_new("a rather long key", 17)), 0);
    rv_release(d);
}

UT_CASE(tables_as_keys) {
    ray_val *keys = rv_table_new_take(syms(1), rv_list_of_take(1, (ray_val *[]){ints(2)}));
    ray_val *values = rv_table_new_take(syms(1), rv_list_of_take(1, (ray_val *[]){ints(2)}));
    ray_val *d = rv_dict_new_take(keys, values);
    UT_CHECK(d && !rv_check(d));
    UT_EQ_INT(rv_count(d), 2);
    UT_EQ_INT(find_once(d, rv_i64_new(0)), -1);
    UT_ERROR(rv_dict_at(d, 0), RB_E_TYPE);
    rv_release(d);
    values = rv_table_new_take(syms(1), rv_list_of_take(1, (ray_val *[]){ints(2)}));
    UT_ERROR(rv_dict_new_take(syms(2), values), RB_E_TYPE);
}

UT_CASE(what_is_no_dict) {
    UT_ERROR(rv_dict_new_take(syms(2), ints(3)), RB_E_LENGTH);
    UT_ERROR(rv_dict_new_take(rv_i64_new(1), ints(1)), RB_E_TYPE);
    UT_ERROR(rv_dict_new_take(syms(1), rv_i64_new(1)), RB_E_TYPE);
    UT_CHECK(!rv_dict_new_take(syms(1), NULL));
    UT_CHECK(!rv_dict_new_take(NULL, ints(1)));
    UT_SWEEP({
        ray_val *d = rv_dict_new_take(rv_vec_new(RY_I64, 1), rv_vec_new(RY_LIST, 1));
        if (!d) UT_EQ_INT(rb_error_code(), RB_E_OOM);
        rv_release(d);
    });
}

UT_CASE(counts) {
    ray_val *s = rv_str_new("abc", 3), *x = rv_i64_new(7);
    UT_EQ_INT(rv_count(s), 3);
    UT_EQ_INT(rv_count(x), 1);
    UT_EQ_INT(rv_count(rv_null_get()), 1);
    rv_release(s);
    rv_release(x);
}

UT_MAIN(setup, symbol_keys, other_keys, tables_as_keys, what_is_no_dict, counts)
