#include "num.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

int rb_num_parse_i64(const char *text, size_t n, int64_t *out) {
    bool minus = n && *text == '-';
    size_t i = n && (*text == '-' || *text == '+');
    if (i == n) return RB_NUM_NONE;
    uint64_t limit = minus ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX, x = 0;
    bool over = false;
    for (; i < n; i++) {
        if (!is_digit(text[i])) return RB_NUM_NONE;
        uint64_t d = (uint64_t)(text[i] - '0');
        over = over || x > (limit - d) / 10;
        if (!over) x = x * 10 + d;
    }
    if (over) x = limit;
    *out = minus ? (int64_t)(0 - x) : (int64_t)x;
    return over ? RB_NUM_RANGE : RB_NUM_OK;
}

/* ---- text to double ------------------------------------------------------------------------------------------ */

/* No double needs more digits to be told from its neighbours' midpoints (it takes 767); what lies beyond counts only
 * as "a little more". */
enum { DIGITS_MAX = 800, EXPONENT_MAX = 1000000 };

/* A number without a point: digits times base^exponent. strtod reads such a text alike in every locale. */
typedef struct scan {
    bool hex;
    int len;          /* of digits, leading zeros left out */
    int64_t exponent; /* decimal, or binary for hex */
    uint64_t head;    /* the first 19 digits as a number */
    char digits[DIGITS_MAX + 1];
} scan;

static int digit_value(char c, bool hex) {
    if (is_digit(c)) return c - '0';
    char low = (char)(c | 0x20);
    return hex && low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

static void scan_digit(scan *s, char c, bool after_point) {
    int step = s->hex ? 4 : 1;
    if (s->len == 0 && c == '0') {
        s->exponent -= after_point ? step : 0;
        return;
    }
    if (s->len < DIGITS_MAX) {
        if (s->len < 19) s->head = s->head * 10 + (uint64_t)(c - '0');
        s->digits[s->len++] = c;
        s->exponent -= after_point ? step : 0;
        return;
    }
    if (c != '0') s->digits[DIGITS_MAX - 1] = '1' > s->digits[DIGITS_MAX - 1] ? '1' : s->digits[DIGITS_MAX - 1];
    s->exponent += after_point ? 0 : step;
}

/* Reads [sign] digits behind the exponent's letter; false: none there. */
static bool scan_exponent(const char *p, const char *end, int64_t *out) {
    bool minus = p < end && *p == '-';
    p += p < end && (*p == '-' || *p == '+');
    if (p == end) return false;
    int64_t x = 0;
    for (; p < end; p++) {
        if (!is_digit(*p)) return false;
        if (x < EXPONENT_MAX) x = x * 10 + (*p - '0');
    }
    *out = minus ? -x : x;
    return true;
}

static bool scan_number(scan *s, const char *p, const char *end) {
    s->hex = end - p > 2 && p[0] == '0' && (p[1] | 0x20) == 'x';
    s->len = 0, s->exponent = 0, s->head = 0;
    if (s->hex) p += 2;
    bool point = false, any = false;
    for (; p < end; p++) {
        if (*p == '.' && !point) {
            point = true;
        } else if (digit_value(*p, s->hex) >= 0) {
            any = true;
            scan_digit(s, *p, point);
        } else {
            break;
        }
    }
    if (!any) return false;
    if (p == end) return true;
    int64_t more = 0;
    if ((*p | 0x20) != (s->hex ? 'p' : 'e') || !scan_exponent(p + 1, end, &more)) return false;
    s->exponent += more;
    return true;
}

/* Exact where the digits fit a double and the power of ten does too: one rounding, so correctly rounded. */
static bool easy_value(const scan *s, double *out) {
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (FLT_EVAL_METHOD != 0 || s->hex || s->len > 15 || s->exponent > 22 || s->exponent < -22) return false;
    double x = (double)s->head;
    *out = s->exponent < 0 ? x / tens[-s->exponent] : x * tens[s->exponent];
    return true;
}

static double hard_value(const scan *s) {
    char text[DIGITS_MAX + 32];
    size_t at = 0;
    if (s->hex) {
        text[at++] = '0';
        text[at++] = 'x';
    }
    memcpy(text + at, s->digits, (size_t)s->len);
    at += (size_t)s->len;
    text[at++] = s->hex ? 'p' : 'e';
    at += rb_num_i64_into(text + at, s->exponent);
    text[at] = 0;
    return strtod(text, NULL);
}

/* Is the text this word, in any case? */
static bool is_word(const char *p, const char *end, const char *word) {
    while (p < end && *word && (*p | 0x20) == *word) p++, word++;
    return p == end && !*word;
}

int rb_num_parse_f64(const char *text, size_t n, double *out) {
    const char *p = text, *end = text + n;
    bool minus = n && *p == '-';
    p += n && (*p == '-' || *p == '+');
    double x = 0;
    scan s;
    if (is_word(p, end, "inf") || is_word(p, end, "infinity"))
        x = HUGE_VAL;
    else if (is_word(p, end, "nan"))
        x = NAN;
    else if (!scan_number(&s, p, end))
        return RB_NUM_NONE;
    else if (s.len && !easy_value(&s, &x)) {
        x = hard_value(&s);
        if (x == HUGE_VAL) {
            *out = minus ? -x : x;
            return RB_NUM_RANGE;
        }
    }
    *out = minus ? -x : x;
    return RB_NUM_OK;
}

/* ---- numbers to text ----------------------------------------------------------------------------------------- */

size_t rb_num_i64_into(char *out, int64_t x) {
    char back[20];
    size_t n = 0, at = 0;
    uint64_t u = x < 0 ? 0 - (uint64_t)x : (uint64_t)x;
    do back[n++] = (char)('0' + u % 10);
    while (u /= 10);
    if (x < 0) out[at++] = '-';
    while (n) out[at++] = back[--n];
    return at;
}

static bool not_finite(char *out, double x, size_t *n) {
    const char *word = x != x ? "nan" : x == HUGE_VAL ? "inf" : x == -HUGE_VAL ? "-inf" : NULL;
    if (!word) return false;
    *n = strlen(word);
    memcpy(out, word, *n);
    return true;
}

/* Takes what snprintf made and puts a point where the locale put its own mark, which may be several bytes. */
static size_t with_point(char *out, const char *made, int n) {
    size_t at = 0;
    for (int i = 0; i < n; i++) {
        char c = made[i];
        if (is_digit(c) || c == '-' || c == '+' || c == 'e')
            out[at++] = c;
        else if (out[at - 1] != '.')
            out[at++] = '.';
    }
    return at;
}

size_t rb_num_f64_g_into(char *out, double x, int digits) {
    size_t n;
    char made[64];
    if (not_finite(out, x, &n)) return n;
    return with_point(out, made, snprintf(made, sizeof made, "%.*g", digits, x));
}

size_t rb_num_f64_into(char *out, double x) {
    size_t n;
    char made[64];
    if (not_finite(out, x, &n)) return n;
    if (x == 0) {
        memcpy(out, "0.0", 3);
        return 3;
    }
    double size = fabs(x);
    if (size < 0.1 || size > 1e6) return with_point(out, made, snprintf(made, sizeof made, "%.2e", x));
    n = with_point(out, made, snprintf(made, sizeof made, "%.2f", x));
    return out[n - 1] == '0' ? n - 1 : n;
}

size_t rb_num_f64_shortest_into(char *out, double x) {
    /* Any 15 digits survive the way through a normal double, so fewer need not be tried there. */
    for (int digits = fabs(x) >= DBL_MIN ? 15 : 1; digits < 17; digits++) {
        size_t n = rb_num_f64_g_into(out, x, digits);
        double back;
        if (rb_num_parse_f64(out, n, &back) == RB_NUM_OK && (back == x || x != x)) return n;
    }
    return rb_num_f64_g_into(out, x, 17);
}
