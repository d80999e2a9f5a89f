#include "ut.h"

#include "base/calendar.h"

typedef int (*parse32)(const char *, size_t, int32_t *);
typedef int (*parse64)(const char *, size_t, int64_t *);

static void reads32(parse32 f, const char *text, int want, int32_t value) {
    int32_t x = 0;
    int got = f(text, strlen(text), &x);
    if (got != want || (got == RB_NUM_OK && x != value)) UT_FAIL("\"%s\": %d, %d", text, got, x);
}

static void reads64(parse64 f, const char *text, int want, int64_t value) {
    int64_t x = 0;
    int got = f(text, strlen(text), &x);
    if (got != want || (got == RB_NUM_OK && x != value)) UT_FAIL("\"%s\": %d, %lld", text, got, (long long)x);
}

enum { OK = RB_NUM_OK, NONE = RB_NUM_NONE, RANGE = RB_NUM_RANGE };

UT_CASE(literals) {
    parse32 date = rb_calendar_literal_date, time = rb_calendar_literal_time;
    parse64 stamp = rb_calendar_literal_timestamp, span = rb_calendar_literal_timespan;
    reads32(date, "2000.01.02", OK, 1);
    reads32(date, "0000.01.01", OK, -730119);
    reads32(date, "2024.02.31", OK, 8827);
    reads32(date, "2024.13.01", NONE, 0);
    reads32(date, "2024.01.32", NONE, 0);
    reads32(date, "2024.1.01", NONE, 0);
    reads32(date, "2024.01.011", NONE, 0);
    reads32(date, "", NONE, 0);
    reads32(time, "-01:00:00", OK, -3600000);
    reads32(time, "99:99:99.9999", OK, 362439999);
    reads32(time, "00:00:00.5", OK, 500);
    reads32(time, "00:00:00.", NONE, 0);
    reads32(time, "00:00", NONE, 0);
    reads64(stamp, "2000.01.01D00:00:01.", OK, RB_NS_SECOND);
    reads64(stamp, "2000.01.01D00:00:00.0000000019", OK, 1);
    reads64(stamp, "2000.01.01D00:00:00", NONE, 0);
    reads64(stamp, "2000.01.01D24:00:00.", NONE, 0);
    reads64(stamp, "1707.09.22D00:12:43.145224192", NONE, 0);
    reads64(stamp, "1707.09.22D00:12:43.145224193", OK, -INT64_MAX);
    reads64(stamp, "2292.04.10D23:47:16.854775808", NONE, 0);
    reads64(stamp, "2291.12.31D23:59:59.999999999", OK, INT64_C(9214646399999999999));
    reads64(span, "1D", OK, RB_NS_DAY);
    reads64(span, "-0D00:00:00.5", OK, -500000000);
    reads64(span, "0D25:00:00", OK, 25 * 3600 * RB_NS_SECOND);
    reads64(span, "0D5", OK, 5 * 3600 * RB_NS_SECOND);
    reads64(span, "0D5:00", RANGE, 0);
    reads64(span, "0D00:60", RANGE, 0);
    reads64(span, "0D00:00:00.", RANGE, 0);
    reads64(span, "106751D23:47:16.854775807", OK, INT64_MAX);
    reads64(span, "106751D23:47:16.854775808", RANGE, 0);
    reads64(span, "106752D00:00:00", RANGE, 0);
    reads64(span, "106752D", OK, (int64_t)(UINT64_C(106752) * UINT64_C(86400000000000)));
    reads64(span, "99999999999999999999D", RANGE, 0);
    reads64(span, "D", NONE, 0);
    reads64(span, "5", NONE, 0);
}

UT_CASE(casts) {
    parse32 date = rb_calendar_parse_date, time = rb_calendar_parse_time;
    parse64 stamp = rb_calendar_parse_timestamp;
    reads32(date, "2024.02.29", OK, 8825);
    reads32(date, "2023.02.29", RANGE, 0);
    reads32(date, "2024-02-29", NONE, 0);
    reads32(date, "2024.00.01", RANGE, 0);
    reads32(time, "1:00", OK, 3600000);
    reads32(time, "-100:00:00.25", OK, -360000250);
    reads32(time, "596:31:23.647", OK, INT32_MAX);
    reads32(time, "596:31:23.648", RANGE, 0);
    reads32(time, "99999999999999999999:00", RANGE, 0);
    reads32(time, "1:0:0", NONE, 0);
    reads32(time, "1:60", RANGE, 0);
    reads64(stamp, "2000-01-01", OK, 0);
    reads64(stamp, "2000.01.01 00:01Z", OK, 60 * RB_NS_SECOND);
    reads64(stamp, "2000-01-01T00:00:00.123456789123z", OK, 123456789);
    reads64(stamp, "2000-01.01", NONE, 0);
    reads64(stamp, "2000-01-01T", NONE, 0);
    reads64(stamp, "2000-01-01T00:00:00.", NONE, 0);
    reads64(stamp, "2000-01-01Z", NONE, 0);
    reads64(stamp, "2000-02-30", RANGE, 0);
    reads64(stamp, "2300-01-01", RANGE, 0);
}

static void prints(size_t n, char *out, const char *want) {
    UT_CHECK(n < RB_NUM_TEXT);
    out[n] = 0;
    UT_EQ_STR(out, want);
}

UT_CASE(printed) {
    char out[RB_NUM_TEXT];
    prints(rb_calendar_date_into(out, 8825), out, "2024.02.29");
    prints(rb_calendar_date_into(out, INT32_MAX), out, "5881610.07.11");
    prints(rb_calendar_date_into(out, -730120), out, "0000.12.31");
    prints(rb_calendar_date_into(out, -730486), out, "-001.12.31");
    prints(rb_calendar_date_into(out, INT32_MIN), out, "-5877611.06.22");
    prints(rb_calendar_time_into(out, 0), out, "00:00:00.000");
    prints(rb_calendar_time_into(out, INT32_MIN), out, "-596:31:23.648");
    prints(rb_calendar_timestamp_into(out, -1), out, "1999.12.31D23:59:59.999999999");
    prints(rb_calendar_timestamp_into(out, INT64_MIN), out, "1707.09.22D00:12:43.145224192");
    prints(rb_calendar_timestamp_into(out, INT64_MAX), out, "2292.04.10D23:47:16.854775807");
    prints(rb_calendar_timespan_into(out, -1), out, "-0D00:00:00.000000001");
    prints(rb_calendar_timespan_into(out, INT64_MAX), out, "0Wn");
    prints(rb_calendar_timespan_into(out, -INT64_MAX), out, "-0Wn");
    prints(rb_calendar_timespan_into(out, INT64_MIN), out, "-106751D23:47:16.854775808");
}

UT_MAIN(literals, casts, printed)
