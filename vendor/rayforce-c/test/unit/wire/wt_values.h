/* Values that tests of wire make in one line. */
#ifndef WT_VALUES_H
#define WT_VALUES_H

#include "wt.h"

static inline ray_val *wt_sym(const char *text) { return rv_sym_new(rv_sym_intern_z(text), false); }
static inline ray_val *wt_str(const char *text) { return rv_str_new(text, strlen(text)); }

/* n numbers 0, 1, 2 … of an integer type of 8 bytes. */
static inline ray_val *wt_til(int type, int64_t n) {
    ray_val *v = rv_vec_new(type, n);
    UT_CHECK(v);
    for (int64_t i = 0; i < n; i++) RV_DATA(int64_t, v)[i] = i;
    return v;
}

static inline ray_val *wt_syms(int n, const char *const *texts) {
    ray_val *v = rv_vec_room_new(RY_SYM, n);
    for (int i = 0; i < n; i++) {
        int32_t id = rv_sym_intern_z(texts[i]);
        UT_CHECK(id >= 0 && rv_vec_append(v, &id, 1) == 0);
    }
    return v;
}

/* What d writes for v, as hex in a buffer of its own. */
static inline const char *wt_hex_of(const rw_dialect *d, const ray_val *v) {
    static char text[4096];
    rb_bytes b = RB_BYTES_EMPTY;
    if (rw_encode(d, v, &b) < 0) {
        rb_bytes_free(&b);
        return NULL;
    }
    UT_CHECK(b.len * 2 < sizeof text);
    for (size_t i = 0; i < b.len; i++) snprintf(text + 2 * i, 3, "%02x", b.p[i]);
    rb_bytes_free(&b);
    return text;
}

/* The value of a payload in hex, which must decode. */
static inline ray_val *wt_value(const rw_dialect *d, const char *hex) {
    rb_bytes b = RB_BYTES_EMPTY;
    wt_unhex(hex, &b);
    ray_val *v = rw_decode(d, b.p, b.len, NULL, NULL);
    rb_bytes_free(&b);
    if (!v) UT_FAIL("%s: %s", hex, rb_error_get()->text);
    return v;
}

#endif
