#include "lang_ut.h"

static ray_val *lambda(ray_rt *rt, const char *source) {
    ray_val *v = ray_eval(rt, source, strlen(source), -1);
    if (!v || v->type != RY_LAMBDA) UT_FAIL("%s: %s", source, rb_error_get()->text);
    return v;
}

/* The names that the lambda took along, joined. */
static void takes(ray_rt *rt, const char *source, const char *names) {
    char got[128] = "";
    ray_val *fn = lambda(rt, source);
    const ray_val *d = fn->u.fn.captures;
    for (int64_t i = 0; d && i < d->len; i++) {
        strcat(got, i ? " " : "");
        strcat(got, rv_sym_z(RV_DATA(int32_t, d->u.pair.keys)[i]));
    }
    if (strcmp(got, names) != 0) UT_FAIL("%s takes \"%s\", expected \"%s\"", source, got, names);
    rv_release(fn);
}

UT_CASE(what_is_taken) {
    ray_rt *rt = rt_new();
    takes(rt, "(fn [x] (list x y))", "");
    takes(rt, "(do (let z 5) (fn [] z))", "z");
    takes(rt, "(do (let z 5) (let y 6) (fn [x] (list y z x)))", "z y");
    takes(rt, "((fn [a b] (let c 3) (fn [x] (list c x a))) 1 2)", "a c");
    takes(rt, "((fn [x] (fn [x] x)) 1)", "x");
    takes(rt, "((fn [x] (fn [y] 'x)) 1)", "x");
    takes(rt, "((fn [x] (fn [y] {a: x})) 1)", "x");
    takes(rt, "((fn [x] (fn [y] [x])) 1)", "x");
    takes(rt, "((fn [x] (fn [y] (fn [z] x))) 1)", "x");
    takes(rt, "((fn [d] (fn [y] d.p)) {p: 1})", "d");
    takes(rt, "((fn [a b] (fn [y] (eval y))) 1 2)", "a b");
    takes(rt, "((fn [a b] (fn [y] (resolve y))) 1 2)", "a b");
    takes(rt, "(((fn [a] (fn [b] (fn [] (list a b)))) 1) 2)", "b a");
    takes(rt, "(do (let x 1) (do (let x 2) (fn [] x)))", "x");
    ray_rt_free(rt);
}

static const said rows[] = {
    {"(do (let x 1) (do (let x 2) (set f (fn [] x))) (f))", "2"},
    {"(set cnt (fn [] (let c 0) (fn [] (let c (+ c 1)) c)))", "lambda"},
    {"(set c1 (cnt))", "lambda"},
    {"(list (c1) (c1))", "(1 1)"},
    {"(set adder (fn [x] (fn [y] (+ x y))))", "lambda"},
    {"((adder 3) 4)", "7"},
    {"(set x 100)", "100"},
    {"((adder 3) 4)", "7"},
    {"(set uz (fn [] z))", "lambda"},
    {"(set z 10)", "10"},
    {"(do (let z 5) (uz))", "5"},
    {"((fn [z] (uz)) 7)", "10"},
    {"(uz)", "10"},
    {"((fn [] (let h (fn [n] (if (== n 0) 1 (h (- n 1))))) (h 5)))", "!name"},
    {"((fn [n] ((fn [m] (list m n)) 5)) 3)", "(5 3)"},
    {"((fn [d] (fn [] d.p)) {p: 7})", "lambda"},
    {"(((fn [d] (fn [] d.p)) {p: 7}))", "7"},
    {"((de (ser ((fn [x] (fn [y] (list x y))) 1))) 2)", "(1 2)"},
};

UT_CASE(what_it_is_good_for) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, rows);
    ray_rt_free(rt);
}

UT_CASE(many_names) {
    ray_rt *rt = rt_new();
    rb_bytes b = RB_BYTES_EMPTY;
    UT_CHECK(rb_bytes_put_text(&b, "((fn [] ") == 0);
    for (int i = 0; i < 200; i++) UT_CHECK(rb_bytes_printf(&b, "(let v%d %d) ", i, i) == 0);
    UT_CHECK(rb_bytes_put_text(&b, "((fn [] (+ v3 (+ v150 v199))))))") == 0);
    UT_CHECK(rb_bytes_put(&b, "", 1) == 0);
    say(rt, (const char *)b.p, "352");
    rb_bytes_free(&b);
    ray_rt_free(rt);
}

UT_CASE(setup) {
    what_is_taken();
    what_it_is_good_for();
    many_names();
}

UT_MAIN(setup, what_is_taken, what_it_is_good_for, many_names)
