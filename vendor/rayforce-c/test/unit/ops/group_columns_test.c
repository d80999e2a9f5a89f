/* Groups by several columns against numbering by a plain search, for digits that fit in place, that do not, and that do
 * not fit one number. */
#include "lang/lang_ut.h"
#include "ops/group_parts.h"

#define COLUMNS_MAX 6

typedef int64_t (*key_fn)(int64_t i);
static int64_t few(int64_t i) { return i * 7919 % 13; }
static int64_t bars(int64_t i) { return i / 50 * 60000000000 + 946684800000000000; }
static int64_t bars_with_nulls(int64_t i) { return i % 7 ? bars(i) : RY_NULL_I64; }
static int64_t nearly_bars(int64_t i) { return bars(i) + (i == 2500); }
static int64_t far(int64_t i) { return i % 300 * 4294967311; }
static int64_t half_a_word(int64_t i) { return (i * 48271 % 1000 << 20) + (i & 1); }
static int64_t nulls(int64_t i) { return i * 0 + RY_NULL_I64; }

static const struct {
    int n;
    key_fn keys[COLUMNS_MAX];
} kinds[] = {
    {2, {few, bars}},        {2, {bars, few}},  {2, {bars_with_nulls, few}}, {2, {nearly_bars, few}},
    {2, {far, few}},         {2, {nulls, few}}, {2, {nulls, nulls}},         {3, {few, far, bars}},
    {4, {half_a_word, half_a_word, half_a_word, few}}, {5, {half_a_word, far, half_a_word, half_a_word, bars}},
};

static bool same(ray_val *const *columns, int n, int64_t i, int64_t j) {
    for (int c = 0; c < n; c++)
        if (RV_DATA(int64_t, columns[c])[i] != RV_DATA(int64_t, columns[c])[j]) return false;
    return true;
}

static void check(ray_rt *rt, const key_fn *keys, int n, int64_t rows) {
    ray_val *columns[COLUMNS_MAX];
    for (int c = 0; c < n; c++) {
        columns[c] = rv_vec_new(RY_I64, rows);
        UT_CHECK(columns[c]);
        for (int64_t i = 0; i < rows; i++) RV_DATA(int64_t, columns[c])[i] = keys[c](i);
    }
    ro_groups g;
    UT_CHECK(ro_group_rows(rt, columns, n, &g) == 0);
    UT_EQ_INT(g.n, rows);
    int64_t next = 0;
    for (int64_t i = 0; i < rows; i++) {
        UT_CHECK(g.id[i] >= 0 && g.id[i] <= next && g.id[i] < g.count);
        if (g.id[i] == next) UT_EQ_INT(g.first[next++], i);
        UT_CHECK(same(columns, n, g.first[g.id[i]], i));
    }
    UT_EQ_INT(next, g.count);
    for (int64_t a = 0; a < g.count && a < 100; a++)
        for (int64_t b = 0; b < a; b++) UT_CHECK(!same(columns, n, g.first[a], g.first[b]));
    ro_groups_free(&g);
    for (int c = 0; c < n; c++) rv_release(columns[c]);
}

static void check_all(int threads) {
    static const int64_t rows[] = {0, 1, 1023, 2047, 5001, 140003};
    const ray_rt_opts opts = {.threads = threads};
    ray_rt *rt = ray_rt_new(&opts);
    UT_CHECK(rt);
    for (size_t k = 0; k < RB_COUNT(kinds); k++)
        for (size_t r = 0; r < RB_COUNT(rows); r++) check(rt, kinds[k].keys, kinds[k].n, rows[r]);
    ray_rt_free(rt);
}

UT_CASE(setup_threads) { check_all(3); }
UT_CASE(alone) { check_all(1); }

/* More rows than are numbered side by side. */
UT_CASE(setup_many) {
    const ray_rt_opts opts = {.threads = 2};
    ray_rt *rt = ray_rt_new(&opts);
    UT_CHECK(rt);
    check(rt, (key_fn[]){few, few}, 2, 600007);
    check(rt, (key_fn[]){few, bars}, 2, 600007);
    ray_rt_free(rt);
}

static void try_once(ray_rt *rt, ray_val *const *columns) {
    ro_groups g;
    if (ro_group_rows(rt, columns, 3, &g) < 0) UT_CHECK(rb_error_code() == RB_E_OOM);
    else ro_groups_free(&g);
}

UT_CASE(out_of_memory) {
    ray_rt *rt = rt_new();
    ray_val *columns[3];
    for (int c = 0; c < 3; c++) {
        columns[c] = rv_vec_new(RY_I64, 3000);
        UT_CHECK(columns[c]);
        for (int64_t i = 0; i < 3000; i++) RV_DATA(int64_t, columns[c])[i] = (c ? half_a_word : far)(i);
    }
    UT_SWEEP(try_once(rt, columns));
    for (int c = 0; c < 3; c++) rv_release(columns[c]);
    ray_rt_free(rt);
}

UT_MAIN(setup_threads, alone, setup_many, out_of_memory)
