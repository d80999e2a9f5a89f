#include "ut.h"

#include "value/value.h"

static int32_t a, b;

UT_CASE(setup) {
    a = rv_sym_intern_z("a");
    b = rv_sym_intern_z("b");
    UT_CHECK(a > 0 && b > 0);
}

static ray_val *names(int32_t x, int32_t y) {
    ray_val *v = rv_vec_new(RY_SYM, 2);
    UT_CHECK(v);
    RV_DATA(int32_t, v)[0] = x;
    RV_DATA(int32_t, v)[1] = y;
    return v;
}

static ray_val *columns(int64_t n, int64_t m) {
    ray_val *v = rv_list_of_take(2, (ray_val *[]){rv_vec_new(RY_I64, n), rv_vec_new(RY_LIST, m)});
    UT_CHECK(v);
    return v;
}

UT_CASE(columns_by_name) {
    ray_val *t = rv_table_new_take(names(a, b), columns(5, 5));
    UT_CHECK(t && !rv_check(t));
    UT_EQ_INT(t->len, 5);
    UT_EQ_INT(rv_count(t), 5);
    UT_EQ_INT(rv_table_columns(t), 2);
    UT_EQ_INT(rv_table_name(t, 1), b);
    UT_EQ_INT(rv_table_find(t, b), 1);
    UT_EQ_INT(rv_table_find(t, 0), -1);
    UT_EQ_INT(rv_table_column_get(t, 1)->type, RY_LIST);
    rv_release(t);
}

UT_CASE(the_leftmost_of_equal_names) {
    ray_val *t = rv_table_new_take(names(b, b), columns(0, 0));
    UT_EQ_INT(rv_table_find(t, b), 0);
    UT_EQ_INT(rv_count(t), 0);
    rv_release(t);
}

UT_CASE(no_columns) {
    ray_val *t = rv_table_new_take(rv_vec_new(RY_SYM, 0), rv_vec_new(RY_LIST, 0));
    UT_CHECK(t && !rv_check(t));
    UT_EQ_INT(rv_count(t), 0);
    rv_release(t);
}

UT_CASE(what_is_no_table) {
    UT_ERROR(rv_table_new_take(names(a, b), columns(5, 4)), RB_E_LENGTH);
    UT_ERROR(rv_table_new_take(rv_vec_new(RY_SYM, 0), columns(5, 5)), RB_E_LENGTH);
    UT_ERROR(rv_table_new_take(rv_vec_new(RY_I64, 2), columns(5, 5)), RB_E_TYPE);
    UT_ERROR(rv_table_new_take(names(a, b), rv_vec_new(RY_I64, 2)), RB_E_TYPE);
    ray_val *atoms[] = {rv_i64_new(1), rv_i64_new(2)};
    UT_ERROR(rv_table_new_take(names(a, b), rv_list_of_take(2, atoms)), RB_E_TYPE);
    UT_CHECK(!rv_table_new_take(names(a, b), NULL));
    UT_CHECK(!rv_table_new_take(NULL, columns(1, 1)));
}

UT_MAIN(setup, columns_by_name, the_leftmost_of_equal_names, no_columns, what_is_no_table)
