/* The first rows of an order are those of the whole order: many ties, nulls, several columns, texts that begin alike. */
#include "ops/sweep_ut.h"

#define N "200000"
#define T                                                                                                              \
    "(set v (table [i a b f s t] (list (til " N ") (% (* 7919 (til " N ")) 5) (% (* 104729 (til " N ")) 1009) "         \
    "(/ (% (* 31 (til " N ")) 4001) (% (til " N ") 3)) (at [x y z '] (% (til " N ") 4)) "                               \
    "(at [\"beginning a\" \"beginning b\" \"\" \"beginning\"] (% (til " N ") 4)))))"
/* How many of the first rows differ from those of the sorted table. */
#define DIFFERENT(clauses, sorted, k)                                                                                  \
    {"(do " T " (set x (at (select {from: v " clauses " take: " k "}) 'i)) (set l (at (take " sorted " " k ") 'i)) "   \
     "(sum (as 'I64 (!= x l))))", "0"}

static const said cases[] = {
    DIFFERENT("asc: b", "(xasc v 'b)", "10"),
    DIFFERENT("desc: b", "(xdesc v 'b)", "10"),
    DIFFERENT("asc: f", "(xasc v 'f)", "300"),
    DIFFERENT("desc: f", "(xdesc v 'f)", "300"),
    DIFFERENT("asc: a", "(xasc v 'a)", "10"),
    DIFFERENT("asc: [a b]", "(xasc v [a b])", "50"),
    DIFFERENT("desc: a desc: s desc: f", "(xdesc v [a s f])", "50"),
    DIFFERENT("asc: t", "(xasc v 't)", "10"),
    DIFFERENT("desc: [t b]", "(xdesc v [t b])", "10"),
    DIFFERENT("asc: s asc: b", "(xasc v [s b])", "10"),
    DIFFERENT("i: i c: (+ a b) desc: b", "(xdesc v 'b)", "10"),
    {"(do " T " (at (select {from: v where: (> b 100) take: 3}) 'i))", "[1 2 3]"},
    {"(do " T " (count (select {from: v where: (> b 100) asc: b take: 0})))", "0"},
    {"(do " T " (at (select {from: v where: (> b 1000) b: b asc: b take: 2}) 'b))", "[1001 1001]"},
    {"(do " T " (at (select {from: v x: (sum i) asc: b take: 2}) 'x))", "[19999900000]"},
    {"(do " T " (- (at (at (select {from: v i: i asc: b take: -1}) 'i) 0) (last (at (xasc v 'b) 'i))))", "0"},
    {"(do " T " (select {from: v asc: b take: 1.5}))", "!domain"},
    {"(do " T " (select {from: v asc: b take: 0N}))", "!type"},
    {"(do " T " (select {from: v asc: unknown take: 3}))", "!nyi"},
};

UT_CASE(setup) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, cases);
    ray_rt_free(rt);
}

/* Smaller tables, which are swept faster, take the same ways. */
static const said few[] = {
    {"(select {from: (table [a b] (list (% (til 5000) 3) (til 5000))) asc: a desc: b take: 2})", ""},
    {"(select {from: (table [a b] (list (% (til 5000) 3) (til 5000))) desc: b take: 2})", ""},
};

UT_CASE(out_of_memory) {
    ray_rt *rt = rt_new();
    sweep(rt, few, RB_COUNT(few));
    ray_rt_free(rt);
}

UT_MAIN(setup, out_of_memory)
