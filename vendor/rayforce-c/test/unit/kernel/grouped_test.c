/* Groups against reductions of each group's rows alone, in one go and in merged halves. */
#include "kernel/kernel.h"

#include "ut.h"

#include <math.h>

#define N 4000
#define GROUPS 7

static int32_t id[N];
static double value[N];

static void fill(void) {
    for (int i = 0; i < N; i++) {
        id[i] = i * 31 % 6; /* group 6 stays empty */
        value[i] = i % 9 == 0 ? ry_null_f64() : i * 7919 % 500 - 100;
    }
}

static void run(const rk_grouped_row *row, const void *data, int width, void *out) {
    static unsigned char whole[GROUPS * 64], later[GROUPS * 64];
    const int half = 1777;
    row->start(whole, GROUPS);
    row->start(later, GROUPS);
    row->step(whole, data, id, 0, half, true);
    row->step(later, (const char *)data + half * width, id + half, half, N - half, true);
    row->merge(whole, later, GROUPS);
    row->finish(whole, GROUPS, out);
}

/* What the verb says of the values of one group, NaN for null. */
static double expect(enum rk_grouped_verb verb, int group) {
    double sum = 0, low = INFINITY, high = -INFINITY, n = 0, rows = 0, first = -1, last = -1, m2 = 0, all = 1, any = 0;
    for (int i = 0; i < N; i++) {
        if (id[i] != group) continue;
        rows++;
        if (value[i] != value[i]) continue;
        sum += value[i], n++;
        low = fmin(low, value[i]), high = fmax(high, value[i]);
        if (first < 0) first = i;
        last = i;
        all = all != 0 && value[i] != 0, any = any != 0 || value[i] != 0;
    }
    for (int i = 0; i < N; i++)
        if (id[i] == group && value[i] == value[i]) m2 += (value[i] - sum / n) * (value[i] - sum / n);
    switch (verb) {
    case RK_G_SUM: return sum;
    case RK_G_COUNT: return rows;
    case RK_G_AVG: return n ? sum / n : (double)NAN;
    case RK_G_MIN: return n ? low : (double)NAN;
    case RK_G_MAX: return n ? high : (double)NAN;
    case RK_G_FIRST: return first;
    case RK_G_LAST: return last;
    case RK_G_ALL: return all;
    case RK_G_ANY: return any;
    case RK_G_DEV: return n ? sqrt(m2 / n) : (double)NAN;
    case RK_G_VAR_POP: return n ? m2 / n : (double)NAN;
    case RK_G_VAR: return n > 1 ? m2 / (n - 1) : (double)NAN;
    case RK_G_STDDEV: return n > 1 ? sqrt(m2 / (n - 1)) : (double)NAN;
    default: return 0;
    }
}

UT_CASE(every_verb_and_type) {
    static const int types[] = {RY_I16, RY_I32, RY_I64, RY_F32, RY_F64, RY_DATE, RY_TIMESTAMP, RY_TIMESPAN};
    static unsigned char data[N * 8];
    fill();
    for (size_t t = 0; t < RB_COUNT(types); t++) {
        const int type = types[t];
        rk_from_f64[type](value, N, data);
        for (int verb = 0; verb < RK_GROUPED; verb++) {
            const rk_grouped_row *row = rk_grouped(verb, type);
            if (!row || verb == RK_G_PROD) continue;
            unsigned char out[GROUPS * 8];
            double got[GROUPS];
            run(row, data, ry_width(type), out);
            rk_to_f64[row->result](out, GROUPS, got, true);
            for (int g = 0; g < GROUPS; g++) {
                double want = expect(verb, g);
                if (want != want ? got[g] == got[g] : !(fabs(got[g] - want) <= 1e-9 * (1 + fabs(want))))
                    UT_FAIL("verb %d of type %d, group %d: %g, expected %g", verb, type, g, got[g], want);
            }
        }
    }
}

UT_CASE(types_without_a_sum) {
    UT_CHECK(!rk_grouped(RK_G_SUM, RY_DATE) && !rk_grouped(RK_G_SUM, RY_SYM) && !rk_grouped(RK_G_ALL, RY_TIMESTAMP));
    UT_CHECK(rk_grouped(RK_G_COUNT, RY_STR) && rk_grouped(RK_G_FIRST, RY_GUID) && rk_grouped(RK_G_FIRST, RY_LIST));
}

UT_CASE(products) {
    int64_t x[] = {2, 3, RY_NULL_I64, 5}, out[3];
    int32_t ids[] = {0, 0, 1, 0};
    unsigned char cells[3 * 64];
    const rk_grouped_row *row = rk_grouped(RK_G_PROD, RY_I64);
    row->start(cells, 3);
    row->step(cells, x, ids, 0, 4, true);
    UT_CHECK(row->finish(cells, 3, out));
    UT_CHECK(out[0] == 30 && out[1] == RY_NULL_I64 && out[2] == RY_NULL_I64);
}

static const char *word(const void *of, int64_t i, size_t *n) {
    const char *s = ((const char *const *)of)[i];
    *n = strlen(s);
    return s;
}

UT_CASE(text_by_position) {
    const char *words[] = {"", "pear", "fig", "plum", "", "apple"};
    int32_t ids[] = {0, 0, 1, 0, 2, 1};
    static const struct {
        enum rk_grouped_verb verb;
        int64_t want[3];
    } rows[] = {{RK_G_FIRST, {1, 2, -1}}, {RK_G_LAST, {3, 5, -1}}, {RK_G_MIN, {1, 5, -1}}, {RK_G_MAX, {3, 2, -1}}};
    const rk_grouped_row *row = rk_grouped(RK_G_FIRST, RY_I64);
    for (size_t r = 0; r < RB_COUNT(rows); r++) {
        unsigned char cells[3 * 64], later[3 * 64];
        int64_t out[3];
        row->start(cells, 3);
        row->start(later, 3);
        rk_grouped_text(rows[r].verb, word, words, cells, ids, 0, 3);
        rk_grouped_text(rows[r].verb, word, words, later, ids + 3, 3, 3);
        rk_grouped_text_merge(rows[r].verb, word, words, cells, later, 3);
        row->finish(cells, 3, out);
        UT_EQ_MEM(out, rows[r].want, sizeof out);
    }
}

UT_MAIN(every_verb_and_type, types_without_a_sum, products, text_by_position)
