/* Moving elements about: one loop per width, whatever the type. */
#include "collect_kernels.h"

typedef struct wide {
    uint64_t half[2];
} wide;

/* Elements that are chosen by a mask go through a buffer of this many: it can be written without a branch for each. */
#define RK_MASK_STEP 64

static inline bool mask_any(const uint8_t *mask, int64_t n) {
    uint64_t any = 0, eight;
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
        memcpy(&eight, mask + i, 8);
        any |= eight;
    }
    for (; i < n; i++) any |= mask[i];
    return any;
}

#define W uint8_t
#define RK_SUFFIX 1
#include "tmpl/width.h"
#define W uint16_t
#define RK_SUFFIX 2
#include "tmpl/width.h"
#define W uint32_t
#define RK_SUFFIX 4
#include "tmpl/width.h"
#define W uint64_t
#define RK_SUFFIX 8
#include "tmpl/width.h"
#define W wide
#define RK_SUFFIX 16
#include "tmpl/width.h"

void rk_gather(int width, const void *src, const int64_t *at, int64_t n, const void *null, void *out) {
    switch (width) {
    case 1: gather_1(src, at, n, *(const uint8_t *)null, out); return;
    case 2: gather_2(src, at, n, *(const uint16_t *)null, out); return;
    case 4: gather_4(src, at, n, *(const uint32_t *)null, out); return;
    case 8: gather_8(src, at, n, *(const uint64_t *)null, out); return;
    default: {
        wide w;
        memcpy(&w, null, sizeof w);
        gather_16(src, at, n, w, out);
    }
    }
}

void rk_reverse(int width, const void *src, int64_t n, void *out) {
    switch (width) {
    case 1: reverse_1(src, n, out); return;
    case 2: reverse_2(src, n, out); return;
    case 4: reverse_4(src, n, out); return;
    case 8: reverse_8(src, n, out); return;
    default: reverse_16(src, n, out);
    }
}

void rk_fill(int width, const void *element, int64_t n, void *out) {
    switch (width) {
    case 1: fill_1(*(const uint8_t *)element, n, out); return;
    case 2: fill_2(*(const uint16_t *)element, n, out); return;
    case 4: fill_4(*(const uint32_t *)element, n, out); return;
    case 8: fill_8(*(const uint64_t *)element, n, out); return;
    default: {
        wide w;
        memcpy(&w, element, sizeof w);
        fill_16(w, n, out);
    }
    }
}

void rk_cycle(int width, const void *src, int64_t len, int64_t from, int64_t n, void *out) {
    const uint8_t *in = src;
    uint8_t *to = out;
    while (n > 0) {
        int64_t run = len - from < n ? len - from : n;
        memcpy(to, in + from * width, (size_t)(run * width));
        to += run * width;
        n -= run;
        from = 0;
    }
}

RB_HOT void rk_iota(int64_t from, int64_t n, int64_t *out) {
    for (int64_t i = 0; i < n; i++) out[i] = from + i;
}

/* A bit for each of eight bytes that is not zero, the highest of it. */
static inline uint64_t mask_bits(const uint8_t *mask) {
    const uint64_t low = 0x7f7f7f7f7f7f7f7fu;
    uint64_t eight;
    memcpy(&eight, mask, 8);
    return (((eight & low) + low) | eight) & ~low;
}

/* Whatever is not zero counts, here as where elements are moved: what is counted must be what comes. */
RB_HOT static int64_t count_plain(const uint8_t *mask, int64_t n) {
    int64_t k = 0, i = 0;
    for (; i + 8 <= n; i += 8) k += __builtin_popcountll(mask_bits(mask + i));
    for (; i < n; i++) k += mask[i] != 0;
    return k;
}

int64_t rk_mask_count(const uint8_t *mask, int64_t n) {
    const int64_t k = rk_count_wide(mask, n);
    return k >= 0 ? k : count_plain(mask, n);
}

/* So few of RK_MASK_STEP are sought one by one; more are written as they come, without a branch for each. */
#define RK_MASK_FEW 12

static int64_t few_positions(const uint8_t *mask, int64_t base, int64_t *out) {
    int64_t k = 0;
    for (int64_t i = 0; i < RK_MASK_STEP; i += 8)
        for (uint64_t bits = mask_bits(mask + i); bits; bits &= bits - 1)
            out[k++] = base + i + (__builtin_ctzll(bits) >> 3);
    return k;
}

RB_HOT static int64_t positions_plain(const uint8_t *restrict mask, int64_t n, int64_t base, int64_t *restrict out) {
    int64_t some[RK_MASK_STEP], k = 0;
    for (int64_t i = 0; i < n; i += RK_MASK_STEP) {
        int64_t len = n - i < RK_MASK_STEP ? n - i : RK_MASK_STEP, chosen = 0;
        if (!mask_any(mask + i, len)) continue;
        if (len == RK_MASK_STEP && count_plain(mask + i, len) <= RK_MASK_FEW) {
            k += few_positions(mask + i, base + i, out + k);
            continue;
        }
        for (int64_t j = 0; j < len; j++) {
            some[chosen] = base + i + j;
            chosen += mask[i + j] != 0;
        }
        memcpy(out + k, some, (size_t)chosen * sizeof *some);
        k += chosen;
    }
    return k;
}

int64_t rk_mask_positions(const uint8_t *mask, int64_t n, int64_t base, int64_t *out) {
    const int64_t k = rk_positions_wide(mask, n, base, out);
    return k >= 0 ? k : positions_plain(mask, n, base, out);
}

void rk_mask_blank(int width, const void *src, const uint8_t *mask, const void *null, int64_t n, void *out) {
    switch (width) {
    case 1: blank_1(src, mask, *(const uint8_t *)null, n, out); return;
    case 2: blank_2(src, mask, *(const uint16_t *)null, n, out); return;
    case 4: blank_4(src, mask, *(const uint32_t *)null, n, out); return;
    case 8: blank_8(src, mask, *(const uint64_t *)null, n, out); return;
    default: {
        wide w;
        memcpy(&w, null, sizeof w);
        blank_16(src, mask, w, n, out);
    }
    }
}

int64_t rk_mask_compact(int width, const void *src, const uint8_t *mask, int64_t n, void *out) {
    const int64_t done = rk_select_wide(width, src, mask, n, out);
    if (done >= 0) return done;
    switch (width) {
    case 1: return compact_1(src, mask, n, out);
    case 2: return compact_2(src, mask, n, out);
    case 4: return compact_4(src, mask, n, out);
    case 8: return compact_8(src, mask, n, out);
    default: return compact_16(src, mask, n, out);
    }
}

int64_t rk_mask_select(int width, const void *src, const uint8_t *mask, int64_t n, void *out) {
    const int64_t done = rk_select_wide(width, src, mask, n, out);
    if (done >= 0) return done;
    switch (width) {
    case 1: return select_1(src, mask, n, out);
    case 2: return select_2(src, mask, n, out);
    case 4: return select_4(src, mask, n, out);
    case 8: return select_8(src, mask, n, out);
    default: return select_16(src, mask, n, out);
    }
}

RB_HOT int64_t rk_clip_positions(const int64_t *restrict at, int64_t n, int64_t count, int64_t *restrict out) {
    int64_t missing = 0;
    for (int64_t i = 0; i < n; i++) {
        bool inside = (uint64_t)at[i] < (uint64_t)count;
        out[i] = inside ? at[i] : -1;
        missing += !inside;
    }
    return missing;
}

RB_HOT bool rk_any_missing(const int64_t *at, int64_t n) {
    int64_t all = 0;
    for (int64_t i = 0; i < n; i++) all |= at[i];
    return all < 0;
}

RB_HOT void rk_negate(uint8_t *mask, int64_t n) {
    for (int64_t i = 0; i < n; i++) mask[i] = !mask[i];
}

void rk_blend(int width, const uint8_t *mask, const void *a, const void *b, int64_t n, void *out) {
    switch (width) {
    case 1: blend_1(mask, a, b, n, out); return;
    case 2: blend_2(mask, a, b, n, out); return;
    case 4: blend_4(mask, a, b, n, out); return;
    case 8: blend_8(mask, a, b, n, out); return;
    default: blend_16(mask, a, b, n, out);
    }
}

/* ---- numbers of names -------------------------------------------------------------------------------------------- */

#define NAMED(T)                                                                                                       \
    RB_HOT static void named_##T(const T *restrict numbers, int64_t n, const int32_t *restrict names,                  \
                                 int32_t *restrict out) {                                                              \
        for (int64_t i = 0; i < n; i++) out[i] = names[numbers[i]];                                                    \
    }                                                                                                                  \
    RB_HOT static void named_at_##T(const T *restrict numbers, const int64_t *restrict at, int64_t n,                  \
                                    const int32_t *restrict names, int32_t *restrict out) {                            \
        for (int64_t i = 0; i < n; i++) out[i] = at[i] < 0 ? RY_NULL_SYM : names[numbers[at[i]]];                      \
    }
NAMED(uint8_t)
NAMED(uint16_t)
NAMED(uint32_t)

void rk_named(int width, const void *numbers, int64_t n, const int32_t *names, int32_t *out) {
    if (width == 1) named_uint8_t(numbers, n, names, out);
    else if (width == 2) named_uint16_t(numbers, n, names, out);
    else named_uint32_t(numbers, n, names, out);
}

void rk_named_at(int width, const void *numbers, const int64_t *at, int64_t n, const int32_t *names, int32_t *out) {
    if (width == 1) named_at_uint8_t(numbers, at, n, names, out);
    else if (width == 2) named_at_uint16_t(numbers, at, n, names, out);
    else named_at_uint32_t(numbers, at, n, names, out);
}
