#include "store_ut.h"

/* A parted table with a key column (1 1 2), I64 and STR. */
static ray_val *parted(void) {
    static const char *const names[] = {"part", "x", "s"};
    ray_val *keys = rv_vec_new(RY_SYM, 3), *columns = rv_vec_room_new(RY_LIST, 3), *part = rv_vec_new(RY_I64, 3);
    if (!keys || !columns || !part) goto failed;
    for (int i = 0; i < 3; i++) RV_DATA(int32_t, keys)[i] = rv_sym_intern_z(names[i]);
    for (int i = 0; i < 3; i++) RV_DATA(int64_t, part)[i] = i < 2 ? 1 : 2;
    if (rv_list_append_take(columns, rv_retain(part)) < 0 || rv_list_append_take(columns, column_of_type(RY_I64, 3)) < 0 ||
        rv_list_append_take(columns, column_of_type(RY_STR, 3)) < 0)
        goto failed;
    rv_release(part);
    ray_val *t = rv_table_new_take(keys, columns);
    if (t) t->marks |= RV_M_PARTED;
    return t;
failed:
    rv_release(part);
    rv_release(keys);
    rv_release(columns);
    return NULL;
}

static ray_val *list2(ray_val *a, ray_val *b) { return rv_list_of_take(2, (ray_val *[]){a, b}); }

static ray_val *append_take(ray_val *key, ray_val *rows) {
    ray_val *t = parted(), *out = t && key && rows ? rs_parted_append(t, key, rows) : NULL;
    rv_release(t);
    rv_release(key);
    rv_release(rows);
    return out;
}

static void appended_take(ray_val *key, ray_val *rows, int64_t n) {
    ray_val *last = rv_retain(key), *out = append_take(key, rows), *old = parted();
    UT_CHECK(out && !rv_check(out) && out->marks & RV_M_PARTED);
    UT_EQ_INT(out->len, 3 + n);
    for (int64_t c = 0; c < 3; c++) {
        ray_val *front = rv_vec_slice(rv_table_column_get(out, c), 0, 3);
        same_value(front, rv_table_column_get(old, c));
        rv_release(front);
    }
    for (int64_t i = 3; i < out->len; i++) UT_CHECK(rv_equal_atom_at(rv_table_column_get(out, 0), i, last));
    rv_release(out);
    rv_release(old);
    rv_release(last);
}

UT_CASE(setup) {
    ray_val *t = parted();
    rv_release(t);
    t = table_of_all(60);
    rv_release(t);
}

static ray_val *text(const char *s) { return rv_str_new(s, strlen(s)); }

UT_CASE(rows) {
    appended_take(rv_i64_new(2), list2(rv_i64_new(9), text("a text of some length")), 1);
    appended_take(rv_i64_new(5), list2(rv_null_of_new(RY_I64), text("")), 1);
    appended_take(rv_i64_new(3), list2(column_of_type(RY_I64, 6), column_of_type(RY_STR, 6)), 6);
    appended_take(rv_i64_new(3), list2(column_of_type(RY_I64, 0), column_of_type(RY_STR, 0)), 0);
    ray_val *names = rv_vec_new(RY_SYM, 2);
    RV_DATA(int32_t, names)[0] = rv_sym_intern_z("s");
    RV_DATA(int32_t, names)[1] = rv_sym_intern_z("x");
    appended_take(rv_i64_new(3), rv_dict_new_take(rv_retain(names), list2(text("b"), rv_i64_new(1))), 1);
    appended_take(rv_i64_new(3), rv_table_new_take(names, list2(column_of_type(RY_STR, 2), column_of_type(RY_I64, 2))), 2);
}

UT_CASE(refusals) {
    UT_ERROR(append_take(rv_i64_new(1), list2(rv_i64_new(9), text("x"))), RB_E_DOMAIN);
    UT_ERROR(append_take(rv_null_of_new(RY_I64), list2(rv_i64_new(9), text("x"))), RB_E_DOMAIN);
    UT_ERROR(append_take(rv_i32_new(3), list2(rv_i64_new(9), text("x"))), RB_E_TYPE);
    UT_ERROR(append_take(rv_i64_new(3), list2(rv_f64_new(9), text("x"))), RB_E_TYPE);
    UT_ERROR(append_take(rv_i64_new(3), list2(rv_i64_new(9), column_of_type(RY_STR, 1))), RB_E_TYPE);
    UT_ERROR(append_take(rv_i64_new(3), list2(column_of_type(RY_I64, 2), text("x"))), RB_E_TYPE);
    UT_ERROR(append_take(rv_i64_new(3), list2(column_of_type(RY_I64, 2), column_of_type(RY_STR, 3))), RB_E_LENGTH);
    UT_ERROR(append_take(rv_i64_new(3), rv_i64_new(3)), RB_E_TYPE);
    UT_ERROR(append_take(rv_i64_new(3), column_of_type(RY_I64, 2)), RB_E_TYPE);
    UT_ERROR(append_take(rv_i64_new(3), rv_list_of_take(1, (ray_val *[]){rv_i64_new(1)})), RB_E_DOMAIN);
    ray_val *names = rv_vec_new(RY_SYM, 2);
    RV_DATA(int32_t, names)[0] = RV_DATA(int32_t, names)[1] = rv_sym_intern_z("x");
    UT_ERROR(append_take(rv_i64_new(3), rv_dict_new_take(names, list2(rv_i64_new(1), text("b")))), RB_E_SCHEMA);
    ray_val *plain = table_of_one("x", RY_I64, 3), *key = rv_i64_new(3);
    UT_ERROR(rs_parted_append(plain, key, plain), RB_E_TYPE);
    UT_ERROR(rs_parted_append(key, key, plain), RB_E_TYPE);
    rv_release(plain);
    rv_release(key);
}

static void append_once(void) {
    ray_val *out = append_take(rv_i64_new(3), list2(rv_i64_new(9), text("a text of some length")));
    UT_CHECK(out || rb_error_code() == RB_E_OOM);
    rv_release(out);
}

UT_CASE(memory_runs_out) { UT_SWEEP(append_once()); }

UT_MAIN(setup, rows, refusals, memory_runs_out)
