#include "kernel/kernel.h"

#include "ut.h"

#define N 4099

static int64_t value(int i) { return i % 11 == 0 ? RY_NULL_I64 : (int64_t)i * 7919 % 1000 - 400; }

/* Each storage type, with nulls and without, against a loop in the widest type. */
UT_CASE(each_type_against_a_plain_loop) {
    static const int types[] = {RY_U8, RY_I16, RY_I32, RY_I64, RY_F32, RY_F64};
    static int64_t raw[N];
    static unsigned char data[N * 8];
    for (size_t t = 0; t < RB_COUNT(types); t++)
        for (int nulls = 0; nulls < 2; nulls++) {
            const int type = types[t];
            const bool real = type == RY_F32 || type == RY_F64, bytes = type == RY_U8;
            int64_t sum = 0, low = INT64_MAX, high = INT64_MIN, n = 0;
            for (int i = 0; i < N; i++) {
                raw[i] = nulls && !bytes ? value(i) : value(i) & 127;
                if (raw[i] == RY_NULL_I64) continue;
                sum += raw[i], n++;
                low = raw[i] < low ? raw[i] : low, high = raw[i] > high ? raw[i] : high;
            }
            rk_from_i64[type](raw, N, data, true);
            const int64_t want[] = {sum, low, high};
            const int verbs[] = {RK_R_SUM, RK_R_MIN, RK_R_MAX};
            for (int v = 0; v < 3; v++) {
                rk_acc acc;
                rk_reduce[verbs[v]][type](data, N, nulls, &acc);
                UT_EQ_INT(acc.n, n);
                UT_EQ_INT(real ? (int64_t)acc.u.f : acc.u.i, want[v]);
            }
        }
}

UT_CASE(pieces_make_the_whole) {
    static double x[N];
    for (int i = 0; i < N; i++) x[i] = i % 7 == 0 ? ry_null_f64() : (double)(i * 7919 % 1000 - 400) / 3;
    for (int verb = 0; verb < RK_REDUCE_VERBS; verb++)
        for (int piece = RK_LANES; piece < 2 * N; piece *= 4) {
            rk_acc want, acc;
            rk_lanes lanes;
            rk_reduce[verb][RY_F64](x, N, true, &want);
            rk_pieces_start(verb, &lanes);
            for (int i = 0; i < N; i += piece) rk_pieces_add(verb, x + i, N - i < piece ? N - i : piece, &lanes);
            rk_pieces_end(verb, &lanes, &acc);
            UT_EQ_INT(acc.n, want.n);
            UT_CHECK(memcmp(&acc.u.f, &want.u.f, sizeof acc.u.f) == 0);
        }
}

UT_CASE(nothing_gives_the_start) {
    rk_acc acc, none;
    rk_reduce[RK_R_SUM][RY_F64](NULL, 0, false, &acc);
    UT_CHECK(acc.n == 0 && acc.u.f == 0);
    rk_reduce[RK_R_PROD][RY_I64](NULL, 0, true, &acc);
    UT_CHECK(acc.n == 0 && acc.u.i == 1);
    rk_reduce_start(RK_R_MIN, false, &none);
    int64_t x[] = {4, 3};
    rk_reduce[RK_R_MIN][RY_I64](x, 2, false, &acc);
    rk_reduce_merge(RK_R_MIN, false, &none, &acc);
    UT_CHECK(none.n == 2 && none.u.i == 3);
}

UT_CASE(integers_wrap) {
    int64_t x[] = {INT64_MAX, INT64_MAX};
    rk_acc acc;
    rk_reduce[RK_R_SUM][RY_I64](x, 2, false, &acc);
    UT_EQ_INT(acc.u.i, -2);
    int64_t n;
    UT_CHECK(rk_total_i64(x, 2, false, &n) == 2.0 * 9223372036854775807.0 && n == 2);
    int64_t y[] = {-5, RY_NULL_I64, 3};
    UT_CHECK(rk_total_i64(y, 3, true, &n) == -2 && n == 2);
}

UT_CASE(truth) {
    int64_t x[] = {1, RY_NULL_I64, 2, 0};
    double f[] = {0, (double)ry_null_f64(), 0};
    rk_acc acc;
    rk_reduce[RK_R_ALL][RY_I64](x, 3, true, &acc);
    UT_EQ_INT(acc.u.i, 1);
    rk_reduce[RK_R_ALL][RY_I64](x, 4, true, &acc);
    UT_EQ_INT(acc.u.i, 0);
    rk_reduce[RK_R_ANY][RY_F64](f, 3, false, &acc);
    UT_CHECK(acc.u.f == 0 && acc.n == 2);
}

UT_MAIN(each_type_against_a_plain_loop, pieces_make_the_whole, nothing_gives_the_start, integers_wrap, truth)
