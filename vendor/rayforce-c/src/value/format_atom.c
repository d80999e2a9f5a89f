#include "format.h"

#include "../base/calendar.h"

/* What a null of each fixed-width type ends with: 0Nl. */
static const char null_letter[RY_VECTOR_END] = {
    [RY_B8] = 'b',  [RY_U8] = 'u',   [RY_I16] = 'h',  [RY_I32] = 'i',       [RY_I64] = 'l',  [RY_F32] = 'e',
    [RY_F64] = 'f', [RY_DATE] = 'd', [RY_TIME] = 't', [RY_TIMESTAMP] = 'p', [RY_GUID] = 'g', [RY_TIMESPAN] = 'n',
};

static size_t guid_into(char *out, const ry_guid *g) {
    static const char hex[] = "0123456789abcdef";
    size_t n = 0;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out[n++] = '-';
        out[n++] = hex[g->b[i] >> 4];
        out[n++] = hex[g->b[i] & 15];
    }
    return n;
}

static size_t word_into(char *out, const char *word) {
    size_t n = strlen(word);
    memcpy(out, word, n);
    return n;
}

static size_t u8_into(char *out, uint8_t x) {
    static const char hex[] = "0123456789abcdef";
    out[0] = '0', out[1] = 'x', out[2] = hex[x >> 4], out[3] = hex[x & 15];
    return 4;
}

static size_t f32_into(char *out, float x) {
    size_t n = rb_num_f64_into(out, (double)x);
    out[n] = 'e';
    return n + 1;
}

/* An element of a fixed-width type that is not null. */
static size_t fixed_into(char *out, int type, const void *at) {
    switch (type) {
    case RY_B8: return word_into(out, *(const uint8_t *)at ? "true" : "false");
    case RY_U8: return u8_into(out, *(const uint8_t *)at);
    case RY_I16: return rb_num_i64_into(out, *(const int16_t *)at);
    case RY_I32: return rb_num_i64_into(out, *(const int32_t *)at);
    case RY_I64: return rb_num_i64_into(out, *(const int64_t *)at);
    case RY_F32: return f32_into(out, *(const float *)at);
    case RY_F64: return rb_num_f64_into(out, *(const double *)at);
    case RY_DATE: return rb_calendar_date_into(out, *(const int32_t *)at);
    case RY_TIME: return rb_calendar_time_into(out, *(const int32_t *)at);
    case RY_TIMESTAMP: return rb_calendar_timestamp_into(out, *(const int64_t *)at);
    case RY_TIMESPAN: return rb_calendar_timespan_into(out, *(const int64_t *)at);
    default: return guid_into(out, at);
    }
}

static int put_null(rv_printer *p, int type) {
    char text[3] = {'0', 'N', null_letter[type]};
    return rv_put(p, text, 3);
}

static int put_fixed(rv_printer *p, int type, const void *at) {
    char text[RB_NUM_TEXT];
    return rv_put(p, text, fixed_into(text, type, at));
}

/* The empty symbol shows as the tick that writes it. */
static int put_sym(rv_printer *p, int32_t id, bool tick) {
    size_t n;
    const char *text = rv_sym_text(id, &n);
    int r = tick || n == 0 ? rv_put_char(p, '\'') : 0;
    return r ? r : rv_put(p, text, n);
}

static int put_quoted(rv_printer *p, const char *text, size_t n) {
    int r = rv_put_char(p, '"');
    if (!r) r = rv_put(p, text, n);
    return r ? r : rv_put_char(p, '"');
}

static int put_builtin(rv_printer *p, const ray_val *v, bool bare) {
    const char *name = rv_builtin_name(v);
    size_t n = strlen(name);
    if (n > RV_FORMAT_BUILTIN) n = RV_FORMAT_BUILTIN;
    int r = bare ? 0 : rv_put_char(p, '<');
    if (!r) r = rv_put(p, name, n);
    return r || bare ? r : rv_put_char(p, '>');
}

static int put_error(rv_printer *p, const ray_val *v) {
    size_t n = 0;
    const char *text = v->u.error.text ? rv_str_get(v->u.error.text, &n) : NULL;
    int r = rv_put(p, "error: ", 7);
    if (!r) r = rv_put(p, v->u.error.cls, strnlen(v->u.error.cls, sizeof v->u.error.cls));
    if (r || !text || !n) return r;
    r = rv_put(p, ": ", 2);
    return r ? r : rv_put(p, text, n);
}

static bool is_short_float(enum rv_look look) { return look == RV_LOOK_FORMAT || look == RV_LOOK_PLAIN; }

/* Six digits as C's %g has them; the zero loses its sign. */
static int put_short_f64(rv_printer *p, double x) {
    char text[RB_NUM_TEXT];
    return rv_put(p, text, rb_num_f64_g_into(text, x == 0 ? 0 : x, 6));
}

static int put_typed(rv_printer *p, const ray_val *v, enum rv_look look) {
    int type = -v->type;
    if (type == RY_SYM) return put_sym(p, v->u.sym, look == RV_LOOK_PLAIN);
    if (type == RY_STR) {
        size_t n;
        const char *text = rv_str_get(v, &n);
        return is_short_float(look) ? rv_put(p, text, n) : put_quoted(p, text, n);
    }
    if (rv_is_null(v)) return put_null(p, type);
    if (type == RY_F64 && is_short_float(look)) return put_short_f64(p, v->u.f64);
    return put_fixed(p, type, v->data);
}

int rv_put_atom(rv_printer *p, const ray_val *v, enum rv_look look) {
    if (rv_is_atom(v)) return put_typed(p, v, look);
    if (v->type == RY_NULL) return rv_put(p, "null", 4);
    if (v->type == RY_LAMBDA) return rv_put(p, "lambda", 6);
    if (v->type == RY_ERROR) return put_error(p, v);
    return put_builtin(p, v, look == RV_LOOK_PLAIN);
}

int rv_put_element(rv_printer *p, const ray_val *v, int64_t i) {
    if (v->type == RY_SYM) return put_sym(p, RV_DATA(int32_t, v)[i], false);
    if (v->type == RY_STR) {
        size_t n;
        const char *text = rv_strvec_get(v, i, &n);
        return put_quoted(p, text, n);
    }
    const char *at = (const char *)v->data + i * ry_width(v->type);
    /* Without the mark a sentinel is a number like any other; a NaN never is. */
    bool may_be_null = (v->attrs & RV_A_NULLS) || ry_class_of(v->type) == RY_C_FLOAT;
    return may_be_null && ry_null_at(v->type, at) ? put_null(p, v->type) : put_fixed(p, v->type, at);
}

int rv_put_vector(rv_printer *p, const ray_val *v, bool cut) {
    size_t start = p->out->len, stop = p->stop, end;
    bool fill = p->fill;
    int r = rv_put_char(p, '[');
    if (r) return r;
    if (cut) p->stop = start + 1 + RV_FORMAT_LINE, p->fill = false;
    for (int64_t i = 0; i < v->len && !r; i++) {
        end = p->out->len;
        if (i) r = rv_put_char(p, ' ');
        if (!r) r = rv_put_element(p, v, i);
        if (r) p->out->len = end;
    }
    p->stop = stop, p->fill = fill;
    if (r < 0 || (r && !cut)) return r;
    if (p->out->len > stop) {
        p->out->len = stop;
        return 1;
    }
    if (!r) return rv_put_char(p, ']');
    return p->out->len - start > 1 ? rv_put(p, " ..]", 4) : rv_put(p, "..]", 3);
}
