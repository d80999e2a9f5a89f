#include "format.h"

#include "../base/alloc.h"
#include "../base/utf8.h"

/* A table as a box, made in two passes over what is shown: one for the widths, one that writes. */
typedef struct box {
    rv_printer *p;
    const ray_val *t;
    rb_bytes cell;      /* the text of one cell */
    int64_t cell_max;   /* its bytes, negative: any number */
    int64_t head, tail; /* rows shown from the start and from the end */
    int64_t columns;    /* shown */
    bool more_rows, more_columns;
    int64_t *width; /* display columns between two bars; the last one is the column of ellipses if there is one */
    int64_t widths;
} box;

#define ELLIPSIS "…"

/* ---- display width ------------------------------------------------------------------------------------------- */

typedef struct range {
    uint32_t from, to;
} range;

static const range narrow[] = {{0x300, 0x36f}, {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
static const range wide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x4dbf},   {0x4e00, 0xa4cf},
                             {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},
                             {0xffe0, 0xffe6},   {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

static bool is_in(const range *r, size_t n, uint32_t point) {
    for (size_t i = 0; i < n; i++)
        if (point >= r[i].from && point <= r[i].to) return true;
    return false;
}

static int64_t display_width(const char *text, size_t n) {
    int64_t width = 0;
    for (size_t i = 0; i < n;) {
        uint32_t point = 0;
        size_t step = (uint8_t)text[i] < 0x80 ? 1 : rb_utf8_next(text + i, n - i, &point);
        width += is_in(narrow, RB_COUNT(narrow), point) ? 0 : is_in(wide, RB_COUNT(wide), point) ? 2 : 1;
        i += step ? step : 1;
    }
    return width;
}

/* What stands for a column without a name. */
static const char *column_name(const ray_val *t, int64_t column, size_t *n) {
    const char *name = rv_sym_text(rv_table_name(t, column), n);
    return *n ? name : (*n = 1, "?");
}

/* ---- cells --------------------------------------------------------------------------------------------------- */

/* Length of the text without a character that was cut in two at its end. */
static size_t whole_characters(const uint8_t *text, size_t n) {
    size_t i = n;
    while (i > 0 && n - i < 3 && (text[i - 1] & 0xc0) == 0x80) i--;
    if (i == 0 || text[i - 1] < 0xc0) return n;
    size_t needs = text[i - 1] < 0xe0 ? 2 : text[i - 1] < 0xf0 ? 3 : 4;
    return n - (i - 1) < needs ? i - 1 : n;
}

static int cell_text(box *b, int64_t column, int64_t row) {
    b->cell.len = 0;
    rv_printer p = {.out = &b->cell, .stop = b->cell_max < 0 ? SIZE_MAX : (size_t)b->cell_max, .fill = true,
                    .depth = b->p->depth};
    int r = rv_put_entry(&p, rv_table_column_get(b->t, column), row, RV_LOOK_CELL);
    if (r > 0) b->cell.len = whole_characters(b->cell.p, b->cell.len);
    return r < 0 ? -1 : 0;
}

/* The i-th of the rows shown. */
static int64_t shown_row(const box *b, int64_t i) { return i < b->head ? i : b->t->len - b->tail + (i - b->head); }

static void widen(box *b, int64_t column, int64_t text) {
    if (b->width[column] < text + 2) b->width[column] = text + 2;
}

static int measure(box *b) {
    for (int64_t c = 0; c < b->columns; c++) {
        const ray_val *column = rv_table_column_get(b->t, c);
        const char *type = ry_name(column->type);
        size_t n;
        const char *name = column_name(b->t, c, &n);
        b->width[c] = 0;
        widen(b, c, display_width(name, n));
        widen(b, c, (int64_t)strlen(type));
        for (int64_t i = 0; i < b->head + b->tail; i++) {
            if (cell_text(b, c, shown_row(b, i)) < 0) return -1;
            widen(b, c, display_width((const char *)b->cell.p, b->cell.len));
        }
    }
    if (b->more_columns) b->width[b->columns] = 3;
    return 0;
}

/* ---- lines --------------------------------------------------------------------------------------------------- */

static int put_z(box *b, const char *text) { return rv_put(b->p, text, strlen(text)); }

static int put_times(box *b, const char *text, int64_t n) {
    int r = 0;
    while (n-- > 0 && !r) r = put_z(b, text);
    return r;
}

/* left ─ joint ─ right */
static int put_rule(box *b, const char *left, const char *joint, const char *right) {
    int r = 0;
    for (int64_t c = 0; c < b->widths && !r; c++) {
        r = put_z(b, c ? joint : left);
        if (!r) r = put_times(b, "─", b->width[c]);
    }
    return r ? r : put_z(b, right);
}

static int put_centred(box *b, int64_t column, const char *text, size_t n) {
    int64_t space = b->width[column] - display_width(text, n);
    int r = put_times(b, " ", space / 2);
    if (!r) r = rv_put(b->p, text, n);
    return r ? r : put_times(b, " ", space - space / 2);
}

/* Names (types = false) or types of the columns, centred. */
static int put_heads(box *b, bool types) {
    int r = 0;
    for (int64_t c = 0; c < b->widths && !r; c++) {
        size_t n = strlen(ELLIPSIS);
        const char *text = ELLIPSIS;
        if (c < b->columns && types) {
            text = ry_name(rv_table_column_get(b->t, c)->type);
            n = strlen(text);
        } else if (c < b->columns) {
            text = column_name(b->t, c, &n);
        }
        r = put_z(b, "│");
        if (!r) r = put_centred(b, c, text, n);
    }
    return r ? r : put_z(b, "│\n");
}

static int put_row(box *b, int64_t row) {
    int r = 0;
    for (int64_t c = 0; c < b->columns && !r; c++) {
        r = cell_text(b, c, row);
        if (!r) r = put_z(b, "│ ");
        if (!r) r = rv_put(b->p, b->cell.p, b->cell.len);
        if (!r) r = put_times(b, " ", b->width[c] - 1 - display_width((const char *)b->cell.p, b->cell.len));
    }
    if (!r && b->more_columns) {
        r = put_z(b, "│");
        if (!r) r = put_centred(b, b->columns, ELLIPSIS, strlen(ELLIPSIS));
    }
    return r ? r : put_z(b, "│\n");
}

static int put_gap(box *b) {
    int r = 0;
    for (int64_t c = 0; c < b->widths && !r; c++) {
        r = put_z(b, "┆");
        if (!r) r = put_centred(b, c, ELLIPSIS, strlen(ELLIPSIS));
    }
    return r ? r : put_z(b, "┆\n");
}

static int put_rows(box *b) {
    int r = 0;
    for (int64_t i = 0; i < b->head + b->tail && !r; i++) {
        if (b->more_rows && i == b->head) r = put_gap(b);
        if (!r) r = put_row(b, shown_row(b, i));
    }
    return r || !b->more_rows || b->tail ? r : put_gap(b);
}

/* " 2 rows (2 shown) 3 columns (3 shown)"; ASCII, so bytes are display columns. */
static int footer(box *b, rb_bytes *out) {
    return rb_bytes_printf(out, " %lld rows (%lld shown) %lld columns (%lld shown)", (long long)b->t->len,
                           (long long)(b->head + b->tail), (long long)rv_table_columns(b->t), (long long)b->columns);
}

static int put_lines(box *b, const rb_bytes *foot) {
    int64_t inner = b->widths - 1;
    for (int64_t c = 0; c < b->widths; c++) inner += b->width[c];
    if (inner < (int64_t)foot->len) {
        b->width[b->widths - 1] += (int64_t)foot->len - inner;
        inner = (int64_t)foot->len;
    }
    int r = put_rule(b, "┌", "┬", "┐\n");
    if (!r) r = put_heads(b, false);
    if (!r) r = put_heads(b, true);
    if (!r) r = put_rule(b, "├", "┼", "┤\n");
    if (!r) r = put_rows(b);
    if (!r) r = put_rule(b, "├", "┴", "┤\n");
    if (!r) r = put_z(b, "│");
    if (!r) r = rv_put(b->p, foot->p, foot->len);
    if (!r) r = put_times(b, " ", inner - (int64_t)foot->len);
    if (!r) r = put_z(b, "│\n");
    return r ? r : put_rule(b, "└", "─", "┘");
}

int rv_put_box(rv_printer *p, const ray_val *t, int64_t rows, int64_t columns, int64_t cell_max) {
    int64_t all = rv_table_columns(t);
    box b = {.p = p, .t = t, .cell = RB_BYTES_EMPTY, .cell_max = cell_max};
    b.more_rows = rows >= 0 && t->len > rows;
    b.head = b.more_rows ? rows - rows / 2 : t->len;
    b.tail = b.more_rows ? rows / 2 : 0;
    b.more_columns = columns >= 0 && all > columns;
    b.columns = b.more_columns ? columns : all;
    b.widths = b.columns + b.more_columns;
    size_t size = (size_t)b.widths * sizeof *b.width;
    b.width = rb_alloc(size);
    if (!b.width) return -1;
    rb_bytes foot = RB_BYTES_EMPTY;
    int r = measure(&b);
    if (!r) r = footer(&b, &foot);
    if (!r) r = put_lines(&b, &foot);
    rb_bytes_free(&foot);
    rb_bytes_free(&b.cell);
    rb_free(b.width, size);
    return r;
}
