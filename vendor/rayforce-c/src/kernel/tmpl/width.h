/* Loops that only move elements, for one element type W; names end in RK_SUFFIX. */
#define RK_JOIN_(a, b) a##_##b
#define RK_JOIN(a, b) RK_JOIN_(a, b)
#define RK_FN(name) RK_JOIN(name, RK_SUFFIX)

RB_HOT static void RK_FN(gather)(const W *restrict src, const int64_t *restrict at, int64_t n, W null, W *restrict out) {
    for (int64_t i = 0; i < n; i++) {
        int64_t from = at[i];
        out[i] = from < 0 ? null : src[from];
    }
}

RB_HOT static void RK_FN(reverse)(const W *restrict src, int64_t n, W *restrict out) {
    for (int64_t i = 0; i < n; i++) out[i] = src[n - 1 - i];
}

RB_HOT static void RK_FN(fill)(W element, int64_t n, W *restrict out) {
    for (int64_t i = 0; i < n; i++) out[i] = element;
}

RB_HOT static void RK_FN(blank)(const W *restrict src, const uint8_t *restrict mask, W null, int64_t n, W *restrict out) {
    for (int64_t i = 0; i < n; i++) {
        W x = src[i];
        out[i] = mask[i] ? x : null;
    }
}

/* Writes each element, and goes on to the next place only past those that are chosen: no branch to be foretold. */
RB_HOT static int64_t RK_FN(compact)(const W *restrict src, const uint8_t *restrict mask, int64_t n, W *restrict out) {
    int64_t k = 0;
    for (int64_t i = 0; i < n; i++) {
        out[k] = src[i];
        k += mask[i] != 0;
    }
    return k;
}

RB_HOT static int64_t RK_FN(select)(const W *restrict src, const uint8_t *restrict mask, int64_t n, W *restrict out) {
    W some[RK_MASK_STEP];
    int64_t k = 0;
    for (int64_t i = 0; i < n; i += RK_MASK_STEP) {
        int64_t len = n - i < RK_MASK_STEP ? n - i : RK_MASK_STEP, chosen = 0;
        if (!mask_any(mask + i, len)) continue;
        for (int64_t j = 0; j < len; j++) {
            some[chosen] = src[i + j];
            chosen += mask[i + j] != 0;
        }
        memcpy(out + k, some, (size_t)chosen * sizeof *some);
        k += chosen;
    }
    return k;
}

RB_HOT static void RK_FN(blend)(const uint8_t *restrict mask, const W *restrict a, const W *restrict b, int64_t n,
                                W *restrict out) {
    for (int64_t i = 0; i < n; i++) out[i] = mask[i] ? a[i] : b[i];
}

#undef RK_FN
#undef RK_JOIN
#undef RK_JOIN_
#undef RK_SUFFIX
#undef W
