/* The table in front of the symbols: never another name's id, whatever collides. */
#include "wt_values.h"

#define MANY 5000

static ray_val *column(int n, bool longer) {
    ray_val *v = rv_vec_room_new(RY_SYM, 4 * n);
    for (int i = 0; i < 4 * n; i++) {
        char text[64];
        int k = (i * 31) % n;
        int len = snprintf(text, sizeof text, longer ? "name-%05d-and-the-same-end" : "%d", k);
        int32_t id = rv_sym_intern(text, (size_t)len);
        UT_CHECK(id >= 0 && rv_vec_append(v, &id, 1) == 0);
    }
    return v;
}

UT_CASE(setup) {
    rv_release(column(MANY, false));
    rv_release(column(MANY, true));
    const char *names[] = {"", "a", "1234567", "12345678", "123456789"};
    rv_release(wt_syms((int)RB_COUNT(names), names));
}

UT_CASE(more_names_than_slots) {
    for (int longer = 0; longer < 2; longer++)
        for (int i = 0; i < rw_dialect_count(); i++) {
            ray_val *v = column(MANY, longer);
            rb_bytes b = RB_BYTES_EMPTY;
            UT_CHECK(rw_encode(rw_dialect_at(i), v, &b) == 0);
            ray_val *got = rw_decode(rw_dialect_at(i), b.p, b.len, NULL, NULL);
            UT_CHECK(got && rv_equal(got, v) && got->attrs == 0);
            rv_release(got);
            rv_release(v);
            rb_bytes_free(&b);
        }
}

/* Lengths around the width of a word, and the end of the payload within one. */
UT_CASE(lengths_around_a_word) {
    const char *names[] = {"", "a", "1234567", "12345678", "123456789", "1234567", "12345678", ""};
    for (int n = 0; n <= 8; n++) {
        ray_val *v = wt_syms(n, names);
        rb_bytes b = RB_BYTES_EMPTY;
        UT_CHECK(rw_encode(&rw_dialect_v2, v, &b) == 0);
        size_t used;
        ray_val *got = rw_decode(&rw_dialect_v2, b.p, b.len, &used, NULL);
        UT_CHECK(got && rv_equal(got, v) && used == b.len);
        UT_EQ_INT(got->attrs, n ? RV_A_NULLS : 0);
        rv_release(got);
        for (size_t cut = 0; cut < b.len; cut++) UT_ERROR(rw_decode(&rw_dialect_v2, b.p, cut, NULL, NULL), RB_E_DOMAIN);
        rv_release(v);
        rb_bytes_free(&b);
    }
}

UT_MAIN(setup, more_names_than_slots, lengths_around_a_word)
