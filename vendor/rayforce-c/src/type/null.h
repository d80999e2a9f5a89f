/* Null and infinity constants and tests per C type, inline, usable by kernels. They are those of the 2.x wire, so that
 * a column travels as it lies in memory. */
#ifndef RY_NULL_H
#define RY_NULL_H

#include "type.h"

#define RY_NULL_I16 INT16_MIN
#define RY_NULL_I32 INT32_MIN
#define RY_NULL_I64 INT64_MIN
#define RY_NULL_SYM 0 /* the id of the empty symbol */

static inline double ry_null_f64(void) {
    union {
        uint64_t u;
        double f;
    } x = {.u = 0x7ff8000000000000u};
    return x.f;
}
static inline float ry_null_f32(void) {
    union {
        uint32_t u;
        float f;
    } x = {.u = 0x7fc00000u};
    return x.f;
}

static inline bool ry_null_is_i16(int16_t x) { return x == RY_NULL_I16; }
static inline bool ry_null_is_i32(int32_t x) { return x == RY_NULL_I32; }
static inline bool ry_null_is_i64(int64_t x) { return x == RY_NULL_I64; }
static inline bool ry_null_is_f32(float x) { return x != x; }
static inline bool ry_null_is_f64(double x) { return x != x; }
static inline bool ry_null_is_guid(const ry_guid *g) {
    uint64_t w[2];
    memcpy(w, g->b, 16);
    return (w[0] | w[1]) == 0;
}

/* Writes the null of a fixed-width type (b8 and u8: zero, they have none) at p. */
void ry_null_into(int type, void *p);
/* Is the element at p of that type null by its sentinel? b8 and u8 never are. */
bool ry_null_at(int type, const void *p);
/* Is any of the n elements null? Scans; for b8 and u8 false. */
bool ry_null_any(int type, const void *p, int64_t n);

#endif
