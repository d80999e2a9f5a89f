#include "temporal.h"

#include "../base/calendar.h"
#include "../base/clock.h"

#define NS_MS 1000000

static bool is_moment(const ray_val *v) {
    int type = v->type < 0 ? -v->type : v->type;
    return type == RY_DATE || type == RY_TIME || type == RY_TIMESTAMP;
}

/* A day since 2000.01.01 and the nanoseconds since its midnight. A time alone lies on 2000.01.01, or before it. */
typedef struct moment {
    int64_t day, ns;
} moment;

/* Element i; false: it is null. */
static bool moment_at(const ray_val *v, int64_t i, bool nulls, moment *out) {
    int type = v->type < 0 ? -v->type : v->type;
    if (type == RY_TIMESTAMP) {
        int64_t x = RV_DATA(int64_t, v)[i];
        if (nulls && ry_null_is_i64(x)) return false;
        *out = (moment){rb_floor_div(x, RB_NS_DAY), rb_floor_mod(x, RB_NS_DAY)};
        return true;
    }
    int64_t x = RV_DATA(int32_t, v)[i];
    if (nulls && x == RY_NULL_I32) return false;
    *out = type == RY_DATE ? (moment){x, 0} : (moment){rb_floor_div(x, RB_MS_DAY), rb_floor_mod(x, RB_MS_DAY) * NS_MS};
    return true;
}

/* ---- one number for each moment ------------------------------------------------------------------------------ */

typedef int64_t (*part_fn)(const moment *m);

static int64_t year_of(const moment *m) {
    int64_t year;
    int month, day;
    rb_calendar_ymd(m->day, &year, &month, &day);
    return year;
}

static int64_t month_of(const moment *m) {
    int64_t year;
    int month, day;
    rb_calendar_ymd(m->day, &year, &month, &day);
    return month;
}

static int64_t day_of(const moment *m) {
    int64_t year;
    int month, day;
    rb_calendar_ymd(m->day, &year, &month, &day);
    return day;
}

static int64_t hour_of(const moment *m) { return m->ns / (3600 * RB_NS_SECOND); }
static int64_t minute_of(const moment *m) { return m->ns / (60 * RB_NS_SECOND) % 60; }
static int64_t second_of(const moment *m) { return m->ns / RB_NS_SECOND % 60; }
static int64_t weekday_of(const moment *m) { return rb_calendar_weekday(m->day); }
static int64_t yearday_of(const moment *m) { return rb_calendar_yearday(m->day); }

/* Null for a day that no timestamp reaches. */
static int64_t stamp(int64_t day, int64_t ns) {
    int64_t at;
    return rb_mul_overflow(day, RB_NS_DAY, &at) || rb_add_overflow(at, ns, &at) ? RY_NULL_I64 : at;
}

static int64_t midnight_of(const moment *m) { return stamp(m->day, 0); }
static int64_t whole_second_of(const moment *m) { return stamp(m->day, m->ns / RB_NS_SECOND * RB_NS_SECOND); }

typedef struct job {
    const ray_val *v;
    bool nulls;
    part_fn part;
    int64_t *out;
} job;

static int part_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const job *j = ctx;
    for (int64_t i = begin; i < end; i++) {
        moment m;
        j->out[i] = moment_at(j->v, i, j->nulls, &m) ? j->part(&m) : RY_NULL_I64;
    }
    return 0;
}

/* A vector or atom of `type`, which is stored in 64 bits. */
static ray_val *part_of(ray_rt *rt, const ray_val *v, int type, part_fn part) {
    if (rv_is_atom(v)) {
        moment m;
        int64_t x = moment_at(v, 0, true, &m) ? part(&m) : RY_NULL_I64;
        return x == RY_NULL_I64 ? rv_null_of_new(type) : rv_atom_new(type, &x);
    }
    ray_val *out = rv_vec_new(type, v->len);
    if (!out) return NULL;
    job j = {v, v->attrs & RV_A_NULLS, part, RV_DATA(int64_t, out)};
    if (ro_parallel(rt, v->len, RO_GRAIN, part_range, &j) < 0) {
        rv_release(out);
        return NULL;
    }
    if (j.nulls || type == RY_TIMESTAMP) rv_vec_scan_nulls(out);
    return out;
}

/* ---- verbs --------------------------------------------------------------------------------------------------- */

static ray_val *field(ray_rt *rt, const char *verb, const ray_val *v, part_fn part) {
    return is_moment(v) ? part_of(rt, v, RY_I64, part) : ro_refuse(verb, "a date, a time or a timestamp", v);
}

#define FIELD(verb, part)                                                                                              \
    ray_val *ro_##verb(ray_rt *rt, ray_val *const *args, int n) {                                                      \
        (void)n;                                                                                                       \
        return field(rt, #verb, args[0], part);                                                                        \
    }

FIELD(yyyy, year_of)
FIELD(mm, month_of)
FIELD(dd, day_of)
FIELD(hh, hour_of)
FIELD(minute, minute_of)
FIELD(ss, second_of)
FIELD(dow, weekday_of)
FIELD(doy, yearday_of)

/* Given anything but a moment, these three tell the present: in UTC, to the second. */

static moment now(void) {
    int64_t ns = rb_clock_wall_ns();
    return (moment){rb_floor_div(ns, RB_NS_DAY), rb_floor_mod(ns, RB_NS_DAY) / RB_NS_SECOND * RB_NS_SECOND};
}

ray_val *ro_date(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    return is_moment(args[0]) ? part_of(rt, args[0], RY_TIMESTAMP, midnight_of) : rv_date_new((int32_t)now().day);
}

ray_val *ro_time(ray_rt *rt, ray_val *const *args, int n) {
    (void)n;
    return is_moment(args[0]) ? part_of(rt, args[0], RY_TIMESTAMP, whole_second_of)
                              : rv_time_new((int32_t)(now().ns / NS_MS));
}

ray_val *ro_timestamp(ray_rt *rt, ray_val *const *args, int n) {
    (void)rt, (void)args, (void)n;
    moment m = now();
    return rv_timestamp_new(m.day * RB_NS_DAY + m.ns);
}
