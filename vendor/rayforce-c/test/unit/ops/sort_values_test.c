/* Values of long columns in order, both ways: the same as through row numbers; also where most fall into one bucket. */
#include "ops/sweep_ut.h"

#define N "700000"
/* The values and those that the order of the rows puts there: how many are not the same. */
#define SAME(make)                                                                                                     \
    {"(do (set v " make ") (sum (as 'I64 (!= (asc v) (at v (iasc v))))))", "0"},                                        \
    {"(do (set v " make ") (sum (as 'I64 (!= (desc v) (at v (idesc v))))))", "0"},

static const said cases[] = {
    SAME("(* 1000003 (% (* 7919 (til " N ")) 699967))")
    SAME("(- (* 9223372036854 (% (* 7919 (til " N ")) 699967)) 4000000000000000000)")
    SAME("(/ (% (* 104729 (til " N ")) 600011) (- (% (til " N ") 5) 2))")
    SAME("(concat (% (* 7919 (til " N ")) 650011) [9223372036854775807 0N -9223372036854775807])")
    SAME("(/ 1.0 (+ 1.0 (til " N ")))")
    SAME("(as 'TIMESTAMP (* 1000003 (% (* 7919 (til " N ")) 699967)))")
    {"(do (set v (asc (concat (* -1.0 (/ (til " N ") 3.0)) [0.0 -0.0]))) (count v))", "700002"},
};

UT_CASE(setup) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, cases);
    ray_rt_free(rt);
}

UT_CASE(threads) {
    static const ray_rt_opts three = {.threads = 3};
    ray_rt *rt = ray_rt_new(&three);
    UT_CHECK(rt);
    SAY_ALL(rt, cases);
    ray_rt_free(rt);
}

static const said few[] = {{"(first (asc (/ (% (* 104729 (til 300000)) 600011) 7.0)))", "0.0"}};

UT_CASE(out_of_memory) {
    ray_rt *rt = rt_new();
    sweep(rt, few, RB_COUNT(few));
    ray_rt_free(rt);
}

UT_MAIN(setup, threads, out_of_memory)
