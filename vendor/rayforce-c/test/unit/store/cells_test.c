#include "store_ut.h"

UT_CASE(setup) {
    ray_val *t = table_of_all(40); /* interns */
    UT_CHECK(t);
    rv_release(t);
}

static ray_val *back(const rb_bytes *b) {
    rb_cursor c = {b->p, b->p + b->len};
    ray_val *v = rs_cell_take(&c, 1);
    if (v && rb_cursor_left(&c)) {
        rv_release(v);
        return NULL;
    }
    return v;
}

static void come_back_take(ray_val *v) {
    rb_bytes b = RB_BYTES_EMPTY;
    UT_CHECK(v && rs_cell_put(&b, v, 1) == 0);
    ray_val *again = back(&b);
    same_value(v, again);
    UT_EQ_INT(v->attrs, again->attrs);
    rv_release(again);
    for (size_t n = 0; n < b.len; n++) { /* no part of it is a whole */
        rb_bytes part = {b.p, n, n};
        UT_CHECK(!back(&part));
    }
    rb_bytes_free(&b);
    rv_release(v);
}

UT_CASE(all_types_come_back) {
    for (int type = 0; type < RY_VECTOR_END; type++) {
        if (!ry_is_vector_code(type)) continue;
        for (int64_t n = 0; n < 12; n++) come_back_take(column_of_type(type, n));
        if (!type) continue;
        come_back_take(rv_null_of_new(type));
        ray_val *v = column_of_type(type, 9);
        for (int64_t i = 0; i < 9; i++) come_back_take(rv_vec_at(v, i));
        rv_release(v);
    }
    come_back_take(rv_null_get());
    come_back_take(rv_sym_new(rv_sym_intern_z("q"), true));
    come_back_take(table_of_all(6));
    come_back_take(rv_dict_new_take(column_of_type(RY_SYM, 3), column_of_type(RY_LIST, 3)));
}

UT_CASE(functions_stay_out) {
    rb_bytes b = RB_BYTES_EMPTY;
    ray_val *f = rv_builtin_named(RY_UNARY, rv_sym_intern_z("neg")), *e = rv_error_new("type", "no");
    ray_val *list = rv_list_of_take(2, (ray_val *[]){rv_i64_new(1), rv_retain(f)});
    UT_ERROR(rs_cell_put(&b, f, 1), RB_E_NYI);
    UT_ERROR(rs_cell_put(&b, e, 1), RB_E_NYI);
    UT_ERROR(rs_cell_put(&b, list, 1), RB_E_NYI);
    rv_release(list);
    rv_release(f);
    rv_release(e);
    rb_bytes_free(&b);
}

static ray_val *nested(int depth) {
    ray_val *v = rv_i64_new(1);
    for (int i = 1; i < depth; i++) v = rv_list_of_take(1, &v);
    return v;
}

UT_CASE(depth_has_a_limit) {
    rb_bytes b = RB_BYTES_EMPTY;
    ray_val *v = nested(RV_DEPTH_MAX);
    UT_CHECK(rs_cell_put(&b, v, 1) == 0);
    ray_val *again = back(&b);
    UT_CHECK(again);
    rv_release(again);
    rv_release(v);
    v = nested(RV_DEPTH_MAX + 1);
    UT_ERROR(rs_cell_put(&b, v, 1), RB_E_LIMIT);
    rv_release(v);
    b.len = 0;
    for (int i = 0; i < 100000; i++) UT_CHECK(rb_bytes_put(&b, "\0\0\1\0\0\0\0\0\0\0", 10) == 0);
    UT_CHECK(!back(&b));
    rb_bytes_free(&b);
}

#define BAD(text) UT_CHECK(!back(&(rb_bytes){(uint8_t *)(uintptr_t)text, sizeof text - 1, 0}))

UT_CASE(wrong_bytes) {
    BAD("\x0e\0\0\0\0\0\0\0\0\0");              /* no such type */
    BAD("\xff\0\2");                            /* a boolean of 2 */
    BAD("\xff\xff\1");                          /* an atom with strange attributes */
    BAD("\xfb\1\1\0\0\0\0\0\0\0");              /* a null that is 1 */
    BAD("\xfb\x20\1\0\0\0\0\0\0\0");            /* a quoted number */
    BAD("\xf4\0\1\0\0\0\0\0\0\0\0");            /* a symbol with a NUL */
    BAD("\xf3\1\1\0\0\0\0\0\0\0x");             /* a null string with a text */
    BAD("\5\0\xff\xff\xff\xff\xff\xff\xff\x7f"); /* more elements than bytes */
    BAD("\0\0\xff\xff\xff\xff\xff\xff\xff\x7f");
    BAD("\1\0\2\0\0\0\0\0\0\0\1\2");            /* a vector with a boolean of 2 */
    BAD("\x63\x0c\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0x\5\0\0\0\0\0\0\0\0\0"); /* a dict with one key and no value */
    BAD("\x62\x0c\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0x\0\0\0\0\0\0\0\0\0\0"); /* a table with one name and no column */
    BAD("\x64");
    BAD("\x7f");
}

static void round_trip(const ray_val *v) {
    rb_bytes b = RB_BYTES_EMPTY;
    ray_val *again = rs_cell_put(&b, v, 1) == 0 ? back(&b) : NULL;
    UT_CHECK(again || rb_error_code() == RB_E_OOM);
    rv_release(again);
    rb_bytes_free(&b);
}

UT_CASE(memory_runs_out) {
    ray_val *t = table_of_all(11);
    UT_SWEEP(round_trip(t));
    rv_release(t);
}

UT_MAIN(setup, all_types_come_back, functions_stay_out, depth_has_a_limit, wrong_bytes, memory_runs_out)
