#include "calendar.h"

/* ---- text to time -------------------------------------------------------------------------------------------- */

typedef struct text {
    const char *p, *end;
} text;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool take_char(text *t, char c) {
    if (t->p == t->end || *t->p != c) return false;
    t->p++;
    return true;
}

/* Exactly n digits. */
static bool take_digits(text *t, int n, int *out) {
    if (t->end - t->p < n) return false;
    int x = 0;
    for (int i = 0; i < n; i++) {
        if (!is_digit(t->p[i])) return false;
        x = x * 10 + (t->p[i] - '0');
    }
    t->p += n;
    *out = x;
    return true;
}

/* One digit or more, of which `keep` count; as a number of `keep` digits. */
static bool take_fraction(text *t, int keep, int *out) {
    const char *from = t->p;
    int x = 0;
    for (int i = 0; i < keep; i++) x = x * 10 + (t->p < t->end && is_digit(*t->p) ? *t->p++ - '0' : 0);
    while (t->p < t->end && is_digit(*t->p)) t->p++;
    *out = x;
    return t->p > from;
}

static bool take_ymd(text *t, char mark, int *y, int *m, int *d) {
    return take_digits(t, 4, y) && take_char(t, mark) && take_digits(t, 2, m) && take_char(t, mark) &&
           take_digits(t, 2, d);
}

/* There is no year 0 in a literal: it is taken for year 1. */
static bool take_literal_date(text *t, int *y, int *m, int *d) {
    if (!take_ymd(t, '.', y, m, d) || *m < 1 || *m > 12 || *d < 1 || *d > 31) return false;
    if (*y == 0) *y = 1;
    return true;
}

int rb_calendar_literal_date(const char *p, size_t n, int32_t *days) {
    text t = {p, p + n};
    int y, m, d;
    if (!take_literal_date(&t, &y, &m, &d) || t.p != t.end) return RB_NUM_NONE;
    *days = (int32_t)rb_calendar_days(y, m, d);
    return RB_NUM_OK;
}

int rb_calendar_literal_time(const char *p, size_t n, int32_t *ms) {
    text t = {p, p + n};
    bool minus = take_char(&t, '-');
    int h, m, s, f = 0;
    if (!take_digits(&t, 2, &h) || !take_char(&t, ':') || !take_digits(&t, 2, &m) || !take_char(&t, ':') ||
        !take_digits(&t, 2, &s))
        return RB_NUM_NONE;
    if (take_char(&t, '.') && !take_fraction(&t, 3, &f)) return RB_NUM_NONE;
    if (t.p != t.end) return RB_NUM_NONE;
    int32_t x = ((h * 60 + m) * 60 + s) * 1000 + f;
    *ms = minus ? -x : x;
    return RB_NUM_OK;
}

static int64_t clock_ns(int h, int m, int s, int f) { return (((int64_t)h * 60 + m) * 60 + s) * RB_NS_SECOND + f; }

/* Exact sum of days and a part of at most some days; false: the sum does not fit or is the null. */
static bool sum_ns(int64_t days, int64_t ns, int64_t *out) {
    __int128 sum = (__int128)days * RB_NS_DAY + ns;
    if (sum > INT64_MAX || sum <= INT64_MIN) return false;
    *out = (int64_t)sum;
    return true;
}

int rb_calendar_literal_timestamp(const char *p, size_t n, int64_t *ns) {
    text t = {p, p + n};
    int y, mo, d, h, m, s, f = 0;
    if (!take_literal_date(&t, &y, &mo, &d) || !take_char(&t, 'D') || !take_digits(&t, 2, &h) || !take_char(&t, ':') ||
        !take_digits(&t, 2, &m) || !take_char(&t, ':') || !take_digits(&t, 2, &s) || !take_char(&t, '.'))
        return RB_NUM_NONE;
    bool fraction = take_fraction(&t, 9, &f);
    if (t.p != t.end || (!fraction && f)) return RB_NUM_NONE;
    if (h > 23 || m > 59 || s > 59) return RB_NUM_NONE;
    return sum_ns(rb_calendar_days(y, mo, d), clock_ns(h, m, s, f), ns) ? RB_NUM_OK : RB_NUM_NONE;
}

/* HH[:MM[:SS[.f...]]] up to the end; the hour may have a single digit if nothing follows it. */
static bool take_span_clock(text *t, int64_t *ns) {
    int h, m = 0, s = 0, f = 0;
    if (t->end - t->p == 1 ? !take_digits(t, 1, &h) : !take_digits(t, 2, &h)) return false;
    if (take_char(t, ':')) {
        if (!take_digits(t, 2, &m)) return false;
        if (take_char(t, ':')) {
            if (!take_digits(t, 2, &s)) return false;
            if (take_char(t, '.') && !take_fraction(t, 9, &f)) return false;
        }
    }
    *ns = clock_ns(h, m, s, f);
    return t->p == t->end && m < 60 && s < 60;
}

int rb_calendar_literal_timespan(const char *p, size_t n, int64_t *ns) {
    text t = {p, p + n};
    bool minus = take_char(&t, '-');
    const char *from = t.p;
    while (t.p < t.end && is_digit(*t.p)) t.p++;
    int64_t days, rest = 0, sum;
    int read = rb_num_parse_i64(from, (size_t)(t.p - from), &days);
    if (t.p == from || !take_char(&t, 'D')) return RB_NUM_NONE;
    if (read != RB_NUM_OK) return RB_NUM_RANGE;
    if (t.p == t.end) { /* a day count alone wraps around: the language has it so */
        sum = (int64_t)((uint64_t)days * (uint64_t)RB_NS_DAY);
        if (sum == INT64_MIN) return RB_NUM_RANGE;
    } else if (!take_span_clock(&t, &rest) || !sum_ns(days, rest, &sum)) {
        return RB_NUM_RANGE;
    }
    *ns = minus ? -sum : sum;
    return RB_NUM_OK;
}

static bool is_real_date(int y, int m, int d) {
    return m >= 1 && m <= 12 && d >= 1 && d <= rb_calendar_month_days(y, m);
}

int rb_calendar_parse_date(const char *p, size_t n, int32_t *days) {
    text t = {p, p + n};
    int y, m, d;
    if (!take_ymd(&t, '.', &y, &m, &d) || t.p != t.end) return RB_NUM_NONE;
    if (!is_real_date(y, m, d)) return RB_NUM_RANGE;
    *days = (int32_t)rb_calendar_days(y, m, d);
    return RB_NUM_OK;
}

int rb_calendar_parse_time(const char *p, size_t n, int32_t *ms) {
    text t = {p, p + n};
    bool minus = take_char(&t, '-');
    const char *from = t.p;
    while (t.p < t.end && is_digit(*t.p)) t.p++;
    int64_t h;
    int m, s = 0, f = 0;
    int read = rb_num_parse_i64(from, (size_t)(t.p - from), &h);
    if (read == RB_NUM_NONE || !take_char(&t, ':') || !take_digits(&t, 2, &m)) return RB_NUM_NONE;
    if (take_char(&t, ':') && !take_digits(&t, 2, &s)) return RB_NUM_NONE;
    if (take_char(&t, '.')) take_fraction(&t, 3, &f);
    if (t.p != t.end) return RB_NUM_NONE;
    if (h > INT32_MAX / 3600000 || m > 59 || s > 59) return RB_NUM_RANGE;
    int64_t x = ((h * 60 + m) * 60 + s) * 1000 + f;
    if (x > INT32_MAX) return RB_NUM_RANGE;
    *ms = (int32_t)(minus ? -x : x);
    return RB_NUM_OK;
}

int rb_calendar_parse_timestamp(const char *p, size_t n, int64_t *ns) {
    text t = {p, p + n};
    int y, mo, d, h = 0, m = 0, s = 0, f = 0;
    if (!take_ymd(&t, n > 4 && p[4] == '-' ? '-' : '.', &y, &mo, &d)) return RB_NUM_NONE;
    if (t.p < t.end) {
        if (!take_char(&t, 'D') && !take_char(&t, 'T') && !take_char(&t, ' ')) return RB_NUM_NONE;
        if (!take_digits(&t, 2, &h) || !take_char(&t, ':') || !take_digits(&t, 2, &m)) return RB_NUM_NONE;
        if (take_char(&t, ':') && !take_digits(&t, 2, &s)) return RB_NUM_NONE;
        if (take_char(&t, '.') && !take_fraction(&t, 9, &f)) return RB_NUM_NONE;
        if (!take_char(&t, 'Z')) (void)take_char(&t, 'z');
        if (t.p != t.end) return RB_NUM_NONE;
    }
    if (!is_real_date(y, mo, d) || h > 23 || m > 59 || s > 59) return RB_NUM_RANGE;
    return sum_ns(rb_calendar_days(y, mo, d), clock_ns(h, m, s, f), ns) ? RB_NUM_OK : RB_NUM_RANGE;
}

/* ---- time to text -------------------------------------------------------------------------------------------- */

/* At least `width` digits. */
static size_t put_number(char *out, uint64_t x, size_t width) {
    char back[20];
    size_t n = 0, at = 0;
    do back[n++] = (char)('0' + x % 10);
    while (x /= 10);
    while (at + n < width) out[at++] = '0';
    while (n) out[at++] = back[--n];
    return at;
}

static size_t put_marked(char *out, char mark, uint64_t x, size_t width) {
    *out = mark;
    return 1 + put_number(out + 1, x, width);
}

static size_t put_clock(char *out, uint64_t hour, const rb_clock *c) {
    size_t n = put_number(out, hour, 2);
    n += put_marked(out + n, ':', (uint64_t)c->minute, 2);
    return n + put_marked(out + n, ':', (uint64_t)c->second, 2);
}

static size_t put_date(char *out, int64_t days) {
    int64_t y;
    int m, d;
    rb_calendar_ymd(days, &y, &m, &d);
    size_t n = 0;
    if (y < 0) out[n++] = '-';
    n += put_number(out + n, (uint64_t)(y < 0 ? -y : y), y < 0 ? 3 : 4);
    n += put_marked(out + n, '.', (uint64_t)m, 2);
    return n + put_marked(out + n, '.', (uint64_t)d, 2);
}

size_t rb_calendar_date_into(char *out, int32_t days) { return put_date(out, days); }

size_t rb_calendar_time_into(char *out, int32_t ms) {
    size_t n = 0;
    int64_t size = ms < 0 ? -(int64_t)ms : ms;
    rb_clock c;
    rb_calendar_clock(size % 3600000 * 1000000, &c);
    if (ms < 0) out[n++] = '-';
    n += put_clock(out + n, (uint64_t)(size / 3600000), &c);
    return n + put_marked(out + n, '.', (uint64_t)(c.nano / 1000000), 3);
}

static size_t put_day_time(char *out, int64_t ns) {
    rb_clock c;
    rb_calendar_clock(ns, &c);
    *out = 'D';
    size_t n = 1 + put_clock(out + 1, (uint64_t)c.hour, &c);
    return n + put_marked(out + n, '.', (uint64_t)c.nano, 9);
}

size_t rb_calendar_timestamp_into(char *out, int64_t ns) {
    size_t n = put_date(out, rb_floor_div(ns, RB_NS_DAY));
    return n + put_day_time(out + n, rb_floor_mod(ns, RB_NS_DAY));
}

size_t rb_calendar_timespan_into(char *out, int64_t ns) {
    size_t n = 0;
    uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    if (ns < 0) out[n++] = '-';
    if (size == (uint64_t)INT64_MAX) {
        memcpy(out + n, "0Wn", 3);
        return n + 3;
    }
    n += put_number(out + n, size / (uint64_t)RB_NS_DAY, 1);
    return n + put_day_time(out + n, (int64_t)(size % (uint64_t)RB_NS_DAY));
}
