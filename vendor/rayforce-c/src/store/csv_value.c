#include "csv.h"

#include <math.h>

static inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The text in one case or the other, not mixed. */
static bool is_word(const char *p, size_t n, const char *lower, const char *upper, size_t size) {
    return n == size && (memcmp(p, lower, n) == 0 || memcmp(p, upper, n) == 0);
}

int rs_csv_b8(const char *p, size_t n, uint8_t *out) {
    *out = 0;
    if (is_word(p, n, "false", "FALSE", 5)) return 1;
    if (!is_word(p, n, "true", "TRUE", 4)) return -1;
    *out = 1;
    return 1;
}

/* ---- numbers --------------------------------------------------------------------------------------------------------- */

int rs_csv_i64(const char *p, size_t n, int64_t *out) {
    size_t i = n && (*p == '-' || *p == '+');
    if (RB_UNLIKELY(n - i > 18)) {
        int r = rb_num_parse_i64(p, n, out);
        if (r == RB_NUM_NONE) return -1;
        if (r == RB_NUM_OK && *out != RY_NULL_I64) return 1;
        *out = RY_NULL_I64;
        return 0;
    }
    if (i == n) return -1;
    int64_t x = 0;
    for (; i < n; i++) {
        unsigned d = (unsigned)(p[i] - '0');
        if (d > 9) return -1;
        x = x * 10 + d;
    }
    *out = *p == '-' ? -x : x;
    return 1;
}

static const uint64_t tens[] = {1,
                                10,
                                100,
                                1000,
                                10000,
                                100000,
                                1000000,
                                10000000,
                                100000000,
                                1000000000,
                                10000000000,
                                100000000000,
                                1000000000000,
                                10000000000000,
                                100000000000000,
                                1000000000000000,
                                10000000000000000,
                                100000000000000000,
                                1000000000000000000,
                                10000000000000000000u};

static double pow2(int e) {
    uint64_t bits = (uint64_t)(e + 1023) << 52;
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* m / 10^k, correctly rounded; m > 0, k <= 19. Both are shifted until their highest bit is set, so that the quotient has
 * 63 or 64 bits and a remainder that tells about the rest. */
static double divided(uint64_t m, int k) {
    if (m <= (uint64_t)1 << 53) return (double)m / (double)tens[k]; /* both exact: rounded once */
    int up = __builtin_clzll(m), down = __builtin_clzll(tens[k]);
    uint64_t by = tens[k] << down;
    unsigned __int128 whole = (unsigned __int128)(m << up) << 63;
    uint64_t q = (uint64_t)(whole / by), rest = (uint64_t)(whole % by);
    int extra = 64 - __builtin_clzll(q) - 53;
    uint64_t low = q & (((uint64_t)1 << extra) - 1), half = (uint64_t)1 << (extra - 1), x = q >> extra;
    if (low > half || (low == half && (rest || x & 1))) x++;
    return (double)x * pow2(extra - 63 + down - up);
}

/* Digits with one point at most. */
typedef struct decimal {
    uint64_t digits; /* the first 19 that count */
    int count;       /* of those that count */
    int behind;      /* the point */
    bool point, any;
} decimal;

static const char *take_decimal(const char *p, const char *end, decimal *d) {
    *d = (decimal){0};
    for (; p < end; p++) {
        if (is_digit(*p)) {
            d->any = true;
            if (d->count || *p != '0') d->count++;
            if (d->count <= 19) d->digits = d->digits * 10 + (uint64_t)(*p - '0');
            d->behind += d->point;
        } else if (*p == '.' && !d->point) {
            d->point = true;
        } else {
            break;
        }
    }
    return p;
}

static bool is_exponent(const char *p, const char *end) {
    p += p < end && (*p == '-' || *p == '+');
    if (p == end) return false;
    while (p < end && is_digit(*p)) p++;
    return p == end;
}

static bool is_letters(const char *p, size_t n, const char *word) {
    if (n != 3) return false;
    for (int i = 0; i < 3; i++)
        if ((p[i] | 0x20) != word[i]) return false;
    return true;
}

int rs_csv_f64(const char *text, size_t n, double *out) {
    const char *p = text, *end = p + n;
    bool minus = n && *p == '-';
    p += n && (*p == '-' || *p == '+');
    decimal d;
    const char *q = take_decimal(p, end, &d);
    if (RB_LIKELY(q == end && d.any && d.count <= 19 && d.behind <= 19)) {
        double x = d.digits ? divided(d.digits, d.behind) : 0.0;
        *out = minus ? -x : x;
        return 1;
    }
    *out = ry_null_f64();
    if (!d.any) return is_letters(p, (size_t)(end - p), "inf") || is_letters(text, n, "nan") ? 0 : -1;
    if (q < end && ((*q | 0x20) != 'e' || !is_exponent(q + 1, end))) return -1;
    double x;
    if (rb_num_parse_f64(text, n, &x) != RB_NUM_OK || !isfinite(x)) return 0;
    *out = x;
    return 1;
}

/* ---- times ----------------------------------------------------------------------------------------------------------- */

static inline int two(const char *p) {
    unsigned a = (unsigned)(p[0] - '0'), b = (unsigned)(p[1] - '0');
    return a > 9 || b > 9 ? -1 : (int)(a * 10 + b);
}

int rs_csv_date(const char *p, size_t n, int32_t *out) {
    if (n != 10 || (p[4] != '-' && p[4] != '.') || p[7] != p[4]) return -1;
    int century = two(p), year = two(p + 2), month = two(p + 5), day = two(p + 8);
    if ((century | year | month | day) < 0 || month < 1 || month > 12 || day < 1) return -1;
    year += century * 100;
    if (day > 28 && day > rb_calendar_month_days(year, month)) return -1;
    *out = (int32_t)rb_calendar_days(year, month, day);
    return 1;
}

/* .digits, of which `keep` count; the whole of the text, which may be empty. False: it is something else. */
static bool take_fraction(const char **at, const char *end, int keep, int *out) {
    const char *p = *at;
    *out = 0;
    if (p == end || *p != '.') return true;
    if (++p == end || !is_digit(*p)) return false;
    int x = 0, i = 0;
    for (; p < end && is_digit(*p); p++)
        if (i < keep) x = x * 10 + (*p - '0'), i++;
    for (; i < keep; i++) x *= 10;
    *out = x;
    *at = p;
    return true;
}

/* MM:SS behind hours and a colon. */
static bool take_minutes(const char *p, int *minute, int *second) {
    *minute = two(p);
    *second = two(p + 3);
    return p[2] == ':' && *minute >= 0 && *minute < 60 && *second >= 0 && *second < 60;
}

int rs_csv_time(const char *p, size_t n, int32_t *out) {
    const char *end = p + n;
    bool minus = n && *p == '-';
    p += minus;
    int64_t hour = 0;
    const char *q = p;
    for (; q < end && is_digit(*q) && q - p < 6; q++) hour = hour * 10 + (*q - '0');
    int minute, second, ms;
    if (q == p || end - q < 6 || *q != ':' || !take_minutes(q + 1, &minute, &second)) return -1;
    q += 6;
    if (!take_fraction(&q, end, 3, &ms) || q != end) return -1;
    int64_t x = ((hour * 60 + minute) * 60 + second) * 1000 + ms;
    if (x > INT32_MAX) return -1;
    *out = (int32_t)(minus ? -x : x);
    return 1;
}

/* Z, or an offset ±HH[[:]MM] of local time; the whole of the text. */
static bool take_zone(const char *p, const char *end, int *minutes) {
    *minutes = 0;
    if (p == end || (end - p == 1 && (*p | 0x20) == 'z')) return true;
    if (end - p < 3 || (*p != '+' && *p != '-')) return false;
    int hour = two(p + 1), minute = 0;
    const char *q = p + 3 + (end - p == 6 && p[3] == ':');
    if (q != end && (end - q != 2 || (minute = two(q)) < 0)) return false;
    if (hour < 0 || hour > 23 || minute > 59) return false;
    *minutes = (hour * 60 + minute) * (*p == '-' ? -1 : 1);
    return true;
}

int rs_csv_timestamp(const char *p, size_t n, int64_t *out) {
    int32_t days;
    if (n < 19 || (p[10] != 'T' && p[10] != 'D' && p[10] != ' ' && p[10] != 't') || rs_csv_date(p, 10, &days) < 0) return -1;
    const char *end = p + n, *q = p + 19;
    int hour = two(p + 11), minute, second, nano, zone;
    if (hour < 0 || hour > 23 || p[13] != ':' || !take_minutes(p + 14, &minute, &second)) return -1;
    if (!take_fraction(&q, end, 9, &nano) || !take_zone(q, end, &zone)) return -1;
    int64_t seconds = ((int64_t)days * 24 + hour) * 3600 + (minute - zone) * 60 + second, ns;
    *out = RY_NULL_I64;
    /* a second is added and taken away, so that the smallest value can be reached by a sum */
    if (rb_mul_overflow(seconds + (seconds < 0), RB_NS_SECOND, &ns) ||
        rb_add_overflow(ns, nano - (seconds < 0 ? RB_NS_SECOND : 0), &ns) || ns == RY_NULL_I64)
        return 0;
    *out = ns;
    return 1;
}

/* ---- the rest -------------------------------------------------------------------------------------------------------- */

static int hex(char c) {
    if (is_digit(c)) return c - '0';
    char low = (char)(c | 0x20);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

int rs_csv_guid(const char *p, size_t n, ry_guid *out) {
    if (n != 36) return -1;
    for (int i = 0, at = 0; i < 16; i++, at += 2) {
        if ((i == 4 || i == 6 || i == 8 || i == 10) && p[at++] != '-') return -1;
        int high = hex(p[at]), low = hex(p[at + 1]);
        if (high < 0 || low < 0) return -1;
        out->b[i] = (uint8_t)(high << 4 | low);
    }
    return 1;
}

int rs_csv_kind(const char *p, size_t n) {
    uint8_t b8;
    int32_t i32;
    int64_t i64;
    double f64;
    if (rs_csv_i64(p, n, &i64) >= 0) return RS_SEEN_I64;
    if (rs_csv_f64(p, n, &f64) >= 0) return RS_SEEN_F64;
    if (rs_csv_date(p, n, &i32) >= 0) return RS_SEEN_DATE;
    if (rs_csv_time(p, n, &i32) >= 0) return RS_SEEN_TIME;
    if (rs_csv_timestamp(p, n, &i64) >= 0) return RS_SEEN_TIMESTAMP;
    return rs_csv_b8(p, n, &b8) >= 0 ? RS_SEEN_B8 : RS_SEEN_TEXT;
}

int rs_csv_type_of(int seen) {
    switch (seen) {
    case RS_SEEN_B8: return RY_B8;
    case RS_SEEN_I64:
    case RS_SEEN_I64 | RS_SEEN_B8: return RY_I64;
    case RS_SEEN_F64:
    case RS_SEEN_F64 | RS_SEEN_B8:
    case RS_SEEN_F64 | RS_SEEN_I64:
    case RS_SEEN_F64 | RS_SEEN_I64 | RS_SEEN_B8: return RY_F64;
    case RS_SEEN_DATE: return RY_DATE;
    case RS_SEEN_TIME: return RY_TIME;
    case RS_SEEN_TIMESTAMP:
    case RS_SEEN_TIMESTAMP | RS_SEEN_DATE: return RY_TIMESTAMP;
    default: return RY_SYM;
    }
}
