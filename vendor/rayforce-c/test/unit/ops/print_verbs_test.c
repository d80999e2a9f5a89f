#include "ut.h"

#include "ops/print_verbs.h"

static ray_rt rt;
static rb_bytes printed;
static int prints;

static void keep(void *ctx, const char *text, size_t n) {
    UT_CHECK(ctx == &rt && rb_bytes_put(&printed, text, n) == 0);
    prints++;
}

/* One call of the runtime's print a verb; none at all without one. */
UT_CASE(goes_to_print) {
    ray_val *args[] = {rv_str_new("%+%\0%", 5), rv_i64_new(1), rv_f64_new(0.001)};
    UT_CHECK(ro_println(&rt, args, 3) == rv_null_get());
    rt.print = keep, rt.print_ctx = &rt;
    UT_CHECK(ro_println(&rt, args, 3) == rv_null_get());
    UT_CHECK(ro_show(&rt, args + 1, 2) == rv_null_get());
    UT_CHECK(ro_print(&rt, args + 1, 2) == rv_null_get());
    rt.print = NULL;
    UT_EQ_INT(prints, 3);
    const char want[] = "1+0.001\0%\n11.00e-03\n1 0.001";
    UT_EQ_INT(printed.len, sizeof want - 1);
    UT_EQ_MEM(printed.p, want, sizeof want - 1);
    rb_bytes_free(&printed);
    for (int i = 0; i < 3; i++) rv_release(args[i]);
}

static void ignore(void *ctx, const char *text, size_t n) { (void)ctx, (void)text, (void)n; }

/* What cannot be made whole is not printed in part. */
static void print_once(rv_verb_fn verb) {
    ray_val *args[] = {rv_str_new("a % that is replaced by something longer", 40), rv_vec_new(RY_LIST, 100)};
    ray_val *out = args[0] && args[1] ? verb(&rt, args, 2) : NULL;
    if (!out) UT_EQ_INT(rb_error_code(), RB_E_OOM);
    rv_release(args[0]);
    rv_release(args[1]);
    rv_release(out);
}

UT_CASE(no_memory) {
    const rv_verb_fn verbs[] = {ro_print, ro_println, ro_show, ro_format};
    rt.print = ignore;
    for (size_t i = 0; i < RB_COUNT(verbs); i++)
        UT_SWEEP(print_once(verbs[i]));
    rt.print = NULL;
}

UT_MAIN(goes_to_print, no_memory)
