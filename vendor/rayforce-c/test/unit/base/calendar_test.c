#include "ut.h"

#include "base/calendar.h"

/* Every day of eleven centuries and a leap rule written the plain way. */
UT_CASE(day_by_day) {
    int64_t y = 1599;
    int m = 1, d = 1;
    for (int64_t days = rb_calendar_days(1599, 1, 1); y < 2701; days++) {
        int64_t yy;
        int mm, dd;
        rb_calendar_ymd(days, &yy, &mm, &dd);
        if (yy != y || mm != m || dd != d)
            UT_FAIL("day %lld is %lld.%d.%d, expected %lld.%d.%d", (long long)days, (long long)yy, mm, dd,
                    (long long)y, m, d);
        UT_EQ_INT(rb_calendar_days(y, m, d), days);
        if (m == 1 && d == 1) UT_EQ_INT(rb_calendar_yearday(days), 1);
        if (m == 12 && d == 31) UT_EQ_INT(rb_calendar_yearday(days), rb_calendar_month_days(y, 2) == 29 ? 366 : 365);
        if (++d > rb_calendar_month_days(y, m)) d = 1, m++;
        if (m > 12) m = 1, y++;
    }
}

UT_CASE(anchors) {
    UT_EQ_INT(rb_calendar_days(2000, 1, 1), 0);
    UT_EQ_INT(rb_calendar_days(1970, 1, 1), -RB_CALENDAR_EPOCH_UNIX_DAYS);
    UT_EQ_INT(rb_calendar_days(2024, 2, 30), rb_calendar_days(2024, 3, 1));
    UT_EQ_INT(rb_calendar_days(1, 1, 1), -730119);
    UT_EQ_INT(rb_calendar_weekday(0), 6);
    UT_EQ_INT(rb_calendar_weekday(2), 1);
    UT_EQ_INT(rb_calendar_weekday(-5), 1);
    UT_EQ_INT(rb_calendar_weekday(-6), 7);
    UT_EQ_INT(rb_calendar_month_days(1900, 2), 28);
    UT_EQ_INT(rb_calendar_month_days(2000, 2), 29);
    for (int64_t days = -INT64_C(2147483648); days <= INT32_MAX; days += 99991) {
        int64_t y;
        int m, d;
        rb_calendar_ymd(days, &y, &m, &d);
        UT_EQ_INT(rb_calendar_days(y, m, d), days);
    }
    UT_EQ_INT(rb_floor_div(-1, 7), -1);
    UT_EQ_INT(rb_floor_mod(-1, 7), 6);
    UT_EQ_INT(rb_floor_div(-7, 7), -1);
    UT_EQ_INT(rb_floor_mod(-7, 7), 0);
}

UT_MAIN(day_by_day, anchors)
