/* Keys: unsigned 64-bit numbers that order and compare as the elements do. */
#include "../base/bits.h"
#include "collect_kernels.h"

#define SIGN ((uint64_t)1 << 63)

static inline uint64_t key_of_int(int64_t x) { return (uint64_t)x ^ SIGN; }

static inline uint64_t key_of_double(double x) {
    if (x != x) return 0;
    x += 0.0; /* -0.0 becomes 0.0 */
    uint64_t u;
    memcpy(&u, &x, 8);
    return u & SIGN ? ~u : u | SIGN;
}

static inline double double_of_key(uint64_t k) {
    if (k == 0) return ry_null_f64();
    uint64_t u = k & SIGN ? k & ~SIGN : ~k;
    double x;
    memcpy(&x, &u, 8);
    return x;
}

#define LOOP(T, NULL_TEST, EXPR)                                                                                       \
    do {                                                                                                               \
        const T *p = (const T *)k->data + begin;                                                                       \
        const bool nulls = k->nulls;                                                                                   \
        const uint64_t base = k->base;                                                                                 \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            T x = p[i];                                                                                                \
            uint64_t key = nulls && (NULL_TEST) ? 0 : (EXPR);                                                          \
            out[i] = key ? key - base : 0;                                                                             \
        }                                                                                                              \
        return;                                                                                                        \
    } while (0)

RB_HOT static void keys_as_double(const rk_keys *k, int64_t begin, int64_t n, uint64_t *restrict out) {
    switch (k->type) {
    case RY_B8:
    case RY_U8: LOOP(uint8_t, false, key_of_double(x));
    case RY_I16: LOOP(int16_t, ry_null_is_i16(x), key_of_double(x));
    case RY_I32:
    case RY_DATE:
    case RY_TIME:
    case RY_SYM: LOOP(int32_t, ry_null_is_i32(x), key_of_double(x));
    case RY_F32: LOOP(float, false, key_of_double((double)x));
    case RY_F64: LOOP(double, false, key_of_double(x));
    default: LOOP(int64_t, ry_null_is_i64(x), key_of_double((double)x));
    }
}

RB_HOT static void keys_as_int(const rk_keys *k, int64_t begin, int64_t n, uint64_t *restrict out) {
    switch (k->type) {
    case RY_B8:
    case RY_U8: LOOP(uint8_t, false, key_of_int(x));
    case RY_I16: LOOP(int16_t, ry_null_is_i16(x), key_of_int(x));
    case RY_I32:
    case RY_DATE:
    case RY_TIME: LOOP(int32_t, ry_null_is_i32(x), key_of_int(x));
    case RY_SYM: LOOP(int32_t, false, key_of_int(x));
    default: LOOP(int64_t, false, key_of_int(x));
    }
}

RB_HOT static void keys_of_names(const rk_keys *k, int64_t begin, int64_t n, uint64_t *restrict out) {
    const int32_t *names = k->names;
    switch (k->type) {
    case RY_U8: LOOP(uint8_t, false, key_of_int(names[x]));
    case RY_I16: LOOP(uint16_t, false, key_of_int(names[x]));
    default: LOOP(uint32_t, false, key_of_int(names[x]));
    }
}

#undef LOOP

/* Multiples of the step are that exactly: rounding finds how often it goes. */
static inline uint64_t steps_of(uint64_t distance, double inverse) {
    return (uint64_t)(int64_t)((double)(int64_t)distance * inverse + 0.5);
}

RB_HOT static void take_steps(uint64_t step, int64_t n, uint64_t *keys) {
    const double inverse = 1.0 / (double)step;
    for (int64_t i = 0; i < n; i++) keys[i] = keys[i] ? steps_of(keys[i] - 1, inverse) + 1 : 0;
}

RB_HOT static bool keep_step(uint64_t step, const uint64_t *keys, int64_t n) {
    const double inverse = 1.0 / (double)step;
    uint64_t off = 0;
    for (int64_t i = 0; i < n; i++) off |= keys[i] ? steps_of(keys[i] - 1, inverse) * step ^ (keys[i] - 1) : 0;
    return off == 0;
}

void rk_keys_into(const rk_keys *k, int64_t begin, int64_t n, uint64_t *out) {
    if (k->names)
        keys_of_names(k, begin, n, out);
    else if (k->as_float || k->type == RY_F32 || k->type == RY_F64)
        keys_as_double(k, begin, n, out);
    else
        keys_as_int(k, begin, n, out);
    if (k->step) take_steps(k->step, n, out);
}

uint64_t rk_keys_step(const rk_keys *k, int64_t n, int64_t every) {
    uint64_t step = 0;
    for (int64_t i = 0; i < n && step != 1; i += every) {
        uint64_t key;
        rk_keys_into(k, i, 1, &key);
        if (key) step = rb_common_divisor(key - 1, step);
    }
    return step;
}

bool rk_keys_keep_step(const rk_keys *k, int64_t begin, int64_t n, uint64_t step) {
    uint64_t block[RK_KEY_BLOCK];
    for (int64_t end = begin + n; begin < end; begin += RK_KEY_BLOCK) {
        const int64_t some = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        rk_keys_into(k, begin, some, block);
        if (!keep_step(step, block, some)) return false;
    }
    return true;
}

/* Of keys[i] ^ flip. The smallest that is not 0 is the smallest when all are one less, and 0 wraps around. */
RB_HOT static bool span_of(const uint64_t *keys, int64_t n, uint64_t flip, uint64_t *lo, uint64_t *hi) {
    uint64_t less = *lo - 1, most = *hi, least = UINT64_MAX;
    for (int64_t i = 0; i < n; i++) {
        const uint64_t key = keys[i] ^ flip;
        less = key - 1 < less ? key - 1 : less;
        least = key < least ? key : least;
        most = key > most ? key : most;
    }
    *lo = less + 1;
    *hi = most;
    return least == 0;
}

static bool is_own_key(const rk_keys *k) {
    const bool wide = k->type == RY_I64 || k->type == RY_TIMESTAMP || k->type == RY_TIMESPAN;
    return wide && !k->as_float && k->base == 0;
}

bool rk_keys_span(const rk_keys *k, int64_t begin, int64_t n, uint64_t *lo, uint64_t *hi) {
    uint64_t block[RK_KEY_BLOCK], low = UINT64_MAX, high = 0;
    bool null = false;
    if (is_own_key(k)) {
        null = span_of((const uint64_t *)k->data + begin, n, SIGN, &low, &high);
    } else {
        for (int64_t at = begin; at < begin + n; at += RK_KEY_BLOCK) {
            int64_t some = begin + n - at < RK_KEY_BLOCK ? begin + n - at : RK_KEY_BLOCK;
            rk_keys_into(k, at, some, block);
            null |= span_of(block, some, 0, &low, &high);
        }
    }
    *lo = low;
    *hi = high;
    return null;
}

#define BACK(T, EXPR)                                                                                                  \
    do {                                                                                                               \
        T *p = out;                                                                                                    \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            uint64_t key = keys[i] ? keys[i] + base : 0;                                                               \
            p[i] = (T)(EXPR);                                                                                          \
        }                                                                                                              \
        return;                                                                                                        \
    } while (0)

/* A null that was widened comes back as the null of the type: the low bits of key 0 are not those of its sentinel. */
#define BACK_INT(T, SENTINEL) BACK(T, key == 0 ? (SENTINEL) : (int64_t)(key ^ SIGN))

RB_HOT void rk_keys_back(int type, uint64_t base, const uint64_t *restrict keys, int64_t n, void *restrict out) {
    switch (type) {
    case RY_B8:
    case RY_U8: BACK(uint8_t, key ^ SIGN);
    case RY_I16: BACK_INT(int16_t, RY_NULL_I16);
    case RY_I32:
    case RY_DATE:
    case RY_TIME: BACK_INT(int32_t, RY_NULL_I32);
    case RY_SYM: BACK(int32_t, key ^ SIGN);
    case RY_F32: BACK(float, double_of_key(key));
    case RY_F64: BACK(double, double_of_key(key));
    default: BACK(int64_t, key ^ SIGN);
    }
}
