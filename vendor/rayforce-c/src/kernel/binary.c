/* The rows of binary.def for each type they name, and the table of them. */
#include "kernel.h"

#include <math.h>

/* Rounded towards minus infinity; b is not 0. -1 apart, because the smallest integer over it traps. */
static inline int64_t div_i64(int64_t a, int64_t b) {
    if (b == -1) return (int64_t)(0 - (uint64_t)a);
    int64_t q = a / b;
    return q - (q * b != a && (a < 0) != (b < 0));
}

static inline bool is_within(int64_t x, int bits) { return (uint64_t)x + ((uint64_t)1 << bits) < (uint64_t)2 << bits; }

/* Integers of at most 50 bits and sign travel to doubles and back by adding 1.5 · 2^52, whose low bits they become. */
#define SMALL 6755399441055744.0
#define SMALL_BITS 0x4338000000000000

static inline double small_to_f64(int64_t x) {
    union {
        uint64_t u;
        double f;
    } v = {.u = (uint64_t)x + SMALL_BITS};
    return v.f - SMALL;
}

static inline int64_t small_of_f64(double x) {
    union {
        double f;
        uint64_t u;
    } v = {.f = x + SMALL};
    return (int64_t)(v.u - SMALL_BITS);
}

/* Any integer, rounded once; instruction sets without such a conversion do it in halves too. */
static inline double to_f64(int64_t x) { return small_to_f64(x >> 32) * 4294967296.0 + small_to_f64(x & 0xffffffff); }

/* What a quotient lacks whose remainder is `left`: 1, 0 or -1. */
static inline int64_t off_by(int64_t left, int64_t b) {
    const int64_t l = b < 0 ? (int64_t)(0 - (uint64_t)left) : left, d = b < 0 ? (int64_t)(0 - (uint64_t)b) : b;
    return (int64_t)(l >= d) - (int64_t)(l < 0);
}

/* With the sign of the divisor. */
static inline double mod_f64(double a, double b) {
    double r = fmod(a, b);
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

/* Is the quotient so small that its whole part, but for a last digit, comes out of a division, or will it be NaN? */
static inline bool is_near(double a, double b) {
    return (!(fabs(a) >= 4503599627370496.0 * fabs(b)) & (fabs(b) != INFINITY)) | (b == 0);
}

/* The same without a loop over digits. A quotient just below a whole number is rounded up to it; then the rest, which is
 * exact, has the wrong sign and the divisor is added, as it is where the signs differ. */
static inline double mod_near(double a, double b) {
    double r = fma(-floor(a / b), b, a);
    r += r != 0 && (r < 0) != (b < 0) ? b : 0.0;
    return r == 0 ? copysign(0.0, a) : r;
}

/* Its result becomes an integer: what does not fit is no number, nor is the pattern of the null. */
static inline double idiv_f64(double a, double b) {
    double q = floor(a / b);
    return q < 9223372036854775808.0 && q > -9223372036854775808.0 ? q : ry_null_f64();
}

/* C says pow(1, NaN) and pow(NaN, 0) are 1; here null makes null. */
static inline double pow_f64(double a, double b) { return a != a || b != b ? a + b : pow(a, b); }

/* What a core reads at once is bounded by the lines that it has asked for. Its own guesses end with each page, and are
 * fewer than it could keep under way: the loops ask so many bytes ahead. Past the end of an array that does nothing. */
#define RK_AHEAD 768
#define RK_STRIP 64 /* elements */
#define RK_FETCH(p)                                                                                                    \
    for (size_t line = 0; line < RK_STRIP * sizeof *(p); line += RB_CACHE_LINE)                                        \
    __builtin_prefetch((const void *)((uintptr_t)(p) + RK_AHEAD + line))

#define RK_NAME(verb, suffix) verb##_u8_##suffix
#define RK_T uint8_t
#define RK_W uint8_t
#define RK_IS_NULL(x) false
#define RK_NULL 0
#define RK_INT8 1
#define RK_INT 0
#define RK_INT64 0
#define RK_FLOAT64 0
#define RK_FLOAT32 0
#include "tmpl/binary.h"

/* Twice as wide as the type, so that the product of two sixteen-bit numbers does not overflow an int. */
#define RK_NAME(verb, suffix) verb##_i16_##suffix
#define RK_T int16_t
#define RK_W uint32_t
#define RK_IS_NULL(x) ry_null_is_i16(x)
#define RK_NULL RY_NULL_I16
#define RK_INT8 0
#define RK_INT 1
#define RK_INT64 0
#define RK_FLOAT64 0
#define RK_FLOAT32 0
#include "tmpl/binary.h"

#define RK_NAME(verb, suffix) verb##_i32_##suffix
#define RK_T int32_t
#define RK_W uint32_t
#define RK_IS_NULL(x) ry_null_is_i32(x)
#define RK_NULL RY_NULL_I32
#define RK_INT8 0
#define RK_INT 1
#define RK_INT64 0
#define RK_FLOAT64 0
#define RK_FLOAT32 0
#include "tmpl/binary.h"

#define RK_NAME(verb, suffix) verb##_i64_##suffix
#define RK_T int64_t
#define RK_W uint64_t
#define RK_IS_NULL(x) ry_null_is_i64(x)
#define RK_NULL RY_NULL_I64
#define RK_INT8 0
#define RK_INT 0
#define RK_INT64 1
#define RK_FLOAT64 0
#define RK_FLOAT32 0
#include "tmpl/binary.h"

#define RK_NAME(verb, suffix) verb##_f32_##suffix
#define RK_T float
#define RK_W uint32_t
#define RK_IS_NULL(x) ry_null_is_f32(x)
#define RK_NULL ry_null_f32()
#define RK_INT8 0
#define RK_INT 0
#define RK_INT64 0
#define RK_FLOAT64 0
#define RK_FLOAT32 1
#include "tmpl/binary.h"

#define RK_NAME(verb, suffix) verb##_f64_##suffix
#define RK_T double
#define RK_W uint64_t
#define RK_IS_NULL(x) ry_null_is_f64(x)
#define RK_NULL ry_null_f64()
#define RK_INT8 0
#define RK_INT 0
#define RK_INT64 0
#define RK_FLOAT64 1
#define RK_FLOAT32 0
#include "tmpl/binary.h"

#define C(verb, expr, real)                                                                                            \
    static bool verb##_guid_plain(const void *pa, const void *pb, void *po, int64_t n) {                               \
        const ry_guid *va = pa, *vb = pb;                                                                              \
        uint8_t *vo = po;                                                                                              \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const int a = memcmp(va[i].b, vb[i].b, sizeof(ry_guid)), b = 0;                                            \
            vo[i] = (expr);                                                                                            \
        }                                                                                                              \
        return false;                                                                                                  \
    }
#define N(verb, expr)
#define K(verb, expr)
#define D(verb, expr)
#define F(verb, expr)
#define G(verb, near, fast, expr)
#define L(verb, expr)
#include "binary.def"
#undef N
#undef K
#undef D
#undef F
#undef G
#undef C
#undef L

const rk_binary_fn rk_binary[RK_VERBS][RY_VECTOR_END][2] = {
#define ONE(verb, TYPE, type) [RK_##verb][RY_##TYPE] = {verb##_##type##_plain, verb##_##type##_plain},
#define TWO(verb, TYPE, type) [RK_##verb][RY_##TYPE] = {verb##_##type##_plain, verb##_##type##_nulls},
#define N(verb, expr) ONE(verb, U8, u8) TWO(verb, I16, i16) TWO(verb, I32, i32) TWO(verb, I64, i64)
#define K(verb, expr) ONE(verb, U8, u8) TWO(verb, I16, i16) TWO(verb, I32, i32) TWO(verb, I64, i64)
#define D(verb, expr) TWO(verb, I64, i64)
#define F(verb, expr) REAL_ROW(verb)
#define G(verb, near, fast, expr) REAL_ROW(verb)
#define C(verb, expr, real)                                                                                            \
    ONE(verb, U8, u8) ONE(verb, I16, i16) ONE(verb, I32, i32) ONE(verb, I64, i64) ONE(verb, F32, f32)                  \
    ONE(verb, F64, f64) ONE(verb, GUID, guid)
#define L(verb, expr) ONE(verb, U8, u8)
#define REAL_ROW(verb) [RK_##verb][RY_F64] = {verb##_f64_finite, verb##_f64_finite},
#include "binary.def"
};
