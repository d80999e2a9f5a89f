#include "ops/lift.h"
#include "ops_ut.h"

UT_CASE(shapes) {
    SAME(call2(ro_add, rv_i64_new(1), INTS(1, 2)), INTS(2, 3));
    SAME(call2(ro_add, INTS(1, 2), INTS(10, 20)), INTS(11, 22));
    UT_ERROR(call2(ro_add, INTS(1, 2), INTS(1)), RB_E_LENGTH);
    UT_ERROR(call2(ro_add, INTS(1, 2), rv_str_new("a", 1)), RB_E_TYPE);
    UT_EQ_STR(rb_error_get()->text, "cannot add i64 and str");
}

UT_CASE(lists) {
    SAME(call2(ro_add, list2(rv_i64_new(1), INTS(1, 2)), rv_i64_new(1)), list2(rv_i64_new(2), INTS(2, 3)));
    ray_val *yes = call2(ro_lt, list2(rv_i64_new(1), rv_i64_new(5)), rv_i64_new(3));
    UT_CHECK(yes && yes->type == RY_B8 && RV_DATA(uint8_t, yes)[0] && !RV_DATA(uint8_t, yes)[1]);
    rv_release(yes);
    UT_ERROR(call2(ro_add, list2(rv_i64_new(1), rv_i64_new(2)), INTS(1, 2, 3)), RB_E_LENGTH);
}

UT_CASE(depth) {
    SAME(call2(ro_add, nested(RV_DEPTH_MAX - 2), rv_i64_new(0)), nested(RV_DEPTH_MAX - 2));
    ray_val *deep = rv_i64_new(1);
    for (int i = 0; i <= RV_DEPTH_MAX; i++) deep = rv_list_of_take(1, &deep);
    UT_ERROR(call2(ro_add, deep, rv_i64_new(0)), RB_E_LIMIT);
}

UT_CASE(empty_operands) {
    rb_error_clear(); /* and it stays so: a refused zero is no failure */
    SAME(call2(ro_add, rv_vec_new(RY_I32, 0), rv_f64_new(1)), rv_vec_new(RY_F64, 0));
    SAME(call2(ro_add, rv_vec_new(RY_I32, 0), rv_str_new("a", 1)), rv_vec_new(RY_I64, 0));
    SAME(call2(ro_add, rv_vec_new(RY_F32, 0), rv_f32_new(1)), rv_vec_new(RY_F64, 0));
    UT_EQ_INT(rb_error_code(), RB_OK);
}

UT_CASE(gathering) {
    SAME(ro_gather_take(list2(rv_i64_new(1), rv_f64_new(2.9)), RO_G_FIRST), INTS(1, 2));
    SAME(ro_gather_take(list2(rv_f64_new(1), rv_null_of_new(RY_I64)), RO_G_FIRST), REALS(1, ry_null_f64()));
    SAME(ro_gather_take(list2(rv_i64_new(1), rv_f64_new(2)), RO_G_SAME), list2(rv_i64_new(1), rv_f64_new(2)));
    SAME(ro_gather_take(list2(rv_str_new("a", 1), rv_str_new("b", 1)), RO_G_SAME), list2(rv_str_new("a", 1), rv_str_new("b", 1)));
}

UT_CASE(no_memory) {
    UT_SWEEP(SWEPT(call2(ro_add, list2(rv_i64_new(1), INTS(1, 2)), rv_i64_new(1))));
    UT_SWEEP(SWEPT(call2(ro_lt, list2(rv_i64_new(1), rv_i64_new(5)), rv_i64_new(3))));
    UT_SWEEP(SWEPT(call2(ro_add, rv_vec_new(RY_I32, 0), rv_str_new("a", 1))));
}

UT_MAIN(shapes, lists, depth, empty_operands, gathering, no_memory)
