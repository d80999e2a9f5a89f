#include "lang_ut.h"

static const said binding[] = {
    {"(set x 5)", "5"},
    {"x", "5"},
    {"(set 'y 6)", "6"},
    {"y", "6"},
    {"(set 1 2)", "!type"},
    {"(set true 2)", "!type"},
    {"(set x)", "!arity"},
    {"(set .x 1)", "!reserve"},
    {"(let .x 1)", "!reserve"},
    {"((fn [.p] 1) 1)", "!reserve"},
    {"(del .sys.gc)", "!reserve"},
    {"(set .ipc.on.sync (fn [m] m))", "lambda"},
    {"(set null 5)", "5"},
    {"null", ""},
    {"(do (let x 1) (do (set x 2)) x)", "1"},
    {"x", "2"},
    {"((fn [x] (set x 9) x) 1)", "1"},
    {"x", "9"},
    {"(do (let x 1) (do (let x 2)) x)", "1"},
    {"((fn [x] (do (let x 5)) x) 1)", "5"},
    {"(do (let h 1))", "1"},
    {"h", "!name"},
    {"(let k 7)", "7"},
    {"k", "7"},
    {"(del k)", "0"},
    {"k", "!name"},
    {"(del k)", "0"},
    {"(del 5)", "!type"},
    {"(del)", "!arity"},
    {"(resolve 'nosuch)", ""},
    {"(resolve nosuch)", "!name"},
    {"(resolve 'x)", "9"},
    {"(set s 'x)", "x"},
    {"(resolve s)", "9"},
    {"(resolve 5)", "5"},
    {"((fn [q] (resolve 'q)) 7)", "7"},
};

UT_CASE(names_are_bound_where_they_should_be) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, binding);
    ray_rt_free(rt);
}

static const said flow[] = {
    {"(do)", "0"},
    {"(do 1 2)", "2"},
    {"(if false 1)", "0"},
    {"(if null 1 2)", "2"},
    {"(if [] 1 2)", "1"},
    {"(if 0D 1 2)", "1"},
    {"(if \"\" 1 false 2 3)", "3"},
    {"(if true 1 nosuch)", "1"},
    {"(if 1)", "!domain"},
    {"(while)", "!domain"},
    {"(do (let i 0) (while (< i 5) (let i (+ i 1))) i)", "5"},
    {"(while true (raise \"stop\"))", "!domain"},
    {"(times)", "!domain"},
    {"(times 1.5 1)", "!type"},
    {"(times null 1)", "!type"},
    {"(do (let s 0) (times 0N (let s 1)) s)", "0"},
    {"(do (let s 0) (times 3h (let s (+ s 1))) s)", "3"},
    {"(do (let s 0) (times [i (+ 1 2)] (let s (+ s i))) (list i s))", "(2 3)"},
    {"(and)", "!arity"},
    {"(and 0N nosuch)", "0Nl"},
    {"(and 1 2)", "true"},
    {"(and [1 0] true)", "[true false]"},
    {"(and [true] [true false])", "!length"},
    {"(or 5 nosuch)", "5"},
    {"(or false 5)", "true"},
    {"(quote)", "!domain"},
    {"(quote (a b))", "(a b)"},
    {"(type (timeit 1))", "f64"},
    {"(timeit)", "!arity"},
};

UT_CASE(order_of_evaluation) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, flow);
    ray_rt_free(rt);
}

static const said functions[] = {
    {"(fn)", "!domain"},
    {"(fn [x])", "!domain"},
    {"(fn x x)", "!type"},
    {"(fn (x) x)", "!type"},
    {"((fn [] 1))", "1"},
    {"((fn [x] x))", "!arity"},
    {"((fn [x] x) nosuch)", "!name"},
    {"((fn [x x] x) 1 2)", "2"},
    {"((fn [true] true) 1)", "true"},
    {"((fn [self] self) 3)", "3"},
    {"((fn [null] null) 3)", ""},
    {"((fn [a.b] a.b) 1)", "1"},
    {"((fn [x] (return 5) x) 1)", "5"},
    {"((fn [x] (list 1 (return x) 2)) 5)", "5"},
    {"((fn [] (eval (quote (return 5))) 6))", "5"},
    {"((fn [x] (if x (return 1)) 2) true)", "1"},
    {"((fn [] (try (return 42) 7) 8))", "42"},
    {"((fn [] (try (raise 1) (fn [e] (return 9))) 3))", "3"},
    {"(return 5)", "5"},
    {"(return 1 2)", "!domain"},
    {"((fn [f] (f 1) 2) return)", "1"},
    {"((quote list) 1 2)", "(1 2)"},
    {"('nosuch 1)", "!name"},
    {"(1 2)", "!type"},
    {"(self 1)", "!name"},
    {"(list nosuch (raise 1))", "!name"},
    {"(neg nosuch 1)", "!arity"},
    {"(set myif if)", "<if>"},
    {"(myif true 1 nosuch)", "1"},
    {"(set + -)", "<->"},
    {"(+ 5 3)", "2"},
    {"(del +)", "0"},
    {"(+ 5 3)", "!name"},
};

UT_CASE(calls) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, functions);
    ray_rt_free(rt);
}

static const said trying[] = {
    {"(try 1 nosuch)", "1"},
    {"(try (raise {a: 1}) (fn [e] e))", "{a:1}"},
    {"(try nosuch (fn [e] e))", "0"},
    {"(try (raise 'x) list)", "<list>"},
    {"(try (raise [1 2]) count)", "2"},
    {"(try (raise 1) nosuch)", "!name"},
    {"(try (raise 1) (fn [a b] 1))", "!arity"},
    {"(try (try (raise 1) (fn [e] (raise (+ e 1)))) (fn [e] e))", "2"},
    {"(try (do (try (raise 1) 0) (neg 'a)) (fn [e] e))", "0"},
    {"(raise null)", "!type"},
    {"(raise)", "!arity"},
};

UT_CASE(errors_are_caught) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, trying);
    static const said texts[] = {{"(raise \"what went wrong\")", "what went wrong"}, {"(raise 'x)", "x"}, {"(raise [1 2])", "[1 2]"}};
    for (size_t i = 0; i < RB_COUNT(texts); i++) {
        UT_CHECK(!ray_eval(rt, texts[i].source, strlen(texts[i].source), -1));
        UT_EQ_STR(rb_error_get()->text, texts[i].text);
    }
    ray_rt_free(rt);
}

UT_CASE(setup) {
    names_are_bound_where_they_should_be();
    order_of_evaluation();
    calls();
    errors_are_caught();
}

UT_MAIN(setup, names_are_bound_where_they_should_be, order_of_evaluation, calls, errors_are_caught)
