/* vector → accumulator for one element type. In: RK_NAME(verb), RK_T, RK_IS_NULL(x), RK_REAL (1: doubles, NaN always left
 * out). A null counts as the start value, which changes no result. Nulls are counted by lane too, where each vector of
 * elements is looked at anyway. */
#if RK_REAL
#define A double
#define RK_FIELD f
#define RK_START(int_start, real_start) (real_start)
#define RK_WRAP(p, op, q) ((p)op(q))
#define RK_SKIP(x) ((void)nulls, RK_IS_NULL(x))
#define RK_COUNTERS RK_LANES
#else
#define A int64_t
#define RK_FIELD i
#define RK_START(int_start, real_start) (int_start)
#define RK_WRAP(p, op, q) ((int64_t)((uint64_t)(p)op(uint64_t)(q)))
#define RK_SKIP(x) (nulls && RK_IS_NULL(x))
#define RK_COUNTERS 1
#endif

#define R(verb, int_start, real_start, step, merge)                                                                    \
    static inline A RK_NAME(verb##_merge)(A a, A b) { return merge; }                                                  \
    static inline void RK_NAME(verb##_start)(A *lane, int64_t *gone) {                                                 \
        for (int j = 0; j < RK_LANES; j++) lane[j] = RK_START(int_start, real_start);                                  \
        for (int j = 0; j < RK_COUNTERS; j++) gone[j] = 0;                                                             \
    }                                                                                                                  \
    static inline __attribute__((always_inline)) void RK_NAME(verb##_more)(const RK_T *v, int64_t n, bool nulls,       \
                                                                           A *lane, int64_t *gone) {                   \
        int64_t i = 0;                                                                                                 \
        for (; i + RK_LANES <= n; i += RK_LANES)                                                                       \
            for (int j = 0; j < RK_LANES; j++) {                                                                       \
                const RK_T e = v[i + j];                                                                               \
                const bool skip = RK_SKIP(e);                                                                          \
                const A x = (A)e, a = lane[j], r = (A)(step);                                                          \
                lane[j] = skip ? a : r;                                                                                \
                gone[j % RK_COUNTERS] += skip;                                                                         \
            }                                                                                                          \
        for (int j = 0; i < n; i++, j++) {                                                                             \
            const RK_T e = v[i];                                                                                       \
            const bool skip = RK_SKIP(e);                                                                              \
            const A x = (A)e, a = lane[j], r = (A)(step);                                                              \
            lane[j] = skip ? a : r;                                                                                    \
            gone[j % RK_COUNTERS] += skip;                                                                             \
        }                                                                                                              \
    }                                                                                                                  \
    static inline void RK_NAME(verb##_end)(A *lane, int64_t *gone, int64_t n, rk_acc *out) {                           \
        for (int half = RK_LANES / 2; half > 0; half /= 2)                                                             \
            for (int j = 0; j < half; j++) lane[j] = RK_NAME(verb##_merge)(lane[j], lane[j + half]);                   \
        for (int j = 1; j < RK_COUNTERS; j++) gone[0] += gone[j];                                                      \
        out->n = n - gone[0];                                                                                          \
        out->u.RK_FIELD = lane[0];                                                                                     \
    }                                                                                                                  \
    RB_HOT static void RK_NAME(verb)(const void *in, int64_t n, bool nulls, rk_acc *out) {                             \
        A lane[RK_LANES];                                                                                              \
        int64_t gone[RK_COUNTERS];                                                                                     \
        RK_NAME(verb##_start)(lane, gone);                                                                             \
        if (nulls)                                                                                                     \
            RK_NAME(verb##_more)(in, n, true, lane, gone);                                                             \
        else                                                                                                           \
            RK_NAME(verb##_more)(in, n, false, lane, gone);                                                            \
        RK_NAME(verb##_end)(lane, gone, n, out);                                                                       \
    }
#include "../reduce.def"
#undef R
#undef A
#undef RK_FIELD
#undef RK_START
#undef RK_WRAP
#undef RK_SKIP
#undef RK_COUNTERS
#undef RK_NAME
#undef RK_T
#undef RK_IS_NULL
#undef RK_REAL
