/* Moving windows against loops over each window. */
#include "kernel/collect_kernels.h"
#include "ut.h"

#include <math.h>

enum { N = 257 };

/* One window [from, i] the slow way. */
static double slow(enum rk_moving what, const double *x, int64_t from, int64_t i) {
    double n = 0, sum = 0, square = 0, lo = INFINITY, hi = -INFINITY;
    for (int64_t k = from; k <= i; k++) {
        if (x[k] != x[k]) continue;
        n++;
        sum += x[k];
        square += x[k] * x[k];
        lo = x[k] < lo ? x[k] : lo;
        hi = x[k] > hi ? x[k] : hi;
    }
    double var = square / n - sum / n * (sum / n);
    switch (what) {
    case RK_MSUM: return sum;
    case RK_MAVG: return n > 0 ? sum / n : NAN;
    case RK_MMIN: return n > 0 ? lo : NAN;
    case RK_MMAX: return n > 0 ? hi : NAN;
    case RK_MCOUNT: return n;
    case RK_MVAR: return n > 0 ? (var < 0 ? 0 : var) : NAN;
    default: return n > 0 ? sqrt(var < 0 ? 0 : var) : NAN;
    }
}

static bool close_to(double a, double b) {
    if (a != a || b != b) return a != a && b != b;
    return fabs(a - b) <= 1e-9 * (1 + fabs(a));
}

UT_CASE(windows) {
    static double x[N], out[N];
    static int64_t xi[N], outi[N];
    for (int64_t i = 0; i < N; i++) {
        x[i] = i % 7 == 3 || (i > 100 && i < 120) ? ry_null_f64() : (double)(i * 37 % 101) - 50;
        xi[i] = x[i] != x[i] ? RY_NULL_I64 : (int64_t)x[i];
    }
    static const int64_t widths[] = {1, 2, 3, 10, 64, 256, 257};
    uint8_t *scratch = malloc(RK_MOVING_SCRATCH(N));
    for (size_t k = 0; k < RB_COUNT(widths); k++) {
        int64_t w = widths[k], half = N / 2 / w * w;
        for (int what = RK_MSUM; what <= RK_MDEV; what++) {
            rk_moving((enum rk_moving)what, RY_F64, false, x, 0, half, w, scratch, out);
            rk_moving((enum rk_moving)what, RY_F64, false, x, half, N - half, w, scratch, out + half);
            rk_moving((enum rk_moving)what, RY_I64, true, xi, 0, half, w, scratch, outi);
            rk_moving((enum rk_moving)what, RY_I64, true, xi, half, N - half, w, scratch, outi + half);
            for (int64_t i = 0; i < N; i++) {
                double want = slow((enum rk_moving)what, x, i < w ? 0 : i - w + 1, i);
                double got = what == RK_MCOUNT ? (double)((int64_t *)(void *)out)[i] : out[i];
                if (!close_to(got, want)) UT_FAIL("verb %d, w %d, row %d: %g, not %g", what, (int)w, (int)i, got, want);
                bool real = what == RK_MAVG || what == RK_MVAR || what == RK_MDEV;
                got = real ? ((double *)(void *)outi)[i] : outi[i] == RY_NULL_I64 ? NAN : (double)outi[i];
                if (!close_to(got, want)) UT_FAIL("int verb %d, w %d, row %d: %g, not %g", what, (int)w, (int)i, got, want);
            }
        }
    }
    free(scratch);
}

UT_CASE(large_values_do_not_stay) {
    double x[4] = {1e300, 1.0, 1.0, 1.0}, out[4];
    uint8_t scratch[RK_MOVING_SCRATCH(2)];
    rk_moving(RK_MSUM, RY_F64, false, x, 0, 4, 2, scratch, out);
    UT_CHECK(out[2] == 2.0 && out[3] == 2.0);
}

UT_CASE(narrow_types_keep_their_type) {
    int16_t x[4] = {5, RY_NULL_I16, 3, 9}, out[4];
    uint8_t scratch[RK_MOVING_SCRATCH(2)];
    rk_moving(RK_MMAX, RY_I16, true, x, 0, 4, 2, scratch, out);
    UT_CHECK(out[0] == 5 && out[1] == 5 && out[2] == 3 && out[3] == 9);
}

UT_MAIN(windows, large_values_do_not_stay, narrow_types_keep_their_type)
