#include "ut.h"

#include "value/value.h"

UT_CASE(set_and_append) {
    ray_val *v = rv_vec_new(RY_LIST, 2);
    rv_list_set_take(v, 1, rv_i64_new(5));
    rv_list_set_take(v, 1, rv_i64_new(6));
    for (int i = 0; i < 100; i++) UT_CHECK(rv_list_append_take(v, rv_i32_new(i)) == 0);
    UT_EQ_INT(v->len, 102);
    UT_EQ_INT(rv_list_get(v, 1)->u.i64, 6);
    UT_EQ_INT(rv_list_get(v, 101)->u.i32, 99);
    UT_CHECK(!rv_check(v));
    rv_release(v);
}

UT_CASE(a_missing_item_is_a_failure_passed_on) {
    UT_CHECK(rv_list_of_take(2, (ray_val *[]){rv_i64_new(1), NULL}) == NULL);
    ray_val *v = rv_list_of_take(0, NULL);
    UT_EQ_INT(v->len, 0);
    UT_EQ_INT(rv_list_append_take(v, NULL), -1);
    rv_release(v);
}

UT_CASE(out_of_memory) {
    UT_SWEEP({
        ray_val *v = rv_vec_room_new(RY_LIST, 0);
        for (int i = 0; v && i < 30; i++)
            if (rv_list_append_take(v, rv_i64_new(i)) < 0) {
                UT_EQ_INT(rb_error_code(), RB_E_OOM);
                UT_CHECK(!rv_check(v));
                break;
            }
        rv_release(v);
    });
}

UT_MAIN(set_and_append, a_missing_item_is_a_failure_passed_on, out_of_memory)
