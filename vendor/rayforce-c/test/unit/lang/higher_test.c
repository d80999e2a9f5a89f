#include "lang_ut.h"

static const said rows[] = {
    {"(map neg [1 2])", "(-1 -2)"},
    {"(map + [1 2] [3 4])", "([4 5] [5 6])"},
    {"(map + 1 2)", "3"},
    {"(map neg 5)", "!type"},
    {"(map neg {a: 1})", "!type"},
    {"(map neg)", "!domain"},
    {"(map + [1 2])", "!type"},
    {"(map list [1 2])", "!type"},
    {"(map set [1 2])", "!type"},
    {"(map 1 [1 2])", "!type"},
    {"(map (fn [x y] x) [1 2])", "!arity"},
    {"(map (fn [x] (raise x)) [1 2])", "!domain"},
    {"(map neg [])", "()"},
    {"(pmap neg [1 2])", "(-1 -2)"},
    {"(fold + [1 2 3])", "6"},
    {"(fold + 10 [1 2 3])", "16"},
    {"(fold neg [1 2])", "-1"},
    {"(fold min [3 1 2])", "1"},
    {"(fold + [])", "!domain"},
    {"(fold + 5 [])", "5"},
    {"(fold-left - 10 [1 2 3])", "4"},
    {"(fold-right - [1 2 3])", "2"},
    {"(fold-right - 10 [1 2 3])", "-8"},
    {"(fold-right + [])", "!domain"},
    {"(fold-while (fn [a] (< a 5)) + 0 [1 2 3 4])", "6"},
    {"(fold-while (fn [a] true) + 0)", "!domain"},
    {"(fold-while (fn [a] true) + 0 5)", "!type"},
    {"(fold-while (fn [a] (raise 1)) + 0 [1])", "!domain"},
    {"(scan + [1 2 3])", "[1 3 6]"},
    {"(scan - [1 2 3])", "(1 -1 -4)"},
    {"(scan max [1 3 2])", "(1 3 3)"},
    {"(scan + [1e 2e])", "(1.0e 3.0e)"},
    {"(scan + [])", "()"},
    {"(scan + 10 [1 2])", "!type"},
    {"(scan-right - [1 2 3])", "(2 -1 3)"},
    {"(prior - [1 3 6])", "(0 2 3)"},
    {"(prior == [1 1 2])", "[true true false]"},
    {"(prior == [\"a\" \"b\"])", "(true false)"},
    {"(prior (fn [a b] true) [1 2])", "(true true)"},
    {"(apply + [1 2] [3 4 5])", "(4 6)"},
    {"(apply + 1 2)", "3"},
    {"(apply + [1 2] 3)", "!type"},
    {"(apply + [1 2])", "!domain"},
    {"(map-left - [1 2 3] 10)", "[-9 -8 -7]"},
    {"(map-left + [1 2] [10 20])", "([11 21] [12 22])"},
    {"(map-left + [] [1])", "[]"},
    {"(map-left + [1] [2] [3])", "!domain"},
    {"(map-right - 10 [1 2])", "[9 8]"},
    {"(map-right (fn [a b] (if (> b 1) 1.5 b)) 0 [1 2])", "[1.0 1.5]"},
    {"((fn [] (map (fn [x] (return (* x 2))) [1 2])))", "(2 4)"},
};

UT_CASE(all) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, rows);
    ray_rt_free(rt);
}

UT_CASE(setup) { all(); }

UT_MAIN(setup, all)
