/* Joins on equal keys: what is said of them, and random tables against loops over all pairs. */
#include "query/joins_ut.h"

static const said cases[] = {
    {"(value (inner-join [k] (table [k v] (list [a b a c] [1 2 3 4])) (table [k w] (list [a a b] [1.0 2.0 3.0]))))",
     "([a a b a a] [1 1 2 3 3] [2.0 1.0 3.0 2.0 1.0])"},
    {"(value (left-join [k] (table [k v] (list [1 0N 2] [10 20 30])) (table [k w] (list [0N 2 3] [1 2 3]))))",
     "([1 0Nl 2] [10 20 30] [0Nl 1 2])"},
    {"(value (full-join [k] (table [k v] (list [1 0N 2] [10 20 30])) (table [k w] (list [0N 2 3] [1 2 3]))))",
     "([1 0Nl 2 3] [10 20 30 0Nl] [0Nl 1 2 3])"},
    {"(value (anti-join [k] (table [k v] (list [\"a\" \"b\" \"\"] [10 20 30])) (table [k] (list [\"b\" \"\"]))))", "([\"a\"] [10])"},
    {"(value (anti-join (table [k v] (list [1 2] [3 4])) (table [k] (list [2])) [k]))", "([1] [3])"},
    /* two names, one of them not close together; strings */
    {"(value (inner-join [a b] (table [a b] (list [x y x] [1 1000000000000 2])) (table [b a d] (list [1000000000000 2 1] [y z x] [7 8 9]))))",
     "([x y] [1 1000000000000] [9 7])"},
    {"(value (inner-join [a b] (table [a b] (list [x y] [\"p\" \"q\"])) (table [b a d] (list [\"q\" \"p\"] [y y] [1 2]))))",
     "([y] [\"q\"] [1])"},
    /* types */
    {"(value (inner-join [k] (table [k] (list [1i 0Ni 3i])) (table [k w] (list [1 0N -2147483648] [10 20 30]))))",
     "([1 0Ni] [10 20])"},
    {"(value (inner-join [k] (table [k] (list [2024.01.01])) (table [k w] (list [8766] [1]))))", "([2024.01.01] [1])"},
    {"(count (inner-join [k] (table [k] (list [2000.01.01])) (table [k w] (list [2000.01.01D00:00:00.0] [1]))))", "0"},
    {"(count (inner-join [k] (table [k] (list [1.0])) (table [k] (list [1]))))", "0"},
    {"(value (left-join [k v] (table [k v] (list [1.0 2.0] [1 2])) (table [k v w] (list [1 2] [1 2] [3 4]))))",
     "([1.0 2.0] [1 2] [0Nl 0Nl])"},
    {"(value (inner-join [k] (table [k] (list [-0.0 0Nf 1.5])) (table [k w] (list [0Nf 0.0] [1 2]))))", "([0.0 0Nf] [2 1])"},
    {"(inner-join [k] (table [k] (list [a])) (table [k] (list [\"a\"])))", "!type"},
    {"(value (left-join [k] (table [k] (list [2 3])) (table [k b u l] (list [2] [true] [0x02] (list [1 2])))))",
     "([2 3] [true false] [0x02 0x00] ([1 2] null))"},
    {"(value (full-join [k] (table [k v l s] (list [1] [2] (list [1 2]) [\"a long string, not inline\"])) (table [k w] (list [5] [10]))))",
     "([1 5] [2 0Nl] ([1 2] null) [\"a long string, not inline\" \"\"] [0Nl 10])"},
    {"(value (full-join [k] (table [k] (list [1h])) (table [k] (list [7i 0Ni]))))", "([1 7 0Nh])"},
    {"(full-join [k] (table [k] (list [1h])) (table [k] (list [70000])))", "!type"},
    {"(full-join [k] (table [k] (list [a])) (table [k] (list [70000])))", "!type"},
    /* names */
    {"(key (inner-join [k] (table [k q] (list [1] [2])) (table [q k n] (list [3] [1] [4]))))", "[k q q n]"},
    {"(inner-join 'k (table [k] (list [1])) (table [k] (list [1])))", "!type"},
    {"(inner-join [] (table [k] (list [1])) (table [k] (list [1])))", "!domain"},
    {"(inner-join (list 'k 1) (table [k] (list [1])) (table [k] (list [1])))", "!type"},
    {"(inner-join [k] (table [k] (list [1])) (table [j] (list [1])))", "!domain"},
    {"(inner-join [k] (table [k] (list [1])) 5)", "!type"},
    {"(inner-join [k] (table [k] (list [1])))", "!arity"},
    {"(count (inner-join [k] (table [k] (list (% (til 3000) 7))) (table [k] (list (% (til 100) 7)))))", "42858"},
};

#define SPREAD 1000003 /* of keys that do not lie close together */

static void random_keys(int64_t *k, int64_t *v, int64_t n, int64_t different, bool spread) {
    for (int64_t i = 0; i < n; i++) {
        k[i] = below(different) - different / 2;
        if (k[i] == 0) k[i] = INT64_MIN;
        else if (spread) k[i] *= SPREAD * (int64_t)SPREAD;
        v[i] = i;
    }
}

/* All four joins of random tables of n and m rows. */
static void against_loops(ray_rt *rt, int64_t n, int64_t m, int64_t different, bool spread) {
    int64_t *k = malloc((size_t)(2 * (n + m) + 2) * sizeof *k), *v = k + n, *k2 = v + n, *v2 = k2 + m;
    random_keys(k, v, n, different, spread);
    random_keys(k2, v2, m, different, spread);
    bind(rt, "l", (column[]){{"k", k}, {"v", v}}, 2, n);
    bind(rt, "r", (column[]){{"k", k2}, {"w", v2}}, 2, m);
    ray_val *inner = result(rt, "(inner-join [k] l r)"), *left = result(rt, "(left-join [k] l r)");
    ray_val *full = result(rt, "(full-join [k] l r)"), *anti = result(rt, "(anti-join [k] l r)");
    int64_t a = 0, b = 0, c = 0;
    for (int64_t i = 0; i < n; i++) {
        bool met = false;
        for (int64_t j = m - 1; j >= 0; j--) {
            if (k[i] != k2[j]) continue;
            met = true;
            UT_CHECK(cell(inner, 0, a) == k[i] && cell(inner, 1, a) == i && cell(inner, 2, a) == j);
            UT_CHECK(cell(left, 1, b) == i && cell(left, 2, b) == j && cell(full, 1, b) == i && cell(full, 2, b) == j);
            a++, b++;
        }
        if (met) continue;
        UT_CHECK(cell(anti, 0, c) == k[i] && cell(anti, 1, c) == i);
        UT_CHECK(cell(left, 1, b) == i && cell(left, 2, b) == INT64_MIN && cell(full, 2, b) == INT64_MIN);
        b++, c++;
    }
    UT_CHECK(inner->len == a && left->len == b && anti->len == c);
    for (int64_t j = 0; j < m; j++) {
        bool met = false;
        for (int64_t i = 0; i < n; i++) met |= k[i] == k2[j];
        if (met) continue;
        UT_CHECK(cell(full, 0, b) == k2[j] && cell(full, 1, b) == INT64_MIN && cell(full, 2, b) == j);
        b++;
    }
    UT_EQ_INT(full->len, b);
    rv_release(inner), rv_release(left), rv_release(full), rv_release(anti);
    unbind(rt);
    free(k);
}

UT_CASE(random_tables) {
    ray_rt *rt = rt_with(1);
    for (int64_t round = 0; round < 60; round++)
        against_loops(rt, below(90), below(90), 1 + below(120), round % 2);
    against_loops(rt, 3000, 2500, 200000, true);
    against_loops(rt, 2000, 3000, 7, false);
    ray_rt_free(rt);
}

/* Threads change nothing; one key and the same key twice, in digits that must be renumbered, neither. */
UT_CASE(threads_and_composites) {
    static const char *const sources[] = {
        "(inner-join [k] l r)", "(left-join [k] l r)", "(full-join [k] l r)", "(anti-join [k] l r)",
        "(inner-join [k k k k] l r)", "(full-join [k k k k] l r)",
    };
    enum { N = 150000, M = 50000 };
    int64_t *k = malloc(2 * (N + M) * sizeof *k), *v = k + N, *k2 = v + N, *v2 = k2 + M;
    for (int spread = 0; spread < 2; spread++) {
        ray_rt *one = rt_with(1), *four = rt_with(4);
        random_keys(k, v, N, 40000, spread);
        random_keys(k2, v2, M, 60000, spread);
        for (int side = 0; side < 2; side++) {
            bind(side ? four : one, "l", (column[]){{"k", k}, {"v", v}}, 2, N);
            bind(side ? four : one, "r", (column[]){{"k", k2}, {"w", v2}}, 2, M);
        }
        ray_val *plain[4];
        for (int i = 0; i < 4; i++) plain[i] = result(one, sources[i]);
        for (int i = 0; i < (int)RB_COUNT(sources); i++) {
            ray_val *r = result(four, sources[i]);
            UT_CHECK(rv_equal(r, plain[i < 4 ? i : i == 4 ? 0 : 2]));
            rv_release(r);
        }
        for (int i = 0; i < 4; i++) rv_release(plain[i]);
        ray_rt_free(one);
        ray_rt_free(four);
    }
    free(k);
}

UT_CASE(setup) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, cases);
    say(rt, "(list 'l 'r 'k 'v 'w)", "(l r k v w)");
    ray_rt_free(rt);
}

UT_CASE(out_of_memory) {
    ray_rt *rt = rt_new();
    sweep(rt, cases, RB_COUNT(cases));
    ray_rt_free(rt);
}

UT_MAIN(setup, random_tables, threads_and_composites, out_of_memory)
