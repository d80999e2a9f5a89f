/* Random tables for the tests of joins, and their results. */
#ifndef JOINS_UT_H
#define JOINS_UT_H

#include "ops/sweep_ut.h"

typedef struct column {
    const char *name;
    int64_t *v;
} column;

static uint64_t seed_ut = 88172645463325252u;
static inline int64_t below(int64_t n) {
    seed_ut ^= seed_ut << 13;
    seed_ut ^= seed_ut >> 7;
    seed_ut ^= seed_ut << 17;
    return (int64_t)(seed_ut % (uint64_t)n);
}

/* A table of I64 columns under a global name. */
static inline void bind(ray_rt *rt, const char *name, const column *columns, int ncolumns, int64_t rows) {
    ray_val *names = rv_vec_room_new(RY_SYM, ncolumns), *values = rv_vec_room_new(RY_LIST, ncolumns);
    UT_CHECK(names && values);
    for (int c = 0; c < ncolumns; c++) {
        int32_t id = rv_sym_intern_z(columns[c].name);
        ray_val *v = rv_vec_new(RY_I64, rows);
        UT_CHECK(id >= 0 && v && rv_vec_append(names, &id, 1) == 0);
        memcpy(v->data, columns[c].v, (size_t)rows * sizeof(int64_t));
        rv_vec_scan_nulls(v);
        UT_CHECK(rv_list_append_take(values, v) == 0);
    }
    ray_val *t = rv_table_new_take(names, values);
    UT_CHECK(t && rl_global_set(rt, rv_sym_intern_z(name), t) == 0);
    rv_release(t);
}

static inline ray_val *result(ray_rt *rt, const char *source) {
    ray_val *v = ray_eval(rt, source, strlen(source), -1);
    UT_CHECK(v);
    const char *bad = rv_check(v);
    if (bad) UT_FAIL("%s: %s", source, bad);
    return v;
}

static inline int64_t cell(const ray_val *table, int64_t c, int64_t row) {
    return RV_DATA(int64_t, rv_table_column_get(table, c))[row];
}

static inline void unbind(ray_rt *rt) {
    UT_CHECK(ray_delete(rt, "l") == 0 && ray_delete(rt, "r") == 0);
}

static inline ray_rt *rt_with(int threads) {
    const ray_rt_opts opts = {.threads = threads};
    ray_rt *rt = ray_rt_new(&opts);
    UT_CHECK(rt);
    return rt;
}

#endif
