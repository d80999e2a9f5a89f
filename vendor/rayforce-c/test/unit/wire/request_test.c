/* Requests: the bytes that the two lines expect for the same wish. */
#include "wt_values.h"

static const rw_dialect *v1 = &rw_dialect_v1, *v2 = &rw_dialect_v2;

UT_CASE(setup) {
    const char *names[] = {"f", "a", "n", "quote", "eval", "parse", "do", "set", "neg", "if", "k"};
    rv_release(wt_syms((int)RB_COUNT(names), names));
}

static void says(const rw_dialect *d, ray_val *message, const char *hex) {
    UT_CHECK(message);
    UT_CHECK(!rv_check(message));
    UT_EQ_STR(wt_hex_of(d, message), hex);
    rv_release(message);
}

/* The head of a list of n elements, in hex. */
#define LIST(n) "0000" #n "00000000000000"

UT_CASE(calls) {
    ray_val *f = wt_sym("f");
    ray_val *list = rv_list_of_take(2, (ray_val *[]){wt_sym("a"), rv_i64_new(1)});
    ray_val *args[] = {rv_i64_new(1), wt_sym("a"), list, rv_null_get()};
    says(v2, rw_request_call(v2, f, args, 4),
         LIST(05) "f4006600" "fb000100000000000000" "f4206100"
         LIST(02) "f40071756f746500" LIST(02) "f4006100" "fb000100000000000000" "7e");
    says(v1, rw_request_call(v1, f, args, 4),
         LIST(05) "fa6600" "fb0100000000000000" "fa6100" LIST(02) "fa6100" "fb0100000000000000" "7e");
    says(v2, rw_request_call(v2, f, NULL, 0), LIST(01) "f4006600");
    says(v1, rw_request_call(v1, f, NULL, 0), LIST(02) "67646f00" LIST(01) "fa6600"); /* (f) alone is no call there */
    ray_val *neg = rv_builtin_named(RY_UNARY, rv_sym_intern_z("neg"));
    says(v2, rw_request_call(v2, neg, args, 1), LIST(02) "656e656700" "fb000100000000000000");
    says(v1, rw_request_call(v1, neg, args, 1), LIST(02) "656e656700" "fb0100000000000000");
    /* An empty list would be a call, too. */
    ray_val *empty = rv_vec_new(RY_LIST, 0);
    says(v2, rw_request_call(v2, f, &empty, 1), LIST(02) "f4006600" LIST(02) "f40071756f746500" LIST(00));
    ray_val *quoted = rv_sym_new(rv_sym_intern_z("f"), true);
    says(v2, rw_request_call(v2, quoted, args, 1), LIST(02) "f4006600" "fb000100000000000000");
    for (int i = 0; i < 3; i++) rv_release(args[i]);
    rv_release(f);
    rv_release(neg);
    rv_release(empty);
    rv_release(quoted);
}

UT_CASE(no_calls) {
    ray_val *one = rv_i64_new(1), *f = wt_sym("f"), *error = rv_error_new("type", NULL);
    UT_ERROR(rw_request_call(v2, one, NULL, 0), RB_E_TYPE);
    UT_ERROR(rw_request_call(v1, one, NULL, 0), RB_E_TYPE);
    UT_ERROR(rw_request_call(v2, f, &error, 1), RB_E_TYPE);
    UT_ERROR(rw_request_set(v2, f->u.sym, error), RB_E_TYPE);
    rv_release(one);
    rv_release(f);
    rv_release(error);
}

UT_CASE(source) {
    ray_val *source = wt_str("(fn [x] x)"), *one = rv_i64_new(1);
    bool needs;
    says(v2, rw_request_apply(v2, source, &one, 1, &needs),
         LIST(02) LIST(02) "f4006576616c00" LIST(02) "f400706172736500" "f3000a00000000000000" "28666e205b785d207829"
                   "fb000100000000000000");
    UT_CHECK(!needs);
    UT_CHECK(!rw_request_apply(v1, source, &one, 1, &needs));
    UT_CHECK(needs);
    UT_ERROR(rw_request_apply(v2, one, &one, 1, &needs), RB_E_TYPE);
    UT_CHECK(!needs);
    rv_release(source);
    rv_release(one);
}

UT_CASE(assignments) {
    int32_t n = rv_sym_intern_z("n");
    ray_val *a = wt_sym("a"), *one = rv_i64_new(1);
    says(v2, rw_request_set(v2, n, one),
         LIST(03) "f400646f00" LIST(03) "f40073657400" "f4206e00" "fb000100000000000000" "fb000000000000000000");
    says(v2, rw_request_set(v2, n, a),
         LIST(03) "f400646f00" LIST(03) "f40073657400" "f4206e00" "f4206100" "fb000000000000000000");
    says(v1, rw_request_set(v1, n, a),
         LIST(03) "67646f00" LIST(03) "6673657400" "fa6e00" LIST(02) "6571756f746500" "fa6100" "fb0000000000000000");
    rv_release(a);
    rv_release(one);
}

static ray_val *form_of(const rw_dialect *d, ray_val *message) {
    ray_val *form = rw_request_form(d, message);
    rv_release(message);
    return form;
}

/* What the old line does not evaluate must come out of our evaluator as it went in. */
UT_CASE(forms_of_received_messages) {
    says(v2, form_of(v2, rv_list_of_take(2, (ray_val *[]){wt_sym("f"), wt_sym("a")})), LIST(02) "f4006600" "f4006100");
    says(v2, form_of(v1, rv_list_of_take(2, (ray_val *[]){wt_sym("f"), wt_sym("a")})), LIST(02) "f4006600" "f4206100");
    ray_val *inner = rv_list_of_take(1, (ray_val *[]){wt_sym("k")});
    says(v2, form_of(v1, rv_list_of_take(2, (ray_val *[]){wt_sym("f"), inner})),
         LIST(02) "f4006600" LIST(02) "f40071756f746500" LIST(01) "f4006b00");
    says(v2, form_of(v1, rv_list_of_take(1, (ray_val *[]){wt_sym("f")})), "7e");
    says(v2, form_of(v1, rv_vec_new(RY_LIST, 0)), "7e");
    says(v2, form_of(v1, wt_sym("f")), "f4006600");
    /* A special form gets its arguments as they are. */
    static const rv_builtin row = {.name = "if", .type = RY_VARIADIC, .min = 2, .max = 3, .flags = RV_F_SPECIAL};
    says(v2, form_of(v1, rv_list_of_take(3, (ray_val *[]){rv_builtin_new(&row), wt_sym("a"), wt_sym("k")})),
         LIST(03) "67696600" "f4006100" "f4006b00");
}

static void all_requests(const rw_dialect *d, ray_val *f, ray_val *source, ray_val *const *args, ray_val *message) {
    bool needs;
    rb_error_clear();
    ray_val *made[] = {rw_request_call(d, f, args, 2), rw_request_call(d, f, args, 0),
                       d == v2 ? rw_request_apply(d, source, args, 2, &needs) : rv_null_get(),
                       rw_request_set(d, f->u.sym, args[1]), rw_request_form(d, message)};
    for (size_t k = 0; k < RB_COUNT(made); k++) {
        if (!made[k]) UT_EQ_INT(rb_error_code(), RB_E_OOM);
        rv_release(made[k]);
    }
}

UT_CASE(allocations_may_fail) {
    ray_val *f = wt_sym("f"), *source = wt_str("x");
    ray_val *args[] = {wt_sym("a"), rv_list_of_take(1, (ray_val *[]){rv_i64_new(1)})};
    for (int i = 0; i < rw_dialect_count(); i++) {
        const rw_dialect *d = rw_dialect_at(i);
        ray_val *message = rv_list_of_take(3, (ray_val *[]){wt_sym("f"), wt_sym("a"), rv_retain(args[1])});
        UT_SWEEP(all_requests(d, f, source, args, message));
        rv_release(message);
    }
    rv_release(f);
    rv_release(source);
    rv_release(args[0]);
    rv_release(args[1]);
}

UT_MAIN(setup, calls, no_calls, source, assignments, forms_of_received_messages, allocations_may_fail)
