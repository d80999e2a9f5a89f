#include "lang_ut.h"

/* What every room above relies on: messages, calls with values, limits. */

static ray_val *form(const char *text) {
    ray_val *forms = rl_parse(text, strlen(text));
    UT_CHECK(forms && forms->len == 1);
    ray_val *v = rv_retain(rv_list_get(forms, 0));
    rv_release(forms);
    return v;
}

/* A message whose list is the tree of the text. */
static void message(ray_rt *rt, const char *text, const char *wanted) {
    ray_val *m = form(text), *v = ray_eval_value(rt, m, -1);
    rb_bytes b = RB_BYTES_EMPTY;
    UT_CHECK((v ? rv_format(&b, v, RV_REPL) : rb_bytes_printf(&b, "!%s", rb_error_class(rb_error_code()))) == 0);
    UT_CHECK(rb_bytes_put(&b, "", 1) == 0);
    if (strcmp((const char *)b.p, wanted) != 0) UT_FAIL("message %s gives %s, expected %s", text, (const char *)b.p, wanted);
    rb_bytes_free(&b);
    rv_release(v);
    rv_release(m);
}

UT_CASE(messages) {
    ray_rt *rt = rt_new();
    say(rt, "(set x 3)", "3");
    message(rt, "\"(list x 1)\"", "(3 1)");
    message(rt, "\"\"", "");
    message(rt, "\"  \"", "!parse");
    message(rt, "\"x\\0(\"", "3");
    message(rt, "x", "3");
    message(rt, "'x", "x");
    message(rt, "nosuch", "!name");
    message(rt, "()", "()");
    message(rt, "(list x 'x \"x\")", "(3 x \"x\")");
    message(rt, "('list x)", "(3)");
    message(rt, "((fn [a] a) 7)", "7");
    message(rt, "(1 2 3)", "!type");
    message(rt, "(nosuch 1)", "!name");
    message(rt, "(x 1)", "!type");
    message(rt, "(list (1 x) (x 2) (nosuch x) (\"a\" x))", "((1 x) (x 2) (nosuch x) (\"a\" x))");
    message(rt, "(list (list x) (if true x 1))", "((3) 3)");
    message(rt, "(quote (1 2))", "(1 2)");
    message(rt, "((fn [a] (1 2)) 7)", "!type"); /* code of a lambda is no data */
    message(rt, "{a: x}", "{a:x}");
    message(rt, "[a b]", "[a b]");
    ray_rt_free(rt);
}

UT_CASE(calls_with_values_evaluate_nothing) {
    ray_rt *rt = rt_new();
    ray_val *list = ray_get(rt, "list"), *set = ray_get(rt, "set"), *name = ray_sym_new("nosuch", 6, false);
    ray_val *call = form("(nosuch 1)");
    ray_val *v = ray_call(rt, list, (ray_val *[]){name, call}, 2, -1);
    UT_CHECK(v && v->len == 2 && rv_equal(rv_list_get(v, 0), name) && rv_equal(rv_list_get(v, 1), call));
    rv_release(v);
    v = ray_call(rt, set, (ray_val *[]){name, call}, 2, -1);
    UT_CHECK(v && rv_equal(v, call));
    rv_release(v);
    v = ray_get(rt, "nosuch");
    UT_CHECK(v && rv_equal(v, call));
    rv_release(v);
    UT_ERROR(ray_call(rt, call, NULL, 0, -1), RB_E_TYPE);
    UT_ERROR(ray_call(rt, set, &name, 1, -1), RB_E_ARITY);
    rv_release(call);
    rv_release(name);
    rv_release(set);
    rv_release(list);
    ray_rt_free(rt);
}

UT_CASE(unknown_builtin_is_a_name_error) {
    ray_rt *rt = rt_new();
    ray_val *fn = rv_builtin_named(RY_UNARY, rv_sym_intern_z("no-such-verb"));
    UT_CHECK(fn);
    UT_ERROR(ray_call(rt, fn, &fn, 1, -1), RB_E_NAME);
    rv_release(fn);
    ray_rt_free(rt);
}

UT_CASE(depth) {
    ray_rt *rt = rt_new();
    say(rt, "(set down (fn [n] (if (== n 0) 0 (self (- n 1)))))", "lambda");
    say(rt, "(down 1000)", "0");
    say(rt, "(set busy (fn [n] (if (== n 0) 0 (+ 1 (self (- n 1))))))", "lambda");
    say(rt, "(busy 1000)", "1000");
    say(rt, "(down 10000000)", "!limit");
    say(rt, "((fn [] (map self [1 2])))", "!arity");
    say(rt, "((fn [x] (map self [1 2])) 1)", "!limit");
    say(rt, "(do (set x 1) (times 2000 (set x (list list x))) (eval x) 1)", "1");
    say(rt, "(do (set x 1) (times 100000 (set x (list list x))) (eval x) 1)", "!limit");
    say(rt, "(do (times 100000 (set x (list fn [] x))) ((fn [] (eval x))))", "lambda");
    say(rt, "(set x 0)", "0");
    ray_rt_free(rt);
}

UT_CASE(restricted) {
    ray_rt_opts o = {.threads = 1, .restricted = true};
    ray_rt *rt = ray_rt_new(&o);
    UT_CHECK(rt);
    static const said rows[] = {
        {"(set x 1)", "!access"},          {"(let x 1)", "1"},         {"((fn [] (set x 1)))", "!access"},
        {"(eval (parse \"(del x)\"))", "!access"}, {"(map (fn [s] (set x s)) [1])", "!access"}, {"x", "1"},
        {"(alter 'x set 0 1)", "!access"}, {"(exit 1)", "!access"},    {"(.os.getenv \"HOME\")", "!access"},
        {"(do (let s set) (s y 1))", "!access"},
    };
    SAY_ALL(rt, rows);
    ray_val *one = rv_i64_new(1);
    UT_CHECK(ray_set(rt, "x", one) == 0); /* the embedder itself may */
    rv_release(one);
    ray_rt_free(rt);
}

static const char *const programs[] = {
    "(do (let a 1) (set f (fn [x y] (list a x y self))) (f 1 2))",
    "(do (set d.e.f 5) (set d.e.g 6) (del d.e.f) d)",
    "(try (raise {a: [1 2]}) (fn [e] (list e 1 2 3 4 5 6 7 8 9 10)))",
    "((fn [a b c d e f g h i j] (let k 1) (fn [] (list a b c d e f g h i j k))) 1 2 3 4 5 6 7 8 9 10)",
    "(map (fn [x] (if (> x 1) (return x) x)) [1 2 3])",
    "(times [i 3] (let q (enlist i i)))",
    "(fold-right (fn [a b] (list a b)) [1 2 3])",
    "(map-left (fn [a b] a) [1 2 3] 0)",
    "(list (scan + [1 2 3]) (prior == [1 1]) (apply (fn [a b] a) (list 1) (list 2)))",
    "(eval (parse \"(list (quote x) [1 2] {a: 1})\"))",
    "(list .sys (meta [1 2]) (nil? [1 0N]) (type 'a))",
    "(and [true false] true)",
    "(de (ser (fn [x] (list x {a: 1 b: [a b c]} \"a string of more than thirty-one bytes in all\"))))",
};

static void forget(ray_rt *rt) {
    ray_val *names = ray_names(rt);
    UT_CHECK(names);
    for (int64_t i = 0; i < names->len; i++) UT_EQ_INT(ray_delete(rt, rv_sym_z(RV_DATA(int32_t, names)[i])), 0);
    rv_release(names);
}

/* Fails the 1st, 2nd ... allocation of an evaluation; nothing is lost, and the runtime goes on. */
static void sweep(ray_rt *rt, const char *text) {
    for (int64_t n = 1;; n++) {
        rb_heap_stats before, after;
        rb_heap_stats_into(&before);
        rb_alloc_fail_at(n, false);
        ray_val *v = ray_eval(rt, text, strlen(text), -1);
        bool failed = rb_alloc_has_failed();
        rb_alloc_fail_at(0, false);
        if (v) UT_CHECK(!rv_check(v));
        else if (rb_error_code() != RB_E_OOM) UT_FAIL("%s: allocation %lld: %s", text, (long long)n, rb_error_get()->text);
        ray_release(v);
        forget(rt);
        rb_heap_stats_into(&after);
        if (after.blocks != before.blocks) UT_FAIL("%s leaks when allocation %lld fails", text, (long long)n);
        if (!failed) return;
    }
}

UT_CASE(no_allocation_is_taken_for_granted) {
    ray_rt *rt = rt_new();
    for (size_t i = 0; i < RB_COUNT(programs); i++) sweep(rt, programs[i]);
    ray_rt_free(rt);
}

/* A function of the embedder, which may be replaced while it runs. */
static int freed;

static void let_go(void *ctx) {
    (void)ctx;
    freed++;
}

static ray_val *replace_itself(void *ctx, ray_val *const *args, int n) {
    if (n == 1) return rv_i64_new(args[0]->u.i64 + 1);
    return ray_set(ctx, "own", args[1]) < 0 ? NULL : rv_retain(args[0]);
}

UT_CASE(functions_of_the_embedder) {
    freed = 0;
    ray_rt *rt = rt_new();
    for (int max = 1; max < 3; max++) {
        ray_val *f = ray_function_new("own", 1, max, replace_itself, let_go, rt);
        UT_CHECK(f && ray_set(rt, "own", f) == 0);
        rv_release(f);
        say(rt, "(own 1)", "2");
        say(rt, "((fn [f] (f 1)) own)", "2");
        say(rt, "(own)", "!arity");
        if (max == 1) say(rt, "(map own [1 2])", "(2 3)");
    }
    UT_EQ_INT(freed, 1);
    say(rt, "(own 5 6)", "5");
    UT_EQ_INT(freed, 2);
    say(rt, "own", "6");
    ray_rt_free(rt);
}

UT_CASE(setup) {
    functions_of_the_embedder();
    messages();
    calls_with_values_evaluate_nothing();
    unknown_builtin_is_a_name_error();
    depth();
    restricted();
    ray_rt *rt = rt_new();
    for (size_t i = 0; i < RB_COUNT(programs); i++) {
        ray_val *v = ray_eval(rt, programs[i], strlen(programs[i]), -1);
        if (!v) UT_FAIL("%s: %s", programs[i], rb_error_get()->text);
        ray_release(v);
    }
    ray_rt_free(rt);
}

UT_MAIN(setup, functions_of_the_embedder, messages, calls_with_values_evaluate_nothing,
        unknown_builtin_is_a_name_error, depth, restricted,
        no_allocation_is_taken_for_granted)
