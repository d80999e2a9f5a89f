/* Reductions by group id. Cells are small structs, one a group, so that a random id costs one cache line. */
#include "kernel.h"

#include <math.h>

typedef struct one_int {
    int64_t a;
} one_int;
typedef struct one_real {
    double a;
} one_real;
typedef struct two_int {
    int64_t a, n;
} two_int;
typedef struct two_real {
    double a;
    int64_t n;
} two_real;
/* Sum and number, both doubles, so that one instruction adds a row. */
typedef double mean __attribute__((vector_size(16)));
static inline mean mean_of_one(bool null, double x) {
    const mean none = {0, 0}, one = {x, 1};
    return null ? none : one;
}
typedef struct place {
    int64_t row;
} place;
/* Sums of distances from the group's first value: no division a row, and few digits lost. */
typedef struct shifted {
    int64_t n;
    double origin, sum, squares;
} shifted;

static inline void shifted_add(shifted *g, double x) {
    if (g->n++ == 0) g->origin = x;
    double d = x - g->origin;
    g->sum += d;
    g->squares += d * d;
}

#define RK_BODY "grouped.h"
#include "tmpl/storage.h"

/* ---- rows, whatever they hold --------------------------------------------------------------------------------- */

static void count_step(void *cells, const void *data, const int32_t *id, int64_t row, int64_t n, bool nulls) {
    one_int *c = cells;
    (void)data, (void)row, (void)nulls;
    for (int64_t i = 0; i < n; i++) c[id[i]].a++;
}

#define PLACE(fn, test)                                                                                                \
    static void fn##_guid(void *cells, const void *data, const int32_t *id, int64_t row, int64_t n, bool nulls) {      \
        place *c = cells;                                                                                              \
        const ry_guid *v = data;                                                                                       \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            place *g = &c[id[i]];                                                                                      \
            if ((test) && !(nulls && ry_null_is_guid(&v[i]))) g->row = row + i;                                        \
        }                                                                                                              \
    }                                                                                                                  \
    static void fn##_list(void *cells, const void *data, const int32_t *id, int64_t row, int64_t n, bool nulls) {      \
        place *c = cells;                                                                                              \
        (void)data, (void)nulls;                                                                                       \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            place *g = &c[id[i]];                                                                                      \
            if (test) g->row = row + i;                                                                                \
        }                                                                                                              \
    }
PLACE(first, g->row < 0)
PLACE(last, true)

/* ---- start, merge, finish ------------------------------------------------------------------------------------- */

#define START(fn, cell_t, value)                                                                                       \
    static void start_##fn(void *cells, int64_t groups) {                                                              \
        cell_t *c = cells;                                                                                             \
        for (int64_t i = 0; i < groups; i++) c[i] = (cell_t)value;                                                     \
    }
START(zero_int, one_int, {0})
START(zero_real, one_real, {0})
START(unit, one_int, {1})
START(prod_int, two_int, {.a = 1})
START(prod_real, two_real, {.a = 1})
START(avg, mean, {0})
START(min_int, two_int, {.a = INT64_MAX})
START(min_real, one_real, {INFINITY})
START(max_int, two_int, {.a = INT64_MIN})
START(max_real, one_real, {-INFINITY})
START(place, place, {-1})
START(spread, shifted, {0})

#define MERGE(fn, cell_t, ...)                                                                                         \
    static void merge_##fn(void *into, const void *later, int64_t groups) {                                            \
        cell_t *to = into;                                                                                             \
        const cell_t *from = later;                                                                                    \
        for (int64_t i = 0; i < groups; i++) {                                                                         \
            cell_t *g = &to[i];                                                                                        \
            const cell_t *l = &from[i];                                                                                \
            __VA_ARGS__                                                                                                \
        }                                                                                                              \
    }
MERGE(sum_int, one_int, g->a = (int64_t)((uint64_t)g->a + (uint64_t)l->a);)
MERGE(sum_real, one_real, g->a += l->a;)
MERGE(prod_int, two_int, g->a = (int64_t)((uint64_t)g->a * (uint64_t)l->a); g->n += l->n;)
MERGE(prod_real, two_real, g->a *= l->a; g->n += l->n;)
MERGE(avg, mean, *g += *l;)
MERGE(min_int, two_int, g->a = l->a < g->a ? l->a : g->a; g->n += l->n;)
MERGE(min_real, one_real, g->a = l->a < g->a ? l->a : g->a;)
MERGE(max_int, two_int, g->a = l->a > g->a ? l->a : g->a; g->n += l->n;)
MERGE(max_real, one_real, g->a = l->a > g->a ? l->a : g->a;)
MERGE(all, one_int, g->a &= l->a;)
MERGE(any, one_int, g->a |= l->a;)
/* Workers take ranges in any order, so that "later" says nothing about rows: the row numbers do. */
MERGE(first, place, if (l->row >= 0 && (g->row < 0 || l->row < g->row)) g->row = l->row;)
MERGE(last, place, if (l->row > g->row) g->row = l->row;)
MERGE(spread, shifted, if (l->n == 0) continue; if (g->n == 0) {
    *g = *l;
    continue;
} double d = l->origin - g->origin, n = (double)l->n; g->squares += l->squares + 2 * d * l->sum + n * d * d;
      g->sum += l->sum + n * d; g->n += l->n;)

#define FINISH(fn, cell_t, out_t, null_value, is_null, value)                                                          \
    static bool finish_##fn(const void *cells, int64_t groups, void *out) {                                            \
        const cell_t *c = cells;                                                                                       \
        out_t *y = out;                                                                                                \
        bool any = false;                                                                                              \
        for (int64_t i = 0; i < groups; i++) {                                                                         \
            const cell_t *g = &c[i];                                                                                   \
            const bool null = (is_null);                                                                               \
            y[i] = null ? (null_value) : (out_t)(value);                                                               \
            any |= null;                                                                                               \
        }                                                                                                              \
        return any;                                                                                                    \
    }
#define NOT_FINITE(x) (!((x) - (x) == 0))
FINISH(sum_int, one_int, int64_t, 0, false, g->a)
FINISH(sum_i32, one_int, int32_t, 0, false, g->a)
FINISH(one_real, one_real, double, ry_null_f64(), NOT_FINITE(g->a), g->a)
FINISH(truth, one_int, uint8_t, 0, false, g->a != 0)
FINISH(avg, mean, double, ry_null_f64(), (*g)[1] == 0 || NOT_FINITE((*g)[0]), (*g)[0] / (*g)[1])
FINISH(two_real, two_real, double, ry_null_f64(), g->n == 0 || NOT_FINITE(g->a), g->a)
FINISH(two_i64, two_int, int64_t, RY_NULL_I64, g->n == 0, g->a)
FINISH(two_i32, two_int, int32_t, RY_NULL_I32, g->n == 0, g->a)
FINISH(two_i16, two_int, int16_t, RY_NULL_I16, g->n == 0, g->a)
FINISH(two_u8, two_int, uint8_t, 0, g->n == 0, g->a)
FINISH(place, place, int64_t, -1, false, g->row)

/* Σ(x - x̄)², never below zero. */
static inline double m2(const shifted *g) {
    double m = g->squares - g->sum * g->sum / (double)g->n;
    return m > 0 ? m : 0;
}
FINISH(var_pop, shifted, double, ry_null_f64(), g->n == 0 || NOT_FINITE(g->squares), m2(g) / (double)g->n)
FINISH(dev, shifted, double, ry_null_f64(), g->n == 0 || NOT_FINITE(g->squares), sqrt(m2(g) / (double)g->n))
FINISH(var, shifted, double, ry_null_f64(), g->n < 2 || NOT_FINITE(g->squares), m2(g) / (double)(g->n - 1))
FINISH(stddev, shifted, double, ry_null_f64(), g->n < 2 || NOT_FINITE(g->squares), sqrt(m2(g) / (double)(g->n - 1)))

/* ---- the table ------------------------------------------------------------------------------------------------ */

/* type, its storage, its accumulator, what finishes a result of its own type */
#define NUMBERS(X)                                                                                                     \
    X(B8, u8, int, u8) X(U8, u8, int, u8) X(I16, i16, int, i16) X(I32, i32, int, i32) X(I64, i64, int, i64)
#define FLOATS(X) X(F32, f32, real, real) X(F64, f64, real, real)
#define TIMES_OF(X) X(DATE, i32, int, i32) X(TIME, i32, int, i32) X(TIMESTAMP, i64, int, i64) X(TIMESPAN, i64, int, i64)

#define ROW(result, cell_t, start, step, merge, finish)                                                                \
    { result, false, (uint16_t)sizeof(cell_t), start_##start, step, merge_##merge, finish_##finish }
#define ROW_NUMBER(step, merge) {RY_I64, true, (uint16_t)sizeof(place), start_place, step, merge_##merge, finish_place}
#define SUM_INT(T, s, a, o) [RY_##T] = ROW(RY_I64, one_int, zero_int, sum_##s, sum_int, sum_int),
#define SUM_REAL(T, s, a, o) [RY_##T] = ROW(RY_F64, one_real, zero_real, sum_##s, sum_real, one_real),
#define PROD_INT(T, s, a, o) [RY_##T] = ROW(RY_I64, two_int, prod_int, prod_##s, prod_int, two_i64),
#define PROD_REAL(T, s, a, o) [RY_##T] = ROW(RY_F64, two_real, prod_real, prod_##s, prod_real, two_real),
#define AVG(T, s, a, o) [RY_##T] = ROW(RY_F64, mean, avg, avg_##s, avg, avg),
#define MIN_INT(T, s, a, o) [RY_##T] = ROW(RY_##T, two_int, min_int, min_##s, min_int, two_##o),
#define MIN_REAL(T, s, a, o) [RY_##T] = ROW(RY_F64, one_real, min_real, min_##s, min_real, one_real),
#define MAX_INT(T, s, a, o) [RY_##T] = ROW(RY_##T, two_int, max_int, max_##s, max_int, two_##o),
#define MAX_REAL(T, s, a, o) [RY_##T] = ROW(RY_F64, one_real, max_real, max_##s, max_real, one_real),
#define ALL(T, s, a, o) [RY_##T] = ROW(RY_B8, one_int, unit, all_##s, all, truth),
#define ANY(T, s, a, o) [RY_##T] = ROW(RY_B8, one_int, zero_int, any_##s, any, truth),
#define DEV(T, s, a, o) [RY_##T] = ROW(RY_F64, shifted, spread, spread_##s, spread, dev),
#define STDDEV(T, s, a, o) [RY_##T] = ROW(RY_F64, shifted, spread, spread_##s, spread, stddev),
#define VAR_POP(T, s, a, o) [RY_##T] = ROW(RY_F64, shifted, spread, spread_##s, spread, var_pop),
#define VAR(T, s, a, o) [RY_##T] = ROW(RY_F64, shifted, spread, spread_##s, spread, var),
#define FIRST(T, s, a, o) [RY_##T] = ROW_NUMBER(first_##s, first),
#define LAST(T, s, a, o) [RY_##T] = ROW_NUMBER(last_##s, last),
#define EVERY(X) NUMBERS(X) FLOATS(X) TIMES_OF(X)

static const rk_grouped_row rows[RK_GROUPED][RY_VECTOR_END] = {
    [RK_G_SUM] = {NUMBERS(SUM_INT) FLOATS(SUM_REAL)
        [RY_TIME] = ROW(RY_TIME, one_int, zero_int, sum_i32, sum_int, sum_i32),
        [RY_TIMESPAN] = ROW(RY_TIMESPAN, one_int, zero_int, sum_i64, sum_int, sum_int)},
    [RK_G_PROD] = {NUMBERS(PROD_INT) FLOATS(PROD_REAL)},
    [RK_G_AVG] = {EVERY(AVG)},
    [RK_G_MIN] = {NUMBERS(MIN_INT) FLOATS(MIN_REAL) TIMES_OF(MIN_INT)},
    [RK_G_MAX] = {NUMBERS(MAX_INT) FLOATS(MAX_REAL) TIMES_OF(MAX_INT)},
    [RK_G_FIRST] = {EVERY(FIRST) FIRST(GUID, guid, 0, 0) FIRST(LIST, list, 0, 0)},
    [RK_G_LAST] = {EVERY(LAST) LAST(GUID, guid, 0, 0) LAST(LIST, list, 0, 0)},
    [RK_G_ALL] = {NUMBERS(ALL) FLOATS(ALL)},
    [RK_G_ANY] = {NUMBERS(ANY) FLOATS(ANY)},
    [RK_G_DEV] = {EVERY(DEV)},
    [RK_G_STDDEV] = {EVERY(STDDEV)},
    [RK_G_VAR_POP] = {EVERY(VAR_POP)},
    [RK_G_VAR] = {EVERY(VAR)},
};
static const rk_grouped_row count_row = ROW(RY_I64, one_int, zero_int, count_step, sum_int, sum_int);

const rk_grouped_row *rk_grouped(enum rk_grouped_verb verb, int type) {
    if (verb == RK_G_COUNT) return &count_row;
    const rk_grouped_row *r = &rows[verb][type];
    return r->step ? r : NULL;
}

/* ---- text ----------------------------------------------------------------------------------------------------- */

/* Does row b take the place of row a? */
static bool text_better(enum rk_grouped_verb verb, rk_text_fn at, const void *of, int64_t a, int64_t b) {
    if (verb == RK_G_FIRST) return b < a;
    if (verb == RK_G_LAST) return b > a;
    size_t na, nb;
    const char *x = at(of, a, &na), *y = at(of, b, &nb);
    int order = rk_text_order(y, nb, x, na);
    return verb == RK_G_MIN ? order < 0 : order > 0;
}

void rk_grouped_text(enum rk_grouped_verb verb, rk_text_fn at, const void *of, void *cells, const int32_t *id,
                     int64_t row, int64_t n) {
    place *c = cells;
    for (int64_t i = 0; i < n; i++) {
        place *g = &c[id[i]];
        if (verb == RK_G_FIRST && g->row >= 0) continue;
        size_t bytes;
        at(of, row + i, &bytes);
        if (bytes > 0 && (g->row < 0 || text_better(verb, at, of, g->row, row + i))) g->row = row + i;
    }
}

void rk_grouped_text_merge(enum rk_grouped_verb verb, rk_text_fn at, const void *of, void *into, const void *later,
                           int64_t groups) {
    place *to = into;
    const place *from = later;
    for (int64_t i = 0; i < groups; i++)
        if (from[i].row >= 0 && (to[i].row < 0 || text_better(verb, at, of, to[i].row, from[i].row)))
            to[i].row = from[i].row;
}
