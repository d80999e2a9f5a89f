#include "ut.h"

#include "rayforce/errors.h"
#include "rayforce/rayforce.h"
#include "value/value.h"

UT_CASE(setup) { UT_CHECK(ray_sym_intern("a", 1) > 0); }

static ray_val *name(void) {
    ray_val *v = ray_vec_new(RAY_SYM, 1);
    *(int32_t *)ray_data(v) = ray_sym_intern("a", 1);
    return v;
}

UT_CASE(lists) {
    ray_val *v = ray_list_new(1);
    ray_list_set_take(v, 0, ray_int_new(RAY_I64, 1));
    UT_CHECK(ray_list_append_take(v, ray_int_new(RAY_I64, 2)) == 0);
    UT_EQ_INT(ray_int_get(ray_list_get(v, 1)), 2);
    UT_ERROR(ray_list_get(v, 2), RAY_E_INDEX);
    UT_ERROR(ray_list_get(ray_null_get(), 0), RAY_E_TYPE);
    rb_error_clear();
    ray_list_set_take(v, 5, ray_int_new(RAY_I64, 3));
    UT_EQ_INT(ray_error_code(), RAY_E_INDEX);
    ray_list_set_take(v, 0, NULL);
    ray_retain(v);
    UT_ERROR(ray_list_append_take(v, ray_int_new(RAY_I64, 4)), RAY_E_STATE);
    rb_error_clear();
    ray_list_set_take(v, 0, ray_int_new(RAY_I64, 9));
    UT_EQ_INT(ray_error_code(), RAY_E_STATE);
    UT_EQ_INT(ray_int_get(ray_list_get(v, 0)), 1);
    ray_release(v);
    UT_ERROR(ray_list_append_take(ray_null_get(), ray_int_new(RAY_I64, 4)), RAY_E_TYPE);
    ray_release(v);
}

UT_CASE(dicts) {
    ray_val *d = ray_dict_new_take(name(), ray_list_new(1)), *key = ray_sym_new("a", 1, true);
    UT_CHECK(ray_len(d) == 1 && ray_dict_find(d, key) == 0);
    UT_CHECK(ray_dict_keys_get(d)->type == RAY_SYM && ray_dict_values_get(d)->type == RAY_LIST);
    UT_ERROR(ray_dict_keys_get(key), RAY_E_TYPE);
    UT_ERROR(ray_dict_values_get(key), RAY_E_TYPE);
    UT_ERROR(ray_dict_find(key, key), RAY_E_TYPE);
    ray_release(d);
    ray_release(key);
}

UT_CASE(tables) {
    ray_val *columns = ray_list_new(1);
    ray_list_set_take(columns, 0, ray_vec_new(RAY_I64, 3));
    ray_val *t = ray_table_new_take(name(), columns);
    UT_CHECK(ray_len(t) == 3 && ray_table_find(t, "a", 1) == 0 && ray_table_find(t, "never interned", 14) == -1);
    UT_CHECK(ray_table_names_get(t)->len == 1 && ray_table_columns_get(t)->len == 1);
    UT_ERROR(ray_table_names_get(ray_null_get()), RAY_E_TYPE);
    UT_ERROR(ray_table_columns_get(ray_null_get()), RAY_E_TYPE);
    UT_ERROR(ray_table_find(ray_null_get(), "a", 1), RAY_E_TYPE);
    ray_release(t);
}

UT_CASE(error_values) {
    size_t n;
    ray_val *e = rv_error_new("domain", "why"), *bare = rv_error_new("type", NULL);
    UT_EQ_STR(ray_error_value_class_get(e), "domain");
    UT_CHECK(memcmp(ray_error_value_text_get(e, &n), "why", 3) == 0 && n == 3);
    UT_CHECK(memcmp(ray_text_get(e, &n), "why", 3) == 0);
    UT_CHECK(ray_error_value_text_get(bare, &n) == NULL && n == 0);
    UT_ERROR(ray_error_value_class_get(ray_null_get()), RAY_E_TYPE);
    UT_ERROR(ray_error_value_text_get(ray_null_get(), &n), RAY_E_TYPE);
    ray_release(e);
    ray_release(bare);
}

UT_CASE(coded_symbols) {
    ray_val *v = ray_vec_new(RAY_SYM, 4);
    for (int i = 0; i < 4; i++) ((int32_t *)ray_data(v))[i] = i / 2;
    ray_val *coded = ray_coded_of(v);
    UT_CHECK(coded && ray_type(coded) == RAY_CODED && ray_len(coded) == 4);
    UT_EQ_INT(ray_len(ray_coded_names_get(coded)), 2);
    UT_EQ_INT(((const uint8_t *)ray_data(ray_coded_numbers_get(coded)))[3], 1);
    UT_CHECK(ray_coded_vec_get(coded) == v);
    UT_EQ_INT(ray_coded_is_named(coded), 1);
    ray_val *list = ray_list_new(1);
    UT_CHECK(ray_list_held_get(list, 0) == ray_null_get());
    UT_ERROR(ray_list_held_get(list, 1), RB_E_INDEX);
    UT_ERROR(ray_coded_vec_get(v), RB_E_TYPE);
    UT_ERROR(ray_coded_names_get(v), RB_E_TYPE);
    UT_ERROR(ray_coded_numbers_get(v), RB_E_TYPE);
    UT_EQ_INT(ray_coded_is_named(v), -1);
    UT_ERROR(ray_coded_of(list), RB_E_TYPE);
    ray_release(list);
    ray_release(coded);
    ray_release(v);
}

UT_MAIN(setup, lists, dicts, tables, error_values, coded_symbols)
