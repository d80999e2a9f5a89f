/* Keys order and compare as the elements do, and lead back to them. */
#include "kernel/collect_kernels.h"
#include "ut.h"

#define BACK_AND_FORTH(code, T, ...)                                                                                   \
    do {                                                                                                               \
        T x[] = {__VA_ARGS__}, y[RB_COUNT(x)];                                                                         \
        int64_t n = RB_COUNT(x);                                                                                       \
        uint64_t keys[RB_COUNT(x)], lo, hi;                                                                            \
        rk_keys k = {.type = code, .data = x};                                                                         \
        rk_keys_into(&k, 0, n, keys);                                                                                  \
        for (int64_t i = 1; i < n; i++) UT_CHECK(keys[i - 1] < keys[i]);                                               \
        rk_keys_back(code, 0, keys, n, y);                                                                             \
        UT_EQ_MEM(x, y, sizeof x);                                                                                     \
        rk_keys_span(&k, 0, n, &lo, &hi);                                                                              \
        k.base = lo - 1;                                                                                               \
        rk_keys_into(&k, 0, n, keys);                                                                                  \
        UT_CHECK(keys[n - 1] == hi - k.base);                                                                          \
        rk_keys_back(code, k.base, keys, n, y);                                                                        \
        UT_EQ_MEM(x, y, sizeof x);                                                                                     \
    } while (0)

UT_CASE(back_and_forth) {
    BACK_AND_FORTH(RY_U8, uint8_t, 0, 1, 255);
    BACK_AND_FORTH(RY_I16, int16_t, INT16_MIN, -1, 0, INT16_MAX);
    BACK_AND_FORTH(RY_DATE, int32_t, INT32_MIN, -1, 0, INT32_MAX);
    BACK_AND_FORTH(RY_I64, int64_t, INT64_MIN, -1, 0, INT64_MAX);
    BACK_AND_FORTH(RY_F32, float, -1e30f, -1.0f, 0.0f, 1e-30f, 3.0f);
    BACK_AND_FORTH(RY_F64, double, -1e300, -1.0, -1e-300, 0.0, 5.0);
    double null = ry_null_f64();
    BACK_AND_FORTH(RY_F64, double, null, -1.0, 2.0);
}

UT_CASE(across_types) {
    int16_t a[3] = {RY_NULL_I16, 3, -4};
    int64_t b[3] = {RY_NULL_I64, 3, -4};
    double f[3] = {ry_null_f64(), 3.0, -4.0};
    uint64_t ka[3], kb[3], kf[3];
    rk_keys k = {.type = RY_I16, .nulls = true, .data = a};
    rk_keys_into(&k, 0, 3, ka);
    k = (rk_keys){.type = RY_I64, .nulls = true, .data = b};
    rk_keys_into(&k, 0, 3, kb);
    UT_EQ_MEM(ka, kb, sizeof ka);
    k.as_float = true;
    rk_keys_into(&k, 0, 3, kb);
    k = (rk_keys){.type = RY_F64, .data = f};
    rk_keys_into(&k, 0, 3, kf);
    UT_EQ_MEM(kb, kf, sizeof kb);
    double zeros[2] = {0.0, -0.0};
    k.data = zeros;
    rk_keys_into(&k, 0, 2, kf);
    UT_CHECK(kf[0] == kf[1]);
}

UT_CASE(nothing_but_null) {
    int64_t x[2] = {RY_NULL_I64, RY_NULL_I64};
    rk_keys k = {.type = RY_I64, .data = x};
    uint64_t lo, hi;
    rk_keys_span(&k, 0, 2, &lo, &hi);
    UT_CHECK(lo > hi);
}

/* Keys that keep a distance, at every size a step may have; one that does not keep it is found. */
UT_CASE(steps) {
    enum { N = 1500 };
    static const int64_t steps[] = {2, 3, 60, 1000, 60000000000, ((int64_t)1 << 42) - 1};
    static int64_t x[N];
    static uint64_t keys[N];
    for (size_t s = 0; s < RB_COUNT(steps); s++) {
        for (int64_t i = 0; i < N; i++) x[i] = i % 5 == 4 ? RY_NULL_I64 : i * 7919 % 2000 * steps[s] - 1234567;
        rk_keys k = {.type = RY_I64, .data = x};
        uint64_t lo, hi;
        rk_keys_span(&k, 0, N, &lo, &hi);
        k.base = lo - 1;
        const uint64_t step = rk_keys_step(&k, N, 1);
        UT_CHECK(step == (uint64_t)steps[s] && rk_keys_keep_step(&k, 3, N - 3, step));
        k.step = step;
        rk_keys_into(&k, 0, N, keys);
        for (int64_t i = 0; i < N; i++)
            UT_CHECK(keys[i] == (x[i] == RY_NULL_I64 ? 0 : (uint64_t)(x[i] - x[0]) / step + keys[0]));
        k.step = 0;
        x[N - 3]++;
        UT_CHECK(!rk_keys_keep_step(&k, 0, N, step) && rk_keys_step(&k, N, 1) == 1);
    }
}

/* The farthest that a key may be away. */
UT_CASE(steps_far_apart) {
    const uint64_t far = RK_STEP_TOP - 2;
    int64_t x[3] = {0, (int64_t)far, (int64_t)far / 2};
    rk_keys k = {.type = RY_I64, .data = x, .base = ((uint64_t)1 << 63) - 1};
    UT_CHECK(rk_keys_keep_step(&k, 0, 3, far / 2) && !rk_keys_keep_step(&k, 0, 3, far / 2 - 1));
    k.step = far / 2;
    uint64_t keys[3];
    rk_keys_into(&k, 0, 3, keys);
    UT_CHECK(keys[0] == 1 && keys[1] == 3 && keys[2] == 2);
}

UT_MAIN(back_and_forth, across_types, nothing_but_null, steps, steps_far_apart)
