/* Numbers of the keys of two tables: equal exactly where the keys are. */
#include "query/joins.h"

#include "query/joins_ut.h"

static const char *const lefts[] = {
    "(table [k] (list [5 1 0N 7 5]))", "(table [k] (list [5 1000000000000000 0N 7 -3000000000]))", "(table [k] (list [\"a\" \"\" \"b\"]))",
    "(table [k] (list [a ' b]))", "(table [k] (list [1.5 0Nf -0.0]))", "(table [k] (list [true false]))",
    "(table [k] (list (list [1] \"x\" [2])))", "(table [k] (list [5i 0Ni 7i]))", "(table [k] (list [2024.01.01 0Nd]))",
};
static const char *const rights[] = {
    "(table [k] (list [7 5 0N 9 5]))", "(table [k] (list [7 -3000000000 0N 1000000000000000 9 7]))", "(table [k] (list [\"b\" \"b\" \"\" \"c\"]))",
    "(table [k] (list [b ' c b]))", "(table [k] (list [0.0 2.5 0Nf 1e300]))", "(table [k] (list [true true]))",
    "(table [k] (list (list [2] \"x\" [2])))", "(table [k] (list [7 5 0N -2147483648]))", "(table [k] (list [2024.01.01 0Nd 2024.01.01]))",
};

static bool is_hole(const ray_val *v, int64_t i) {
    if (v->type == RY_SYM) return RV_DATA(int32_t, v)[i] == RY_NULL_SYM;
    return ry_is_fixed(v->type) && ry_null_at(v->type, RV_DATA(uint8_t, v) + i * ry_width(v->type));
}

/* -1: out of memory. */
static int check(ray_rt *rt, const ray_val *l, const ray_val *r, bool holes, int twice) {
    rq_on on;
    rq_joint j;
    ray_val *names = rv_vec_room_new(RY_SYM, 2);
    int32_t k = rv_sym_find("k", 1), id[2][8];
    int ok = names ? 0 : -1;
    for (int i = 0; ok == 0 && i < 1 + twice; i++) ok = rv_vec_append(names, &k, 1);
    if (ok == 0) ok = rq_on_new(&on, "join", names, l, r);
    rv_release(names);
    if (ok < 0) return -1;
    ok = rq_joint_open(&j, rt, &on, 1 + twice, l, r, holes);
    rq_on_free(&on);
    if (ok < 0) return -1;
    rq_joint_ids(&j, false, 0, l->len, id[0]);
    rq_joint_ids(&j, true, 0, r->len, id[1]);
    const ray_val *a = rv_table_column_get(l, 0), *b = rv_table_column_get(r, 0);
    for (int64_t x = 0; x < l->len; x++)
        for (int64_t y = 0; y < r->len; y++) {
            bool same = ro_loose_equal(a, x, b, y), hole = holes && is_hole(a, x);
            if ((id[0][x] >= 0 && id[0][x] == id[1][y]) != (same && !hole))
                UT_FAIL("rows %lld and %lld of %s: numbers %d and %d", (long long)x, (long long)y, ry_name(a->type), id[0][x], id[1][y]);
            UT_CHECK(id[0][x] < j.count && id[1][y] < j.count);
        }
    rq_joint_close(&j);
    return 0;
}

UT_CASE(numbers_are_equal_where_keys_are) {
    ray_rt *rt = rt_new();
    for (size_t i = 0; i < RB_COUNT(lefts); i++)
        for (int how = 0; how < 4; how++) {
            bool holes = how & 1, text = i == 2 || i == 6; /* those never have holes */
            ray_val *l = result(rt, lefts[i]), *r = result(rt, rights[i]);
            if (!(holes && text)) UT_SWEEP({
                if (check(rt, l, r, holes, how >> 1) < 0) UT_CHECK(rb_error_code() == RB_E_OOM);
            });
            rv_release(l), rv_release(r);
        }
    ray_rt_free(rt);
}

UT_CASE(setup) {
    ray_rt *rt = rt_new();
    for (size_t i = 0; i < RB_COUNT(lefts); i++) rv_release(result(rt, lefts[i])), rv_release(result(rt, rights[i]));
    ray_rt_free(rt);
}

UT_MAIN(setup, numbers_are_equal_where_keys_are)
