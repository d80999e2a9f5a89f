#include "ut.h"

#include "type/null.h"

UT_CASE(written_and_recognised) {
    for (int t = 1; t < RY_VECTOR_END; t++) {
        if (!ry_is_vector_code(t)) continue;
        _Alignas(16) uint8_t x[16];
        memset(x, 1, sizeof x);
        UT_CHECK(!ry_null_at(t, x));
        ry_null_into(t, x);
        UT_EQ_INT(ry_null_at(t, x), t != RY_B8 && t != RY_U8);
    }
    uint64_t bits;
    double f = ry_null_f64();
    memcpy(&bits, &f, 8);
    UT_CHECK(bits == 0x7ff8000000000000u);
}

/* At every place of a vector of every type, before and behind the borders of blocks. */
UT_CASE(any) {
    enum { N = 9000 };
    static _Alignas(16) uint8_t x[16 * N];
    static const int at[] = {0, 1, 4095, 4096, 8999};
    for (int t = 0; t < RY_VECTOR_END; t++) {
        if (!ry_is_vector_code(t)) continue;
        memset(x, 1, sizeof x);
        UT_CHECK(!ry_null_any(t, x, N) && !ry_null_any(t, x, 0));
        if (t == RY_LIST) continue;
        for (size_t i = 0; i < RB_COUNT(at); i++) {
            uint8_t *p = x + at[i] * ry_width(t);
            ry_null_into(t, p);
            UT_EQ_INT(ry_null_any(t, x, N), t != RY_B8 && t != RY_U8);
            UT_CHECK(!ry_null_any(t, x, at[i]));
            memset(p, 1, (size_t)ry_width(t));
        }
    }
}

UT_CASE(any_nan_is_null) {
    uint64_t bits = 0xfff8000000000123u;
    double f;
    memcpy(&f, &bits, 8);
    UT_CHECK(ry_null_is_f64(f) && ry_null_at(RY_F64, &f));
    UT_CHECK(ry_null_is_guid(&(ry_guid){{0}}) && !ry_null_is_guid(&(ry_guid){{[15] = 1}}));
}

UT_MAIN(written_and_recognised, any, any_nan_is_null)
