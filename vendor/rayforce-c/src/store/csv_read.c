#include "csv.h"

#include "../base/alloc.h"

#include <stdio.h>

#define PIECE_MIN ((int64_t)256 << 10)
#define PIECE_MAX ((int64_t)8 << 20)
#define BLOCK_FIELDS 1024 /* read before they become values, so that they are still in the cache */
#define BLOCK_ROWS 256
#define SAMPLE_PIECES 64
#define SAMPLE_ROWS 32

/* The text is cut behind line feeds. Whether such a cut lies in a quoted field is not known at first: the lines of all
 * pieces are counted as if none did, in parallel; those that do are counted again when they are put together. */
typedef struct piece {
    const char *begin, *end; /* where its lines begin, and the cut behind it */
    rs_csv_lines lines;
    int64_t row;
} piece;

typedef struct reading {
    ray_rt *rt;
    rs_csv_text text;
    const ray_val *names, *types;
    bool strict;
    const char *data; /* where the lines with rows begin */
    ray_val *head;    /* SYM: the columns' names */
    rs_csv_column *columns;
    int ncolumns, nworkers;
    rs_csv_worker *workers;
    piece *pieces;
    int64_t npieces, rows;
    _Atomic bool quotes;
    rb_bytes *heaps; /* of STR columns, one a piece and column; null if there is no such column */
} reading;

static rb_pool *pool_of(const reading *r) { return r->rt ? r->rt->pool : NULL; }

/* ---- the types that are asked for ------------------------------------------------------------------------------------ */

static int type_code(int32_t name) {
    size_t n;
    const char *text = rv_sym_text(name, &n);
    if (n == 6 && memcmp(text, "SYMBOL", 6) == 0) return RY_SYM;
    int type = ry_code_of(text, n);
    if (type > 0 && type < RY_VECTOR_END) return type;
    return rb_fail(RB_E_TYPE, "csv: expected the name of a column's type in capitals, such as I64 or SYM, got %.100s", text);
}

static int check_arguments(const ray_val *names, const ray_val *types) {
    if (!types) return 0;
    if (types->type != RY_SYM) return rb_fail(RB_E_TYPE, "csv: expected the types as a SYM vector, got %s", ry_name(types->type));
    for (int64_t i = 0; i < types->len; i++) RB_TRY(type_code(RV_DATA(int32_t, types)[i]), -1);
    if (!names) return 0;
    if (names->type != RY_SYM) return rb_fail(RB_E_TYPE, "csv: expected the names as a SYM vector, got %s", ry_name(names->type));
    if (names->len == types->len) return 0;
    return rb_fail(RB_E_LENGTH, "csv: %lld names but %lld types", (long long)names->len, (long long)types->len);
}

/* ---- the first line --------------------------------------------------------------------------------------------------- */

static int take_names(reading *r, const char **p) {
    size_t size = (size_t)r->ncolumns * sizeof(rs_csv_field);
    rs_csv_field *f = rb_alloc(size);
    rb_bytes plain = RB_BYTES_EMPTY;
    r->head = f ? rv_vec_new(RY_SYM, r->ncolumns) : NULL;
    int bad = !r->head || rs_csv_fields(&r->text, p, 1, r->ncolumns, 1, f) < 0;
    for (int i = 0; !bad && i < r->ncolumns; i++) {
        size_t n;
        const char *text = rs_csv_plain(f[i], &plain, &n);
        int32_t id = text || !n ? rv_sym_intern(text, n) : -1;
        if (id < 0 && text && rb_error_code() == RB_E_VALUE) rs_csv_fail(&r->text, f[i].p, "a name cannot hold a NUL byte");
        RV_DATA(int32_t, r->head)[i] = id;
        bad = id < 0;
    }
    rb_bytes_free(&plain);
    rb_free(f, size);
    return bad ? -1 : 0;
}

static int read_head(reading *r) {
    rs_csv_text *t = &r->text;
    const char *feed = memchr(t->p, '\n', (size_t)(t->end - t->p));
    size_t line = (size_t)((feed ? feed : t->end) - t->p);
    t->mark = !memchr(t->p, ',', line) && memchr(t->p, '\t', line) ? '\t' : ',';
    r->ncolumns = rs_csv_count(t, t->p);
    if (r->ncolumns < 0) return -1;
    if (r->types && r->types->len != r->ncolumns)
        return rb_fail(RB_E_LENGTH, "%.150s: %lld types for %d columns", t->path, (long long)r->types->len, r->ncolumns);
    r->data = t->p;
    if (!r->names) return take_names(r, &r->data);
    r->head = rv_retain((ray_val *)(uintptr_t)r->names);
    return 0;
}

/* ---- pieces ----------------------------------------------------------------------------------------------------------- */

static int cut(reading *r, int64_t size) {
    int64_t n = r->text.end - r->data;
    if (size <= 0) {
        size = n / (8 * (int64_t)rb_pool_threads(pool_of(r)));
        size = size < PIECE_MIN ? PIECE_MIN : size > PIECE_MAX ? PIECE_MAX : size;
    }
    r->npieces = n ? (n - 1) / size + 1 : 0;
    r->pieces = rb_alloc_zero((size_t)r->npieces * sizeof *r->pieces);
    if (!r->pieces) return -1;
    const char *p = r->data;
    for (int64_t k = 0; k < r->npieces; k++) {
        const char *least = r->data + (k + 1 == r->npieces ? n : (k + 1) * size), *feed = NULL;
        r->pieces[k].begin = p;
        if (least > p) {
            feed = memchr(least - 1, '\n', (size_t)(r->text.end - least + 1));
            p = feed ? feed + 1 : r->text.end;
        }
        r->pieces[k].end = p;
    }
    return 0;
}

static int find_quotes(void *ctx, int64_t begin, int64_t end, int worker) {
    reading *r = ctx;
    (void)worker;
    for (int64_t k = begin; k < end && !atomic_load_explicit(&r->quotes, memory_order_relaxed); k++) {
        const piece *p = &r->pieces[k];
        if (p->begin < p->end && memchr(p->begin, '"', (size_t)(p->end - p->begin))) atomic_store(&r->quotes, true);
    }
    return 0;
}

static int count_lines(void *ctx, int64_t begin, int64_t end, int worker) {
    reading *r = ctx;
    if (worker == 0) RB_TRY(rb_rt_check(r->rt), -1);
    for (int64_t k = begin; k < end; k++) {
        piece *p = &r->pieces[k];
        rs_csv_lines_of(&r->text, p->begin, p->end, false, &p->lines);
    }
    return 0;
}

static int find_lines(reading *r) {
    RB_TRY(rb_pool_for(pool_of(r), r->npieces, 1, find_quotes, r), -1);
    r->text.quotes = atomic_load(&r->quotes);
    RB_TRY(rb_pool_for(pool_of(r), r->npieces, 1, count_lines, r), -1);
    bool inside = false;
    for (int64_t k = 0; k < r->npieces; k++) {
        piece *p = &r->pieces[k];
        if (inside) rs_csv_lines_of(&r->text, p->begin, p->end, true, &p->lines);
        p->row = r->rows;
        r->rows += p->lines.count;
        inside = p->lines.inside;
    }
    return 0;
}

/* ---- a pass over the text --------------------------------------------------------------------------------------------- */

static int64_t block_rows(const reading *r) {
    int64_t rows = BLOCK_FIELDS / r->ncolumns;
    return rows < 1 ? 1 : rows > BLOCK_ROWS ? BLOCK_ROWS : rows;
}

static int put_block(reading *r, int64_t k, const rs_csv_field *f, int64_t stride, int64_t n, int64_t row, int worker) {
    for (int c = 0; c < r->ncolumns; c++) {
        if (!r->columns[c].active) continue;
        rb_bytes *heap = r->heaps ? &r->heaps[k * r->ncolumns + c] : NULL;
        RB_TRY(rs_csv_put(&r->text, &r->workers[worker], &r->columns[c], f + c * stride, n, row, heap, (int32_t)k), -1);
    }
    return 0;
}

static int read_piece(reading *r, int64_t k, rs_csv_field *f, int64_t stride, int worker) {
    const piece *p = &r->pieces[k];
    const char *at = p->lines.first;
    for (int64_t done = 0; done < p->lines.count;) {
        if (worker == 0) RB_TRY(rb_rt_check(r->rt), -1);
        int64_t want = p->lines.count - done < stride ? p->lines.count - done : stride;
        int64_t n = rs_csv_fields(&r->text, &at, want, r->ncolumns, stride, f);
        if (n < 0) return -1;
        RB_ASSERT(n == want);
        RB_TRY(put_block(r, k, f, stride, n, p->row + done, worker), -1);
        done += n;
    }
    return 0;
}

static int read_pieces(void *ctx, int64_t begin, int64_t end, int worker) {
    reading *r = ctx;
    int64_t stride = block_rows(r);
    size_t size = (size_t)(stride * r->ncolumns) * sizeof(rs_csv_field);
    rs_csv_field *f = rb_alloc(size);
    int bad = f ? 0 : -1;
    for (int64_t k = begin; bad == 0 && k < end; k++) bad = read_piece(r, k, f, stride, worker);
    rb_free(f, size);
    return bad;
}

static int prepare(rs_csv_column *c, int type, int64_t rows, bool guessed) {
    rv_release(c->v);
    c->type = type;
    c->guessed = guessed;
    c->active = true;
    atomic_store(&c->nulls, false);
    c->v = rv_vec_new(type, rows);
    return c->v ? 0 : -1;
}

static int pass(reading *r) { return rb_pool_for(pool_of(r), r->npieces, 1, read_pieces, r); }

/* ---- types by looking ------------------------------------------------------------------------------------------------- */

static void look_at(rs_csv_column *c, const rs_csv_field *f, int64_t n) {
    int seen = atomic_load(&c->seen);
    for (int64_t i = 0; i < n && !rs_csv_is_settled(seen); i++)
        if (f[i].n) seen |= f[i].n & RS_CSV_DOUBLED ? RS_SEEN_TEXT : rs_csv_kind(f[i].p, f[i].n);
    atomic_store(&c->seen, seen);
}

static int sample(reading *r) {
    size_t size = (size_t)r->ncolumns * SAMPLE_ROWS * sizeof(rs_csv_field);
    rs_csv_field *f = rb_alloc(size);
    if (!f) return -1;
    int64_t step = (r->npieces - 1) / SAMPLE_PIECES + 1, n = 0;
    for (int64_t k = 0; n >= 0 && k < r->npieces; k += step) {
        const piece *p = &r->pieces[k];
        const char *at = p->lines.first;
        int64_t want = p->lines.count < SAMPLE_ROWS ? p->lines.count : SAMPLE_ROWS;
        if (!want) continue;
        n = rs_csv_fields(&r->text, &at, want, r->ncolumns, SAMPLE_ROWS, f);
        for (int c = 0; c < r->ncolumns; c++) look_at(&r->columns[c], f + c * SAMPLE_ROWS, n);
    }
    rb_free(f, size);
    return n < 0 ? -1 : 0;
}

/* A sample tells the types; the pass that fills the columns sees every field and so whether the sample was right. Where it
 * was not, a second pass fills the column anew. */
static int fill_inferred(reading *r) {
    RB_TRY(sample(r), -1);
    for (int c = 0; c < r->ncolumns; c++) {
        int seen = atomic_load(&r->columns[c].seen);
        RB_TRY(prepare(&r->columns[c], rs_csv_type_of(seen), r->rows, !rs_csv_is_settled(seen)), -1);
    }
    RB_TRY(pass(r), -1);
    bool again = false;
    for (int c = 0; c < r->ncolumns; c++) {
        rs_csv_column *x = &r->columns[c];
        int type = rs_csv_type_of(atomic_load(&x->seen));
        x->active = type != x->type;
        if (!x->active) continue;
        again = true;
        RB_TRY(prepare(x, type, r->rows, false), -1);
    }
    return again ? pass(r) : 0;
}

/* The first field of the text that is not what its column takes. */
static int check_strict(const reading *r) {
    const char *first = NULL;
    int type = 0;
    for (int c = 0; c < r->ncolumns; c++) {
        const char *bad = atomic_load(&r->columns[c].bad);
        if (!bad || (first && first < bad)) continue;
        first = bad;
        type = r->columns[c].type;
    }
    if (!first) return 0;
    char what[100];
    int n = 0;
    while (n < 40 && first + n < r->text.end && !strchr("\",\t\r\n", first[n])) n++;
    for (int cut = n == 40 ? 3 : 0; cut > 0 && (first[n - 1] & 0x80); cut--) n--; /* no half of a character */
    snprintf(what, sizeof what, "\"%.*s\" is no %s", n, first, ry_name(type));
    return rs_csv_fail(&r->text, first, what);
}

static int fill_given(reading *r) {
    bool strings = false;
    for (int c = 0; c < r->ncolumns; c++) {
        int type = type_code(RV_DATA(int32_t, r->types)[c]);
        strings = strings || type == RY_STR;
        RB_TRY(prepare(&r->columns[c], type, r->rows, false), -1);
        r->columns[c].strict = r->strict;
    }
    if (strings && !(r->heaps = rb_alloc_zero((size_t)(r->npieces * r->ncolumns) * sizeof *r->heaps))) return -1;
    RB_TRY(pass(r), -1);
    return check_strict(r);
}

static int fill_empty(reading *r) {
    for (int c = 0; c < r->ncolumns; c++) RB_TRY(prepare(&r->columns[c], RY_F64, 0, false), -1);
    return 0;
}

/* ---- the table -------------------------------------------------------------------------------------------------------- */

static void free_text(rv_buf *b) { rb_free(b->mem, b->size); }

/* The texts of each piece become a buffer of the column, in the order in which the views count them. */
static int adopt_texts(reading *r, int c) {
    bool any = false;
    for (int64_t k = 0; k < r->npieces; k++) any = any || r->heaps[k * r->ncolumns + c].len;
    for (int64_t k = 0; any && k < r->npieces; k++) {
        rb_bytes *h = &r->heaps[k * r->ncolumns + c];
        rv_buf *b = rv_buf_external(h->p, h->cap, false, h->p ? free_text : NULL, NULL);
        if (!b) return -1;
        *h = RB_BYTES_EMPTY;
        RB_TRY(rv_strvec_adopt_take(r->columns[c].v, b), -1);
    }
    return 0;
}

static ray_val *finish(reading *r) {
    ray_val *columns = rv_vec_room_new(RY_LIST, r->ncolumns);
    for (int c = 0; columns && c < r->ncolumns; c++) {
        rs_csv_column *x = &r->columns[c];
        if ((x->type != RY_STR || adopt_texts(r, c) == 0) && rv_list_append_take(columns, rv_retain(x->v)) == 0) {
            if (atomic_load(&x->nulls) && x->type != RY_B8 && x->type != RY_U8) x->v->attrs |= RV_A_NULLS;
            continue;
        }
        rv_release(columns);
        columns = NULL;
    }
    return columns ? rv_table_new_take(rv_retain(r->head), columns) : NULL;
}

static int read_all(reading *r, int64_t piece_size) {
    RB_TRY(read_head(r), -1);
    r->nworkers = rb_pool_threads(pool_of(r));
    r->columns = rb_alloc_zero((size_t)r->ncolumns * sizeof *r->columns);
    r->workers = rb_alloc_zero((size_t)r->nworkers * sizeof *r->workers);
    if (!r->columns || !r->workers) return -1;
    RB_TRY(cut(r, piece_size), -1);
    RB_TRY(find_lines(r), -1);
    return !r->rows ? fill_empty(r) : r->types ? fill_given(r) : fill_inferred(r);
}

static void reading_free(reading *r) {
    for (int c = 0; r->columns && c < r->ncolumns; c++) rv_release(r->columns[c].v);
    for (int i = 0; r->workers && i < r->nworkers; i++) rb_bytes_free(&r->workers[i].plain);
    for (int64_t k = 0; r->heaps && k < r->npieces * r->ncolumns; k++) rb_bytes_free(&r->heaps[k]);
    if (r->columns) rb_free(r->columns, (size_t)r->ncolumns * sizeof *r->columns);
    if (r->workers) rb_free(r->workers, (size_t)r->nworkers * sizeof *r->workers);
    if (r->pieces) rb_free(r->pieces, (size_t)r->npieces * sizeof *r->pieces);
    if (r->heaps) rb_free(r->heaps, (size_t)(r->npieces * r->ncolumns) * sizeof *r->heaps);
    rv_release(r->head);
}

ray_val *rs_csv_parse(ray_rt *rt, const char *path, const void *p, size_t n, const rs_csv_way *way, int64_t piece_size) {
    if (n == 0) return rb_fail_null(RB_E_IO, "%.150s: the file is empty, not even a line of names is there", path);
    reading r = {.rt = rt, .text = {.p = p, .end = (const char *)p + n, .path = path}, .names = way->names,
                 .types = way->types, .strict = way->strict};
    ray_val *t = read_all(&r, piece_size) == 0 ? finish(&r) : NULL;
    reading_free(&r);
    return t;
}

ray_val *rs_csv_read(ray_rt *rt, const char *path, const rs_csv_way *way) {
    RB_TRY(check_arguments(way->names, way->types), NULL);
    rb_mapping m;
    RB_TRY(rb_file_map(path, &m), NULL);
    ray_val *t = rs_csv_parse(rt, path, m.p, m.len, way, 0);
    rb_file_unmap(&m);
    return t;
}
