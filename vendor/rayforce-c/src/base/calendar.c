#include "calendar.h"

/* Years are counted from March, so that the leap day is a year's last; 400 of them, an era, have 146097 days. */
enum { ERA_DAYS = 146097, ERA_START = 730425 /* from 0000-03-01 to 2000-01-01 */ };

int64_t rb_calendar_days(int64_t year, int month, int day) {
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = rb_floor_div(y, 400);
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - ERA_START;
}

void rb_calendar_ymd(int64_t days, int64_t *year, int *month, int *day) {
    int64_t z = days + ERA_START;
    int64_t era = rb_floor_div(z, ERA_DAYS);
    int64_t d = z - era * ERA_DAYS;
    int64_t of_era = (d - d / 1460 + d / 36524 - d / 146096) / 365;
    int64_t of_year = d - (365 * of_era + of_era / 4 - of_era / 100);
    int from_march = (int)((5 * of_year + 2) / 153);
    *day = (int)(of_year - (153 * from_march + 2) / 5 + 1);
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = era * 400 + of_era + (*month <= 2);
}

int rb_calendar_month_days(int64_t year, int month) {
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

/* 2000-01-01 was a Saturday. */
int rb_calendar_weekday(int64_t days) { return (int)rb_floor_mod(days + 5, 7) + 1; }

int rb_calendar_yearday(int64_t days) {
    int64_t year;
    int month, day;
    rb_calendar_ymd(days, &year, &month, &day);
    return (int)(days - rb_calendar_days(year, 1, 1)) + 1;
}

void rb_calendar_clock(int64_t ns, rb_clock *out) {
    int64_t s = ns / RB_NS_SECOND;
    out->nano = (int)(ns % RB_NS_SECOND);
    out->second = (int)(s % 60);
    out->minute = (int)(s / 60 % 60);
    out->hour = (int)(s / 3600);
}
