/* Running and moving windows. */
#include "windows.h"

#include "collect.h"

static bool is_real(int type) { return type == RY_F32 || type == RY_F64; }

/* Which columns a verb takes. */
enum takes { NUMBERS, NUMBERS_AND_TIMES, ANY };

static bool taken(const ray_val *v, enum takes takes) {
    if (!rv_is_vector(v)) return false;
    if (takes == ANY) return true;
    switch (ry_class_of(v->type)) {
    case RY_C_BOOL:
    case RY_C_INT:
    case RY_C_FLOAT: return true;
    case RY_C_TEMPORAL: return takes == NUMBERS_AND_TIMES && v->type != RY_TIMESPAN;
    default: return false;
    }
}

static const char *const takes_text[] = {"a numeric vector", "a numeric or temporal vector", "a vector"};

static bool may_hold_nulls(const ray_val *v) { return (v->attrs & RV_A_NULLS) != 0; }

/* ---- running -------------------------------------------------------------------------------------------------------- */

static ray_val *running(const char *verb, enum rk_running what, const ray_val *v, enum takes takes) {
    if (!taken(v, takes)) return ro_refuse(verb, takes_text[takes], v);
    bool real = is_real(v->type) || what == RK_AVGS || what == RK_RATIOS;
    bool same = what == RK_MINS || what == RK_MAXS;
    ray_val *out = rv_vec_new(real ? RY_F64 : same ? v->type : RY_I64, v->len);
    if (!out) return NULL;
    rk_running(what, v->type, may_hold_nulls(v), v->data, v->len, out->data);
    /* A sum of integers that wraps around to the sentinel is a number. */
    if (real || (same && may_hold_nulls(v)))
        rv_vec_scan_nulls(out);
    else if (what == RK_DELTAS && v->len)
        out->attrs |= RV_A_NULLS;
    return out;
}

#define RUNNING(name, what, takes)                                                                                     \
    RV_VERB(ro_##name) {                                                                                               \
        (void)n;                                                                                                       \
        RB_TRY(rb_rt_check(rt), NULL);                                                                                 \
        return running(#name, what, args[0], takes);                                                                   \
    }
RUNNING(sums, RK_SUMS, NUMBERS)
RUNNING(prds, RK_PRDS, NUMBERS)
RUNNING(avgs, RK_AVGS, NUMBERS)
RUNNING(mins, RK_MINS, NUMBERS_AND_TIMES)
RUNNING(maxs, RK_MAXS, NUMBERS_AND_TIMES)
RUNNING(deltas, RK_DELTAS, NUMBERS_AND_TIMES)
RUNNING(ratios, RK_RATIOS, NUMBERS)

/* ---- shifting, filling, differing ------------------------------------------------------------------------------------- */

static ray_val *shifted(const char *verb, const ray_val *v, bool back) {
    if (!rv_is_vector(v) || v->type == RY_STR) return ro_refuse(verb, "a vector, not of strings", v);
    ray_val *out = rv_vec_new(v->type, v->len);
    if (!out || v->len == 0) return out;
    size_t width = (size_t)ry_width(v->type), rest = (size_t)(v->len - 1) * width;
    uint8_t *to = out->data;
    const uint8_t *from = v->data;
    uint8_t *vacant = back ? to : to + rest;
    memcpy(back ? to + width : to, back ? from : from + width, rest);
    ry_null_into(v->type, vacant);
    if (v->type == RY_SYM)
        out->attrs |= v->attrs & RV_A_NULLS;
    else if (v->type != RY_B8 && v->type != RY_U8)
        out->attrs |= RV_A_NULLS;
    return out;
}

RV_VERB(ro_lag) {
    (void)rt, (void)n;
    return shifted("lag", args[0], true);
}

RV_VERB(ro_lead) {
    (void)rt, (void)n;
    return shifted("lead", args[0], false);
}

static ray_val *filled(ray_val *v) {
    bool none = v->type == RY_STR || v->type == RY_SYM || v->type == RY_B8 || v->type == RY_U8 || rv_is_list(v);
    if (none || (!may_hold_nulls(v) && !is_real(v->type))) return rv_retain(v);
    ray_val *out = rv_vec_new(v->type, v->len);
    if (!out) return NULL;
    rk_fills(v->type, may_hold_nulls(v), v->data, v->len, out->data);
    rv_vec_scan_nulls(out);
    return out;
}

RV_VERB(ro_fills) {
    (void)rt, (void)n;
    ray_val *v = args[0];
    if (rv_is_vector(v)) return filled(v);
    if (v->type != RY_TABLE) return ro_refuse("fills", "a vector or table", v);
    ray_val *columns = rv_vec_room_new(RY_LIST, rv_table_columns(v));
    for (int64_t c = 0; columns && c < rv_table_columns(v); c++) {
        if (rv_list_append_take(columns, filled(rv_table_column_get(v, c))) < 0) {
            rv_release(columns);
            return NULL;
        }
    }
    return columns ? rv_table_new_take(rv_retain(v->u.pair.keys), columns) : NULL;
}

RV_VERB(ro_differ) {
    (void)rt, (void)n;
    const ray_val *v = args[0];
    if (!rv_is_vector(v)) return ro_refuse("differ", "a vector", v);
    ray_val *out = rv_vec_new(RY_B8, v->len);
    if (!out) return NULL;
    if (v->type != RY_STR && v->type != RY_GUID) {
        rk_differ(v->type, v->data, v->len, out->data);
        return out;
    }
    for (int64_t i = 0; i < v->len; i++) RV_DATA(uint8_t, out)[i] = i == 0 || !rv_equal_at(v, i, v, i - 1);
    return out;
}

/* ---- moving --------------------------------------------------------------------------------------------------------- */

typedef struct moving {
    enum rk_moving what;
    const ray_val *v;
    int64_t w;
    uint8_t *scratch; /* one piece for each worker */
    uint8_t *out;
    int width; /* of an element of out */
} moving;

static int moving_range(void *ctx, int64_t begin, int64_t end, int worker) {
    const moving *m = ctx;
    rk_moving(m->what, m->v->type, may_hold_nulls(m->v), m->v->data, begin, end - begin, m->w,
              m->scratch + RK_MOVING_SCRATCH(m->w) * (size_t)worker, m->out + begin * m->width);
    return 0;
}

static int run_moving(ray_rt *rt, moving *m, ray_val *out) {
    int64_t n = m->v->len, grain = (RO_GRAIN + m->w - 1) / m->w * m->w;
    int workers = rt->pool ? rb_pool_threads(rt->pool) : 1;
    m->out = out->data;
    m->width = ry_width(out->type);
    m->scratch = ro_room(workers, RK_MOVING_SCRATCH(m->w));
    if (!m->scratch) return -1;
    int ok = ro_parallel(rt, n, grain, moving_range, m);
    rb_block_free(m->scratch, (size_t)workers * RK_MOVING_SCRATCH(m->w));
    return ok;
}

static int moving_type(enum rk_moving what, const ray_val *v) {
    if (what == RK_MCOUNT) return RY_I64;
    if (is_real(v->type) || what == RK_MAVG || what == RK_MVAR || what == RK_MDEV) return RY_F64;
    return what == RK_MSUM ? RY_I64 : v->type;
}

static ray_val *moving_verb(ray_rt *rt, const char *verb, enum rk_moving what, ray_val *const *args, enum takes takes) {
    const ray_val *v = args[1];
    int64_t w;
    if (!ro_int_of(args[0], true, &w) || w == RY_NULL_I64) return ro_refuse(verb, "a window length", args[0]);
    if (w < 1) return rb_fail_null(RB_E_RANGE, "%s: a window of 1 or more rows was expected, got %lld", verb, (long long)w);
    if (!taken(v, takes)) return ro_refuse(verb, takes_text[takes], v);
    ray_val *out = rv_vec_new(moving_type(what, v), v->len);
    if (!out || v->len == 0) return out;
    moving m = {.what = what, .v = v, .w = w < v->len ? w : v->len};
    if (run_moving(rt, &m, out) < 0) {
        rv_release(out);
        return NULL;
    }
    if (out->type == RY_F64 || (what != RK_MSUM && what != RK_MCOUNT && may_hold_nulls(v))) rv_vec_scan_nulls(out);
    return out;
}

#define MOVING(name, what, takes)                                                                                      \
    RV_VERB(ro_##name) {                                                                                               \
        (void)n;                                                                                                       \
        return moving_verb(rt, #name, what, args, takes);                                                              \
    }
MOVING(msum, RK_MSUM, NUMBERS)
MOVING(mavg, RK_MAVG, NUMBERS)
MOVING(mmin, RK_MMIN, NUMBERS_AND_TIMES)
MOVING(mmax, RK_MMAX, NUMBERS_AND_TIMES)
MOVING(mcount, RK_MCOUNT, ANY)
MOVING(mvar, RK_MVAR, NUMBERS)
MOVING(mdev, RK_MDEV, NUMBERS)
