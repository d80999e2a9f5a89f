#include "csv.h"

#include "../base/alloc.h"

#define RANGE_ROWS ((int64_t)1 << 14) /* made into text by one thread at a time */
#define ROUND_RANGES 4                /* for each thread, before they are written */
#define SHORT 128                     /* a number or time needs less */

/* ---- cells ------------------------------------------------------------------------------------------------------------ */

/* A text, in quotes if it would be read as something else without. */
static int put_text(rb_bytes *out, const char *p, size_t n) {
    bool plain = true;
    for (size_t i = 0; plain && i < n; i++) plain = p[i] != ',' && p[i] != '"' && p[i] != '\n' && p[i] != '\r';
    if (plain) return rb_bytes_put(out, p, n);
    RB_TRY(rb_bytes_put(out, "\"", 1), -1);
    for (const char *end = p + n, *q; p < end; p = q) {
        q = memchr(p, '"', (size_t)(end - p));
        q = q ? q + 1 : end;
        RB_TRY(rb_bytes_put(out, p, (size_t)(q - p)), -1);
        if (q[-1] == '"') RB_TRY(rb_bytes_put(out, "\"", 1), -1);
    }
    return rb_bytes_put(out, "\"", 1);
}

static int put_cell_of_list(rb_bytes *out, const ray_val *x) {
    if (x->type == RY_NULL) return 0;
    rb_bytes text = RB_BYTES_EMPTY;
    int r = rv_format(&text, x, RV_SHOW);
    if (r == 0) r = put_text(out, (const char *)text.p, text.len);
    rb_bytes_free(&text);
    return r;
}

static size_t dashes(char *to, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (to[i] == '.') to[i] = '-';
    return n;
}

/* Drops a fraction of nothing but zeros, `digits` long. */
static size_t without_zeros(const char *to, size_t n, size_t digits) {
    for (size_t i = 0; i < digits; i++)
        if (to[n - 1 - i] != '0') return n;
    return n - digits - 1;
}

static size_t timestamp_into(char *to, int64_t ns) {
    size_t n = rb_calendar_timestamp_into(to, ns);
    char *day = memchr(to, 'D', n);
    dashes(to, (size_t)(day - to));
    *day = 'T';
    return without_zeros(to, n, 9);
}

static size_t guid_into(char *to, const ry_guid *g) {
    static const char digits[] = "0123456789abcdef";
    size_t n = 0;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) to[n++] = '-';
        to[n++] = digits[g->b[i] >> 4];
        to[n++] = digits[g->b[i] & 15];
    }
    return n;
}

static size_t word_into(char *to, const char *word) {
    size_t n = strlen(word);
    memcpy(to, word, n);
    return n;
}

static size_t short_into(char *to, const ray_val *v, int64_t i) {
    size_t n;
    switch (v->type) {
    case RY_B8: return word_into(to, RV_DATA(uint8_t, v)[i] ? "true" : "false");
    case RY_U8: return rb_num_i64_into(to, RV_DATA(uint8_t, v)[i]);
    case RY_I16: return rb_num_i64_into(to, RV_DATA(int16_t, v)[i]);
    case RY_I32: return rb_num_i64_into(to, RV_DATA(int32_t, v)[i]);
    case RY_I64: return rb_num_i64_into(to, RV_DATA(int64_t, v)[i]);
    case RY_F32: return rs_csv_f64_into(to, (double)RV_DATA(float, v)[i]);
    case RY_F64: return rs_csv_f64_into(to, RV_DATA(double, v)[i]);
    case RY_DATE: return dashes(to, rb_calendar_date_into(to, RV_DATA(int32_t, v)[i]));
    case RY_TIME:
        n = rb_calendar_time_into(to, RV_DATA(int32_t, v)[i]);
        return without_zeros(to, n, 3);
    case RY_TIMESTAMP: return timestamp_into(to, RV_DATA(int64_t, v)[i]);
    case RY_TIMESPAN: return rb_calendar_timespan_into(to, RV_DATA(int64_t, v)[i]);
    default: return guid_into(to, &RV_DATA(ry_guid, v)[i]);
    }
}

static int put_cell(rb_bytes *out, const ray_val *v, int64_t i) {
    size_t n;
    const char *text;
    switch (v->type) {
    case RY_LIST: return put_cell_of_list(out, rv_list_get(v, i));
    case RY_STR: text = rv_strvec_get(v, i, &n); return put_text(out, text, n);
    case RY_SYM: text = rv_sym_text(RV_DATA(int32_t, v)[i], &n); return put_text(out, text, n);
    default: break;
    }
    if (ry_null_at(v->type, (const char *)v->data + i * ry_width(v->type))) return 0;
    char *to = (char *)rb_bytes_reserve(out, SHORT);
    if (!to) return -1;
    out->len += short_into(to, v, i);
    return 0;
}

/* ---- ranges of rows --------------------------------------------------------------------------------------------------- */

typedef struct writing {
    ray_rt *rt;
    const ray_val *t;
    rb_writer *w;
    rb_bytes *texts; /* one a range of the round */
    int64_t first;   /* row of the round */
} writing;

static int put_rows(void *ctx, int64_t begin, int64_t end, int worker) {
    writing *w = ctx;
    rb_bytes *out = &w->texts[begin / RANGE_ROWS];
    int64_t columns = rv_table_columns(w->t);
    out->len = 0;
    for (int64_t i = w->first + begin; i < w->first + end; i++) {
        if (worker == 0 && i % 1024 == 0) RB_TRY(rb_rt_check(w->rt), -1);
        for (int64_t c = 0; c < columns; c++) {
            RB_TRY(put_cell(out, rv_table_column_get(w->t, c), i), -1);
            RB_TRY(rb_bytes_put(out, c + 1 < columns ? "," : "\n", 1), -1);
        }
    }
    return 0;
}

static int write_rows(writing *w, int64_t ranges) {
    rb_pool *pool = w->rt ? w->rt->pool : NULL;
    for (; w->first < w->t->len; w->first += ranges * RANGE_ROWS) {
        int64_t left = w->t->len - w->first, n = left < ranges * RANGE_ROWS ? left : ranges * RANGE_ROWS;
        RB_TRY(rb_pool_for(pool, n, RANGE_ROWS, put_rows, w), -1);
        for (int64_t k = 0; k * RANGE_ROWS < n; k++) RB_TRY(rb_writer_put(w->w, w->texts[k].p, w->texts[k].len), -1);
    }
    return 0;
}

static int write_names(const writing *w) {
    rb_bytes line = RB_BYTES_EMPTY;
    int r = 0;
    for (int64_t c = 0; r == 0 && c < rv_table_columns(w->t); c++) {
        size_t n;
        const char *text = rv_sym_text(rv_table_name(w->t, c), &n);
        if (c) r = rb_bytes_put(&line, ",", 1);
        if (r == 0) r = put_text(&line, text, n);
    }
    if (r == 0) r = rb_bytes_put(&line, "\n", 1);
    if (r == 0) r = rb_writer_put(w->w, line.p, line.len);
    rb_bytes_free(&line);
    return r;
}

int rs_csv_write(ray_rt *rt, const ray_val *table, const char *path) {
    int64_t ranges = ROUND_RANGES * (int64_t)rb_pool_threads(rt ? rt->pool : NULL);
    writing w = {.rt = rt, .t = table, .texts = rb_alloc_zero((size_t)ranges * sizeof *w.texts)};
    if (!w.texts) return -1;
    w.w = rb_writer_new(path);
    int r = w.w ? write_names(&w) : -1;
    if (r == 0) r = write_rows(&w, ranges);
    for (int64_t k = 0; k < ranges; k++) rb_bytes_free(&w.texts[k]);
    rb_free(w.texts, (size_t)ranges * sizeof *w.texts);
    if (r == 0) return rb_writer_commit_take(w.w);
    rb_writer_free(w.w);
    return r;
}
