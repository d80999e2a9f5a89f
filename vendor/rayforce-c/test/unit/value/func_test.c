#include "ut.h"

#include "value/value.h"

static const rv_builtin row = {"plus", RY_BINARY, 2, 2, RV_F_ATOMIC, NULL, -1, "adds"};
static int32_t x;

UT_CASE(setup) {
    x = rv_sym_intern_z("x");
    UT_CHECK(x > 0 && rv_sym_intern_z("plus") > 0);
}

static ray_val *params(void) {
    ray_val *v = rv_vec_new(RY_SYM, 1);
    if (v) RV_DATA(int32_t, v)[0] = x;
    return v;
}

static ray_val *body(void) { return rv_list_of_take(1, (ray_val *[]){rv_sym_new(x, false)}); }

UT_CASE(lambdas) {
    ray_val *f = rv_lambda_new_take(params(), body(), NULL);
    UT_CHECK(f && !rv_check(f) && rv_is_callable(f));
    ray_val *captures = rv_dict_new_take(params(), body());
    ray_val *g = rv_lambda_new_take(params(), body(), captures);
    UT_CHECK(g && !rv_check(g) && !rv_equal(f, g));
    ray_val *copy = rv_own_take(rv_retain(g));
    UT_CHECK(copy != g && rv_equal(copy, g) && copy->u.fn.captures == g->u.fn.captures);
    rv_release(copy);
    rv_release(f);
    f = rv_lambda_new_take(rv_vec_new(RY_I64, 0), body(), NULL);
    UT_CHECK(f && !rv_check(f));
    rv_release(f);
    rv_release(g);
}

UT_CASE(what_is_no_lambda) {
    UT_ERROR(rv_lambda_new_take(rv_vec_new(RY_LIST, 0), body(), NULL), RB_E_TYPE);
    UT_ERROR(rv_lambda_new_take(params(), rv_vec_new(RY_LIST, 0), NULL), RB_E_TYPE);
    UT_ERROR(rv_lambda_new_take(params(), rv_i64_new(1), NULL), RB_E_TYPE);
    UT_ERROR(rv_lambda_new_take(params(), body(), rv_i64_new(1)), RB_E_TYPE);
    UT_CHECK(!rv_lambda_new_take(NULL, body(), NULL));
    UT_CHECK(!rv_lambda_new_take(params(), NULL, NULL));
}

UT_CASE(builtins) {
    ray_val *f = rv_builtin_new(&row);
    UT_CHECK(f && !rv_check(f) && f->u.builtin.row == &row && rv_is_callable(f));
    UT_EQ_STR(rv_builtin_name(f), "plus");
    ray_val *g = rv_builtin_named(RY_BINARY, rv_sym_find("plus", 4)), *h = rv_builtin_named(RY_UNARY, x);
    UT_CHECK(rv_equal(f, g) && rv_hash(f) == rv_hash(g) && !rv_equal(f, h));
    UT_EQ_INT(f->len, 1);
    UT_ERROR(rv_builtin_named(RY_LAMBDA, x), RB_E_TYPE);
    rv_release(f);
    rv_release(g);
    rv_release(h);
}

UT_CASE(out_of_memory) {
    UT_SWEEP({
        ray_val *f = rv_lambda_new_take(params(), body(), rv_dict_new_take(params(), body()));
        ray_val *g = f ? rv_builtin_new(&row) : NULL;
        if (!g) UT_EQ_INT(rb_error_code(), RB_E_OOM);
        rv_release(f);
        rv_release(g);
    });
}

UT_MAIN(setup, lambdas, what_is_no_lambda, builtins, out_of_memory)
