/* One operand of one type. In: RK_NAME(verb), RK_T, RK_IS_NULL(x), RK_NULL, RK_MASK (an unsigned integer as wide as T);
 * RK_REAL 1 for floats, RK_WIDE 1 for the two domains. */
#define RK_LOOP(verb, out_t, out_null, expr)                                                                           \
    RB_HOT static bool RK_NAME(verb)(const void *in, void *out, int64_t n, bool nulls) {                               \
        const RK_T *v = in;                                                                                            \
        out_t *y = out;                                                                                                \
        RK_MASK any = 0;                                                                                               \
        RK_IVDEP                                                                                                       \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const RK_T x = v[i];                                                                                       \
            RK_REST(out_t, out_null, expr)                                                                             \
        }                                                                                                              \
        return any != 0;                                                                                               \
    }
#if RK_REAL
#define RK_REST(out_t, out_null, expr)                                                                                 \
    (void)nulls;                                                                                                       \
    RK_T r = (RK_T)(expr);                                                                                             \
    bool bad = !(x - x == 0) || !(r - r == 0);                                                                         \
    any |= bad;                                                                                                        \
    y[i] = bad ? out_null : (out_t)r;
#else
#define RK_REST(out_t, out_null, expr)                                                                                 \
    bool bad = nulls && RK_IS_NULL(x);                                                                                 \
    any |= bad;                                                                                                        \
    y[i] = RK_IS_NULL(x) ? (bad ? out_null : (out_t)x) : (out_t)(expr);
#endif

#define SAME(verb, expr) RK_LOOP(verb, RK_T, RK_NULL, expr)
#if RK_WIDE
#define SIGN(verb, expr) RK_LOOP(verb, int64_t, RY_NULL_I64, expr)
#else
#define SIGN(verb, expr)
#endif
#if RK_WIDE && RK_REAL
#define REAL(verb, expr) RK_LOOP(verb, RK_T, RK_NULL, expr)
#else
#define REAL(verb, expr)
#endif
#define R(verb, kind, expr) kind(verb, expr)
#include "../unary.def"
#undef R
#undef SAME
#undef SIGN
#undef REAL
#undef RK_REST
#undef RK_LOOP
#undef RK_NAME
#undef RK_T
#undef RK_MASK
#undef RK_IS_NULL
#undef RK_NULL
#undef RK_REAL
#undef RK_WIDE
