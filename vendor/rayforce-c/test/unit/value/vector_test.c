#include "ut.h"

#include "value/value.h"

UT_CASE(setup) { UT_CHECK(rv_sym_intern("abc", 3) > 0); }

UT_CASE(new_vectors) {
    for (int t = 0; t < RY_VECTOR_END; t++) {
        if (!ry_is_vector_code(t)) continue;
        ray_val *v = rv_vec_new(t, 5);
        UT_EQ_INT(v->len, 5);
        UT_EQ_INT((uintptr_t)v->data % 64, 0);
        if (t == RY_SYM) memset(v->data, 0, 20);
        UT_CHECK(!rv_check(v) && rv_is_own(v));
        if (t == RY_LIST) UT_CHECK(rv_list_get(v, 4) == rv_null_get());
        rv_release(v);
        v = rv_vec_new(t, 0);
        UT_CHECK(v && !rv_check(v));
        rv_release(v);
    }
    UT_ERROR(rv_vec_new(14, 1), RB_E_TYPE);
    UT_ERROR(rv_vec_new(-RY_I64, 1), RB_E_TYPE);
    UT_ERROR(rv_vec_new(RY_I64, -1), RB_E_LIMIT);
    UT_ERROR(rv_vec_new(RY_I64, INT64_MAX / 4), RB_E_LIMIT);
    UT_ERROR(rv_vec_new(RY_U8, INT64_MAX), RB_E_OOM);
}

UT_CASE(growing_in_place) {
    ray_val *v = rv_vec_room_new(RY_I64, 4);
    const void *at = v->data;
    for (int64_t i = 0; i < 4; i++) UT_CHECK(rv_vec_append(v, &i, 1) == 0);
    UT_CHECK(v->data == at);
    int moved = 0;
    for (int64_t i = 4; i < 10000; i++) {
        const void *was = v->data;
        UT_CHECK(rv_vec_append(v, &i, 1) == 0);
        moved += was != v->data;
    }
    UT_CHECK(moved < 40);
    for (int64_t i = 0; i < 10000; i++) UT_EQ_INT(RV_DATA(int64_t, v)[i], i);
    UT_CHECK(!rv_check(v));
    UT_CHECK(rv_vec_append(v, NULL, 0) == 0);
    rv_release(v);
}

UT_CASE(appending_forgets_that_a_vector_was_sorted) {
    ray_val *v = rv_vec_new(RY_I16, 0);
    v->marks = RV_M_SORTED | RV_M_UNIQUE;
    UT_CHECK(rv_vec_append(v, (int16_t[]){1}, 1) == 0);
    UT_EQ_INT(v->marks, 0);
    rv_release(v);
}

UT_CASE(too_much_to_append) {
    ray_val *v = rv_vec_new(RY_I64, 1);
    UT_ERROR(rv_vec_reserve(v, INT64_MAX), RB_E_LIMIT);
    UT_ERROR(rv_vec_reserve(v, INT64_MAX / 8), RB_E_LIMIT);
    UT_EQ_INT(v->len, 1);
    rv_release(v);
}

UT_CASE(slices_share_memory) {
    ray_val *v = rv_vec_new(RY_I32, 10);
    for (int i = 0; i < 10; i++) RV_DATA(int32_t, v)[i] = i;
    v->attrs = RV_A_NULLS;
    ray_val *s = rv_vec_slice(v, 3, 4), *t = rv_vec_slice(s, 1, 2), *none = rv_vec_slice(v, 10, 0);
    UT_EQ_INT(RV_DATA(int32_t, t)[1], 5);
    UT_CHECK((char *)t->data == (char *)v->data + 16 && t->attrs == RV_A_NULLS);
    UT_EQ_INT(none->len, 0);
    UT_ERROR(rv_vec_slice(v, 8, 3), RB_E_INDEX);
    UT_ERROR(rv_vec_slice(v, -1, 1), RB_E_INDEX);
    UT_ERROR(rv_vec_slice(v, 11, 0), RB_E_INDEX);
    UT_ERROR(rv_vec_slice(v, 1, INT64_MAX), RB_E_INDEX);
    UT_ERROR(rv_vec_slice(rv_null_get(), 0, 0), RB_E_TYPE);
    rv_release(v);
    rv_release(s);
    UT_EQ_INT(RV_DATA(int32_t, t)[0], 4);
    rv_release(none);
    /* the last holder may grow into what lies behind its slice */
    UT_CHECK(rv_is_own(t) && rv_vec_append(t, (int32_t[]){77}, 1) == 0);
    UT_EQ_INT(RV_DATA(int32_t, t)[2], 77);
    UT_CHECK(!rv_check(t));
    rv_release(t);
}

UT_CASE(slices_of_lists_hold_the_children) {
    ray_val *v = rv_list_of_take(3, (ray_val *[]){rv_i64_new(1), rv_i64_new(2), rv_i64_new(3)});
    ray_val *s = rv_vec_slice(v, 1, 2);
    UT_CHECK(rv_list_get(s, 0) == rv_list_get(v, 1));
    rv_release(v);
    UT_EQ_INT(rv_list_get(s, 1)->u.i64, 3);
    UT_CHECK(!rv_check(s));
    rv_release(s);
}

static int released;
static void *released_ctx;
static void count_release(rv_buf *b) {
    released++;
    released_ctx = b->ctx;
    (void)rb_fail(RB_E_USER, "from the callback");
}

UT_CASE(memory_from_outside) {
    int64_t mem[4] = {1, 2, 3, RY_NULL_I64};
    released = 0;
    ray_val *v = rv_vec_external(RY_I64, mem, 4, false, count_release, &released);
    UT_CHECK(v->data == mem && rv_is_own(v) && !rv_check(v));
    ray_val *s = rv_vec_slice(v, 2, 2);
    rv_release(v);
    UT_EQ_INT(released, 0);
    rv_release(s);
    UT_EQ_INT(released, 1);
    UT_CHECK(released_ctx == &released);
    UT_ERROR(rv_vec_external(RY_STR, mem, 1, false, count_release, NULL), RB_E_TYPE);
    UT_ERROR(rv_vec_external(RY_LIST, mem, 1, false, count_release, NULL), RB_E_TYPE);
    UT_ERROR(rv_vec_external(RY_I64, mem, -1, false, count_release, NULL), RB_E_LIMIT);
    UT_ERROR(rv_vec_external(RY_I64, (char *)mem + 4, 1, false, count_release, NULL), RB_E_VALUE);
    UT_EQ_INT(released, 5);
    v = rv_vec_external(RY_GUID, (char *)mem + 1, 1, true, NULL, NULL);
    UT_CHECK(v && !rv_check(v));
    rv_release(v);
    UT_SWEEP({
        released = 0;
        ray_val *x = rv_vec_external(RY_I64, mem, 4, false, count_release, NULL);
        if (!x) UT_EQ_INT(rb_error_code(), RB_E_OOM);
        rv_release(x);
        UT_EQ_INT(released, 1);
    });
}

UT_CASE(growing_memory_from_outside_moves_it) {
    int64_t mem[1] = {5};
    released = 0;
    ray_val *v = rv_vec_external(RY_I64, mem, 1, false, count_release, NULL);
    UT_CHECK(rv_vec_append(v, (int64_t[]){6}, 1) == 0);
    UT_EQ_INT(released, 1);
    UT_CHECK(RV_DATA(int64_t, v)[0] == 5 && RV_DATA(int64_t, v)[1] == 6);
    rv_release(v);
}

UT_CASE(elements_as_atoms) {
    ray_val *v = rv_vec_new(RY_I64, 2);
    RV_DATA(int64_t, v)[0] = RY_NULL_I64;
    RV_DATA(int64_t, v)[1] = 3;
    ray_val *x = rv_vec_at(v, 0);
    UT_EQ_INT(x->attrs, 0);
    rv_release(x);
    rv_vec_scan_nulls(v);
    UT_EQ_INT(v->attrs, RV_A_NULLS);
    x = rv_vec_at(v, 0);
    UT_EQ_INT(x->attrs, RV_A_NULL);
    rv_release(x);
    x = rv_vec_at(v, 1);
    UT_CHECK(x->attrs == 0 && x->u.i64 == 3);
    rv_release(x);
    RV_DATA(int64_t, v)[0] = 0;
    rv_vec_scan_nulls(v);
    UT_EQ_INT(v->attrs, 0);
    rv_release(v);

    v = rv_vec_new(RY_SYM, 1);
    RV_DATA(int32_t, v)[0] = 0;
    rv_vec_scan_nulls(v);
    UT_EQ_INT(v->attrs, RV_A_NULLS);
    x = rv_vec_at(v, 0);
    UT_EQ_INT(x->attrs, 0);
    rv_release(x);
    rv_release(v);

    v = rv_vec_new(RY_STR, 1);
    rv_vec_scan_nulls(v);
    x = rv_vec_at(v, 0);
    UT_CHECK(x->type == -RY_STR && x->attrs == RV_A_NULL && x->len == 0);
    rv_release(x);
    rv_release(v);

    v = rv_list_of_take(1, (ray_val *[]){rv_i64_new(1)});
    x = rv_vec_at(v, 0);
    UT_CHECK(x == rv_list_get(v, 0));
    rv_release(x);
    rv_release(v);
}

UT_CASE(out_of_memory) {
    UT_SWEEP({
        ray_val *v = rv_vec_room_new(RY_I32, 1);
        int64_t was = -1;
        for (int32_t i = 0; v && i < 100; i++) {
            was = v->len;
            if (rv_vec_append(v, &i, 1) < 0) {
                UT_EQ_INT(rb_error_code(), RB_E_OOM);
                UT_EQ_INT(v->len, was);
                break;
            }
        }
        ray_val *x = v && v->len == 100 ? rv_vec_at(v, 7) : NULL;
        UT_CHECK(!x || x->u.i32 == 7);
        rv_release(x);
        rv_release(v);
    });
}

UT_MAIN(setup, new_vectors, growing_in_place, appending_forgets_that_a_vector_was_sorted, too_much_to_append,
        slices_share_memory, slices_of_lists_hold_the_children, memory_from_outside,
        growing_memory_from_outside_moves_it, elements_as_atoms, out_of_memory)
