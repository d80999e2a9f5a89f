/* Moving elements, each width. */
#include "kernel/collect_kernels.h"
#include "ut.h"

enum { N = 1000 };

UT_CASE(each_width) {
    static const int widths[] = {1, 2, 4, 8, 16};
    static uint8_t src[N * 16], out[N * 16], mask[N];
    static int64_t at[N];
    uint8_t null[16];
    memset(null, 0xee, 16);
    for (int64_t i = 0; i < N * 16; i++) src[i] = (uint8_t)(i * 31 >> 3);
    for (int64_t i = 0; i < N; i++) {
        at[i] = i % 10 == 0 ? -1 : (i * 7) % N;
        mask[i] = i % 3 == 0 || (i > 200 && i < 300);
    }
    for (size_t k = 0; k < RB_COUNT(widths); k++) {
        int w = widths[k];
        size_t z = (size_t)w;
        rk_gather(w, src, at, N, null, out);
        for (int64_t i = 0; i < N; i++) UT_EQ_MEM(out + i * w, at[i] < 0 ? null : src + at[i] * w, z);
        rk_reverse(w, src, N, out);
        for (int64_t i = 0; i < N; i++) UT_EQ_MEM(out + i * w, src + (N - 1 - i) * w, z);
        rk_fill(w, null, N, out);
        UT_EQ_MEM(out + (N - 1) * w, null, z);
        rk_cycle(w, src, 3, 2, 8, out);
        for (int64_t i = 0; i < 8; i++) UT_EQ_MEM(out + i * w, src + (2 + i) % 3 * w, z);
        int64_t n = rk_mask_select(w, src, mask, N, out), j = 0;
        UT_EQ_INT(n, rk_mask_count(mask, N));
        for (int64_t i = 0; i < N; i++)
            if (mask[i]) UT_EQ_MEM(out + j++ * w, src + i * w, z);
        UT_EQ_INT(rk_mask_compact(w, src, mask, N, out), n);
        j = 0;
        for (int64_t i = 0; i < N; i++)
            if (mask[i]) UT_EQ_MEM(out + j++ * w, src + i * w, z);
        rk_mask_blank(w, src, mask, null, N, out);
        for (int64_t i = 0; i < N; i++) UT_EQ_MEM(out + i * w, mask[i] ? src + i * w : null, z);
    }
    for (int64_t i = 0; i < N; i++)
        if (mask[i]) mask[i] = (uint8_t)(1u << i % 8); /* booleans from outside may be any byte */
    int64_t n = rk_mask_positions(mask, N, 5, at), j = 0;
    UT_EQ_INT(n, rk_mask_count(mask, N));
    for (int64_t i = 0; i < N; i++)
        if (mask[i]) UT_EQ_INT(at[j++], 5 + i);
}

UT_CASE(positions) {
    int64_t at[4] = {-1, 0, 2, 3}, out[4];
    UT_EQ_INT(rk_clip_positions(at, 4, 3, out), 2);
    UT_CHECK(out[0] == -1 && out[2] == 2 && out[3] == -1);
    UT_CHECK(rk_any_missing(at, 4) && !rk_any_missing(at + 1, 3));
}

UT_CASE(numbers_of_names) {
    static const int32_t names[5] = {70, 11, 9, 1000, 4};
    static const int64_t at[6] = {5, -1, 0, 3, 3, -1};
    const uint8_t one[6] = {4, 0, 1, 2, 3, 0};
    const uint16_t two[6] = {4, 0, 1, 2, 3, 0};
    const uint32_t four[6] = {4, 0, 1, 2, 3, 0};
    const void *numbers[3] = {one, two, four};
    for (int w = 0; w < 3; w++) {
        int32_t out[6];
        rk_named(1 << w, numbers[w], 6, names, out);
        UT_EQ_MEM(out, ((int32_t[]){4, 70, 11, 9, 1000, 70}), sizeof out);
        rk_named_at(1 << w, numbers[w], at, 6, names, out);
        UT_EQ_MEM(out, ((int32_t[]){70, RY_NULL_SYM, 4, 9, 9, RY_NULL_SYM}), sizeof out);
    }
}

UT_MAIN(each_width, positions, numbers_of_names)
