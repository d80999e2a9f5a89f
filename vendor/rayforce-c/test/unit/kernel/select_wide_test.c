/* Chosen elements, of every length and density, in registers and one by one: the same, and nothing else is written. */
#include "base/cpu.h"
#include "kernel/collect_kernels.h"
#include "ut.h"

enum { MOST = 300 };

static void check_places(const uint8_t *mask, int64_t n, int64_t chosen) {
    const bool wide = rb_cpu_wide();
    const size_t size = (size_t)chosen * sizeof(int64_t);
    int64_t *out = malloc(size + 1), *again = malloc(size + 1);
    UT_EQ_INT(rk_mask_count(mask, n), chosen);
    UT_EQ_INT(rk_mask_positions(mask, n, 100, out), chosen);
    for (int64_t i = 0, k = 0; i < n; i++)
        if (mask[i]) UT_EQ_INT(out[k++], 100 + i);
    UT_EQ_INT(rk_count_wide(mask, n), wide ? chosen : -1);
    UT_EQ_INT(rk_positions_wide(mask, n, 100, again), wide ? chosen : -1);
    if (wide) UT_EQ_MEM(again, out, size);
    free(out);
    free(again);
}

static void check(int width, int64_t n, unsigned each, uint64_t *seed) {
    uint8_t src[MOST * 8], mask[MOST], wanted[MOST * 8], *out;
    int64_t k = 0;
    for (int64_t i = 0; i < n * width; i++) src[i] = (uint8_t)(*seed = *seed * 6364136223846793005u + 1, *seed >> 56);
    for (int64_t i = 0; i < n; i++) {
        mask[i] = (uint8_t)(each && (src[i * width] % each) == 0 ? 1 + src[i * width] % 200 : 0);
        if (mask[i]) memcpy(wanted + k++ * width, src + i * width, (size_t)width);
    }
    out = malloc((size_t)(k * width) + 1);
    UT_EQ_INT(rk_mask_select(width, src, mask, n, out), k);
    UT_EQ_MEM(out, wanted, (size_t)(k * width));
    const bool wide = rb_cpu_wide() && (width == 4 || width == 8);
    UT_EQ_INT(rk_select_wide(width, src, mask, n, out), wide ? k : -1);
    UT_EQ_MEM(out, wanted, (size_t)(k * width));
    free(out);
    check_places(mask, n, k);
}

static void all(void) {
    static const int widths[] = {1, 2, 4, 8};
    uint64_t seed = 1;
    for (size_t w = 0; w < RB_COUNT(widths); w++)
        for (unsigned each = 0; each < 12; each++)
            for (int64_t n = 0; n <= MOST; n += n < 140 ? 1 : 37) check(widths[w], n, each, &seed);
}

UT_CASE(as_found) { all(); }
UT_CASE(plain) {
    rb_cpu_plain(true);
    all();
    rb_cpu_plain(false);
}

UT_MAIN(as_found, plain)
