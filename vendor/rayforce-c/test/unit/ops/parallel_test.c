/* Columns long enough to be cut into ranges: results do not depend on the number of threads. */
#include "lang/lang_ut.h"

static const char *const sources[] = {
    "(asc x)", "(desc f)", "(iasc x)", "(idesc f)", "(rank w)", "(distinct w)", "(in x (take w 100))", "(in w (+ w 1))",
    "(med f)", "(quantile x 0.3)", "(% f 3.0)", "(where (> x 5000))", "(filter f (> x 5000))", "(at f (reverse (til 1100000)))", "(group k)", "(mavg 100 f)", "(mdev 7 x)",
    "(mmin 1000 w)", "(find w (take w -5))", "(select {from: t by: k a: (sum f) b: (max x) c: (first f) d: (dev f)})",
    "(select {from: t by: [k x] n: (count f)})", "(select {from: t by: s a: (min s) b: (avg f)})",
    "(select {from: t where: (> x 5000) by: s a: (sum (* f x)) b: (med x)})", "(select {from: t desc: f take: 20})",
};

static ray_rt *runtime(int threads) {
    static const char data[] = "(set x (% (* 7919 (til 1100000)) 10007)) (set f (/ (% (* 31 x) 1009) 7.0)) (set k (% x 100))"
                               "(set w (* 1000003 (* x 91))) (set s (at [aa bb cc dd] (% x 4)))"
                               "(set t (table [k x f s] (list k x f s))) 0";
    ray_rt_opts opts = {.threads = threads};
    ray_rt *rt = ray_rt_new(&opts);
    UT_CHECK(rt);
    ray_val *v = ray_eval(rt, data, strlen(data), -1);
    UT_CHECK(v);
    rv_release(v);
    return rt;
}

UT_CASE(setup) { ray_rt_free(runtime(1)); }

UT_CASE(one_or_three_threads) {
    ray_rt *one = runtime(1), *three = runtime(3);
    for (size_t i = 0; i < RB_COUNT(sources); i++) {
        ray_val *a = ray_eval(one, sources[i], strlen(sources[i]), -1), *b = ray_eval(three, sources[i], strlen(sources[i]), -1);
        UT_CHECK(a && b);
        if (!rv_equal(a, b)) UT_FAIL("%s differs", sources[i]);
        rv_release(a);
        rv_release(b);
    }
    ray_rt_free(one);
    ray_rt_free(three);
}

/* Against what can be said without sorting or grouping in parallel. */
UT_CASE(right) {
    ray_rt *rt = runtime(3);
    static const said laws[] = {
        {"(all (== (asc x) (at x (iasc x))))", "true"},
        {"(all (== (desc f) (at f (idesc f))))", "true"},
        {"(min (deltas (drop (asc w) 1)))", "0"},
        {"(== (sum (asc w)) (sum w))", "true"},
        {"(== (sum (at (select {from: t by: k a: (sum x)}) 'a)) (sum x))", "true"},
        {"(at (select {from: t by: k n: (count x)}) 'k)", "[0 19 31 43 55 74 86 98 10 22 41 53 65 77 89 8 20 32 44 56 75 87 99 11 30 42 54 ..]"},
        {"(count (distinct w))", "10007"},
        {"(sum (in x [1 2 3]))", "330"},
    };
    SAY_ALL(rt, laws);
    ray_rt_free(rt);
}

UT_MAIN(setup, one_or_three_threads, right)
