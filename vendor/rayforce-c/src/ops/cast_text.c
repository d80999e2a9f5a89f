#include "cast.h"

#include "../base/calendar.h"

#include <float.h>
#include <math.h>

const char *ro_cast_text(const ray_val *v, int64_t i, size_t *n) {
    switch (v->type) {
    case -RY_STR: return rv_str_get(v, n);
    case RY_STR: return rv_strvec_get(v, i, n);
    case -RY_SYM: return rv_sym_text(v->u.sym, n);
    default: return rv_sym_text(RV_DATA(int32_t, v)[i], n);
    }
}

/* ---- text to value ------------------------------------------------------------------------------------------- */

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static int cannot_parse(const char *text, size_t n, int to, const char *why) {
    int shown = n > 100 ? 100 : (int)n;
    return rb_fail(RB_E_DOMAIN, "as: \"%.*s\" cannot be read as %s: %s", shown, text, ry_name(-to), why);
}

/* The largest value of an integer type; its negative is the smallest, but for u8. */
static int64_t int_max(int to) {
    return to == RY_U8 ? UINT8_MAX : to == RY_I16 ? INT16_MAX : to == RY_I32 ? INT32_MAX : INT64_MAX;
}

static int parse_int(const char *text, size_t n, int to, void *out) {
    int64_t x = 0, high = int_max(to), low = to == RY_U8 ? 0 : -high;
    int r = rb_num_parse_i64(text, n, &x);
    if (r == RB_NUM_NONE) return cannot_parse(text, n, to, "expected an integer");
    if (r == RB_NUM_RANGE || x > high || x < low) return cannot_parse(text, n, to, "it is out of range");
    switch (to) {
    case RY_U8: *(uint8_t *)out = (uint8_t)x; break;
    case RY_I16: *(int16_t *)out = (int16_t)x; break;
    case RY_I32: *(int32_t *)out = (int32_t)x; break;
    default: *(int64_t *)out = x;
    }
    return 0;
}

/* What no finite double is stays null in F64 and ends at the largest float in F32. */
static int parse_float(const char *text, size_t n, int to, void *out) {
    double x;
    if (rb_num_parse_f64(text, n, &x) == RB_NUM_NONE) return cannot_parse(text, n, to, "expected a number");
    if (to == RY_F64) {
        *(double *)out = isfinite(x) ? x : ry_null_f64();
        return 0;
    }
    *(float *)out = isnan(x) ? ry_null_f32() : fabs(x) > (double)FLT_MAX ? copysignf(FLT_MAX, (float)x) : (float)x;
    return 0;
}

static int parse_temporal(const char *text, size_t n, int to, void *out) {
    int r;
    const char *form;
    switch (to) {
    case RY_DATE: r = rb_calendar_parse_date(text, n, out), form = "expected YYYY.MM.DD"; break;
    case RY_TIME: r = rb_calendar_parse_time(text, n, out), form = "expected [-]HH:MM[:SS][.fff]"; break;
    case RY_TIMESTAMP: r = rb_calendar_parse_timestamp(text, n, out), form = "expected YYYY.MM.DD[DHH:MM:SS.f]"; break;
    default: r = rb_calendar_literal_timespan(text, n, out), form = "expected [-]nD[HH[:MM[:SS[.f]]]]";
    }
    if (r == RB_NUM_NONE) return cannot_parse(text, n, to, form);
    return r == RB_NUM_RANGE ? cannot_parse(text, n, to, "a part of it is out of range") : 0;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    char low = (char)(c | 0x20);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* 8-4-4-4-12 hexadecimal digits. */
static int parse_guid(const char *text, size_t n, ry_guid *out) {
    const char *form = "expected 8-4-4-4-12 hexadecimal digits";
    if (n != 36) return cannot_parse(text, n, RY_GUID, form);
    for (int i = 0, at = 0; i < 16; i++, at += 2) {
        if ((i == 4 || i == 6 || i == 8 || i == 10) && text[at++] != '-') return cannot_parse(text, n, RY_GUID, form);
        int high = hex_digit(text[at]), low = hex_digit(text[at + 1]);
        if (high < 0 || low < 0) return cannot_parse(text, n, RY_GUID, form);
        out->b[i] = (uint8_t)(high << 4 | low);
    }
    return 0;
}

int ro_cast_parse(const char *text, size_t n, int to, void *out) {
    if (to == RY_B8) {
        *(uint8_t *)out = n > 0;
        return 0;
    }
    if (n == 0) {
        ry_null_into(to, out);
        return 1;
    }
    if (to == RY_GUID) return parse_guid(text, n, out);
    if (ry_class_of(to) == RY_C_TEMPORAL) return parse_temporal(text, n, to, out);
    while (n && is_blank(*text)) text++, n--;
    return ry_class_of(to) == RY_C_FLOAT ? parse_float(text, n, to, out) : parse_int(text, n, to, out);
}

/* ---- value to text ------------------------------------------------------------------------------------------- */

static int write_float(double x, int digits, rb_bytes *out) {
    char text[RB_NUM_TEXT];
    return rb_bytes_put(out, text, rb_num_f64_g_into(text, x, digits));
}

static int write_int(int64_t x, rb_bytes *out) {
    char text[RB_NUM_TEXT];
    return rb_bytes_put(out, text, rb_num_i64_into(text, x));
}

int ro_cast_write(const ro_cast *c, int64_t i, bool sym, rb_bytes *out) {
    if (ry_class_of(c->from) == RY_C_SYMBOL || ry_class_of(c->from) == RY_C_TEXT) {
        size_t n;
        const char *text = ro_cast_text(c->v, i, &n);
        return rb_bytes_put(out, text, n);
    }
    const char *at = (const char *)c->v->data + i * ry_width(c->from);
    if (c->nulls && ry_null_at(c->from, at)) return 0;
    /* As a symbol a number shows all its digits and what is not written with digits alone becomes a number. */
    if (c->from == RY_F64) return write_float(*(const double *)(const void *)at, sym ? 17 : 6, out);
    if (c->from == RY_F32) return write_float((double)*(const float *)(const void *)at, sym ? 9 : 6, out);
    if (sym && (c->from == RY_B8 || c->from == RY_U8)) return write_int(*(const uint8_t *)at, out);
    ray_val atom = {.type = (int8_t)-c->from, .len = 1};
    atom.data = &atom.u;
    memcpy(&atom.u, at, (size_t)ry_width(c->from));
    return rv_format(out, &atom, RV_FORMAT);
}
