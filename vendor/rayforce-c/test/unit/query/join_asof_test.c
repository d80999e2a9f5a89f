/* The as-of join: what is said of it, and random tables against loops. */
#include "query/joins_ut.h"

static const said cases[] = {
    {"(value (asof-join [t] (table [t v] (list [1 5 10 0N] [a b c d])) (table [t w] (list [0N 2 5 5 7] [100 1 2 3 4]))))",
     "([1 5 10 0Nl] [a b c d] [0Nl 3 4 0Nl])"},
    {"(value (asof-join [k t] (table [k t v] (list [a ' b] [3 3 0N] [1 2 3])) (table [k t w] (list [a ' b] [1 1 1] [10 20 30]))))",
     "([a ' b] [3 3 0Nl] [1 2 3] [10 0Nl 0Nl])"},
    {"(value (asof-join [a b t] (table [a b t] (list [x x y] [1 2 1] [5 5 5])) (table [a b t z] (list [x x y] [1 2 2] [3 4 1] [10 20 30]))))",
     "([x x y] [1 2 1] [5 5 5] [10 20 0Nl])"},
    {"(value (asof-join [t] (table [t] (list [3.5 1.0 0Nf])) (table [t w] (list [1.0 2.0 0Nf] [10 20 30]))))", "([3.5 1.0 0Nf] [20 10 0Nl])"},
    {"(value (asof-join [t] (table [t] (list [5i 1i 0Ni])) (table [t w] (list [6 4 0N] [1 2 3]))))", "([5 1 0Ni] [2 0Nl 0Nl])"},
    {"(value (asof-join [k t] (table [k t] (list [1i 0Ni] [5 5])) (table [k t l] (list [0N 1] [1 1] (list [1] [2])))))",
     "([1 0Ni] [5 5] ([2] null))"},
    {"(value (asof-join [k t] (table [k t] (list [a b] [5 5])) (table [k t w] (list [1 2] [1 1] [7 8]))))", "([a b] [5 5] [0Nl 0Nl])"},
    {"(value (asof-join [t] (table [t v] (list [] [])) (table [t w] (list [1] [2]))))", "([] [] [])"},
    {"(value (asof-join [t] (table [t] (list [2 1])) (table [t w] (list [] []))))", "([2 1] [0Nl 0Nl])"},
    {"(asof-join [t] (table [t] (list [a])) (table [t] (list [a])))", "!type"},
    {"(asof-join [t] (table [t] (list [1.0])) (table [t] (list [1])))", "!type"},
    {"(asof-join [t] (table [t] (list [00:00:01])) (table [t] (list [1])))", "!type"},
    {"(asof-join [k t] (table [k t] (list [1.5] [3])) (table [k t] (list [1.5] [1])))", "!nyi"},
    {"(asof-join [k t] (table [k t] (list [\"a\"] [3])) (table [k t] (list [\"a\"] [1])))", "!nyi"},
    {"(asof-join [k t] (table [t] (list [1])) (table [k t] (list [1] [1])))", "!nyi"},
    {"(asof-join [k t] (table [k t] (list [1] [1])) (table [k] (list [1])))", "!schema"},
    {"(asof-join [] (table [t] (list [1])) (table [t] (list [1])))", "!domain"},
    {"(asof-join 't (table [t] (list [1])) (table [t] (list [1])))", "!domain"},
    {"(asof-join (table [t] (list [1])) (table [t] (list [1])) [t])", "!type"},
    {"(asof-join [t] (table [t] (list [1])))", "!arity"},
    {"(sum (at (asof-join [t] (table [t] (list (til 3000))) (table [t w] (list (* 2 (til 1000)) (til 1000)))) 'w))", "1998000"},
};

typedef struct side {
    int64_t n, *k, *t, *v;
} side;

static side random_side(int64_t n, int64_t keys, int64_t times, bool sorted) {
    side s = {n, malloc((size_t)(3 * n + 1) * sizeof *s.k), NULL, NULL};
    s.t = s.k + n;
    s.v = s.t + n;
    int64_t now = 0;
    for (int64_t i = 0; i < n; i++) {
        s.k[i] = below(30) ? below(keys) : INT64_MIN;
        now += below(3) ? 0 : below(times);
        s.t[i] = sorted ? now : below(30) ? below(times) : INT64_MIN;
        s.v[i] = i;
    }
    return s;
}

static void bind_sides(ray_rt *rt, const side *l, const side *r) {
    bind(rt, "l", (column[]){{"k", l->k}, {"t", l->t}, {"v", l->v}}, 3, l->n);
    bind(rt, "r", (column[]){{"k", r->k}, {"t", r->t}, {"w", r->v}}, 3, r->n);
}

static int64_t last_before(const side *r, int64_t key, int64_t time) {
    int64_t best = -1;
    if (key == INT64_MIN || time == INT64_MIN) return -1;
    for (int64_t j = 0; j < r->n; j++)
        if (r->k[j] == key && r->t[j] != INT64_MIN && r->t[j] <= time && (best < 0 || r->t[j] >= r->t[best])) best = j;
    return best;
}

UT_CASE(random_tables) {
    ray_rt *rt = rt_with(2);
    for (int round = 0; round < 200; round++) {
        side l = random_side(below(60), 1 + below(5), 40, round & 1), r = random_side(below(60), 1 + below(5), 40, round & 2);
        bind_sides(rt, &l, &r);
        ray_val *t = result(rt, "(asof-join [k t] l r)");
        UT_CHECK(t->len == l.n && rv_table_columns(t) == 4);
        for (int64_t i = 0; i < l.n; i++) {
            int64_t j = last_before(&r, l.k[i], l.t[i]);
            UT_EQ_INT(cell(t, 3, i), j < 0 ? INT64_MIN : j);
            UT_EQ_INT(cell(t, 2, i), i);
        }
        rv_release(t);
        unbind(rt);
        free(l.k), free(r.k);
    }
    ray_rt_free(rt);
}

/* Many stretches, tables in order and not. */
UT_CASE(threads) {
    ray_rt *one = rt_with(1), *four = rt_with(4);
    for (int round = 0; round < 3; round++) {
        side l = random_side(300000, 50, 20, round < 2), r = random_side(200000, 50, 30, round < 1);
        bind_sides(one, &l, &r);
        bind_sides(four, &l, &r);
        ray_val *a = result(one, "(asof-join [k t] l r)"), *b = result(four, "(asof-join [k t] l r)");
        UT_CHECK(rv_equal(a, b));
        if (round == 0) { /* in order: one look back for each row */
            int64_t last[50], j = 0;
            for (int k = 0; k < 50; k++) last[k] = INT64_MIN;
            for (int64_t i = 0; i < l.n; i++) {
                for (; j < r.n && r.t[j] <= l.t[i]; j++)
                    if (r.k[j] >= 0) last[r.k[j]] = j;
                UT_EQ_INT(cell(b, 3, i), l.k[i] < 0 ? INT64_MIN : last[l.k[i]]);
            }
        }
        rv_release(a), rv_release(b);
        free(l.k), free(r.k);
    }
    ray_rt_free(one);
    ray_rt_free(four);
}

UT_CASE(setup) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, cases);
    say(rt, "(list 'l 'r 'k 't 'v 'w)", "(l r k t v w)");
    ray_rt_free(rt);
}

UT_CASE(out_of_memory) {
    ray_rt *rt = rt_new();
    sweep(rt, cases, RB_COUNT(cases));
    ray_rt_free(rt);
}

UT_MAIN(setup, random_tables, threads, out_of_memory)
