/* Window joins: what is said of them, and random tables against loops. */
#include "query/joins_ut.h"

#define L "(table [k t] (list [1 1 2] [5 7 9]))"
#define R "(table [k t w f s] (list [1 1 2] [4 6 9] [10 20 30] [1.5 0Nf 2.5] [a b c]))"
#define WJ(name, bounds, entries) "(value (" name " [k t] (list " bounds ") " L " " R " {" entries "}))"

static const said cases[] = {
    {WJ("window-join1", "[1 1 1] [9 9 9]", "n: (count w) s: (sum w) a: (avg f) l: (last f)"),
     "([1 1 2] [5 7 9] [2 2 1] [30 30 30] [1.5 1.5 2.5] [1.5 1.5 2.5])"},
    {WJ("window-join", "[5 10 10] [9 10 9]", "n: (count w) s: (sum w)"), "([1 1 2] [5 7 9] [2 1 1] [30 20 30])"},
    {WJ("window-join1", "[5 10 10] [9 10 9]", "n: (count w) s: (sum w)"), "([1 1 2] [5 7 9] [1 0 0] [20 0 0])"},
    {WJ("window-join", "[0 0 0] [5 3 9]", "n: (count w)"), "([1 1 2] [5 7 9] [1 0 1])"},
    {WJ("window-join1", "[1 1 0N] [9 9 0N]", "n: (count s)"), "([1 1 2] [5 7 9] [2 2 0])"},
    {WJ("window-join1", "[1i 1i 1i] [00:00:00.009 00:00:00.009 00:00:00.009]", "n: (count w)"), "([1 1 2] [5 7 9] [2 2 1])"},
    /* nothing in the window; expressions; verbs that have no reduction by group */
    {WJ("window-join1", "[0 0 0] [0 0 0]", "s: (sum w) p: (prod w) f: (first f)"),
     "([1 1 2] [5 7 9] [0 0 0] [0Nl 0Nl 0Nl] [0Nf 0Nf 0Nf])"},
    {WJ("window-join1", "[0 0 0] [0 0 0]", "m: (min w) v: (var w) a: (all w)"),
     "([1 1 2] [5 7 9] [0Nl 0Nl 0Nl] [0Nf 0Nf 0Nf] [true true true])"},
    {WJ("window-join1", "[1 1 1] [9 9 9]", "s: (sum (* w 2)) m: (med w) q: (wavg w w) o: (mode s)"),
     "([1 1 2] [5 7 9] [60 60 60] [15.0 15.0 30.0] [16.67 16.67 30.0] [a a c])"},
    {"(value (window-join1 [k t] (list [] []) (table [k t] (list [] [])) " R " {m: (med w) s: (sum w)}))", "([] [] [] [])"},
    {"(value (window-join1 [k t] (list [1 1] [9 9]) (table [k t] (list [a b] [5 5])) " R " {n: (count w) s: (sum f)}))",
     "([a b] [5 5] [0 0] [0.0 0.0])"},
    {"(value (window-join1 [k t] (list [1 1] [9 9]) (table [k t] (list [0N 1] [5 5])) (table [k t w] (list [0N 1] [0N 3] [1e 2e])) {n: (count w) m: (min w)}))",
     "([0Nl 1] [5 5] [0 1] [0Ne 2.0e])"},
    {"(value (window-join [k t] (list [1 1] [9 9]) (table [k t] (list [0N 1] [5 5])) (table [k t w] (list [0N 1] [0N 3] [1 2])) {n: (count w)}))",
     "([0Nl 1] [5 5] [1 1])"},
    {"(value (window-join1 [k t] (list [1.0] [9.0]) (table [k t] (list [1] [5.0])) (table [k t w] (list [1 1] [3.5 9.5] [1 2])) {n: (count w)}))",
     "([1] [5.0] [1])"},
    {"(do (set x (dict [n] (list (list 'count 'w)))) (value (window-join1 [k t] (list [1 1 1] [9 9 9]) " L " " R " x)))",
     "([1 1 2] [5 7 9] [2 2 1])"},
    {"(value (window-join1 [k t] (list [1 1 1] [9 9 9]) " L " " R " {}))", "([1 1 2] [5 7 9])"},
    {WJ("window-join1", "[1 1 1] [9 9 9]", "s: (sum s)"), "!type"},
    {WJ("window-join1", "[1 1 1] [9 9 9]", "s: (sum zz)"), "!domain"},
    {WJ("window-join1", "[1 1 1] [9 9 9]", "s: (sums w)"), "!domain"},
    {WJ("window-join1", "[1 1 1] [9 9 9]", "s: (nosuch w)"), "!domain"},
    {WJ("window-join1", "[1 1 1] [9 9 9]", "s: w"), "!nyi"},
    {WJ("window-join1", "[1 1 1] [9 9 9]", "s: (sum 5)"), "!type"},
    {WJ("window-join1", "[1 1 1] [9 9 9]", "s: (sum w w)"), "!arity"},
    {WJ("window-join1", "[1 1] [9 9 9]", "s: (sum w)"), "!domain"},
    {WJ("window-join1", "[1.0 1.0 1.0] [9 9 9]", "s: (sum w)"), "!type"},
    {WJ("window-join1", "(list 1 2 3) [9 9 9]", "s: (sum w)"), "!domain"},
    {"(window-join1 [t] (list [1 1 1] [9 9 9]) " L " " R " {n: (count w)})", "!domain"},
    {"(window-join1 [k zz] (list [1 1 1] [9 9 9]) " L " " R " {n: (count w)})", "!domain"},
    {"(window-join1 [f t] (list [1 1 1] [9 9 9]) " R " " R " {n: (count w)})", "!nyi"},
    {"(window-join1 'k (list [1 1 1] [9 9 9]) " L " " R " {n: (count w)})", "!type"},
    {"(window-join1 [k t] (list [1 1 1] [9 9 9]) " L " " R " 5)", "!type"},
    {"(window-join1 [k t] (list [1 1 1] [9 9 9]) " L " " R ")", "!type"},
    {"(window-join1 [k t] (list [1 1 1] [9 9 9]) " L ")", "!domain"},
    {"(window-join1)", "!domain"},
    /* long windows are put together from blocks */
    {"(sum (at (window-join1 [k t] (list (- (til 3000) 2000) (til 3000)) (table [k t] (list (% (til 3000) 1) (til 3000))) (table [k t w] (list (% (til 3000) 1) (til 3000) (til 3000))) {s: (sum w)}) 's))",
     "4333832500"},
};

#define ENTRIES " {n: (count w) s: (sum w) m: (min w) f: (first w) l: (last w)})"

static void against_loops(ray_rt *rt, int64_t n, int64_t m, int64_t keys, bool prevailing, bool sorted) {
    int64_t *k = malloc((size_t)(4 * n + 3 * m + 1) * sizeof *k), *t = k + n, *lo = t + n, *hi = lo + n, *k2 = hi + n, *t2 = k2 + m, *w = t2 + m;
    for (int64_t i = 0; i < n; i++) k[i] = below(keys), t[i] = below(50), lo[i] = t[i] - below(20), hi[i] = lo[i] + below(30) - 4;
    for (int64_t j = 0; j < m; j++) k2[j] = below(keys), t2[j] = sorted ? j / 3 : below(50), w[j] = below(10) ? below(100) : INT64_MIN;
    bind(rt, "l", (column[]){{"k", k}, {"t", t}, {"lo", lo}, {"hi", hi}}, 4, n);
    bind(rt, "r", (column[]){{"k", k2}, {"t", t2}, {"w", w}}, 3, m);
    ray_val *out = result(rt, prevailing ? "(window-join [k t] (list (at l 'lo) (at l 'hi)) l r" ENTRIES
                                         : "(window-join1 [k t] (list (at l 'lo) (at l 'hi)) l r" ENTRIES);
    for (int64_t i = 0; i < n; i++) {
        int64_t *at = malloc((size_t)(m + 1) * sizeof *at), rows = 0, from = 0;
        for (int64_t j = 0; j < m; j++) { /* by time, stably */
            if (k2[j] != k[i]) continue;
            int64_t p = rows++;
            for (; p > 0 && t2[at[p - 1]] > t2[j]; p--) at[p] = at[p - 1];
            at[p] = j;
        }
        while (from < rows && (prevailing ? t2[at[from]] <= lo[i] : t2[at[from]] < lo[i])) from++;
        if (prevailing && from > 0) from--;
        int64_t count = 0, sum = 0, min = INT64_MIN, first = INT64_MIN, last = INT64_MIN;
        for (int64_t p = from; p < rows && t2[at[p]] <= hi[i]; p++) {
            int64_t x = w[at[p]];
            count++;
            if (x == INT64_MIN) continue;
            sum += x;
            min = min == INT64_MIN || x < min ? x : min;
            first = first == INT64_MIN ? x : first;
            last = x;
        }
        UT_CHECK(cell(out, 4, i) == count && cell(out, 5, i) == sum && cell(out, 6, i) == min && cell(out, 7, i) == first);
        UT_EQ_INT(cell(out, 8, i), last);
        free(at);
    }
    rv_release(out);
    unbind(rt);
    free(k);
}

UT_CASE(random_tables) {
    ray_rt *rt = rt_with(3);
    for (int round = 0; round < 120; round++)
        against_loops(rt, below(50), below(80), 1 + below(4), round & 1, round & 2);
    against_loops(rt, 20000, 60, 3, true, false); /* several ranges */
    ray_rt_free(rt);
}

UT_CASE(setup) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, cases);
    say(rt, "(list 'l 'r 'k 't 'lo 'hi 'w)", "(l r k t lo hi w)");
    ray_rt_free(rt);
}

UT_CASE(out_of_memory) {
    ray_rt *rt = rt_new();
    sweep(rt, cases, RB_COUNT(cases));
    ray_rt_free(rt);
}

UT_MAIN(setup, random_tables, out_of_memory)
