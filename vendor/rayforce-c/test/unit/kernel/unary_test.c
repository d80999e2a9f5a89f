#include "kernel/kernel.h"

#include "ut.h"

#include <math.h>

UT_CASE(integers_keep_their_null) {
    int64_t x[] = {5, -5, 0, RY_NULL_I64}, y[4];
    UT_CHECK(rk_unary[RK_U_NEG][RY_I64](x, y, 4, true));
    UT_CHECK(y[0] == -5 && y[1] == 5 && y[3] == RY_NULL_I64);
    UT_CHECK(!rk_unary[RK_U_ABS][RY_I64](x, y, 3, true));
    UT_CHECK(y[1] == 5);
    UT_CHECK(!rk_unary[RK_U_ABS][RY_I64](x, y, 4, false)); /* the smallest integer has no other sign */
    UT_EQ_INT(y[3], RY_NULL_I64);
    int64_t sign[4];
    UT_CHECK(rk_unary[RK_U_SIGNUM][RY_I64](x, sign, 4, true));
    UT_CHECK(sign[0] == 1 && sign[1] == -1 && sign[2] == 0 && sign[3] == RY_NULL_I64);
}

UT_CASE(doubles_leave_their_domain_as_null) {
    const double null = ry_null_f64();
    double x[] = {-1, 4, null}, y[3];
    UT_CHECK(rk_unary[RK_U_SQRT][RY_F64](x, y, 3, true));
    UT_CHECK(memcmp(&y[0], &null, 8) == 0 && y[1] == 2 && memcmp(&y[2], &null, 8) == 0);
    double zero = 0;
    UT_CHECK(rk_unary[RK_U_LOG][RY_F64](&zero, y, 1, false) && rk_unary[RK_U_RECIPROCAL][RY_F64](&zero, y, 1, false));
    double halves[] = {0.5, -0.5, 2.5, 0.49999999999999994};
    double want[] = {1, -1, 3, 0};
    double got[4];
    UT_CHECK(!rk_unary[RK_U_ROUND][RY_F64](halves, got, 4, false));
    for (int i = 0; i < 4; i++) UT_CHECK(got[i] == want[i]);
    int64_t sign[3];
    UT_CHECK(rk_unary[RK_U_SIGNUM][RY_F64](x, sign, 3, false));
    UT_CHECK(sign[0] == -1 && sign[1] == 1 && sign[2] == RY_NULL_I64);
}

UT_CASE(truth_of_elements) {
    int32_t i[] = {0, 1, RY_NULL_I32};
    double f[] = {0, 2, (double)NAN};
    ry_strview s[] = {{.len = 0}, {.len = 3}};
    ry_guid g[] = {{{0}}, {{1}}};
    uint8_t out[3];
    rk_truth(RY_I32, i, 3, true, out);
    UT_EQ_MEM(out, "\0\1\0", 3);
    rk_truth(RY_I32, i, 3, false, out);
    UT_EQ_MEM(out, "\0\1\1", 3);
    rk_truth(RY_F64, f, 3, false, out);
    UT_EQ_MEM(out, "\0\1\0", 3);
    rk_truth(RY_STR, s, 2, false, out);
    UT_EQ_MEM(out, "\0\1", 2);
    rk_truth(RY_GUID, g, 2, false, out);
    UT_EQ_MEM(out, "\0\1", 2);
}

UT_MAIN(integers_keep_their_null, doubles_leave_their_domain_as_null, truth_of_elements)
