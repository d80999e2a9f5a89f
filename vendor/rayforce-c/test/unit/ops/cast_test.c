#include "ut.h"

#include "ops/cast.h"

#include <float.h>
#include <locale.h>
#include <math.h>

static ray_rt rt;

UT_CASE(setup) {
    UT_CHECK(rv_sym_intern_z("abc") >= 0 && rv_sym_intern_z("1.5") >= 0 && rv_sym_intern_z("7") >= 0);
    rt.pool = rb_pool_new(2);
    UT_CHECK(rt.pool);
}

static ray_val *numbers(int type, int64_t n) {
    ray_val *v = rv_vec_new(type, n);
    UT_CHECK(v);
    for (int64_t i = 0; i < n; i++) {
        if (type == RY_F64) RV_DATA(double, v)[i] = (double)i * 0.5 - 70000;
        if (type == RY_I64) RV_DATA(int64_t, v)[i] = i * 977 - 70000;
        if (type == RY_TIMESTAMP) RV_DATA(int64_t, v)[i] = i * INT64_C(12345678901234) - INT64_C(1000000000000000000);
        if (type == RY_DATE) RV_DATA(int32_t, v)[i] = (int32_t)(i - 50000);
    }
    return v;
}

/* A long vector is cast in blocks and by several threads: each element comes out as the same element alone. */
UT_CASE(blocks) {
    const int from[] = {RY_F64, RY_I64, RY_TIMESTAMP, RY_DATE};
    const int to[] = {RY_B8, RY_I16, RY_I32, RY_I64, RY_F32, RY_F64, RY_DATE, RY_TIME, RY_TIMESTAMP};
    for (size_t f = 0; f < RB_COUNT(from); f++)
        for (size_t t = 0; t < RB_COUNT(to); t++) {
            ray_val *v = numbers(from[f], 150001), *all = ro_cast_to(&rt, v, to[t]);
            UT_CHECK(all && all->len == v->len && all->type == to[t]);
            for (int64_t i = 0; i < v->len; i += 367) {
                ray_val *x = rv_vec_at(v, i), *one = ro_cast_to(&rt, x, -to[t]), *got = rv_vec_at(all, i);
                if (!one || !rv_equal(one, got))
                    UT_FAIL("%s to %s, element %lld", ry_name(from[f]), ry_name(to[t]), (long long)i);
                rv_release(x);
                rv_release(one);
                rv_release(got);
            }
            rv_release(v);
            rv_release(all);
        }
}

static double f64_of(double x, int to) {
    ray_val *v = rv_f64_new(x), *y = ro_cast_to(&rt, v, -to), *z = y ? ro_cast_to(&rt, y, -RY_F64) : NULL;
    UT_CHECK(z);
    double got = z->u.f64;
    rv_release(v);
    rv_release(y);
    rv_release(z);
    return got;
}

UT_CASE(saturation) {
    UT_CHECK(f64_of(1e300, RY_I16) == INT16_MAX && f64_of(-1e300, RY_I16) == -INT16_MAX);
    UT_CHECK(f64_of(1e300, RY_I32) == INT32_MAX && f64_of(-1e300, RY_I32) == -INT32_MAX);
    UT_CHECK(f64_of(1e300, RY_U8) == 255 && f64_of(-1, RY_U8) == 0);
    UT_CHECK(f64_of(1e300, RY_F32) == (double)FLT_MAX && f64_of(-1e300, RY_F32) == -(double)FLT_MAX);
    UT_CHECK(f64_of(9.3e18, RY_I64) == 9223372036854775807.0 && f64_of(-2.5, RY_TIMESPAN) == -3);
    UT_CHECK(isnan(f64_of(ry_null_f64(), RY_I16)));
}

/* A date that no timestamp reaches is refused, not wrapped. */
UT_CASE(far_dates) {
    ray_val *v = rv_date_new(106751), *w = rv_date_new(106752), *ok = ro_cast_to(&rt, v, -RY_TIMESTAMP);
    UT_CHECK(ok && ok->u.i64 == 106751 * INT64_C(86400000000000));
    UT_ERROR(ro_cast_to(&rt, w, -RY_TIMESTAMP), RB_E_DOMAIN);
    rv_release(v);
    rv_release(w);
    rv_release(ok);
    v = numbers(RY_DATE, 300000);
    UT_ERROR(ro_cast_to(&rt, v, RY_TIMESTAMP), RB_E_DOMAIN);
    rv_release(v);
}

/* An integer cut down to a sentinel's bits is a null only beside nulls. */
UT_CASE(cut_to_sentinel) {
    ray_val *v = numbers(RY_I64, 2);
    RV_DATA(int64_t, v)[0] = 32768;
    ray_val *y = ro_cast_to(&rt, v, RY_I16);
    UT_CHECK(y && RV_DATA(int16_t, y)[0] == INT16_MIN && !(y->attrs & RV_A_NULLS));
    rv_release(v);
    rv_release(y);
}

static ray_val *texts(void) {
    ray_val *v = rv_vec_room_new(RY_STR, 3);
    const char *items[] = {"1.5", "", "7"};
    for (size_t i = 0; v && i < RB_COUNT(items); i++) {
        if (rv_strvec_append(v, items[i], strlen(items[i])) == 0) continue;
        rv_release(v);
        v = NULL;
    }
    return v;
}

static void cast_three(int to) {
    ray_val *items[] = {rv_f64_new(1.5), rv_i64_new(7), rv_str_new("7", 1)};
    ray_val *sources[] = {texts(), rv_list_of_take(3, items), rv_f64_new(1.5)};
    for (size_t j = 0; j < RB_COUNT(sources); j++) {
        rb_error_clear();
        ray_val *y = sources[j] ? ro_cast_to(&rt, sources[j], to) : NULL;
        bool fine = y || rb_error_code() == RB_E_TYPE || rb_error_code() == RB_E_DOMAIN;
        if (rb_alloc_has_failed() && !y && sources[j] && !fine) UT_EQ_INT(rb_error_code(), RB_E_OOM);
        UT_CHECK(fine || rb_alloc_has_failed());
        rv_release(y);
        rv_release(sources[j]);
    }
}

UT_CASE(no_memory) {
    const int targets[] = {RY_F64, RY_SYM, RY_STR, RY_TABLE, RY_I64};
    for (size_t i = 0; i < RB_COUNT(targets); i++)
        UT_SWEEP(cast_three(targets[i]));
}

/* Numbers as text have a point whatever the process thinks of it. */
UT_CASE(locale) {
    bool comma = setlocale(LC_NUMERIC, "de_DE.UTF-8") || setlocale(LC_NUMERIC, "de_DE.utf8");
    ray_val *v = rv_f64_new(1.5), *s = ro_cast_to(&rt, v, -RY_STR), *back = s ? ro_cast_to(&rt, s, -RY_F64) : NULL;
    setlocale(LC_NUMERIC, "C");
    UT_CHECK(back && s->len == 3 && memcmp(s->data, "1.5", 3) == 0 && back->u.f64 == 1.5);
    if (!comma) printf("%s: no locale with a decimal comma is installed\n", __FILE__);
    rv_release(v);
    rv_release(s);
    rv_release(back);
}

/* A symbol cannot hold a NUL. */
UT_CASE(nul_in_symbol) {
    ray_val *s = rv_str_new("a\0b", 3);
    UT_CHECK(!ro_cast_to(&rt, s, -RY_SYM));
    rv_release(s);
}

UT_CASE(interrupted) {
    ray_val *v = numbers(RY_I64, 10);
    atomic_store(&rt.interrupt, true);
    UT_ERROR(ro_cast_to(&rt, v, RY_STR), RB_E_CANCEL);
    UT_ERROR(ro_cast_to(&rt, v, RY_F64), RB_E_CANCEL);
    atomic_store(&rt.interrupt, false);
    rv_release(v);
}

UT_CASE(setup_end) { rb_pool_free(rt.pool); }

UT_MAIN(setup, blocks, saturation, far_dates, cut_to_sentinel, no_memory, locale, nul_in_symbol, interrupted, setup_end)
