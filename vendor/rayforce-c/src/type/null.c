#include "null.h"

void ry_null_into(int type, void *p) {
    static const int16_t i16 = RY_NULL_I16;
    static const int32_t i32 = RY_NULL_I32;
    static const int64_t i64 = RY_NULL_I64;
    switch (type) {
    case RY_I16: memcpy(p, &i16, sizeof i16); return;
    case RY_I32:
    case RY_DATE:
    case RY_TIME: memcpy(p, &i32, sizeof i32); return;
    case RY_I64:
    case RY_TIMESTAMP:
    case RY_TIMESPAN: memcpy(p, &i64, sizeof i64); return;
    case RY_F32: memcpy(p, &(float){ry_null_f32()}, sizeof(float)); return;
    case RY_F64: memcpy(p, &(double){ry_null_f64()}, sizeof(double)); return;
    default: memset(p, 0, (size_t)ry_width(type));
    }
}

RB_OFTEN bool ry_null_at(int type, const void *p) {
    switch (type) {
    case RY_I16: return ry_null_is_i16(*(const int16_t *)p);
    case RY_I32:
    case RY_DATE:
    case RY_TIME: return ry_null_is_i32(*(const int32_t *)p);
    case RY_I64:
    case RY_TIMESTAMP:
    case RY_TIMESPAN: return ry_null_is_i64(*(const int64_t *)p);
    case RY_F32: return ry_null_is_f32(*(const float *)p);
    case RY_F64: return ry_null_is_f64(*(const double *)p);
    case RY_GUID: return ry_null_is_guid(p);
    case RY_SYM: return *(const int32_t *)p == RY_NULL_SYM;
    case RY_STR: return ((const ry_strview *)p)->len == 0;
    default: return false;
    }
}

/* Whole blocks without a branch in the loop, so that it vectorises; a block is small enough to stop early. */
#define SCAN(name, T, is_null)                                                                                         \
    RB_HOT static bool name(const void *p, int64_t n) {                                                                \
        const T *x = p;                                                                                                \
        for (int64_t from = 0; from < n; from += BLOCK) {                                                              \
            int64_t end = n - from < BLOCK ? n : from + BLOCK;                                                         \
            int any = 0;                                                                                               \
            for (int64_t i = from; i < end; i++) any |= (is_null);                                                     \
            if (any) return true;                                                                                      \
        }                                                                                                              \
        return false;                                                                                                  \
    }

enum { BLOCK = 4096 };

SCAN(any_i16, int16_t, x[i] == RY_NULL_I16)
SCAN(any_i32, int32_t, x[i] == RY_NULL_I32)
SCAN(any_i64, int64_t, x[i] == RY_NULL_I64)
SCAN(any_f32, float, x[i] != x[i])
SCAN(any_f64, double, x[i] != x[i])
SCAN(any_sym, int32_t, x[i] == RY_NULL_SYM)
SCAN(any_str, ry_strview, x[i].len == 0)

static bool any_guid(const void *p, int64_t n) {
    const ry_guid *x = p;
    for (int64_t i = 0; i < n; i++)
        if (ry_null_is_guid(&x[i])) return true;
    return false;
}

bool ry_null_any(int type, const void *p, int64_t n) {
    switch (type) {
    case RY_I16: return any_i16(p, n);
    case RY_I32:
    case RY_DATE:
    case RY_TIME: return any_i32(p, n);
    case RY_I64:
    case RY_TIMESTAMP:
    case RY_TIMESPAN: return any_i64(p, n);
    case RY_F32: return any_f32(p, n);
    case RY_F64: return any_f64(p, n);
    case RY_GUID: return any_guid(p, n);
    case RY_SYM: return any_sym(p, n);
    case RY_STR: return any_str(p, n);
    default: return false;
    }
}
