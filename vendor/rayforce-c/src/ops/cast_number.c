#include "cast.h"

#include "../base/calendar.h"
#include "../kernel/kernel.h"

#include <float.h>
#include <math.h>

#define NS_MS 1000000

static bool is_real(int type) { return ry_class_of(type) == RY_C_FLOAT; }

/* ---- integers to integers ------------------------------------------------------------------------------------ */

static void scale(int64_t *x, int64_t n, bool nulls, int64_t by) {
    for (int64_t i = 0; i < n; i++)
        if (!nulls || x[i] != RY_NULL_I64) x[i] *= by;
}

static int days_to_ns(int64_t *x, int64_t n, bool nulls) {
    const int64_t top = INT64_MAX / RB_NS_DAY;
    for (int64_t i = 0; i < n; i++) {
        if (nulls && x[i] == RY_NULL_I64) continue;
        if (x[i] > top || x[i] < -top)
            return rb_fail(RB_E_DOMAIN, "as: a timestamp reaches from 1707 to 2292, the date lies %lld days from 2000",
                           (long long)x[i]);
        x[i] *= RB_NS_DAY;
    }
    return 0;
}

static void days_of(int64_t *x, int64_t n, bool nulls) {
    for (int64_t i = 0; i < n; i++)
        if (!nulls || x[i] != RY_NULL_I64) x[i] = rb_floor_div(x[i], RB_NS_DAY);
}

static void time_of_day(int64_t *x, int64_t n, bool nulls, int64_t unit) {
    for (int64_t i = 0; i < n; i++)
        if (!nulls || x[i] != RY_NULL_I64) x[i] = rb_floor_mod(x[i], RB_NS_DAY) / unit;
}

/* From one temporal type's unit to another's. Pairs that are not here copy the count: that is the language. */
static int change_unit(int from, int to, int64_t *x, int64_t n, bool nulls) {
    if (from == RY_DATE && to == RY_TIMESTAMP) return days_to_ns(x, n, nulls);
    if (from == RY_TIME && to == RY_TIMESPAN) scale(x, n, nulls, NS_MS);
    if (from == RY_TIMESTAMP && to == RY_DATE) days_of(x, n, nulls);
    if (from == RY_TIMESTAMP && to == RY_TIME) time_of_day(x, n, nulls, NS_MS);
    if (from == RY_TIMESTAMP && to == RY_TIMESPAN) time_of_day(x, n, nulls, 1);
    return 0;
}

/* ---- blocks -------------------------------------------------------------------------------------------------- */

/* Does the count mean the same in both types? */
static bool same_unit(int from, int to) {
    return !((from == RY_DATE && to == RY_TIMESTAMP) || (from == RY_TIME && to == RY_TIMESPAN) ||
             (from == RY_TIMESTAMP && (to == RY_DATE || to == RY_TIME || to == RY_TIMESPAN)));
}

static int from_integers(const ro_cast *c, const void *in, int64_t n, void *out) {
    int64_t x[RK_BLOCK];
    if (same_unit(c->from, c->to) && (rk_storage(c->from) == RY_I64 || rk_storage(c->to) == RY_I64)) {
        if (rk_storage(c->to) == RY_I64)
            rk_to_i64[c->from](in, n, out, c->nulls);
        else
            rk_from_i64[c->to](in, n, out, c->nulls);
        return 0;
    }
    rk_to_i64[c->from](in, n, x, c->nulls);
    RB_TRY(change_unit(c->from, c->to, x, n, c->nulls), -1);
    rk_from_i64[c->to](x, n, out, c->nulls);
    return 0;
}

/* Floats stop at the ends of the type, of which the null is none. */
static void from_floats(const ro_cast *c, const void *in, int64_t n, void *out) {
    double f[RK_BLOCK];
    int64_t x[RK_BLOCK], low = -INT64_MAX, high = INT64_MAX;
    if (c->to == RY_U8) low = 0, high = UINT8_MAX;
    if (c->to == RY_I16) low = -INT16_MAX, high = INT16_MAX;
    if (rk_storage(c->to) == RY_I32) low = -INT32_MAX, high = INT32_MAX;
    if (c->to == RY_TIMESPAN) {
        rk_to_f64[c->from](in, n, f, true);
        for (int64_t i = 0; i < n; i++) x[i] = rk_f64_round(f[i]);
    } else if (rk_storage(c->to) == RY_I64) {
        rk_to_i64[c->from](in, n, out, true);
        return;
    } else {
        rk_to_i64[c->from](in, n, x, true);
    }
    for (int64_t i = 0; i < n; i++)
        if (x[i] != RY_NULL_I64) x[i] = x[i] < low ? low : x[i] > high ? high : x[i];
    rk_from_i64[c->to](x, n, out, true);
}

static void to_floats(const ro_cast *c, const void *in, int64_t n, void *out) {
    double f[RK_BLOCK];
    if (c->to == RY_F64 && !is_real(c->from)) {
        rk_to_f64[c->from](in, n, out, c->nulls);
        return;
    }
    rk_to_f64[c->from](in, n, f, c->nulls);
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(f[i])) f[i] = isnan(f[i]) || c->to == RY_F64 ? ry_null_f64() : copysign(FLT_MAX, f[i]);
        if (c->to == RY_F32 && fabs(f[i]) > (double)FLT_MAX) f[i] = copysign((double)FLT_MAX, f[i]);
    }
    rk_from_f64[c->to](f, n, out);
}

/* Everything but zero is true, nulls too. */
static void to_truth(const ro_cast *c, const void *in, int64_t n, uint8_t *out) {
    if (is_real(c->from)) {
        double f[RK_BLOCK];
        rk_to_f64[c->from](in, n, f, false);
        for (int64_t i = 0; i < n; i++) out[i] = f[i] != 0;
        return;
    }
    int64_t x[RK_BLOCK];
    rk_to_i64[c->from](in, n, x, false);
    for (int64_t i = 0; i < n; i++) out[i] = x[i] != 0;
}

typedef struct job {
    const ro_cast *c;
    char *out;
} job;

static int cast_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const job *j = ctx;
    const ro_cast *c = j->c;
    for (int64_t i = begin; i < end; i += RK_BLOCK) {
        int64_t n = end - i < RK_BLOCK ? end - i : RK_BLOCK;
        const char *in = (const char *)c->v->data + i * ry_width(c->from);
        char *out = j->out + i * ry_width(c->to);
        if (c->to == RY_B8)
            to_truth(c, in, n, (uint8_t *)out);
        else if (is_real(c->to))
            to_floats(c, in, n, out);
        else if (is_real(c->from))
            from_floats(c, in, n, out);
        else
            RB_TRY(from_integers(c, in, n, out), -1);
    }
    return 0;
}

int ro_cast_numbers(const ro_cast *c, void *out) {
    job j = {c, out};
    return c->n == 1 ? cast_range(&j, 0, 1, 0) : ro_parallel(c->rt, c->n, RO_GRAIN, cast_range, &j);
}
