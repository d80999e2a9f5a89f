#include "format.h"

int rv_put(rv_printer *p, const void *text, size_t n) {
    size_t len = p->out->len;
    if (n > p->stop - len) {
        if (p->fill && rb_bytes_put(p->out, text, p->stop - len) < 0) return -1;
        return 1;
    }
    if (n > RV_FORMAT_BYTES_MAX - len)
        return rb_fail(RB_E_LIMIT, "the text of a value may have %zu bytes, this one has more", RV_FORMAT_BYTES_MAX);
    return rb_bytes_put(p->out, text, n);
}

/* ---- one line ------------------------------------------------------------------------------------------------ */

/* How the children of a list or a dict look. */
static const uint8_t list_look[RV_LOOKS] = {
    [RV_LOOK_REPL] = RV_LOOK_REPL,     [RV_LOOK_CELL] = RV_LOOK_CELL,     [RV_LOOK_SHOW] = RV_LOOK_SHOW,
    [RV_LOOK_SOURCE] = RV_LOOK_SOURCE, [RV_LOOK_FORMAT] = RV_LOOK_SOURCE, [RV_LOOK_PLAIN] = RV_LOOK_PLAIN,
};
static const uint8_t dict_look[RV_LOOKS] = {
    [RV_LOOK_REPL] = RV_LOOK_REPL,     [RV_LOOK_CELL] = RV_LOOK_CELL,     [RV_LOOK_SHOW] = RV_LOOK_SHOW,
    [RV_LOOK_SOURCE] = RV_LOOK_SOURCE, [RV_LOOK_FORMAT] = RV_LOOK_SOURCE, [RV_LOOK_PLAIN] = RV_LOOK_SOURCE,
};

static bool is_one_type(const ray_val *v) {
    if (!v->len) return false;
    int type = rv_list_get(v, 0)->type;
    for (int64_t i = 1; i < v->len; i++)
        if (rv_list_get(v, i)->type != type) return false;
    return type < 0 || type >= RY_LAMBDA;
}

static bool is_bracketed(const ray_val *v, enum rv_look look) {
    if (look == RV_LOOK_PLAIN) return true;
    return look != RV_LOOK_REPL && look != RV_LOOK_CELL && is_one_type(v);
}

static int put_list(rv_printer *p, const ray_val *v, enum rv_look look) {
    bool brackets = is_bracketed(v, look);
    bool source = !brackets && v->len && (look == RV_LOOK_SOURCE || look == RV_LOOK_FORMAT);
    int r = source ? rv_put(p, "(list ", 6) : rv_put_char(p, brackets ? '[' : '(');
    for (int64_t i = 0; i < v->len && !r; i++) {
        if (i) r = rv_put_char(p, ' ');
        if (!r) r = rv_put_line(p, rv_list_get(v, i), (enum rv_look)list_look[look]);
    }
    return r ? r : rv_put_char(p, brackets ? ']' : ')');
}

static int put_dict(rv_printer *p, const ray_val *v, enum rv_look look) {
    enum rv_look inner = (enum rv_look)dict_look[look];
    int r = rv_put_char(p, '{');
    for (int64_t i = 0; i < v->len && !r; i++) {
        if (i) r = rv_put_char(p, ' ');
        if (!r) r = rv_put_entry(p, v->u.pair.keys, i, inner);
        if (!r) r = rv_put_char(p, ':');
        if (!r) r = rv_put_entry(p, v->u.pair.values, i, inner);
    }
    return r ? r : rv_put_char(p, '}');
}

static int put_table_source(rv_printer *p, const ray_val *t) {
    int r = rv_put(p, "(table ", 7);
    if (!r) r = rv_put_vector(p, t->u.pair.keys, false);
    if (!r) r = rv_put(p, " (list ", 7);
    for (int64_t i = 0; i < rv_table_columns(t) && !r; i++) {
        if (i) r = rv_put_char(p, ' ');
        if (!r) r = rv_put_line(p, rv_table_column_get(t, i), RV_LOOK_SOURCE);
    }
    return r ? r : rv_put(p, "))", 2);
}

static int put_table_size(rv_printer *p, const ray_val *t) {
    char text[2 * RB_NUM_TEXT];
    size_t n = rb_num_i64_into(text, t->len);
    text[n++] = 'x';
    n += rb_num_i64_into(text + n, rv_table_columns(t));
    int r = rv_put(p, "<table ", 7);
    if (!r) r = rv_put(p, text, n);
    return r ? r : rv_put_char(p, '>');
}

static int put_table(rv_printer *p, const ray_val *t, enum rv_look look) {
    if (look == RV_LOOK_SOURCE || look == RV_LOOK_FORMAT) return put_table_source(p, t);
    if (look == RV_LOOK_PLAIN) return put_table_size(p, t);
    if (!rv_table_columns(t)) return rv_put(p, "<table>", 7);
    if (look == RV_LOOK_CELL) return put_table_size(p, t);
    if (look == RV_LOOK_SHOW) return rv_put_box(p, t, -1, -1, -1);
    return 1; /* a box is never part of a line on the console */
}

int rv_put_line(rv_printer *p, const ray_val *v, enum rv_look look) {
    if (rv_is_vector(v)) return rv_put_vector(p, v, look == RV_LOOK_REPL || look == RV_LOOK_CELL);
    if (v->type != RY_LIST && v->type != RY_DICT && v->type != RY_TABLE) return rv_put_atom(p, v, look);
    if (p->depth >= RV_DEPTH_MAX)
        return rb_fail(RB_E_LIMIT, "values nested deeper than %d levels have no text", RV_DEPTH_MAX);
    p->depth++;
    int r = v->type == RY_LIST   ? put_list(p, v, look)
            : v->type == RY_DICT ? put_dict(p, v, look)
                                 : put_table(p, v, look);
    p->depth--;
    return r;
}

/* The row of a keyed table, as a dict. */
static int put_row(rv_printer *p, const ray_val *t, int64_t i) {
    int r = rv_put_char(p, '{');
    for (int64_t c = 0; c < rv_table_columns(t) && !r; c++) {
        if (c) r = rv_put_char(p, ' ');
        if (!r) r = rv_put_element(p, t->u.pair.keys, c);
        if (!r) r = rv_put_char(p, ':');
        if (!r) r = rv_put_entry(p, rv_table_column_get(t, c), i, RV_LOOK_CELL);
    }
    return r ? r : rv_put_char(p, '}');
}

int rv_put_entry(rv_printer *p, const ray_val *v, int64_t i, enum rv_look look) {
    if (v->type == RY_TABLE) return put_row(p, v, i);
    return v->type == RY_LIST ? rv_put_line(p, rv_list_get(v, i), look) : rv_put_element(p, v, i);
}

/* ---- the console: several lines where one is too long -------------------------------------------------------- */

static int put_indent(rv_printer *p, int n) {
    int r = 0;
    while (n-- && !r) r = rv_put_char(p, ' ');
    return r;
}

static int put_block(rv_printer *p, const ray_val *v, int indent, size_t line);

static int put_block_entry(rv_printer *p, const ray_val *v, int64_t i, int indent) {
    size_t line = p->out->len;
    int r = put_indent(p, indent);
    const ray_val *values = v;
    if (v->type == RY_DICT) {
        values = v->u.pair.values;
        if (!r) r = rv_put_entry(p, v->u.pair.keys, i, RV_LOOK_REPL);
        if (!r) r = rv_put(p, ": ", 2);
    }
    if (!r && values->type == RY_LIST)
        r = put_block(p, rv_list_get(values, i), indent, line);
    else if (!r)
        r = rv_put_entry(p, values, i, RV_LOOK_CELL);
    return r ? r : rv_put_char(p, '\n');
}

static int put_entries(rv_printer *p, const ray_val *v, int indent) {
    int64_t n = v->len < RV_FORMAT_ENTRIES ? v->len : RV_FORMAT_ENTRIES;
    if (p->depth >= RV_DEPTH_MAX) n = 0;
    int r = 0;
    int64_t i = 0;
    for (; i < n && !r && p->entries < RV_FORMAT_ENTRIES_MAX; i++) {
        p->entries++;
        r = put_block_entry(p, v, i, indent);
    }
    if (r || i == v->len) return r;
    r = put_indent(p, indent);
    return r ? r : rv_put(p, "...\n", 4);
}

/* The value on the line that began at `line` if that has room, else its entries one by one. */
static int put_block(rv_printer *p, const ray_val *v, int indent, size_t line) {
    if (v->type == RY_TABLE && rv_table_columns(v))
        return rv_put_box(p, v, RV_FORMAT_ROWS, RV_FORMAT_COLUMNS, RV_FORMAT_CELL);
    if (v->type != RY_LIST && v->type != RY_DICT) return rv_put_line(p, v, RV_LOOK_REPL);
    size_t start = p->out->len;
    int depth = p->depth, r = 1;
    if (start < line + RV_FORMAT_LINE) {
        p->stop = line + RV_FORMAT_LINE;
        p->depth = 0; /* a line that fits is nested less deep than it is long */
        r = rv_put_line(p, v, RV_LOOK_REPL);
        p->depth = depth;
        p->stop = SIZE_MAX;
    }
    if (r <= 0) return r;
    p->out->len = start;
    p->depth++;
    r = rv_put(p, v->type == RY_DICT ? "{\n" : "(\n", 2);
    if (!r) r = put_entries(p, v, indent + 2);
    if (!r) r = put_indent(p, indent);
    p->depth--;
    return r ? r : rv_put_char(p, v->type == RY_DICT ? '}' : ')');
}

/* ---- the border ---------------------------------------------------------------------------------------------- */

static int put_styled(rv_printer *p, const ray_val *v, enum rv_style style) {
    if (style == RV_PRINTLN) return rv_put_line(p, v, RV_LOOK_PLAIN);
    if (style == RV_FORMAT) return rv_put_line(p, v, RV_LOOK_FORMAT);
    if (style == RV_SHOW) return rv_put_line(p, v, RV_LOOK_SHOW);
    return v->type == RY_NULL ? 0 : put_block(p, v, 0, p->out->len);
}

static int finish(rv_printer *p, size_t start, int r) {
    if (r) p->out->len = start;
    return r ? -1 : 0;
}

int rv_format(rb_bytes *out, const ray_val *v, enum rv_style style) {
    rv_printer p = {.out = out, .stop = SIZE_MAX};
    size_t start = out->len;
    return finish(&p, start, put_styled(&p, v, style));
}

int rv_format_table(rb_bytes *out, const ray_val *t, int64_t rows, int64_t columns) {
    rv_printer p = {.out = out, .stop = SIZE_MAX};
    size_t start = out->len;
    int r = rv_table_columns(t) ? rv_put_box(&p, t, rows, columns, RV_FORMAT_CELL) : rv_put(&p, "<table>", 7);
    return finish(&p, start, r);
}
