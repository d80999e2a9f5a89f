#include "lang_ut.h"

#include <stdio.h>

/* A text that was read before means what it meant: nothing that was done meanwhile changes it. */

/* As a client says it. */
static void ask(ray_rt *rt, const char *source, const char *wanted) {
    ray_val *m = rv_str_new(source, strlen(source)), *v = m ? ray_eval_value(rt, m, -1) : NULL;
    rb_bytes b = RB_BYTES_EMPTY;
    UT_CHECK((v ? rv_format(&b, v, RV_REPL) : rb_bytes_printf(&b, "!%s", rb_error_class(rb_error_code()))) == 0);
    UT_CHECK(rb_bytes_put(&b, "", 1) == 0);
    if (strcmp((const char *)b.p, wanted) != 0) UT_FAIL("%s gives %s, expected %s", source, (const char *)b.p, wanted);
    rb_bytes_free(&b);
    rv_release(v);
    rv_release(m);
}

UT_CASE(setup) {
    ray_rt *rt = rt_new();
    ray_rt_free(rt);
}

UT_CASE(the_same_text_again_and_again) {
    ray_rt *rt = rt_new();
    ask(rt, "(set n 0)", "0");
    for (int i = 1; i < 6; i++) {
        char wanted[16];
        snprintf(wanted, sizeof wanted, "%d", i);
        ask(rt, "(set n (+ n 1))", wanted);
        ask(rt, "1 2 (+ 1 2)", "3");
        ask(rt, "(+ 1 'a)", "!type");
        ask(rt, "(+ 1", "!parse");
    }
    ray_rt_free(rt);
}

UT_CASE(literals_are_not_changed_by_what_is_done_with_them) {
    ray_rt *rt = rt_new();
    for (int i = 0; i < 4; i++) {
        ask(rt, "(do (set v [1 2 3]) (set v (concat v 4)) v)", "[1 2 3 4]");
        ask(rt, "(do (set d {a: 1}) (set d (concat d {b: 2})) (count d))", "2");
        ask(rt, "(do (set l [3 1 2]) (alter 'l set 0 9) l)", "[9 1 2]");
    }
    ray_rt_free(rt);
}

UT_CASE(names_are_looked_up_each_time) {
    ray_rt *rt = rt_new();
    for (int i = 0; i < 4; i++) {
        ask(rt, "(set f (fn [x] (+ x 1)))", "lambda");
        ask(rt, "(f 1)", "2");
        ask(rt, "(set f (fn [x] (* x 10)))", "lambda");
        ask(rt, "(f 1)", "10");
    }
    ray_rt_free(rt);
}

/* It evaluates itself, and others that take its place, while it runs. */
UT_CASE(a_text_that_gives_way_while_it_runs) {
    ray_rt *rt = rt_new();
    for (int round = 0; round < 4; round++) {
        ask(rt, "(set g (fn [x] (if (> x 0) (eval (parse \"(g 0)\")) 7)))", "lambda");
        ask(rt, "(g 1)", "7");
        for (int i = 0; i < 200; i++) {
            char source[32], wanted[16];
            snprintf(source, sizeof source, "(+ %d 1)", i % 67);
            snprintf(wanted, sizeof wanted, "%d", i % 67 + 1);
            ask(rt, source, wanted);
        }
    }
    ray_rt_free(rt);
}

/* What cannot be kept for want of memory is evaluated all the same, or fails and loses nothing. */
UT_CASE(without_memory) {
    ray_rt *rt = rt_new();
    ask(rt, "(+ 20 22)", "42");
    for (int64_t n = 1; n < 40; n++) {
        ray_val *m = rv_str_new("(+ 20 22)", 9);
        rb_alloc_fail_at(n, false);
        ray_val *v = ray_eval_value(rt, m, -1);
        rb_alloc_fail_at(0, false);
        UT_CHECK(v ? v->type == -RY_I64 && v->u.i64 == 42 : rb_error_code() == RB_E_OOM);
        rv_release(v);
        rv_release(m);
    }
    ask(rt, "(+ 20 22)", "42");
    ray_rt_free(rt);
}

UT_MAIN(setup, the_same_text_again_and_again, literals_are_not_changed_by_what_is_done_with_them, names_are_looked_up_each_time,
        a_text_that_gives_way_while_it_runs, without_memory)
