/* Several columns at once and one after the other give one order: that of each row beside the next. */
#include "ops/sweep_ut.h"

#define N "60000"
/* Few different and many, both directions, doubles with nulls, symbols, integers that need all their bits. */
#define T                                                                                                              \
    "(set v (table [i a b f g s w t] (list (til " N ") (% (* 7919 (til " N ")) 5) (% (* 104729 (til " N ")) 1009) "     \
    "(/ (% (* 31 (til " N ")) 4001) (% (til " N ") 3)) (/ (% (* 31 (til " N ")) 40009) 7.0) "                          \
    "(at [x y z '] (% (til " N ") 4)) (* 9223372036854775 (- (% (* 7 (til " N ")) 2001) 1000)) "                        \
    "(at [\"beginning a\" \"beginning b\" \"\" \"b\"] (% (til " N ") 4)))))"
/* Rows that lie elsewhere than where sorting the columns from the last to the first puts them. */
#define SAME(both, last, first)                                                                                        \
    {"(do " T " (set x (at " both " 'i)) (set l (at " first " 'i)) (sum (as 'I64 (!= x l))))", "0"},

static const said cases[] = {
    SAME("(xasc v [a b])", b, "(xasc (xasc v 'b) 'a)")
    SAME("(xdesc v [a b])", b, "(xdesc (xdesc v 'b) 'a)")
    SAME("(xasc v [a f])", f, "(xasc (xasc v 'f) 'a)")
    SAME("(xasc v [f g])", g, "(xasc (xasc v 'g) 'f)")
    SAME("(xdesc v [f g])", g, "(xdesc (xdesc v 'g) 'f)")
    SAME("(xasc v [s a f])", f, "(xasc (xasc (xasc v 'f) 'a) 's)")
    SAME("(xasc v [w b])", b, "(xasc (xasc v 'b) 'w)")
    SAME("(xasc v [w f g])", g, "(xasc (xasc (xasc v 'g) 'f) 'w)")
    SAME("(xasc v [a t])", t, "(xasc (xasc v 't) 'a)")
    SAME("(select {from: v asc: a desc: g})", g, "(xasc (xdesc v 'g) 'a)")
    SAME("(select {from: v desc: s asc: f})", f, "(xdesc (xasc v 'f) 's)")
    {"(count (xasc (table [a b] (list (til 0) (til 0))) [a b]))", "0"},
    {"(at (xasc (table [a b] (list [1] [2.0])) [a b]) 'b)", "[2.0]"},
    {"(at (xdesc (table [a b i] (list [1 1 1] [0Nf -0.0 0.0] [0 1 2])) [a b]) 'i)", "[1 2 0]"},
};

UT_CASE(setup) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, cases);
    ray_rt_free(rt);
}

static const said few[] = {
    {"(xasc (table [a b] (list (% (til 3000) 3) (/ (% (* 31 (til 3000)) 401) 7.0))) [a b])", ""},
    {"(xdesc (table [a s] (list (% (til 300) 3) (at [x y] (% (til 300) 2)))) [s a])", ""},
};

UT_CASE(out_of_memory) {
    ray_rt *rt = rt_new();
    sweep(rt, few, RB_COUNT(few));
    ray_rt_free(rt);
}

UT_MAIN(setup, out_of_memory)
