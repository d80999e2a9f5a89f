/* One type to both domains and back. In: RK_NAME(f) pastes the type's name, RK_T its C type, RK_IS_NULL(x) and RK_NULL
 * for it, RK_REAL 1 for floats. */
RB_HOT static void RK_NAME(to_i64)(const void *in, int64_t n, int64_t *out, bool nulls) {
    const RK_T *x = in;
#if RK_REAL
    (void)nulls;
    for (int64_t i = 0; i < n; i++) out[i] = trunc_inline((double)x[i]);
#else
    if (nulls)
        for (int64_t i = 0; i < n; i++) out[i] = RK_IS_NULL(x[i]) ? RY_NULL_I64 : (int64_t)x[i];
    else
        for (int64_t i = 0; i < n; i++) out[i] = (int64_t)x[i];
#endif
}

RB_HOT static void RK_NAME(to_f64)(const void *in, int64_t n, double *out, bool nulls) {
    const RK_T *x = in;
    const double null = ry_null_f64();
    if (nulls)
        for (int64_t i = 0; i < n; i++) out[i] = RK_IS_NULL(x[i]) ? null : (double)x[i];
    else
        for (int64_t i = 0; i < n; i++) out[i] = (double)x[i];
}

RB_HOT static void RK_NAME(from_i64)(const int64_t *in, int64_t n, void *out, bool nulls) {
    RK_T *y = out;
    if (nulls)
        for (int64_t i = 0; i < n; i++) y[i] = in[i] == RY_NULL_I64 ? RK_NULL : (RK_T)in[i];
    else
        for (int64_t i = 0; i < n; i++) y[i] = (RK_T)in[i];
}

RB_HOT static void RK_NAME(from_f64)(const double *in, int64_t n, void *out) {
    RK_T *y = out;
#if RK_REAL
    const RK_T null = RK_NULL;
    for (int64_t i = 0; i < n; i++) y[i] = in[i] != in[i] ? null : (RK_T)in[i];
#else
    for (int64_t i = 0; i < n; i++) {
        int64_t t = trunc_inline(in[i]);
        y[i] = t == RY_NULL_I64 ? RK_NULL : (RK_T)t;
    }
#endif
}
#undef RK_NAME
#undef RK_T
#undef RK_IS_NULL
#undef RK_NULL
#undef RK_REAL
