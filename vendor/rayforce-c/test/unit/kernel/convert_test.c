#include "kernel/kernel.h"

#include "ut.h"

#include <math.h>

UT_CASE(every_type_has_a_storage) {
    for (int t = 0; t < RY_VECTOR_END; t++) {
        int s = rk_storage(t);
        if (!ry_is_vector_code(t)) continue;
        if (t == RY_STR || t == RY_LIST) UT_EQ_INT(s, -1);
        else UT_EQ_INT(ry_width(s), ry_width(t));
    }
}

UT_CASE(integers_go_and_come_back) {
    int16_t h[] = {0, 1, -1, 32767, RY_NULL_I16}, back[5];
    int64_t wide[5];
    double real[5];
    rk_to_i64[RY_I16](h, 5, wide, true);
    UT_CHECK(wide[3] == 32767 && wide[4] == RY_NULL_I64);
    rk_from_i64[RY_I16](wide, 5, back, true);
    UT_EQ_MEM(h, back, sizeof h);
    rk_to_i64[RY_I16](h, 5, wide, false);
    UT_EQ_INT(wide[4], -32768);
    rk_to_f64[RY_I16](h, 5, real, true);
    UT_CHECK(real[2] == -1 && ry_null_is_f64(real[4]));
    rk_from_f64[RY_I16](real, 5, back);
    UT_EQ_MEM(h, back, sizeof h);
    wide[0] = 70000;
    rk_from_i64[RY_I16](wide, 1, back, true); /* the low bits */
    UT_EQ_INT(back[0], 70000 - 65536);
    uint8_t b;
    wide[0] = 256;
    rk_from_i64[RY_B8](wide, 1, &b, false); /* a truth value is 0 or 1 */
    UT_EQ_INT(b, 1);
}

UT_CASE(floats_saturate) {
    UT_EQ_INT(rk_f64_trunc(1e300), INT64_MAX);
    UT_EQ_INT(rk_f64_trunc(-1e300), -INT64_MAX);
    UT_EQ_INT(rk_f64_trunc((double)NAN), RY_NULL_I64);
    UT_EQ_INT(rk_f64_trunc(-2.9), -2);
    UT_EQ_INT(rk_f64_round(-2.5), -3);
    UT_EQ_INT(rk_f64_round(0.49999999999999994), 0);
    double x[] = {(double)NAN, 1e300, 1.5};
    float f[3];
    rk_from_f64[RY_F32](x, 3, f);
    UT_CHECK(ry_null_is_f32(f[0]) && isinf(f[1]) && f[2] == 1.5f);
}

UT_MAIN(every_type_has_a_storage, integers_go_and_come_back, floats_saturate)
