/* vector ∘ vector for one type. In: RK_NAME(verb, suffix), RK_T, RK_W (its unsigned twin), RK_IS_NULL(x), RK_NULL; one of
 * RK_INT8 (no null), RK_INT, RK_INT64, RK_FLOAT64, RK_FLOAT32 is 1. The arrays may be the same, never shifted: hence ivdep. */
#define T RK_T
#define W RK_W
#define RK_LOOP(verb, suffix, out_t, ...)                                                                              \
    RB_HOT static bool RK_NAME(verb, suffix)(const void *pa, const void *pb, void *po, int64_t n) {                    \
        const RK_T *va = pa, *vb = pb;                                                                                 \
        out_t *vo = po;                                                                                                \
        RK_MASK any = 0;                                                                                               \
        int64_t from = 0;                                                                                              \
        for (; from + RK_STRIP <= n; from += RK_STRIP) {                                                               \
            RK_FETCH(va + from);                                                                                       \
            RK_FETCH(vb + from);                                                                                       \
            RK_IVDEP                                                                                                   \
            for (int64_t i = from; i < from + RK_STRIP; i++) {                                                         \
                const RK_T a = va[i], b = vb[i];                                                                       \
                __VA_ARGS__                                                                                            \
            }                                                                                                          \
        }                                                                                                              \
        RK_IVDEP                                                                                                       \
        for (int64_t i = from; i < n; i++) {                                                                           \
            const RK_T a = va[i], b = vb[i];                                                                           \
            __VA_ARGS__                                                                                                \
        }                                                                                                              \
        return any != 0;                                                                                               \
    }

#if RK_FLOAT64
#define RK_MASK uint64_t
#define F(verb, expr)                                                                                                  \
    RK_LOOP(verb, finite, double, double r = (expr); bool bad = !(r - r == 0); any |= bad; vo[i] = bad ? RK_NULL : r;)
#define G(verb, near, fast, expr)                                                                                      \
    RB_HOT static bool RK_NAME(verb, is_fast)(const double *va, const double *vb, int64_t n) {                         \
        uint64_t far = 0;                                                                                              \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const double a = va[i], b = vb[i];                                                                         \
            far |= !(near);                                                                                            \
        }                                                                                                              \
        return far == 0;                                                                                               \
    }                                                                                                                  \
    RK_LOOP(verb, quick, double, double r = (fast); bool bad = !(r - r == 0); any |= bad; vo[i] = bad ? RK_NULL : r;)  \
    RK_LOOP(verb, slow, double, double r = (expr); bool bad = !(r - r == 0); any |= bad; vo[i] = bad ? RK_NULL : r;)   \
    static bool RK_NAME(verb, finite)(const void *pa, const void *pb, void *po, int64_t n) {                           \
        bool any = false;                                                                                              \
        for (int64_t at = 0; at < n; at += RK_BLOCK) {                                                                 \
            const double *a = (const double *)pa + at, *b = (const double *)pb + at;                                   \
            const int64_t m = n - at < RK_BLOCK ? n - at : RK_BLOCK;                                                   \
            any |= RK_NAME(verb, is_fast)(a, b, m) ? RK_NAME(verb, quick)(a, b, (double *)po + at, m)                  \
                                                : RK_NAME(verb, slow)(a, b, (double *)po + at, m);                     \
        }                                                                                                              \
        return any;                                                                                                    \
    }
#elif RK_FLOAT32
#define RK_MASK uint32_t
#define F(verb, expr)
#define G(verb, near, fast, expr)
#else
#define RK_MASK RK_W
#define F(verb, expr)
#define G(verb, near, fast, expr)
#endif

#if RK_INT || RK_INT64
#define N(verb, expr)                                                                                                  \
    RK_LOOP(verb, plain, RK_T, vo[i] = (expr);)                                                                        \
    RK_LOOP(verb, nulls, RK_T, RK_T r = (expr); int null = (int)RK_IS_NULL(a) | (int)RK_IS_NULL(b);                    \
            any |= (RK_MASK)null; vo[i] = null ? RK_NULL : r;)
#define K(verb, expr)                                                                                                  \
    RK_LOOP(verb, plain, RK_T, vo[i] = (expr);)                                                                        \
    RK_LOOP(verb, nulls, RK_T, RK_T r = (expr); any |= (RK_MASK)RK_IS_NULL(r); vo[i] = r;)
#elif RK_INT8
#define N(verb, expr) RK_LOOP(verb, plain, RK_T, vo[i] = (expr);)
#define K(verb, expr) RK_LOOP(verb, plain, RK_T, vo[i] = (expr);)
#else
#define N(verb, expr)
#define K(verb, expr)
#endif

#if RK_INT64
/* `none` is what makes an element null. The processor divides integers one by one; doubles it divides eight at a time, and
 * they come out right, or off by one, where the quotient has at most fifty bits: asked block by block. */
#define RK_DIVIDE(verb, suffix, none, expr)                                                                            \
    RB_HOT static bool RK_NAME(verb, suffix)(const void *pa, const void *pb, void *po, int64_t n) {                    \
        uint64_t any = 0;                                                                                              \
        for (int64_t at = 0; at < n; at += RK_BLOCK) {                                                                 \
            const int64_t *va = (const int64_t *)pa + at, *vb = (const int64_t *)pb + at;                              \
            int64_t *vo = (int64_t *)po + at, m = n - at < RK_BLOCK ? n - at : RK_BLOCK;                               \
            uint64_t large = 0, small = 0;                                                                             \
            for (int64_t i = 0; i < m; i++) {                                                                          \
                const int64_t a = va[i], b = vb[i];                                                                    \
                const uint64_t counts = !(none);                                                                       \
                large |= counts & (uint64_t)!is_within(a, 50);                                                         \
                small |= counts & ((uint64_t)is_within(b, 13) | (uint64_t)!is_within(b, 61));                          \
            }                                                                                                          \
            if (large && small) {                                                                                      \
                for (int64_t i = 0; i < m; i++) {                                                                      \
                    const int64_t a = va[i], b = vb[i];                                                                \
                    const bool null = (none);                                                                          \
                    const int64_t q = null ? 0 : div_i64(a, b);                                                        \
                    const int64_t r = (int64_t)((uint64_t)a - (uint64_t)q * (uint64_t)b);                              \
                    (void)r;                                                                                           \
                    any |= null;                                                                                       \
                    vo[i] = null ? RK_NULL : (expr);                                                                   \
                }                                                                                                      \
                continue;                                                                                              \
            }                                                                                                          \
            RK_IVDEP                                                                                                   \
            for (int64_t i = 0; i < m; i++) {                                                                          \
                const int64_t a = va[i], b = vb[i];                                                                    \
                const bool null = (none);                                                                              \
                const int64_t guess = small_of_f64(floor(to_f64(a) / to_f64(b)));                                      \
                const int64_t left = (int64_t)((uint64_t)a - (uint64_t)guess * (uint64_t)b);                           \
                const int64_t fix = off_by(left, b);                                                                   \
                const int64_t q = (int64_t)((uint64_t)guess + (uint64_t)fix);                                          \
                const int64_t r = (int64_t)((uint64_t)left - (uint64_t)fix * (uint64_t)b);                             \
                const int64_t y = (expr);                                                                              \
                (void)q, (void)r;                                                                                      \
                any |= null;                                                                                           \
                vo[i] = null ? RK_NULL : y;                                                                            \
            }                                                                                                          \
        }                                                                                                              \
        return any != 0;                                                                                               \
    }
#define D(verb, expr)                                                                                                  \
    RK_DIVIDE(verb, plain, b == 0, expr)                                                                               \
    RK_DIVIDE(verb, nulls, RK_IS_NULL(a) || RK_IS_NULL(b) || b == 0, expr)
#else
#define D(verb, expr)
#endif

#if RK_FLOAT64 || RK_FLOAT32
#define C(verb, expr, real) RK_LOOP(verb, plain, uint8_t, vo[i] = (real);)
#else
#define C(verb, expr, real) RK_LOOP(verb, plain, uint8_t, vo[i] = (expr);)
#endif

#if RK_INT8
#define L(verb, expr) RK_LOOP(verb, plain, RK_T, vo[i] = (expr);)
#else
#define L(verb, expr)
#endif

#include "../binary.def"

#undef N
#undef K
#undef D
#undef RK_DIVIDE
#undef F
#undef G
#undef C
#undef L
#undef T
#undef W
#undef RK_LOOP
#undef RK_MASK
#undef RK_NAME
#undef RK_T
#undef RK_W
#undef RK_IS_NULL
#undef RK_NULL
#undef RK_INT8
#undef RK_INT
#undef RK_INT64
#undef RK_FLOAT64
#undef RK_FLOAT32
