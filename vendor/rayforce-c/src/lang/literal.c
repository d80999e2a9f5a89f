#include "lexer.h"

#include "../base/calendar.h"
#include "../base/num.h"

/* ---- numbers --------------------------------------------------------------------------------------------------- */

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* `text` is behind the 0x; only the low 8 bits count. */
static int literal_hex(const char *text, size_t n, ray_val **out) {
    unsigned x = 0;
    if (n == 0) return RB_NUM_NONE;
    for (size_t i = 0; i < n; i++) {
        int h = hex_value(text[i]);
        if (h < 0) return RB_NUM_NONE;
        x = (x << 4 | (unsigned)h) & 0xff;
    }
    *out = rv_u8_new((uint8_t)x);
    return RB_NUM_OK;
}

static int literal_null(const char *text, size_t n, ray_val **out) {
    static const char letters[] = "lihfedtpng";
    static const int8_t types[] = {RY_I64, RY_I32, RY_I16, RY_F64, RY_F32, RY_DATE, RY_TIME, RY_TIMESTAMP, RY_TIMESPAN, RY_GUID};
    char letter = n == 2 ? 'l' : text[2];
    const char *hit = n <= 3 && letter ? strchr(letters, letter) : NULL;
    if (!hit) return RB_NUM_NONE;
    *out = rv_null_of_new(types[hit - letters]);
    return RB_NUM_OK;
}

static size_t digits(const char *text, size_t n, size_t from) {
    size_t i = from;
    while (i < n && rl_is_digit((unsigned char)text[i])) i++;
    return i;
}

/* Where the form digits [. digits] [e [sign] digits] ends; whole numbers say so. */
static size_t scan_number(const char *text, size_t n, size_t from, bool *whole) {
    size_t i = digits(text, n, from);
    *whole = true;
    if (i + 1 < n && text[i] == '.' && rl_is_digit((unsigned char)text[i + 1])) {
        i = digits(text, n, i + 1);
        *whole = false;
    }
    if (i < n && (text[i] == 'e' || text[i] == 'E')) {
        size_t j = i + 1;
        if (j < n && (text[j] == '+' || text[j] == '-')) j++;
        if (j < n && rl_is_digit((unsigned char)text[j])) {
            i = digits(text, n, j);
            *whole = false;
        }
    }
    return i;
}

/* What is not finite is null: infinities are no values. */
static double to_f64(const char *text, size_t n) {
    double x = 0;
    return rb_num_parse_f64(text, n, &x) == RB_NUM_OK ? x : ry_null_f64();
}

static int literal_integer(const char *text, size_t n, char suffix, ray_val **out, const char **what) {
    int64_t x = 0;
    int r = rb_num_parse_i64(text, n, &x);
    if (r == RB_NUM_NONE) return r;
    if (suffix == 'i') {
        *what = "the i32 literal is out of range [-2147483647, 2147483647]";
        if (r == RB_NUM_RANGE || x > INT32_MAX || x < -INT32_MAX) return RB_NUM_RANGE;
        *out = rv_i32_new((int32_t)x);
    } else if (suffix == 'h') {
        *what = "the i16 literal is out of range [-32767, 32767]";
        if (r == RB_NUM_RANGE || x > INT16_MAX || x < -INT16_MAX) return RB_NUM_RANGE;
        *out = rv_i16_new((int16_t)x);
    } else {
        *out = r == RB_NUM_RANGE ? rv_f64_new(to_f64(text, n)) : rv_i64_new(x);
    }
    return RB_NUM_OK;
}

static int literal_number(const char *text, size_t n, ray_val **out, const char **what) {
    bool whole;
    size_t i = scan_number(text, n, text[0] == '-', &whole);
    if (i == n && whole) return literal_integer(text, n, 0, out, what);
    if (i == n) {
        *out = rv_f64_new(to_f64(text, n));
        return RB_NUM_OK;
    }
    if (i + 1 != n) return RB_NUM_NONE;
    if (text[i] == 'e') {
        float x = (float)to_f64(text, i);
        *out = rv_f32_new(x - x == 0 ? x : ry_null_f32());
        return RB_NUM_OK;
    }
    return whole && (text[i] == 'i' || text[i] == 'h') ? literal_integer(text, i, text[i], out, what) : RB_NUM_NONE;
}

/* ---- dates and times ------------------------------------------------------------------------------------------- */

static int literal_time_of(const char *text, size_t n, ray_val **out, const char **what) {
    int32_t narrow = 0;
    int64_t wide = 0;
    *what = "the time literal is out of range";
    const char *day = memchr(text, 'D', n);
    int r;
    if (!day && memchr(text, ':', n)) {
        r = rb_calendar_literal_time(text, n, &narrow);
        if (r == RB_NUM_OK) *out = rv_time_new(narrow);
    } else if (!day) {
        r = rb_calendar_literal_date(text, n, &narrow);
        if (r == RB_NUM_OK) *out = rv_date_new(narrow);
    } else if (memchr(text, '.', (size_t)(day - text))) {
        r = rb_calendar_literal_timestamp(text, n, &wide);
        if (r == RB_NUM_OK) *out = rv_timestamp_new(wide);
    } else {
        r = rb_calendar_literal_timespan(text, n, &wide);
        if (r == RB_NUM_OK) *out = rv_timespan_new(wide);
    }
    return r;
}

static bool looks_temporal(const char *text, size_t n) {
    const char *dot = memchr(text, '.', n);
    return memchr(text, ':', n) || memchr(text, 'D', n) ||
           (dot && memchr(dot + 1, '.', n - (size_t)(dot + 1 - text)));
}

int rl_literal(const char *text, size_t n, ray_val **out, const char **what) {
    if (n >= 2 && text[0] == '0' && text[1] == 'N') return literal_null(text, n, out);
    size_t sign = text[0] == '-';
    if (n >= sign + 2 && text[sign] == '0' && text[sign + 1] == 'x')
        return literal_hex(text + sign + 2, n - sign - 2, out);
    return looks_temporal(text, n) ? literal_time_of(text, n, out, what) : literal_number(text, n, out, what);
}
