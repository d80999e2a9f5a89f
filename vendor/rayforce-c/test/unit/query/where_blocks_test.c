/* Predicates block by block: the same rows and aggregates as with a mask that is there as a whole, for every relation,
 * nulls, mixed types, and expressions that have to take the other way. */
#include "ops/sweep_ut.h"

#define N "70001"
#define T                                                                                                              \
    "(set v (table [i a b f s d] (list (til " N ") (% (* 7919 (til " N ")) 5) (as 'I32 (% (* 104729 (til " N ")) 1009)) " \
    "(/ (% (* 31 (til " N ")) 4001) (% (til " N ") 3)) (at [x y z '] (% (til " N ") 4)) "                              \
    "(as 'DATE (% (til " N ") 3000)))))"
/* `where` takes rows by blocks, `mask` is a B8 vector that the language makes of whole columns. */
#define SAME(where, mask)                                                                                              \
    {"(do " T " (set x (at (select {from: v where: " where "}) 'i)) "                                                    \
     "(set l (where " mask ")) (list (== (count x) (count l)) (sum (as 'I64 (!= x l)))))", "(true 0)"},                  \
    {"(do " T " (set x (select {from: v where: " where " o1: (count i) o2: (sum i) o3: (avg f) o4: (min b) "      \
     "o5: (max d) o6: (avg a)})) (set x (list (== (at (at x 'o1) 0) (count (where " mask "))) "                                       \
     "(== (at (at x 'o2) 0) (sum (filter (at v 'i) " mask "))) (== (at (at x 'o4) 0) (min (filter (at v 'b) " mask "))) "   \
     "(== (at (at x 'o5) 0) (max (filter (at v 'd) " mask "))) "                                                          \
     "(< (abs (- (at (at x 'o3) 0) (avg (filter (at v 'f) " mask ")))) 1e-9) "                                           \
     "(== (at (at x 'o6) 0) (avg (filter (at v 'a) " mask "))))) (all (at x (til 6))))",                                 \
     "true"},
#define C(name) "(at v '" name ")"

static const said cases[] = {
    SAME("(> f 500.0)", "(> " C("f") " 500.0)")
    SAME("(and (> f 500.0) (< a 3))", "(and (> " C("f") " 500.0) (< " C("a") " 3))")
    SAME("(or (== s 'x) (>= b 1000) (<= i 7))", "(or (== " C("s") " 'x) (>= " C("b") " 1000) (<= " C("i") " 7))")
    SAME("(and (not (== a 1)) (or (!= s 'y) (< f a)))",
         "(and (not (== " C("a") " 1)) (or (!= " C("s") " 'y) (< " C("f") " " C("a") ")))")
    SAME("(== f 0Nf)", "(== " C("f") " 0Nf)")
    SAME("(< f 3)", "(< " C("f") " 3)")
    SAME("(== b 77)", "(== " C("b") " 77)")
    SAME("(> d 2003.01.01)", "(> " C("d") " 2003.01.01)")
    SAME("(and (> i 69990) (< (+ a b) 900))", "(and (> " C("i") " 69990) (< (+ " C("a") " " C("b") ") 900))")
    SAME("(and (>= i 10) (and (< i 20) (and (!= i 12) (and (!= i 13) (and (!= i 14) (and (!= i 15) (and (!= i 16) "
         "(and (!= i 17) (!= i 18)))))))))",
         "(and (>= " C("i") " 10) (< " C("i") " 20) (not (in " C("i") " [12 13 14 15 16 17 18])))")
    {"(do " T " (at (select {from: v where: (> i 70000) n: (count i) m: (max f) s: (sum f)}) 'n))", "[0]"},
    {"(do " T " (at (select {from: v where: (> i 70000) s: (sum a)}) 's))", "[0]"},
    {"(do " T " (at (select {from: v where: (> i 70000) s: (min f)}) 's))", "[0Nf]"},
    {"(do " T " (at (select {from: v where: (> i 69990) i: (sum i) n: (max i)}) 'i))", "[699955]"},
    {"(do " T " (at (select {from: v where: (> i 69998) s: (first i)}) 's))", "[69999]"},
    {"(do " T " (at (select {from: v where: (> unknown 3) s: (sum i)}) 's))", "!schema"},
    {"(do " T " (at (select {from: v where: (> i 'x) s: (sum i)}) 's))", "!type"},
    {"(do " T " (at (select {from: v where: (> i 69998) s: (sum s)}) 's))", "!type"},
    {"(do " T " (set l 69997) (at (select {from: v where: (> i l) s: (sum i)}) 's))", "[209997]"},
    {"(at (select {from: (table [a] (list (til 0))) where: (> a 3) s: (count a)}) 's)", "[]"},
};

UT_CASE(setup) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, cases);
    ray_rt_free(rt);
}

static const said few[] = {
    {"(select {from: (table [a b] (list (til 100) (/ (til 100) 3))) where: (and (> a 3) (< b 20.0)) s: (sum b) n: (count a)})",
     ""},
    {"(select {from: (table [a b] (list (til 100) (/ (til 100) 3))) where: (or (> a 33) (not (< b 20.0)))})", ""},
};

UT_CASE(out_of_memory) {
    ray_rt *rt = rt_new();
    sweep(rt, few, RB_COUNT(few));
    ray_rt_free(rt);
}

UT_MAIN(setup, out_of_memory)
