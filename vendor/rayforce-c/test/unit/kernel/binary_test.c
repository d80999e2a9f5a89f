/* Each kernel of two operands against the plainest loop that says the same. */
#include "kernel/kernel.h"

#include "ut.h"

#include <math.h>

#define N 5000

/* Small numbers, large ones, nulls and edges, in no order. */
static int64_t pick(uint64_t *seed, int bits) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    uint64_t r = *seed >> 8;
    switch (r % 8) {
    case 0: return 0;
    case 1: return (int64_t)(r >> 4) % 3 - 1;
    case 2: return RY_NULL_I64;
    case 3: return INT64_MAX - (int64_t)(r >> 60);
    default: return (int64_t)(*seed << 1) >> (64 - bits);
    }
}

static int64_t floor_div(int64_t a, int64_t b) {
    __int128 q = (__int128)a / b, r = (__int128)a % b;
    return (int64_t)(q - (r != 0 && (r < 0) != (b < 0)));
}

UT_CASE(integers_wrap_and_pass_nulls_on) {
    static int64_t a[N], b[N], out[N];
    uint64_t seed = 1;
    for (int i = 0; i < N; i++) a[i] = pick(&seed, 64), b[i] = pick(&seed, 64);
    for (int nulls = 0; nulls < 2; nulls++)
        for (int verb = RK_ADD; verb <= RK_MUL; verb++) {
            bool any = rk_binary[verb][RY_I64][nulls](a, b, out, N);
            UT_CHECK(any == (nulls == 1));
            for (int i = 0; i < N; i++) {
                uint64_t x = (uint64_t)a[i], y = (uint64_t)b[i], r = verb == RK_ADD ? x + y : verb == RK_SUB ? x - y : x * y;
                if (nulls && (a[i] == RY_NULL_I64 || b[i] == RY_NULL_I64)) r = (uint64_t)RY_NULL_I64;
                UT_EQ_INT(out[i], (int64_t)r);
            }
        }
}

/* Divisions choose between two ways, block by block: widths on both sides of the border. */
UT_CASE(divisions_round_down_at_any_size) {
    static int64_t a[N], b[N], out[N];
    static const int bits[][2] = {{10, 5}, {45, 20}, {64, 12}, {64, 13}, {64, 30}, {64, 63}, {64, 64}, {50, 3}, {51, 3}, {50, 64}};
    uint64_t seed = 2;
    for (size_t k = 0; k < RB_COUNT(bits); k++) {
        for (int i = 0; i < N; i++) a[i] = pick(&seed, bits[k][0]), b[i] = pick(&seed, bits[k][1]);
        for (int i = 0; i < N && k % 2; i++) { /* all of one width, for the fast way */
            a[i] = (int64_t)((uint64_t)a[i] << (64 - bits[k][0])) >> (64 - bits[k][0]);
            b[i] = (b[i] & (((int64_t)1 << 40) - 1)) + 10000;
            if (i % 2) b[i] = -b[i];
        }
        for (int nulls = 0; nulls < 2; nulls++)
            for (int verb = RK_MOD; verb <= RK_XBAR; verb++) {
                if (verb == RK_POW) continue;
                rk_binary[verb][RY_I64][nulls](a, b, out, N);
                for (int i = 0; i < N; i++) {
                    int64_t want = RY_NULL_I64;
                    bool null = b[i] == 0 || (nulls && (a[i] == RY_NULL_I64 || b[i] == RY_NULL_I64));
                    if (!null) {
                        int64_t q = floor_div(a[i], b[i]);
                        uint64_t down = (uint64_t)q * (uint64_t)b[i];
                        want = verb == RK_IDIV ? q : verb == RK_XBAR ? (int64_t)down : (int64_t)((uint64_t)a[i] - down);
                    }
                    if (out[i] != want)
                        UT_FAIL("verb %d: %lld by %lld is %lld, expected %lld", verb, (long long)a[i], (long long)b[i],
                                (long long)out[i], (long long)want);
                }
            }
    }
}

UT_CASE(narrow_integers_wrap) {
    int16_t a[] = {32767, -32767, 300, RY_NULL_I16}, b[] = {1, 1, 300, 5}, out[4];
    UT_CHECK(!rk_binary[RK_ADD][RY_I16][0](a, b, out, 3));
    UT_EQ_INT(out[0], INT16_MIN);
    UT_CHECK(!rk_binary[RK_MUL][RY_I16][0](a, b, out, 3));
    UT_EQ_INT(out[2], (int16_t)(90000 - 65536));
    UT_CHECK(!rk_binary[RK_SUB][RY_I16][1](a, b, out, 3)); /* lands on the sentinel without being null */
    UT_EQ_INT(out[1], INT16_MIN);
    UT_CHECK(rk_binary[RK_SUB][RY_I16][1](a, b, out, 4));
    UT_EQ_INT(out[3], INT16_MIN);
    uint8_t u[] = {200, 5}, v[] = {100, 7}, w[2];
    UT_CHECK(!rk_binary[RK_ADD][RY_U8][1](u, v, w, 2));
    UT_EQ_INT(w[0], 44);
    UT_CHECK(!rk_binary[RK_SUB][RY_U8][1](u, v, w, 2));
    UT_EQ_INT(w[1], 254);
}

UT_CASE(doubles_that_are_not_finite_become_null) {
    const double null = ry_null_f64();
    double a[] = {1e308, 1, 0, null, 7.5, -7.5, -0.1}, b[] = {1e308, 0, 0, 1, 2, 2, 1e20}, out[7];
    UT_CHECK(rk_binary[RK_ADD][RY_F64][0](a, b, out, 1));
    UT_CHECK(ry_null_is_f64(out[0]));
    UT_CHECK(rk_binary[RK_DIV][RY_F64][0](a, b, out, 7));
    for (int i = 1; i < 4; i++) UT_CHECK(memcmp(&out[i], &null, 8) == 0); /* the one pattern, no other NaN */
    UT_CHECK(!rk_binary[RK_MOD][RY_F64][0](a + 4, b + 4, out, 2));
    UT_CHECK(out[0] == 1.5 && out[1] == 0.5);
    UT_CHECK(!rk_binary[RK_XBAR][RY_F64][0](a + 4, b + 4, out, 2));
    UT_CHECK(out[0] == 6 && out[1] == -8);
    double huge = 1e300, one = 1;
    UT_CHECK(rk_binary[RK_IDIV][RY_F64][0](&huge, &one, out, 1)); /* no integer holds it */
    UT_CHECK(rk_binary[RK_POW][RY_F64][0](&one, &null, out, 1));
}

/* The quick way of blocks whose quotients are small, and the other: each as fmod has it, to the last bit. */
UT_CASE(modulus_of_doubles) {
    static double a[N], b[N], out[N];
    uint64_t seed = 3;
    for (int kind = 0; kind < 6; kind++) {
        for (int i = 0; i < N; i++) {
            const double x = (double)(pick(&seed, 30) % 100000), y = (double)(pick(&seed, 10) % 1000);
            a[i] = kind == 0 ? x : kind == 1 ? x / 7 : kind == 2 ? x * 0.1 * y : kind == 3 ? ldexp(x, -1074) : x * y;
            b[i] = kind == 0 ? y : kind == 1 ? y / 3 : kind == 2 ? y * 0.1 : kind == 3 ? ldexp(y, -1074) : y * 0x1p-40;
            if (kind == 5) b[i] = nextafter(x / 3, y);
            if (b[i] == 0 && kind % 2) b[i] = 0x1p-20;
        }
        rk_binary[RK_MOD][RY_F64][0](a, b, out, N);
        for (int i = 0; i < N; i++) {
            double want = fmod(a[i], b[i]);
            if (want != 0 && (want < 0) != (b[i] < 0)) want += b[i];
            if (want != want ? out[i] == out[i] : memcmp(&out[i], &want, 8) != 0)
                UT_FAIL("%a modulo %a is %a, expected %a", a[i], b[i], out[i], want);
        }
    }
    double infinite[] = {INFINITY, -INFINITY, 2, 2}, by[] = {2, 2, INFINITY, -INFINITY};
    UT_CHECK(rk_binary[RK_MOD][RY_F64][0](infinite, by, out, 4));
    UT_CHECK(out[0] != out[0] && out[1] != out[1] && out[2] == 2 && out[3] != out[3]);
}

UT_CASE(null_is_smallest_and_equal_to_itself) {
    const double null = ry_null_f64();
    double a[] = {null, null, 1, 1, 2}, b[] = {null, 1, null, 2, 1};
    static const struct {
        int verb;
        uint8_t want[5];
    } rows[] = {{RK_EQ, {1, 0, 0, 0, 0}}, {RK_NE, {0, 1, 1, 1, 1}}, {RK_LT, {0, 1, 0, 1, 0}},
                {RK_LE, {1, 1, 0, 1, 0}}, {RK_GT, {0, 0, 1, 0, 1}}, {RK_GE, {1, 0, 1, 0, 1}}};
    int64_t ia[5], ib[5];
    float fa[5], fb[5];
    for (int i = 0; i < 5; i++) {
        ia[i] = a[i] != a[i] ? RY_NULL_I64 : (int64_t)a[i], ib[i] = b[i] != b[i] ? RY_NULL_I64 : (int64_t)b[i];
        fa[i] = a[i] != a[i] ? ry_null_f32() : (float)a[i], fb[i] = b[i] != b[i] ? ry_null_f32() : (float)b[i];
    }
    for (size_t r = 0; r < RB_COUNT(rows); r++) {
        uint8_t out[5];
        rk_binary[rows[r].verb][RY_F64][0](a, b, out, 5);
        UT_EQ_MEM(out, rows[r].want, 5);
        rk_binary[rows[r].verb][RY_I64][0](ia, ib, out, 5);
        UT_EQ_MEM(out, rows[r].want, 5);
        rk_binary[rows[r].verb][RY_F32][0](fa, fb, out, 5);
        UT_EQ_MEM(out, rows[r].want, 5);
    }
    double low[5], high[5], filled[5];
    UT_CHECK(rk_binary[RK_MIN][RY_F64][0](a, b, low, 5) && rk_binary[RK_MAX][RY_F64][0](a, b, high, 5));
    UT_CHECK(low[1] != low[1] && low[2] != low[2] && low[3] == 1 && high[0] != high[0] && high[1] == 1 && high[4] == 2);
    UT_CHECK(rk_binary[RK_FILL][RY_F64][0](a, b, filled, 5));
    UT_CHECK(filled[0] != filled[0] && filled[1] == 1 && filled[2] == 1);
}

UT_CASE(guids_compare_by_bytes) {
    ry_guid a = {{1}}, b = {{2}};
    uint8_t out;
    rk_binary[RK_LT][RY_GUID][0](&a, &b, &out, 1);
    UT_EQ_INT(out, 1);
    rk_binary[RK_EQ][RY_GUID][0](&a, &a, &out, 1);
    UT_EQ_INT(out, 1);
}

UT_MAIN(integers_wrap_and_pass_nulls_on, divisions_round_down_at_any_size, narrow_integers_wrap,
        doubles_that_are_not_finite_become_null, modulus_of_doubles, null_is_smallest_and_equal_to_itself, guids_compare_by_bytes)
