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

RB_HOT static int64_t RK_FN(select)(const W *restrict src, const uint8_t *restrict mask, int64_t n, W *restrict out) {
    int64_t k = 0, i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t eight;
        memcpy(&eight, mask + i, 8);
        if (eight == 0) continue;
        if (eight == 0x0101010101010101u) {
            memcpy(out + k, src + i, 8 * sizeof *src);
            k += 8;
            continue;
        }
        for (int j = 0; j < 8; j++)
            if (mask[i + j]) out[k++] = src[i + j];
    }
    for (; i < n; i++)
        if (mask[i]) out[k++] = src[i];
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
