#include "csv.h"

int rs_csv_fail(const rs_csv_text *t, const char *at, const char *what) {
    const char *line = t->p;
    int64_t lines = 1;
    for (const char *q; (q = memchr(line, '\n', (size_t)(at - line))); line = q + 1) lines++;
    rb_fail(RB_E_PARSE, "%.150s:%lld:%lld: %s", t->path, (long long)lines, (long long)(at - line + 1), what);
    rb_error_detail_set(lines, at - line + 1);
    return -1;
}

/* From the start of a line, or (`inside`) from within a quoted field, to behind the line's end or to `end`. The second is
 * so inside a quoted field if *inside is true afterwards. */
static const char *skip_line(const rs_csv_text *t, const char *p, const char *end, bool *inside) {
    bool quoted = *inside;
    for (;;) {
        if (quoted || (p < end && *p == '"')) {
            if (!quoted) p++;
            for (;; p += 2) {
                while (p < end && *p != '"') p++;
                *inside = p == end;
                if (p == end) return end;
                if (p + 1 == end || p[1] != '"') break;
            }
            p++;
            quoted = false;
        }
        while (p < end && *p != t->mark && *p != '\n') p++;
        if (p == end) return end;
        if (*p++ == '\n') return p;
    }
}

/* The loop is simple enough to become vector code. */
static RB_HOT int64_t count_feeds(const char *p, const char *end) {
    int64_t n = 0;
    while (p < end) {
        const char *stop = end - p > 255 ? p + 255 : end;
        uint8_t here = 0;
        for (; p < stop; p++) here = (uint8_t)(here + (*p == '\n'));
        n += here;
    }
    return n;
}

void rs_csv_lines_of(const rs_csv_text *t, const char *p, const char *end, bool inside, rs_csv_lines *out) {
    *out = (rs_csv_lines){NULL, 0, inside};
    if (!t->quotes) {
        out->first = p < end ? p : NULL;
        out->count = count_feeds(p, end) + (p < end && end[-1] != '\n');
        return;
    }
    if (inside) p = skip_line(t, p, end, &out->inside);
    while (p < end) {
        if (!out->first) out->first = p;
        out->count++;
        p = skip_line(t, p, end, &out->inside);
    }
}

/* A quoted field from behind its quote on; *p moves behind the closing one. */
static int quoted_field(const rs_csv_text *t, const char **p, rs_csv_field *out) {
    const char *from = *p, *q = from;
    size_t doubled = 0;
    for (;; q += 2) {
        while (q < t->end && *q != '"') q++;
        if (q == t->end) return rs_csv_fail(t, from - 1, "a quoted field begins here and does not end");
        if (q + 1 == t->end || q[1] != '"') break;
        doubled = RS_CSV_DOUBLED;
    }
    *out = (rs_csv_field){from, (size_t)(q - from) | doubled};
    *p = q + 1;
    bool ends = *p == t->end || **p == t->mark || **p == '\n' ||
                (**p == '\r' && (*p + 1 == t->end || (*p)[1] == '\n'));
    return ends ? 0 : rs_csv_fail(t, *p, "text behind the end of a quoted field");
}

/* One field; *p moves to the mark, the line feed or the end of the text behind it. */
static inline int field(const rs_csv_text *t, const char **p, rs_csv_field *out) {
    const char *from = *p, *q = from, *end = t->end;
    char mark = t->mark;
    if (q < end && *q == '"') {
        *p = q + 1;
        RB_TRY(quoted_field(t, p, out), -1);
        if (*p < end && **p == '\r') ++*p;
        return 0;
    }
    while (q < end && *q != mark && *q != '\n') q++;
    *p = q;
    bool cr = q > from && q[-1] == '\r' && (q == end || *q == '\n');
    *out = (rs_csv_field){from, (size_t)(q - from - cr)};
    return 0;
}

int64_t rs_csv_fields(const rs_csv_text *t, const char **at, int64_t rows, int columns, int64_t stride,
                      rs_csv_field *fields) {
    const char *p = *at, *end = t->end;
    int64_t r = 0;
    for (; r < rows && p < end; r++) {
        int c = 0;
        for (;; p++) {
            rs_csv_field f;
            RB_TRY(field(t, &p, &f), -1);
            if (c < columns) fields[c++ * stride + r] = f;
            if (p == end || *p == '\n') break;
        }
        while (c < columns) fields[c++ * stride + r] = (rs_csv_field){p, 0};
        if (p < end) p++;
    }
    *at = p;
    return r;
}

int rs_csv_count(const rs_csv_text *t, const char *p) {
    for (int n = 1;; n++, p++) {
        rs_csv_field f;
        RB_TRY(field(t, &p, &f), -1);
        if (p == t->end || *p == '\n') return n;
        if (n == INT32_MAX) return rb_fail(RB_E_LIMIT, "%.150s: more than %d columns", t->path, n);
    }
}

const char *rs_csv_plain(rs_csv_field f, rb_bytes *room, size_t *n) {
    *n = rs_csv_size(f);
    if (f.n == *n) return f.p;
    room->len = 0;
    for (const char *p = f.p, *end = p + *n; p < end;) {
        const char *q = memchr(p, '"', (size_t)(end - p)), *stop = q ? q + 1 : end;
        if (rb_bytes_put(room, p, (size_t)(stop - p)) < 0) return NULL;
        p = q ? q + 2 : end;
    }
    *n = room->len;
    return (const char *)room->p;
}
