#include "lang/lang_ut.h"

static const said rows[] = {
    {"(count (ser 1))", "26"},
    {"(take (ser 1) 4)", "[0xfa 0xde 0xfa 0xce]"},
    {"(de (ser (dict [a b] (list (list 1 \"x\" null) [1 0N]))))", "{a:(1 \"x\" null) b:[1 0Nl]}"},
    {"(de (ser null))", ""},
    {"((de (ser (fn [x] (+ x 1)))) 2)", "3"},
    {"((de (ser +)) 1 2)", "3"},
    {"(de 5)", "!type"},
    {"(de [1 2])", "!type"},
    {"(de (take [0x00] 0))", "!domain"},
    {"(de [0x00 0x01])", "!domain"},
    {"(de (take (ser {a: 1}) 20))", "!domain"},
    {"(de (drop (ser {a: 1}) 1))", "!domain"},
};

UT_CASE(all) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, rows);
    ray_rt_free(rt);
}

/* Larger than any room that the reader offers at once. */
UT_CASE(large_values) {
    ray_rt *rt = rt_new();
    say(rt, "(set v (til 300000))", "[0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 ..]");
    say(rt, "(sum (== v (de (ser v))))", "300000");
    say(rt, "(de (take (ser v) 200000))", "!domain");
    ray_rt_free(rt);
}

UT_CASE(setup) {
    all();
    large_values();
}

UT_MAIN(setup, all, large_values)
