/* The body RK_BODY once for each storage type; temporal types and symbols are stored as integers. Every body undefines
 * the four names again. */
#define RK_NAME(f) f##_u8
#define RK_T uint8_t
#define RK_IS_NULL(x) ((void)(x), false)
#define RK_REAL 0
#include RK_BODY

#define RK_NAME(f) f##_i16
#define RK_T int16_t
#define RK_IS_NULL(x) ry_null_is_i16(x)
#define RK_REAL 0
#include RK_BODY

#define RK_NAME(f) f##_i32
#define RK_T int32_t
#define RK_IS_NULL(x) ry_null_is_i32(x)
#define RK_REAL 0
#include RK_BODY

#define RK_NAME(f) f##_i64
#define RK_T int64_t
#define RK_IS_NULL(x) ry_null_is_i64(x)
#define RK_REAL 0
#include RK_BODY

#define RK_NAME(f) f##_f32
#define RK_T float
#define RK_IS_NULL(x) ry_null_is_f32(x)
#define RK_REAL 1
#include RK_BODY

#define RK_NAME(f) f##_f64
#define RK_T double
#define RK_IS_NULL(x) ry_null_is_f64(x)
#define RK_REAL 1
#include RK_BODY

#undef RK_BODY
