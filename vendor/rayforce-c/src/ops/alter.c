/* The value parts of `alter`: a new value for the variable. */
#include "../kernel/kernel.h"
#include "collect.h"

/* Position i of an integer atom or vector. */
static int64_t position(const ray_val *at, int64_t i) {
    int64_t x = -1;
    if (rv_is_vector(at))
        rk_to_i64[at->type]((const uint8_t *)at->data + i * ry_width(at->type), 1, &x, true);
    else
        ro_int_of(at, false, &x);
    return x;
}

static bool is_positions(const ray_val *at) {
    int64_t x;
    return ro_is_int_vector(at) || ro_int_of(at, false, &x);
}

/* Element i of x into place `at` of v, which is own. */
static int set_one(ray_val *v, int64_t at, const ray_val *x, int64_t i) {
    if (rv_is_list(v)) {
        ray_val *one = ro_is_collection(x) ? rv_vec_at(x, i) : rv_retain((ray_val *)(uintptr_t)x);
        if (!one) return -1;
        rv_list_set_take(v, at, one);
        return 0;
    }
    if (v->type == RY_STR) {
        size_t n;
        const char *text = rv_is_atom(x) ? rv_str_get(x, &n) : rv_strvec_get(x, i, &n);
        return rv_strvec_set(v, at, text, n);
    }
    size_t width = (size_t)ry_width(v->type);
    memcpy(RV_DATA(uint8_t, v) + (size_t)at * width, (const uint8_t *)x->data + (rv_is_atom(x) ? 0 : (size_t)i * width),
           width);
    return 0;
}

static int check_set(const ray_val *v, const ray_val *at, const ray_val *x) {
    if (!ro_is_collection(v)) return ro_refuse("alter", "a vector or list", v), -1;
    if (!is_positions(at)) return ro_refuse("alter", "integer positions", at), -1;
    bool fits = rv_is_list(v) || x->type == v->type || x->type == -v->type;
    if (!fits) return rb_fail(RB_E_TYPE, "alter: cannot put %s into %s", ry_name(x->type), ry_name(v->type));
    if (rv_is_vector(at) && ro_is_collection(x) && x->len != at->len)
        return rb_fail(RB_E_LENGTH, "alter: %lld values for %lld positions", (long long)x->len, (long long)at->len);
    if (!rv_is_vector(at) && !rv_is_list(v) && ro_is_collection(x))
        return rb_fail(RB_E_TYPE, "alter: cannot put %s into one place of %s", ry_name(x->type), ry_name(v->type));
    for (int64_t i = 0; i < ro_elements(at); i++) {
        int64_t p = position(at, i);
        if (p < 0 || p >= v->len)
            return rb_fail(RB_E_INDEX, "alter: no position %lld among %lld elements", (long long)p, (long long)v->len);
    }
    return 0;
}

ray_val *ro_alter_set_take(ray_rt *rt, ray_val *v, const ray_val *at, const ray_val *x) {
    int ok = rb_rt_check(rt) < 0 ? -1 : check_set(v, at, x);
    if (ok < 0) {
        rv_release(v);
        return NULL;
    }
    if (!(v = rv_own_take(v))) return NULL;
    /* One place takes the value whole, a list of places its elements. */
    ray_val *whole = NULL;
    if (!rv_is_vector(at) && ro_is_collection(x)) {
        ray_val *one[1] = {rv_retain((ray_val *)(uintptr_t)x)};
        x = whole = rv_list_of_take(1, one);
        ok = whole ? 0 : -1;
    }
    for (int64_t i = 0; ok == 0 && i < ro_elements(at); i++) ok = set_one(v, position(at, i), x, i);
    rv_release(whole);
    if (ok < 0) {
        rv_release(v);
        return NULL;
    }
    if (rv_is_vector(v)) rv_vec_scan_nulls(v);
    v->marks = 0;
    return v;
}

ray_val *ro_alter_remove(ray_rt *rt, const ray_val *list, const ray_val *at) {
    if (!rv_is_list(list)) return ro_refuse("alter", "a list to remove from", list);
    if (!is_positions(at)) return ro_refuse("alter", "integer positions", at);
    ray_val *mask = rv_vec_new(RY_B8, list->len);
    if (!mask) return NULL;
    memset(mask->data, 1, (size_t)list->len);
    for (int64_t i = 0; i < ro_elements(at); i++) {
        int64_t p = position(at, i);
        if (p >= 0 && p < list->len) RV_DATA(uint8_t, mask)[p] = 0;
    }
    ray_val *out = ro_filter_by(rt, list, mask);
    rv_release(mask);
    return out;
}
