/* Columns that tables hold as numbers of names, where verbs read the numbers. */
#include "ops/sweep_ut.h"

#include "ops/collect.h"

static ray_rt *own;

static ray_val *coded_new(int names, int type, int64_t n) {
    ray_val *v = rv_vec_new(RY_SYM, names), *numbers = rv_vec_new(type, n);
    for (int i = 0; i < names; i++) RV_DATA(int32_t, v)[i] = i;
    for (int64_t i = 0; i < n; i++) {
        int64_t k = i * 31 % names;
        if (type == RY_U8) RV_DATA(uint8_t, numbers)[i] = (uint8_t)k;
        else RV_DATA(uint16_t, numbers)[i] = (uint16_t)k;
    }
    ray_val *coded = rv_coded_new_take(v, numbers, 0), *rest = rv_coded_at_rest(coded);
    rv_release(coded);
    return rest;
}

/* Keys of numbers are small and equal where the symbols are, also of two bytes, which are taken with a sign. */
UT_CASE(numbers_are_keys) {
    static const struct {
        int names, type;
        uint64_t top;
    } cases[] = {{3, RY_U8, 3}, {256, RY_U8, 256}, {300, RY_I16, 300}, {40000, RY_I16, 65536}};
    enum { N = 80000 };
    for (size_t c = 0; c < RB_COUNT(cases); c++) {
        ray_val *v = coded_new(cases[c].names, cases[c].type, N);
        uint64_t *key = rb_alloc(N * sizeof *key), top;
        ro_keyer k;
        UT_CHECK(v && ro_keyer_of(own, v, &k) == 0 && ro_keyer_rebase(own, &k, &top) == 0 && !k.null);
        UT_EQ_INT(top, cases[c].top);
        rk_keys_into(&k.keys, 0, N, key);
        for (int64_t i = 0; i < N; i++) UT_CHECK(key[i] >= 1 && key[i] <= top);
        for (int64_t i = 1; i < cases[c].names; i++)
            UT_CHECK(key[i] != key[i - 1] && key[i] == key[i + cases[c].names]);
        ro_groups g, h;
        ray_val *plain = rv_coded_plain_get(v);
        UT_CHECK(ro_group_rows(own, &v, 1, &g) == 0 && ro_group_rows(own, &plain, 1, &h) == 0);
        UT_CHECK(g.count == cases[c].names && h.count == g.count);
        UT_EQ_MEM(g.id, h.id, N * sizeof *g.id);
        UT_EQ_MEM(g.first, h.first, (size_t)g.count * sizeof *g.first);
        ro_groups_free(&g);
        ro_groups_free(&h);
        rb_free(key, N * sizeof *key);
        rv_release(v);
    }
}

/* Elements by place and by mask: coded if they are many beside the names, else ids. */
UT_CASE(elements) {
    enum { N = 1000 };
    ray_val *v = coded_new(100, RY_U8, N), *mask = rv_vec_new(RY_B8, N);
    const int32_t *ids = RV_DATA(int32_t, rv_coded_plain_get(v));
    int64_t at[N];
    for (int64_t i = 0; i < N; i++) {
        at[i] = N - 1 - i;
        RV_DATA(uint8_t, mask)[i] = (uint8_t)(i % 2);
    }
    static const int64_t few[] = {5, -1, 7};
    ray_val *all = ro_gather(own, v, at, N), *some = ro_gather(own, v, few, 3), *half = ro_filter_by(own, v, mask);
    UT_CHECK(all && all->type == RY_CODED && all->u.coded.exact && all->len == N);
    UT_CHECK(some && some->type == RY_SYM && (some->attrs & RV_A_NULLS));
    UT_EQ_MEM(some->data, ((int32_t[]){ids[5], RY_NULL_SYM, ids[7]}), 3 * sizeof *ids);
    UT_CHECK(half && half->type == RY_CODED && half->len == N / 2);
    for (int64_t i = 0; i < N; i++) UT_EQ_INT(RV_DATA(int32_t, rv_coded_plain_get(all))[i], ids[N - 1 - i]);
    for (int64_t i = 0; i < N / 2; i++) UT_EQ_INT(RV_DATA(int32_t, rv_coded_plain_get(half))[i], ids[2 * i + 1]);
    memset(RV_DATA(uint8_t, mask) + 50, 0, N - 50);
    ray_val *short_one = ro_filter_by(own, v, mask);
    UT_CHECK(short_one && short_one->type == RY_SYM && short_one->len == 25);
    UT_EQ_INT(RV_DATA(int32_t, short_one)[24], ids[49]);
    ray_val *part = ro_named_take(v, rv_vec_slice(v->u.coded.numbers, 3, 4));
    UT_CHECK(part && part->type == RY_SYM && !ro_named_take(v, NULL));
    UT_EQ_MEM(part->data, ids + 3, 4 * sizeof *ids);
    ray_val *values[] = {v, mask, all, some, half, short_one, part};
    for (size_t i = 0; i < RB_COUNT(values); i++) rv_release(values[i]);
}

#define T "(set v (table [s q p] (list [a b a ' c a] [1 2 3 4 5 6] [x x y y x x])))"
static const said cases[] = {
    {"(do " T " (value (select {from: v where: (== s 'a)})))", "([a a a] [1 3 6] [x y x])"},
    {"(do " T " (value (select {from: v where: (!= 'a s) q: q s: s})))", "([2 4 5] [b ' c])"},
    {"(do " T " (value (select {from: v where: (== s 'nobody) q: q})))", "([])"},
    {"(do " T " (value (select {from: v where: (!= s 'nobody) q: q})))", "([1 2 3 4 5 6])"},
    {"(do " T " (value (select {from: v where: (and (== s ') (> q 1)) q: q})))", "([4])"},
    {"(do " T " (set x 'b) (value (select {from: v where: (or (== s x) (== p 'y)) q: q})))", "([2 3 4])"},
    {"(do " T " (value (select {from: v where: (== s p) q: q})))", "([])"},
    {"(do " T " (value (select {from: v by: s n: (count p) f: (first p) l: (last p) m: (max p)})))",
     "([a b ' c] [3 1 1 1] [x x y x] [x x y x] [y x y x])"},
    {"(do " T " (value (select {from: v by: {k: p s: s} n: (sum q)})))", "([x x y y x] [a b a ' c] [7 2 3 4 5])"},
    {"(do " T " (value (select {from: v a: s b: (== a 'c) s2: a})))",
     "([a b a ' c a] [false false false false true false] [a b a ' c a])"},
    {"(do " T " (value (distinct (select {from: v s: s p: p}))))", "([a b a ' c] [x x y y x])"},
    {"(do " T " (value (inner-join [s] v (table [s r] (list [a c] [10 20])))))",
     "([a a c a] [1 3 5 6] [x y x x] [10 10 20 10])"},
    {"(do " T " (set l (table [k s] (list [1 2 3] [c ' z]))) (value (left-join [s] l v)))",
     "([1 2 3] [c ' z] [5 4 0Nl] [x y '])"},
    {"(do " T " (insert 'v (list 7 'new 'x)) v)", "!type"},
    {"(do " T " (insert 'v (list 'new 7 'x)) (insert 'v (list 'a 8 'x)) (value v))",
     "([a b a ' c a new a] [1 2 3 4 5 6 7 8] [x x y y x x x x])"},
    {"(do " T " (update {from: 'v s: 'z where: (== s 'a)}) (value v))", "([z b z ' c z] [1 2 3 4 5 6] [x x y y x x])"},
    {"(do " T " (value (take v -2)))", "([c a] [5 6] [x x])"},
    {"(do " T " (at v 3))", "{s:' q:4 p:y}"},
    {"(do " T " (value (at v [5 0])))", "([a a] [6 1] [x x])"},
    {"(do " T " (at v 's))", "[a b a ' c a]"},
};

UT_CASE(setup) {
    for (int i = 0; i < 40000; i++) {
        char text[16];
        snprintf(text, sizeof text, "key%d", i);
        UT_CHECK(rv_sym_intern_z(text) >= 0);
    }
    own = rt_new();
    SAY_ALL(own, cases);
    forget(own);
}
UT_CASE(out_of_memory) {
    ray_rt *rt = rt_new();
    sweep(rt, cases, RB_COUNT(cases));
    ray_rt_free(rt);
}
UT_CASE(setup_no_more) { ray_rt_free(own); }

UT_MAIN(setup, numbers_are_keys, elements, out_of_memory, setup_no_more)
