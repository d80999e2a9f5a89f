#include "store_ut.h"

#include "store/csv.h"

#include <math.h>

#define READS(fn, T, text, result, value)                                                                              \
    do {                                                                                                               \
        T x;                                                                                                           \
        UT_EQ_INT(fn(text, strlen(text), &x), result);                                                                 \
        if (result > 0 && !(x == (T)(value))) UT_FAIL("%s: \"%s\" is another value", #fn, text);                       \
    } while (0)

UT_CASE(booleans) {
    READS(rs_csv_b8, uint8_t, "true", 1, 1);
    READS(rs_csv_b8, uint8_t, "FALSE", 1, 0);
    static const char *const not_of_it[] = {"True", "t", "1", "", "tRUE", "truth", "falseX"};
    for (size_t i = 0; i < RB_COUNT(not_of_it); i++) READS(rs_csv_b8, uint8_t, not_of_it[i], -1, 0);
}

UT_CASE(integers) {
    READS(rs_csv_i64, int64_t, "0", 1, 0);
    READS(rs_csv_i64, int64_t, "-0042", 1, -42);
    READS(rs_csv_i64, int64_t, "+7", 1, 7);
    READS(rs_csv_i64, int64_t, "999999999999999999", 1, 999999999999999999);
    READS(rs_csv_i64, int64_t, "0000000000000000000000000001", 1, 1);
    READS(rs_csv_i64, int64_t, "9223372036854775807", 1, INT64_MAX);
    READS(rs_csv_i64, int64_t, "-9223372036854775807", 1, -INT64_MAX);
    READS(rs_csv_i64, int64_t, "9223372036854775808", 0, 0);
    READS(rs_csv_i64, int64_t, "-9223372036854775808", 0, 0);
    static const char *const not_of_it[] = {"", "-", "+", "1.0", "1e3", " 1", "1 ", "0x1", "--1", "1-", "1234567890123456789x"};
    for (size_t i = 0; i < RB_COUNT(not_of_it); i++) READS(rs_csv_i64, int64_t, not_of_it[i], -1, 0);
}

UT_CASE(doubles) {
    static const char *const values[] = {"1.5", ".5", "1.", "-.25", "+1e5", "1E-3", "5.e3", "0.1", "-0.0", "123456789012345678",
                                         "0.10000000000000001", "1234567890.1234567891", "9007199254740993", "0.0000000000000000001",
                                         "99999999999999999999.5", "1e-400", "1.7976931348623157e308", "4.9e-324",
                                         "0.30000000000000004", "2.2250738585072014", "0.000000000000000000000000000012"};
    for (size_t i = 0; i < RB_COUNT(values); i++) READS(rs_csv_f64, double, values[i], 1, strtod(values[i], NULL));
    static const char *const nulls[] = {"nan", "NaN", "inf", "-INF", "+Inf", "1e400", "-1e400"};
    for (size_t i = 0; i < RB_COUNT(nulls); i++) READS(rs_csv_f64, double, nulls[i], 0, 0);
    static const char *const not_of_it[] = {"", ".", "-", "1e", "e5", "1.5.5", "1.5f", "0x10", "-nan", "infinity", " 1", "1 ", "1e5.5", "1_0"};
    for (size_t i = 0; i < RB_COUNT(not_of_it); i++) READS(rs_csv_f64, double, not_of_it[i], -1, 0);
}

/* Digits of all lengths, points in all places: the same double as the C library's. */
UT_CASE(doubles_are_rounded_right) {
    uint64_t s = 88172645463325252u;
    char text[64];
    for (int i = 0; i < 200000; i++) {
        s ^= s << 13, s ^= s >> 7, s ^= s << 17;
        int n = snprintf(text, sizeof text, "%llu", (unsigned long long)(s >> (s & 63))), point = (int)((s >> 33) % (unsigned)(n + 1));
        memmove(text + point + 1, text + point, (size_t)(n - point + 1));
        text[point] = '.';
        READS(rs_csv_f64, double, text, 1, strtod(text, NULL));
    }
}

UT_CASE(doubles_as_text) {
    uint64_t s = 88172645463325252u;
    for (int i = 0; i < 200000; i++) {
        s ^= s << 13, s ^= s >> 7, s ^= s << 17;
        double x;
        switch (i % 4) {
        case 0: memcpy(&x, &s, sizeof x); break;
        case 1: x = (double)(s % 100000000) / 100; break;
        case 2: x = nextafter(pow(10, (int)(s % 22) - 5), s >> 40 & 1 ? 1e300 : 0); break;
        default: x = -(double)(s % 1000000007) / (double)(1 << (s >> 60)); break;
        }
        char got[RB_NUM_TEXT + 1], want[64];
        got[rs_csv_f64_into(got, x)] = 0;
        snprintf(want, sizeof want, "%.17g", x);
        UT_EQ_STR(got, x != x ? "nan" : want);
    }
}

UT_CASE(dates) {
    READS(rs_csv_date, int32_t, "2024-01-15", 1, 8780);
    READS(rs_csv_date, int32_t, "2024.02.29", 1, 8825);
    READS(rs_csv_date, int32_t, "0000-01-01", 1, -730485);
    static const char *const not_of_it[] = {"2024-1-5", "2024/01/15", "2024-01.15", "2023-02-29", "2024-13-01", "2024-00-01", "2024-01-00",
                                            "2024-01-32", "20240115", "-024-01-01", "2024-01-1x", "2024-01-15 ", ""};
    for (size_t i = 0; i < RB_COUNT(not_of_it); i++) READS(rs_csv_date, int32_t, not_of_it[i], -1, 0);
}

UT_CASE(times) {
    READS(rs_csv_time, int32_t, "09:30:00", 1, 34200000);
    READS(rs_csv_time, int32_t, "9:30:00.5", 1, 34200500);
    READS(rs_csv_time, int32_t, "-00:00:01.1239", 1, -1123);
    READS(rs_csv_time, int32_t, "596:31:23.647", 1, INT32_MAX);
    static const char *const not_of_it[] = {"", "09:30", "09:60:00", "09:30:60", "09:30:00.", "09:30:00Z", "596:31:23.648", "1234567:00:00",
                                            ":30:00", "09:30:0", "09-30-00", "+09:30:00"};
    for (size_t i = 0; i < RB_COUNT(not_of_it); i++) READS(rs_csv_time, int32_t, not_of_it[i], -1, 0);
}

UT_CASE(timestamps) {
    const int64_t at = 758626200000000000;
    READS(rs_csv_timestamp, int64_t, "2024-01-15T09:30:00", 1, at);
    READS(rs_csv_timestamp, int64_t, "2024.01.15D09:30:00.1234567899", 1, at + 123456789);
    READS(rs_csv_timestamp, int64_t, "2024-01-15 09:30:00Z", 1, at);
    READS(rs_csv_timestamp, int64_t, "2024-01-15t09:30:00.5z", 1, at + 500000000);
    READS(rs_csv_timestamp, int64_t, "2024-01-15T09:30:00+01:00", 1, at - 3600 * RB_NS_SECOND);
    READS(rs_csv_timestamp, int64_t, "2024-01-15T09:30:00-0530", 1, at + 19800 * RB_NS_SECOND);
    READS(rs_csv_timestamp, int64_t, "2024-01-15T09:30:00+01", 1, at - 3600 * RB_NS_SECOND);
    READS(rs_csv_timestamp, int64_t, "1999-12-31T23:59:59.999999999", 1, -1);
    READS(rs_csv_timestamp, int64_t, "1707-09-22T00:12:43.145224193", 1, -INT64_MAX);
    READS(rs_csv_timestamp, int64_t, "2292-04-10T23:47:16.854775807", 1, INT64_MAX);
    static const char *const nulls[] = {"1707-09-22T00:12:43.145224192", "2292-04-10T23:47:16.854775808", "1600-01-01T00:00:00", "9999-01-01T00:00:00"};
    for (size_t i = 0; i < RB_COUNT(nulls); i++) READS(rs_csv_timestamp, int64_t, nulls[i], 0, 0);
    static const char *const not_of_it[] = {"2024-01-15", "2024-01-15T", "2024-01-15T09:30", "2024-01-15T24:00:00", "2024-01-15T09:30:60",
                                            "2024-02-30T09:30:00", "2024-01-15T09:30:00.", "2024-01-15T09:30:00+24:00", "2024-01-15T09:30:00+01:60",
                                            "2024-01-15T09:30:00+1:00", "2024-01-15T09:30:00 Z", "2024-01-15_09:30:00", "2024-01-15T09:30:00+01:0"};
    for (size_t i = 0; i < RB_COUNT(not_of_it); i++) READS(rs_csv_timestamp, int64_t, not_of_it[i], -1, 0);
}

UT_CASE(guids) {
    ry_guid g;
    UT_EQ_INT(rs_csv_guid("550e8400-E29B-41d4-a716-446655440000", 36, &g), 1);
    UT_EQ_MEM(g.b, "\x55\x0e\x84\x00\xe2\x9b\x41\xd4\xa7\x16\x44\x66\x55\x44\x00\x00", 16);
    UT_EQ_INT(rs_csv_guid("550e8400-E29B-41d4-a716-44665544000", 35, &g), -1);
    UT_EQ_INT(rs_csv_guid("550e8400-E29B-41d4-a716-44665544000g", 36, &g), -1);
    UT_EQ_INT(rs_csv_guid("550e8400xE29B-41d4-a716-446655440000", 36, &g), -1);
}

/* Types only ever widen towards SYM, whichever field comes first. */
UT_CASE(types_of_mixtures) {
    UT_EQ_INT(rs_csv_type_of(0), RY_SYM);
    UT_CHECK(!rs_csv_is_settled(0));
    UT_EQ_INT(rs_csv_type_of(RS_SEEN_I64 | RS_SEEN_F64), RY_F64);
    UT_EQ_INT(rs_csv_type_of(RS_SEEN_I64 | RS_SEEN_B8), RY_I64);
    UT_EQ_INT(rs_csv_type_of(RS_SEEN_DATE | RS_SEEN_TIMESTAMP), RY_TIMESTAMP);
    UT_EQ_INT(rs_csv_type_of(RS_SEEN_DATE | RS_SEEN_TIME), RY_SYM);
    UT_EQ_INT(rs_csv_type_of(RS_SEEN_B8 | RS_SEEN_DATE), RY_SYM);
    for (int seen = 1; seen < 128; seen++)
        for (int more = seen; more < 128; more++)
            if ((more & seen) == seen && rs_csv_is_settled(seen)) UT_CHECK(rs_csv_is_settled(more));
}

UT_MAIN(booleans, integers, doubles, doubles_are_rounded_right, doubles_as_text, dates, times, timestamps, guids, types_of_mixtures)
