/* The rows of unary.def for each type they name, the table of them, and truth. */
#include "kernel.h"

#include <math.h>

#define RK_NAME(verb) verb##_i16
#define RK_T int16_t
#define RK_MASK uint16_t
#define RK_IS_NULL(x) ry_null_is_i16(x)
#define RK_NULL RY_NULL_I16
#define RK_REAL 0
#define RK_WIDE 0
#include "tmpl/unary.h"

#define RK_NAME(verb) verb##_i32
#define RK_T int32_t
#define RK_MASK uint32_t
#define RK_IS_NULL(x) ry_null_is_i32(x)
#define RK_NULL RY_NULL_I32
#define RK_REAL 0
#define RK_WIDE 0
#include "tmpl/unary.h"

#define RK_NAME(verb) verb##_i64
#define RK_T int64_t
#define RK_MASK uint64_t
#define RK_IS_NULL(x) ry_null_is_i64(x)
#define RK_NULL RY_NULL_I64
#define RK_REAL 0
#define RK_WIDE 1
#include "tmpl/unary.h"

#define RK_NAME(verb) verb##_f32
#define RK_T float
#define RK_MASK uint32_t
#define RK_IS_NULL(x) ry_null_is_f32(x)
#define RK_NULL ry_null_f32()
#define RK_REAL 1
#define RK_WIDE 0
#include "tmpl/unary.h"

#define RK_NAME(verb) verb##_f64
#define RK_T double
#define RK_MASK uint64_t
#define RK_IS_NULL(x) ry_null_is_f64(x)
#define RK_NULL ry_null_f64()
#define RK_REAL 1
#define RK_WIDE 1
#include "tmpl/unary.h"

const rk_unary_fn rk_unary[RK_UNARY_VERBS][RY_VECTOR_END] = {
#define SAME(verb)                                                                                                     \
    {[RY_I16] = verb##_i16, [RY_I32] = verb##_i32, [RY_I64] = verb##_i64, [RY_F32] = verb##_f32, [RY_F64] = verb##_f64}
#define SIGN(verb) {[RY_I64] = verb##_i64, [RY_F64] = verb##_f64}
#define REAL(verb) {[RY_F64] = verb##_f64}
#define R(verb, kind, expr) [RK_U_##verb] = kind(verb),
#include "unary.def"
#undef R
};

#define TRUTH(name, T, is_null)                                                                                        \
    RB_HOT static void name(const void *in, int64_t n, bool nulls, uint8_t *out) {                                     \
        const T *v = in;                                                                                               \
        if (nulls)                                                                                                     \
            for (int64_t i = 0; i < n; i++) out[i] = v[i] != 0 && !is_null(v[i]);                                      \
        else                                                                                                           \
            for (int64_t i = 0; i < n; i++) out[i] = v[i] != 0;                                                        \
    }
#define NEVER(x) false
TRUTH(truth_u8, uint8_t, NEVER)
TRUTH(truth_i16, int16_t, ry_null_is_i16)
TRUTH(truth_i32, int32_t, ry_null_is_i32)
TRUTH(truth_i64, int64_t, ry_null_is_i64)
TRUTH(truth_f32, float, ry_null_is_f32)
TRUTH(truth_f64, double, ry_null_is_f64)

void rk_truth(int type, const void *in, int64_t n, bool nulls, uint8_t *out) {
    switch (type == RY_TIMESPAN ? type : rk_storage(type)) {
    case RY_U8: truth_u8(in, n, nulls, out); break;
    case RY_I16: truth_i16(in, n, nulls, out); break;
    case RY_I32: truth_i32(in, n, nulls, out); break;
    case RY_I64: truth_i64(in, n, nulls, out); break;
    case RY_F32: truth_f32(in, n, true, out); break;
    case RY_F64: truth_f64(in, n, true, out); break;
    case RY_TIMESPAN:
        for (int64_t i = 0; i < n; i++) out[i] = !ry_null_is_i64(((const int64_t *)in)[i]);
        break;
    case RY_GUID:
        for (int64_t i = 0; i < n; i++) out[i] = !ry_null_is_guid((const ry_guid *)in + i);
        break;
    default:
        for (int64_t i = 0; i < n; i++) out[i] = ((const ry_strview *)in)[i].len > 0;
        break;
    }
}
