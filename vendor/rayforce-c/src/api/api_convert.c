#include "../value/value.h"

#include "rayforce/rayforce.h"

/* Whole columns in blocks that fit the first cache: a block is widened to 64 bits, looked over for what cannot be
 * converted, and finished, each in a loop without branches. Only a block with a fault is searched by element. */

enum { BLOCK = 2048 };
#define EXACT ((int64_t)1 << 53) /* up to here every integer is a double */

static int lossy(int64_t row, int64_t x, const char *what) {
    rb_fail(RB_E_CONVERT, "row %lld: %lld %s", (long long)row, (long long)x, what);
    rb_error_detail_set(row, 0);
    return -1;
}

static bool is_integer(int type) {
    enum ry_class c = ry_is_vector_code(type) ? ry_class_of(type) : RY_C_NONE;
    return c == RY_C_BOOL || c == RY_C_INT || c == RY_C_TEMPORAL;
}

/* ---- any integer type to int64 -------------------------------------------------------------------------------- */

/* Elements as int64; the sentinel becomes INT64_MIN if it is a null. */
#define WIDEN(name, T, sentinel)                                                                                       \
    RB_HOT static void name(const void *p, int64_t n, bool nulls, int64_t *out) {                                      \
        const T *x = p;                                                                                                \
        if (nulls)                                                                                                     \
            for (int64_t i = 0; i < n; i++) out[i] = x[i] == (sentinel) ? RY_NULL_I64 : (int64_t)x[i];                 \
        else                                                                                                           \
            for (int64_t i = 0; i < n; i++) out[i] = (int64_t)x[i];                                                    \
    }
WIDEN(widen_i16, int16_t, RY_NULL_I16)
WIDEN(widen_i32, int32_t, RY_NULL_I32)
WIDEN(widen_i64, int64_t, RY_NULL_I64)

RB_HOT static void widen_u8(const uint8_t *x, int64_t n, int64_t *out) {
    for (int64_t i = 0; i < n; i++) out[i] = x[i];
}

static void widen(const ray_val *v, int64_t from, int64_t n, int64_t *out) {
    const char *p = (const char *)v->data + from * ry_width(v->type);
    bool nulls = v->attrs & RV_A_NULLS;
    switch (ry_width(v->type)) {
    case 1: widen_u8((const uint8_t *)p, n, out); return; /* has no nulls */
    case 2: widen_i16(p, n, nulls, out); return;
    case 4: widen_i32(p, n, nulls, out); return;
    default: widen_i64(p, n, nulls, out);
    }
}

/* Smallest and largest of n > 0 numbers; nulls, if there may be some, do not count. */
RB_HOT static void bounds(const int64_t *x, int64_t n, bool nulls, int64_t *lowest, int64_t *highest) {
    int64_t lo = INT64_MAX, hi = INT64_MIN;
    if (nulls)
        for (int64_t i = 0; i < n; i++) {
            int64_t y = x[i] == RY_NULL_I64 ? INT64_MAX : x[i];
            lo = y < lo ? y : lo;
            hi = x[i] > hi ? x[i] : hi;
        }
    else
        for (int64_t i = 0; i < n; i++) {
            lo = x[i] < lo ? x[i] : lo;
            hi = x[i] > hi ? x[i] : hi;
        }
    *lowest = lo;
    *highest = hi;
}

/* x * scale + offset, which must be no null. */
static bool scaled(int64_t x, int64_t scale, int64_t offset, int64_t *out) {
    return !rb_mul_overflow(x, scale, out) && !rb_add_overflow(*out, offset, out) && *out != RY_NULL_I64;
}

RB_HOT static void scale_block(int64_t *x, int64_t n, bool nulls, int64_t scale, int64_t offset) {
    uint64_t a = (uint64_t)scale, b = (uint64_t)offset;
    if (nulls)
        for (int64_t i = 0; i < n; i++) x[i] = x[i] == RY_NULL_I64 ? RY_NULL_I64 : (int64_t)((uint64_t)x[i] * a + b);
    else
        for (int64_t i = 0; i < n; i++) x[i] = (int64_t)((uint64_t)x[i] * a + b);
}

int ray_vec_i64_into(const ray_val *v, int64_t scale, int64_t offset, int64_t *out) {
    if (!is_integer(v->type))
        return rb_fail(RB_E_TYPE, "a vector of an integer or temporal type was expected, got %s", ry_name(v->type));
    bool nulls = v->attrs & RV_A_NULLS;
    for (int64_t from = 0; from < v->len; from += BLOCK) {
        int64_t n = v->len - from < BLOCK ? v->len - from : BLOCK, lo, hi, y, *x = out + from;
        widen(v, from, n, x);
        bounds(x, n, nulls, &lo, &hi);
        if (nulls && lo > hi) continue; /* nothing but nulls */
        if (!scaled(lo, scale, offset, &y) || !scaled(hi, scale, offset, &y))
            for (int64_t i = 0; i < n; i++)
                if (!(nulls && x[i] == RY_NULL_I64) && !scaled(x[i], scale, offset, &y))
                    return lossy(from + i, x[i], "leaves the range of i64 in the unit asked for");
        if (scale != 1 || offset != 0) scale_block(x, n, nulls, scale, offset);
    }
    return 0;
}

/* ---- any number to double ------------------------------------------------------------------------------------- */

RB_HOT static void doubles(const int64_t *x, int64_t n, bool nulls, double *out) {
    if (nulls)
        for (int64_t i = 0; i < n; i++) out[i] = x[i] == RY_NULL_I64 ? ry_null_f64() : (double)x[i];
    else
        for (int64_t i = 0; i < n; i++) out[i] = (double)x[i];
}

RB_HOT static void doubles_of_floats(const float *x, int64_t n, double *out) {
    for (int64_t i = 0; i < n; i++) out[i] = (double)x[i];
}

static bool survives(int64_t x) {
    double f = (double)x;
    return f < 0x1p63 && (int64_t)f == x;
}

static int integers_to_f64(const ray_val *v, double *out) {
    int64_t x[BLOCK], lo, hi;
    bool nulls = v->attrs & RV_A_NULLS;
    for (int64_t from = 0; from < v->len; from += BLOCK) {
        int64_t n = v->len - from < BLOCK ? v->len - from : BLOCK;
        widen(v, from, n, x);
        if (ry_width(v->type) == 8) {
            bounds(x, n, nulls, &lo, &hi);
            for (int64_t i = 0; (lo < -EXACT || hi > EXACT) && i < n; i++)
                if (!(nulls && x[i] == RY_NULL_I64) && !survives(x[i]))
                    return lossy(from + i, x[i], "has no f64 of the same value");
        }
        doubles(x, n, nulls, out + from);
    }
    return 0;
}

int ray_vec_f64_into(const ray_val *v, double *out) {
    if (is_integer(v->type)) return integers_to_f64(v, out);
    if (v->type == RY_F32)
        doubles_of_floats(v->data, v->len, out);
    else if (v->type == RY_F64 && v->len)
        memcpy(out, v->data, (size_t)v->len * sizeof *out);
    else if (v->type != RY_F64)
        return rb_fail(RB_E_TYPE, "a vector of numbers was expected, got %s", ry_name(v->type));
    return 0;
}

/* ---- int64 to any integer type -------------------------------------------------------------------------------- */

/* Exact division by scale = 2^shift * odd is a multiplication by the inverse of `odd` modulo 2^64: a number is a
 * multiple exactly if the product is one of the quotients that there are. Of those, `lowest` to `highest` fit the
 * type. */
typedef struct divide {
    int64_t offset, lowest, highest;
    uint64_t inverse;
    int shift;
    bool nulls;
} divide;

static divide divide_by(int64_t scale, int64_t offset, bool nulls, int64_t lowest, int64_t highest) {
    divide d = {.offset = offset, .nulls = nulls, .shift = __builtin_ctzll((uint64_t)scale)};
    int64_t odd = scale >> d.shift;
    d.inverse = (uint64_t)odd; /* right in 3 bits; each step doubles them */
    for (int i = 0; i < 5; i++) d.inverse *= 2 - (uint64_t)odd * d.inverse;
    d.lowest = INT64_MIN / odd > lowest ? INT64_MIN / odd : lowest;
    d.highest = INT64_MAX / odd < highest ? INT64_MAX / odd : highest;
    return d;
}

/* Is the number converted, and to what? */
static inline bool divides(const divide *d, int64_t in, int64_t *q) {
    int64_t x = (int64_t)((uint64_t)in - (uint64_t)d->offset);
    *q = (int64_t)((uint64_t)(x >> d->shift) * d->inverse);
    bool wrapped = ((in ^ d->offset) & (in ^ x)) < 0, rest = (x & (((int64_t)1 << d->shift) - 1)) != 0;
    return !(wrapped | rest | (*q < d->lowest) | (*q > d->highest));
}

enum { SOME_NULL = 1, SOME_BAD = 2 };

#define NARROW(name, T, sentinel, has_null)                                                                            \
    RB_HOT static int name(const divide *by, const int64_t *in, int64_t n, void *p) {                                  \
        const divide d = *by;                                                                                          \
        T *out = p;                                                                                                    \
        int bad = 0, null = 0;                                                                                         \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            int64_t q;                                                                                                 \
            bool ok = divides(&d, in[i], &q), is_null = d.nulls & (in[i] == RY_NULL_I64);                              \
            out[i] = is_null ? (T)(sentinel) : (T)q;                                                                   \
            null |= is_null;                                                                                           \
            bad |= is_null ? !(has_null) : !ok;                                                                        \
        }                                                                                                              \
        return (null ? SOME_NULL : 0) | (bad ? SOME_BAD : 0);                                                          \
    }
NARROW(narrow_u8, uint8_t, 0, false)
NARROW(narrow_i16, int16_t, RY_NULL_I16, true)
NARROW(narrow_i32, int32_t, RY_NULL_I32, true)
NARROW(narrow_i64, int64_t, RY_NULL_I64, true)

typedef int (*narrow_fn)(const divide *by, const int64_t *in, int64_t n, void *p);

static const struct {
    narrow_fn fn;
    int64_t lowest, highest;
} by_width[] = {
    [1] = {narrow_u8, 0, UINT8_MAX},
    [2] = {narrow_i16, -INT16_MAX, INT16_MAX},
    [4] = {narrow_i32, -INT32_MAX, INT32_MAX},
    [8] = {narrow_i64, -INT64_MAX, INT64_MAX},
};

static int find_fault(const divide *d, int type, const int64_t *in, int64_t from, int64_t n) {
    const char *name = ry_types[type].atom;
    for (int64_t i = from; i < from + n; i++) {
        int64_t q;
        bool null = d->nulls && in[i] == RY_NULL_I64;
        if (null ? ry_width(type) > 1 : divides(d, in[i], &q)) continue;
        if (null)
            rb_fail(RB_E_CONVERT, "row %lld is null, and %s has no null", (long long)i, name);
        else
            rb_fail(RB_E_CONVERT, "row %lld: %lld does not fit %s in the unit asked for", (long long)i,
                    (long long)in[i], name);
        rb_error_detail_set(i, 0);
        return -1;
    }
    return 0;
}

ray_val *ray_vec_of_i64(int type, const int64_t *in, int64_t n, int64_t scale, int64_t offset, bool nulls) {
    if (!is_integer(type))
        return rb_fail_null(RB_E_TYPE, "an integer or temporal type was expected, got %s", ry_name(type));
    if (scale < 1) return rb_fail_null(RB_E_DOMAIN, "the scale must be positive, not %lld", (long long)scale);
    ray_val *v = rv_vec_new(type, n);
    if (!v) return NULL;
    int width = ry_width(type);
    divide d = divide_by(scale, offset, nulls, by_width[width].lowest, type == RY_B8 ? 1 : by_width[width].highest);
    for (int64_t from = 0; from < n; from += BLOCK) {
        int64_t some = n - from < BLOCK ? n - from : BLOCK;
        int found = by_width[width].fn(&d, in + from, some, (char *)v->data + from * width);
        if (found & SOME_BAD) {
            find_fault(&d, type, in, from, some);
            rv_release(v);
            return NULL;
        }
        if (found & SOME_NULL) v->attrs |= RV_A_NULLS;
    }
    return v;
}
