/* Running results: each element of the output depends on all before it. Columns are brought to one of two domains,
 * int64 and double, a block at a time. */
#include "collect_kernels.h"
#include "kernel.h"

static inline bool is_real(int type) { return type == RY_F32 || type == RY_F64; }
static inline int64_t wrap_add(int64_t a, int64_t b) { return (int64_t)((uint64_t)a + (uint64_t)b); }
static inline int64_t wrap_sub(int64_t a, int64_t b) { return (int64_t)((uint64_t)a - (uint64_t)b); }
static inline int64_t wrap_mul(int64_t a, int64_t b) { return (int64_t)((uint64_t)a * (uint64_t)b); }
static inline double finite(double x) { return x - x == 0.0 ? x : ry_null_f64(); }

/* What is carried from block to block. */
typedef struct carry {
    int64_t i, seen; /* seen: elements that were not null */
    double f;
    bool started; /* a row came before */
} carry;

/* Null results are NULL: the sentinel, also where the data hold no null. */
#define EACH(NULL_TEST, SKIP, STEP)                                                                                    \
    for (int64_t k = 0; k < n; k++) {                                                                                  \
        if (NULL_TEST) {                                                                                               \
            out[k] = (SKIP);                                                                                           \
        } else {                                                                                                       \
            STEP;                                                                                                      \
            c->seen++;                                                                                                 \
            out[k] = acc;                                                                                              \
        }                                                                                                              \
    }

static void ints(enum rk_running what, const int64_t *x, int64_t n, bool nulls, carry *c, int64_t *out) {
    int64_t acc = c->i;
    switch (what) {
    case RK_SUMS: EACH(nulls && ry_null_is_i64(x[k]), acc, acc = wrap_add(acc, x[k])) break;
    case RK_PRDS: EACH(nulls && ry_null_is_i64(x[k]), acc, acc = wrap_mul(acc, x[k])) break;
    case RK_MINS:
        EACH(nulls && ry_null_is_i64(x[k]), c->seen ? acc : RY_NULL_I64, acc = c->seen && acc < x[k] ? acc : x[k])
        break;
    case RK_MAXS:
        EACH(nulls && ry_null_is_i64(x[k]), c->seen ? acc : RY_NULL_I64, acc = c->seen && acc > x[k] ? acc : x[k])
        break;
    default:
        for (int64_t k = 0; k < n; k++) {
            bool null = !c->started || (nulls && (ry_null_is_i64(x[k]) || ry_null_is_i64(acc)));
            out[k] = null ? RY_NULL_I64 : wrap_sub(x[k], acc);
            acc = x[k];
            c->started = true;
        }
    }
    c->i = acc;
}

static void reals(enum rk_running what, const double *x, int64_t n, carry *c, double *out) {
    double acc = c->f;
    switch (what) {
    case RK_SUMS: EACH(x[k] != x[k], acc, acc += x[k]) break;
    case RK_PRDS: EACH(x[k] != x[k], acc, acc *= x[k]) break;
    case RK_MINS: EACH(x[k] != x[k], c->seen ? acc : x[k], acc = c->seen && acc < x[k] ? acc : x[k]) break;
    case RK_MAXS: EACH(x[k] != x[k], c->seen ? acc : x[k], acc = c->seen && acc > x[k] ? acc : x[k]) break;
    case RK_AVGS:
        for (int64_t k = 0; k < n; k++) {
            bool number = x[k] == x[k];
            acc += number ? x[k] : 0.0;
            c->seen += number;
            out[k] = c->seen ? finite(acc / (double)c->seen) : ry_null_f64();
        }
        break;
    case RK_DELTAS:
        for (int64_t k = 0; k < n; k++) {
            out[k] = c->started ? finite(x[k] - acc) : ry_null_f64();
            acc = x[k];
            c->started = true;
        }
        break;
    default:
        for (int64_t k = 0; k < n; k++) {
            out[k] = c->started ? finite(x[k] / acc) : ry_null_f64();
            acc = x[k];
            c->started = true;
        }
    }
    c->f = acc;
}

#undef EACH

void rk_running(enum rk_running what, int type, bool nulls, const void *src, int64_t n, void *out) {
    bool real = is_real(type) || what == RK_AVGS || what == RK_RATIOS;
    bool narrow = !real && (what == RK_MINS || what == RK_MAXS);
    carry c = {.i = what == RK_PRDS, .f = what == RK_PRDS ? 1.0 : 0.0};
    for (int64_t at = 0; at < n; at += RK_BLOCK) {
        int64_t some = n - at < RK_BLOCK ? n - at : RK_BLOCK;
        const uint8_t *in = (const uint8_t *)src + at * ry_width(type);
        if (real) {
            double block[RK_BLOCK];
            rk_to_f64[type](in, some, block, nulls);
            reals(what, block, some, &c, (double *)out + at);
        } else {
            int64_t block[RK_BLOCK], result[RK_BLOCK];
            rk_to_i64[type](in, some, block, nulls);
            ints(what, block, some, nulls, &c, narrow ? result : (int64_t *)out + at);
            if (narrow) rk_from_i64[type](result, some, (uint8_t *)out + at * ry_width(type), nulls);
        }
    }
}

void rk_differ(int type, const void *src, int64_t n, uint8_t *out) {
    rk_keys k = {.type = type, .data = src};
    uint64_t block[RK_KEY_BLOCK], last = 0;
    for (int64_t at = 0; at < n; at += RK_KEY_BLOCK) {
        int64_t some = n - at < RK_KEY_BLOCK ? n - at : RK_KEY_BLOCK;
        rk_keys_into(&k, at, some, block);
        out[at] = at == 0 || block[0] != last;
        for (int64_t i = 1; i < some; i++) out[at + i] = block[i] != block[i - 1];
        last = block[some - 1];
    }
}

static void fill_guids(const ry_guid *x, int64_t n, ry_guid *out) {
    for (int64_t i = 0; i < n; i++) out[i] = i && ry_null_is_guid(&x[i]) ? out[i - 1] : x[i];
}

void rk_fills(int type, bool nulls, const void *src, int64_t n, void *out) {
    if (type == RY_GUID) {
        fill_guids(src, n, out);
        return;
    }
    double real_last = ry_null_f64();
    int64_t last = RY_NULL_I64;
    for (int64_t at = 0; at < n; at += RK_BLOCK) {
        int64_t some = n - at < RK_BLOCK ? n - at : RK_BLOCK, offset = at * ry_width(type);
        if (is_real(type)) {
            double block[RK_BLOCK];
            rk_to_f64[type]((const uint8_t *)src + offset, some, block, nulls);
            for (int64_t i = 0; i < some; i++) block[i] = real_last = block[i] != block[i] ? real_last : block[i];
            rk_from_f64[type](block, some, (uint8_t *)out + offset);
        } else {
            int64_t block[RK_BLOCK];
            rk_to_i64[type]((const uint8_t *)src + offset, some, block, nulls);
            for (int64_t i = 0; i < some; i++) block[i] = last = nulls && ry_null_is_i64(block[i]) ? last : block[i];
            rk_from_i64[type](block, some, (uint8_t *)out + offset, nulls);
        }
    }
}
