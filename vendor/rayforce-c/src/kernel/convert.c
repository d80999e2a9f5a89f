/* Type to type, in blocks that fit the cache. */
#include "kernel.h"

#include <math.h>

int rk_storage(int type) {
    switch (type) {
    case RY_B8: return RY_U8;
    case RY_DATE:
    case RY_TIME:
    case RY_SYM: return RY_I32;
    case RY_TIMESTAMP:
    case RY_TIMESPAN: return RY_I64;
    case RY_STR:
    case RY_LIST: return -1;
    default: return type;
    }
}

/* What is not a number is null; what is too large stops at the last integer that is none. */
static inline int64_t trunc_inline(double x) {
    const double top = 9223372036854775808.0;
    if (x != x) return RY_NULL_I64;
    if (x >= top) return INT64_MAX;
    if (x <= -top) return -INT64_MAX;
    return (int64_t)x;
}

int64_t rk_f64_trunc(double x) { return trunc_inline(x); }
int64_t rk_f64_round(double x) { return trunc_inline(round(x)); }

#define RK_NAME(f) b8_##f
#define RK_T bool
#define RK_IS_NULL(x) false
#define RK_NULL false
#define RK_REAL 0
#include "tmpl/convert.h"

#define RK_NAME(f) u8_##f
#define RK_T uint8_t
#define RK_IS_NULL(x) false
#define RK_NULL 0
#define RK_REAL 0
#include "tmpl/convert.h"

#define RK_NAME(f) i16_##f
#define RK_T int16_t
#define RK_IS_NULL(x) ry_null_is_i16(x)
#define RK_NULL RY_NULL_I16
#define RK_REAL 0
#include "tmpl/convert.h"

#define RK_NAME(f) i32_##f
#define RK_T int32_t
#define RK_IS_NULL(x) ry_null_is_i32(x)
#define RK_NULL RY_NULL_I32
#define RK_REAL 0
#include "tmpl/convert.h"

#define RK_NAME(f) i64_##f
#define RK_T int64_t
#define RK_IS_NULL(x) ry_null_is_i64(x)
#define RK_NULL RY_NULL_I64
#define RK_REAL 0
#include "tmpl/convert.h"

#define RK_NAME(f) f32_##f
#define RK_T float
#define RK_IS_NULL(x) ry_null_is_f32(x)
#define RK_NULL ry_null_f32()
#define RK_REAL 1
#include "tmpl/convert.h"

#define RK_NAME(f) f64_##f
#define RK_T double
#define RK_IS_NULL(x) ry_null_is_f64(x)
#define RK_NULL ry_null_f64()
#define RK_REAL 1
#include "tmpl/convert.h"

#define RK_TYPES(f)                                                                                                    \
    {                                                                                                                  \
        [RY_B8] = b8_##f, [RY_U8] = u8_##f, [RY_I16] = i16_##f, [RY_I32] = i32_##f, [RY_I64] = i64_##f,                \
        [RY_F32] = f32_##f, [RY_F64] = f64_##f, [RY_DATE] = i32_##f, [RY_TIME] = i32_##f, [RY_TIMESTAMP] = i64_##f,    \
        [RY_TIMESPAN] = i64_##f,                                                                                       \
    }
const rk_to_i64_fn rk_to_i64[RY_VECTOR_END] = RK_TYPES(to_i64);
const rk_to_f64_fn rk_to_f64[RY_VECTOR_END] = RK_TYPES(to_f64);
const rk_from_i64_fn rk_from_i64[RY_VECTOR_END] = RK_TYPES(from_i64);
const rk_from_f64_fn rk_from_f64[RY_VECTOR_END] = RK_TYPES(from_f64);
