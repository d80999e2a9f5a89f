/* Counting, finding and moving together what a mask chooses, a register at a time, where the processor can. */
#include "collect_kernels.h"

#include "../base/cpu.h"

#if RB_HAS_WIDE
#include <immintrin.h>

#define STEP 64 /* elements whose masks are one register */

static inline __attribute__((always_inline)) RB_WIDE uint64_t chosen_of(const uint8_t *mask, int64_t n) {
    const __m512i m = n >= STEP ? _mm512_loadu_si512(mask) : _mm512_maskz_loadu_epi8(_bzhi_u64(UINT64_MAX, (unsigned)n), mask);
    return _mm512_test_epi8_mask(m, m);
}

RB_WIDE static int64_t select_8(const uint64_t *src, const uint8_t *mask, int64_t n, uint64_t *out) {
    const uint64_t *start = out;
    for (int64_t i = 0; i < n; i += STEP) {
        uint64_t chosen = chosen_of(mask + i, n - i);
        for (int64_t at = i; chosen; at += 8, chosen >>= 8) {
            const __mmask8 m = (__mmask8)chosen;
            const unsigned k = (unsigned)__builtin_popcount(m);
            const __m512i x = _mm512_maskz_compress_epi64(m, _mm512_maskz_loadu_epi64(m, src + at));
            _mm512_mask_storeu_epi64(out, (__mmask8)_bzhi_u32(0xff, k), x);
            out += k;
        }
    }
    return out - start;
}

RB_WIDE static int64_t select_4(const uint32_t *src, const uint8_t *mask, int64_t n, uint32_t *out) {
    const uint32_t *start = out;
    for (int64_t i = 0; i < n; i += STEP) {
        uint64_t chosen = chosen_of(mask + i, n - i);
        for (int64_t at = i; chosen; at += 16, chosen >>= 16) {
            const __mmask16 m = (__mmask16)chosen;
            const unsigned k = (unsigned)__builtin_popcount(m);
            const __m512i x = _mm512_maskz_compress_epi32(m, _mm512_maskz_loadu_epi32(m, src + at));
            _mm512_mask_storeu_epi32(out, (__mmask16)_bzhi_u32(0xffff, k), x);
            out += k;
        }
    }
    return out - start;
}

RB_WIDE static int64_t count(const uint8_t *mask, int64_t n) {
    int64_t k = 0;
    for (int64_t i = 0; i < n; i += STEP) k += __builtin_popcountll(chosen_of(mask + i, n - i));
    return k;
}

/* So few of a step are sought one by one. */
#define FEW 6

RB_WIDE static int64_t positions(const uint8_t *mask, int64_t n, int64_t base, int64_t *out) {
    const int64_t *start = out;
    const __m512i eight = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
    for (int64_t i = 0; i < n; i += STEP) {
        uint64_t chosen = chosen_of(mask + i, n - i);
        if (__builtin_popcountll(chosen) <= FEW) {
            for (; chosen; chosen &= chosen - 1) *out++ = base + i + __builtin_ctzll(chosen);
            continue;
        }
        for (int64_t at = base + i; chosen; at += 8, chosen >>= 8) {
            const __mmask8 m = (__mmask8)chosen;
            const unsigned k = (unsigned)__builtin_popcount(m);
            const __m512i x = _mm512_maskz_compress_epi64(m, _mm512_add_epi64(_mm512_set1_epi64(at), eight));
            _mm512_mask_storeu_epi64(out, (__mmask8)_bzhi_u32(0xff, k), x);
            out += k;
        }
    }
    return out - start;
}

int64_t rk_count_wide(const uint8_t *mask, int64_t n) { return rb_cpu_wide() ? count(mask, n) : -1; }

int64_t rk_positions_wide(const uint8_t *mask, int64_t n, int64_t base, int64_t *out) {
    return rb_cpu_wide() ? positions(mask, n, base, out) : -1;
}

int64_t rk_select_wide(int width, const void *src, const uint8_t *mask, int64_t n, void *out) {
    if ((width != 4 && width != 8) || !rb_cpu_wide()) return -1;
    return width == 8 ? select_8(src, mask, n, out) : select_4(src, mask, n, out);
}
#else
int64_t rk_count_wide(const uint8_t *mask, int64_t n) { return (void)mask, (void)n, -1; }
int64_t rk_positions_wide(const uint8_t *mask, int64_t n, int64_t base, int64_t *out) {
    return (void)mask, (void)n, (void)base, (void)out, -1;
}
int64_t rk_select_wide(int width, const void *src, const uint8_t *mask, int64_t n, void *out) {
    return (void)width, (void)src, (void)mask, (void)n, (void)out, -1;
}
#endif
