#include "ops_ut.h"

static bool truthy_take(ray_val *v) {
    UT_CHECK(v);
    bool yes = ro_truthy(v);
    rv_release(v);
    return yes;
}

UT_CASE(what_is_true) {
    UT_CHECK(!truthy_take(rv_i64_new(0)) && !truthy_take(rv_null_of_new(RY_F64)) && !truthy_take(rv_str_new("", 0)));
    UT_CHECK(!truthy_take(rv_sym_new(0, false)) && !truthy_take(rv_date_new(0)) && !truthy_take(rv_retain(rv_null_get())));
    UT_CHECK(truthy_take(rv_f64_new(-0.5)) && truthy_take(rv_str_new("0", 1)) && truthy_take(rv_timespan_new(0)));
    UT_CHECK(truthy_take(rv_vec_new(RY_I64, 0)) && truthy_take(rv_vec_new(RY_LIST, 0)));
}

static ray_val *both(ray_val *a, ray_val *b) {
    ray_val *r = a && b ? ro_and(&rt, a, b) : NULL;
    rv_release(a);
    rv_release(b);
    return r;
}

UT_CASE(element_by_element) {
    ray_val *r = both(INTS(1, 0, RY_NULL_I64), rv_i64_new(2));
    UT_CHECK(r && r->type == RY_B8 && RV_DATA(uint8_t, r)[0] && !RV_DATA(uint8_t, r)[1] && !RV_DATA(uint8_t, r)[2]);
    rv_release(r);
    SAME(both(rv_i64_new(1), rv_retain(rv_null_get())), rv_b8_new(false));
    UT_ERROR(both(INTS(1, 0), INTS(1)), RB_E_LENGTH);
    r = both(list2(rv_i64_new(1), INTS(0, 1)), rv_b8_new(true));
    UT_CHECK(r && r->type == RY_LIST && rv_list_get(r, 1)->type == RY_B8);
    rv_release(r);
}

UT_CASE(negation) {
    SAME(call1(ro_not, rv_i64_new(0)), rv_b8_new(true));
    ray_val *r = call1(ro_not, REALS(0, 1.5, ry_null_f64()));
    UT_CHECK(r && r->type == RY_B8 && RV_DATA(uint8_t, r)[0] && !RV_DATA(uint8_t, r)[1] && RV_DATA(uint8_t, r)[2]);
    rv_release(r);
    SAME(call1(ro_not, rv_vec_new(RY_SYM, 0)), rv_b8_new(false));
    ray_val *deep = rv_i64_new(1);
    for (int i = 0; i <= RV_DEPTH_MAX; i++) deep = rv_list_of_take(1, &deep);
    UT_ERROR(call1(ro_not, deep), RB_E_LIMIT);
}

UT_CASE(no_memory) {
    UT_SWEEP(SWEPT(both(INTS(1, 0), rv_i64_new(2))));
    UT_SWEEP(SWEPT(call1(ro_not, list2(INTS(1, 0), rv_i64_new(1)))));
}

UT_MAIN(what_is_true, element_by_element, negation, no_memory)
