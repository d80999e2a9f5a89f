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

static ray_val *add_up(void *ctx, ray_val *const *args, int n) {
    int64_t sum = *(int64_t *)ctx;
    for (int i = 0; i < n; i++) sum += args[i]->u.i64;
    return rv_i64_new(sum);
}

static void let_go(void *ctx) { *(int64_t *)ctx = -1; }

UT_CASE(foreign_functions) {
    int64_t ctx = 100;
    ray_val *f = rv_foreign_new("adds", 0, -1, add_up, let_go, &ctx), *one = rv_i64_new(1);
    UT_CHECK(f && !rv_check(f) && rv_is_callable(f));
    UT_EQ_INT(f->type, RY_VARIADIC);
    UT_EQ_STR(rv_builtin_name(f), "adds");
    ray_val *args[] = {one, one}, *r = rv_foreign_call(f->u.builtin.row, args, 2);
    UT_EQ_INT(r->u.i64, 102);
    rv_release(r);
    ray_val *other = rv_own_take(rv_retain(f)); /* a copy, with the same row */
    UT_CHECK(other != f && other->u.builtin.row == f->u.builtin.row && !rv_check(other));
    rv_release(f);
    UT_EQ_INT(ctx, 100);
    rv_release(other);
    UT_EQ_INT(ctx, -1);
    for (int arity = 1; arity < 3; arity++) {
        f = rv_foreign_new("adds", arity, arity, add_up, NULL, &ctx);
        UT_EQ_INT(f->type, arity == 1 ? RY_UNARY : RY_BINARY);
        rv_release(f);
    }
    ctx = 1;
    UT_ERROR(rv_foreign_new("adds", 3, 2, add_up, let_go, &ctx), RB_E_DOMAIN);
    UT_EQ_INT(ctx, -1);
    rv_release(one);
    UT_SWEEP({
        int64_t own = 0;
        f = rv_foreign_new("adds", 0, -1, add_up, let_go, &own);
        if (!f) UT_EQ_INT(rb_error_code(), RB_E_OOM);
        rv_release(f);
        UT_EQ_INT(own, -1);
    });
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

UT_MAIN(setup, lambdas, what_is_no_lambda, builtins, foreign_functions, out_of_memory)
