/* Aggregates of two columns, medians and the first few by group: group by group what the verb makes of the group's rows. */
#include "ops/sweep_ut.h"

#define N "600000"
/* Groups of some rows (g), of very many (h), of one (i); columns of numbers with and without nulls; o has groups of nulls. */
#define T                                                                                                              \
    "(set v (table [i g h f k n o] (list (til " N ") (% (* 7919 (til " N ")) 1009) (% (til " N ") 3) "                   \
    "(/ (% (* 104729 (til " N ")) 4001) 7.0) (- (% (* 31 (til " N ")) 2003) 1000) "                                    \
    "(/ (% (* 31 (til " N ")) 4001) (% (til " N ") 2)) (/ (% (til " N ") 1009) (% (% (til " N ") 1009) 2)))))"
/* Of the groups 0, 1, 2 and 500: how far by-group values lie from those of the filtered columns. */
#define NEAR(by, aggregate, filtered)                                                                                  \
    {"(do " T " (set x (select {from: v r: " aggregate " by: " by "})) (set l (fn [q] (do (set m (== (at v '" by           \
     ") q)) (set e " filtered ") (set a (at (at x 'r) (find (at x '" by ") q))) "                                        \
     "(or (and (nil? a) (nil? e)) (< (abs (- a e)) (* 1e-9 (+ 1.0 (abs e)))))))) (all (as 'B8 (map l [0 1 2]))))",                          \
     "true"},
#define OF(c) "(filter (at v '" c ") m)"

static const said cases[] = {
    NEAR("g", "(pearson_corr f k)", "(pearson_corr " OF("f") " " OF("k") ")")
    NEAR("h", "(pearson_corr f n)", "(pearson_corr " OF("f") " " OF("n") ")")
    NEAR("h", "(pearson_corr o f)", "(pearson_corr " OF("o") " " OF("f") ")")
    NEAR("g", "(cov k n)", "(cov " OF("k") " " OF("n") ")")
    NEAR("h", "(scov f k)", "(scov " OF("f") " " OF("k") ")")
    NEAR("g", "(wavg k f)", "(wavg " OF("k") " " OF("f") ")")
    NEAR("g", "(wsum n f)", "(wsum " OF("n") " " OF("f") ")")
    NEAR("i", "(scov f k)", "(scov " OF("f") " " OF("k") ")")
    NEAR("g", "(med f)", "(med " OF("f") ")")
    NEAR("h", "(med n)", "(med " OF("n") ")")
    NEAR("h", "(med k)", "(med " OF("k") ")")
    NEAR("g", "(med o)", "(med " OF("o") ")")
    NEAR("i", "(med f)", "(med " OF("f") ")")
    NEAR("g", "(sum (top f 3))", "(sum (top " OF("f") " 3))")
    {"(do " T " (set x (select {from: v r: (top f 2) by: g})) (all (== (at (at x 'r) 5) "
     "(top (filter (at v 'f) (== (at v 'g) (at (at x 'g) 5))) 2))))",
     "true"},
    {"(do " T " (at (at (select {from: v r: (bot k 3) by: h}) 'r) 1))", "[-1000 -1000 -1000]"},
    {"(do " T " (at (at (select {from: v r: (top i 2) by: h}) 'r) 1))", "[599998 599995]"},
    {"(do " T " (all (== (at (at (select {from: v r: (top n 2) by: h}) 'r) 0) (top (filter (at v 'n) (== (at v 'h) 0)) 2))))",
     "true"},
    {"(do " T " (count (at (at (select {from: v r: (top o 2) by: g}) 'r) 0)))", "0"},
    {"(do " T " (at (at (select {from: v r: (top k 1) by: i}) 'r) 7))", "[-783]"},
    {"(at (at (select {from: (table [a b] (list [1 1 2] [0.0 -0.0 3.0])) r: (bot b 2) by: a}) 'r) 0)", "[0.0 0.0]"},
    {"(at (at (select {from: (table [a b] (list [1 1 2] [3 2 1])) r: (bot b 0) by: a}) 'r) 0)", "[]"},
    {"(at (at (select {from: (table [a b] (list [1 1 2] [3 2 1])) r: (top b 20) by: a}) 'r) 0)", "[3 2]"},
    {"(do " T " (at (select {from: (ungroup (select {from: v r: (top f 2) by: g})) n: (count r)}) 'n))", "[2018]"},
};

UT_CASE(setup) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, cases);
    ray_rt_free(rt);
}

/* The same for any number of threads. */
UT_CASE(threads) {
    static const char *const sources[] = {
        "(sum (at (select {from: v r: (pearson_corr f k) by: g}) 'r))", "(sum (at (select {from: v r: (wavg k f) by: h}) 'r))",
        "(sum (at (select {from: v r: (med f) by: g}) 'r))", "(sum (raze (at (select {from: v r: (top f 3) by: g}) 'r)))",
        "(sum (at (select {from: v r: (sum f) by: g}) 'r))"};
    static const ray_rt_opts three = {.threads = 3};
    ray_rt *one = rt_new(), *many = ray_rt_new(&three);
    UT_CHECK(many);
    say(one, "(do " T " 0)", "0");
    say(many, "(do " T " 0)", "0");
    for (size_t i = 0; i < RB_COUNT(sources); i++) {
        rb_bytes wanted = shown(one, sources[i]);
        say(many, sources[i], (const char *)wanted.p);
        rb_bytes_free(&wanted);
    }
    ray_rt_free(one);
    ray_rt_free(many);
}

static const said few[] = {
    {"(select {from: (table [a b c] (list (% (til 90) 3) (til 90) (/ (til 90) 7))) r: (pearson_corr b c) m: (med c) by: a})",
     ""},
    {"(select {from: (table [a b] (list (% (til 90) 3) (/ (til 90) 7))) r: (top b 2) by: a})", ""},
};

UT_CASE(out_of_memory) {
    ray_rt *rt = rt_new();
    sweep(rt, few, RB_COUNT(few));
    ray_rt_free(rt);
}

UT_MAIN(setup, threads, out_of_memory)
