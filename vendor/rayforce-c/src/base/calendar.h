/* Days, clock times and their text. Proleptic Gregorian, no time zones, no locale, no leap seconds. Pure functions: no
 * error slot, no allocation. Days and nanoseconds count from 2000-01-01 (midnight). */
#ifndef RB_CALENDAR_H
#define RB_CALENDAR_H

#include "num.h"

#define RB_CALENDAR_EPOCH_UNIX_DAYS 10957 /* 1970-01-01 to 2000-01-01 */
#define RB_NS_SECOND INT64_C(1000000000)
#define RB_NS_DAY (86400 * RB_NS_SECOND)
#define RB_MS_DAY INT64_C(86400000)

/* Month 1 .. 12; a day outside the month counts on from its first: (2024, 2, 30) is the first of March. */
int64_t rb_calendar_days(int64_t year, int month, int day);
void rb_calendar_ymd(int64_t days, int64_t *year, int *month, int *day);
int rb_calendar_month_days(int64_t year, int month);
int rb_calendar_weekday(int64_t days); /* Monday 1 .. Sunday 7 */
int rb_calendar_yearday(int64_t days); /* from 1 */

/* Quotient rounded down, for splitting counts before the epoch; b > 0. */
static inline int64_t rb_floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }
static inline int64_t rb_floor_mod(int64_t a, int64_t b) { return a % b + (a % b < 0 ? b : 0); }

typedef struct rb_clock {
    int hour, minute, second, nano;
} rb_clock;

/* ns of one day, 0 <= ns < RB_NS_DAY. */
void rb_calendar_clock(int64_t ns, rb_clock *out);

/* ---- text to time: calendar_text.c --------------------------------------------------------------------------- */

/* Literals as the language writes them, the whole of the text: RB_NUM_OK, RB_NUM_NONE (not of that form) or
 * RB_NUM_RANGE (of that form, but out of range, which the language reports in another way). */

/* YYYY.MM.DD; a day past the end of the month counts on. Month 13 or day 32 are RB_NUM_NONE. */
int rb_calendar_literal_date(const char *text, size_t n, int32_t *days);
/* [-]HH:MM:SS[.f...]; fields are not checked against 24 or 60. */
int rb_calendar_literal_time(const char *text, size_t n, int32_t *ms);
/* YYYY.MM.DDDHH:MM:SS.[f...]; RB_NUM_NONE also if a field is out of range or the moment does not fit 64 bits. */
int rb_calendar_literal_timestamp(const char *text, size_t n, int64_t *ns);
/* [-]nD[HH[:MM[:SS[.f...]]]]; minutes and seconds from 60 and sums beyond 64 bits are RB_NUM_RANGE. */
int rb_calendar_literal_timespan(const char *text, size_t n, int64_t *ns);

/* What a cast from text takes besides: dates that exist only; hours of any number of digits, seconds optional;
 * timestamps with - or . in the date, D, T or a blank before an optional clock time, a final Z. */
int rb_calendar_parse_date(const char *text, size_t n, int32_t *days);
int rb_calendar_parse_time(const char *text, size_t n, int32_t *ms);
int rb_calendar_parse_timestamp(const char *text, size_t n, int64_t *ns);

/* ---- time to text: calendar_text.c --------------------------------------------------------------------------- */

/* At most RB_NUM_TEXT bytes each; they return the bytes written and add no zero. Nulls are the caller's business. */
size_t rb_calendar_date_into(char *out, int32_t days);
size_t rb_calendar_time_into(char *out, int32_t ms);
size_t rb_calendar_timestamp_into(char *out, int64_t ns);
size_t rb_calendar_timespan_into(char *out, int64_t ns);

#endif
