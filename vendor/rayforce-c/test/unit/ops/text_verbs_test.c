#include "ut.h"

#include "ops/text_verbs.h"

static ray_rt rt;

UT_CASE(setup) {
    const char *symbols[] = {"abc", "ABC", "b", " x ", "x", " X "};
    for (size_t i = 0; i < RB_COUNT(symbols); i++) UT_CHECK(rv_sym_intern_z(symbols[i]) >= 0);
}

static ray_val *str(const char *z) { return rv_str_new(z, strlen(z)); }

static bool is_str(ray_val *v, const char *want) {
    bool same = v && v->type == -RY_STR && (size_t)v->len == strlen(want) && memcmp(v->data, want, strlen(want)) == 0;
    rv_release(v);
    return same;
}

static ray_val *part(const char *text, int64_t start, int64_t len) {
    ray_val *args[] = {str(text), rv_i64_new(start), rv_i64_new(len)};
    ray_val *out = ro_substr(&rt, args, 3);
    for (int i = 0; i < 3; i++) rv_release(args[i]);
    return out;
}

/* No start and no length runs out of the text. */
UT_CASE(substr_extremes) {
    const int64_t far[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, 2, 3, 4, 5, INT64_MAX - 1, INT64_MAX};
    for (size_t i = 0; i < RB_COUNT(far); i++)
        for (size_t j = 0; j < RB_COUNT(far); j++) {
            char want[4] = "";
            int64_t from = far[i] < 1 ? 1 : far[i];
            for (int64_t k = from, n = 0; far[i] != INT64_MIN && k <= 3 && n < far[j]; k++, n++) want[n] = "abc"[k - 1];
            UT_CHECK(is_str(part("abc", far[i], far[j]), want));
        }
}

/* The words of another script and bytes that are no text at all pass through. */
UT_CASE(bytes) {
    ray_val *v = rv_str_new("\xff\x00z\xc3\xa9", 5), *out = ro_upper(&rt, &v, 1);
    UT_CHECK(out && out->len == 5);
    UT_EQ_MEM(out->data, "\xff\x00Z\xc3\xa9", 5);
    rv_release(v);
    rv_release(out);
}

static ray_val *many(void) {
    ray_val *v = rv_vec_room_new(RY_STR, 2);
    const char *second = " longer than what is kept inline ";
    if (v && rv_strvec_append(v, " x ", 3) == 0 && rv_strvec_append(v, second, strlen(second)) == 0) return v;
    rv_release(v);
    return NULL;
}

static ray_val *exchange(ray_val *v) {
    ray_val *args[] = {v, str("e"), str("EEEEE")}, *out = NULL;
    if (args[1] && args[2]) out = ro_replace(&rt, args, 3);
    rv_release(args[1]);
    rv_release(args[2]);
    return out;
}

static void change_each(rv_verb_fn verb) {
    ray_val *sources[] = {many(), rv_sym_new(rv_sym_intern_z(" x "), false), rv_i64_new(1)};
    for (size_t j = 0; j < RB_COUNT(sources); j++) {
        rb_error_clear();
        ray_val *out = sources[j] ? verb(&rt, &sources[j], 1) : NULL;
        int code = rb_error_code();
        UT_CHECK(out || !sources[j] || code == RB_E_OOM || code == RB_E_TYPE);
        rv_release(out);
        rv_release(sources[j]);
    }
}

static void exchange_once(void) {
    ray_val *v = many(), *out = v ? exchange(v) : NULL;
    if (!out) UT_EQ_INT(rb_error_code(), RB_E_OOM);
    rv_release(v);
    rv_release(out);
}

UT_CASE(no_memory) {
    const rv_verb_fn verbs[] = {ro_strlen, ro_upper, ro_lower, ro_trim, ro_sym_name};
    for (size_t i = 0; i < RB_COUNT(verbs); i++)
        UT_SWEEP(change_each(verbs[i]));
    UT_SWEEP(exchange_once());
}

UT_CASE(interrupted) {
    ray_val *v = many();
    atomic_store(&rt.interrupt, true);
    UT_ERROR(ro_upper(&rt, &v, 1), RB_E_CANCEL);
    atomic_store(&rt.interrupt, false);
    rv_release(v);
}

UT_MAIN(setup, substr_extremes, bytes, no_memory, interrupted)
