#include "ut.h"

#include "value/value.h"

#define LONG_TEXT "a text that does not fit into the object"

UT_CASE(atoms_live_in_their_object) {
    ray_val *v = rv_i64_new(42);
    UT_EQ_INT(v->type, -RY_I64);
    UT_EQ_INT(v->len, 1);
    UT_CHECK(v->data == &v->u && !v->buf);
    UT_CHECK(rv_is_own(v));
    UT_EQ_INT(rv_bytes(v), sizeof *v);
    rv_retain(v);
    UT_CHECK(!rv_is_own(v));
    rv_release(v);
    rv_release(v);
}

UT_CASE(the_null_object_is_never_counted) {
    ray_val *v = rv_retain(rv_null_get());
    rv_release(v);
    rv_release(v);
    UT_CHECK(atomic_load(&v->rc) == RV_IMMORTAL);
    UT_CHECK(!rv_is_own(v));
    ray_val *own = rv_own_take(v);
    UT_CHECK(own != v && own->type == RY_NULL && rv_is_own(own));
    rv_release(own);
    UT_CHECK(rv_own_take(NULL) == NULL);
}

UT_CASE(memory_of_elements_is_aligned) {
    for (size_t size = 0; size < 300; size += 37) {
        rv_buf *b = rv_buf_new(size);
        UT_EQ_INT((uintptr_t)b->mem % 64, 0);
        UT_EQ_INT(b->size, size);
        memset(b->mem, 1, size);
        rv_buf_release(b);
    }
    rv_buf *big = rv_buf_new(RB_BIG_BLOCK);
    UT_EQ_INT((uintptr_t)big->mem % 64, 0);
    ((char *)big->mem)[RB_BIG_BLOCK - 1] = 1;
    rv_buf_release(big);
    UT_ERROR(rv_buf_new(SIZE_MAX), RB_E_OOM);
    rv_buf_release(NULL);
}

UT_CASE(copy_on_write) {
    ray_val *v = rv_vec_new(RY_I32, 3);
    memcpy(v->data, (int32_t[]){1, 2, 3}, 12);
    v->attrs = RV_A_NULLS;
    v->marks = RV_M_SORTED;
    ray_val *same = rv_own_take(v);
    UT_CHECK(same == v);
    ray_val *copy = rv_own_take(rv_retain(v));
    UT_CHECK(copy != v && copy->data != v->data && rv_equal(copy, v));
    UT_CHECK(copy->attrs == RV_A_NULLS && copy->marks == RV_M_SORTED);
    RV_DATA(int32_t, copy)[0] = 9;
    UT_EQ_INT(RV_DATA(int32_t, v)[0], 1);
    rv_release(copy);
    ray_val *slice = rv_vec_slice(v, 1, 2);
    UT_CHECK(!rv_is_own(slice) && !rv_is_own(v));
    slice = rv_own_take(slice);
    UT_CHECK(rv_is_own(slice) && rv_is_own(v));
    UT_EQ_INT(RV_DATA(int32_t, slice)[1], 3);
    rv_release(slice);
    rv_release(v);
}

static int released;
static void count_release(rv_buf *b) {
    (void)b;
    released++;
}

UT_CASE(readonly_memory_is_copied_before_it_is_written) {
    static const int64_t mem[2] = {1, 2};
    released = 0;
    ray_val *v = rv_vec_external(RY_I64, (void *)(uintptr_t)mem, 2, true, count_release, NULL);
    UT_CHECK(v && !rv_is_own(v));
    v = rv_own_take(v);
    UT_EQ_INT(released, 1);
    RV_DATA(int64_t, v)[0] = 7;
    UT_EQ_INT(mem[0], 1);
    rv_release(v);
    UT_EQ_INT(released, 1);
}

UT_CASE(copies_of_containers_share_their_children) {
    ray_val *children[] = {rv_i64_new(1), rv_str_new(LONG_TEXT, 40)}, *list = rv_list_of_take(2, children);
    ray_val *copy = rv_own_take(rv_retain(list));
    UT_CHECK(copy != list && rv_list_get(copy, 1) == rv_list_get(list, 1));
    rv_release(list);
    UT_CHECK(!rv_check(copy));
    ray_val *text = rv_own_take(rv_retain(rv_list_get(copy, 1)));
    UT_CHECK(text != rv_list_get(copy, 1) && rv_equal(text, rv_list_get(copy, 1)));
    rv_release(text);
    rv_release(copy);
}

/* Deeper than any stack. */
UT_CASE(the_end_of_a_deep_value_needs_no_stack) {
    ray_val *v = rv_i64_new(1);
    for (int i = 0; i < 300000; i++) v = rv_list_of_take(1, &v);
    UT_CHECK(rv_bytes(v) > 0 && !rv_check(v));
    rv_release(v);
    v = rv_retain(rv_null_get());
    for (int i = 0; i < 100000; i++) {
        ray_val *keys = rv_list_of_take(1, &v), *values = rv_vec_new(RY_I64, 1);
        v = rv_dict_new_take(keys, values);
    }
    UT_CHECK(v);
    rv_release(v);
}

UT_CASE(bytes_count_children_and_buffers) {
    ray_val *column = rv_vec_new(RY_I64, 100);
    int64_t one = rv_bytes(column);
    UT_CHECK(one >= 800 + 64);
    ray_val *list = rv_list_of_take(2, (ray_val *[]){rv_retain(column), column});
    UT_CHECK(rv_bytes(list) >= 2 * one + 64);
    rv_release(list);
}

static ray_val *three(void) {
    ray_val *children[] = {rv_vec_new(RY_F64, 10), rv_str_new(LONG_TEXT, 40), rv_error_new("type", "a text")};
    return rv_list_of_take(3, children);
}

UT_CASE(out_of_memory) {
    UT_SWEEP({
        ray_val *v = three();
        ray_val *c = v ? rv_own_take(rv_retain(v)) : NULL;
        ray_val *x = c ? rv_own_take(rv_retain(rv_list_get(c, 0))) : NULL;
        if (!x) UT_EQ_INT(rb_error_code(), RB_E_OOM);
        rv_release(x);
        rv_release(c);
        rv_release(v);
    });
}

UT_MAIN(atoms_live_in_their_object, the_null_object_is_never_counted, memory_of_elements_is_aligned, copy_on_write,
        readonly_memory_is_copied_before_it_is_written, copies_of_containers_share_their_children,
        the_end_of_a_deep_value_needs_no_stack, bytes_count_children_and_buffers, out_of_memory)
