#include "lang_ut.h"

static const said rows[] = {
    {"(parse \"1 (+ 2 3) x\")", "(do 1 (+ 2 3) x)"},
    {"(parse \"x\")", "x"},
    {"(parse \"\")", "!parse"},
    {"(parse \"[1 a]\")", "!domain"},
    {"(parse 1)", "!type"},
    {"(eval (parse \"(+ 1 2)\"))", "3"},
    {"(eval (list (quote list) 1 2))", "(1 2)"},
    {"(eval (list))", "()"},
    {"(eval (list 1 2))", "!type"},
    {"(eval 'x)", "x"},
    {"(eval null)", "!type"},
    {"(eval \"(+ 1 2)\")", "\"(+ 1 2)\""},
    {"(enlist 1 2)", "[1 2]"},
    {"(enlist 1 2.5 0N)", "[1.0 2.5 0Nf]"},
    {"(enlist 'a 'b)", "[a b]"},
    {"(enlist 1e 2e)", "(1.0e 2.0e)"},
    {"(enlist 1 \"a\")", "(1 \"a\")"},
    {"(enlist [1])", "([1])"},
    {"(enlist)", "[]"},
    {"(list)", "()"},
    {"(type (list))", "LIST"},
    {"(type null)", "null"},
    {"(type type)", "?"},
    {"(meta [1 2])", "{type:I64 len:2}"},
    {"(meta 'a)", "{type:sym}"},
    {"(meta null)", "!type"},
    {"(nil? null)", "true"},
    {"(nil? [1 0N])", "[false true]"},
    {"(nil? (list 1 \"\" [1] null))", "[false true false true]"},
    {"(nil? [a '])", "[false true]"},
    {"(nil? {a: 0N})", "false"},
    {"(> (rc 5) 0)", "true"},
    {"(do (set fresh-name 1) (at (env 0) 'fresh-name))", "1"},
    {"(at (env 0) '+)", "<+>"},
    {"(do (set neg 5) (at (env 0) 'neg))", "5"},
    {"(env null)", "!type"},
    {"(env)", "!arity"},
};

UT_CASE(all) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, rows);
    ray_rt_free(rt);
}

UT_CASE(setup) { all(); }

UT_MAIN(setup, all)
